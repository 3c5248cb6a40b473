"""The start page: the cases that this person may open."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from app.linking.services import Services
from app.theme.pages import bare_page
from app.views.header import KIND_WORDS, Fact, grouped, term_chip, when
from app.views.pedigree import pedigree_svg
from data_layer.errors import NorrskenError, RefusedError
from data_layer.lake import Commit
from data_layer.query.access import CaseInfo, SampleInfo
from data_layer.reference import hpo

#: More people than this are counted, not drawn.
FEW = 6
#: Phenotype terms and ingests that are shown; the rest are counted.
TERMS, CHANGES = 5, 12
NUMBERS = {1: "singleton", 2: "duo", 3: "trio", 4: "quartet"}


def home_page(services: Services, headers: Mapping[str, str]) -> str:
    """List the cases, newest first, and what the lake took in since; reads the lake.

    A person who is not let in gets a page that says so.
    """
    try:
        actor = services.sign_in.actor(headers)
        cases = services.desk.cases(actor)
        journal = services.desk.journal.position()
        changes = _changes(services.desk.lake.history(), cases)
    except NorrskenError as error:
        heading = "Refused" if isinstance(error, RefusedError) else "Failed"
        values = {"problem": error.problem, "heading": heading, "who": "not known", "rail": ""}
        return bare_page("failed.html", "Norrsken", **values)
    rows = [_row(c) for c in sorted(cases, key=lambda c: str(c.created), reverse=True)]
    lake = max((c.lake_version for c in cases), default=None)
    return bare_page(
        "home.html",
        "Norrsken: cases",
        cases=rows,
        terms=_names(rows),
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
        "hpo": [term_chip(i) for i in case.hpo[:TERMS]],
        "hpo_excluded": [term_chip(i) for i in case.hpo_excluded[:TERMS]],
        "more_hpo": sum(max(0, len(ids) - TERMS) for ids in (case.hpo, case.hpo_excluded)),
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
    # Read by the page's search only: ids as the case has them, and every one above them.
    above = {i for one in case.hpo for i in hpo.ancestors(one)} - {hpo.ROOT, hpo.PHENOTYPE}
    terms = sorted({_now(one) for one in case.hpo} | above)
    return row | {"text": " ".join(str(w) for w in words).lower(), "terms": " ".join(terms)}


def _now(identifier: str) -> str:
    found = hpo.current(identifier)
    return found.id if found else identifier


def _names(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return each term of the rows with its names, a line each, in small letters."""
    ids = sorted({i for row in rows for i in row["terms"].split()})
    return [(i, "\n".join((*hpo.names(i), i)).lower()) for i in ids]


def _role(person: SampleInfo) -> str:
    words = "tumour" if person.is_tumour else person.role or person.name or person.id
    return f"{words} {person.sex}" if person.sex in ("male", "female") else words


def _shares(case: CaseInfo) -> list[dict[str, str]]:
    """Return each file's calls, with a width that keeps ten calls of millions in sight."""
    known = [(f.name, f.rows) for f in case.files if f.rows and not f.gives]
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
