"""What databases and predictors would say of each site: frequency, CADD, REVEL, SpliceAI, ClinVar."""  # noqa: E501

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.simulate.codons import Ints
from data_layer.simulate.consequence import LAST_EXONIC, MISSENSE_TERMS, TERMS, Effects
from data_layer.simulate.models import Flags
from data_layer.simulate.plants import Plant
from data_layer.simulate.sites import Sites
from data_layer.simulate.spectrum import GRID, Floats

#: ClinVar words and review status; the first is none.
CLINVAR: tuple[tuple[str, str], ...] = (
    ("", ""),
    ("Benign", "criteria_provided,_multiple_submitters,_no_conflicts"),
    ("Benign/Likely_benign", "criteria_provided,_multiple_submitters,_no_conflicts"),
    ("Likely_benign", "criteria_provided,_single_submitter"),
    ("Uncertain_significance", "criteria_provided,_single_submitter"),
    ("Uncertain_significance", "criteria_provided,_multiple_submitters,_no_conflicts"),
    ("Conflicting_classifications_of_pathogenicity", "criteria_provided,_conflicting_classifications"),  # noqa: E501
    ("Likely_pathogenic", "criteria_provided,_single_submitter"),
    ("Pathogenic", "no_assertion_criteria_provided"),
)  # fmt: skip
LIKELY_PATHOGENIC, PATHOGENIC = 7, 8
# Mean and spread of CADD by impact group.
_CADD = {"HIGH": (36.0, 4.0), "MODERATE": (20.0, 6.0), "LOW": (9.0, 4.5), "MODIFIER": (4.5, 3.5)}
#: People in the caller's own collection.
LOCAL_PEOPLE = 3000
_GNOMAD_PEOPLE = 76_000
#: Below this no gnomAD genome carries the site.
UNSEEN = 1 / (2 * _GNOMAD_PEOPLE)


@dataclass
class Evidence:
    """Per site: ``cadd`` in hundredths, ``revel`` in thousandths (0 none), ``splice`` in
    hundredths with its ``slot`` (0 to 3), ``clinvar`` a row of ``CLINVAR``, frequencies.
    """

    term: Ints
    tx: Ints
    cadd: Ints
    revel: Ints
    splice: Ints
    slot: Ints
    clinvar: Ints
    clinvar_id: Ints
    frequency: Floats
    grid: Ints
    homozygotes: Ints
    observed: Ints


def evidence(
    rng: np.random.Generator,
    sites: Sites,
    found: Effects,
    grid: NDArray[np.int16],
    new: Flags,
    plants: tuple[Plant, ...],
) -> Evidence:
    """Draw evidence that fits consequence and frequency; planted sites bring their own."""
    best = found.best(sites.count)
    term, tx = found.term[best], found.tx[best]
    n = sites.count
    at = grid.astype(np.int64)
    frequency = np.where(new, 0.0, GRID[at])
    frequency[rng.random(n) < 0.004] = 0.0
    frequency[frequency < UNSEEN] = 0.0
    revel = np.zeros(n, dtype=np.int64)
    missense = np.isin(term, MISSENSE_TERMS)
    rare = frequency < 0.005
    harmful = rng.beta(1.3, 3.2, n) * np.where(rare, 1.0, 0.6)
    revel[missense] = np.clip(np.round(1000 * harmful), 1, 1000)[missense]
    cadd = _cadd(rng, term, missense, harmful)
    splice, slot = _splicing(rng, term)
    clinvar = _clinvar(rng, term, frequency)
    out = Evidence(
        term, tx, cadd, revel, splice, slot, clinvar, rng.integers(10_000, 3_000_000, n),
        frequency, at,
        np.round(frequency**2 * _GNOMAD_PEOPLE).astype(np.int64),
        rng.poisson(np.where(new, 0.0, (2 * GRID[at] - GRID[at] ** 2) * LOCAL_PEOPLE)),
    )  # fmt: skip
    out.observed = np.minimum(out.observed, LOCAL_PEOPLE)
    _plant(out, sites, plants)
    return out


def _cadd(rng: np.random.Generator, term: Ints, missense: Flags, harmful: Floats) -> Ints:
    mean = np.array([_CADD[impact][0] for _, impact in TERMS])[term]
    spread = np.array([_CADD[impact][1] for _, impact in TERMS])[term]
    mean = np.where(missense, 13 + 18 * harmful, mean)
    value = mean + spread * rng.standard_normal(len(term)) * np.where(missense, 0.6, 1.0)
    value = np.where(value < 0.05, rng.random(len(term)), value)
    cents: Ints = np.clip(np.round(100 * value), 1, 6000).astype(np.int64)
    return cents


def _splicing(rng: np.random.Generator, term: Ints) -> tuple[Ints, Ints]:
    n = len(term)
    score = np.where(rng.random(n) < 0.02, np.round(100 * rng.beta(0.4, 6, n)), 0)
    region = np.array(["splice" in t for t, _ in TERMS])[term]
    score = np.where(region, np.round(100 * rng.beta(0.6, 3, n)), score)
    score = np.where(term <= 1, np.round(100 * rng.beta(9, 1.2, n)), score)
    return score.astype(np.int64), rng.integers(0, 4, n)


def _clinvar(rng: np.random.Generator, term: Ints, frequency: Floats) -> Ints:
    n = len(term)
    u, v = rng.random(n), rng.random(n)
    exonic = term <= LAST_EXONIC
    missense = np.isin(term, MISSENSE_TERMS)
    loss = term < 4
    code = np.zeros(n, dtype=np.int64)
    code[exonic & (frequency >= 0.01) & (u < 0.55)] = 1
    code[exonic & (frequency >= 0.001) & (frequency < 0.01) & (u < 0.5)] = 2
    rare = frequency < 0.001
    code[exonic & ~missense & rare & (u < 0.15)] = 3
    code[missense & rare & (u < 0.3)] = np.where(v < 0.7, 4, np.where(v < 0.85, 5, 6))[
        missense & rare & (u < 0.3)
    ]
    code[loss & rare] = np.where(u < 0.03, LIKELY_PATHOGENIC, np.where(u < 0.05, PATHOGENIC, 0))[
        loss & rare
    ]
    code[~exonic & (frequency >= 0.01) & (u < 0.004)] = 1
    return code


def _plant(out: Evidence, sites: Sites, plants: tuple[Plant, ...]) -> None:
    """Write planted sites' own evidence, in place."""
    for i in np.flatnonzero(sites.plant >= 0).tolist():
        plant = plants[int(sites.plant[i])]
        out.cadd[i] = round(100 * plant.cadd)
        out.revel[i] = round(1000 * plant.revel) if np.isin(out.term[i], MISSENSE_TERMS) else 0
        out.splice[i] = 0
        out.clinvar[i] = 0
        out.frequency[i] = plant.frequency
        out.grid[i] = int(np.searchsorted(GRID, max(plant.frequency, GRID[0])))
        out.homozygotes[i] = round(plant.frequency**2 * _GNOMAD_PEOPLE)
        out.observed[i] = round(2 * plant.frequency * LOCAL_PEOPLE)
