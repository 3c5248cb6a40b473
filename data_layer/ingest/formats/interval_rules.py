"""Where an interval may lie: whole numbers, a start before the end; the broken lines set aside."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.table_text import TextTable

_LARGEST = float(1 << 53)


def place(
    table: TextTable, batch: pa.Table, contig: str, start: str, end: str, *, one_based: bool
) -> pa.Table:
    """Add ``segment start`` and ``segment end``, 0-based half-open, to a batch.

    Args:
        contig, start, end: columns of the batch; the latter two float64, since R writes 100000 as
            ``1e+05``.
        one_based: the file counts from 1 and includes the end.

    Raises:
        InputError: TEXT-NUMBER or SEGMENT-PLACE, unless broken lines are set aside.
    """
    for name in (start, end):
        batch = whole(table, batch, name, missing=False)
    wrong = _misplaced(batch, contig, start, end, one_based=one_based)
    batch = table.reject(batch, "SEGMENT-PLACE", wrong)
    first = pc.cast(batch.column(start), pa.int64())
    if one_based:
        zero = np.flatnonzero(pc.equal(first, 0).to_numpy())
        lines = batch.column("line").to_numpy()[zero]
        table.log.add_many(
            "SEGMENT-ZERO",
            lines.tolist(),
            lambda _: f"{start} is 0 though the format counts from 1; read as the first base",
        )
        first = pc.max_element_wise(pc.subtract(first, 1), 0)
    batch = batch.append_column("segment start", first)
    return batch.append_column("segment end", pc.cast(batch.column(end), pa.int64()))


def whole(table: TextTable, batch: pa.Table, name: str, *, missing: bool) -> pa.Table:
    """Set aside the lines whose float64 column ``name`` holds no whole number.

    Args:
        missing: whether no value is allowed.

    Raises:
        InputError: TEXT-NUMBER, unless broken lines are set aside.
    """
    value = batch.column(name).to_numpy()
    good = np.isfinite(value) & (np.abs(value) < _LARGEST)
    good &= np.where(good, value, 0.5) % 1 == 0
    if missing:
        good |= np.isnan(value)
    wrong = {
        int(i): f"{name} is {_shown(value[i])}, which is not a whole number"
        for i in np.flatnonzero(~good)
    }
    return table.reject(batch, "TEXT-NUMBER", wrong)


def word(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the fields of a column without the blanks and quotes around them."""
    return pc.utf8_trim(pc.utf8_trim_whitespace(column), characters='"')


def _shown(value: float) -> str:
    return "missing" if np.isnan(value) else f"{value:g}"


def _misplaced(
    batch: pa.Table, contig: str, start: str, end: str, *, one_based: bool
) -> dict[int, str]:
    first, last = batch.column(start).to_numpy(), batch.column(end).to_numpy()
    nameless = pc.equal(word(batch.column(contig)), "").to_numpy()
    wrong = {int(i): f"{contig} is empty" for i in np.flatnonzero(nameless)}
    for i in np.flatnonzero(first < 0):
        wrong[int(i)] = f"{start} is {int(first[i])}, before the chromosome's first base"
    for i in np.flatnonzero(last < first):
        wrong[int(i)] = f"{end} {int(last[i])} is less than {start} {int(first[i])}"
    if one_based:
        for i in np.flatnonzero((last == 0) & (first == 0)):
            wrong[int(i)] = f"{end} is 0 though the format counts from 1"
    return wrong
