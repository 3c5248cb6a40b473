"""What the signals say under an interval: means inside it and in flanks of the same length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data_layer.query.signals import SignalInfo, signals
from data_layer.query.source import Source
from data_layer.region import OTHER, Build

#: Bases of a flank at least, so that a short event has something to be compared with.
FLANK = 10_000


@dataclass(frozen=True)
class Stretch:
    """A signal over part of a chromosome, 0-based half-open.

    Attributes:
        n: points that start in it and have a finite value.
        missing: points that start in it without one.
        mean: of the finite values; None without any.
        minor: mean of min(v, 1 - v) of a fraction of reads, which a lost allele lowers; else None.
        codes: points by word, of a signal of categories.
    """

    start: int
    end: int
    n: int
    missing: int
    mean: float | None
    minor: float | None
    codes: dict[str, int]


@dataclass(frozen=True)
class Beneath:
    """One person's signal inside an interval and beside it; a flank without bases is None."""

    sample: str
    signal: str
    title: str
    unit: str
    inside: Stretch
    left: Stretch | None
    right: Stretch | None
    change: float | None


def stretches(build: Build, chrom: int, start: int, end: int) -> dict[str, tuple[int, int]]:
    """Return the interval and its flanks: as long as it and 10 kb at least, cut at the ends."""
    size = build.size(chrom)
    start = max(0, min(start, size - 1))
    end = max(start + 1, min(end, size))
    long = max(FLANK, end - start)
    return {
        "inside": (start, end),
        "left": (max(0, start - long), start),
        "right": (end, min(size, end + long)),
    }


def beneath(source: Source, chrom: int, start: int, end: int) -> list[Beneath]:
    """Return what each signal in sight says of an interval.

    ``change`` is the mean inside less the mean of both flanks together. Nothing is said on contigs
    outside the build, whose points share one lane.
    """
    if chrom == OTHER:
        return []
    parts = stretches(source.info.reference, chrom, start, end)
    return [_one(source, info, chrom, parts) for info in signals(source)]


def _one(
    source: Source, info: SignalInfo, chrom: int, parts: dict[str, tuple[int, int]]
) -> Beneath:
    found = _stretches(source, info, chrom, parts)
    inside, flanks = found["inside"], [found["left"], found["right"]]
    beside = [s for s in flanks if s is not None and s.mean is not None]
    n = sum(s.n for s in beside)
    change = None
    if inside is not None and inside.mean is not None and n:
        change = inside.mean - sum(s.n * (s.mean or 0.0) for s in beside) / n
    assert inside is not None
    left, right = flanks
    return Beneath(info.sample, info.signal, info.title, info.unit, inside, left, right, change)


def _stretches(
    source: Source, info: SignalInfo, chrom: int, parts: dict[str, tuple[int, int]]
) -> dict[str, Stretch | None]:
    """Read interval and flanks in one pass."""
    rows = source.points(info.index, info.signal)
    low, high = parts["inside"]
    bound = {
        "chrom": chrom,
        "a": parts["left"][0],
        "low": low,
        "high": high,
        "b": parts["right"][1],
    }
    sql = (
        "select case when start < $low then 'left' when start < $high then 'inside' "
        f"else 'right' end as part, {_word(info)} as code, count(*), "
        "count(*) filter (isfinite(value)), avg(value::double) filter (isfinite(value)), "
        "avg(least(value::double, 1 - value::double)) filter (isfinite(value)) "
        f"from {rows.sql} where chrom = $chrom and start >= $a and start < $b group by all"
    )
    found = source.database.rows(sql, {**rows.params, **bound})
    return {
        name: _stretch(info, x, y, [r[1:] for r in found if r[0] == name]) if x < y else None
        for name, (x, y) in parts.items()
    }


def _word(info: SignalInfo) -> str:
    return "case when isfinite(value) then value::int end" if info.codes else "null"


def _stretch(info: SignalInfo, start: int, end: int, rows: Sequence[tuple[Any, ...]]) -> Stretch:
    """Make a stretch of its groups: code, points, finite ones, mean, mean of the rarer allele."""
    n = sum(r[2] for r in rows)
    by_code = {r[0]: r[1] for r in rows if r[0] is not None}
    one = rows[0] if rows and not info.codes else None
    return Stretch(
        start=start,
        end=end,
        n=n,
        missing=sum(r[1] for r in rows) - n,
        mean=None if one is None else one[3],
        minor=one[4] if one is not None and info.signal == "baf" else None,
        codes={word: by_code.get(i, 0) for i, word in enumerate(info.codes)},
    )
