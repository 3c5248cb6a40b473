"""Lines of a table whose place is none: set aside with their line, or the file refused."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data_layer.ingest.table_text import TextTable


def sound_places(
    table: TextTable,
    batch: pa.Table,
    *,
    start: str = "start",
    end: str = "end",
    one_based: bool = False,
) -> pa.Table:
    """Return the rows of a batch whose end lies behind their start, from the first base on.

    Raises:
        InputError: SIGNAL-PLACE, unless broken lines are set aside.
    """
    lowest = 1 if one_based else 0
    first, last = batch.column(start).to_numpy(), batch.column(end).to_numpy()
    bad = (first < lowest) | (last < first + 1 - lowest)
    if not bad.any():
        return batch
    rows = np.flatnonzero(bad)
    rule = "at or behind the start, from 1 on" if one_based else "behind the start, from 0 on"
    reasons = {
        int(i): f"{start} {first[i]} and {end} {last[i]} are no place: the end must lie {rule}"
        for i in rows
    }
    return table.reject(batch, "SIGNAL-PLACE", reasons)
