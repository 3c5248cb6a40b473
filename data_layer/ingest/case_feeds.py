"""The signals and segments of a case to the lake, files beside each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from data_layer.compute import run
from data_layer.ingest.case_plan import CasePlan
from data_layer.ingest.feeds import CaseFeed
from data_layer.ingest.progress import Progress
from data_layer.ingest.report import FileReport
from data_layer.ingest.segments import StagedSegments, stage_segments
from data_layer.ingest.signals import Staged, stage
from data_layer.lake import IngestWriter
from data_layer.schema import SIGNALS
from data_layer.settings import Settings

#: Files read at the same time at most: each holds some hundred MB.
MOST_AT_ONCE = 4


@dataclass
class Measured:
    """What the feeds of a case gave: reports, entries of ``cases.sources``, rows by table."""

    reports: list[FileReport] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, int] = field(default_factory=dict)


class _Stopped(Exception):
    """Another file could not be read, so there is no use in this one."""


class Gauge:
    """Adds up what several files tell of their progress, and stops all when one fails.

    ``failed`` is the error of the first that did.
    """

    def __init__(self, progress: Progress, feeds: Sequence[CaseFeed]) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._seen: dict[int, tuple[int, int]] = {}
        self.failed: Exception | None = None
        paths = [f.feed.path for f in feeds]
        name = paths[0].name if len(paths) == 1 else f"{len(paths)} signals and segments"
        progress.begin(name, sum(path.stat().st_size for path in paths))

    def tell(self, number: int, read: int, rows: int) -> None:
        """Note how far feed ``number`` is.

        Raises:
            _Stopped: another feed failed meanwhile.
        """
        with self._lock:
            if self.failed is not None:
                raise _Stopped
            self._seen[number] = (read, rows)
            read, rows = (sum(pair) for pair in zip(*self._seen.values(), strict=True))
            self._progress.update(read, rows)

    def stop(self, error: Exception) -> None:
        """Note that a feed failed; the others end when they tell next."""
        with self._lock:
            self.failed = self.failed or error


def write_feeds(
    case: CasePlan,
    keys: Mapping[str, str],
    writer: IngestWriter,
    progress: Progress,
    settings: Settings,
    *,
    skip_bad: bool,
) -> Measured:
    """Read every feed, files beside each other, and hand their rows and pyramids to the lake.

    ``keys`` are the people's ``sample_key`` by sample id.
    """
    if not case.feeds:
        return Measured()
    gauge = Gauge(progress, case.feeds)
    local = replace(settings, scheduler="")
    tasks = [
        partial(_file, case, numbers, writer.staging, gauge, local, skip_bad)
        for numbers in _by_file(case.feeds)
    ]
    at_once = replace(local, threads=min(settings.threads, MOST_AT_ONCE))
    try:
        staged = dict(pair for pairs in run(tasks, settings=at_once) for pair in pairs)
    except _Stopped:
        assert gauge.failed is not None
        raise gauge.failed from None
    measured = Measured()
    progress.note("writing signals and segments")
    for number, case_feed in enumerate(case.feeds):
        key = keys[case_feed.sample or ""]
        _adopt(case_feed, len(case.files) + number, staged[number], key, writer, measured)
    return measured


def _by_file(feeds: Sequence[CaseFeed]) -> Iterator[list[int]]:
    """Numbers of feeds by file: one file is read by one thread, one feed after another."""
    groups: dict[Path, list[int]] = {}
    for number, case_feed in enumerate(feeds):
        groups.setdefault(case_feed.feed.path, []).append(number)
    largest = sorted(groups, key=lambda p: p.stat().st_size, reverse=True)
    yield from (groups[path] for path in largest)


def _file(
    case: CasePlan,
    numbers: Sequence[int],
    staging: Path,
    gauge: Gauge,
    settings: Settings,
    skip_bad: bool,
) -> list[tuple[int, Staged | StagedSegments]]:
    """Stage the feeds of one file."""
    try:
        return [(n, _staged(case, n, staging, gauge, settings, skip_bad)) for n in numbers]
    except Exception as error:
        gauge.stop(error)
        raise


def _staged(
    case: CasePlan, number: int, staging: Path, gauge: Gauge, settings: Settings, skip_bad: bool
) -> Staged | StagedSegments:
    feed = case.feeds[number].feed
    room = staging / f"feed-{number}"
    seen = partial(gauge.tell, number)
    if feed.kind == "signal":
        return stage(feed, case.build, room, skip_bad=skip_bad, settings=settings, seen=seen)
    index = len(case.files) + number
    return stage_segments(feed, index, case.build, room, skip_bad=skip_bad, seen=seen)


def _adopt(
    case_feed: CaseFeed,
    file_index: int,
    staged: Staged | StagedSegments,
    sample_key: str,
    writer: IngestWriter,
    measured: Measured,
) -> None:
    """Hand one feed's rows to the lake; note its report and its entry."""
    if isinstance(staged, Staged):
        keys = {"sample_key": sample_key, "signal": case_feed.feed.name}
        added = {"signals": writer.adopt("signals", staged.path, keys)}
        if staged.tiles is not None:
            added["signal_tiles"] = writer.add("signal_tiles", staged.tiles, keys)
    else:
        by_sample = {"sample_key": sample_key}
        rows = [writer.adopt("segments", path, by_sample) for path in staged.paths]
        added = {"segments": sum(rows)}
    for table, count in added.items():
        measured.tables[table] = measured.tables.get(table, 0) + count
    report = _report(case_feed, staged)
    measured.reports.append(report)
    measured.sources.append(_source(case_feed, file_index, staged, report))


def _report(case_feed: CaseFeed, staged: Staged | StagedSegments) -> FileReport:
    feed = case_feed.feed
    return FileReport(
        str(feed.path),
        feed.format,
        staged.records,
        staged.rows,
        staged.rejected,
        staged.warnings,
        kind=feed.kind,
        gives=feed.name,
        sample=case_feed.sample,
        levels=staged.levels if isinstance(staged, Staged) else {},
    )


def _source(
    case_feed: CaseFeed, file_index: int, staged: Staged | StagedSegments, report: FileReport
) -> dict[str, Any]:
    """The feed's entry in ``cases.sources``."""
    feed = case_feed.feed
    entry: dict[str, Any] = {
        "file_index": file_index,
        "name": feed.path.name,
        "sha256": staged.sha256,
        "format": feed.format,
        "class": None,
        "key": case_feed.key,
        "kind": feed.kind,
        "sample_id": case_feed.sample,
        "records": staged.records,
        "rows": staged.rows,
        "rejected": staged.rejected,
        "warnings": [asdict(w) for w in report.warnings],
    }
    if isinstance(staged, StagedSegments):
        return entry | {"segment_kind": feed.name}
    measured = {
        "signal": feed.name,
        "low": staged.low,
        "high": staged.high,
        "unit": SIGNALS[feed.name].unit,
        "missing": staged.missing,
        "chrom_rows": list(staged.chrom_rows),
    }
    return entry | measured | ({"levels": staged.levels} if staged.levels else {})
