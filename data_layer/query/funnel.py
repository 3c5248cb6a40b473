"""The funnel: what each step left, all from one verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data_layer.query.filters import Filter
from data_layer.query.identity import identity_note
from data_layer.query.source import Source
from data_layer.query.verdict import verdict


@dataclass(frozen=True)
class Step:
    """A filter with the calls before and after it; the first step is all calls, without one.

    ``note`` says why an answer cannot be trusted; empty when nothing speaks against it.
    """

    filter_url: str
    sentence: str
    before: int
    after: int
    note: str = ""


def funnel(source: Source, filters: Sequence[Filter]) -> list[Step]:
    """Return the steps in order; the first holds every call the actor may see."""
    left = verdict(source, filters).left
    steps = [Step("", "All calls.", left[0], left[0])]
    for i, item in enumerate(filters):
        said, note = item.sentence(source.info), identity_note(source, item)
        steps.append(Step(item.to_url(), said, left[i], left[i + 1], note))
    return steps
