"""One desk a process: the lake, the journal, one DuckDB and the caches, behind an actor."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable

from data_layer.journal import Journal
from data_layer.lake import Lake
from data_layer.query.access import Actor, CaseInfo, CaseQuery, Door, Scope
from data_layer.query.cache import ByteCache
from data_layer.query.database import Database
from data_layer.query.source import Source
from data_layer.settings import Settings
from data_layer.tiles import picture, raster

_OPEN_CASES = 64
#: Seconds for which an opening stands before a further read is written as a new one.
_OPENING = 3600.0
#: Rows whose first look takes less than a tenth of a second.
_AT_ONCE = 200_000
#: What the ledger calls the list of cases; no case can have this name.
LIST = "*"


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
        self._opened: dict[tuple[str, str], float] = {}

    def scope(self, actor: Actor) -> Scope:
        """Return what an actor may see just now."""
        return self._door.scope(actor)

    def cases(self, actor: Actor, version: int | None = None) -> list[CaseInfo]:
        """Return the cases that an actor may see at a lake version, the newest by default.

        Names and phenotypes are personal, so the list is noted like a read.
        """
        found = self._door.cases(actor, version)
        if found:
            self.journal.note_read(actor.id, LIST)
        return found

    def case(self, actor: Actor, case_id: str, version: int | None = None) -> CaseQuery:
        """Return a case to ask questions of; the read is noted in the access ledger.

        Counted reads reach the ledger a minute later, so the first in an hour is written at once.

        Raises:
            RefusedError: no grant covers the case.
            NotFoundError: an administrator asks for what is not there.
            JournalError: the read cannot be noted, so nothing is shown.
        """
        source = self._door.source(actor, case_id, version)
        if self._is_new(actor, case_id):
            self._record(actor, source.info)
        self.journal.note_read(actor.id, case_id)
        return self._query(source)

    def at_hand(self, actor: Actor, case_id: str, version: int | None = None) -> bool:
        """Say whether ``open`` answers at once: the case is small or open already.

        Nothing is noted, for nothing is shown; refuses as ``case`` does.
        """
        source = self._door.source(actor, case_id, version)
        with self._lock:
            return source.size <= _AT_ONCE or _key(source) in self._cases

    def _query(self, source: Source) -> CaseQuery:
        key = _key(source)
        with self._lock:
            held = self._cases.get(key)
            if held is not None:
                self._cases.move_to_end(key)
                return held
        # Who comes second waits here and finds what the first one read.
        with source.reading.lock:
            with self._lock:
                held = self._cases.get(key)
            if held is not None:
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
        source = self._door.source(actor, case_id, version)
        self._record(actor, source.info)
        self.journal.note_read(actor.id, case_id)
        return self._query(source)

    def _is_new(self, actor: Actor, case_id: str) -> bool:
        with self._lock:
            last = self._opened.get((actor.id, case_id), float("-inf"))
        return time.monotonic() - last > _OPENING

    def _record(self, actor: Actor, info: CaseInfo) -> None:
        detail = {"version": info.lake_version, "reason": info.reason}
        self.journal.record_access(actor.id, "open", info.case_id, detail)
        now = time.monotonic()
        with self._lock:
            self._opened = {k: t for k, t in self._opened.items() if now - t <= _OPENING}
            self._opened[actor.id, info.case_id] = now

    def warm(self) -> None:
        """Compile what draws pictures, so that the first one does not wait; takes seconds."""
        raster.warm()
        picture.warm()

    def ready(self) -> None:
        """Ask lake and journal for their newest; raises when either does not answer."""
        self.lake.version()
        self.journal.position()

    def close(self) -> None:
        """Write the counted reads and give back memory and connections."""
        self.cache.clear()
        self._database.close()
        self.journal.close()


def _key(source: Source) -> tuple[Hashable, ...]:
    return (source.info.lake_version, source.info.reason, *source.key)
