"""How far an ingest is: a bar on a terminal, JSON lines elsewhere."""

from __future__ import annotations

import json
import time
from typing import Any, Protocol, TextIO


class Progress(Protocol):
    """Told of bytes read and rows made; never decides anything."""

    def begin(self, file: str, total: int) -> None:
        """A file of ``total`` bytes begins."""
        ...

    def update(self, read: int, rows: int) -> None:
        """``read`` bytes of the file are read and ``rows`` rows made so far."""
        ...

    def note(self, stage: str) -> None:
        """Something else than reading goes on now."""
        ...

    def end(self) -> None:
        """Nothing more follows."""
        ...


def progress_for(stream: TextIO) -> Progress:
    """Return a bar when ``stream`` is a terminal, else JSON lines at most once a second."""
    return Bar(stream) if stream.isatty() else Lines(stream)


class Silent:
    """Says nothing."""

    def begin(self, file: str, total: int) -> None:
        """Do nothing."""

    def update(self, read: int, rows: int) -> None:
        """Do nothing."""

    def note(self, stage: str) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


class Bar:
    """A tqdm bar over the file's bytes, with rows a second and the time left."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: Any = None
        self._began = 0.0
        self._rows = 0

    def begin(self, file: str, total: int) -> None:
        """Start a bar of its own for the file."""
        from tqdm import tqdm

        self.end()
        self._began, self._rows = time.monotonic(), 0
        self._bar = tqdm(
            total=total,
            desc=file,
            unit="B",
            unit_scale=True,
            file=self._stream,
            bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}",
        )

    def update(self, read: int, rows: int) -> None:
        """Move the bar."""
        self._rows = rows
        if self._bar is not None:
            rate = rows / max(time.monotonic() - self._began, 1e-6)
            self._bar.set_postfix_str(f"{rows:,} rows, {rate:,.0f} rows/s", refresh=False)
            self._bar.update(max(0, read - self._bar.n))

    def note(self, stage: str) -> None:
        """Name the stage behind the bar."""
        if self._bar is not None:
            self._bar.set_postfix_str(f"{self._rows:,} rows, {stage}")

    def end(self) -> None:
        """Close the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Lines:
    """One JSON object a line."""

    def __init__(self, stream: TextIO, every: float = 1.0) -> None:
        self._stream = stream
        self._every = every
        self._file, self._total = "", 0
        self._began = self._said = 0.0

    def begin(self, file: str, total: int) -> None:
        """Say which file begins."""
        self._file, self._total = file, total
        self._began = self._said = time.monotonic()
        self._say(event="begin", bytes_total=total)

    def update(self, read: int, rows: int) -> None:
        """Say how far it is, at most once in ``every`` seconds."""
        now = time.monotonic()
        if now - self._said < self._every:
            return
        self._said = now
        spent = now - self._began
        left = spent * (self._total - read) / read if read else None
        self._say(
            event="progress",
            bytes_read=read,
            bytes_total=self._total,
            rows=rows,
            rows_per_second=round(rows / spent) if spent else None,
            seconds_left=None if left is None else round(max(0.0, left), 1),
        )

    def note(self, stage: str) -> None:
        """Say the stage."""
        self._say(event="stage", stage=stage)

    def end(self) -> None:
        """Say that it is over."""
        self._say(event="end")

    def _say(self, **what: object) -> None:
        self._stream.write(json.dumps({"file": self._file, **what}) + "\n")
        self._stream.flush()
