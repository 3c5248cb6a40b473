"""A filter as SQL over a case's rows: values are bound, names come from the schema, never null."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_layer.errors import InputError, RefusedError
from data_layer.query.fields import SPLICEAI_MIN, FieldSpec
from data_layer.query.genotypes import de_novo, genotype
from data_layer.query.info import CaseInfo, SampleInfo
from data_layer.query.source import Relation
from data_layer.region import OTHER, Build, Region, chrom_name
from data_layer.schema import CONSEQUENCES, VARIANTS

if TYPE_CHECKING:
    from data_layer.query.filters import Filter

_COMPARISONS = frozenset({"<", "<=", ">", ">=", "="})
_PROTEIN = "impact in ('HIGH', 'MODERATE')"
_SPLICING = f"(contains(consequence, 'splic') or spliceai >= {SPLICEAI_MIN})"
_LARGE = "\"class\" in ('sv', 'cnv', 'str', 'mei', 'fusion', 'bnd')"
_EFFECTS = {"protein": _PROTEIN, "splicing": _SPLICING, "large": _LARGE}
#: Up to so many values are bound one by one.
_FEW = 16
#: Longest text of one region, and most regions of one filter.
_LONGEST, _MOST = 200, 1000
_SEARCHED = ("gene", "hgvsc", "hgvsp", "id")


@dataclass(frozen=True)
class Clause:
    """A boolean expression that is never null, and the values it is bound to."""

    sql: str
    params: dict[str, object]


@dataclass(frozen=True)
class Context:
    """What a filter must know of the case to become SQL."""

    info: CaseInfo
    consequences: Relation
    restricted: bool


def person_of(info: CaseInfo, name: str) -> SampleInfo:
    """Return a person of the case by sample id or name.

    Raises:
        InputError: nobody of that name is in sight.
    """
    found = info.person(name)
    if found is None:
        known = ", ".join(s.id for s in info.samples)
        raise InputError(
            "FILTER-PERSON", repr(name), "nobody of that name is in this case", f"Here are {known}."
        )
    return found


def clause(item: Filter, context: Context, prefix: str) -> Clause:
    """Return a filter's SQL; names of its bound values begin with ``prefix``.

    Raises:
        InputError: the person or region is not of this case.
        RefusedError: the field tells of people whom the actor may not see.
    """
    refuse_family(item, context.restricted)
    spec = item.spec
    binder = Binder(prefix)
    sql, total = _expression(item, spec, context, binder)
    if not total:
        sql = f"coalesce({sql}, {'true' if item.missing == 'keep' else 'false'})"
    return Clause(f"({sql})", binder.params)


def refuse_family(item: Filter, restricted: bool) -> None:
    """Refuse a filter that tells of people whom the actor may not see.

    Raises:
        RefusedError: the actor sees only some of the family, and the field tells of all of it.
    """
    if item.spec.family and restricted:
        raise RefusedError(
            "FILTER-FAMILY",
            f"filter {item.field}",
            f"{item.spec.label} tells of family members who are withheld from you",
            "Ask for the whole family's release.",
        )


class Binder:
    """Names the values of one clause."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.params: dict[str, object] = {}

    def __call__(self, value: object) -> str:
        """Bind a value and return its place in the SQL."""
        name = f"{self.prefix}_{len(self.params)}"
        self.params[name] = value
        return f"${name}"


def column_sql(spec: FieldSpec, person: SampleInfo | None) -> str:
    """Return the SQL of a field's column, of one person when it is asked of one."""
    table = VARIANTS if spec.table == "variants" else CONSEQUENCES
    quoted = f'"{table.column(spec.column).name}"'
    if spec.name == "svlen":
        quoted = f"abs({quoted})"
    return f"{quoted}[{person.index + 1}]" if person is not None else quoted


def _expression(item: Filter, spec: FieldSpec, context: Context, bind: Binder) -> tuple[str, bool]:
    """Return the SQL, and whether it can be trusted never to be null."""
    person = person_of(context.info, item.person) if spec.per_person else None
    negate = "not " if item.op == "notin" else ""
    words = [str(v) for v in item.values]
    if spec.name == "gt" and person is not None:
        return f"{negate}({genotype(person, words)})", True
    if spec.name == "de_novo" and person is not None:
        return de_novo(person, context.info, strict=words == ["strict"]), True
    if spec.name == "effect":
        asked = [_EFFECTS[w] for w in words if w in _EFFECTS]
        if len(asked) != len(words):
            raise InputError("FILTER", "filter effect", "no such effect", f"Use {', '.join(_EFFECTS)}.")  # fmt: skip # noqa: E501
        return f"{negate}coalesce({' or '.join(f'coalesce({a}, false)' for a in asked)}, false)", True  # fmt: skip # noqa: E501
    if spec.name == "text":
        needle = bind(words[0].lower())
        return " or ".join(f"coalesce(contains(lower({c}), {needle}), false)" for c in _SEARCHED), True  # fmt: skip # noqa: E501
    if spec.kind == "region":
        return f"{negate}({_regions(item.op, words, context.info.reference, bind)})", True
    if spec.table == "consequences":
        return f"{negate}({_anywhere(spec, words, context, bind)})", True
    column = column_sql(spec, person)
    if item.op == "is-missing":
        return f"{column} is null", True
    if spec.kind == "number":
        return _number(column, item, bind), False
    return f"{negate}({_words(column, spec, item.op, words, bind)})", False


def _number(column: str, item: Filter, bind: Binder) -> str:
    if item.op in _COMPARISONS:
        return f"{column} {item.op} {bind(item.values[0])}"
    if item.op == "between":
        return f"{column} between {bind(item.values[0])} and {bind(item.values[1])}"
    negate = "not " if item.op == "notin" else ""
    return f"{column} {negate}in {_list(list(item.values), 'double', bind)}"


def _words(column: str, spec: FieldSpec, op: str, words: list[str], bind: Binder) -> str:
    fold = spec.kind == "text" and spec.name != "vid"
    if op == "contains":
        whole = f"array_to_string({column}, chr(10))" if spec.listed else column
        return f"contains(lower({whole}), {bind(words[0].lower())})"
    if spec.listed:
        return _any_of(column, words, bind)
    if fold:
        return f"upper({column}) in {_list([w.upper() for w in words], 'varchar', bind)}"
    return f"{column} in {_list(words, 'varchar', bind)}"


def _any_of(column: str, words: list[str], bind: Binder) -> str:
    """Return the test for any of the words in a list column; one by one is three times quicker."""
    if len(words) > _FEW:
        return f"list_has_any({column}, {bind(words)}::varchar[])"
    return " or ".join(f"list_contains({column}, {bind(word)})" for word in words)


def _list(values: list[object] | list[str] | list[float], kind: str, bind: Binder) -> str:
    """Return what stands after IN: few values each bound, many as one bound list."""
    if len(values) <= _FEW:
        return f"({', '.join(bind(v) for v in values)})"
    return f"(select unnest({bind(list(values))}::{kind}[]))"


def _anywhere(spec: FieldSpec, words: list[str], context: Context, bind: Binder) -> str:
    column = column_sql(spec, None)
    if spec.listed:
        test = _any_of(column, words, bind)
    else:
        test = f"upper({column}) in {_list([w.upper() for w in words], 'varchar', bind)}"
    bind.params.update(context.consequences.params)
    inner = f"select row_id from {context.consequences.sql} where {test}"
    own = f'"{spec.column}"'
    best = f"coalesce(upper({own}) in {_list([w.upper() for w in words], 'varchar', bind)}, false)"
    return f"{best} or row_id in ({inner})"


def _regions(op: str, texts: list[str], build: Build, bind: Binder) -> str:
    if len(texts) > _MOST:
        raise InputError("FILTER", "filter region", f"{len(texts):,} regions, at most {_MOST:,}")
    tests = []
    for text in texts:
        x0, x1 = span(build, text)
        if op == "overlaps":
            tests.append(_overlap(build, x0, x1, bind))
        else:
            tests.append(f"(gpos >= {bind(x0)} and gpos < {bind(x1)})")
    return " or ".join(tests)


def _overlap(build: Build, x0: int, x1: int, bind: Binder) -> str:
    (first, start), (last, end) = build.locate(x0), build.locate(max(x0, x1 - 1))
    starts = f'("end" > {bind(start)} or start >= {bind(start)})'
    if first == last:
        return f"(chrom = {bind(first)} and start < {bind(end + 1)} and {starts})"
    return (
        f"((chrom = {bind(first)} and {starts}) or (chrom > {bind(first)} and chrom < {bind(last)})"
        f" or (chrom = {bind(last)} and start < {bind(end + 1)}))"
    )


_ACROSS = re.compile(r"^\s*([^\s:-]+:[\d,]+)\s*-\s*([^\s:-]+:[\d,]+)\s*$")


def span(build: Build, text: str) -> tuple[int, int]:
    """Read a region, a span over chromosomes or ``other`` as a half-open part of the axis.

    Raises:
        InputError: the text names no place, or its end lies before its start.
    """
    if len(text) > _LONGEST:
        raise InputError("REGION", repr(text[:20]), f"{len(text):,} letters, at most {_LONGEST}")
    across = _ACROSS.match(text)
    if across is None:
        return _part(build, text)
    x0, x1 = _part(build, across.group(1))[0], _part(build, across.group(2))[1]
    if x1 <= x0:
        raise InputError("REGION", repr(text), "the end lies before the start")
    return x0, x1


_LANE = re.compile(rf"^\s*{chrom_name(OTHER)}(?:\s*:\s*([\d,]+)(?:\s*-\s*([\d,]+))?)?\s*$")


def _part(build: Build, text: str) -> tuple[int, int]:
    """Read a region of one chromosome, or of the lane of contigs outside the build."""
    lane = _LANE.match(text)
    if lane is None:
        return Region.parse(text, build).gpos
    low, high = build.offsets[-1], sum(build.sizes)
    if lane.group(1) is None:
        return low, high
    first = int(lane.group(1).replace(",", ""))
    last = int((lane.group(2) or lane.group(1)).replace(",", ""))
    if not 1 <= first <= last:
        raise InputError("REGION", repr(text), "the end lies before the start")
    return min(low + first - 1, high), min(low + last, high)
