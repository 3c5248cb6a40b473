"""A simulated tumour with its normal: somatic small variants, structural variants, copy number."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.region import Build, chrom_name
from data_layer.simulate import bgzf, header, plants, spread
from data_layer.simulate.annotated import (
    Annotated,
    annotate,
    clinvar,
    csq_text,
    frequency,
    ids,
    tables,
)
from data_layer.simulate.case_files import Member, write_manifest, write_ped
from data_layer.simulate.codons import Ints
from data_layer.simulate.genome import genome
from data_layer.simulate.placing import place_sites
from data_layer.simulate.report import SimulationReport, Truth, write_truth
from data_layer.simulate.sites import take
from data_layer.simulate.somatic_sv import (
    ALTS,
    FORMAT,
    INFO,
    PLANTED,
    SV_FILTERS,
    Segment,
    segments,
    structural,
)
from data_layer.simulate.spectrum import NEUTRAL, Floats, draw
from data_layer.simulate.stream import Piece, Progress, write_pieces
from data_layer.simulate.text import alt_text, choice, join, number, raw, ref_text
from data_layer.simulate.trio import check, warm

#: Kinds of somatic file record: clonal, subclonal, neutral tail, germline rest, artefact.
CLONAL, SUBCLONAL, TAIL, GERMLINE, ARTEFACT = range(5)
SHARES = (0.5, 0.2, 0.12, 0.08, 0.10)
#: Share of tumour cells in the subclone.
SUBCLONE = 0.35
DEPTH_TUMOUR, DEPTH_NORMAL = 95, 38
FEWEST = 2_000
SLICE = 25_000
INFO_LINES: tuple[header.Line, ...] = (
    ("AF", "A", "Float", "Allele fraction in the tumour"),
    ("SOMATIC", "0", "Flag", "Called as somatic"),
    ("FOUND_IN", ".", "String", "Callers that found the variant"),
    *(
        h
        for h in header.SMALL_INFO
        if h[0].startswith(("GNOMAD", "gnomad", "SWEGEN", "CADD", "CLN", "Obs", "CSQ"))
    ),
)
FILTERS = {
    "PASS": "All filters passed",
    "germline_risk": "Evidence of a germline variant in the normal",
    "in_normal": "Seen in the normal",
    "low_allele_frac": "Few reads carry the variant",
    "HighOccurrenceFrq": "Common in the local collection",
}
FORMATS: tuple[header.Line, ...] = (
    ("GT", "1", "String", "Genotype"),
    ("AD", "R", "Integer", "Reads of each allele"),
    ("AF", "A", "Float", "Fraction of reads with the alternate allele"),
    ("DP", "1", "Integer", "Read depth"),
)
_WORD = np.array([0, 0, 0, 1, 3])


@dataclass(frozen=True)
class Reads:
    """Tumour and normal reads of each site, and its kind."""

    kind: Ints
    tumour_depth: Ints
    tumour_alt: Ints
    normal_depth: Ints
    normal_alt: Ints


def simulate_tumour(
    out: Path,
    *,
    variants: int,
    seed: int,
    build: Build = Build.GRCH38,
    purity: float = 0.7,
    progress: Progress | None = None,
) -> SimulationReport:
    """Write a tumour and normal: VCFs, segments, pedigree, manifest, truth table.

    Raises:
        UsageError: the build is not GRCh38, purity is not in (0, 1], or too few variants.
        InputError: the folder cannot be written.
    """
    began = time.monotonic()
    check(out, variants, build, FEWEST, purity)
    case_id = f"simtumour{seed}"
    report = SimulationReport("tumour", case_id, seed)
    names = [f"{case_id}_tumour", f"{case_id}_normal"]
    planted = tuple(plants.of_purity(p, purity) for p in plants.TUMOUR)
    warm(build)
    small = out / f"{case_id}_snv_somatic.vcf.gz"
    extra = [f"##purity={purity}", f"##tumor_sample={names[0]}", f"##normal_sample={names[1]}"]
    head = header.header(build, names, INFO_LINES, FORMATS, FILTERS, extra=extra)
    jobs = [
        partial(_piece, build, c, variants, n, seed, purity, planted)
        for c, n in enumerate(spread.counts(build, variants, male=False), start=1)
    ]
    report.counts = write_pieces(small, head, jobs, variants, progress)
    rows = structural(build, seed, max(40, variants // 150), purity)
    large = out / f"{case_id}_sv_somatic.vcf.gz"
    sv_head = header.header(build, names[::-1], INFO, FORMAT, SV_FILTERS, alts=ALTS)
    large.write_bytes(bgzf.blocks((sv_head + "".join(rows)).encode()) + bgzf.END)
    report.counts["sv_records"] = len(rows)
    cns = out / f"{case_id}_tumour.cns"
    cns.write_text(segments(build, purity), encoding="utf-8")
    ped, manifest = out / f"{case_id}.ped", out / f"{case_id}_load_config.yaml"
    members = [
        Member(names[0], "female", True, tumour=True, purity=purity),
        Member(names[1], "female", False),
    ]
    write_ped(ped, case_id, members)
    keys = {"vcf_cancer": small.name, "vcf_cancer_sv": large.name}
    write_manifest(manifest, case_id, members, keys, track="cancer")
    report.truth_path = out / "truth.tsv"
    write_truth(report.truth_path, _truths(planted, small.name, large.name))
    report.files += [small, large, cns, ped, manifest, report.truth_path]
    report.seconds = time.monotonic() - began
    return report


def copies(chrom: int, pos: Ints) -> tuple[Ints, Ints]:
    """Major and minor copies in tumour cells at positions."""
    major, minor = np.ones(len(pos), dtype=np.int64), np.ones(len(pos), dtype=np.int64)
    for segment in PLANTED:
        if isinstance(segment, Segment) and segment.chrom == chrom:
            inside = (pos >= segment.start) & (pos < segment.end)
            major[inside], minor[inside] = segment.major, segment.minor
    return major, minor


def expected(
    kind: Ints, purity: float, major: Ints, minor: Ints, tail: Floats
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Expected read fractions in tumour and normal, from purity, copies and cell fraction."""
    total = purity * (major + minor) + 2 * (1 - purity)
    early = np.where(minor == 0, np.maximum(major, 1), 1)
    cells = np.select([kind == CLONAL, kind == SUBCLONAL, kind == TAIL], [1.0, SUBCLONE, tail], 0.0)
    carried = np.where(kind == CLONAL, early, 1)
    tumour = purity * cells * carried / total
    germline = (purity * major + (1 - purity)) / total
    tumour = np.where(kind == GERMLINE, germline, np.where(kind == ARTEFACT, 0.03, tumour))
    normal = np.where(kind == GERMLINE, 0.5, np.where(kind == ARTEFACT, 0.02, 0.0))
    return tumour, normal


def _reads(rng: np.random.Generator, made: Annotated, purity: float, chrom: int) -> Reads:
    sites = made.sites
    n = sites.count
    kind = rng.choice(5, n, p=SHARES)
    planted = np.flatnonzero(sites.plant >= 0)
    kind[planted] = CLONAL
    major, minor = copies(chrom, sites.pos)
    kind[(major + minor == 0) & (kind != ARTEFACT)] = ARTEFACT
    tail = 0.02 / np.maximum(rng.random(n), 0.05)
    tumour, normal = expected(kind, purity, major, minor, tail)
    for i in planted.tolist():
        tumour[i] = made.plants[int(sites.plant[i])].vaf[0]
    ratio = (purity * (major + minor) + 2 * (1 - purity)) / 2
    depth = np.maximum(rng.poisson(DEPTH_TUMOUR * ratio), 12)
    beside = np.maximum(rng.poisson(DEPTH_NORMAL, n), 8)
    alt = np.maximum(rng.binomial(depth, np.clip(tumour, 0.005, 0.99)), 3)
    alt[planted] = np.round(depth[planted] * tumour[planted])
    return Reads(kind, depth, alt, beside, rng.binomial(beside, normal))


def _piece(
    build: Build,
    chrom: int,
    variants: int,
    count: int,
    seed: int,
    purity: float,
    planted: tuple[plants.Plant, ...],
) -> Piece:
    """Make one chromosome's somatic records."""
    rng = np.random.default_rng([seed, 400, chrom])
    if chrom == 24:
        return Piece()
    base = genome(build, chrom, plants.patches(build, planted, chrom))
    here = [(p.pos - 1, i, p.ref, p.alt) for i, p in enumerate(planted) if p.chrom == chrom]
    scale = 3.0 * spread.coding_share(build, chrom) * variants if chrom < 24 else 0.0
    sites = place_sites(rng, base, spread.allowed(build, chrom), count, here, scale)
    other = np.full(sites.count, -1, dtype=np.int64)
    grid, _ = draw(rng, np.full(sites.count, NEUTRAL, dtype=np.int8), 15)
    somatic = rng.random(sites.count) < sum(SHARES[:3])
    made = annotate(rng, build, base, sites, other, grid, somatic, planted)
    reads = _reads(rng, made, purity, chrom)
    reads.kind[somatic & (reads.kind == GERMLINE)] = CLONAL
    made.evidence.frequency[reads.kind < GERMLINE] = 0.0
    piece = Piece(records=sites.count)
    for low in range(0, sites.count, SLICE):
        piece.add(_text(rng, made, reads, low, min(low + SLICE, sites.count)))
    piece.counts = {
        "somatic_passed": int((reads.kind < GERMLINE).sum()),
        "germline": int((reads.kind == GERMLINE).sum()),
    }
    return piece


def _text(rng: np.random.Generator, made: Annotated, reads: Reads, low: int, high: int) -> bytes:
    span = np.arange(low, high)
    sites, other = take(made.sites, span), made.other[span]
    kind = reads.kind[span]
    fraction = reads.tumour_alt[span] / reads.tumour_depth[span]
    words = tables()
    info = join(
        [
            "AF=", _share(fraction),
            choice([";SOMATIC", ""], (kind >= GERMLINE).astype(np.int64)),
            ";FOUND_IN=", choice(["tnscope", "tnscope|vardict"], rng.integers(0, 2, len(span))),
            frequency(rng, made, span, other),
            ";CADD=", choice(words["cadd"], made.evidence.cadd[span]),
            clinvar(made, span),
            ";CSQ=", csq_text(made, span, sites, other),
        ]
    )  # fmt: skip
    quality = np.clip(rng.gamma(5, 60, len(span)), 10, 20_000).astype(np.int64)
    lines = join(
        [
            f"{chrom_name(made.genome.chrom)}\t", number(sites.pos + 1),
            "\t", ids(made, span),
            "\t", ref_text(sites),
            "\t", alt_text(sites, other),
            "\t", choice(words["qual"], quality),
            "\t", choice(list(FILTERS), _WORD[kind]),
            "\t", info,
            "\tGT:AD:AF:DP\t0/1:", *_sample(reads.tumour_depth[span], reads.tumour_alt[span]),
            choice(["\t0/0:", "\t0/1:"], (kind == GERMLINE).astype(np.int64)),
            *_sample(reads.normal_depth[span], reads.normal_alt[span]),
            "\n",
        ]
    )  # fmt: skip
    return raw(lines)


def _share(fraction: Floats) -> pa.Array:
    return choice([f"{i / 1000:.3f}" for i in range(1001)], np.round(fraction * 1000).astype(int))


def _sample(depth: Ints, alt: Ints) -> list[pa.Array | str]:
    return [number(depth - alt), ",", number(alt), ":", _share(alt / depth), ":", number(depth)]


def _truths(planted: tuple[plants.Plant, ...], small: str, large: str) -> list[Truth]:
    rows = [
        Truth(
            p.kind, chrom_name(p.chrom), p.pos, p.pos + len(p.ref) - 1, p.ref, p.alt, p.gene,
            "tumour", p.inheritance, small, f"{p.sentence}; expected VAF {p.vaf[0]:.3f}",
        )
        for p in planted
    ]  # fmt: skip
    for event in PLANTED:
        rows.append(event.truth(large))
    return rows
