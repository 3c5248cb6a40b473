"""What removed this call? One byte of the verdict, the value it was judged by, one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data_layer.query.clauses import column_sql, person_of, refuse_family
from data_layer.query.fields import FieldSpec
from data_layer.query.filters import Filter
from data_layer.query.find import calls, gene_calls
from data_layer.query.genotypes import copies
from data_layer.query.inheritance import one_call
from data_layer.query.marks import label
from data_layer.query.mode_words import misfits
from data_layer.query.source import Source
from data_layer.query.variants import plain_rows
from data_layer.query.verdict import verdict
from data_layer.region import chrom_name


@dataclass(frozen=True)
class Why:
    """The fate of one call.

    Attributes:
        variant: the call's identity; the text asked for when nothing was found.
        row_id: its row; None when the case has no such call.
        step: number of the step that removed it, from 1; None when kept or not found.
        removed_by: that step's filter in its address form; None when kept or not found.
        value: what it was judged by, in words.
        sentence: all of it in one sentence.
        matches: calls that the text names; the one told of came furthest.
    """

    variant: str
    row_id: int | None
    step: int | None
    removed_by: str | None
    value: str | None
    sentence: str
    matches: int


def why(source: Source, text: str, filters: Sequence[Filter]) -> Why:
    """Return what became of the call that a text names."""
    rows = calls(source, text) or gene_calls(source, text)
    if not rows:
        within = " that you may see" if source.restricted else ""
        said = f"{text.strip()} is not in the files of this case{within}."
        return Why(text.strip(), None, None, None, None, said, 0)
    removed = verdict(source, filters).removed
    row = max(rows, key=lambda r: _reached(int(removed[r["row_id"]])))
    row_id, step = int(row["row_id"]), int(removed[row["row_id"]])
    name = _name(row)
    others = f" It came furthest of {len(rows):,} that fit." if len(rows) > 1 else ""
    if step == 0:
        said = (
            f"{name} passes every step.{others}" if filters else f"{name} is in this case.{others}"
        )
        return Why(row["vid"], row_id, None, None, None, said, len(rows))
    item = filters[step - 1]
    value = judged_by(source, item, row_id)
    said = f"{name} was removed by step {step}: {item.sentence(source.info)} Here: {value}.{others}"
    return Why(row["vid"], row_id, step, item.to_url(), value, said, len(rows))


def _reached(removed: int) -> int:
    return 1 << 16 if removed == 0 else removed


def _name(row: dict[str, Any]) -> str:
    place = f"{chrom_name(row['chrom'])}:{row['start'] + 1:,}"
    short = label(row)
    return short if short.startswith(place) else f"{short} at {place}"


def judged_by(source: Source, item: Filter, row_id: int) -> str:
    """Return in words the value that a filter looked at."""
    if item.spec.name == "inheritance":
        refuse_family(item, source.restricted)
        words = [str(v) for v in item.values]
        return misfits(source.info, item.person, words, one_call(source, item.person, row_id))
    cells = _cells(source, item)
    listed = ", ".join(f"{sql} as c{i}" for i, sql in enumerate(cells.values()))
    rows = source.variants
    sql = f"select {listed} from {rows.sql} where row_id = $row_id"
    table = source.database.table(sql, dict(rows.params) | {"row_id": row_id})
    row = plain_rows(table.rename_columns([f"c{i}" for i in range(len(cells))]))[0]
    return ", ".join(
        f"{name} {_text(row[f'c{i}'])}" for i, name in enumerate(cells)
    )  # fmt: skip


def _cells(source: Source, item: Filter) -> dict[str, str]:
    spec = item.spec
    if spec.name in ("de_novo", "recessive"):
        person = person_of(source.info, item.person)
        family = [
            person,
            *(p for n in (person.father, person.mother) if n and (p := source.info.person(n))),
        ]
        return {f"copies in {p.id}": copies(p) for p in family} | (
            {"gene": "gene"} if spec.name == "recessive" else {}
        )
    if spec.name == "gt":
        person = person_of(source.info, item.person)
        return {f"copies in {person.id}": copies(person)}
    if spec.name == "effect":
        return {
            "class": '"class"',
            "impact": "impact",
            "consequence": "consequence",
            "SpliceAI": "spliceai",
        }
    if spec.name == "text":
        return {"gene": "gene", "HGVS c.": "hgvsc", "HGVS p.": "hgvsp", "identifier": "id"}
    if spec.kind == "region":
        return {"chromosome": "chrom", "position": "start + 1"}
    return _column(source, item, spec)


def _column(source: Source, item: Filter, spec: FieldSpec) -> dict[str, str]:
    if spec.table == "consequences":
        return {f"{spec.column} on the best transcript": f'"{spec.column}"'}
    person = person_of(source.info, item.person) if spec.per_person else None
    name = f"{spec.label} of {person.id}" if person else spec.label
    return {name: column_sql(spec, person)}


def _text(value: Any) -> str:
    if value is None:
        return "missing"
    if isinstance(value, list):
        return "|".join(str(v) for v in value) or "empty"
    return f"{value:g}" if isinstance(value, float) else str(value)
