"""How many calls lie in the brushed span, whatever the other filters say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.linking.client import Query
from app.linking.selection import Selection
from data_layer.errors import Problem
from data_layer.query.access import CaseQuery
from data_layer.query.filters import filters_url


class BrushClient:
    """Counts the brush's own clause."""

    name = "brush"

    def __init__(
        self,
        version: Callable[[], int],
        case: Callable[[int], CaseQuery],
        show: Callable[[dict[str, Any]], None],
    ) -> None:
        self._version = version
        self._case = case
        self._show = show

    def query(self, selection: Selection) -> Query | None:
        """Ask for the count in the span; nothing to ask without a brush."""
        clause = selection.clause("brush")
        if clause is None:
            self._show({})
            return None
        version, filters = self._version(), clause.filters
        key = (version, filters_url(filters))
        return Query(key, lambda: (clause.value, self._case(version).count(filters)))

    def pending(self) -> None:
        """The count is on its way."""
        self._show({"face": "loading"})

    def result(self, value: Any) -> None:
        """The span and its count."""
        self._show({"face": "ready", "text": value[0], "count": value[1]})

    def failed(self, problem: Problem) -> None:
        """The count is unknown."""
        self._show({"face": "failed", "problem": problem.as_json()})

    def stopped(self) -> None:
        """The person stopped it."""
        self._show({"face": "stopped"})
