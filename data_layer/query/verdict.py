"""One byte a call: kept, or the step that removed it. Every number of a page comes from it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.errors import InputError
from data_layer.query.clauses import Clause, Context, clause
from data_layer.query.filters import Filter
from data_layer.query.inheritance import asks_pairs, inheritance_mask, pair_mask
from data_layer.query.masks import array_masks
from data_layer.query.recessive import recessive_rows
from data_layer.query.source import Source

#: Byte of a row that the actor may not see; it is counted nowhere.
WITHHELD = 255
MAX_STEPS = 200
#: Fewer rows than this are read by number, more in one pass over all.
_NARROW = 20_000


@dataclass(frozen=True)
class Verdict:
    """For each row_id 0 when kept, k when step k removed it (from 1), 255 when withheld.

    ``left`` holds the calls left after each step, the first before any.
    """

    removed: NDArray[np.uint8]
    kept: NDArray[np.bool_]
    left: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return int(self.removed.nbytes + self.kept.nbytes)

    @property
    def count(self) -> int:
        """Calls kept."""
        return self.left[-1]


@dataclass(frozen=True)
class _Packed:
    bits: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        return int(self.bits.nbytes)


def verdict(source: Source, filters: Sequence[Filter]) -> Verdict:
    """Return the verdict of filters in their order, from the cache when it is there.

    Only filters never asked before read the rows, all of them in one pass; each leaves one bit
    a row behind, so that a change of one step costs one step.
    """
    steps = tuple(filters)
    if len(steps) > MAX_STEPS:
        raise InputError("FILTER", "filters", f"{len(steps)} steps, at most {MAX_STEPS}")
    return source.cached(("verdict", steps), lambda: _judge(source, steps))


def _judge(source: Source, steps: tuple[Filter, ...]) -> Verdict:
    masks = _masks(source, steps)
    alive = source.present()
    removed = np.where(alive, np.uint8(0), np.uint8(WITHHELD))
    left = [int(np.count_nonzero(alive))]
    for number, step in enumerate(steps, start=1):
        mask = masks.get(step)
        if mask is None:
            mask = _dependent(source, steps[:number], alive)
        passed = alive & mask
        removed += (alive ^ passed).view(np.uint8) * np.uint8(number)
        alive = passed
        left.append(int(np.count_nonzero(alive)))
    removed.setflags(write=False)
    alive.setflags(write=False)
    return Verdict(removed, alive, tuple(left))


def _looks_back(step: Filter) -> bool:
    """Say whether a step looks at what the steps before it left."""
    return step.spec.name == "recessive" or asks_pairs(step)


def _key(step: Filter) -> tuple[Hashable, ...]:
    return ("mask", step)


def _masks(source: Source, steps: tuple[Filter, ...]) -> dict[Filter, NDArray[np.bool_]]:
    alone = [s for s in dict.fromkeys(steps) if not _looks_back(s)]
    found: dict[Filter, NDArray[np.bool_]] = {}
    asked = []
    for step in alone:
        held = source.cache.peek((source.key, *_key(step)))
        if isinstance(held, _Packed):
            found[step] = _unpack(held, source.size)
        else:
            asked.append(step)
    fresh = array_masks(source, asked)
    narrow = [s for s in asked if s.spec.name == "de_novo" and s.value == "strict"]
    fresh |= {step: _strict(source, step) for step in narrow}
    family = [s for s in asked if s.spec.name == "inheritance"]
    fresh |= {step: inheritance_mask(source, step) for step in family}
    asked = [step for step in asked if step not in fresh]
    if asked:
        fresh |= dict(zip(asked, _read(source, asked), strict=True))
    for step, mask in fresh.items():
        source.cache.put((source.key, *_key(step)), _Packed(np.packbits(mask)))
    return found | fresh


def _read(source: Source, steps: Sequence[Filter]) -> list[NDArray[np.bool_]]:
    context = context_of(source)
    clauses = [clause(step, context, f"f{i}") for i, step in enumerate(steps)]
    return source.read([c.sql for c in clauses], _bound(clauses))


def _strict(source: Source, step: Filter) -> NDArray[np.bool_]:
    """Return the mask of a strict new mutation; depth and quality are read of called ones alone."""
    loose = replace(step, value="called")
    out = _masks(source, (loose,))[loose].copy()
    if np.count_nonzero(out) > _NARROW:
        return _read(source, [step])[0]
    asked, rows = clause(step, context_of(source), "f"), source.variants
    some = f"select * from {rows.sql} where row_id in (select row_id from called)"
    sql = f"select row_id from ({some}) where {asked.sql}"
    called = pa.table({"row_id": np.flatnonzero(out)})
    bound = {**rows.params, **asked.params}
    found = source.database.arrays(sql, bound, {"called": called})["row_id"]
    out[:] = False
    out[found] = True
    return out


def _bound(clauses: Sequence[Clause]) -> dict[str, object]:
    out: dict[str, object] = {}
    for item in clauses:
        out |= item.params
    return out


def context_of(source: Source) -> Context:
    """Return what filters must know of a case."""
    return Context(source.info, source.consequences, source.restricted)


def _dependent(
    source: Source, steps: tuple[Filter, ...], alive: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return the mask of a step that looks at what the steps before it left."""
    look = recessive_rows if steps[-1].spec.name == "recessive" else pair_mask
    packed = source.cached(
        ("mask", steps), lambda: _Packed(np.packbits(look(source, steps[-1], alive)))
    )
    return _unpack(packed, source.size)


def _unpack(packed: _Packed, size: int) -> NDArray[np.bool_]:
    return np.unpackbits(packed.bits, count=size).view(np.bool_)
