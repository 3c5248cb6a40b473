"""GATK copy ratios of bins: ``denoisedCR.tsv`` and ``standardizedCR.tsv``.

The tables are those of ``DenoiseReadCounts``: a SAM header, then the columns; places count from 1
and include the end. The value is the log2 ratio against the panel of normals or the median.
"""

from __future__ import annotations

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import heading, sam_build, sam_sample
from data_layer.ingest.formats.points import Points, points_feed

_COLUMNS = ("CONTIG", "START", "END", "LOG2_COPY_RATIO")
_COMMENTS = ("@",)
_HDF5 = b"\x89HDF\r\n\x1a\n"


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the copy ratios.

    Raises:
        InputError: the file is GATK's HDF5.
    """
    if head.raw.startswith(_HDF5):
        raise InputError(
            "GATK-HDF5",
            head.path.name,
            "this is an HDF5 file, such as GATK's read counts and panels",
            "Give the .denoisedCR.tsv or .standardizedCR.tsv of DenoiseReadCounts.",
        )
    columns = heading(head, comments=_COMMENTS)
    if not set(_COLUMNS).issubset(columns):
        return ()
    kind = "standardised" if "standardized" in head.path.name.lower() else "denoised"
    points = Points(
        f"GATK {kind} copy ratios", "log2", columns, "LOG2_COPY_RATIO", "CONTIG", "START", "END",
        heading=True, one_based=True, comments=_COMMENTS,
    )  # fmt: skip
    return (points_feed(head, points, sample=sam_sample(head), build=sam_build(head)),)
