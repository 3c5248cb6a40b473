"""Two pyramids of one signal side by side: where counts differ, and the first cell that does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from data_layer.region import chrom_name

_TOLD = ("x", "y", "n", "min", "max")


def first_differences(
    want: Iterable[pa.RecordBatch], have: Iterable[pa.RecordBatch]
) -> Iterator[tuple[str, str]]:
    """Yield the place and the difference of each level of each chromosome that is not the same.

    Both come sorted by level and chrom; a level that both leave out is no difference.
    """
    left, right = _parts(want), _parts(have)
    one, two = next(left, None), next(right, None)
    while one is not None or two is not None:
        key = min(part[0] for part in (one, two) if part is not None)
        ours = one[1] if one is not None and one[0] == key else None
        theirs = two[1] if two is not None and two[0] == key else None
        if ours is None or theirs is None or not ours.equals(theirs):
            yield f"level {key[0]}, {chrom_name(key[1])}", _said(ours, theirs)
        one = next(left, None) if ours is not None else one
        two = next(right, None) if theirs is not None else two


def _parts(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[tuple[int, int], pa.Table]]:
    """Group sorted batches by (level, chrom)."""
    held: list[pa.RecordBatch] = []
    key: tuple[int, int] | None = None
    for batch in batches:
        level, chrom = (batch[name].to_numpy().astype(np.int64) for name in ("level", "chrom"))
        edges = np.flatnonzero(np.diff(level * 64 + chrom)) + 1
        for begin, end in zip([0, *edges], [*edges, batch.num_rows], strict=True):
            if begin == end:
                continue
            here = int(level[begin]), int(chrom[begin])
            if key is not None and here != key:
                yield key, pa.Table.from_batches(held)
                held = []
            key = here
            held.append(batch.select(list(_TOLD)).slice(begin, end - begin))
    if key is not None:
        yield key, pa.Table.from_batches(held)


def _said(want: pa.Table | None, have: pa.Table | None) -> str:
    rows, counted = (int(t["n"].to_numpy().sum()) if t is not None else 0 for t in (want, have))
    if rows != counted:
        return f"the cells count {counted:,} rows, there are {rows:,}"
    if want is None or have is None:
        return "cells that count no row"
    for ours, theirs in zip(want.to_pylist(), have.to_pylist(), strict=False):
        if ours != theirs and repr(ours) != repr(theirs):
            return f"a cell holds {_cell(theirs)}, the rows give {_cell(ours)}"
    return f"{have.num_rows:,} cells, the rows give {want.num_rows:,}"


def _cell(cell: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in cell.items())
