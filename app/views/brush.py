"""How many calls lie in the brushed span, whatever the other filters say."""

from __future__ import annotations

from typing import Any

from app.linking.client import CaseClient, Query
from app.linking.selection import Selection
from data_layer.query.filters import filters_url


class BrushClient(CaseClient):
    """Counts the brush's own clause."""

    name = "brush"

    def query(self, selection: Selection) -> Query | None:
        """Ask for the count in the span; nothing to ask without a brush."""
        clause = selection.clause("brush")
        if clause is None:
            self._show({})
            return None
        version, filters = self._version(), clause.filters
        key = (version, filters_url(filters))
        return Query(key, lambda: (clause.value, self._case(version).count(filters)))

    def result(self, value: Any) -> None:
        """The span and its count."""
        self._show({"face": "ready", "text": value[0], "count": value[1]})
