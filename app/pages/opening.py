"""The page of a large case while its rows are read: the loading face, and nothing of the case."""

from __future__ import annotations

import panel as pn

from app.theme.pages import page


def opening_page(case_id: str, version: int | None, who: str) -> pn.Template:
    """Say what is read and for how long; the browser asks for the case, then loads its page."""
    asked = "" if version is None else version
    return page(
        "opening.html", "Norrsken", {}, case_id=case_id, version=asked, who=who, rail="case"
    )
