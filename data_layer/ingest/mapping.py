"""Batches of one file to staged Parquet: made by several threads, kept in the file's order."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.columns import field_map
from data_layer.ingest.entries import DEFAULT_FIELDS
from data_layer.ingest.header import VcfHeader
from data_layer.ingest.infotext import InfoText
from data_layer.ingest.rows import PLACE_BITS, Made, RowMaker, allele_counts
from data_layer.ingest.source import Warning, WarningLog
from data_layer.ingest.variants_sql import FilePlan
from data_layer.lake.parquet import write

#: Rows of a staged file, eight row groups of the lake; an ordered one goes there as it is.
FILE_ROWS = 131_072
#: Bytes of rows that are held at most before they are written.
CHUNK_BYTES = 384 << 20
#: ``Made.places`` in SQL, over columns chrom and start.
PLACE_SQL = f'((chrom::bigint << {PLACE_BITS}) + "start" + 1)'
_IMPACTS = ("HIGH", "MODERATE", "LOW", "MODIFIER")


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
    """Turns the batches of one file into chunks, several at a time.

    ``flush`` ends it; leaving the block early ends its threads too.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        folder: Path,
        header: VcfHeader,
        plan: FilePlan,
        *,
        first: int,
    ) -> None:
        self._folder = folder
        self._header = header
        self._plan = plan
        self._first = self._begun = self._next = first
        self._number = 0
        self.csq = dict(header.csq)
        self._met: frozenset[str] = frozenset()
        self._notes: list[str] = []
        self._telomeres: list[int] = []
        self._held: list[Made] = []
        self._waiting: deque[Future[Made]] = deque()
        self._writing: list[Future[object]] = []
        self._threads = max(
            1, int(con.execute("select current_setting('threads')").fetchall()[0][0])
        )
        self._makers: SimpleQueue[RowMaker] = SimpleQueue()
        for _ in range(self._threads):
            self._makers.put(RowMaker(con.cursor(), header, plan))
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="rows")

    @property
    def plan(self) -> FilePlan:
        """The plan, with the fields that records brought though the header does not name them."""
        if not self._met:
            return self._plan
        return replace(self._plan, fields=field_map(self._header, sorted(self._met)))

    @property
    def rows(self) -> int:
        """Rows begun of this file so far."""
        return self._next - self._begun

    def add(self, batch: pa.Table) -> Chunk | None:
        """Map one batch; gives a chunk when the rows so far fill a file."""
        if not self.csq.get("CSQ"):
            self._assume(batch["info"])
        self._telomeres += batch["line"].filter(pc.equal(batch["pos"], "0")).to_pylist()
        first = self._next
        self._next += int(np.maximum(allele_counts(batch["alt"]), 1).sum())
        self._waiting.append(self._pool.submit(self._make, batch, first, dict(self.csq)))
        while len(self._waiting) > self._threads:
            self._held.append(self._waiting.popleft().result())
        rows = sum(m.variants.num_rows for m in self._held)
        full = rows >= FILE_ROWS or sum(m.nbytes for m in self._held) >= CHUNK_BYTES
        return self._chunk() if full else None

    def flush(self) -> Chunk | None:
        """Write the rows held and end; None when there are none."""
        while self._waiting:
            self._held.append(self._waiting.popleft().result())
        chunk = self._chunk() if self._held else None
        self._written()
        self.close()
        return chunk

    def close(self) -> None:
        """End the threads; what they have not begun is dropped."""
        self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def warnings(self) -> list[Warning]:
        """What was odd in the rows so far."""
        log = WarningLog()
        message = "POS 0 is the telomere; kept with start -1"
        log.add_many("VCF-TELOMERE", self._telomeres, lambda _: message)
        for note in self._notes:
            log.add(0, "CSQ-ORDER", note)
        return log.listed()

    def _make(self, batch: pa.Table, first: int, csq: dict[str, tuple[str, ...]]) -> Made:
        maker = self._makers.get()
        try:
            return maker.make(batch, first, csq)
        finally:
            self._makers.put(maker)

    def _chunk(self) -> Chunk:
        """Have the rows held written, once the ones before them are."""
        self._written()
        held, self._held = self._held, []
        self._met = self._met.union(*(m.met for m in held))
        number, self._number = self._number, self._number + 1
        entries = [m.consequences for m in held if m.consequences is not None]
        variants = self._begin("variants", number, [m.variants for m in held])
        consequences = self._begin("consequences", number, entries) if entries else None
        places = np.concatenate([m.places for m in held])
        rows = sum(m.variants.num_rows for m in held)
        ordered = bool((np.diff(places) >= 0).all())
        chunk = Chunk(
            variants, consequences, self._first, rows, int(places.min()), int(places.max()), ordered
        )
        self._first += rows
        return chunk

    def _begin(self, table: str, number: int, rows: list[pa.Table]) -> Path:
        path = self._folder / f"{table[0]}-{self._plan.file_index:03d}-{number:06d}.parquet"
        self._writing.append(self._pool.submit(write, table, pa.concat_tables(rows), path))
        return path

    def _written(self) -> None:
        for future in self._writing:
            future.result()
        self._writing = []

    def _assume(self, info: pa.ChunkedArray) -> None:
        """The order of CSQ when the header does not give it: VEP's usual one, if it fits."""
        if not pc.any(pc.match_substring(info, "CSQ")).as_py():
            return
        text = InfoText(info, ["CSQ"])
        if not text.any("CSQ"):
            return
        given = [t.split("|") for t in text.value("CSQ").drop_null().to_pylist()]
        said = [parts[2] if len(parts) > 2 else "" for parts in given]
        fits = bool(said) and all(word in _IMPACTS for word in said)
        self.csq["CSQ"] = DEFAULT_FIELDS["CSQ"] if fits else ("text",)
        self._notes.append(
            "the header does not give the order of CSQ; "
            + ("VEP's usual one is taken" if fits else "its entries are kept as text")
        )
