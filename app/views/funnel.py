"""The funnel: what each step kept, asked in one pass."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from app.linking.client import CaseClient, Query
from app.linking.selection import Selection
from data_layer.query.filters import filters_url


class FunnelClient(CaseClient):
    """Asks for the steps of every clause; ``show`` gets a face: loading, ready, failed, stopped."""

    name = "funnel"
    _began = 0.0

    def query(self, selection: Selection) -> Query:
        """Ask for the counts after each of the selection's filters."""
        version, filters = self._version(), selection.filters(self.name)
        text = filters_url(filters)
        return Query((version, text), lambda: (text, self._case(version).funnel(filters)))

    def pending(self) -> None:
        """Loading; the old steps stay in sight."""
        self._began = time.perf_counter()
        super().pending()

    def result(self, value: Any) -> None:
        """The steps, the filters they belong to and the seconds it took."""
        text, steps = value
        seconds = round(time.perf_counter() - self._began, 3)
        self._show({"face": "ready", "f": text, "steps": [asdict(s) for s in steps], "seconds": seconds})  # fmt: skip # noqa: E501
