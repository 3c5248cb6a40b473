"""A chromosome's sites with effects and evidence, and the texts that every kind of case shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_layer.region import Build
from data_layer.simulate.codons import Ints
from data_layer.simulate.consequence import MISSENSE_TERMS, Effects, effects
from data_layer.simulate.csq import Names, csq, mitochondrial_csq, names
from data_layer.simulate.evidence import CLINVAR, UNSEEN, Evidence, evidence
from data_layer.simulate.genome import Genome
from data_layer.simulate.models import Flags, Located
from data_layer.simulate.plants import Plant
from data_layer.simulate.sites import Sites
from data_layer.simulate.spectrum import GRID
from data_layer.simulate.text import choice, join, number, scattered, when


@dataclass(frozen=True)
class Annotated:
    """Sites of a chromosome with what is known of them; ``other`` is the second alternate."""

    genome: Genome
    sites: Sites
    other: Ints
    effects: Effects
    evidence: Evidence
    names: Names
    plants: tuple[Plant, ...]
    build: Build


def annotate(
    rng: np.random.Generator,
    build: Build,
    genome: Genome,
    sites: Sites,
    other: Ints,
    grid: NDArray[np.int16],
    new: Flags,
    plants: tuple[Plant, ...],
) -> Annotated:
    """Work out effects and draw evidence; ``grid`` is each site's place on the frequencies."""
    found = effects(genome, sites, other)
    known = evidence(rng, sites, found, grid, new, plants)
    fixed = names(build, genome.models)
    return Annotated(genome, sites, other, found, known, fixed, plants, build)


@cache
def tables() -> dict[str, pa.Array]:
    """Number texts by their scaled value."""
    af = [f"{f:.4g}" if f >= UNSEEN else "" for f in GRID]
    revel = ["||"]
    for i in range(1, 1001):
        sift = (
            f"deleterious({max(0.0, 0.05 - i / 20000):.2f})"
            if i > 450
            else f"tolerated({0.06 + (450 - i) / 480:.2f})"
        )
        word = "probably_damaging" if i > 650 else "possibly_damaging" if i > 450 else "benign"
        revel.append(f"{sift}|{word}({i / 1000:.3f})|{i / 1000:.3f}")
    splice = []
    for slot in range(4):
        for i in range(101):
            four = ["0.00"] * 4
            four[slot] = f"{i / 100:.2f}"
            splice.append("|" + "|".join(four))
    return {
        "af": pa.array([f";GNOMADAF={a}" if a else "" for a in af]),
        "comma": pa.array([f",{a or '0'}" for a in af]),
        "popmax": pa.array([f";GNOMADAF_popmax={a}" if a else "" for a in af]),
        "swegen": pa.array([f";SWEGENAF={round(f * 2000) / 2000:.4g}" if f > 0.00025 else "" for f in GRID]),  # noqa: E501
        "cadd": pa.array([f"{i / 100:.2f}" for i in range(6001)]),
        "revel": pa.array(revel),
        "splice": pa.array([*splice, "||||"]),
        "qual": pa.array([f"{i / 10:.1f}" for i in range(20_001)]),
    }  # fmt: skip


def ids(whole: Annotated, span: Ints) -> pa.Array:
    """rs numbers for what databases know."""
    known = whole.evidence.frequency[span] > 2 * UNSEEN
    pos = whole.sites.pos[span]
    made = join(["rs", number((pos * 7 + whole.genome.chrom * 13) % 2_000_000_000 + 1)])
    made = pc.if_else(pa.array(known), made, ".")
    return _planted(whole, span, made, lambda p: p.rs)


def _planted(whole: Annotated, span: Ints, made: pa.Array, get: Callable[[Plant], str]) -> pa.Array:
    where = np.flatnonzero(whole.sites.plant[span] >= 0)
    if not len(where):
        return made
    texts = [get(whole.plants[int(whole.sites.plant[span[i]])]) for i in where.tolist()]
    rest = np.ones(len(span), dtype=bool)
    rest[where] = False
    return join([when(rest, made), scattered(len(span), where, texts)])


def clinvar(whole: Annotated, span: Ints) -> pa.Array:
    """ClinVar's INFO keys, with a leading semicolon."""
    code = whole.evidence.clinvar[span]
    words = [f";CLNSIG={s};CLNREVSTAT={r};CLNVID=" if s else "" for s, r in CLINVAR]
    made = join([choice(words, code), when(code > 0, number(whole.evidence.clinvar_id[span]))])
    return _planted(
        whole, span, made,
        lambda p: f";CLNSIG={p.clnsig};CLNREVSTAT={p.review};CLNVID={p.clinvar}",
    )  # fmt: skip


def frequency(rng: np.random.Generator, whole: Annotated, span: Ints, other: Ints) -> pa.Array:
    """Population frequencies' INFO keys, with a leading semicolon; empty where unseen."""
    known, words = whole.evidence, tables()
    grid, two = known.grid[span], other >= 0
    top = np.minimum(grid + rng.integers(0, 200, len(span)), len(GRID) - 1)
    rare = np.maximum(grid - 700, 0)
    pieces = [
        choice(words["af"], grid),
        when(two, choice(words["comma"], rare)),
        choice(words["popmax"], top),
        when(two, choice(words["comma"], rare)),
        ";gnomad_hom=",
        number(known.homozygotes[span]),
        choice(words["swegen"], grid),
    ]
    return when(known.frequency[span] > 0, join(pieces))


def csq_text(whole: Annotated, span: Ints, sites: Sites, other: Ints) -> pa.Array:
    """CSQ of a slice of neighbouring sites."""
    rows = whole.effects
    if whole.genome.chrom == 25:
        return mitochondrial_csq(whole.build, sites)
    low, high = np.searchsorted(rows.site, [span[0], span[-1] + 1])
    cut = slice(int(low), int(high))
    part = Effects(
        rows.site[cut] - span[0], rows.allele[cut], rows.tx[cut], rows.term[cut],
        rows.distance[cut], _cut(rows.first, cut), _cut(rows.last, cut), rows.before[cut],
        rows.after[cut],
    )  # fmt: skip
    known = whole.evidence
    at = part.site + span[0]
    missense = np.isin(part.term, MISSENSE_TERMS)
    inside = (part.tx >= 0) & (part.distance == 0)
    scores = join(
        [
            choice(tables()["revel"], np.where(missense, known.revel[at], 0)),
            choice(
                tables()["splice"], np.where(inside, known.slot[at] * 101 + known.splice[at], 404)
            ),
        ]
    )
    overrides = {}
    for i in np.flatnonzero(sites.plant >= 0).tolist():
        plant = whole.plants[int(sites.plant[i])]
        if plant.hgvsc:
            overrides[i] = (plant.hgvsc, plant.hgvsp)
    return csq(whole.genome, sites, other, part, whole.names, scores, overrides)


def _cut(at: Located, span: slice) -> Located:
    return Located(
        at.coding[span], at.offset[span], at.number[span], at.inside[span], at.near_edge[span]
    )
