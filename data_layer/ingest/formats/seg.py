"""SEG: segments of one sample or many, as DNAcopy, IGV, cBioPortal and the GDC write them.

Six columns: sample, chromosome, start, end, markers, mean log2 ratio. Their names differ, their
order does not. Places count from 1 and include the end, as DNAcopy's markers do. Chromosomes 23
and 24 are X and Y.
"""

from __future__ import annotations

import re

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, data_lines, feeds_by_sample, heading

_NAMES = (
    re.compile(r"'?id|sample(_?id)?|gdc_aliquot|track ?name"),
    re.compile(r"chr(om(osome)?)?"),
    re.compile(r"(loc\.)?start(\.bp|_position| position|pos)?"),
    re.compile(r"(loc\.)?end(\.bp|_position| position|pos)?"),
    re.compile(r"num[._ ]?(mark(er)?s?|probes)|n\.?probes|probes|markers"),
    re.compile(r"seg[._ ]?mean|segment[._ ]?mean|seg[._ ]cn|log2([._ ]?ratio)?|mean"),
)


_NAME = re.compile(r"\.seg(\.txt)?(\.b?gz)?$", re.I)
_LINE = re.compile(r"[^\t]+\t[^\t]+\t\d+\t\d+\t\d+\t\S+")


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return each sample's copy-number segments.

    A file that ends in ``.seg`` may name its columns as it likes, as in IGV. GATK writes
    minor-allele fractions in the same shape as ``*.af.igv.seg``; their mean becomes ``baf``.
    """
    columns = heading(head, comments=("#",))
    if not _is_seg(columns) and not _looks_like_seg(head, columns):
        return ()
    sample, contig, start, end, points, mean = columns[: len(_NAMES)]
    fractions = head.path.name.removesuffix(".gz").endswith(".af.igv.seg")
    layout = Layout(
        format="SEG of allele fractions" if fractions else "SEG",
        kind="cnv",
        caller=None,
        columns=columns,
        contig=contig,
        start=start,
        end=end,
        numbers={"points": points, "baf" if fractions else "log2": mean},
        sample=sample,
    )
    return feeds_by_sample(head, layout)


def _is_seg(columns: tuple[str, ...]) -> bool:
    return len(columns) >= len(_NAMES) and all(
        p.fullmatch(c.lower()) for p, c in zip(_NAMES, columns, strict=False)
    )


def _looks_like_seg(head: Head, columns: tuple[str, ...]) -> bool:
    lines = data_lines(head)[1:]
    shaped = bool(lines) and all(_LINE.fullmatch(x) for x in lines)
    return bool(_NAME.search(head.path.name)) and len(columns) == len(_NAMES) and shaped
