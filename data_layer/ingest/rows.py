"""A batch of one file to rows of ``variants`` and ``consequences``, on one database connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.allele import allele_names
from data_layer.ingest.calls import Alleles, Calls
from data_layer.ingest.classify import CLASS_KEYS
from data_layer.ingest.columns import field_map, wanted_keys
from data_layer.ingest.consequences import Consequences, nothing_best
from data_layer.ingest.entries import SOURCES, Entries, Records, entry_fields
from data_layer.ingest.header import VcfHeader
from data_layer.ingest.infotext import InfoText
from data_layer.ingest.macros import add_macros
from data_layer.ingest.symbols import symbols_table
from data_layer.ingest.variants_sql import FilePlan, VariantsSql, info_names
from data_layer.region import OTHER, chrom_code, chrom_name
from data_layer.schema import VARIANTS

#: ``place`` keeps the start in this many bits, the chromosome above them.
PLACE_BITS = 40


@dataclass(frozen=True)
class Made:
    """Rows of one batch in the order of their ids.

    Attributes:
        places: ``place`` of each record, in the order of the file.
        met: INFO keys that feed a column though the header does not define them.
    """

    variants: pa.Table
    consequences: pa.Table | None
    places: np.ndarray
    met: frozenset[str]

    @property
    def nbytes(self) -> int:
        """Bytes that the rows hold."""
        more = 0 if self.consequences is None else self.consequences.nbytes
        return int(self.variants.nbytes + more)


class RowMaker:
    """Makes rows of batches, each for itself; one thread at a time may use it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, header: VcfHeader, plan: FilePlan) -> None:
        add_macros(con)
        self._con = con
        self._header = header
        self._undeclared = [k for k in wanted_keys() if k not in header.info]
        self._plans: dict[frozenset[str], FilePlan] = {frozenset(): plan}
        self._statements: dict[tuple[frozenset[str], bool], tuple[str, dict[str, object]]] = {}

    def make(self, batch: pa.Table, first: int, csq: Mapping[str, tuple[str, ...]]) -> Made:
        """Make the rows of one batch; ``first`` is the row id of its first allele."""
        plan = self._plans[frozenset()]
        keys = [*info_names(plan.fields), *CLASS_KEYS, *SOURCES, *self._undeclared]
        info = InfoText(batch["info"], keys)
        met = frozenset(k for k in self._undeclared if info.any_value(k))
        if met not in self._plans:
            self._plans[met] = replace(plan, fields=field_map(self._header, sorted(met)))
        plan = self._plans[met]
        n_alt = allele_counts(batch["alt"])
        contigs = Contigs(batch["chrom"], plan)
        record, index = alleles_of(n_alt)
        sources = [s for s in SOURCES if info.any(s)]
        consequences = self._consequences(batch, info, sources, n_alt, first, csq, plan)
        place = pc.cast(batch["pos"], pa.int64()).to_numpy() - 1
        rows = self._columns(batch, info, plan, contigs, record)
        alts = pc.split_pattern(_whole(batch["alt"]), ",").flatten()
        rows |= {
            "alt": alts,
            "ai": pa.array(index.astype(np.int32)),
            "n_alt": pa.array(n_alt[record]),
            "row_id": pa.array(first + np.arange(len(record))),
        }
        numbered = not sources and any(info.any(k) for k in _numbers(plan))
        del info
        best = consequences.best() if consequences else nothing_best()
        made = self._select(pa.table(rows), best, plan, met, numbered)
        ref = rows.pop("ref")
        rows.clear()
        seen = Alleles(record, index, n_alt[record], ref, alts, contigs.code[record], place[record])  # fmt: skip # noqa: E501
        lists = Calls(batch, plan.seats, seen, plan.build, plan.fields.vaf).columns()
        for name in ("info", "format"):
            lists[name] = _repeated(batch[name], record)
        stored = VARIANTS.stored
        columns = [lists[f.name] if f.name in lists else made[f.name] for f in stored]
        variants = pa.table(columns, schema=stored)
        table = consequences.table() if consequences else None
        return Made(variants, table, (contigs.code << PLACE_BITS) + place + 1, met)

    def _consequences(
        self,
        batch: pa.Table,
        info: InfoText,
        sources: Sequence[str],
        n_alt: np.ndarray,
        first: int,
        csq: Mapping[str, tuple[str, ...]],
        plan: FilePlan,
    ) -> Consequences | None:
        starts = first + np.cumsum(np.maximum(n_alt, 1)) - np.maximum(n_alt, 1)
        records = Records(starts, n_alt, _whole(batch["alt"]), _names(batch, n_alt))
        found = [Entries(s, info.value(s), entry_fields(s, csq), records) for s in sources]
        given = [entries for entries in found if len(entries.row_id)]
        return Consequences(given, plan.fields) if given else None

    @staticmethod
    def _columns(
        batch: pa.Table, info: InfoText, plan: FilePlan, contigs: Contigs, record: np.ndarray
    ) -> dict[str, pa.Array]:
        """What the statement reads, one row an allele."""
        out = {
            name: _repeated(batch[name], record)
            for name in ("chrom", "pos", "id", "ref", "qual", "filter", "record")
        }
        names = info_names(plan.fields)
        values = {name: info.value(key) for key, name in names.items()}
        values |= {f"has_{key}": info.has(key) for key in CLASS_KEYS} | contigs.columns()
        return out | {name: _repeated(column, record) for name, column in values.items()}

    def _select(
        self, rows: pa.Table, best: pa.Table, plan: FilePlan, met: frozenset[str], numbered: bool
    ) -> pa.Table:
        if numbered:
            symbols_table(self._con, plan.build)
        key = (met, numbered)
        if key not in self._statements:
            self._statements[key] = VariantsSql(plan, symbols=numbered).statement()
        sql, values = self._statements[key]
        self._con.register("batch", rows)
        self._con.register("best", best)
        try:
            made = self._con.sql(sql, params=values).to_arrow_table()
        finally:
            self._con.unregister("batch")
            self._con.unregister("best")
        return in_line(made)


class Contigs:
    """Chromosome, its name, and where it stands on the genome-wide axis, of each record."""

    def __init__(self, column: pa.ChunkedArray, plan: FilePlan) -> None:
        coded = _whole(column).dictionary_encode()
        names = coded.dictionary.to_pylist()
        codes = np.array([chrom_code(n) for n in names], dtype=np.int64)
        spelled = [n if c == OTHER else chrom_name(c) for n, c in zip(names, codes, strict=True)]
        at = coded.indices.to_numpy()
        self.code = codes[at]
        self._name = pa.array(spelled, pa.string()).take(coded.indices)
        self._offset = np.array(plan.build.offsets, dtype=np.int64)[codes - 1][at]
        self._edge = np.array(plan.build.sizes, dtype=np.int64)[codes - 1][at] - 1

    def columns(self) -> dict[str, pa.Array]:
        """The columns that the statement reads."""
        numbers = {"code": self.code, "offset": self._offset, "edge": self._edge}
        return {name: pa.array(v) for name, v in numbers.items()} | {"chrom_name": self._name}


def allele_counts(alt: pa.ChunkedArray) -> np.ndarray:
    """How many alternate alleles each record has."""
    counts: np.ndarray = pc.count_substring(alt, ",").to_numpy().astype(np.int64) + 1
    counts[pc.equal(alt, ".").to_numpy()] = 0
    return counts


def alleles_of(n_alt: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Record and allele of every row: 1 to n, or one row with 0 for a record without ALT."""
    rows = np.maximum(n_alt, 1)
    record = np.repeat(np.arange(len(n_alt)), rows)
    begin = np.cumsum(rows) - rows
    index = np.arange(len(record)) - begin[record] + 1
    return record, np.where(n_alt[record] == 0, 0, index)


def in_line(rows: pa.Table) -> pa.Table:
    """Rows by ``row_id``: threads give their parts in any order."""
    ids = rows["row_id"].to_numpy()
    if bool((np.diff(ids) >= 0).all()):
        return rows
    return rows.take(pa.array(np.argsort(ids, kind="stable")))


def _numbers(plan: FilePlan) -> list[str]:
    """INFO keys that give a gene by its HGNC number."""
    severe = plan.fields.info.get("severe", ())
    return [k for k in info_names(plan.fields) if k in severe or k in ("HGNCId", "HGNC_ID_A")]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _repeated(column: pa.Array | pa.ChunkedArray, record: np.ndarray) -> pa.Array:
    """A record's value for each of its alleles."""
    whole = _whole(column) if isinstance(column, pa.ChunkedArray) else column
    return whole if len(record) == len(whole) else whole.take(pa.array(record))


def _names(batch: pa.Table, n_alt: np.ndarray) -> pa.Array:
    """For lines with several ALTs, each one's names; null for the others."""
    out: list[list[list[str]] | None] = [None] * batch.num_rows
    rows = np.flatnonzero(n_alt > 1)
    at = pa.array(rows)
    refs, alts = batch["ref"].take(at).to_pylist(), batch["alt"].take(at).to_pylist()
    for row, ref, alt in zip(rows.tolist(), refs, alts, strict=True):
        out[row] = allele_names(ref, alt.split(","))
    return pa.array(out, pa.list_(pa.list_(pa.string())))
