"""A filter in one English sentence."""

from __future__ import annotations

from collections.abc import Sequence

from data_layer.query.fields import EFFECTS, GENOTYPES, INHERITANCE, FieldSpec, so_label

_COMPARED = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "=": "exactly"}
#: Fields that every call has: nothing to say about missing ones.
ALWAYS = frozenset({"class", "region", "file", "vid", "row", "effect", "any_gene", "any_consequence", "text", "gt", "de_novo", "recessive", "inheritance"})  # fmt: skip # noqa: E501
_NAMED = 6


def sentence_of(
    spec: FieldSpec, person: str, op: str, values: Sequence[str | float], missing: str
) -> str:
    """Return the sentence; it names the person asked and the fate of calls without a value."""
    label = f"{spec.label} of {person}" if person else spec.label
    if op == "is-missing":
        return f"{_capital(label)} is missing."
    text = _special(spec, person, op, values) or f"{label} {_verb(spec, op, values)}"
    if spec.name in ALWAYS:
        return f"{_capital(text, person)}."
    fate = "kept" if missing == "keep" else "left out"
    return f"{_capital(text)}; calls without a value are {fate}."


def _special(spec: FieldSpec, person: str, op: str, values: Sequence[str | float]) -> str:
    no = "not " if op == "notin" else ""
    words = [str(v) for v in values]
    if spec.name == "region":
        where = listed(words)
        if op == "overlaps":
            return f"overlaps {where}"
        return f"does not start in {where}" if no else f"starts in {where}"
    if spec.name == "effect":
        said = listed([EFFECTS.get(w, w) for w in words])
        return f"it is not so that it {said}" if no else said
    if spec.name == "gt":
        return f"{person} has {no}{listed([GENOTYPES[w] for w in words])}"
    if spec.name == "de_novo":
        strict = ", with quality 20, depth 6 and fewer than 2 such reads in the parents together"
        return f"{person} carries it and the parents do not{strict if words == ['strict'] else ''}"
    if spec.name == "recessive":
        weak = ", or whose parents are unknown" if words == ["possible"] else ""
        return (
            f"{person} has both copies of the gene hit: two copies of one call, "
            f"or two calls from different parents{weak}; no healthy parent has the same"
        )
    if spec.name == "inheritance":
        return (
            f"the family's genotypes fit, for {person}, {listed([INHERITANCE[w] for w in words])}"
        )
    if spec.name == "text":
        return f"gene, HGVS or identifier holds “{words[0]}”"
    return ""


def _verb(spec: FieldSpec, op: str, values: Sequence[str | float]) -> str:
    words = [_word(spec, v) for v in values]
    if op in _COMPARED:
        return f"is {_COMPARED[op]} {words[0]}"
    if op == "between":
        return f"lies between {words[0]} and {words[1]}"
    if op == "contains":
        return f"holds “{words[0]}”"
    return f"is {'not ' if op == 'notin' else ''}{listed(words)}"


def _word(spec: FieldSpec, value: str | float) -> str:
    if isinstance(value, str):
        return so_label(value) if "consequence" in spec.name else value
    unit = f" {spec.unit}" if spec.unit in ("bp", "reads") else ""
    return (f"{value:,.0f}" if value % 1 == 0 else f"{value:g}") + unit


def listed(words: Sequence[str]) -> str:
    """Join words by commas and ``or``; a long list names a few and says how many more."""
    if len(words) > _NAMED:
        shown = ", ".join(words[: _NAMED - 1])
        return f"{shown} or {len(words) - _NAMED + 1:,} more"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _capital(text: str, person: str = "") -> str:
    """Begin with a capital, unless the first word is a name with capitals of its own."""
    first = text.partition(" ")[0]
    if first != first.lower() or (person and text.startswith(person)):
        return text
    return text[:1].upper() + text[1:]
