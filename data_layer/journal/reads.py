"""Reads of a case, counted per actor, case and minute, written behind by a timer."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data_layer.errors import JournalError
from data_layer.journal.ledger import Event, Ledgers

LOG = logging.getLogger("norrsken.journal")
#: Seconds between looks at the finished minutes.
TICK = 5.0
#: Seconds that a group may wait for a journal that cannot be written before reads are refused.
OVERDUE = 180.0


_Key = tuple[str, str, int]


@dataclass
class _Group:
    reads: int = 0
    event_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    since: float = field(default_factory=time.monotonic)


class Reads:
    """The groups that are not yet written; safe to use from many threads."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        self.reset()

    def reset(self) -> None:
        """Start with nothing: at first, and in a forked child whose parent writes the rest."""
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._groups: dict[_Key, _Group] = {}
        self._waiting: list[tuple[_Key, _Group]] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: JournalError | None = None

    def note(self, actor_id: str, case_id: str) -> None:
        """Count one read in this minute.

        Raises:
            JournalError: earlier reads have long been waiting for a journal that fails.
        """
        key = (actor_id, case_id, int(time.time() // 60))
        with self._lock:
            if self._failure is not None and self._overdue():
                raise self._failure
            if key not in self._groups:
                group = _Group()
                _event(key, group)
                self._groups[key] = group
            self._groups[key].reads += 1
            if self._thread is None or not self._thread.is_alive():
                self._stop.clear()
                self._thread = threading.Thread(
                    target=self._run, args=(self._stop,), name="norrsken-reads", daemon=True
                )
                self._thread.start()

    def flush(self, *, all_minutes: bool = False) -> int:
        """Write the groups whose minute is over, or all; return how many.

        Raises:
            JournalError: they cannot be written; they are kept for the next try.
        """
        with self._writing:
            now = int(time.time() // 60)
            with self._lock:
                ready = [k for k in self._groups if all_minutes or k[2] < now]
                self._waiting += [(k, self._groups.pop(k)) for k in ready]
                due = list(self._waiting)
            if not due:
                return 0
            try:
                self._ledgers.append([_event(key, group) for key, group in due])
            except JournalError as error:
                with self._lock:
                    self._failure = error
                raise
            with self._lock:
                self._failure, self._waiting = None, []
            return len(due)

    def close(self) -> None:
        """Stop the timer and write everything."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stop.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        self.flush(all_minutes=True)

    def _overdue(self) -> bool:
        oldest = min((g.since for _, g in self._waiting), default=time.monotonic())
        return time.monotonic() - oldest > OVERDUE

    def _run(self, stop: threading.Event) -> None:
        while not stop.wait(TICK):
            try:
                self.flush()
            except JournalError as error:
                LOG.warning("counted reads wait for the journal: %s", error)


def _event(key: _Key, group: _Group) -> Event:
    actor, case, minute = key
    at = datetime.fromtimestamp(minute * 60, UTC).isoformat(timespec="minutes")
    detail: dict[str, object] = {"minute": at.replace("+00:00", "Z"), "reads": group.reads}
    return Event("access", actor, "read", case, detail, event_id=group.event_id)
