"""The selection: what is chosen on a page, as one clause for each source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from data_layer.query.filters import Filter


@dataclass(frozen=True)
class Clause:
    """What one source chose.

    Attributes:
        source: name of the control that wrote it; a new clause replaces that source's old one.
        value: what the source shows (a region's text, a list of steps).
        filters: the row filters that follow from it, in order.
        clients: names of the views that this clause does not filter: the source's own.
    """

    source: str
    value: object
    filters: tuple[Filter, ...] = ()
    clients: frozenset[str] = frozenset()


class Selection:
    """Clauses by source, with a version that grows by one on each change.

    The single writer is the session's page; views only read. ``order`` fixes the order in which
    the sources' filters apply, so that a funnel reads the same however it was built.
    """

    def __init__(self, order: tuple[str, ...] = ()) -> None:
        self.order = order
        self.version = 0
        self._clauses: dict[str, Clause] = {}
        self._listeners: list[Callable[[], None]] = []

    def update(self, *clauses: Clause) -> bool:
        """Put clauses in place of their sources' old ones; return whether anything changed."""
        fresh = [c for c in clauses if self._clauses.get(c.source) != c]
        for clause in fresh:
            self._clauses[clause.source] = clause
        if fresh:
            self._tell()
        return bool(fresh)

    def clear(self, source: str) -> bool:
        """Drop a source's clause; return whether there was one."""
        if self._clauses.pop(source, None) is None:
            return False
        self._tell()
        return True

    def clause(self, source: str) -> Clause | None:
        """Return what a source chose, or None."""
        return self._clauses.get(source)

    def filters(self, client: str = "") -> tuple[Filter, ...]:
        """Return the filters for one view, without the clauses it is exempt from."""
        rank = {name: i for i, name in enumerate(self.order)}
        clauses = sorted(self._clauses.values(), key=lambda c: rank.get(c.source, len(rank)))
        return tuple(f for c in clauses if client not in c.clients for f in c.filters)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each change; the returned function stops that."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def _tell(self) -> None:
        self.version += 1
        for listener in tuple(self._listeners):
            listener()
