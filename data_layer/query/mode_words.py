"""A mode of inheritance in words: what is asked of whom, and who of a call did not fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data_layer.analysis.inheritance import (
    ALL,
    AUTOSOME,
    GQ_MIN,
    NONE,
    ONE,
    PARENT_READS,
    POSSIBLE,
    SURE,
    UNKNOWN,
    Ask,
    Calls,
    Check,
    Plan,
    X,
    seen_table,
)
from data_layer.analysis.pedigree import Family
from data_layer.query.families import people_of, plans_of
from data_layer.query.fields import COMPOUND, INHERITANCE, mode_of
from data_layer.query.info import CaseInfo

_HELD = {
    frozenset({NONE}): "no copy",
    frozenset({ONE}): "one copy of two",
    frozenset({ALL}): "every copy",
    frozenset({NONE, ONE}): "not every copy",
    frozenset({ONE, ALL}): "a copy",
    frozenset({NONE, ONE, ALL}): "any genotype",
    frozenset({NONE, ALL}): "no copy or every copy",
}
_FOUND = {NONE: "no copy", ONE: "one copy of two", ALL: "every copy", UNKNOWN: "no call"}
_PLACES = ("an autosome or PAR", "X outside PAR", "Y", "M")
_MEASURED = {"gq": "genotype quality", "dp": "depth", "share": "allele fraction", "reads": "reads"}


def inheritance_sentence(info: CaseInfo, person: str, words: Sequence[str]) -> str:
    """Return what the modes ask of whom, by name.

    Raises:
        InputError: nobody of that name is in the case.
    """
    family, _ = people_of(info, person)
    plans = plans_of(info, person, words)
    said = []
    for word in words:
        mode, possible = mode_of(word)
        asked = _pair(family, possible) if mode == COMPOUND else _plan(plans[word], family, possible)  # fmt: skip # noqa: E501
        said.append(f"{INHERITANCE[word]}: {asked}")
    return f"Fits {'; or '.join(said)}."


def _plan(plan: Plan, family: Family, possible: bool) -> str:
    parts = [_ask(plan, family, ask, possible) for ask in plan.asks]
    if not possible:
        parts += [_check(check, family) for check in plan.checks]
        if plan.unknown:
            parts.append(f"nothing is sure while the case does not show the {' and '.join(plan.unknown)}")  # fmt: skip # noqa: E501
    else:
        parts.append("who was not called or is not in the case may fit, and reads are not judged")
    return f"on {_PLACES[plan.place]}, {', '.join(parts)}"


def _ask(plan: Plan, family: Family, ask: Ask, possible: bool) -> str:
    states = (ask.sure | ask.maybe if possible else ask.sure) - {UNKNOWN}
    person = family.people[ask.person]
    held = _HELD.get(states, "a copy to give, which makes it possible at most")
    if plan.place == X and person.sex == "male" and ALL in states | {ONE}:
        held = "no copy" if states == {NONE} else "it on his one X (0/1, 1/1 or 1)"
    told = {"affected": "affected", "unaffected": "healthy"}.get(person.affected, "")
    who = person.name if ask.person == plan.subject or not told else f"{person.name} ({told})"
    return f"{who} has {held}"


def _check(check: Check, family: Family) -> str:
    names = " and ".join(family.people[p].name for p in check.people)
    label = _MEASURED[check.kind]
    if check.kind == "reads":
        return f"fewer than {check.high:g} reads with it in {names} together"
    low, high = np.isfinite(check.low), np.isfinite(check.high)
    if low and high:
        return f"{label} of {names} from {check.low:g} to {check.high:g}"
    return f"{label} of {names} {f'from {check.low:g}' if low else f'to {check.high:g}'}"


def _pair(family: Family, possible: bool) -> str:
    parents = [family.people[p].name for p in family.parents]
    givers = f"from {' and '.join(parents)} each" if len(parents) == 2 else "from each parent"
    new = f" (quality {GQ_MIN:g}, fewer than {PARENT_READS:g} reads in the parents)"
    parts = [
        f"{family.self.name} has one copy each of two calls of a gene, one {givers} "
        f"or one of them new{'' if possible else new}",
        "or every copy of a small call under a loss",
        "no healthy person has both",
    ]
    if any(True for _ in family.others("affected")):
        parts.append("every affected person has both")
    parts.append("known phase decides")
    if possible:
        parts.append("who was not called or is not in the case may have given either")
    elif family.missing:
        parts.append(f"without the {' and '.join(family.missing)} nothing else makes it sure")
    return ", ".join(parts)


def misfits(info: CaseInfo, person: str, words: Sequence[str], call: Calls) -> str:
    """Return for each mode who of one call's people did not fit, with what they carry."""
    family, _ = people_of(info, person)
    plans = plans_of(info, person, words)
    out = []
    for word in words:
        mode, possible = mode_of(word)
        why = _half(family, call) if mode == COMPOUND else _misfit(plans[word], family, call, possible)  # fmt: skip # noqa: E501
        out.append(f"not {INHERITANCE[word]} as {why}")
    return "; ".join(out)


def _misfit(plan: Plan, family: Family, call: Calls, possible: bool) -> str:
    if int(call.place[0]) != plan.place:
        return f"it lies on {_PLACES[int(call.place[0])]}"
    enough = POSSIBLE if possible else SURE
    failed = [
        _carries(family, call, ask.person)
        for ask in plan.asks
        if seen_table(plan, family, ask)[call.states[ask.person]][0] < enough
    ]
    if failed:
        return " and ".join(failed)
    if plan.unknown:
        return f"the case does not show the {' and '.join(plan.unknown)}"
    for check in plan.checks:
        if not check.passed(call)[0]:
            held = getattr(call, check.kind)
            values = [float(held[p][0]) for p in check.people] if held is not None else []
            value = sum(values) if values else float("nan")
            shown = "missing" if np.isnan(value) else f"{value:.3g}"
            return f"it needs {_check(check, family)}: {shown}"
    return "it fits"


def _half(family: Family, call: Calls) -> str:
    if int(call.place[0]) != AUTOSOME:
        return f"it lies on {_PLACES[int(call.place[0])]}"
    if call.states[family.subject][0] not in (ONE, ALL):
        return _carries(family, call, family.subject)
    parents = [p for p in family.parents if call.states[p][0] in (ONE, ALL)]
    if len(parents) == 2 and all(family.people[p].affected != "affected" for p in parents):
        return "both parents carry it"
    for place in family.others("unaffected"):
        if call.states[place][0] == ALL:
            return _carries(family, call, place)
    for place in family.others("affected"):
        if call.states[place][0] == NONE:
            return _carries(family, call, place)
    whose = [
        f"{family.people[p].name} has {_FOUND[int(call.states[p][0])]}" for p in family.parents
    ]
    return f"no other call of its gene makes a pair with it ({', '.join(whose) or 'no parents'})"


def _carries(family: Family, call: Calls, place: int) -> str:
    person = family.people[place]
    told = {"affected": " (affected)", "unaffected": " (healthy)"}.get(person.affected, "")
    return f"{person.name}{told} has {_FOUND[int(call.states[place][0])]}"
