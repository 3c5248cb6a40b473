"""The head of a case: who, what for, how much, and what it was drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from data_layer.query.access import CaseInfo, SampleInfo
from data_layer.reference import hpo
from data_layer.schema import CLASSES

KIND_WORDS = {"rare": "Rare disease", "cancer": "Cancer", "cohort": "Cohort"}
NUMBERS = {1: "singleton", 2: "duo", 3: "trio", 4: "quartet"}
CLASS_WORDS = {"snv": "SNV", "indel": "Indel", "sv": "SV", "cnv": "CNV", "str": "STR",
               "mei": "MEI", "fusion": "Fusion", "bnd": "BND"}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A number of the case with its label and, on hover, what it counts."""

    label: str
    value: str
    title: str


@dataclass(frozen=True)
class TermChip:
    """An HPO id as the case has it, its name, and a note when it is not one in use."""

    id: str
    name: str
    note: str
    title: str


@dataclass(frozen=True)
class FileLine:
    """A file of the case as the page lists it; a number the ingest did not note says so."""

    name: str
    note: str
    records: str
    rows: str
    rejected: str
    warning_count: str
    warnings: tuple[str, ...]
    sha256: str


def header(info: CaseInfo, pedigree: Markup, journal: int, who: str) -> dict[str, Any]:
    """Return the values of the page's head; the template escapes them."""
    affected = [p for p in info.samples if p.affected == "affected"] or list(info.samples[:1])
    return {
        "name": info.name or info.case_id,
        "kind_words": KIND_WORDS.get(info.kind, info.kind),
        "kind_line": " · ".join(filter(None, (_number(info.samples, info.kind), _analysis(info.samples)))),  # noqa: E501
        "person_line": ", ".join(_person(p) for p in affected[:2]),
        "pedigree": pedigree,
        "hpo": [term_chip(t) for t in info.hpo],
        "hpo_excluded": [term_chip(t) for t in info.hpo_excluded],
        "panels": list(info.panels),
        "facts": facts(info),
        "total": grouped(info.total),
        "provenance": provenance(info, journal),
        "files_line": files_line(info),
        "files": files(info),
        "who": who,
    }  # fmt: skip


def facts(info: CaseInfo) -> list[Fact]:
    """Count the calls by class, in the order of the lanes; a class without calls is left out."""
    out = [Fact("Calls", grouped(info.total), "rows of this case in the lake")]
    for name in CLASSES:
        count = int(info.class_counts.get(name, 0))
        if count:
            out.append(Fact(CLASS_WORDS[name], grouped(count), f"calls of class {name}"))
    people = len(info.samples)
    if people > len(NUMBERS):
        out.append(Fact("People", str(people), "samples in the case"))
    return out


def provenance(info: CaseInfo, journal: int) -> str:
    """Say from what the page is drawn, so that it can be drawn again."""
    return f"{info.build} · Lake v{info.lake_version} · Journal {grouped(journal)}"


def files_line(info: CaseInfo) -> str:
    """Say how many files the case was read from, and when."""
    count = len(info.files)
    words = f"{count} file{'' if count == 1 else 's'}, " if count else ""
    return f"{words}ingested {when(info.created)}"


def files(info: CaseInfo) -> list[FileLine]:
    """List the files of the case with what became of their records."""
    out = []
    for f in info.files:
        note = ", ".join(filter(None, (f.format, f.gives, "research" if f.research else "")))
        numbers = (_noted(f.records), _noted(f.rows), _noted(f.rejected))
        out.append(FileLine(f.name, note, *numbers, grouped(f.warning_count), f.warnings, f.sha256))
    return out


def _noted(number: int | None) -> str:
    return "not noted" if number is None else grouped(number)


def grouped(number: int) -> str:
    """Write a whole number with thousands separators and a true minus."""
    return f"{number:,}".replace("-", "−")


def _number(people: Sequence[SampleInfo], kind: str) -> str:
    if kind == "cancer":
        return "tumour and normal" if any(not p.is_tumour for p in people) else "tumour only"
    return NUMBERS.get(len(people), f"{len(people)} people")


def _analysis(people: Sequence[SampleInfo]) -> str:
    types = {str(getattr(p, "analysis_type", "") or "").upper() for p in people} - {""}
    return ", ".join(sorted(types))


def _person(person: SampleInfo) -> str:
    role = "Tumour" if person.is_tumour else (person.role or "").capitalize()
    name = person.name or person.id
    words = f"{role} {name}" if role and role.lower() != name.lower() else name
    return f"{words}, {person.sex}" if person.sex in ("male", "female") else words


def term_chip(identifier: str) -> TermChip:
    """Name an HPO id; one that is merged, obsolete or unknown says so."""
    found, heir = hpo.term(identifier), hpo.current(identifier)
    if found is None:
        return TermChip(identifier, "", "not an HPO term", f"{hpo.SOURCE} has no such id")
    if found.obsolete:
        note = f"obsolete, now {heir.id}" if heir else "obsolete"
        title = f"{hpo.SOURCE} replaced it by {heir.name}" if heir else f"{hpo.SOURCE} gave it up"
        return TermChip(identifier, found.name, note, title)
    note = f"now {found.id}" if hpo.hpo_id(identifier) != found.id else ""
    return TermChip(identifier, found.name, note, hpo.SOURCE)


def when(created: object) -> str:
    """Write a moment as people read it: ``24 Nov 2026, 14:07``."""
    if isinstance(created, datetime):
        return f"{created.day} {created:%b %Y, %H:%M}"
    return str(created)
