"""What the people of a case show together: who is related to whom, and disomy in a child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_layer.analysis import relatedness as kin
from data_layer.analysis import upd
from data_layer.query.detect_person import ONE_COPY, Person, copies_in
from data_layer.query.fact import Fact, rounded, unknown
from data_layer.query.info import CaseInfo, SampleInfo
from data_layer.query.measured import Measured
from data_layer.query.sites import RULE, Sites
from data_layer.region import Build, chrom_name

_KIN_LIMIT = (
    f"joint calls, {kin.FEWEST} heterozygous sites in each; beyond the third degree reads as "
    "unrelated; says nothing of who is the older"
)
_TRIO_FORMULA = "sites where the child's genotype cannot come from the two / sites called in all"
_TRIO_SOURCE = f"Mendel's rule; the bound of {kin.TRIO_ERRORS:.0%} is set here; from {RULE}"
_TRIO_LIMIT = "wrong genotypes, deletions and disomy break the rule as well, at few sites"
_UPD_FORMULA = (
    "stretches whose informative sites lack one parent's allele (two-state chain); type by the "
    "share of heterozygous calls where the giving parent is heterozygous: "
    f"isodisomy to {upd.ISO_MOST:.0%}, heterodisomy from {upd.HETERO_LEAST:.0%}"
)
_UPD_LIMIT = (
    f"autosomes, stretches from {upd.LEAST / 1e6:g} Mb with {upd.LEAST_SITES} sites; a mosaic is "
    "not found; a deletion of the other copy is told by depth alone"
)

Calls = NDArray[np.int8]


@dataclass(frozen=True)
class Family:
    """Findings of a family; ``reasons`` are what speaks against the names on the samples."""

    pairs: list[dict[str, Any]] = field(default_factory=list)
    trios: list[dict[str, Any]] = field(default_factory=list)
    disomy: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    checked: bool = False


def family_facts(
    info: CaseInfo, sites: Sites, measured: Measured, people: Sequence[Person]
) -> Family:
    """Judge every two of the people in sight, and every child whose parents are in sight."""
    out = Family(checked=False)
    n = sites.autosomal
    found: dict[frozenset[str], str | None] = {}
    for one, other in combinations([p.info for p in people], 2):
        counted = _counted(one, other, sites.copies[one.index][:n], sites.copies[other.index][:n])
        found[frozenset((one.id, other.id))] = counted.relation
        expected = expected_relation(info, one, other)
        out.pairs.append(_pair(one, other, expected, counted, out.reasons))
    for person in people:
        _child(info, sites, measured, person, people, found, out)
    known = any(p["found"] for p in out.pairs)
    return Family(out.pairs, out.trios, out.disomy, out.reasons, known)


def _counted(one: SampleInfo, other: SampleInfo, a: Calls, b: Calls) -> kin.Pair:
    """Count two people; a tumour and its normal only where the normal carries the allele.

    What the tumour alone has is its own, and says nothing of whose it is.
    """
    if one.is_tumour == other.is_tumour:
        return kin.pair(a, b)
    carried = (b if one.is_tumour else a) >= 1
    return kin.pair(a[carried], b[carried])


def expected_relation(info: CaseInfo, one: SampleInfo, other: SampleInfo) -> str | None:
    """Return what the pedigree makes of two samples; None when it says nothing of them.

    A tumour is that of the case's normal, never of somebody who is a parent in it.
    """
    if one.id in (other.father, other.mother) or other.id in (one.father, one.mother):
        return kin.PARENT_CHILD
    if one.is_tumour or other.is_tumour:
        parents = {name for s in info.samples for name in (s.father, s.mother)}
        return None if {one.id, other.id} & parents else kin.SAME_PERSON
    same = [
        a is not None and a == b
        for a, b in ((one.father, other.father), (one.mother, other.mother))
    ]
    if all(same):
        return kin.SIBLINGS
    if any(same):
        return kin.SECOND_DEGREE
    if any({one.id, other.id} == {s.father, s.mother} for s in info.samples):
        return kin.UNRELATED
    return None


def _pair(
    one: SampleInfo,
    other: SampleInfo,
    expected: str | None,
    counted: kin.Pair,
    reasons: list[str],
) -> dict[str, Any]:
    found = counted.relation
    told = {
        "one": one.id,
        "other": other.id,
        "expected": expected,
        "found": found,
        "kinship": rounded(counted.kinship),
        "ibs0": counted.opposite,
        "ibs0_share": rounded(counted.ibs0, 5),
        "both_het": counted.both_het,
        "het": list(counted.het),
        "sites": counted.sites,
    }
    blank = {"formula": kin.FORMULA, "limit": _KIN_LIMIT}
    if found is None:
        reason = f"{min(counted.het):,} heterozygous sites, {kin.FEWEST} needed"
        return unknown(reason, source=kin.SOURCE, **blank).told(**told)
    fits = expected is None or kin.agrees(expected, found)
    # Loss of heterozygosity takes kinship with oneself down to that of a relative.
    lost = (one.is_tumour or other.is_tumour) and found == kin.PARENT_CHILD
    related = lost or (expected == kin.UNRELATED and found == kin.SECOND_DEGREE)
    if expected is None:
        verdict = f"{found}; the pedigree says nothing of them"
    elif fits:
        verdict = f"agrees: {expected}"
    else:
        verdict = f"differs: expected {expected}, found {found}"
        verdict += ", or the same with much of its genome lost" if lost else ""
    if not fits and not related:
        reasons.append(f"{one.name} and {other.name}: expected {expected}, found {found}")
    made = Fact(
        rounded(counted.kinship), "kinship", source=f"{kin.SOURCE}; from {RULE}", verdict=verdict,
        status="ok" if fits else "warn", **blank,
    )  # fmt: skip
    return made.told(**told)


def _child(
    info: CaseInfo,
    sites: Sites,
    measured: Measured,
    person: Person,
    people: Sequence[Person],
    found: dict[frozenset[str], str | None],
    out: Family,
) -> None:
    child = person.info
    if child.is_tumour or not _expects(info, child):
        return
    blank = {"formula": _UPD_FORMULA, "source": upd.SOURCE, "limit": _UPD_LIMIT}
    by_id = {p.info.id: p for p in people}
    father, mother = (by_id.get(name or "") for name in (child.father, child.mother))
    told = {"sample": child.id, "segments": [], "chromosomes": []}
    if father is None or mother is None:
        reason = "both parents are needed, and they must be in sight"
        out.disomy.append(unknown(reason, **blank).told(**told))
        return
    three = [sites.copies[p.index][: sites.autosomal] for p in (child, father.info, mother.info)]
    out.trios.append(_trio(person, father, mother, three, out.reasons))
    reason = _doubt([(p.info.name, found[frozenset((child.id, p.info.id))]) for p in (father, mother)])  # fmt: skip # noqa: E501
    if reason:
        out.disomy.append(unknown(reason, **blank).told(**told))
        return
    out.disomy.append(_disomy(info.reference, sites, measured, child, three, blank))


def _doubt(parents: Sequence[tuple[str, str | None]]) -> str:
    """Return why two people cannot be taken for the parents; empty when they can."""
    wrong = [name for name, found in parents if found not in (None, kin.PARENT_CHILD)]
    if wrong:
        return f"{' and '.join(wrong)} did not prove to be a parent"
    unproved = [name for name, found in parents if found is None]
    return f"too few sites to prove {' and '.join(unproved)} a parent" if unproved else ""


def _expects(info: CaseInfo, child: SampleInfo) -> bool:
    """Say whether somebody should be a child here: parents are named, or may be out of sight."""
    return bool(child.father or child.mother or (info.withheld and child.role == "proband"))


def _trio(
    child: Person, father: Person, mother: Person, three: Sequence[Any], reasons: list[str]
) -> dict[str, Any]:
    counted = kin.trio(*three)
    shares = kin.error_shares(*three)
    names = [p.info.name for p in (child, father, mother)]
    told = {
        "child": child.info.id,
        "father": father.info.id,
        "mother": mother.info.id,
        "sites": counted.sites,
        "errors": counted.errors,
        "no_father": counted.no_father,
        "no_mother": counted.no_mother,
    }
    made = {"formula": _TRIO_FORMULA, "source": _TRIO_SOURCE, "limit": _TRIO_LIMIT}
    if counted.sites < kin.FEWEST:
        return unknown(f"{counted.sites:,} sites", **made).told(**told)
    fits = counted.share < kin.TRIO_ERRORS
    verdict = f"{counted.share:.2%} of sites break Mendel's rule"
    best = int(np.argmin(shares))
    if not fits and best and shares[best] < kin.TRIO_ERRORS:
        others = [n for i, n in enumerate(names) if i != best]
        said = f"the samples fit with {names[best]} as the child of {' and '.join(others)}"
        verdict, reasons[:0] = f"{verdict}; {said}", [said]
    elif not fits:
        verdict += f", under {kin.TRIO_ERRORS:.0%} in a true trio"
    if (father.sex.sex, mother.sex.sex) == ("female", "male"):
        said = f"by sex, {names[1]} and {names[2]} are swapped: father and mother"
        verdict, fits = f"{verdict}; {said}", False
        reasons.insert(0, said)
    fact = Fact(rounded(counted.share, 5), "share", verdict=verdict, status="ok" if fits else "warn", **made)  # fmt: skip # noqa: E501
    return fact.told(**told)


def _disomy(
    build: Build,
    sites: Sites,
    measured: Measured,
    child: SampleInfo,
    three: Sequence[Any],
    blank: dict[str, str],
) -> dict[str, Any]:
    n = sites.autosomal
    finding = upd.disomy(sites.chrom[:n], sites.start[:n], *three)
    rows = [
        {"chrom": c, "name": chrom_name(c), **vars(counts)}
        for c, counts in sorted(finding.counts.items())
    ]
    told = {"sample": child.id, "chromosomes": rows}
    if finding.doubtful:
        reason = f"over {upd.MOST_CHROMOSOMES} chromosomes lack one parent: is it the parent?"
        return unknown(reason, **blank).told(**told, segments=[])
    segments = [_segment(build, sites, measured, child, s) for s in finding.segments]
    real = [s for s in segments if not s["one_copy"]]
    listed = "; ".join(f"{s['origin']} {s['type'] or 'disomy'}, {s['place']}" for s in real)
    lost = len(segments) - len(real)
    verdict = listed or "none found"
    if lost:
        verdict += f"; {lost} {'stretch has' if lost == 1 else 'stretches have'} one copy by depth"
    used = dict(blank, source=f"{upd.SOURCE}; from {RULE}")
    fact = Fact(len(real), "stretches", verdict=verdict, status="warn" if segments else "ok", **used)  # fmt: skip # noqa: E501
    return fact.told(**told, segments=segments)


def _segment(
    build: Build, sites: Sites, measured: Measured, child: SampleInfo, found: upd.Segment
) -> dict[str, Any]:
    size = build.size(found.chrom)
    copies = copies_in(sites, measured, child, found.chrom, found.start, found.end)
    one = copies is not None and copies < ONE_COPY
    place = f"{chrom_name(found.chrom)}:{found.start + 1:,}-{found.end:,}"
    return {
        "chrom": found.chrom,
        "name": chrom_name(found.chrom),
        "place": place,
        "start": found.start,
        "end": found.end,
        "bases": found.bases,
        "outer": [found.outer[0], size if found.outer[1] is None else found.outer[1]],
        "origin": found.origin,
        "type": None if one else found.kind,
        "sites": found.sites,
        "against": found.against,
        "het": found.het,
        "parent_het": found.parent_het,
        "whole": found.whole,
        "copies": rounded(copies, 2),
        "one_copy": one,
    }
