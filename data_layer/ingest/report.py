"""What an ingest did, for people and as the JSON of ``ingest --json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data_layer.ingest.source import Warning


@dataclass(frozen=True)
class FileReport:
    """One file, or one of the things that a file gives: data lines, rows, and records set aside.

    Attributes:
        kind: ``variants``, ``signal`` or ``segments``.
        gives: the signal or kind of segment, and ``sample`` whose it is.
        levels: data lines of each level of a file that holds several; the finest is kept, for the
            others are derived from it.
    """

    path: str
    format: str
    records: int
    rows: int
    rejected: int
    warnings: tuple[Warning, ...]
    file_class: str | None = None
    research: bool = False
    kind: str = "variants"
    gives: str | None = None
    sample: str | None = None
    levels: Mapping[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """Records that became rows; a record of a VCF makes one for each alternate allele."""
        return self.records - self.rejected if self.kind == "variants" else self.rows

    def as_json(self) -> dict[str, Any]:
        """Return the file's object."""
        return self._calls() if self.kind == "variants" else self._calls() | self._measured()

    def text(self) -> str:
        """Return the file's line for people."""
        aside = f", {self.rejected:,} set aside" if self.rejected else ""
        if self.kind == "variants":
            kind = " (research)" if self.research else ""
            return f"{self.path}{kind}: {self.records:,} records, {self.rows:,} rows{aside}"
        what = f"{(self.gives or self.kind).replace('_', ' ')} of {self.sample}"
        finest = max(self.levels, key=lambda name: self.levels[name], default="")
        coarse = [f"{name} {n:,}" for name, n in self.levels.items() if name != finest]
        levels = f" (coarser levels are derived from these: {', '.join(coarse)})" if coarse else ""
        said = f"{self.records:,} records, {self.rows:,} rows{levels}{aside}"
        return f"{self.path}: {self.format}, {what}: {said}"

    def _measured(self) -> dict[str, Any]:
        levels = {"levels": dict(self.levels)} if self.levels else {}
        return {"kind": self.kind, "gives": self.gives, "sample": self.sample, **levels}

    def _calls(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "format": self.format,
            "records": self.records,
            "kept": self.kept,
            "rows": self.rows,
            "rejected": self.rejected,
            "class": self.file_class,
            "research": self.research,
            "warnings": [_warning(w) for w in self.warnings],
        }


@dataclass(frozen=True)
class IngestReport:
    """The whole ingest; ``warnings`` are those of no single file."""

    case_id: str
    ingest_id: str
    lake_version: int
    tables: Mapping[str, int]
    files: tuple[FileReport, ...]
    seconds: float
    warnings: tuple[Warning, ...] = ()

    @property
    def rows_per_second(self) -> float:
        """Rows of ``variants`` a second."""
        return self.tables.get("variants", 0) / self.seconds if self.seconds > 0 else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``ingest --json`` prints."""
        return {
            "case_id": self.case_id,
            "ingest_id": self.ingest_id,
            "lake_version": self.lake_version,
            "tables": dict(self.tables),
            "files": [f.as_json() for f in self.files],
            "warnings": [_warning(w) for w in self.warnings],
            "seconds": round(self.seconds, 3),
            "rows_per_second": round(self.rows_per_second, 1),
        }

    def text(self) -> str:
        """Return the same as lines for people."""
        rows = self.tables.get("variants", 0)
        lines = [
            f"Case {self.case_id}: {rows:,} variants, {self.tables.get('consequences', 0):,}"
            f" consequences, {self.tables.get('samples', 0)} samples in {self.seconds:.1f} s"
            f" ({self.rows_per_second:,.0f} rows/s); lake version {self.lake_version}."
        ]
        points, cells, segments = (
            self.tables.get(name, 0) for name in ("signals", "signal_tiles", "segments")
        )
        if points or segments:
            lines.append(
                f"  {points:,} points of signals in {cells:,} cells of their pyramids,"
                f" {segments:,} segments"
            )
        for file in self.files:
            lines.append(f"  {file.text()}")
            lines += [f"    {line}" for line in _summary(file.warnings)]
        return "\n".join([*lines, *(f"  {line}" for line in _summary(self.warnings))])


def _summary(warnings: Sequence[Warning]) -> list[str]:
    """The first warning of each code, with how many are listed beside it."""
    by_code: dict[str, list[Warning]] = {}
    for warning in warnings:
        by_code.setdefault(warning.code, []).append(warning)
    return [
        _said(found[0]) + (f" ({len(found) - 1} more with --json)" if len(found) > 1 else "")
        for found in by_code.values()
    ]


def _said(warning: Warning) -> str:
    at = f" line {warning.line}" if warning.line else ""
    return f"warning {warning.code}{at}: {warning.message}"


def _warning(warning: Warning) -> dict[str, Any]:
    return {"line": warning.line, "code": warning.code, "message": warning.message}
