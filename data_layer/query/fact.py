"""Something found in a case, with how it was worked out and what it cannot tell."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["ok", "warn", "unknown"]


@dataclass(frozen=True)
class Fact:
    """One finding.

    Attributes:
        value: a number, a word, a list; None when it cannot be determined.
        formula: how the value comes from the data.
        source: where the formula or its bounds are published, and the data it was applied to.
        limit: what it cannot tell, in words.
        verdict: what it means here, in words; begins with ``not determinable`` when unknown.
        status: ``ok``, ``warn`` when a person should look, or ``unknown``.
    """

    value: Any
    unit: str
    formula: str
    source: str
    limit: str
    verdict: str
    status: Status = "ok"

    def told(self, **more: Any) -> dict[str, Any]:
        """Return the finding for a page, with more of its own beside it."""
        return asdict(self) | more


def unknown(reason: str, *, unit: str = "", formula: str = "", source: str = "", limit: str = "") -> Fact:  # fmt: skip # noqa: E501
    """Return a finding that could not be made, and why."""
    return Fact(None, unit, formula, source, limit, f"not determinable: {reason}", "unknown")


def rounded(value: float | None, digits: int = 4) -> float | None:
    """Return a number as a page shows it."""
    return None if value is None else round(float(value), digits)
