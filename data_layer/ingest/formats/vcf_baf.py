"""B-allele fractions from the allele depths of a VCF, without a Gens bed between.

Sites: records with one SNV allele beside REF (``<NON_REF>`` and ``<*>`` of a gVCF do not count)
at which the sample has at least ``LEAST_READS`` reads of these two alleles in FORMAT AD; the value
is AD_alt / (AD_ref + AD_alt). The limit of 10 reads is the default of Gens' own
``generate_gens_data.py``. Gens also keeps only sites with a gnomAD frequency above 5 %, from a
list that it is given: a VCF cut to that list gives the same sites here; one that is not has more
of them, artefacts among them. Genotype and FILTER are not asked, for a mosaic site is called
neither.

A gVCF is recognised by its records or its name; any other VCF is read so only when asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.errors import InputError, UsageError
from data_layer.ingest.assembly import evidence
from data_layer.ingest.feed import SIGNAL_BATCH, Feed, FeedReader, Head
from data_layer.ingest.source import Warning
from data_layer.ingest.text import open_vcf
from data_layer.ingest.text_stream import text_pieces

#: Reads of the two alleles that a site needs.
LEAST_READS = 10
_NAME = re.compile(r"\.(g\.vcf|gvcf|genome\.vcf)(\.b?gz)?$", re.I)
_VCF = "##fileformat=VCF"
_OTHER = re.compile(r"(^|,)(<NON_REF>|<\*>)(,|$)")
_REF = r"^[ACGTacgt]$"
_ALT = r"^[ACGTacgt](,(<NON_REF>|<\*>))?$"
_DEPTHS = r"^(?P<ref>[0-9]{1,9}),(?P<alt>[0-9]{1,9})(?:,|$)"


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the fractions of each sample of a gVCF; nothing for any other file.

    Raises:
        InputError: it is a gVCF without samples, or its header breaks a rule.
    """
    return baf_feeds(head.path) if is_gvcf(head) else ()


def is_gvcf(head: Head) -> bool:
    """Say whether a file is a gVCF: by its name, else by a record with ``<NON_REF>`` or ``<*>``.

    The header does not tell, for genotyping leaves the gVCF's own lines in it.
    """
    if not head.text.startswith(_VCF):
        return False
    if _NAME.search(head.path.name):
        return True
    records = [x.split("\t") for x in head.text.split("\n") if x and not x.startswith("#")]
    return any(len(fields) > 4 and _OTHER.search(fields[4]) for fields in records)


def baf_feeds(path: Path) -> tuple[Feed, ...]:
    """Return the fractions of each sample of a VCF or BCF, gVCF or not.

    Raises:
        InputError: the file is no VCF; BAF-DEPTHS, it has no samples or no allele depths.
    """
    with open_vcf(path) as reader:
        header = reader.header
    if not header.samples:
        raise _without(path, "samples")
    if "AD" not in header.formats and not _first_records_have_depths(path):
        raise _without(path, "allele depths (FORMAT AD)")
    found = evidence(header, path.name)
    build = found.build.value if found.build else None
    return tuple(
        Feed(path, "VCF allele depths", "signal", "baf", name, partial(_open, path, i), build)
        for i, name in enumerate(header.samples)
    )


def _without(path: Path, what: str) -> InputError:
    return InputError(
        "BAF-DEPTHS",
        path.name,
        f"the VCF has no {what}, so it has no B-allele fractions",
        "Give a VCF with FORMAT AD, or a Gens .baf.bed.gz.",
    )


def _open(path: Path, sample: int, skip_bad: bool) -> FeedReader:
    return VcfBafReader(path, sample, skip_bad=skip_bad)


class VcfBafReader:
    """The fractions of one sample; ``records`` counts the VCF's data lines."""

    def __init__(self, path: Path, sample: int, *, skip_bad: bool) -> None:
        rejected = path.with_name(f"{path.name}.baf.rejected")
        self._vcf = open_vcf(path, skip_bad=skip_bad, rejected=rejected)
        self._column = f"s{sample}"
        self._begun = False

    @property
    def records(self) -> int:
        """Data lines seen so far."""
        return self._vcf.records

    @property
    def rejected_count(self) -> int:
        """Data lines set aside so far."""
        return self._vcf.rejected_count

    @property
    def bytes_total(self) -> int:
        """Size of the file."""
        return self._vcf.bytes_total

    @property
    def bytes_read(self) -> int:
        """Bytes of the file read so far."""
        return self._vcf.bytes_read

    @property
    def sha256(self) -> str:
        """Digest of the file as it lies, once all of it is read."""
        return self._vcf.sha256

    @property
    def warnings(self) -> list[Warning]:
        """What was odd so far."""
        return self._vcf.warnings

    def batches(self) -> Iterator[pa.Table]:
        """Give ``SIGNAL_BATCH`` rows, once.

        Raises:
            InputError: a record breaks a rule, the file is damaged, or no record has FORMAT AD.
        """
        if self._begun:
            raise UsageError("READ-TWICE", self._vcf.path.name, "its rows were given already")
        self._begun = True
        depths = False
        for batch in self._vcf.batches():
            depths = depths or _has_depths(batch)
            rows = fractions(batch, self._column)
            if rows.num_rows:
                yield rows
        if self.records and not depths:
            raise _without(self._vcf.path, "allele depths (FORMAT AD)")

    def close(self) -> None:
        """Close the file."""
        self._vcf.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def fractions(batch: pa.Table, column: str) -> pa.Table:
    """Return the B-allele fractions of one sample of a batch of VCF records."""
    one = pc.and_(
        pc.match_substring_regex(batch.column("ref"), _REF),
        pc.match_substring_regex(batch.column("alt"), _ALT),
    )
    sites = batch.filter(one)
    depths = pc.extract_regex(_depths(sites, column), _DEPTHS)
    known = pc.is_valid(depths)
    sites, depths = sites.filter(known), depths.filter(known)
    ref, alt = (
        pc.struct_field(depths, name).cast(pa.int64()).to_numpy() for name in ("ref", "alt")
    )
    reads = ref + alt
    keep = reads >= LEAST_READS
    sites = sites.filter(pa.array(keep))
    start = pc.subtract(sites.column("pos").cast(pa.int64()), 1)
    value = (alt[keep] / reads[keep]).astype(np.float32)
    columns = [sites.column("chrom"), start, pc.add(start, 1), pa.array(value)]
    return pa.table(columns, schema=SIGNAL_BATCH)


def _first_records_have_depths(path: Path) -> bool:
    """Look at the records for depths that the header does not declare."""
    with closing(text_pieces(path)) as pieces:
        for piece in pieces:
            lines = [x.split(b"\t", 9) for x in piece.split(b"\n") if x and x[:1] != b"#"]
            if lines:
                return any(b"AD" in x[8].split(b":") for x in lines if len(x) > 8)
    return False


def _has_depths(batch: pa.Table) -> bool:
    return any("AD" in (f or "").split(":") for f in pc.unique(batch.column("format")).to_pylist())


def _depths(sites: pa.Table, column: str) -> pa.ChunkedArray:
    """Return the AD entry of each record as text, null where there is none."""
    texts = sites.column(column)
    out = pa.chunked_array([pa.nulls(len(texts), pa.string())])
    for form in pc.unique(sites.column("format")).to_pylist():
        keys = (form or "").split(":")
        if "AD" not in keys:
            continue
        before = keys.index("AD")
        pattern = rf"^(?:[^:]*:){{{before}}}(?P<ad>[^:]*)"
        found = pc.struct_field(pc.extract_regex(texts, pattern), "ad")
        out = pc.if_else(pc.equal(sites.column("format"), form), found, out)
    return out
