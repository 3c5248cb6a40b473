"""The filter on inheritance: a case's people as a family, the calls that fit, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data_layer.analysis.compound import pair_levels
from data_layer.analysis.inheritance import POSSIBLE, SURE, Calls, levels, places
from data_layer.query.clauses import refuse_family
from data_layer.query.columns import copies_code, number
from data_layer.query.columns import places as axis_places
from data_layer.query.families import people_of, plans_of
from data_layer.query.fields import COMPOUND, FIELDS, mode_of
from data_layer.query.info import SampleInfo
from data_layer.query.pairs import PAIR_CELLS, hits_of, phase_cells, read_rows, spots_of
from data_layer.query.source import Source, Stored

if TYPE_CHECKING:
    from data_layer.query.filters import Filter

Mask = NDArray[np.bool_]
#: From ``fields.GENOTYPES``: none, het, hom, hemi, nocall. The only copy is every copy.
_STATES = np.array([0, 1, 2, 2, 3], np.uint8)
_NARROW = 20_000


def asks_pairs(item: Filter) -> bool:
    """Say whether a filter looks at pairs, and so at what the steps before it left."""
    return item.spec.name == "inheritance" and any(mode_of(str(w))[0] == COMPOUND for w in item.values)  # fmt: skip # noqa: E501


def inheritance_mask(source: Source, item: Filter) -> Mask:
    """Return by row_id which calls fit one of the asked modes, pairs not looked at.

    Raises:
        RefusedError: some of the family are withheld from the actor.
    """
    refuse_family(item, source.restricted)
    family, people = people_of(source.info, item.person)
    calls = Calls(_places(source), _states(source, people))
    out = np.zeros(source.size, np.bool_)
    for word, plan in plans_of(source.info, item.person, [str(w) for w in item.values]).items():
        level = levels(plan, family, calls)
        if mode_of(word)[1]:
            out |= level >= POSSIBLE
        elif plan.checks and not plan.unknown:
            rows = np.flatnonzero(level >= POSSIBLE)
            some = _measured(source, people, calls, rows)
            out[rows[levels(plan, family, some) == SURE]] = True
        else:
            out |= level == SURE
    return out


def pair_mask(source: Source, item: Filter, alive: Mask) -> Mask:
    """Return by row_id which of the rows still alive are one of a pair, or fit another mode."""
    out = inheritance_mask(source, item) & alive
    family, people = people_of(source.info, item.person)
    states = _states(source, people)
    mine = states[family.subject]
    rows = np.flatnonzero(alive & ((mine == 1) | (mine == 2)))
    if not len(rows):
        return out
    wanted = _numbers(people)[: 3 * len(people)]
    cells = {f"v{i}": w.sql for i, w in enumerate(wanted)}
    held = read_rows(source, cells | PAIR_CELLS | phase_cells(people[family.subject]), rows)
    calls = _with(Calls(_places(source), states), rows, [held[name] for name in cells])
    spots = spots_of(source, people[family.subject], rows, held)
    level = pair_levels(family, calls, spots, hits_of(source, rows, held))
    for word in item.values:
        mode, possible = mode_of(str(word))
        if mode == COMPOUND:
            out[rows[level >= (POSSIBLE if possible else SURE)]] = True
    return out


def one_call(source: Source, name: str, row_id: int) -> Calls:
    """Return a call alone, with everything that a mode looks at."""
    _, people = people_of(source.info, name)
    calls = Calls(_places(source), _states(source, people))
    return _measured(source, people, calls, np.array([row_id]))


def _places(source: Source) -> NDArray[np.uint8]:
    return source.cached(("places",), lambda: _placed(source))


def _placed(source: Source) -> NDArray[np.uint8]:
    build = source.info.reference
    gpos = np.maximum(axis_places(source), 0)
    offsets = np.array(build.offsets)
    chrom = np.searchsorted(offsets, gpos, "right")
    return places(chrom, gpos - offsets[chrom - 1], {c: build.par(c) for c in (23, 24)})


def _states(source: Source, people: tuple[SampleInfo, ...]) -> list[NDArray[np.uint8]]:
    source.columns([copies_code(p) for p in people])
    return [_carried(source, p) for p in people]


def _carried(source: Source, person: SampleInfo) -> NDArray[np.uint8]:
    codes = source.column(copies_code(person))
    return source.cached(("carried", person.index), lambda: _STATES[np.minimum(codes, 4)])


def _measured(
    source: Source, people: tuple[SampleInfo, ...], calls: Calls, rows: NDArray[np.intp]
) -> Calls:
    """Return some calls with quality, depth and reads; few are read by number, many as columns."""
    wanted = _numbers(people)
    if len(rows) > _NARROW:
        found = [v[rows] for v in source.columns(wanted)]
    else:
        table = read_rows(source, {f"v{i}": w.sql for i, w in enumerate(wanted)}, rows)
        found = [table[f"v{i}"] for i in range(len(wanted))]
    return _with(calls, rows, found)


def _numbers(people: tuple[SampleInfo, ...]) -> list[Stored]:
    return [number(FIELDS[f], p) for f in ("gq", "dp", "ad_alt", "vaf") for p in people]


def _with(calls: Calls, rows: NDArray[np.intp], found: list[NDArray[Any]]) -> Calls:
    each = len(calls.states)
    parts = [found[i : i + each] for i in range(0, len(found), each)]
    return Calls(calls.place[rows], [s[rows] for s in calls.states], *parts)
