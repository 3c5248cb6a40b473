"""Sequenza's allele-specific segments: ``*_segments.txt``.

``CNt`` is the copies in all, ``A`` and ``B`` those of the alleles, A the more frequent one.
Places count from 1 and include the end.
"""

from __future__ import annotations

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, feed, heading

_NUMBERS = {"cn": "CNt", "cn_major": "A", "cn_minor": "B", "baf": "Bf", "points": "N.ratio"}


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the copy-number segments."""
    columns = heading(head)
    if not {"chromosome", "start.pos", "end.pos", *_NUMBERS.values()}.issubset(columns):
        return ()
    layout = Layout(
        format="Sequenza segments",
        kind="cnv",
        caller="Sequenza",
        columns=columns,
        contig="chromosome",
        start="start.pos",
        end="end.pos",
        numbers=_NUMBERS,
    )
    return (feed(head, layout),)
