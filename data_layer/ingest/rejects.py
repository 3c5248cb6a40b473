"""Records that break a rule: refuse the file, or set the record aside, in sight and counted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from data_layer.errors import InputError


@dataclass(frozen=True)
class Broken:
    """A record that breaks a rule: its 1-based line, the rule's code, why, and its own bytes."""

    line: int
    code: str
    reason: str
    raw: bytes


class Rejects:
    """Where broken records go: an error at the first, or the ``.rejected`` file."""

    def __init__(self, source: Path, *, skip_bad: bool, rejected: Path | None) -> None:
        self._source = source
        self._skip = skip_bad
        self._target = rejected or source.with_name(source.name + ".rejected")
        self._file: BinaryIO | None = None
        self.count = 0

    def take(self, broken: list[Broken]) -> None:
        """Set the records aside, in the order of their lines.

        Raises:
            InputError: records may not be skipped; names the first one and how many so far.
        """
        if not broken:
            return
        broken = sorted(broken, key=lambda b: b.line)
        if not self._skip:
            first = broken[0]
            raise InputError(
                first.code,
                f"{self._source.name} line {first.line}",
                first.reason,
                "Fix the file or pass --skip-bad to set the record aside "
                f"({len(broken):,} so far).",
            )
        out = self._open()
        for record in broken:
            note = f"# line {record.line} {record.code}: {record.reason}"
            out.write(note.encode() + b"\n" + record.raw + b"\n")
        out.flush()
        self.count += len(broken)

    def close(self) -> None:
        """Close the ``.rejected`` file, if there is one."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> BinaryIO:
        if self._file is None:
            try:
                # A link of this name would have another file written over.
                if self._target.is_symlink() or self._target.is_file():
                    self._target.unlink()
                self._file = self._target.open("xb")
            except OSError as e:
                raise InputError(
                    "REJECTED-FILE",
                    str(self._target),
                    f"records set aside cannot be written ({e.strerror})",
                    "Name a file that can be written.",
                ) from e
        return self._file
