"""Files of intervals that the tests make: the same rows in the manner of each program."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_layer.ingest.feed import Feed, Format, Head
from data_layer.ingest.formats import ascat as ascat_format
from data_layer.ingest.formats import battenberg as battenberg_format
from data_layer.ingest.formats import bcftools_roh as bcftools_format
from data_layer.ingest.formats import bed as bed_format
from data_layer.ingest.formats import (
    cnvkit_segments,
    copynum_bedgraph,
    gatk_segments,
    phase_blocks,
    purecn,
    purple,
    rhocall,
)
from data_layer.ingest.formats import facets as facets_format
from data_layer.ingest.formats import scarhrd as scarhrd_format
from data_layer.ingest.formats import seg as seg_format
from data_layer.ingest.formats import sequenza as sequenza_format
from data_layer.ingest.formats import upd_regions as upd_format


@dataclass(frozen=True)
class Row:
    """A segment as every format could tell it, 0-based half-open."""

    contig: str
    start: int
    end: int
    sample: str = "kid"
    log2: float | None = 0.25
    baf: float | None = 0.5
    major: int = 1
    minor: int = 1
    points: int = 12
    score: float = 3.5
    name: str = "n1"

    @property
    def cn(self) -> int:
        return self.major + self.minor


def text(value: object) -> str:
    if value is None:
        return "NA"
    return repr(value) if isinstance(value, float) else str(value)


def table(names: str, rows: Sequence[Sequence[object]]) -> str:
    """A heading, words parted by blanks, and lines, all parted by tabs."""
    return "".join("\t".join(map(text, r)) + "\n" for r in (names.split(), *rows))


def cns(rows: Sequence[Row]) -> str:
    names = "chromosome start end gene log2 baf cn cn1 cn2 depth probes weight"
    return table(
        names,
        [
            (r.contig, r.start, r.end, r.name, r.log2, r.baf, r.cn, r.major, r.minor, 30.5,
             r.points, r.score)
            for r in rows
        ],
    )  # fmt: skip


SAM = "@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:248956422\n@RG\tID:GATKCopyNumber\tSM:kid\n"


def gatk_called(rows: Sequence[Row]) -> str:
    names = "CONTIG START END NUM_POINTS_COPY_RATIO MEAN_LOG2_COPY_RATIO CALL"
    lines = [(r.contig, r.start + 1, r.end, r.points, nan(r.log2), "+-0"[r.cn % 3]) for r in rows]
    return SAM + table(names, lines)


def gatk_model(rows: Sequence[Row]) -> str:
    names = "CONTIG START END NUM_POINTS_COPY_RATIO NUM_POINTS_ALLELE_FRACTION"
    for what in ("LOG2_COPY_RATIO", "MINOR_ALLELE_FRACTION"):
        names += "".join(f" {what}_POSTERIOR_{q}" for q in (10, 50, 90))
    lines = [
        (r.contig, r.start + 1, r.end, r.points, 7, -9.0, nan(r.log2), 9.0, 0.01, nan(r.baf), 0.99)
        for r in rows
    ]
    return SAM + table(names, lines)


def nan(value: float | None) -> float:
    return math.nan if value is None else value


def purple_somatic(rows: Sequence[Row]) -> str:
    names = (
        "chromosome start end copyNumber bafCount observedBAF baf segmentStartSupport "
        "segmentEndSupport method depthWindowCount gcContent minStart maxStart "
        "minorAlleleCopyNumber majorAlleleCopyNumber"
    )
    return table(
        names,
        [
            (r.contig, r.start + 1, r.end, r.cn, r.points, 0.7, r.baf, "NONE", "BND", r.name, 9,
             0.4, 1, 1, r.minor, r.major)
            for r in rows
        ],
    )  # fmt: skip


def ascat(rows: Sequence[Row]) -> str:
    names = "sample chr startpos endpos nMajor nMinor nAraw nBraw"
    return table(
        names,
        [(r.sample, r.contig, r.start + 1, r.end, r.major, r.minor, 1.1, 0.9) for r in rows],
    )


def gdc_ascat(rows: Sequence[Row]) -> str:
    names = "GDC_Aliquot Chromosome Start End Copy_Number Major_Copy_Number Minor_Copy_Number"
    return table(
        names,
        [(r.sample, r.contig, r.start + 1, r.end, r.cn, r.major, r.minor) for r in rows],
    )


def battenberg(rows: Sequence[Row]) -> str:
    names = "chr startpos endpos BAF pval LogR ntot nMaj1_A nMin1_A frac1_A nMaj2_A nMin2_A frac2_A"
    return table(
        names,
        [
            (r.contig, r.start + 1, r.end, r.baf, 1, r.log2, r.cn, r.major, r.minor, 0.75, 2, 0,
             0.25)
            for r in rows
        ],
    )  # fmt: skip


def sequenza(rows: Sequence[Row]) -> str:
    names = "chromosome start.pos end.pos Bf N.BAF sd.BAF depth.ratio N.ratio sd.ratio CNt A B LPP"
    text = table(
        names,
        [
            (f'"{r.contig}"', r.start + 1, r.end, r.baf, 3, 0.1, 1.0, r.points, 0.1, r.cn,
             r.major, r.minor, -7.5)
            for r in rows
        ],
    )  # fmt: skip
    first, rest = text.split("\n", 1)
    return "\t".join(f'"{n}"' for n in first.split("\t")) + "\n" + rest


def facets(rows: Sequence[Row]) -> str:
    names = "chrom seg num.mark nhet cnlr.median mafR start end cf.em tcn.em lcn.em"
    return table(
        names,
        [
            (r.contig, i, r.points, 3, r.log2, 0.1, r.start + 1, r.end, 1, r.cn, r.minor)
            for i, r in enumerate(rows)
        ],
    )


def caveman(rows: Sequence[Row]) -> str:
    lines = [(i + 1, r.contig, r.start + 1, r.end, 2, 1, r.cn, r.minor) for i, r in enumerate(rows)]
    return "".join(",".join(map(str, x)) + "\n" for x in lines)


def purecn_seg(rows: Sequence[Row]) -> str:
    names = "ID chrom loc.start loc.end num.mark seg.mean C"
    return table(
        names,
        [(r.sample, r.contig, r.start + 1, r.end, r.points, r.log2, r.cn) for r in rows],
    )


def purecn_loh(rows: Sequence[Row]) -> str:
    names = '"Sampleid","chr","start","end","arm","C","M","type","seg.mean","num.mark"'
    lines = [names]
    for r in rows:
        kind = '"LOH"' if r.minor == 0 else '""'
        lines.append(
            f'"{r.sample}","{r.contig}",{r.start + 1},{r.end},"p",{r.cn},{r.minor},{kind},'
            f"{text(r.log2)},{r.points}"
        )
    return "\n".join(lines) + "\n"


def seg(rows: Sequence[Row]) -> str:
    names = "ID chrom loc.start loc.end num.mark seg.mean"
    return table(names, [(r.sample, r.contig, r.start + 1, r.end, r.points, r.log2) for r in rows])


def scarhrd(rows: Sequence[Row]) -> str:
    names = "SampleID Chromosome Start_position End_position total_cn A_cn B_cn ploidy"
    return table(
        names,
        [(r.sample, r.contig, r.start + 1, r.end, r.cn, r.minor, r.major, 2.1) for r in rows],
    )


def rhocall_viz(rows: Sequence[Row]) -> str:
    first = 'track name=rhocall description="Regions of autozygosity"\n'
    return first + "".join(f"{r.contig}\t{r.start + 1}\t{r.end}\n" for r in rows)


def rhocall_aggregate(rows: Sequence[Row]) -> str:
    first = "#chr\tstart\tend\tAZ\tqual\n"
    return first + "".join(f"{r.contig}\t{r.start + 1}\t{r.end}\t1\t{r.score:.2f}\n" for r in rows)


def bcftools_roh(rows: Sequence[Row]) -> str:
    out = [
        "# This file was produced by: bcftools roh(1.16+htslib-1.16)",
        "# RG\t[2]Sample\t[3]Chromosome\t[4]Start\t[5]End\t[6]Length (bp)",
    ]
    for r in rows:
        out.append(f"ST\t{r.sample}\t{r.contig}\t{r.start + 1}\t1\t{r.score}")
        place = f"{r.contig}\t{r.start + 1}\t{r.end}\t{r.end - r.start}"
        out.append(f"RG\t{r.sample}\t{place}\t{r.points}\t{r.score}")
    return "\n".join(out) + "\n"


def upd_regions(rows: Sequence[Row]) -> str:
    return "".join(
        f"{r.contig}\t{r.start}\t{r.end}\tORIGIN={('MATERNAL', 'PATERNAL')[r.major % 2]};"
        f"TYPE={('HETERODISOMY', 'HOMODISOMY/DELETION')[r.minor % 2]};LOW_SIZE=1;"
        f"INF_SITES={r.points};SNPS=9;HET_HOM=1/2;OPP_SITES=0;START_LOW=1;END_HIGH=2;HIGH_SIZE=3\n"
        for r in rows
    )


def copynum(rows: Sequence[Row]) -> str:
    return "".join(f"{r.contig}\t{r.start}\t{r.end}\t{r.cn}\n" for r in rows)


def block_list(rows: Sequence[Row]) -> str:
    names = "#sample chromosome phase_set from to variants"
    return table(names, [(r.sample, r.contig, r.name, r.start + 1, r.end, r.points) for r in rows])


def block_gtf(rows: Sequence[Row]) -> str:
    return "".join(
        f"{r.contig}\tPhasing\texon\t{r.start + 1}\t{r.end}\t.\t+\t.\t"
        f'gene_id "{r.name}"; transcript_id "{r.name}.1";\n'
        for r in rows
    )


def hiphase(rows: Sequence[Row]) -> str:
    names = "source_block_index sample_name phase_block_id chrom start end num_variants"
    return table(
        names, [(3, r.sample, r.name, r.contig, r.start + 1, r.end, r.points) for r in rows]
    )


def bed(rows: Sequence[Row]) -> str:
    return "".join(
        f"{r.contig}\t{r.start}\t{r.end}\t{r.name}\t{r.score}\t+\t0\t0\t255,0,{r.points % 256}\n"
        for r in rows
    )


def head_of(path: Path, data: str) -> Head:
    return Head(path, path.read_bytes()[:65536], data[:65536])


def feeds_of(module: Format, path: Path, data: str) -> tuple[Feed, ...]:
    """Write a file and ask a format what it gives."""
    path.write_text(data)
    return module.feeds(head_of(path, data))


def rows_of(feed: Feed, *, skip_bad: bool = False) -> list[dict[str, Any]]:
    """Every segment that a feed gives."""
    with feed.open(skip_bad) as reader:
        return [row for batch in reader.batches() for row in batch.to_pylist()]


@dataclass(frozen=True)
class Made:
    """A format as the tests write it: its module, a file's name, and the columns it can tell."""

    module: Format
    name: str
    write: Callable[[Sequence[Row]], str]
    tells: tuple[str, ...]
    kind: str = "cnv"
    by_sample: bool = False

    def want(self, row: Row) -> dict[str, Any]:
        """What a segment must give back."""
        values = {
            "log2": row.log2, "baf": row.baf, "cn": row.cn, "cn_major": row.major,
            "cn_minor": row.minor, "points": row.points, "score": row.score, "name": row.name,
        }  # fmt: skip
        place = {"contig": row.contig, "start": row.start, "end": row.end}
        return place | {k: values[k] for k in self.tells}


_COPIES = ("cn", "cn_major", "cn_minor")
MADE: dict[str, Made] = {
    "cns": Made(
        cnvkit_segments, "kid.cns", cns, ("log2", "baf", *_COPIES, "points", "score", "name")
    ),
    "gatk called": Made(gatk_segments, "kid.called.seg", gatk_called, ("log2", "points")),
    "gatk model": Made(
        gatk_segments, "kid.modelFinal.seg", gatk_model, ("log2", "baf", "points")
    ),
    "purple": Made(
        purple, "kid.purple.cnv.somatic.tsv", purple_somatic, ("baf", *_COPIES, "points", "name")
    ),
    "ascat": Made(ascat_format, "kid.segments_raw.txt", ascat, _COPIES, by_sample=True),
    "gdc ascat": Made(ascat_format, "x.tsv", gdc_ascat, _COPIES, by_sample=True),
    "battenberg": Made(
        battenberg_format, "kid_subclones.txt", battenberg, ("log2", "baf", *_COPIES)
    ),
    "sequenza": Made(
        sequenza_format, "kid_segments.txt", sequenza, ("baf", *_COPIES, "points")
    ),
    "facets": Made(facets_format, "kid.cncf.tsv", facets, ("log2", *_COPIES, "points")),
    "caveman": Made(ascat_format, "kid.copynumber.caveman.csv", caveman, _COPIES),
    "purecn seg": Made(
        purecn, "kid_dnacopy.seg", purecn_seg, ("cn", "log2", "points"), by_sample=True
    ),
    "purecn loh": Made(
        purecn, "kid_loh.csv", purecn_loh, (*_COPIES, "log2", "points"), by_sample=True
    ),
    "seg": Made(seg_format, "kid.seg", seg, ("log2", "points"), by_sample=True),
    "scarhrd": Made(scarhrd_format, "kid.txt", scarhrd, _COPIES, by_sample=True),
    "rhocall viz": Made(rhocall, "kid_rhocallviz.bed", rhocall_viz, (), "roh"),
    "rhocall aggregate": Made(rhocall, "kid.roh.bed", rhocall_aggregate, ("score",), "roh"),
    "bcftools roh": Made(
        bcftools_format, "kid.roh", bcftools_roh, ("points", "score"), "roh", by_sample=True
    ),
    "upd": Made(upd_format, "kid_upd_regions.bed", upd_regions, ("points",), "upd"),
    "copynum": Made(copynum_bedgraph, "kid.copynum.bedgraph", copynum, ("cn",)),
    "block list": Made(
        phase_blocks, "kid.blocks.tsv", block_list, ("points", "name"), "phase_block",
        by_sample=True,
    ),
    "block gtf": Made(phase_blocks, "kid.blocks.gtf", block_gtf, ("name",), "phase_block"),
    "hiphase": Made(
        phase_blocks, "kid.hiphase.tsv", hiphase, ("points", "name"), "phase_block",
        by_sample=True,
    ),
    "bed": Made(bed_format, "kid.bed", bed, ("score", "name"), "region"),
}  # fmt: skip
