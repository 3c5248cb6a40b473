"""Batches of one file to staged Parquet: ``variants`` and ``consequences``, row for row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.allele import allele_names
from data_layer.ingest.classify import CLASS_KEYS
from data_layer.ingest.columns import field_map, wanted_keys
from data_layer.ingest.consequences_sql import (
    DEFAULT_FIELDS,
    FIRST_SQL,
    READ_SQL,
    SOURCES,
    best_sql,
    consequences_sql,
    entries_sql,
)
from data_layer.ingest.header import VcfHeader
from data_layer.ingest.infotext import InfoText
from data_layer.ingest.severity import terms
from data_layer.ingest.source import Warning, WarningLog
from data_layer.ingest.symbols import symbols_table
from data_layer.ingest.variants_sql import FilePlan, VariantsSql, info_names
from data_layer.lake.parquet import write
from data_layer.region import OTHER, chrom_code, chrom_name

#: Rows of a staged file, eight row groups of the lake; an ordered one goes there as it is.
FILE_ROWS = 131_072
#: Bytes of rows that are held at most before they are written.
CHUNK_BYTES = 384 << 20


@dataclass(frozen=True)
class Chunk:
    """A staged pair of files: rows ``first`` to ``first + rows``, their lowest and highest place."""  # noqa: E501

    variants: Path
    consequences: Path | None
    first: int
    rows: int
    low: int
    high: int
    ordered: bool


class Mapper:
    """Turns the batches of one file into chunks; keeps what one batch teaches for the next."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        folder: Path,
        header: VcfHeader,
        plan: FilePlan,
        *,
        first: int,
    ) -> None:
        self._con = con
        self._folder = folder
        self._header = header
        self.plan = plan
        self._first = self._begun = first
        self._number = 0
        self._clear()
        self.csq = dict(header.csq)
        self._notes: list[str] = []
        self.telomeres: list[int] = []
        self._extra: set[str] = set()
        self._statements: dict[tuple[frozenset[str], bool], tuple[str, dict[str, object]]] = {}
        self._undeclared = [k for k in wanted_keys() if k not in header.info]
        con.execute(
            "create table if not exists terms"
            " (raw varchar, ordered varchar[], worst varchar, place integer, impact varchar)"
        )

    def add(self, batch: pa.Table) -> Chunk | None:
        """Map one batch; gives a chunk when the rows so far fill a row group."""
        self._meet(batch)
        names = info_names(self.plan.fields)
        rest = [k for k in (*CLASS_KEYS, *SOURCES) if k not in names]
        info = InfoText(batch["info"], [*names, *rest])
        first = self._first + sum(self._rows)
        prepared = self._prepared(batch, first)
        sources = [s for s in SOURCES if info.any(s)]
        columns = {name: info.value(key) for key, name in names.items()}
        columns |= {f"has_{key}": info.has(key) for key in CLASS_KEYS}
        columns |= {f"text_{s}": info.value(s) for s in sources}
        for name, column in columns.items():
            prepared = prepared.append_column(name, column)
        self._con.register("batch", prepared)
        try:
            consequences = self._consequences(sources)
            numbered = not sources and any(info.any(k) for k in self._numbers(names))
            if numbered:
                symbols_table(self._con, self.plan.build)
            variants = self._variants(batch, numbered)
        finally:
            self._con.unregister("batch")
        self._hold(prepared, variants, consequences)
        full = sum(self._rows) >= FILE_ROWS or self._bytes >= CHUNK_BYTES
        return self.flush() if full else None

    def _numbers(self, names: Iterable[str]) -> list[str]:
        """INFO keys that give a gene by its HGNC number."""
        severe = self.plan.fields.info.get("severe", ())
        return [k for k in names if k in severe or k in ("HGNCId", "HGNC_ID_A")]

    def flush(self) -> Chunk | None:
        """Write the rows held; None when there are none."""
        if not self._rows:
            return None
        number, self._number = self._number, self._number + 1
        variants = self._written("v", number, self._variant_rows)
        consequences = (
            self._written("c", number, self._consequence_rows) if self._consequence_rows else None
        )
        rows, places = sum(self._rows), np.concatenate(self._places)
        low, high = int(places.min()), int(places.max())
        ordered = self._kept and bool((np.diff(places) >= 0).all())
        chunk = Chunk(variants, consequences, self._first, rows, low, high, ordered)
        self._first += rows
        self._clear()
        return chunk

    @property
    def rows(self) -> int:
        """Rows made of this file so far."""
        return self._first - self._begun + sum(self._rows)

    def _clear(self) -> None:
        self._variant_rows: list[pa.Table] = []
        self._consequence_rows: list[pa.Table] = []
        self._places: list[np.ndarray] = []
        self._rows: list[int] = []
        self._bytes = 0
        self._kept = True

    def _hold(self, prepared: pa.Table, variants: pa.Table, consequences: pa.Table | None) -> None:
        start = pc.cast(prepared["pos"], pa.int64()).to_numpy() - 1
        self._places.append(place(prepared["code"].to_numpy(), start))
        ids = variants["row_id"].to_numpy()
        self._kept &= bool((np.diff(ids) == 1).all())
        self._variant_rows.append(variants)
        self._rows.append(variants.num_rows)
        self._bytes += variants.nbytes
        if consequences is not None:
            self._consequence_rows.append(consequences)
            self._bytes += consequences.nbytes

    def _written(self, kind: str, number: int, tables: list[pa.Table]) -> Path:
        path = self._folder / f"{kind}-{self.plan.file_index:03d}-{number:06d}.parquet"
        write("variants" if kind == "v" else "consequences", pa.concat_tables(tables), path)
        return path

    def warnings(self) -> list[Warning]:
        """What was odd in the rows so far."""
        log = WarningLog()
        message = "POS 0 is the telomere; kept with start -1"
        log.add_many("VCF-TELOMERE", self.telomeres, lambda _: message)
        for note in self._notes:
            log.add(0, "CSQ-ORDER", note)
        return log.listed()

    def _meet(self, batch: pa.Table) -> None:
        """Look for INFO keys that feed a column though the header does not define them."""
        if not self._undeclared:
            return
        pattern = "(?:^|;)(?:" + "|".join(self._undeclared) + ")="
        if not pc.any(pc.match_substring_regex(batch["info"], pattern)).as_py():
            return
        new = {
            key
            for key in self._undeclared
            if pc.any(pc.match_substring_regex(batch["info"], f"(?:^|;){key}=")).as_py()
        }
        if not new <= self._extra:
            self._extra |= new
            self._undeclared = [k for k in self._undeclared if k not in new]
            fields = field_map(self._header, sorted(self._extra))
            self.plan = FilePlan(**{**self.plan.__dict__, "fields": fields})
            self._statements.clear()

    def _prepared(self, batch: pa.Table, first: int) -> pa.Table:
        build = self.plan.build
        names = pc.unique(batch["chrom"])
        at = pc.index_in(batch["chrom"], value_set=names).to_numpy()
        codes = np.array([chrom_code(n) for n in names.to_pylist()], dtype=np.int64)
        spelled = [
            n if c == OTHER else chrom_name(c)
            for n, c in zip(names.to_pylist(), codes, strict=True)
        ]
        offsets = np.array(build.offsets, dtype=np.int64)[codes - 1]
        edges = np.array(build.sizes, dtype=np.int64)[codes - 1] - 1
        n_alt = pc.count_substring(batch["alt"], ",").to_numpy().astype(np.int64) + 1
        n_alt[pc.equal(batch["alt"], ".").to_numpy()] = 0
        rows = np.maximum(n_alt, 1)
        starts = first + np.cumsum(rows) - rows
        self.telomeres += batch["line"].filter(pc.equal(batch["pos"], "0")).to_pylist()
        more = {
            "code": pa.array(codes[at]),
            "chrom_name": pa.array(spelled, pa.string()).take(pa.array(at)),
            "offset": pa.array(offsets[at]),
            "edge": pa.array(edges[at]),
            "n_alt": pa.array(n_alt),
            "first": pa.array(starts),
            "names": _names(batch, n_alt),
        }
        for name, column in more.items():
            batch = batch.append_column(name, column)
        return batch

    def _consequences(self, sources: Sequence[str]) -> pa.Table | None:
        if not sources:
            self._con.execute(f"create or replace temp table best as {_NO_BEST}")
            return None
        fields = self.plan.fields
        if "CSQ" in sources and not self.csq.get("CSQ"):
            self.csq["CSQ"] = self._assumed()
        sql, values = entries_sql(self.csq, fields, sources)
        read = f"create or replace temp table seen as with entries as ({sql}) {READ_SQL}"
        self._con.execute(read, values)
        if self._learn():
            self._con.execute(read, values)
        self._con.execute(f"create or replace temp table firsts as {FIRST_SQL}")
        scored = bool(fields.csq or fields.csq_frequencies)
        self._con.execute(f"create or replace temp table best as {best_sql(scored=scored)}")
        made = consequences_sql(ordered=len(sources) > 1)
        return in_line(self._con.sql(made).to_arrow_table())

    def _assumed(self) -> tuple[str, ...]:
        """The order of CSQ when the header does not give it: VEP's usual one, if it fits."""
        fits = self._con.sql(
            "select bool_and(split_part(text_CSQ, '|', 3) in ('HIGH', 'MODERATE', 'LOW', 'MODIFIER'))"  # noqa: E501
            " from batch where text_CSQ is not null"
        ).fetchall()[0][0]
        self._notes.append(
            "the header does not give the order of CSQ; "
            + ("VEP's usual one is taken" if fits else "its entries are kept as text")
        )
        return DEFAULT_FIELDS["CSQ"] if fits else ("text",)

    def _learn(self) -> bool:
        """Read the terms that no batch had before; say whether there were any."""
        new = self._con.execute(
            "select distinct raw from seen where raw is not null"
            " and raw not in (select raw from terms)"
        ).fetchall()
        if new:
            read = [(raw, *terms(raw)) for (raw,) in new]
            self._con.executemany("insert into terms values (?, ?, ?, ?, ?)", read)
        return bool(new)

    def _variants(self, batch: pa.Table, numbered: bool) -> pa.Table:
        key = (_format_keys(batch), numbered)
        if key not in self._statements:
            made = VariantsSql(self.plan, key[0], symbols=numbered)
            self._statements[key] = made.statement()
        sql, values = self._statements[key]
        return in_line(self._con.sql(sql, params=values).to_arrow_table())


def in_line(rows: pa.Table) -> pa.Table:
    """Rows by ``row_id``: threads give their parts in any order."""
    ids = rows["row_id"].to_numpy()
    if bool((np.diff(ids) >= 0).all()):
        return rows
    return rows.take(pa.array(np.argsort(ids, kind="stable")))


def place(chrom: np.ndarray, start: np.ndarray) -> np.ndarray:
    """One number for a place: it sorts by chromosome, then start."""
    places: np.ndarray = (chrom.astype(np.int64) << PLACE_BITS) + start + 1
    return places


#: ``place`` in SQL, over columns chrom and start.
PLACE_BITS = 40
PLACE_SQL = f'((chrom::bigint << {PLACE_BITS}) + "start" + 1)'
_NO_BEST = """select null::bigint as row_id, null::varchar as gene, null::integer as hgnc_id,
 null::varchar as worst, null::varchar as impact, null::varchar as hgvsc, null::varchar as hgvsp,
 null::varchar as transcript, null::varchar as mane, false as canonical,
 null::varchar as c_clinvar_sig, null::varchar as c_clinvar_rev, null::double as c_gnomad_af,
 null::double as c_gnomad_hom, null::double as c_cadd, null::double as c_revel,
 null::double as c_spliceai, null::double as c_af, null::varchar as c_af_source limit 0"""


def _format_keys(batch: pa.Table) -> frozenset[str]:
    kinds: Iterable[str | None] = pc.unique(batch["format"]).to_pylist()
    return frozenset(key for kind in kinds if kind for key in kind.split(":"))


def _names(batch: pa.Table, n_alt: np.ndarray) -> pa.Array:
    """For lines with several ALTs, each one's names; null for the others."""
    out: list[list[list[str]] | None] = [None] * batch.num_rows
    rows = np.flatnonzero(n_alt > 1)
    at = pa.array(rows)
    refs, alts = batch["ref"].take(at).to_pylist(), batch["alt"].take(at).to_pylist()
    for row, ref, alt in zip(rows.tolist(), refs, alts, strict=True):
        out[row] = allele_names(ref, alt.split(","))
    return pa.array(out, pa.list_(pa.list_(pa.string())))
