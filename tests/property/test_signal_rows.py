"""Whatever the order and values of a file's rows, the staged rows are the same ones, sorted."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from data_layer.ingest.feeds import feeds_of
from data_layer.ingest.signals import stage
from data_layer.region import Build, chrom_code
from data_layer.settings import Settings
from tests.gens_made import write

VALUES = st.one_of(st.floats(width=32, allow_nan=False), st.just("NaN"), st.just("."))
ROWS = st.tuples(
    st.sampled_from(["1", "chr2", "X", "MT", "GL000220.1"]),
    st.integers(0, 3000),
    st.integers(1, 200),
    VALUES,
)


def wanted(rows: list[tuple[str, int, int, float | str]]) -> list[tuple[int, int, int, float]]:
    return sorted(
        (chrom_code(c), s, s + n, math.inf if isinstance(v, str) else float(np.float32(v)))
        for c, s, n, v in rows
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(ROWS, max_size=60), st.booleans())
def test_every_row_is_there_once_and_in_order(
    rows: list[tuple[str, int, int, float | str]], packed: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"{c}\t{s}\t{s + n}\t{v}" for c, s, n, v in rows]
        path = write(Path(folder) / f"kid.cov.bed{'.gz' if packed else ''}", lines)
        (feed,) = feeds_of(path) or ()
        found = stage(
            feed, Build.GRCH38, Path(folder) / "room", skip_bad=False, settings=Settings(),
            seen=lambda read, made: None,
        )  # fmt: skip
        table = pq.read_table(found.path)
    places = list(zip(table["chrom"].to_pylist(), table["start"].to_pylist(), strict=True))
    assert places == sorted(places)
    values = [math.inf if v is None else v for v in table["value"].to_pylist()]
    ends = table["end"].to_pylist()
    made = sorted((c, s, e, v) for (c, s), e, v in zip(places, ends, values, strict=True))
    assert made == wanted(rows)
    assert found.rows == found.records == len(rows)
    assert found.missing == sum(isinstance(v, str) for _, _, _, v in rows)
    assert sum(found.chrom_rows) == len(rows)
