"""A filter is one object that speaks SQL, English and the address, and reads back from it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from data_layer.errors import InputError
from data_layer.query.fields import FIELDS, FieldSpec, spec_of
from data_layer.query.info import CaseInfo
from data_layer.query.mode_words import inheritance_sentence
from data_layer.query.sentence import sentence_of

__all__ = ["FIELDS", "FieldSpec", "Filter", "Value", "filters_url", "parse_filters"]

Value = str | float | tuple[str, ...] | tuple[float, ...]

#: Operators as addresses write them.
_URL_OPS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "=": "eq", "is-missing": "missing"}
_OPS = {short: op for op, short in _URL_OPS.items()}
#: Left as they are in an address; those that hold a filter together are always escaped.
_SAFE = " :/@'()[]<>=*"
_MAX_FILTERS = 200
#: One way to match each text, so that the time stays in step with its length.
_TYPED = re.compile(r"([a-z_]+)(?:(:[^<>=]+)|\s*)(<=|>=|<|>|=)(.+)", re.S)


@dataclass(frozen=True)
class Filter:
    """One question to every call, and what becomes of a call that has no value.

    ``field`` is a name of ``FIELDS``, with ``:SAMPLE`` when it is a person's. ``value`` is a
    number, a text, or a tuple of either; texts from a form or address are read as the field's
    kind. ``missing`` says ``keep`` or ``drop``.

    Raises:
        InputError: no such field or operator, or a value that the field cannot have.
    """

    field: str
    op: str
    value: Value = ""
    missing: str = "drop"

    def __post_init__(self) -> None:
        spec = spec_of(self.field)
        if self.op not in spec.ops:
            raise _wrong(self.field, f"{self.op!r} does not apply", f"Use {' '.join(spec.ops)}.")
        if self.missing not in ("keep", "drop"):
            raise _wrong(self.field, f"missing is {self.missing!r}", "Use keep or drop.")
        if spec.per_person and not self.person:
            raise _wrong(self.field, "it asks of a person", f"Write {spec.name}:SAMPLE.")
        if not spec.per_person and ":" in self.field:
            raise _wrong(self.field, "it is not asked of a person", f"Write {spec.name}.")
        object.__setattr__(self, "value", _value(spec, self.op, self.value))
        if self.op == "is-missing":
            object.__setattr__(self, "missing", "drop")

    @property
    def spec(self) -> FieldSpec:
        """Description of the field."""
        return spec_of(self.field)

    @property
    def person(self) -> str:
        """Sample that a person's field asks about; empty for the others."""
        return self.field.partition(":")[2]

    @property
    def values(self) -> tuple[str, ...] | tuple[float, ...]:
        """The value as a tuple, however many there are."""
        if isinstance(self.value, tuple):
            return self.value
        return (self.value,)  # type: ignore[return-value]

    def sentence(self, info: CaseInfo | None = None) -> str:
        """Return one English sentence, with what becomes of calls that have no value.

        With the case, a filter on inheritance says which genotypes it asks of whom, by name.
        """
        person = info.person(self.person) if info is not None else None
        if info and person and not person.is_tumour and self.spec.name == "inheritance":
            return inheritance_sentence(info, self.person, [str(v) for v in self.values])
        return sentence_of(self.spec, self.person, self.op, self.values, self.missing)

    def to_url(self) -> str:
        """Return the compact form that ``from_url`` reads back to an equal filter."""
        name, colon, person = self.field.partition(":")
        parts = [name + colon + _escape(person), _URL_OPS.get(self.op, self.op)]
        if self.op != "is-missing":
            parts.append("|".join(_escape(_plain(v)) for v in self.values))
        if self.missing == "keep":
            parts.append("keep")
        return "~".join(parts)

    @classmethod
    def from_url(cls, text: str) -> Filter:
        """Read the form that ``to_url`` writes, or a comparison as people type it: ``cadd>=20``.

        A typed comparison does with missing values what the field does by default; where a field
        has no ``=``, ``gene=STXBP1`` asks for one of a list.

        Raises:
            InputError: the text is not such a form.
        """
        typed = _TYPED.fullmatch(text.strip()) if "~" not in text else None
        if typed and typed[4].strip():
            field, op, value = (unquote(p.strip()) for p in (typed[1] + (typed[2] or ""), typed[3], typed[4]))  # fmt: skip # noqa: E501
            return _typed(field, op, value)
        parts = text.strip().split("~")
        missing = parts.pop() if len(parts) == 4 else "drop"
        if len(parts) not in (2, 3):
            raise InputError("FILTER", repr(text), "not a filter", "Write gnomad_af~lt~0.001~keep.")
        name, colon, person = parts[0].partition(":")
        field = name + colon + unquote(person)
        op = _OPS.get(parts[1], parts[1])
        if len(parts) == 2:
            if op != "is-missing":
                raise _wrong(field, "the value is missing", "Write field~operator~value.")
            return cls(field, op)
        raw = tuple(unquote(v) for v in parts[2].split("|"))
        return cls(field, op, raw if len(raw) > 1 or op in _MANY else raw[0], missing)


_MANY = frozenset({"in", "notin", "between", "overlaps"})


def _typed(field: str, op: str, value: str) -> Filter:
    spec = spec_of(field)
    if op == "=" and "=" not in spec.ops and "in" in spec.ops:
        several = tuple(v.strip() for v in value.split("|"))
        return Filter(field, "in", several if len(several) > 1 else value, spec.missing)
    return Filter(field, op, value, spec.missing)


def split_filters(text: str) -> list[str]:
    """Cut the joined form into the text of each filter, unread."""
    return [p for p in text.split(";") if p.strip()]


def parse_filters(text: str) -> tuple[Filter, ...]:
    """Read filters joined by ``;``, in their order; an empty text has none.

    Raises:
        InputError: one of them is not a filter, or there are more than 200.
    """
    parts = split_filters(text)
    if len(parts) > _MAX_FILTERS:
        raise InputError("FILTER", "filters", f"{len(parts)} filters, at most {_MAX_FILTERS}")
    return tuple(Filter.from_url(p) for p in parts)


def filters_url(filters: Iterable[Filter]) -> str:
    """Return the form that ``parse_filters`` reads back."""
    return ";".join(f.to_url() for f in filters)


def _escape(text: str) -> str:
    return quote(text, safe=_SAFE).replace("~", "%7E").replace(" ", "%20")


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else repr(value).removesuffix(".0")


def _value(spec: FieldSpec, op: str, value: object) -> Value:
    if op == "is-missing":
        return ""
    raw: Sequence[object]
    if isinstance(value, list | tuple | set | frozenset):
        raw = sorted(value) if isinstance(value, set | frozenset) else list(value)
    elif isinstance(value, str) and op in _MANY and spec.kind in ("number", "region", "set", "genotype"):  # fmt: skip # noqa: E501
        raw = _split(spec, value)
    else:
        raw = [value]
    if spec.kind == "number":
        return _numbers(spec, op, raw)
    words = tuple(str(v).strip() if spec.kind != "text" else str(v) for v in raw)
    words = tuple(w for w in words if w)
    if not words:
        raise _wrong(spec.name, "the value is empty", "Give at least one.")
    bad = [w for w in words if spec.choices and spec.kind == "genotype" and w not in spec.choices]
    if bad:
        raise _wrong(spec.name, f"{bad[0]!r} is not a choice", f"Use {', '.join(spec.choices)}.")
    if op in _MANY:
        return words
    if len(words) > 1:
        raise _wrong(spec.name, f"{op} takes one value", "Use in for several.")
    return words[0]


def _split(spec: FieldSpec, text: str) -> list[str]:
    """Cut a list as people type it; a comma between three digits belongs to a position."""
    if spec.kind == "number":
        return text.replace(";", ",").split(",")
    if spec.kind != "region":
        return text.split(",")
    out: list[str] = []
    for part in text.split(","):
        grouped = out and len(part) >= 3 and part[:3].isdigit() and not part[3:4].isdigit()
        if grouped and ":" in out[-1] and ":" not in part.partition("-")[0]:
            out[-1] += "," + part
        else:
            out.append(part)
    return out


def _numbers(spec: FieldSpec, op: str, raw: Sequence[object]) -> Value:
    out = []
    for item in raw:
        try:
            number = float(str(item))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise _wrong(spec.name, f"{item!r} is not a number", "Write 0.001 or 1e-3.")
        out.append(number)
    if op == "between" and (len(out) != 2 or out[0] > out[1]):
        raise _wrong(spec.name, "between takes a lower and an upper number", "Write 0.1|0.9.")
    if op in _MANY:
        return tuple(out)
    if len(out) != 1:
        raise _wrong(spec.name, f"{op} takes one number", "Use in for several.")
    return out[0]


def _wrong(field: str, why: str, fix: str) -> InputError:
    return InputError("FILTER", f"filter {field}", why, fix)
