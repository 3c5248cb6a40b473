"""Coverage and B-allele fractions as Gens takes them: ``*.cov.bed.gz`` and ``*.baf.bed.gz``.

The first column is ``level_chrom``: levels o, a, b and c hold means or samples of the finest, d,
for a viewer that cannot draw it whole. A file without levels is read as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from data_layer.ingest.feed import SIGNAL_BATCH, Feed, FeedReader, Head
from data_layer.ingest.places import sound_places
from data_layer.ingest.table_text import DRAWING, TextFeed, TextTable
from data_layer.ingest.text_stream import text_pieces

#: Levels from the coarsest to the finest, as in Gens' documentation of its data.
LEVELS = "oabcd"
_NAME = re.compile(r"(?P<sample>.+?)(?:[._]gens)?\.(?P<kind>cov|baf)\.bed(\.b?gz)?$")
_LINE = re.compile(r"(?P<level>[oabcd]_)?\S+\t\d+\t\d+\t\S+\s*")
_SIGNAL = {"cov": "coverage", "baf": "baf"}
_COLUMNS = ("contig", "start", "end", "value")
_TYPES = {"start": pa.int64(), "end": pa.int64(), "value": pa.float32()}
#: The line goes along for messages about the order of rows.
_GIVEN = SIGNAL_BATCH.append(pa.field("line", pa.int64()))
_CONTIG = pa.dictionary(pa.int32(), pa.string())


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the coverage or the fractions of a file that is named and looks as Gens wants it."""
    named = _NAME.fullmatch(head.path.name)
    lines = [x for x in head.text.split("\n")[:-1] if x and not x.startswith(("#", *DRAWING))]
    if named is None or (lines and not any(_LINE.fullmatch(x) for x in lines)):
        return ()
    signal = _SIGNAL[named["kind"]]
    return (
        Feed(head.path, f"Gens {named['kind']}", "signal", signal, None, partial(_open, head.path)),
    )


class GensReader(TextFeed):
    """The finest level of a file; ``levels`` counts the rows of each, empty for a plain file."""

    def __init__(self, table: TextTable, finest: str | None) -> None:
        super().__init__(table, self._finest_rows)
        self.levels: Counter[str] = Counter()
        self._finest = finest

    def _finest_rows(self, batch: pa.Table) -> pa.Table:
        batch = sound_places(self.table, batch)
        names = batch.column("contig").combine_chunks()
        split = [_split(n) for n in names.dictionary.to_pylist()]
        codes = names.indices.to_numpy()
        counts = np.bincount(codes, minlength=len(split))
        for (level, _), count in zip(split, counts, strict=True):
            if level:
                self.levels[level] += int(count)
        wanted = np.array([level == self._finest for level, _ in split], dtype=bool)
        contigs = pa.array([contig for _, contig in split], pa.string())
        batch = batch.set_column(0, "contig", contigs.take(names.indices))
        plain = np.array([level is None for level, _ in split], dtype=bool)
        if self._finest is not None and plain.any():
            why = "the contig has no level, though others in the file have one"
            rows = np.flatnonzero(plain[codes])
            self.table.reject(batch, "GENS-LEVEL", dict.fromkeys(rows.tolist(), why))
        kept = batch if wanted.all() else batch.filter(pa.array(wanted[codes]))
        return kept.select(_GIVEN.names).cast(_GIVEN)


def _open(path: Path, skip_bad: bool) -> FeedReader:
    finest = _finest(path)
    types = {**_TYPES, "contig": _CONTIG}
    table = TextTable(path, _COLUMNS, types=types, skip_bad=skip_bad, comment=("#", *DRAWING))
    return GensReader(table, finest)


def _finest(path: Path) -> str | None:
    """Return the finest level in a file, reading no further than the first line of level d."""
    best = -1
    with closing(text_pieces(path)) as pieces:
        for piece in pieces:
            for rank in range(len(LEVELS) - 1, best, -1):
                mark = f"{LEVELS[rank]}_".encode()
                if piece.startswith(mark) or b"\n" + mark in piece:
                    best = rank
                    break
            if best == len(LEVELS) - 1:
                break
    return LEVELS[best] if best >= 0 else None


def _split(name: str) -> tuple[str | None, str]:
    """Return the level and the contig of a name such as ``d_chr1``."""
    if name[1:2] == "_" and name[0] in LEVELS:
        return name[0], name[2:]
    return None, name
