"""Batches of a feed on the build's chromosomes: codes, places, values, and their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.errors import InputError
from data_layer.ingest.source import WarningLog
from data_layer.region import Build, chrom_code
from data_layer.schema import SIGNALS_TABLE

#: What a batch becomes; the lake adds the version of the schema.
PLACED = pa.schema([f for f in SIGNALS_TABLE.stored if f.name != "schema_version"])
_SHIFT = 40
#: No chromosome has so many bases; a place behind it would not sort by ``key_of``.
MOST_BASES = 1 << 32


@dataclass(frozen=True)
class Stretch:
    """Rows in order of chrom and start, from key ``first`` to key ``last``; see ``key_of``."""

    table: pa.Table
    first: int
    last: int


def key_of(chrom: NDArray[np.int64], start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return numbers that sort as (chrom, start) do."""
    keys: NDArray[np.int64] = (chrom << _SHIFT) | start
    return keys


class Codes:
    """Codes of contigs, each name looked up once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, contigs: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return each row's chromosome code, and a number that is one contig's within the batch."""
        packed = contigs.dictionary_encode().combine_chunks()
        if isinstance(packed, pa.ChunkedArray):
            packed = packed.unify_dictionaries().combine_chunks()
        names = packed.dictionary.to_pylist()
        for name in names:
            if name not in self._known:
                self._known[name] = chrom_code(name)
        table = np.array([self._known[n] for n in names], np.int64)
        index = packed.indices.to_numpy().astype(np.int64)
        return table[index] if len(names) else index, index


def gpos_of(build: Build, chrom: NDArray[np.int64], start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return places on the genome-wide axis, as ``Build.gpos`` gives them one by one."""
    sizes = np.array([1, *build.sizes], np.int64)
    offsets = np.array([0, *build.offsets], np.int64)
    return offsets[chrom] + np.clip(start, 0, sizes[chrom] - 1)


class Placing:
    """Turns a feed's batches into stretches; ``dropped`` counts rows set aside for their place.

    Raises:
        InputError: SIGNAL-PLACE, a row ends before it begins and may not be set aside.
    """

    def __init__(self, file: str, build: Build, log: WarningLog, *, skip_bad: bool) -> None:
        self.dropped = 0
        self._file, self._build, self._log, self._skip = file, build, log, skip_bad
        self._codes = Codes()
        self._last: tuple[int, str, int] = (-1, "", -1)

    def stretches(self, batches: Iterator[pa.Table]) -> Iterator[Stretch]:
        """Give each batch in order of place."""
        for batch in batches:
            batch = self._sound(batch)
            if not batch.num_rows:
                continue
            chrom, contig = self._codes.of(batch["contig"])
            start = batch["start"].to_numpy()
            self._look(batch, chrom, contig, start)
            keys = key_of(chrom, start)
            table = self._table(batch, chrom, start)
            if (np.diff(keys) < 0).any():
                order = np.argsort(keys, kind="stable")
                table, keys = table.take(order), keys[order]
            yield Stretch(table, int(keys[0]), int(keys[-1]))

    def _sound(self, batch: pa.Table) -> pa.Table:
        start, end = batch["start"].to_numpy(), batch["end"].to_numpy()
        bad = (start < 0) | (end <= start) | (end > MOST_BASES)
        if not bad.any():
            return batch
        rows = np.flatnonzero(bad)
        if not self._skip:
            at = int(rows[0])
            raise InputError(
                "SIGNAL-PLACE",
                f"{self._file}{_line(batch, at)}",
                f"{_place(batch, at)} is no place: the end must lie behind the start, from 0 on"
                f" and not behind {MOST_BASES:,}",
                f"Fix the file or pass --skip-bad to set the row aside ({len(rows):,} so far).",
            )
        self.dropped += len(rows)
        lines = [_line_number(batch, int(i)) for i in rows]
        self._log.add_many(
            "SIGNAL-PLACE", lines, lambda i: f"{_place(batch, int(rows[i]))} is no place; set aside"
        )
        return batch.filter(pa.array(~bad))

    def _table(
        self, batch: pa.Table, chrom: NDArray[np.int64], start: NDArray[np.int64]
    ) -> pa.Table:
        value = batch["value"].to_numpy()
        columns = [
            pa.array(chrom.astype(np.int8)),
            batch["start"],
            batch["end"],
            pa.array(gpos_of(self._build, chrom, start)),
            pa.array(value, mask=np.isnan(value)),
        ]
        return pa.table(columns, schema=PLACED)

    def _look(
        self,
        batch: pa.Table,
        chrom: NDArray[np.int64],
        contig: NDArray[np.int64],
        start: NDArray[np.int64],
    ) -> None:
        """Warn of rows that lie before the row above them on the same contig."""
        names = batch["contig"]
        back = (start[1:] < start[:-1]) & (contig[1:] == contig[:-1])
        rows = np.flatnonzero(back) + 1
        first, name, at = int(chrom[0]), names[0].as_py(), int(start[0])
        if self._last[:2] == (first, name) and at < self._last[2]:
            rows = np.concatenate([[0], rows])
        if len(rows):
            self._log.add_many(
                "SIGNAL-UNSORTED",
                [_line_number(batch, int(i)) for i in rows[:1000]],
                lambda i: (
                    f"{_place(batch, int(rows[i]))} lies before the row above it; sorted here"
                ),
            )
            self._log.counts["SIGNAL-UNSORTED"] += max(0, len(rows) - 1000)
        self._last = (int(chrom[-1]), names[len(names) - 1].as_py(), int(start[-1]))


def _place(batch: pa.Table, row: int) -> str:
    contig, start, end = (batch[n][row].as_py() for n in ("contig", "start", "end"))
    return f"{contig} {start} to {end}"


def _line_number(batch: pa.Table, row: int) -> int:
    return int(batch["line"][row].as_py()) if "line" in batch.column_names else 0


def _line(batch: pa.Table, row: int) -> str:
    number = _line_number(batch, row)
    return f" line {number}" if number else ""
