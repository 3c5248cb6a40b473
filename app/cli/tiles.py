"""``norrsken tiles``: pyramids over signals, made and proved."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from app.cli.say import JSON, guarded, say, the_desk
from data_layer.settings import Settings
from data_layer.tiles import upkeep


@click.group()
def tiles() -> None:
    """Make and check the count cells that stand in for a signal's points."""


@tiles.command()
@click.argument("case", required=False)
@click.option("--again", is_flag=True, help="Make them anew where there are some.")
@JSON
@guarded
def build(case: str | None, again: bool, as_json: bool) -> None:
    """Make the cells of CASE, or of every case, where they are missing."""
    with the_desk() as desk:
        done = upkeep.make(desk.lake, Settings.load(), case, again=again)
    lines = [
        f"{o.case_id} {o.sample_id} {o.signal}: {o.rows:,} rows, "
        + (f"{o.cells:,} cells made" if o.cells else "nothing to do")
        for o in done
    ]
    text = "\n".join(lines) or "There are no signals."
    say({"signals": [asdict(o) for o in done]}, text, as_json=as_json)


@tiles.command()
@click.argument("case", required=False)
@JSON
@guarded
def verify(case: str | None, as_json: bool) -> None:
    """Count the points of CASE, or of every case, anew; exit 1 where any cell is not right."""
    with the_desk() as desk:
        seen, problems = upkeep.verify(desk.lake, Settings.load(), case)
    good = f"{seen} signals: every level counts every point."
    text = "\n".join(p.line() for p in problems) or good
    found = [p.as_json() for p in problems]
    say({"ok": not problems, "signals": seen, "problems": found}, text, as_json=as_json)
    if problems:
        sys.exit(1)
