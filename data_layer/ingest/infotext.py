"""Values of chosen INFO keys as columns, cut from the text in one pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class InfoText:
    """INFO of a batch, cut into entries; a key that stands twice has its last value, as in htslib.

    Entries are ``key=value`` or ``key``; what follows the first ``=`` is the value, unchanged.
    """

    def __init__(self, info: pa.ChunkedArray, keys: Sequence[str]) -> None:
        text = info.combine_chunks() if isinstance(info, pa.ChunkedArray) else info
        if isinstance(text, pa.ChunkedArray):
            text = pa.concat_arrays(text.chunks)
        entries = pc.split_pattern(text, ";")
        parts = pc.split_pattern(entries.flatten(), "=", max_splits=1)
        first = parts.offsets.to_numpy()
        self._rows = len(text)
        self._pieces = parts.flatten()
        at = np.repeat(np.arange(self._rows), np.diff(entries.offsets.to_numpy()))
        code = pc.index_in(self._pieces.take(pa.array(first[:-1])), value_set=pa.array(keys))
        codes = code.fill_null(-1).to_numpy(zero_copy_only=False)
        known = np.flatnonzero(codes >= 0)
        valued = np.diff(first)[known] == 2
        place = np.where(valued, first[:-1][known] + 1, -1)
        self._found = {
            key: (at[known][codes[known] == i], place[codes[known] == i])
            for i, key in enumerate(keys)
        }

    def value(self, key: str) -> pa.Array:
        """Return the key's text in each row; null where it is missing or has no ``=``."""
        rows, place = self._found[key]
        if not len(rows):
            return pa.nulls(self._rows, pa.string())
        index = np.full(self._rows, -1, dtype=np.int64)
        index[rows] = place
        return self._pieces.take(pa.array(index, mask=index < 0))

    def has(self, key: str) -> pa.Array:
        """Return in which rows the key stands, with a value or without."""
        out = np.zeros(self._rows, dtype=bool)
        out[self._found[key][0]] = True
        return pa.array(out)

    def any(self, key: str) -> bool:
        """Say whether any row has the key."""
        return len(self._found[key][0]) > 0
