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
        self._keys = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        names = self._pieces.take(pa.array(first[:-1]))
        code = pc.index_in(names, value_set=pa.array(list(self._keys), pa.string()))
        codes = code.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int16)
        known = np.flatnonzero(codes >= 0)
        known = known[np.argsort(codes[known], kind="stable")]
        self._bounds = np.searchsorted(codes[known], np.arange(len(self._keys) + 1))
        self._place = np.where(np.diff(first)[known] == 2, first[:-1][known] + 1, -1)
        self._row = np.searchsorted(entries.offsets.to_numpy(), known, side="right") - 1

    def value(self, key: str) -> pa.Array:
        """Return the key's text in each row; null where it is missing or has no ``=``."""
        here = self._here(key)
        rows, place = self._row[here], self._place[here]
        if not len(rows):
            return pa.nulls(self._rows, pa.string())
        index = np.full(self._rows, -1, dtype=np.int64)
        index[rows] = place
        return self._pieces.take(pa.array(index, mask=index < 0))

    def has(self, key: str) -> pa.Array:
        """Return in which rows the key stands, with a value or without."""
        out = np.zeros(self._rows, dtype=bool)
        out[self._row[self._here(key)]] = True
        return pa.array(out)

    def any(self, key: str) -> bool:
        """Say whether any row has the key."""
        here = self._here(key)
        return bool(here.stop > here.start)

    def any_value(self, key: str) -> bool:
        """Say whether any row gives the key a value, an empty one too."""
        return bool((self._place[self._here(key)] >= 0).any())

    def _here(self, key: str) -> slice:
        code = self._keys[key]
        return slice(int(self._bounds[code]), int(self._bounds[code + 1]))
