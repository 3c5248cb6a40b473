"""The modes of inheritance, each with its rule and where the rule comes from.

A is an affected person, N a healthy one; of who is neither, only a parent is asked. "genmod" is
its genetic models, "slivar" its rare-disease expressions, "seqr" its inheritance filters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from data_layer.analysis.inheritance import (
    ALL,
    AUTOSOME,
    DP_MIN,
    GQ_MIN,
    M_SHARE_ALL,
    M_SHARE_MIN,
    NONE,
    ONE,
    PARENT_READS,
    SHARE_HIGH,
    SHARE_LOW,
    UNKNOWN,
    X_GQ_MIN,
    X_SHARE_MIN,
    Ask,
    Check,
    M,
    Plan,
    X,
)
from data_layer.analysis.pedigree import Family

_FREE, _ONE, _ALL = frozenset({NONE}), frozenset({ONE}), frozenset({ALL})
_CARRIES, _NOT_ALL = frozenset({ONE, ALL}), frozenset({NONE, ONE})
_UNCALLED = frozenset({UNKNOWN})


@dataclass(frozen=True)
class Mode:
    """A way of inheritance: what people call it, and how it is asked of a family."""

    name: str
    title: str
    plan: Callable[[Family], Plan]


class _Asked:
    """Gathers the questions; a later one to the same person takes the place of the earlier."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._asks: dict[int, Ask] = {}

    def all(self, affected: str, states: frozenset[int], sex: str = "") -> None:
        """Ask everyone of that status, or of that status and sex."""
        for place in self.family.others(affected):
            if not sex or self.family.people[place].sex == sex:
                self.one(place, states)

    def one(self, place: int | None, states: frozenset[int], maybe: frozenset[int] = frozenset()) -> None:  # fmt: skip # noqa: E501
        """Ask one person, if there; who was not called may have it."""
        if place is not None:
            self._asks[place] = Ask(place, states, maybe | _UNCALLED)

    def drop(self, place: int | None) -> None:
        """Ask nothing of a person."""
        if place is not None:
            self._asks.pop(place, None)

    def _no_sex(self, place: int) -> tuple[str, ...]:
        return ("sex",) if place == X and self.family.self.sex not in ("male", "female") else ()

    def plan(
        self, name: str, place: int, mine: frozenset[int], *, maybe: frozenset[int] = frozenset(),
        checks: tuple[Check, ...] = (), unknown: tuple[str, ...] = (),
    ) -> Plan:  # fmt: skip
        """Return the questions, the subject's first."""
        subject = Ask(self.family.subject, mine, maybe)
        rest = tuple(self._asks[p] for p in sorted(self._asks))
        return Plan(
            name,
            place,
            self.family.subject,
            (subject, *rest),
            checks,
            unknown + self._no_sex(place),
        )


# genmod AD: A het, N none. slivar dominant: A het, N hom-ref.
def _ad(family: Family) -> Plan:
    asked = _Asked(family)
    asked.all("affected", _ONE)
    asked.all("unaffected", _FREE)
    return asked.plan("AD", AUTOSOME, _ONE)


# genmod AD with reduced penetrance: as AD, but N may be het; never homozygous.
def _reduced(family: Family) -> Plan:
    asked = _Asked(family)
    asked.all("affected", _ONE)
    asked.all("unaffected", _NOT_ALL)
    return asked.plan("AD_reduced", AUTOSOME, _ONE)


# genmod AD_dn: AD, both parents genotyped, neither carries. slivar denovo: parents' reads with it
# below 2 in sum, GQ of all three from 20; child's share .2 to .8, depth from 6.
def _ad_new(family: Family) -> Plan:
    asked = _Asked(family)
    asked.all("affected", _ONE)
    asked.all("unaffected", _FREE)
    for parent in family.parents:
        asked.one(parent, _FREE)
    checks = _new(family, (SHARE_LOW, SHARE_HIGH), family.parents)
    return asked.plan("AD_dn", AUTOSOME, _ONE, checks=checks, unknown=family.missing)


# genmod AR_hom: A hom-alt, N not hom-alt. slivar recessive: and both parents het. A parent
# without it leaves it possible, as over a deletion or in disomy (genmod AR_hom_dn).
def _ar_hom(family: Family) -> Plan:
    asked = _Asked(family)
    for parent in family.parents:
        asked.one(parent, _CARRIES, _FREE)
    for place in family.others("affected"):
        asked.one(place, _ALL)
    for place in family.others("unaffected"):
        parent = place in family.parents
        asked.one(place, _ONE if parent else _NOT_ALL, _FREE if parent else frozenset())
    return asked.plan("AR_hom", AUTOSOME, _ALL, unknown=family.missing)


# genmod XR: A males carry, A females homozygous; N males none, N females not homozygous. slivar
# x_recessive: mother het, son's share above .75 with GQ from 10, father hom-ref. The X of a son
# comes from his mother: where she lacks it, see X_dn.
def _xr(family: Family) -> Plan:
    asked = _x_of_others(family, _ALL)
    if family.self.sex == "male":
        asked.one(family.mother, _x_given(family))
        unknown = family.missing_mother
    else:
        asked.one(family.mother, _x_given(family), _FREE)
        if family.father is not None:
            sick = family.people[family.father].affected
            # A healthy father has none to give: one of the two copies is new, or one was lost.
            given = frozenset[int]() if sick == "unaffected" else _CARRIES
            asked.one(family.father, given, frozenset() if sick == "affected" else _FREE)
        unknown = family.missing
    maybe = _ONE if family.self.sex == "unknown" else frozenset()
    return asked.plan("XR", X, _ALL, maybe=maybe, checks=_only_copy(family), unknown=unknown)


# genmod XD: A het or hom; N males none; N females may be het, not hom, as one X is silenced.
def _xd(family: Family) -> Plan:
    asked = _x_of_others(family, _CARRIES)
    father = family.father
    from_mother = father is None or family.people[father].affected == "unaffected"
    if family.self.sex == "male":
        asked.one(family.mother, _x_given(family))
    elif from_mother:
        maybe = _FREE if father is None else frozenset()
        asked.one(family.mother, _x_given(family), maybe)
    unknown = family.missing_mother if family.self.sex == "male" else family.missing
    return asked.plan("XD", X, _CARRIES, checks=_only_copy(family), unknown=unknown)


# genmod XR_dn, XD_dn: a parent lacks it. A son has his X from his mother alone: she is called and
# lacks it, and the father is not asked; a daughter's parents both lack it. 0/1, 1/1 and 1 of a
# son are the same.
def _x_new(family: Family) -> Plan:
    asked = _Asked(family)
    asked.all("affected", _CARRIES)
    asked.all("unaffected", _FREE)
    for place in family.others("unaffected"):
        if family.people[place].sex == "female":
            asked.one(place, _FREE, _ONE)
    male = family.self.sex == "male"
    givers = tuple(p for p in (family.mother,) if p is not None) if male else family.parents
    for parent in family.parents:
        if parent in givers:
            asked.one(parent, _FREE)
        else:
            asked.drop(parent)
    share = (X_SHARE_MIN, 1.0) if male else (SHARE_LOW, SHARE_HIGH)
    checks = _new(family, share, givers)
    unknown = family.missing_mother if male else family.missing
    return asked.plan("X_dn", X, _CARRIES, checks=checks, unknown=unknown)


# Exomiser: M is inherited along the maternal line; seqr: the fraction lies above a threshold.
# Own: a healthy relative of the line may carry it in some copies, not in all (95 %); a mother in
# whom it was not seen leaves it possible; the father's is not asked.
def _mt(family: Family) -> Plan:
    asked, line = _Asked(family), family.line()
    checks = [Check("share", (family.subject,), low=M_SHARE_MIN)]
    for place in family.others("affected"):
        if place in line:
            asked.one(place, _CARRIES)
    for place in family.others("unaffected"):
        if place in line:
            asked.one(place, _NOT_ALL, _ALL)
            checks.append(Check("share", (place,), high=M_SHARE_ALL))
    if family.mother is not None:
        healthy = family.people[family.mother].affected == "unaffected"
        asked.one(family.mother, _ONE if healthy else _CARRIES, _CARRIES | _FREE)
    return asked.plan("MT", M, _CARRIES, checks=tuple(checks), unknown=family.missing_mother)


def _x_of_others(family: Family, sick_woman: frozenset[int]) -> _Asked:
    asked = _Asked(family)
    asked.all("affected", _CARRIES)
    asked.all("affected", sick_woman, "female")
    asked.all("unaffected", _NOT_ALL)
    asked.all("unaffected", _FREE, "male")
    return asked


def _x_given(family: Family) -> frozenset[int]:
    """What the mother may carry so that the X with it comes from her."""
    healthy = family.mother is not None and family.people[family.mother].affected == "unaffected"
    return _ONE if healthy else _CARRIES


def _only_copy(family: Family) -> tuple[Check, ...]:
    if family.self.sex != "male":
        return ()
    me = (family.subject,)
    return Check("gq", me, low=X_GQ_MIN), Check("share", me, low=X_SHARE_MIN)


def _new(family: Family, share: tuple[float, float], givers: tuple[int, ...]) -> tuple[Check, ...]:
    me = (family.subject,)
    return (
        *(Check("gq", (p,), low=GQ_MIN) for p in (family.subject, *givers)),
        Check("dp", me, low=DP_MIN),
        Check("share", me, *share),
        Check("reads", givers, high=PARENT_READS),
    )


MODES: dict[str, Mode] = {
    m.name: m
    for m in (
        Mode("AD", "dominant", _ad),
        Mode("AD_dn", "dominant, new", _ad_new),
        Mode("AD_reduced", "dominant, reduced penetrance", _reduced),
        Mode("AR_hom", "recessive, two copies of one call", _ar_hom),
        Mode("XR", "X-linked recessive", _xr),
        Mode("XD", "X-linked dominant", _xd),
        Mode("X_dn", "X-linked, new", _x_new),
        Mode("MT", "mitochondrial", _mt),
    )
}
