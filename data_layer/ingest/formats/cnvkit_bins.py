"""CNVkit bins: ``.cnr``, the log2 copy ratio of each bin and the depth beside it.

The columns are those of "CNVkit file formats" in CNVkit's documentation; places count from 0.
Antitarget bins are bins like the others. ``gene`` and ``weight`` are not kept.
"""

from __future__ import annotations

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import heading
from data_layer.ingest.formats.points import Points, points_feed

_NEEDED = {"chromosome", "start", "end", "gene", "log2", "weight"}
_SEGMENTS = "probes"
_SIGNALS = ("log2", "depth")


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the copy ratio, and the depth where the file has it."""
    columns = heading(head)
    if not _NEEDED.issubset(columns) or _SEGMENTS in columns:
        return ()
    return tuple(
        points_feed(
            head,
            Points(f"CNVkit bins, {signal}", signal, columns, signal, "chromosome", heading=True),
        )
        for signal in _SIGNALS
        if signal in columns
    )
