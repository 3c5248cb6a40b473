"""The page frame: our own templates, escaping every value, served without any other host."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import panel as pn
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, Template
from panel.io.resources import _env as panel_env

FOLDER = Path(__file__).resolve().parent / "templates"


@cache
def environment() -> Environment:
    """Return the environment of our templates; every value is escaped."""
    assert panel_env.loader is not None
    loader = ChoiceLoader([FileSystemLoader(FOLDER), panel_env.loader])
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def template(name: str) -> Template:
    """Return one of our templates by file name."""
    return environment().get_template(name)


def bare_page(name: str, title: str, **values: Any) -> str:
    """Render a template as a page of its own, for one that needs no session."""
    base = template("bare.html")
    return template(name).render(base=base, page_title=title, **values)


def page(name: str, title: str, panels: dict[str, Any], **values: Any) -> pn.Template:
    """Build a page from a template, its Panel parts and the values that it shows."""
    made = pn.Template(template(name))
    made.add_variable("page_title", title)
    for key, value in values.items():
        made.add_variable(key, value)
    for key, panel in panels.items():
        made.add_panel(key, panel)
    return made
