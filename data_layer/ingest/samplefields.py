"""Sample columns of a batch cut into fields and numbers, all samples one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.numbers import integers


class SampleFields:
    """Fields by FORMAT key; a cell is one sample of one record, sample by sample.

    Attributes:
        keys: FORMAT keys that any record has.
        text: every cell as in the file.
    """

    def __init__(self, batch: pa.Table, columns: Sequence[int]) -> None:
        coded = pa.chunked_array(batch["format"]).combine_chunks().dictionary_encode()
        self._kinds = [kind.split(":") for kind in coded.dictionary.to_pylist()]
        code = coded.indices.fill_null(len(self._kinds)).to_numpy()
        self._code = np.tile(code, len(columns))
        self.keys = frozenset(key for kind in self._kinds for key in kind)
        chunks = [chunk for i in columns for chunk in batch[f"s{i}"].chunks]
        self.text = pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())
        parts = pc.split_pattern(self.text, ":")
        offsets = parts.offsets.to_numpy()
        self._begin, self._end = offsets[:-1].astype(np.int64), offsets[1:]
        self._pieces = parts.flatten()

    def field(self, key: str) -> pa.Array:
        """A key's text in each cell; null where the record or the sample does not have it."""
        places = [kind.index(key) if key in kind else -1 for kind in self._kinds]
        place = np.array([*places, -1], dtype=np.int64)[self._code]
        at = self._begin + place
        missing = (place < 0) | (at >= self._end)
        if missing.all():
            return pa.nulls(len(at), pa.string())
        return self._pieces.take(pa.array(at, mask=missing) if missing.any() else pa.array(at))


class Listed:
    """A field's numbers, several with commas between; NaN is null."""

    def __init__(self, text: pa.Array, read: Callable[[pa.Array], np.ndarray] = integers) -> None:
        parts = pc.split_pattern(pc.fill_null(text, ""), ",")
        offsets = parts.offsets.to_numpy().astype(np.int64)
        self._begin = offsets[:-1]
        self.size = np.where(pc.is_valid(text).to_numpy(zero_copy_only=False), np.diff(offsets), 0)
        self._values = read(parts.flatten())

    def at(self, cell: np.ndarray, place: np.ndarray | int) -> np.ndarray:
        """The number at a place of each cell's list, from 0; NaN where there is none."""
        inside = (np.asarray(place) >= 0) & (place < self.size[cell])
        values: np.ndarray = self._values[np.where(inside, self._begin[cell] + place, 0)]
        return np.where(inside, values, np.nan)

    def own(
        self, cell: np.ndarray, allele: np.ndarray, count: np.ndarray, *, reference: bool = False
    ) -> np.ndarray:
        """This allele's number: a lone one is every allele's, a list must have one for each.

        ``reference``: a list may begin with the reference's, as in Number=R.
        """
        size = self.size[cell]
        place = np.where((size == count) & (allele > 0), allele - 1, -1)
        if reference:
            place = np.where(size == count + 1, allele, place)
        return self.at(cell, np.where(size == 1, 0, place))

    def total(self) -> np.ndarray:
        """The sum of each cell's numbers, NaN where it has none."""
        known = ~np.isnan(self._values)
        sums = np.add.reduceat(np.where(known, self._values, 0.0), self._begin)
        total: np.ndarray = np.where(np.logical_or.reduceat(known, self._begin), sums, np.nan)
        return total
