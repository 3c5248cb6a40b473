"""A person's own layout of the genome card, kept in the journal for each kind of case."""

from __future__ import annotations

from app.linking.url import read_tracks
from data_layer.errors import InputError
from data_layer.journal import Journal

#: Kind of the decision that keeps a layout.
LAYOUT = "layout"


def subject(kind: str) -> str:
    """Return what a layout decision is about: a kind of case."""
    return f"layout:{kind}"


def keep_layout(journal: Journal, actor_id: str, kind: str, tracks: tuple[str, ...]) -> int:
    """Keep a layout for this person's cases of a kind; return the journal's position."""
    return journal.decide(actor_id, LAYOUT, subject(kind), {"tracks": list(tracks)})


def kept_layout(journal: Journal, actor_id: str, kind: str) -> tuple[str, ...]:
    """Return the layout that this person kept last for a kind of case; empty without one."""
    mine = [
        d for d in journal.decisions(kind=LAYOUT, subject=subject(kind)) if d.actor_id == actor_id
    ]
    if not mine:
        return ()
    try:
        return read_tracks(",".join(str(t) for t in mine[-1].body.get("tracks") or ()))
    except InputError:
        return ()
