"""The filter bar: the fields to choose from, and filters made from what a person enters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data_layer.query.fields import mode_of
from data_layer.query.filters import FIELDS, Filter
from data_layer.query.info import CaseInfo
from data_layer.query.recipes import recipes_for
from data_layer.query.sentence import ALWAYS
from data_layer.region import Region


def described() -> list[dict[str, object]]:
    """Return each field with its label, unit, kind and operators, for the bar."""
    out: list[dict[str, object]] = []
    for name, spec in FIELDS.items():
        item: dict[str, object] = {"name": name, "label": spec.label, "unit": spec.unit}
        item |= {"kind": spec.kind, "ops": list(spec.ops), "choices": list(spec.choices)}
        item |= {"meaning": spec.meaning, "per_person": spec.per_person, "missing": spec.missing}
        item["always"] = name in ALWAYS
        out.append(item)
    return out


def offered(info: CaseInfo) -> list[dict[str, object]]:
    """Return the data layer's recipes for a case, each with its steps in words."""
    told = ("name", "title", "version", "state", "author")
    out: list[dict[str, object]] = []
    for item in recipes_for(info):
        words = " ".join(f.sentence(info) for f in item.filters_for(info))
        band = list(item.band) if item.band else None
        out.append({n: getattr(item, n) for n in told} | {"band": band, "words": words})
    return out


def entered(deed: Mapping[str, Any]) -> Filter:
    """Make a filter of what was entered.

    Raises:
        InputError: no such field, or a value that the field cannot have.
    """
    missing = "keep" if deed.get("missing") == "keep" else "drop"
    value = deed.get("value")
    given = tuple(str(v) for v in value) if isinstance(value, list) else str(value or "")
    return Filter(str(deed.get("field", "")), str(deed.get("op", "")), given, missing)


def within(regions: Sequence[Region]) -> tuple[Filter, ...]:
    """Make the filter that keeps calls starting in a span."""
    if not regions:
        return ()
    return (Filter("region", "in", tuple(r.text().replace(",", "") for r in regions)),)


_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "=", "contains": "holds"}
_CARRIED = frozenset({"het", "hom", "hemi"})
_ABSENT = frozenset({"none", "nocall"})


def short(one: Filter, info: CaseInfo) -> str:
    """Name a step in a few words for the funnel; its sentence says the rest."""
    spec, words = one.spec, [_word(v) for v in one.values]
    person = info.person(one.person) if one.person else None
    who = (person.role or person.name) if person else one.person
    if spec.name == "gt":
        return _genotype(who, set(words), without=one.op == "notin")
    if spec.name in ("de_novo", "recessive"):
        return f"{spec.label} {who}"
    if spec.name == "inheritance":
        modes = dict.fromkeys(mode_of(w)[0].replace("_", " ") for w in words)
        return f"{', '.join(modes)} in {who}"
    label = f"{spec.label}, {who}" if who else spec.label
    if one.op == "is-missing":
        return f"{label} missing"
    if one.op == "between":
        return f"{label} {words[0]}–{words[1]}"
    listed = ", ".join(words[:3]) + (" …" if len(words) > 3 else "")
    if spec.name in ("effect", "region"):
        return f"not {listed}" if one.op == "notin" else listed
    sign = _SIGNS.get(one.op, "not" if one.op == "notin" else "")
    return " ".join(filter(None, (label, sign, listed)))


def _genotype(who: str, words: set[str], *, without: bool) -> str:
    if words >= _CARRIED:
        return f"{who} carries it" if not without else f"{who} does not carry it"
    if words <= _ABSENT and not without:
        return f"{who} does not carry it"
    return f"{who} {'not ' if without else ''}{' or '.join(sorted(words))}"


def _word(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"
