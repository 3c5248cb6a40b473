"""The page of a refused or missing case: a clear failure, and no data."""

from __future__ import annotations

import panel as pn

from app.theme.pages import page
from data_layer.errors import Problem


def failed_page(problem: Problem, who: str, *, refused: bool = False) -> pn.Template:
    """Say what went wrong and how to go on, in the failed face."""
    heading = "Refused" if refused else "Failed"
    return page("failed.html", "Norrsken", {}, problem=problem, who=who, heading=heading, rail="")
