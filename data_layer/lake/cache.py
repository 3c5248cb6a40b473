"""Local copies of an object store's immutable files, within a size."""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data_layer.errors import LakeError
from data_layer.lake.failure import disk

#: A copy asked for within this many seconds may be open in a query and is not removed.
IN_USE_SECONDS = 60.0
_ABANDONED_SECONDS = 3600.0


class FileCache:
    """Least recently used copies go first; one folder may serve several processes.

    ``limit`` is in bytes; only copies in use just now can hold it above for a while.
    """

    def __init__(self, folder: Path, limit: int, *, in_use: float = IN_USE_SECONDS) -> None:
        self.folder = folder
        self.limit = limit
        self._in_use = in_use
        self._guard = threading.Lock()
        self._fetching: dict[str, threading.Lock] = {}
        with disk(str(folder)):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def held(self, key: str, size: int | None = None) -> Path | None:
        """Return the copy when it is here and whole, and count it as used now."""
        path = self.folder / key
        try:
            if size is not None and path.stat().st_size != size:
                return None
            os.utime(path)
        except OSError:
            return None
        return path

    def local(self, key: str, size: int, fetch: Callable[[Path], None]) -> Path:
        """Return the copy of a file of ``size`` bytes, fetched when it is not here yet.

        ``fetch`` writes to the path that it is given; the copy appears whole or not at all.

        Raises:
            LakeError: LAKE-CACHE when the file is larger than the cache, LAKE-FULL.
        """
        with self._guard:
            turn = self._fetching.setdefault(key, threading.Lock())
        try:
            with turn:
                return self.held(key, size) or self._fetched(key, size, fetch)
        finally:
            with self._guard:
                self._fetching.pop(key, None)

    def _fetched(self, key: str, size: int, fetch: Callable[[Path], None]) -> Path:
        if size > self.limit:
            raise LakeError(
                "LAKE-CACHE",
                key,
                f"the file of {size / 2**20:,.0f} MiB is larger than the local cache",
                "Raise NORRSKEN_FILES_CACHE_MB.",
            )
        target = self.folder / key
        part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
        with disk(key, "LAKE-READ"):
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.make_room(size)
            try:
                fetch(part)
                if part.stat().st_size != size:
                    raise FileNotFoundError(key)
                os.replace(part, target)
            finally:
                part.unlink(missing_ok=True)
        return target

    def drop(self, key: str) -> None:
        """Remove a copy, as when the file itself is erased."""
        (self.folder / key).unlink(missing_ok=True)

    def make_room(self, size: int) -> None:
        """Remove the copies used longest ago until ``size`` more bytes fit."""
        now = time.time()
        with self._alone():
            files = sorted(self._files())
            total = sum(bytes_ for _, bytes_, _ in files)
            for used, bytes_, path in files:
                abandoned = path.suffix == ".part"
                if abandoned and now - used < _ABANDONED_SECONDS:
                    continue
                if not abandoned and (total + size <= self.limit or now - used < self._in_use):
                    continue
                path.unlink(missing_ok=True)
                total -= bytes_

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self.folder.rglob("*"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            if path.is_file() and path.name != ".lock":
                yield status.st_mtime, status.st_size, path

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / ".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
