"""One desk a process: the lake, the journal, one DuckDB and the caches, behind an actor."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from data_layer.journal import Journal
from data_layer.lake import Lake
from data_layer.query.access import Actor, CaseInfo, CaseQuery, Door, Scope
from data_layer.query.cache import ByteCache
from data_layer.query.database import Database
from data_layer.settings import Settings
from data_layer.tiles.raster import warm

_OPEN_CASES = 64


class Desk:
    """Every read of the lake's rows begins here, with an actor. Safe for threads."""

    def __init__(self, lake: Lake, journal: Journal, settings: Settings) -> None:
        self.lake = lake
        self.journal = journal
        self.settings = settings
        self._database = Database(settings)
        self.cache = ByteCache(settings.cache_mb << 20)
        self._door = Door(lake, journal, self._database, self.cache)
        self._lock = threading.Lock()
        self._cases: OrderedDict[tuple[Hashable, ...], CaseQuery] = OrderedDict()

    def scope(self, actor: Actor) -> Scope:
        """Return what an actor may see just now."""
        return self._door.scope(actor)

    def cases(self, actor: Actor, version: int | None = None) -> list[CaseInfo]:
        """Return the cases that an actor may see at a lake version, the newest by default."""
        return self._door.cases(actor, version)

    def case(self, actor: Actor, case_id: str, version: int | None = None) -> CaseQuery:
        """Return a case to ask questions of; the read is noted in the access ledger.

        Raises:
            RefusedError: no grant covers the case.
            NotFoundError: an administrator asks for what is not there.
            JournalError: the read cannot be noted, so nothing is shown.
        """
        source = self._door.source(actor, case_id, version)
        self.journal.note_read(actor.id, case_id)
        key = (source.info.lake_version, source.info.reason, *source.key)
        with self._lock:
            held = self._cases.get(key)
            if held is not None:
                self._cases.move_to_end(key)
                return held
        made = CaseQuery(source)
        with self._lock:
            self._cases[key] = made
            while len(self._cases) > _OPEN_CASES:
                self._cases.popitem(last=False)
        return made

    def open(self, actor: Actor, case_id: str, version: int | None = None) -> CaseQuery:
        """Return a case as ``case`` does, after writing the opening down.

        Raises:
            JournalError: the opening cannot be written, so nothing is shown.
        """
        query = self.case(actor, case_id, version)
        detail = {"version": query.info.lake_version, "reason": query.info.reason}
        self.journal.record_access(actor.id, "open", case_id, detail)
        return query

    def warm(self) -> None:
        """Compile what draws pictures, so that the first one does not wait; takes seconds."""
        warm()

    def ready(self) -> None:
        """Ask lake and journal for their newest; raises when either does not answer."""
        self.lake.version()
        self.journal.position()

    def close(self) -> None:
        """Write the counted reads and give back memory and connections."""
        self.cache.clear()
        self._database.close()
        self.journal.close()
