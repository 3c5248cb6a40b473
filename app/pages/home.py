"""The start page: the cases that this person may open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import panel as pn

from app.linking.services import Services
from app.pages.failed import failed_page
from app.pages.visitor import visitor
from app.theme.pages import page
from app.views.header import KIND_WORDS, Fact, grouped, when
from app.views.pedigree import pedigree_svg
from data_layer.errors import NorrskenError, RefusedError
from data_layer.lake import Commit
from data_layer.query.access import CaseInfo, SampleInfo

#: More people than this are counted, not drawn.
FEW = 6
#: Phenotype terms and ingests that are shown; the rest are counted.
TERMS, CHANGES = 5, 12
NUMBERS = {1: "singleton", 2: "duo", 3: "trio", 4: "quartet"}


def home_page(services: Services) -> pn.Template:
    """List the cases, newest first, and what the lake took in since."""
    try:
        actor = visitor(services)
        cases = services.desk.cases(actor)
        journal = services.desk.journal.position()
        changes = _changes(services.desk.lake.history(), cases)
    except NorrskenError as error:
        return failed_page(error.problem, "not known", refused=isinstance(error, RefusedError))
    rows = [_row(c) for c in sorted(cases, key=lambda c: str(c.created), reverse=True)]
    lake = max((c.lake_version for c in cases), default=None)
    return page(
        "home.html",
        "Norrsken: cases",
        {},
        cases=rows,
        facts=_facts(cases),
        changes=changes,
        provenance="" if lake is None else f"Lake v{lake} · Journal {grouped(journal)}",
        who=f"{actor.name}. {services.sign_in.note}",
        note=services.sign_in.note,
        rail="home",
    )


def _facts(cases: Sequence[CaseInfo]) -> list[Fact]:
    people = sum(len(c.samples) for c in cases)
    numbers = [
        Fact("Cases", grouped(len(cases)), "cases that you may open"),
        Fact("People", grouped(people), "samples in these cases that you may see"),
        Fact("Calls", grouped(sum(c.total for c in cases)), "rows of these cases in the lake"),
    ]
    return numbers if cases else []


def _row(case: CaseInfo) -> dict[str, Any]:
    count = len(case.samples)
    row = {
        "case_id": case.case_id,
        "name": case.name or case.case_id,
        "kind": KIND_WORDS.get(case.kind, case.kind),
        "people": NUMBERS.get(count, f"{count} people"),
        "roles": ", ".join(_role(p) for p in case.samples[:FEW]),
        "tree": pedigree_svg(case.samples) if count <= FEW else "",
        "hpo": case.hpo[:TERMS],
        "more_hpo": max(0, len(case.hpo) - TERMS),
        "panels": case.panels,
        "total": grouped(case.total),
        "files": _shares(case),
        "build": case.build,
        "version": case.lake_version,
        "created": when(case.created),
        "withheld": case.withheld,
    }
    people = [w for p in case.samples for w in (p.id, p.name)]
    words = (case.case_id, row["name"], row["kind"], *case.panels, *case.hpo, *people)
    return row | {"text": " ".join(str(w) for w in words).lower()}


def _role(person: SampleInfo) -> str:
    words = "tumour" if person.is_tumour else person.role or person.name or person.id
    return f"{words} {person.sex}" if person.sex in ("male", "female") else words


def _shares(case: CaseInfo) -> list[dict[str, str]]:
    """Return each file's calls, with a width that keeps ten calls of millions in sight."""
    known = [(f.name, f.rows) for f in case.files if f.rows]
    most = max((math.log10(n + 1) for _, n in known), default=1.0)
    return [
        {"name": name, "rows": grouped(n), "width": f"{round(100 * math.log10(n + 1) / most)}%"}
        for name, n in sorted(known, key=lambda k: -k[1])
    ]


def _changes(history: Sequence[Commit], cases: Sequence[CaseInfo]) -> list[dict[str, Any]]:
    """Return the newest ingests of cases in sight, with the rows of the one each replaced."""
    seen = {c.case_id: c for c in cases}
    out = []
    for i, commit in enumerate(history):
        case = seen.get(commit.case_id)
        if case is None:
            continue
        old = next((h for h in history[i + 1 :] if h.case_id == commit.case_id), None)
        words = "ingested again" if old else "ingested"
        # The rows of people out of sight are nobody's to count here.
        if not case.withheld:
            words += f", {grouped(commit.rows)} calls"
            words += f", before {grouped(old.rows)}" if old else ""
        made = {"case_id": case.case_id, "name": case.name or case.case_id, "words": words}
        out.append(made | {"version": commit.version, "when": when(commit.when)})
        if len(out) == CHANGES:
            break
    return out
