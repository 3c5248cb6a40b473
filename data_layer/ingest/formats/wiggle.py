"""Wiggle: ``fixedStep`` and ``variableStep`` as UCSC's page on the format says; places from 1.

A value covers ``span`` bases, 1 where none is said. TIDDIT (``--cov -w``) and rhocallviz write a
value for each bin and no span; their bins are as wide as the step, so a row is a bin. The mapping
quality that TIDDIT appends as a second track is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from data_layer.ingest.feed import Feed, FeedReader, Head
from data_layer.ingest.formats.interval import comment_build
from data_layer.ingest.formats.signal_name import signal_of
from data_layer.ingest.formats.wiggle_lines import WiggleReader

_STEPS = re.compile(r"^\s*(fixedStep|variableStep)\b", re.M)
_BEFORE = re.compile(r"(\s*(#|browser\b|track\b)[^\n]*\n|\s*\n)*")
_TRACK = re.compile(r"^track\b[^\n]*", re.M)


@dataclass(frozen=True)
class _Tool:
    """A program known by the words of its track line."""

    words: str
    format: str
    signal: str


_TOOLS = (
    _Tool("Per bin average coverage", "TIDDIT coverage", "depth"),
    _Tool("Fraction of homozygous snps", "rhocallviz", "roh"),
)


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the track of a wiggle."""
    start = _BEFORE.match(head.text)
    if start is None or not _STEPS.match(head.text, start.end()):
        return ()
    track = _TRACK.search(start.group())
    said = track.group() if track else ""
    tool = next((t for t in _TOOLS if t.words.lower() in said.lower()), None)
    name, signal = (tool.format, tool.signal) if tool else ("wiggle", signal_of(head.path.name))
    opener = partial(_open, head.path, tool is not None)
    return (Feed(head.path, name, "signal", signal, None, opener, comment_build(head)),)


def _open(path: Path, bins: bool, skip_bad: bool) -> FeedReader:
    return WiggleReader(path, bins=bins, skip_bad=skip_bad)
