"""The start page: the cases that this person may open."""

from __future__ import annotations

from typing import Any

import panel as pn

from app.linking.services import Services
from app.pages.failed import failed_page
from app.pages.visitor import visitor
from app.theme.pages import page
from app.views.header import KIND_WORDS, grouped
from app.views.pedigree import pedigree_svg
from data_layer.errors import NorrskenError, RefusedError
from data_layer.query.access import CaseInfo

#: More people than this are counted, not drawn.
FEW = 6


def home_page(services: Services) -> pn.Template:
    """List the cases, newest first."""
    try:
        actor = visitor(services)
        cases = services.desk.cases(actor)
        journal = services.desk.journal.position()
    except NorrskenError as error:
        return failed_page(error.problem, "not known", refused=isinstance(error, RefusedError))
    rows = [_row(c) for c in sorted(cases, key=lambda c: str(c.created), reverse=True)]
    total = sum(c.total for c in cases)
    lake = max((c.lake_version for c in cases), default=None)
    where = f" · Lake v{lake}" if lake is not None else ""
    summary = f"{len(rows)} cases · {grouped(total)} calls{where} · Journal {grouped(journal)}"
    return page(
        "home.html",
        "Norrsken: cases",
        {},
        cases=rows,
        summary=summary,
        who=f"{actor.name}. {services.sign_in.note}",
        note=services.sign_in.note,
        rail="home",
    )


def _row(case: CaseInfo) -> dict[str, Any]:
    people = ", ".join(p.role or p.name or p.id for p in case.samples[:4])
    if len(case.samples) > 4:
        people = f"{len(case.samples)} people"
    hpo = " ".join(str(t) for t in case.hpo[:4]) + (" …" if len(case.hpo) > 4 else "")
    row = {
        "case_id": case.case_id,
        "name": case.name or case.case_id,
        "kind": KIND_WORDS.get(case.kind, case.kind),
        "people": people,
        "tree": pedigree_svg(case.samples) if len(case.samples) <= FEW else "",
        "hpo": hpo,
        "panels": ", ".join(case.panels),
        "total": grouped(case.total),
        "build": case.build,
        "created": f"{case.created:%Y-%m-%d %H:%M}",
    }
    words = (case.case_id, row["name"], row["kind"], row["panels"], *case.hpo)
    return row | {"text": " ".join(str(w) for w in words).lower()}
