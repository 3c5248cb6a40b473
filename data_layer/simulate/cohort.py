"""A simulated cohort: one joint VCF of many people in two populations, with cases and controls."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.errors import UsageError
from data_layer.region import Build, chrom_name
from data_layer.simulate import calls, header, plants, spread
from data_layer.simulate.annotated import (
    Annotated,
    annotate,
    clinvar,
    csq_text,
    frequency,
    ids,
    tables,
)
from data_layer.simulate.case_files import Member, write_ped
from data_layer.simulate.codons import Ints
from data_layer.simulate.family import in_par
from data_layer.simulate.genome import genome
from data_layer.simulate.placing import place_sites
from data_layer.simulate.report import SimulationReport, Truth, write_truth
from data_layer.simulate.sites import take
from data_layer.simulate.spectrum import GRID, Floats, rarity
from data_layer.simulate.stream import Piece, Progress, write_pieces
from data_layer.simulate.text import alt_text, choice, grouped, join, number, raw, ref_text
from data_layer.simulate.trio import check, warm

Genotypes = NDArray[np.uint8]
#: Fewest records and most people of one dense file.
FEWEST = 500
MOST_PEOPLE = 5_000
#: Genotypes made into text at once.
_CELLS = 2_000_000
#: Differentiation of the two populations, and the share of people in the second.
FST = 0.03
SECOND = 0.3
#: Odds that a planted variant's allele is carried, in cases and in controls.
_PLANTED = {"LDLR": (0.06, 0.002)}
_OTHERS = (0.012, 0.012)
MISSING = 3
_POOL = 400
INFO: tuple[header.Line, ...] = tuple(
    h
    for h in header.SMALL_INFO
    if h[0].startswith(("AC", "AF", "AN", "GNOMAD", "gnomad", "SWEGEN", "CADD", "CLN", "CSQ"))
)
FORMATS: tuple[header.Line, ...] = (
    ("GT", "1", "String", "Genotype; one allele on X outside the PAR in males"),
    ("DP", "1", "Integer", "Read depth"),
    ("GQ", "1", "Integer", "Genotype quality"),
)


@dataclass(frozen=True)
class People:
    """The cohort's people: names, sex, affected, and which of the two populations."""

    names: list[str]
    male: NDArray[np.bool_]
    affected: NDArray[np.bool_]
    second: NDArray[np.bool_]


def simulate_cohort(
    out: Path,
    *,
    variants: int,
    samples: int,
    seed: int,
    build: Build = Build.GRCH38,
    progress: Progress | None = None,
) -> SimulationReport:
    """Write a joint VCF of ``samples`` people, a pedigree, a table of people and the truth.

    Raises:
        UsageError: the build is not GRCh38, too few variants, or people not in 2 to 5,000.
        InputError: the folder cannot be written.
    """
    began = time.monotonic()
    check(out, variants, build, FEWEST)
    if not 2 <= samples <= MOST_PEOPLE:
        raise UsageError(
            "SIM-SAMPLES", f"--samples {samples}", f"a dense file holds 2 to {MOST_PEOPLE:,} people"
        )
    cohort = f"simcohort{seed}"
    report = SimulationReport("cohort", cohort, seed)
    people = _people(seed, samples)
    warm(build)
    joint = out / f"{cohort}_joint.vcf.gz"
    filters = {k: header.FILTERS[k] for k in ("PASS", "LowQual")}
    head = header.header(build, people.names, INFO, FORMATS, filters)
    wanted = spread.counts(build, variants, male=False, mito=False)
    jobs = [
        partial(_piece, build, c, variants, n, seed, people)
        for c, n in enumerate(wanted[:23], start=1)
    ]
    report.counts = write_pieces(joint, head, jobs, variants, progress)
    ped, table = out / f"{cohort}.ped", out / f"{cohort}_people.tsv"
    members = [
        Member(n, "male" if m else "female", bool(a))
        for n, m, a in zip(people.names, people.male, people.affected, strict=True)
    ]
    write_ped(ped, cohort, members)
    table.write_text(_table(people), encoding="utf-8")
    report.truth_path = out / "truth.tsv"
    write_truth(report.truth_path, _truths(joint.name))
    report.files += [joint, ped, table, report.truth_path]
    report.counts |= {"samples": samples, "affected": int(people.affected.sum())}
    report.seconds = time.monotonic() - began
    return report


def _people(seed: int, count: int) -> People:
    rng = np.random.default_rng([seed, 500])
    names = [f"S{i:05d}" for i in range(1, count + 1)]
    affected = rng.permutation(count) < (count + 1) // 2
    return People(names, rng.random(count) < 0.5, affected, rng.random(count) < SECOND)


def _planted() -> tuple[plants.Plant, ...]:
    return tuple(p for p in plants.TRIO if p.gene in ("LDLR", "CFTR", "GALT", "ACADM"))


def _piece(build: Build, chrom: int, variants: int, count: int, seed: int, people: People) -> Piece:
    """Make one chromosome's records."""
    rng = np.random.default_rng([seed, 501, chrom])
    planted = _planted()
    base = genome(build, chrom, plants.patches(build, planted, chrom))
    here = [(p.pos - 1, i, p.ref, p.alt) for i, p in enumerate(planted) if p.chrom == chrom]
    size = len(people.names)
    scale = spread.coding_share(build, chrom) * variants * 1.5
    sites = place_sites(rng, base, spread.allowed(build, chrom), count, here, scale)
    other = np.full(sites.count, -1, dtype=np.int64)
    grid = _grid(rng, sites.selection, 2 * size)
    none = np.zeros(sites.count, dtype=bool)
    made = annotate(rng, build, base, sites, other, grid, none, planted)
    piece = Piece(records=sites.count)
    step = max(1, _CELLS // size)
    for low in range(0, sites.count, step):
        span = np.arange(low, min(low + step, sites.count))
        piece.add(_text(rng, made, span, people, GRID[grid[span]]))
    return piece


def _grid(rng: np.random.Generator, kind: NDArray[np.int8], copies: int) -> NDArray[np.int16]:
    """Frequencies of sites that at least one of ``copies`` chromosomes carries."""
    grid = np.zeros(len(kind), dtype=np.int16)
    for which in np.unique(kind):
        weight = rarity(int(which)) * (1 - (1 - GRID) ** copies)
        cumulative = np.cumsum(weight) / weight.sum()
        here = np.flatnonzero(kind == which)
        found = np.searchsorted(cumulative, rng.random(len(here)))
        grid[here] = np.minimum(found, len(GRID) - 1)
    return grid


def _genotypes(
    rng: np.random.Generator, made: Annotated, span: Ints, people: People, f: Floats
) -> tuple[Genotypes, NDArray[np.bool_]]:
    """Copies of the alternate allele (3 no call) by record and person, and who is haploid."""
    size = len(people.names)
    spread_of = (1 - FST) / FST
    local = np.stack([rng.beta(f * spread_of + 1e-9, (1 - f) * spread_of + 1e-9) for _ in range(2)])
    odds = np.where(people.second[None, :], local[1][:, None], local[0][:, None])
    for i in np.flatnonzero(made.sites.plant[span] >= 0).tolist():
        gene = made.plants[int(made.sites.plant[span[i]])].gene
        inside, outside = _PLANTED.get(gene, _OTHERS)
        odds[i] = np.where(people.affected, inside, outside)
    haploid = np.zeros((len(span), size), dtype=bool)
    if made.genome.chrom == 23:
        alone = ~in_par(made.build, 23, made.sites.pos[span])
        haploid = alone[:, None] & people.male[None, :]
    copies = (rng.random(odds.shape) < odds).astype(np.uint8)
    copies += (rng.random(odds.shape) < odds) & ~haploid
    bare = np.flatnonzero(copies.sum(axis=1) == 0)
    copies[bare, rng.integers(0, size, len(bare))] = 1
    copies[rng.random(odds.shape) < 0.003] = MISSING
    return copies, haploid


@cache
def _words() -> pa.Array:
    """Cells with their tab: four calls diploid, then four haploid, ``_POOL`` texts each."""
    rng = np.random.default_rng(21)
    texts = []
    for ploidy, mean in (("0/0 0/1 1/1 ./.", calls.DEPTH), ("0 1 1 .", calls.DEPTH / 2)):
        for genotype in ploidy.split():
            for depth in rng.poisson(mean, _POOL).tolist():
                missing = "." in genotype
                quality = "." if missing else min(99, 3 * depth)
                texts.append(f"\t{genotype}:{0 if missing else depth}:{quality}")
    return pa.array(texts)


def _text(
    rng: np.random.Generator, made: Annotated, span: Ints, people: People, f: Floats
) -> bytes:
    copies, haploid = _genotypes(rng, made, span, people, f)
    size = len(people.names)
    index = (copies + 4 * haploid).astype(np.int64) * _POOL + rng.integers(0, _POOL, copies.shape)
    cells = grouped(choice(_words(), index.ravel()), np.arange(len(span)) * size)
    called = np.where(copies == MISSING, 0, np.where(haploid, 1, 2)).sum(axis=1)
    carried = np.where(copies == MISSING, 0, copies).sum(axis=1).astype(np.int64)
    share = np.round(10_000 * carried / np.maximum(called, 1)).astype(np.int64)
    sites, other = take(made.sites, span), made.other[span]
    words = tables()
    passed = (rng.random(len(span)) < 0.05).astype(np.int64)
    quality = np.clip(rng.gamma(6, 90, len(span)), 10, 20_000).astype(np.int64)
    lines = join(
        [
            f"{chrom_name(made.genome.chrom)}\t", number(sites.pos + 1),
            "\t", ids(made, span),
            "\t", ref_text(sites),
            "\t", alt_text(sites, other),
            "\t", choice(words["qual"], quality),
            "\t", choice(["PASS", "LowQual"], passed),
            "\tAC=", number(carried),
            ";AF=", choice([f"{i / 10_000:.4f}" for i in range(10_001)], share),
            ";AN=", number(called.astype(np.int64)),
            frequency(rng, made, span, other),
            ";CADD=", choice(words["cadd"], made.evidence.cadd[span]),
            clinvar(made, span),
            ";CSQ=", csq_text(made, span, sites, other),
            "\tGT:DP:GQ", cells,
            "\n",
        ]
    )  # fmt: skip
    return raw(lines)


def _table(people: People) -> str:
    lines = ["sample_id\tsex\taffected\tpopulation"]
    for name, male, affected, second in zip(
        people.names, people.male, people.affected, people.second, strict=True
    ):
        sex = "male" if male else "female"
        lines.append(f"{name}\t{sex}\t{'yes' if affected else 'no'}\t{'B' if second else 'A'}")
    return "\n".join(lines) + "\n"


def _truths(file: str) -> list[Truth]:
    rows = []
    for plant in _planted():
        inside, outside = _PLANTED.get(plant.gene, _OTHERS)
        kind = "enriched_in_cases" if inside != outside else "equal_in_cases"
        rows.append(
            Truth(
                kind, chrom_name(plant.chrom), plant.pos, plant.pos + len(plant.ref) - 1,
                plant.ref, plant.alt, plant.gene, "many", "population", file,
                f"Allele frequency {inside} in cases and {outside} in controls",
            )
        )  # fmt: skip
    return rows
