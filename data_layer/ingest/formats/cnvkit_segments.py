"""CNVkit segments: ``.cns`` and ``.call.cns``.

The columns are those of "CNVkit file formats" in CNVkit's documentation; places count from 0.
``cn1`` and ``cn2`` are the copies of the two alleles, ``cn1`` the more frequent one.
"""

from __future__ import annotations

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, feed, heading

_NEEDED = {"chromosome", "start", "end", "gene", "log2", "probes"}
_NUMBERS = {
    "log2": "log2", "baf": "baf", "cn": "cn", "cn_major": "cn1", "cn_minor": "cn2",
    "points": "probes", "score": "weight",
}  # fmt: skip


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the copy-number segments of a ``.cns`` file."""
    columns = heading(head)
    if not _NEEDED.issubset(columns):
        return ()
    layout = Layout(
        format="CNVkit segments",
        kind="cnv",
        caller="CNVkit",
        columns=columns,
        contig="chromosome",
        start="start",
        end="end",
        one_based=False,
        numbers={k: v for k, v in _NUMBERS.items() if v in columns},
        texts={"name": "gene"},
    )
    return (feed(head, layout),)
