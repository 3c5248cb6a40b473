"""Who may do what: folded from the decisions ``grant`` and ``revoke``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data_layer.errors import UsageError
from data_layer.journal.ledger import Entry

RIGHTS: tuple[str, ...] = (
    "see_case",
    "see_aggregates",
    "classify",
    "sign",
    "share",
    "administer",
)
SCOPES: tuple[str, ...] = ("lake", "institute", "case")
KINDS: tuple[str, ...] = ("grant", "revoke")


@dataclass(frozen=True)
class Grant:
    """A right in force; ``members`` None means the whole family, else only these samples."""

    actor_or_group: str
    right: str
    scope_kind: str
    scope_id: str
    members: tuple[str, ...] | None = None
    position: int = field(default=0, compare=False)


def fold(entries: Iterable[Entry]) -> list[Grant]:
    """Return the rights in force: of each holder, right and scope the newest word counts."""
    held: dict[tuple[str, ...], Grant] = {}
    for entry in entries:
        body = entry.body
        key = (body["to"], body["right"], body["scope_kind"], body["scope_id"])
        held.pop(key, None)
        if entry.kind == "grant":
            members = body["members"]
            held[key] = Grant(
                *key, None if members is None else tuple(members), position=entry.position
            )
    return list(held.values())


def grant_body(
    to: str, right: str, scope_kind: str, scope_id: str, members: Sequence[str] | None
) -> dict[str, object]:
    """Return the body of a grant or revoke after checking its words.

    Raises:
        UsageError: the right or scope is unknown, or the scope's name is missing or too much.
    """
    where = f"grant to {to or 'nobody'}"
    if not to:
        raise UsageError("GRANT", where, "a right is given to a person or a group")
    if right not in RIGHTS:
        raise UsageError("GRANT", where, f"no such right: {right}", f"Use {', '.join(RIGHTS)}.")
    if scope_kind not in SCOPES:
        raise UsageError(
            "GRANT", where, f"no such scope: {scope_kind}", f"Use {', '.join(SCOPES)}."
        )
    if (scope_kind == "lake") != (scope_id == ""):
        raise UsageError("GRANT", where, "name the case or institute; the lake has no name")
    if isinstance(members, str) or (members is not None and not members):
        raise UsageError("GRANT", where, "members is a list of at least one sample, or nothing")
    if members is not None and scope_kind != "case":
        raise UsageError("GRANT", where, "only a case has members to choose from")
    return {
        "to": to,
        "right": right,
        "scope_kind": scope_kind,
        "scope_id": scope_id,
        "members": None if members is None else sorted(set(members)),
    }


def checked_body(body: Mapping[str, Any]) -> dict[str, object]:
    """Return a grant's or revoke's body written by hand, checked like any other.

    Raises:
        UsageError: it holds other fields than those of a grant, or wrong words.
    """
    names = {"to", "right", "scope_kind", "scope_id"}
    if not names <= set(body) <= names | {"members"}:
        raise UsageError("GRANT", "body", f"a grant has {', '.join(sorted(names))} and members")
    return grant_body(
        body["to"], body["right"], body["scope_kind"], body["scope_id"], body.get("members")
    )


def grant_subject(scope_kind: str, scope_id: str) -> str:
    """Return the subject of a grant: the case itself, else the kind and name of the scope."""
    if scope_kind == "case":
        return scope_id
    return f"{scope_kind}:{scope_id}" if scope_id else scope_kind
