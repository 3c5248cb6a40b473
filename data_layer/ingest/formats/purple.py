"""PURPLE's tables: ``<sample>.purple.cnv.somatic.tsv`` and ``<sample>.purple.segment.tsv``.

The columns are those of PURPLE's own documentation; places count from 1 and include the end. The
sample is the file name up to ``.purple.``.
"""

from __future__ import annotations

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, feed, heading

_ALLELES = {
    "cn_major": "majorAlleleCopyNumber", "cn_minor": "minorAlleleCopyNumber", "points": "bafCount",
}  # fmt: skip
_SOMATIC = {"chromosome", "start", "end", "copyNumber", "baf", "method", *_ALLELES.values()}
_SEGMENT = {
    "chromosome", "start", "end", "tumorCopyNumber", "tumorBAF", "germlineStatus",
    *_ALLELES.values(),
}  # fmt: skip


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the copy-number segments of a PURPLE file.

    A somatic segment's ``name`` is the method that its copy number comes from; a raw segment's
    is the state of the normal there.
    """
    columns = heading(head)
    if _SOMATIC.issubset(columns):
        layout = _layout("PURPLE copy numbers", "PURPLE", columns, "copyNumber", "baf", "method")
    elif _SEGMENT.issubset(columns):
        layout = _layout(
            "PURPLE segments", "PURPLE segment", columns, "tumorCopyNumber", "tumorBAF",
            "germlineStatus",
        )  # fmt: skip
    else:
        return ()
    sample, mark, _ = head.path.name.partition(".purple.")
    return (feed(head, layout, sample=sample if mark else None),)


def _layout(
    title: str, caller: str, columns: tuple[str, ...], cn: str, baf: str, name: str
) -> Layout:
    return Layout(
        format=title,
        kind="cnv",
        caller=caller,
        columns=columns,
        contig="chromosome",
        start="start",
        end="end",
        numbers={"cn": cn, "baf": baf, **_ALLELES},
        texts={"name": name},
    )
