"""``norrsken audit``, ``grant`` and ``revoke``: who may see what, and who saw it."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from app.cli.say import JSON, guarded, say, the_desk
from data_layer.errors import UsageError
from data_layer.journal import RIGHTS
from data_layer.query.access import LOCAL


@click.group()
def audit() -> None:
    """Read and check the journal."""


@audit.command("list")
@click.option("--case", "case_id", default=None)
@click.option("--actor", "actor_id", default=None)
@click.option("--limit", type=click.IntRange(1), default=None, help="Only the newest so many.")
@JSON
@guarded
def list_accesses(
    case_id: str | None, actor_id: str | None, limit: int | None, as_json: bool
) -> None:
    """List who opened, read and exported what, the newest last."""
    with the_desk() as desk:
        found = desk.journal.accesses(case_id=case_id, actor_id=actor_id, limit=limit)
    lines = [f"{a.position:>6} {a.when:%Y-%m-%d %H:%M:%S} {a.actor_id} {a.kind} {a.case_id}" for a in found]  # fmt: skip # noqa: E501
    say([asdict(a) for a in found], "\n".join(lines), as_json=as_json)


@audit.command()
@JSON
@guarded
def verify(as_json: bool) -> None:
    """Recompute both chains; exit 1 when a row was altered, removed or moved."""
    with the_desk() as desk:
        found = desk.journal.verify()
    text = "Both ledgers are whole." if found.ok else f"The journal does not verify: {found}"
    say(asdict(found), text, as_json=as_json)
    if not found.ok:
        sys.exit(1)


@click.command()
@click.argument("to")
@click.argument("right", type=click.Choice(RIGHTS))
@click.option("--case", "case_id", default=None)
@click.option("--institute", default=None)
@click.option("--member", "members", multiple=True, help="Only these people of the family.")
@JSON
@guarded
def grant(
    to: str,
    right: str,
    case_id: str | None,
    institute: str | None,
    members: tuple[str, ...],
    as_json: bool,
) -> None:
    """Give TO (a person's id or group:NAME) a right on a case, an institute or the lake."""
    kind, place = _place(case_id, institute)
    with the_desk() as desk:
        position = desk.journal.grant(LOCAL.id, to, right, kind, place, members or None)
    say({"position": position}, f"{to} may {right} on {place or 'the lake'} ({position}).", as_json=as_json)  # fmt: skip # noqa: E501


@click.command()
@click.argument("to")
@click.argument("right", type=click.Choice(RIGHTS))
@click.option("--case", "case_id", default=None)
@click.option("--institute", default=None)
@JSON
@guarded
def revoke(to: str, right: str, case_id: str | None, institute: str | None, as_json: bool) -> None:
    """Take a right back; TO is written as it was given, a group as group:NAME."""
    kind, place = _place(case_id, institute)
    with the_desk() as desk:
        position = desk.journal.revoke(LOCAL.id, to, right, kind, place)
    say({"position": position}, f"{to} may no longer {right} on {place or 'the lake'}.", as_json=as_json)  # fmt: skip # noqa: E501


def _place(case_id: str | None, institute: str | None) -> tuple[str, str]:
    if case_id and institute:
        raise UsageError("GRANT", "command line", "--case and --institute exclude each other")
    if case_id:
        return "case", case_id
    return ("institute", institute) if institute else ("lake", "")
