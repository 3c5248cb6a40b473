"""A case's people as a family, and the modes of inheritance asked of it."""

from __future__ import annotations

from collections.abc import Sequence

from data_layer.analysis.inheritance import Plan
from data_layer.analysis.modes import MODES
from data_layer.analysis.pedigree import Family, Member
from data_layer.errors import InputError
from data_layer.query.clauses import person_of
from data_layer.query.fields import COMPOUND, mode_of
from data_layer.query.info import CaseInfo, SampleInfo


def people_of(info: CaseInfo, name: str) -> tuple[Family, tuple[SampleInfo, ...]]:
    """Return the people in sight as a family around one of them, tumours left out.

    Raises:
        InputError: nobody of that name is in sight, or it is a tumour.
    """
    person = person_of(info, name)
    if person.is_tumour:
        raise InputError(
            "FILTER-PERSON",
            f"filter inheritance:{name}",
            "a tumour inherits nothing",
            "Ask of a person.",
        )
    people = tuple(s for s in info.samples if not s.is_tumour)
    place = {s.id: i for i, s in enumerate(people)}
    made = tuple(
        Member(s.name, s.sex, s.affected, place.get(s.father or ""), place.get(s.mother or ""))
        for s in people
    )
    return Family(made, place[person.id]), people


def plans_of(info: CaseInfo, name: str, words: Sequence[str]) -> dict[str, Plan]:
    """Return the plan of each word but those of pairs."""
    family, _ = people_of(info, name)
    return {w: MODES[mode_of(w)[0]].plan(family) for w in words if mode_of(w)[0] != COMPOUND}
