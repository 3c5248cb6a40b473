"""A cache bounded by bytes: the least recently used goes first, and nothing is made twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar, cast


class Sized(Protocol):
    """What can be kept: it says how many bytes it holds."""

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        ...


Value = TypeVar("Value", bound=Sized)
#: Values held at most, however small: their keys need memory too.
MOST = 8192


class ByteCache:
    """Immutable values by key, up to ``limit`` bytes in all; safe to use from many threads.

    Two threads that ask for the same key wait for one making of it. A value larger than the
    whole limit is returned but not kept.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0
        self._values: OrderedDict[Hashable, Sized] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, making it when it is not held."""
        found = self._find(key)
        if found is None:
            with self._lock:
                turn = self._making.setdefault(key, threading.Lock())
            try:
                with turn:
                    found = self._find(key)
                    if found is None:
                        found = make()
                        self.put(key, found)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return cast(Value, found)

    def peek(self, key: Hashable) -> Sized | None:
        """Return the value of a key when it is held, else None."""
        return self._find(key)

    def put(self, key: Hashable, value: Sized) -> None:
        """Hold a value, and let the oldest go until all fit."""
        size = int(value.nbytes)
        if size > self.limit:
            return
        with self._lock:
            old = self._values.pop(key, None)
            self.held += size - (int(old.nbytes) if old is not None else 0)
            self._values[key] = value
            while self.held > self.limit or len(self._values) > MOST:
                _, gone = self._values.popitem(last=False)
                self.held -= int(gone.nbytes)

    def clear(self) -> None:
        """Let everything go."""
        with self._lock:
            self._values.clear()
            self.held = 0

    def _find(self, key: Hashable) -> Sized | None:
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value
