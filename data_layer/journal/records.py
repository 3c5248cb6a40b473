"""Rows of the ledgers as callers see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Decision:
    """A row of ``decisions``; ``erased`` names the values that ``erasable`` no longer has."""

    position: int
    when: datetime
    actor_id: str
    kind: str
    subject: str
    body: dict[str, Any]
    erasable: dict[str, Any] = field(default_factory=dict)
    erased: tuple[str, ...] = ()


@dataclass(frozen=True)
class Access:
    """A row of ``access``: who opened, read, exported or ingested which case."""

    position: int
    when: datetime
    actor_id: str
    kind: str
    case_id: str
    detail: dict[str, Any]
