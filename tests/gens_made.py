"""Gens beds from tables, by the rule that Gens documents for them: five levels in one file."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

#: Level, bases of a coverage window, and how many fractions there are for each that is kept.
LEVELS = (("o", 100_000, 160), ("a", 25_000, 40), ("b", 5000, 10), ("c", 1000, 4), ("d", 100, 1))
#: Contig, first and last base counted from 1, log2 ratio.
Bin = tuple[str, int, int, float]
#: Contig, base counted from 1, fraction.
Site = tuple[str, int, float]


def coverage_lines(bins: Sequence[Bin]) -> list[str]:
    """A line for each whole window: its middle base and its mean; what is left over is dropped."""
    lines = []
    for level, size, _ in LEVELS:
        for contig, inside in groupby(bins, key=lambda b: b[0]):
            window: list[Bin] = []
            for one in inside:
                window.append(one)
                first, last = window[0][1], one[2]
                if last - first + 1 >= size:
                    middle = first + (last - first) // 2
                    mean = sum(b[3] for b in window) / len(window)
                    lines.append(f"{level}_{contig}\t{middle - 1}\t{middle}\t{mean}")
                    window = []
    return lines


def fraction_lines(sites: Sequence[Site]) -> list[str]:
    """A line for each site, one in so many of them at coarser levels."""
    return [
        f"{level}_{contig}\t{base - 1}\t{base}\t{value}"
        for level, _, thin in LEVELS
        for contig, base, value in sites[::thin]
    ]


def write(path: Path, lines: Iterable[str]) -> Path:
    """Write lines, with gzip where the name asks for it."""
    text = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path
