"""Text of the records of a trio's small-variant file, a slice of a chromosome at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data_layer.region import chrom_name
from data_layer.simulate import calls
from data_layer.simulate.annotated import Annotated, clinvar, csq_text, frequency, ids, tables
from data_layer.simulate.codons import Ints
from data_layer.simulate.consequence import TERMS
from data_layer.simulate.family import Family
from data_layer.simulate.rank import MODELS, Rank
from data_layer.simulate.sites import Sites, take
from data_layer.simulate.text import (
    Part,
    alt_text,
    choice,
    join,
    number,
    raw,
    ref_text,
    scattered,
    vep_allele,
    when,
)

_FILTERS = ("PASS", "LowQual", "LowDP", "LowQual;LowDP", "LowGQ", "RefCall")


@dataclass(frozen=True)
class Chromosome(Annotated):
    """Everything decided about a trio's chromosome, ready to be written."""

    family: Family
    rank: Rank
    case_id: str


def slice_text(rng: np.random.Generator, whole: Chromosome, low: int, high: int) -> bytes:
    """Write records ``low`` to ``high`` of a chromosome."""
    span = np.arange(low, high)
    sites = take(whole.sites, span)
    other = whole.family.other[span]
    ref, alt = ref_text(sites), alt_text(sites, other)
    passed = whole.family.passed[span]
    filters = np.where(passed, 0, rng.integers(1, len(_FILTERS), len(span)))
    quality = np.where(passed, rng.gamma(6, 90, len(span)), rng.gamma(2, 60, len(span)))
    quality = np.clip(quality, 10, 20_000).astype(np.int64)
    form, people = _people(rng, whole, low, high)
    lines = join(
        [
            f"{chrom_name(whole.genome.chrom)}\t",
            number(sites.pos + 1),
            "\t", ids(whole, span),
            "\t", ref,
            "\t", alt,
            "\t", choice(tables()["qual"], quality),
            "\t", choice(_FILTERS, filters),
            "\t", *_info(rng, whole, span, sites, other),
            form,
            *people,
            "\n",
        ]
    )  # fmt: skip
    return raw(lines)


def _people(
    rng: np.random.Generator, whole: Chromosome, low: int, high: int
) -> tuple[pa.Array, list[Part]]:
    """FORMAT column and the three sample columns, tabs included."""
    family, n = whole.family, high - low
    two = (family.other[low:high] >= 0).astype(np.int64)
    phased = family.phased[low:high]
    mitochondrial = whole.genome.chrom == 25
    formats = ["\tGT:AD:AF:DP"] if mitochondrial else ["\tGT:AD:DP:GQ:PL", "\tGT:AD:DP:GQ:PL:PS"]
    form = choice(formats, np.where(phased, len(formats) - 1, 0))
    plants = np.flatnonzero(whole.sites.plant[low:high] >= 0)
    columns: list[Part] = []
    for person, kind in enumerate(family.kind):
        pool = kind[low:high].astype(np.int64) * 2 + two
        index = pool * calls.POOL + rng.integers(0, calls.POOL, n)
        words: list[str] = []
        for i in plants.tolist():
            plant = whole.plants[int(whole.sites.plant[low + i])]
            if plant.vaf and plant.vaf[person]:
                index[i] = len(calls.pools()) + len(words)
                text = calls.literal(rng, plant.genotypes[person], plant.vaf[person], mitochondrial)
                words.append(text)
        texts = pa.concat_arrays([calls.pools(), pa.array(words, pa.string())])
        columns += ["\t", choice(texts, index)]
        if person == 0:
            sets = join([":", number(family.phase_set[low:high])])
            columns.append(when(phased, sets))
        else:
            columns.append(choice(["", ":."], phased.astype(np.int64)))
    return form, columns


def _copies(whole: Chromosome, span: Ints) -> tuple[Ints, Ints, Ints]:
    """Copies of the first and second alternate and alleles called, over the people."""
    first = sum(calls.COPIES_1[k[span]].astype(np.int64) for k in whole.family.kind)
    second = sum(calls.COPIES_2[k[span]].astype(np.int64) for k in whole.family.kind)
    called = sum(calls.CALLED[k[span]].astype(np.int64) for k in whole.family.kind)
    return np.asarray(first), np.asarray(second), np.asarray(called)


def _info(
    rng: np.random.Generator, whole: Chromosome, span: Ints, sites: Sites, other: Ints
) -> list[Part]:
    words, known = tables(), whole.evidence
    callers = rng.choice(3, len(span), p=[0.9, 0.06, 0.04])
    found_in = ["deepvariant|haplotypecaller", "deepvariant", "haplotypecaller"]
    return [
        _counts(whole, span, other),
        ";FOUND_IN=",
        choice(found_in, callers),
        frequency(rng, whole, span, other),
        ";Obs=",
        number(known.observed[span]),
        ";CADD=",
        choice(words["cadd"], known.cadd[span]),
        clinvar(whole, span),
        *_ranked(whole, span),
        ";most_severe_consequence=",
        *_severe(whole, span, sites, other),
        ";CSQ=",
        csq_text(whole, span, sites, other),
    ]


def _distinct(rows: Ints) -> tuple[Ints, Ints]:
    """Distinct columns of up to nine rows of values under 128, and each column's number."""
    key = np.zeros(rows.shape[1], dtype=np.int64)
    for row in rows:
        key = key * 128 + row
    _, first, index = np.unique(key, return_index=True, return_inverse=True)
    return rows[:, first], index


def _counts(whole: Chromosome, span: Ints, other: Ints) -> pa.Array:
    """AC, AF and AN over the three people."""
    first, second, called = _copies(whole, span)
    keys, index = _distinct(np.stack([first, second, called, (other >= 0).astype(np.int64)]))
    words = []
    for one, two, total, split in keys.T.tolist():
        copies = [one, two] if split else [one]
        shares = ",".join(f"{c / max(total, 1):.3f}" for c in copies)
        words.append(f"AC={','.join(map(str, copies))};AF={shares};AN={total}")
    return choice(words, index)


def _ranked(whole: Chromosome, span: Ints) -> list[Part]:
    scored, family = whole.rank, whole.case_id
    models = [f";GeneticModels={family}:{m}" if m else "" for m in MODELS]
    pieces: list[Part] = [choice(models, scored.model[span])]
    listed = [i for i in range(int(span[0]), int(span[-1]) + 1) if i in scored.partners]
    if listed:
        texts = [f";Compounds={family}:{_compounds(whole, i)}" for i in listed]
        pieces.append(scattered(len(span), np.array(listed) - int(span[0]), texts))
    rows, index = _distinct(scored.parts[:, span] + 64)
    rows = rows - 64
    words = [
        f";RankScore={family}:{sum(row)};RankResult={'|'.join(map(str, row))}"
        for row in rows.T.tolist()
    ]
    return [*pieces, choice(words, index)]


def _compounds(whole: Chromosome, site: int) -> str:
    partners = np.array(whole.rank.partners[site])
    some = take(whole.sites, partners)
    ref = ref_text(some).to_pylist()
    alt = alt_text(some, np.full(len(partners), -1)).to_pylist()
    name = chrom_name(whole.genome.chrom)
    return "|".join(
        f"{name}_{int(p) + 1}_{r}_{a}>{int(s)}"
        for p, r, a, s in zip(some.pos, ref, alt, whole.rank.score[partners], strict=True)
    )


def _severe(whole: Chromosome, span: Ints, sites: Sites, other: Ints) -> list[Part]:
    known = whole.evidence
    tx = known.tx[span]
    hgnc = choice([*whole.names.hgnc, ""], np.where(tx < 0, len(whole.names.hgnc), tx))
    rows = np.arange(len(span))
    allele = vep_allele(sites, rows, np.ones(len(span), dtype=np.int64), other)
    term = choice([t.replace("&", "|").split("|")[0] for t, _ in TERMS], known.term[span])
    return [hgnc, ":", allele, "|", term]
