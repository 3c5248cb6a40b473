"""Rows that follow from others of an ingest: added or made anew after it, its version unchanged."""

from __future__ import annotations

import time
from collections.abc import Mapping

from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction, RemoveAction

from data_layer.errors import LakeError
from data_layer.lake.delta import ATTEMPTS, DataFile, LogTable, busy, pause
from data_layer.lake.failure import disk
from data_layer.lake.parquet import Part
from data_layer.lake.partition import folder
from data_layer.lake.store import Store


def put(store: Store, log: LogTable, keys: Mapping[str, str], part: Part, *, replace: bool) -> bool:
    """Make a staged file the only one under its keys; false when there is one and it is to stay.

    A file without rows is not stored: it only takes the place of the others.

    Raises:
        ConflictError: LAKE-BUSY, other writers came first too often.
        LakeError: LAKE-FULL, LAKE-WRITE.
    """
    name = f"{folder(keys)}/built-{time.time_ns():x}.parquet"
    action: AddAction | None = None
    for attempt in range(ATTEMPTS):
        base = log.refresh()
        before = _under(log, keys)
        if any(f.name == f"{log.name}/{name}" for f in before):
            return True
        if before and not replace:
            _take_back(store, log, name, action)
            return False
        if not part.rows and not before:
            return True
        try:
            with disk(f"table {log.name}"):
                if action is None and part.rows:
                    store.place(part.path, f"{log.name}/{name}")
                    now = int(time.time() * 1000)
                    action = AddAction(name, part.size, dict(keys), now, True, part.stats)
                added = [] if action is None else [action]
                log.commit([*added, *removals(before, log, change=True)], on=base)
            return True
        except CommitFailedError:
            pause(attempt)
        except LakeError:
            log.refresh()
            if any(f.name == f"{log.name}/{name}" for f in _under(log, keys)):
                return True
            _take_back(store, log, name, action)
            raise
    _take_back(store, log, name, action)
    raise busy(f"table {log.name}")


def removals(files: tuple[DataFile, ...], log: LogTable, *, change: bool) -> list[RemoveAction]:
    """Actions that take files out of a table; ``change`` says that their rows go with them."""
    now = int(time.time() * 1000)
    return [
        RemoveAction(f.name.removeprefix(f"{log.name}/"), change, now, f.size, dict(f.keys))
        for f in files
    ]


def _under(log: LogTable, keys: Mapping[str, str]) -> tuple[DataFile, ...]:
    files = log.index().get(keys["ingest_id"], ())
    return tuple(f for f in files if dict(f.keys) == dict(keys))


def _take_back(store: Store, log: LogTable, name: str, action: AddAction | None) -> None:
    if action is not None:
        store.remove(f"{log.name}/{name}")
