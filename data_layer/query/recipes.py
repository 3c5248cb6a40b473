"""Saved filters that come with the house: an ordered list with a name, a version and a band."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from data_layer.errors import InputError, NotFoundError
from data_layer.query.families import plans_of
from data_layer.query.filters import Filter
from data_layer.query.info import CaseInfo, SampleInfo

_CARRIES = ("het", "hom", "hemi")


@dataclass(frozen=True)
class Recipe:
    """An ordered list of filters, made for a case's people.

    Attributes:
        name: what addresses and commands call it.
        title: what people read.
        version: changes whenever a step changes.
        state: draft, active or retired.
        author: who wrote it.
        band: how many calls it is expected to leave in a genome; None when that says nothing.
        sort: the order that fits it.
        kinds: kinds of case it is meant for.
    """

    name: str
    title: str
    version: int
    band: tuple[int, int] | None
    steps: Callable[[CaseInfo], tuple[Filter, ...]]
    sort: tuple[tuple[str, bool], ...] = (("rank_score", True),)
    kinds: tuple[str, ...] = ("rare", "cancer", "cohort")
    state: str = "active"
    author: str = "Norrsken"

    def filters_for(self, info: CaseInfo) -> tuple[Filter, ...]:
        """Return the filters with the case's own people in them.

        Raises:
            InputError: the recipe needs a person whom the case does not show.
        """
        return self.steps(info)


def _proband(info: CaseInfo) -> SampleInfo:
    person = info.proband
    if person is None:
        raise InputError("RECIPE", f"case {info.case_id}", "nobody of this case is in sight")
    return person


def _quality(person: SampleInfo) -> tuple[Filter, ...]:
    return (
        Filter("filter", "in", ("PASS",), "keep"),
        Filter(f"gq:{person.id}", ">=", 20.0, "keep"),
    )


_EFFECT = Filter("effect", "in", ("protein", "splicing", "large"))


#: Frequency limits belong to the mode: dominant and new 0.1 %, recessive 1 %.
_DOMINANT, _RECESSIVE = 0.001, 0.01
_ON_X = ("XR", "XD", "X_dn")


def _fits(person: SampleInfo, *modes: str, sure: bool) -> Filter:
    words = modes if sure else tuple(f"{m}_possible" for m in modes)
    return Filter(f"inheritance:{person.id}", "in", words)


def _parents(person: SampleInfo, info: CaseInfo) -> list[SampleInfo]:
    names = [n for n in (person.father, person.mother) if n]
    return [p for n in names if (p := info.person(n)) is not None]


def _dominant(info: CaseInfo) -> tuple[Filter, ...]:
    """After the ACMG and slivar habit: rare under 0.1 %, and in no healthy parent's reads."""
    person = _proband(info)
    steps = [
        *_quality(person),
        Filter("gnomad_af", "<", _DOMINANT, "keep"),
        Filter("local_obs", "<=", 10.0, "keep"),
        _EFFECT,
        Filter(f"gt:{person.id}", "in", _CARRIES),
    ]
    for parent in _parents(person, info):
        if parent.affected == "unaffected":
            steps.append(Filter(f"gt:{parent.id}", "in", ("none", "nocall")))
            steps.append(Filter(f"ad_alt:{parent.id}", "<", 2.0, "keep"))
        elif parent.affected == "affected":
            steps.append(Filter(f"gt:{parent.id}", "in", (*_CARRIES, "nocall")))
    steps.append(Filter("rank_score", ">=", 8.0, "keep"))
    return tuple(steps)


def _recessive(info: CaseInfo) -> tuple[Filter, ...]:
    """Rare under 1 %, both copies of a gene hit; without parents, two hits are called possible."""
    person = _proband(info)
    both = len(_parents(person, info)) == 2
    return (
        *_quality(person),
        Filter("gnomad_af", "<", _RECESSIVE, "keep"),
        Filter("gnomad_hom", "<=", 10.0, "keep"),
        _EFFECT,
        _fits(person, "AR_hom", "AR_comp", sure=both),
    )


def _recessive_wide(info: CaseInfo) -> tuple[Filter, ...]:
    """As the strict one, without its limits on quality and on what is unknown."""
    person = _proband(info)
    return (
        Filter("gnomad_af", "<", _RECESSIVE, "keep"),
        _EFFECT,
        _fits(person, "AR_hom", "AR_comp", sure=False),
    )


def _reduced(info: CaseInfo) -> tuple[Filter, ...]:
    """Dominant from a healthy parent: the only list that holds it."""
    person = _proband(info)
    return (
        *_quality(person),
        Filter("gnomad_af", "<", _DOMINANT, "keep"),
        Filter("local_obs", "<=", 10.0, "keep"),
        _EFFECT,
        _fits(person, "AD_reduced", sure=False),
    )


def _x_linked(info: CaseInfo) -> tuple[Filter, ...]:
    """On X, new or given by the mother; without her what fits is possible."""
    person = _proband(info)
    known = not plans_of(info, person.id, ("XR",))["XR"].unknown
    return (
        *_quality(person),
        Filter("gnomad_af", "<", _DOMINANT, "keep"),
        _EFFECT,
        _fits(person, *_ON_X, sure=known),
    )


def _x_linked_wide(info: CaseInfo) -> tuple[Filter, ...]:
    """As the strict one, with the limit of a recessive frequency and none on quality."""
    person = _proband(info)
    return (
        Filter("gnomad_af", "<", _RECESSIVE, "keep"),
        _EFFECT,
        _fits(person, *_ON_X, sure=False),
    )


def _mitochondrial(info: CaseInfo) -> tuple[Filter, ...]:
    """Exomiser's limit of 0.2 %; any effect, as those of tRNA count."""
    person = _proband(info)
    return (
        Filter("filter", "in", ("PASS",), "keep"),
        Filter("gnomad_af", "<", 0.002, "keep"),
        _fits(person, "MT", sure=False),
    )


def _coding_de_novo(info: CaseInfo) -> tuple[Filter, ...]:
    """New and coding: a list that neither quality, rank nor local counts may shorten."""
    person = _proband(info)
    if len(_parents(person, info)) < 2:
        raise InputError("RECIPE", f"case {info.case_id}", "both parents must be in sight")
    return (
        Filter("filter", "in", ("PASS",), "keep"),
        Filter(f"de_novo:{person.id}", "=", "called"),
        Filter("gnomad_af", "<", _DOMINANT, "keep"),
        _EFFECT,
    )


def _de_novo(info: CaseInfo) -> tuple[Filter, ...]:
    """New in the proband, whatever it changes: the list that no other limit may shorten."""
    person = _proband(info)
    if len(_parents(person, info)) < 2:
        raise InputError("RECIPE", f"case {info.case_id}", "both parents must be in sight")
    return (
        Filter("filter", "in", ("PASS",), "keep"),
        Filter(f"de_novo:{person.id}", "=", "strict"),
        Filter("gnomad_af", "<", _DOMINANT, "keep"),
    )


def _rare(
    name: str,
    title: str,
    version: int,
    band: tuple[int, int],
    steps: Callable[[CaseInfo], tuple[Filter, ...]],
) -> Recipe:
    return Recipe(name, f"Rare disease, {title}", version, band, steps, kinds=("rare",))


RECIPES: dict[str, Recipe] = {
    r.name: r
    for r in (
        _rare("rare-dominant-strict", "dominant or new, strict", 2, (5, 25), _dominant),
        _rare("rare-reduced-penetrance", "dominant, reduced penetrance", 1, (100, 700), _reduced),
        _rare("rare-recessive", "recessive, strict", 2, (0, 100), _recessive),
        _rare("rare-recessive-permissive", "recessive, permissive", 1, (0, 150), _recessive_wide),
        _rare("rare-x-linked", "X-linked, strict", 1, (0, 15), _x_linked),
        _rare("rare-x-linked-permissive", "X-linked, permissive", 1, (0, 40), _x_linked_wide),
        _rare("rare-mitochondrial", "mitochondrial", 1, (0, 15), _mitochondrial),
        Recipe("rare-de-novo", "New in the proband", 1, (40, 120), _de_novo, kinds=("rare",)),
        Recipe("rare-coding-de-novo", "New in the proband, coding", 1, (0, 10), _coding_de_novo, kinds=("rare",)),  # noqa: E501
        Recipe("all", "All calls", 1, None, lambda info: (), sort=()),
    )
}  # fmt: skip


def recipe(name: str) -> Recipe:
    """Return a recipe by its name.

    Raises:
        NotFoundError: there is no such recipe.
    """
    found = RECIPES.get(name)
    if found is None:
        raise NotFoundError("RECIPE", repr(name), "no such recipe", f"Use {', '.join(RECIPES)}.")
    return found


def recipes_for(info: CaseInfo) -> list[Recipe]:
    """Return the recipes meant for a case's kind whose people the case shows."""
    out = []
    for item in RECIPES.values():
        if info.kind not in item.kinds:
            continue
        try:
            steps = item.filters_for(info)
        except InputError:
            continue
        if not (info.withheld and any(s.spec.family for s in steps)):
            out.append(item)
    return out
