"""``norrsken lake``: what the lake holds, how it came to be, whether it is whole."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from app.cli.say import JSON, guarded, say, the_desk


@click.group()
def lake() -> None:
    """Look at the lake and look after it."""


@lake.command()
@JSON
@guarded
def info(as_json: bool) -> None:
    """Show version, rows, files and bytes of each table."""
    with the_desk() as desk:
        found = desk.lake.info()
    lines = [f"version {found['version']}"] + [
        f"{name:<14}{t['rows']:>14,} rows {t['files']:>6} files {t['bytes']:>16,} bytes"
        for name, t in found["tables"].items()
    ]
    say(found, "\n".join(lines), as_json=as_json)


@lake.command()
@JSON
@guarded
def history(as_json: bool) -> None:
    """List every version with the case it brought."""
    with the_desk() as desk:
        commits = desk.lake.history()
    lines = [f"v{c.version:<5} {c.when:%Y-%m-%d %H:%M:%S} {c.case_id} {c.rows:,} rows" for c in commits]  # fmt: skip # noqa: E501
    say([asdict(c) for c in commits], "\n".join(lines), as_json=as_json)


@lake.command()
@JSON
@guarded
def verify(as_json: bool) -> None:
    """Compare every file with the log: there, its size, its rows; exit 1 if any is amiss."""
    with the_desk() as desk:
        problems = desk.lake.verify()
    text = "\n".join(p.line() for p in problems) or "The lake is whole."
    say({"ok": not problems, "problems": [p.as_json() for p in problems]}, text, as_json=as_json)
    if problems:
        sys.exit(1)


@lake.command()
@JSON
@guarded
def compact(as_json: bool) -> None:
    """Join each ingest's files, remove leftovers older than a day; every version stays."""
    with the_desk() as desk:
        done = desk.lake.compact()
    say(done, ", ".join(f"{k} {v}" for k, v in done.items()), as_json=as_json)
