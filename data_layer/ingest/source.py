"""What every reader of a file gives, whatever the format: batches, counts, warnings, a digest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

import pyarrow as pa

from data_layer.errors import shown

#: Warnings of one code that are listed with their line; the rest are counted.
LISTED = 20


@dataclass(frozen=True)
class Warning:
    """Something odd in a file that was read all the same; ``line`` is 1-based, 0 is the file."""

    line: int
    code: str
    message: str

    def __post_init__(self) -> None:
        # It quotes the file, is printed, and is kept with the case.
        object.__setattr__(self, "message", shown(self.message))


@dataclass
class WarningLog:
    """Warnings by code: the first ones in full, all of them counted."""

    counts: dict[str, int] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    _first: dict[str, list[Warning]] = field(default_factory=dict)

    def add(self, line: int, code: str, message: str) -> None:
        """Note one warning."""
        self.add_many(code, [line], lambda _: message)

    def add_many(self, code: str, lines: Sequence[int], message: Callable[[int], str]) -> None:
        """Note a warning for each of ``lines``; ``message(i)`` says it for the i-th of them."""
        if not len(lines):
            return
        first = self._first.setdefault(code, [])
        room = max(0, LISTED - len(first))
        first += [Warning(int(n), code, message(i)) for i, n in enumerate(lines[:room])]
        self.counts[code] = self.counts.get(code, 0) + len(lines)

    def stop(self, code: str) -> None:
        """Note that a code is no longer counted in full."""
        self.stopped.add(code)

    def listed(self) -> list[Warning]:
        """Return the listed warnings, and for each code one that says how many more there are."""
        out: list[Warning] = []
        for code, first in self._first.items():
            out += first
            more = self.counts[code] - len(first)
            if more:
                least = "at least " if code in self.stopped else ""
                message = f"{first[-1].message}; and {least}{more:,} more"
                out.append(Warning(first[-1].line, code, message))
        return out


@runtime_checkable
class Reader(Protocol):
    """A file being read: batches of bounded size in file order, once; then counts and digest."""

    @property
    def records(self) -> int:
        """Records seen so far, those set aside too."""
        ...

    @property
    def rejected_count(self) -> int:
        """Records set aside so far."""
        ...

    @property
    def bytes_total(self) -> int:
        """Size of the file."""
        ...

    @property
    def bytes_read(self) -> int:
        """Bytes of the file read so far."""
        ...

    @property
    def sha256(self) -> str:
        """Digest of the file as it lies, once all of it is read."""
        ...

    @property
    def warnings(self) -> list[Warning]:
        """What was odd so far."""
        ...

    def batches(self) -> Iterator[pa.Table]:
        """Give the rows in file order, in tables of bounded size; once."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


@runtime_checkable
class Source(Reader, Protocol):
    """A file of a case being read: a new format is one new file that gives this."""

    @property
    def path(self) -> Path:
        """Where the file lies."""
        ...

    @property
    def samples(self) -> tuple[str, ...]:
        """Sample names in the order of the file."""
        ...
