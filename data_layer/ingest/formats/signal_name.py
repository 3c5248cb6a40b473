"""Which signal a track without words of its own holds: the manifest's key or its file's name."""

from __future__ import annotations

import re
from dataclasses import replace

from data_layer.ingest.feed import Feed

_SPLIT = re.compile(r"[^a-z0-9]+")
#: Words of file names, the first that is found decides.
_WORDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("maf", frozenset({"maf"})),
    ("baf", frozenset({"baf"})),
    ("roh", frozenset({"roh", "rhocall", "rhocallviz"})),
    ("methylation", frozenset({"methylation", "methyl", "meth", "5mc", "cpg", "modkit"})),
    ("log2", frozenset({"log2", "log2ratio", "denoisedcr", "standardizedcr", "cnr"})),
    ("depth", frozenset({"depth", "tiddit", "tidditcov", "mosdepth"})),
)
#: Signal of each key of a Scout load config whose file may be any track.
_KEYS = {"tiddit_coverage_wig": "depth", "minor_allele_frequency_wig": "maf", "rhocall_wig": "roh"}
_TRACKS = frozenset({"bigWig", "wiggle", "bedGraph"})
_COVERAGE = frozenset({"cov", "coverage"})


def signal_of(name: str, lowest: float | None = None) -> str:
    """Return the signal of a track from its file's name and, where known, its lowest value.

    Coverage is depth unless it falls below 0, which only a log2 ratio does; so is a track whose
    name says nothing.
    """
    words = set(_SPLIT.split(name.lower()))
    for signal, marks in _WORDS:
        if words & marks:
            return signal
    if lowest is None or not lowest < 0:
        return "depth"
    return "coverage" if words & _COVERAGE else "log2"


def as_listed(feed: Feed, key: str) -> Feed:
    """Return the feed as the manifest's ``key`` names it, where the format leaves it open."""
    if feed.format in _TRACKS and key in _KEYS:
        return replace(feed, name=_KEYS[key])
    return feed
