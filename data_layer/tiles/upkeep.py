"""Pyramids of a lake: made where they are missing, and proved against the rows beneath them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_layer.errors import LakeError, Problem
from data_layer.lake import Lake, Snapshot
from data_layer.lake.points import SortedRows
from data_layer.region import Build, chrom_name
from data_layer.settings import Settings
from data_layer.tiles.build import build_tiles
from data_layer.tiles.compare import first_differences
from data_layer.tiles.levels import levels_of
from data_layer.tiles.range import Range

_AGAIN = "Run: norrsken tiles build --again"


@dataclass(frozen=True)
class Track:
    """A signal of a sample of a case, and what ``cases.sources`` says of its rows."""

    case_id: str
    sample_id: str
    sample_key: str
    signal: str
    build: Build
    spec: Range
    rows: int
    chrom_rows: tuple[int, ...]

    @property
    def where(self) -> str:
        """The signal in words."""
        return f"case {self.case_id}, {self.signal} of {self.sample_id}"

    @property
    def keys(self) -> dict[str, str]:
        """The partition that its rows and cells lie in."""
        return {"sample_key": self.sample_key, "signal": self.signal}


@dataclass(frozen=True)
class Outcome:
    """What was made of a signal: its rows and cells; no cells when it needs none or has them."""

    case_id: str
    sample_id: str
    signal: str
    rows: int
    cells: int


def tracks(snapshot: Snapshot, case_id: str | None = None) -> list[Track]:
    """Return the signals of a case's newest ingest, or of every case's.

    Raises:
        NotFoundError: there is no such case.
    """
    cases = snapshot.cases() if case_id is None else [snapshot.case(case_id)]
    found = []
    for case in cases:
        entries = [e for e in json.loads(case["sources"] or "[]") if e.get("kind") == "signal"]
        people = snapshot.samples(case["case_id"]) if entries else []
        keys = {str(row["sample_id"]): str(row["sample_key"]) for row in people}
        found += [
            Track(
                case["case_id"],
                str(entry["sample_id"]),
                keys[str(entry["sample_id"])],
                str(entry["signal"]),
                Build(case["build"]),
                Range(float(entry["low"]), float(entry["high"])),
                int(entry["rows"]),
                tuple(int(n) for n in entry.get("chrom_rows") or ()),
            )
            for entry in entries
            if str(entry["sample_id"]) in keys
        ]
    return found


def make(lake: Lake, settings: Settings, case_id: str | None = None, *, again: bool = False) -> list[Outcome]:  # fmt: skip # noqa: E501
    """Build the pyramids that are missing, or with ``again`` all of them anew.

    Raises:
        NotFoundError: there is no such case.
        LakeError: a file is gone, or the lake cannot be written.
    """
    snapshot = lake.snapshot()
    done = []
    for track in tracks(snapshot, case_id):
        cells = 0
        if again or not _files(snapshot, "signal_tiles", track).paths:
            points = _files(snapshot, "signals", track)
            with lake.room() as room:
                made = build_tiles(
                    points, track.spec, build=track.build, room=room, settings=settings
                )
                cells = lake.put_tiles(track.case_id, track.keys, made, replace=again)
        done.append(Outcome(track.case_id, track.sample_id, track.signal, track.rows, cells))
    return done


def verify(lake: Lake, settings: Settings, case_id: str | None = None) -> tuple[int, list[Problem]]:
    """Count every signal anew and compare rows, then each cell; return signals seen and problems.

    Raises:
        NotFoundError: there is no such case.
    """
    snapshot = lake.snapshot()
    found = tracks(snapshot, case_id)
    problems: list[Problem] = []
    for track in found:
        try:
            problems += _of_track(lake, snapshot, settings, track)
        except LakeError as error:
            problems.append(error.problem)
    return len(found), problems


def _of_track(
    lake: Lake, snapshot: Snapshot, settings: Settings, track: Track
) -> Iterator[Problem]:
    points = _files(snapshot, "signals", track)
    yield from _rows(points, track)
    cells = _files(snapshot, "signal_tiles", track)
    held = cells.values("level")
    if not held:
        if levels_of(points.rows, track.build.genome_size):
            message = f"there are no cells over {points.rows:,} rows"
            yield Problem("TILES-MISSING", track.where, message, "Run: norrsken tiles build")
        return
    with lake.room() as room:
        want = build_tiles(
            points, track.spec, build=track.build, room=room, settings=settings, levels=held
        )
        for place, message in first_differences(want, cells.all()):
            yield Problem("TILES-COUNT", f"{track.where}, {place}", message, _AGAIN)


def _rows(points: SortedRows, track: Track) -> Iterator[Problem]:
    by_chrom = np.zeros(len(track.chrom_rows) or 27, np.int64)
    for chrom in points.chroms():
        by_chrom[chrom] = sum(part.num_rows for part in points.of(chrom, ("gpos",)))
    if int(by_chrom.sum()) != track.rows:
        message = f"the case says {track.rows:,} rows, the table has {int(by_chrom.sum()):,}"
        yield Problem("TILES-ROWS", track.where, message, "Ingest the case again.")
    for chrom, (said, have) in enumerate(zip(track.chrom_rows, by_chrom.tolist(), strict=False)):
        if said != have and chrom:
            yield Problem(
                "TILES-ROWS",
                f"{track.where}, {chrom_name(chrom)}",
                f"the case says {said:,} rows, the table has {have:,}",
                "Ingest the case again.",
            )


def _files(snapshot: Snapshot, table: str, track: Track) -> SortedRows:
    keys = {"sample_key": track.sample_key, "signal": track.signal}
    paths: tuple[Path, ...] = snapshot.signal_files(table, track.case_id, **keys)
    return SortedRows(paths)
