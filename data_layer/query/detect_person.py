"""What one person's genome shows: sex, copies of each chromosome, runs of homozygosity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from data_layer.analysis import karyotype, roh
from data_layer.analysis.karyotype import DEVIATION, Evidence, Sex
from data_layer.query.fact import Fact, rounded, unknown
from data_layer.query.info import SampleInfo
from data_layer.query.measured import LOG2, Measured
from data_layer.query.sites import RULE, Sites, depths, sex_evidence
from data_layer.query.source import Source
from data_layer.region import chrom_name

_SEX_FORMULA = (
    "copies of X and Y by depth, rounded; without depth, two X where 20 % or more of the calls on "
    "X are heterozygous, one below 6 %, and a Y where half of its sites are called"
)
_SEX_LIMIT = "two alike X show no heterozygous call; a mosaic lies between whole numbers"
_COPIES_LIMIT = "captured targets bias depth; loss of Y in blood with age is common"
_ROH_LIMIT = (
    f"runs from {roh.LEAST / 1e6:g} Mb with {roh.LEAST_SITES} sites, to {roh.MOST_HET:.0%} of them "
    "heterozygous; few sites in panels and "
    "exomes; a run says nothing of why the copies are alike"
)
_ROH_FORMULA = "two-state hidden Markov chain over sites carried; share = bases / autosomes"
#: Copies by depth below which a run is the loss of one copy.
ONE_COPY = 1.5


@dataclass(frozen=True)
class Person:
    """What was worked out for one person, for the page and for the family's own findings."""

    info: SampleInfo
    sex: Sex
    facts: dict[str, Any]


def person_facts(
    source: Source,
    sites: Sites,
    measured: Measured,
    person: SampleInfo,
    counted: tuple[int, int, int, int],
) -> Person:
    """Work out what can be said of one person alone; ``counted`` are calls on X and Y."""
    depth, few = depths(source, sites, person)
    by_calls = karyotype.copies_of_depth(depth)
    evidence = _evidence(sites, measured, person, counted, by_calls)
    sex = karyotype.judge(evidence)
    facts = {
        "sample": person.id,
        "index": person.index,
        "name": person.name,
        "sex": _sex(person, sex, evidence),
        "copies": _copies(measured, person, sex, by_calls, few),
        "roh": _roh(source, sites, measured, person),
    }
    return Person(person, sex, facts)


def _evidence(
    sites: Sites,
    measured: Measured,
    person: SampleInfo,
    counted: tuple[int, int, int, int],
    by_calls: dict[int, float],
) -> Evidence:
    if len(sites.chrom) and np.any(sites.copies[person.index] >= 0):
        return sex_evidence(counted, by_calls)
    depth = measured.copies(person, None)
    if depth is not None and depth.signal != LOG2:
        return Evidence(x_copies=depth.copies.get(23), y_copies=depth.copies.get(24, 0.0))
    return Evidence()


def _sex(person: SampleInfo, sex: Sex, evidence: Evidence) -> dict[str, Any]:
    told = {
        "reported": person.sex,
        "estimated": sex.sex,
        "x_het_share": rounded(evidence.x_share),
        "x_sites": evidence.x_carried,
        "x_copies": rounded(evidence.x_copies, 3),
        "y_copies": rounded(evidence.y_copies, 3),
        "y_called": evidence.y_called,
        "y_sites": evidence.y_sites,
        "doubts": list(sex.doubts),
    }
    if sex.karyotype is None:
        reason = "neither depth nor enough calls on X and Y"
        made = unknown(reason, formula=_SEX_FORMULA, source=karyotype.SEX_SOURCE, limit=_SEX_LIMIT)
        return made.told(**told)
    usual = sex.karyotype in ("XX", "XY")
    if person.sex not in ("male", "female"):
        verdict, fits = f"{sex.sex}; none was reported", True
    elif person.sex == sex.sex:
        verdict, fits = f"agrees with the reported sex, {person.sex}", True
    else:
        verdict, fits = f"differs: reported {person.sex}, found {sex.sex}", False
    if not usual:
        verdict += f"; unusual: {sex.karyotype}"
    source = f"{karyotype.SEX_SOURCE}; from {RULE}"
    status = "ok" if fits and usual and not sex.doubts else "warn"
    made = Fact(sex.karyotype, "", _SEX_FORMULA, source, _SEX_LIMIT, verdict, status)  # type: ignore[arg-type]
    return made.told(**told)


def _copies(
    measured: Measured, person: SampleInfo, sex: Sex, by_calls: dict[int, float], few: set[int]
) -> dict[str, Any]:
    """Copies by chromosome, from coverage where there is some, else from the calls' reads.

    ``few`` are chromosomes whose calls are too few to warn of a deviation.
    """
    found = measured.copies(person, person.sex)
    copies = found.copies if found else by_calls
    formula = karyotype.FORMULA_DEPTH
    origin = "reads at " + RULE
    if found:
        formula = karyotype.FORMULA_LOG2 if found.signal == LOG2 else formula
        origin = f"signal {found.title} ({found.file})"
    if not copies:
        reason = "no depth in the calls, and no coverage"
        return unknown(
            reason, unit="copies", formula=formula, source=karyotype.SOURCE, limit=_COPIES_LIMIT
        ).told(warned=[])
    off = karyotype.deviations(copies, sex)
    off = off if found else {c: v for c, v in off.items() if c not in few}
    rows = [
        {
            "chrom": code,
            "name": chrom_name(code),
            "copies": rounded(value, 3),
            "deviation": rounded(off.get(code), 3),
            "warned": code in off,
        }
        for code, value in sorted(copies.items())
    ]
    listed = ", ".join(f"{chrom_name(c)} {copies[c]:.2f}" for c in sorted(off))
    verdict = f"off by more than {DEVIATION}: {listed}" if off else "as expected"
    source = f"{karyotype.SOURCE}; from {origin}"
    status = "warn" if off else "ok"
    made = Fact(rows, "copies", formula, source, _COPIES_LIMIT, verdict, status)  # type: ignore[arg-type]
    return made.told(warned=[chrom_name(c) for c in sorted(off)])


def _roh(source: Source, sites: Sites, measured: Measured, person: SampleInfo) -> dict[str, Any]:
    blank = {"unit": "bp", "formula": _ROH_FORMULA, "source": roh.SOURCE, "limit": _ROH_LIMIT}
    if person.is_tumour:
        reason = "a tumour loses copies, which looks the same"
        return unknown(reason, **blank).told(segments=[], by_chrom={})
    n = sites.autosomal
    copies = sites.copies[person.index][:n]
    if (carried := int(np.count_nonzero(copies >= 1))) >= 1000:
        found = roh.runs(sites.chrom[:n], sites.start[:n], copies, sites.frequency[:n])
        shortest = roh.shortest(carried, source.info.reference)
        if not found and shortest > roh.LONG:
            # To see nothing with so few sites is not to know that there is nothing.
            reason = f"{carried:,} sites carried show runs from {shortest / 1e6:.0f} Mb only"
            return unknown(reason, **blank).told(segments=[], by_chrom={})
        origin = f"{carried:,} {RULE}"
    else:
        points = measured.fractions(person)
        if points is None:
            reason = f"{carried:,} sites carried, 1,000 needed, and no B-allele fractions"
            return unknown(reason, **blank).told(segments=[], by_chrom={})
        found = roh.runs_of_fractions(*points)
        origin = f"{len(points[0]):,} B-allele fractions"
    rows = [_run(sites, measured, person, run) for run in found]
    kept = [r for r, row in zip(found, rows, strict=True) if not row["one_copy"]]
    total = roh.burden(kept, source.info.reference)
    share = f"{total.long_share:.2%} of the autosomes in runs from {roh.LONG / 1e6:g} Mb"
    related = total.parents
    verdict = f"{share}; as if the parents were related in the {related}" if related else share
    source_of = f"{roh.SOURCE}; the parents: {roh.PARENTS_SOURCE}; from {origin}"
    made = Fact(
        total.bases, "bp", _ROH_FORMULA, source_of, _ROH_LIMIT, verdict,
        "warn" if related or total.long_bases else "ok",
    )  # fmt: skip
    return made.told(
        share=rounded(total.share, 5),
        long_bases=total.long_bases,
        long_share=rounded(total.long_share, 5),
        by_chrom={chrom_name(c): b for c, b in total.by_chrom.items() if b},
        segments=rows,
    )


def _run(sites: Sites, measured: Measured, person: SampleInfo, run: roh.Run) -> dict[str, Any]:
    copies = copies_in(sites, measured, person, run.chrom, run.start, run.end)
    return {
        "chrom": run.chrom,
        "name": chrom_name(run.chrom),
        "start": run.start,
        "end": run.end,
        "bases": run.bases,
        "sites": run.sites,
        "het": run.het,
        "copies": rounded(copies, 2),
        "one_copy": copies is not None and copies < ONE_COPY,
    }


def copies_in(
    sites: Sites, measured: Measured, person: SampleInfo, chrom: int, start: int, end: int
) -> float | None:
    """Return copies of an autosomal stretch: by the reads of its calls, else by coverage."""
    first, past = sites.between(chrom, start, end)
    inside = sites.depth(person.index, first, past)
    middle = sites.depth(person.index, 0, sites.autosomal)
    if inside is None or not middle:
        return measured.copies_in(person, chrom, start, end)
    return 2 * inside / middle
