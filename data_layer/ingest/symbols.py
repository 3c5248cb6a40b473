"""Gene symbols by HGNC number, for files that give the number alone."""

from __future__ import annotations

from functools import cache

import duckdb
import pyarrow as pa

from data_layer.reference.genes import genes
from data_layer.region import Build


def symbols_table(con: duckdb.DuckDBPyConnection, build: Build) -> None:
    """Make the table ``symbols`` (hgnc, symbol), unless it is there."""
    con.register("known_symbols", _known(build))
    con.execute("create temp table if not exists symbols as select * from known_symbols")
    con.unregister("known_symbols")


@cache
def _known(build: Build) -> pa.Table:
    known = {g.hgnc: g.symbol for g in genes(build) if g.hgnc is not None}
    return pa.table(
        {"hgnc": pa.array(list(known), pa.int32()), "symbol": pa.array(list(known.values()))}
    )
