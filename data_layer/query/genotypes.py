"""What people carry, as SQL over the per-sample lists of a row; never null.

``gt`` counts copies of the row's own allele, -1 without a call. New mutations follow the rule
that both parents were called and carry none; outside the pseudo-autosomal regions the X of a
male comes from his mother alone, the Y from the father alone, and M from the mother alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_layer.errors import InputError
from data_layer.query.info import CaseInfo, SampleInfo
from data_layer.region import Build

_X, _Y, _M = 23, 24, 25
_GQ_MIN, _DP_MIN, _PARENT_READS = 20, 6, 2


def copies(person: SampleInfo) -> str:
    """Return the SQL of a person's copies of the allele, -1 where nothing was called."""
    return f"coalesce(gt[{person.index + 1}], -1)"


def genotype(person: SampleInfo, words: Sequence[str]) -> str:
    """Return the SQL that says whether a person has one of the genotypes of ``GENOTYPES``."""
    count = copies(person)
    alone = f"coalesce(hemizygous[{person.index + 1}], false)"
    tests = {
        "none": f"{count} = 0",
        "het": f"({count} = 1 and not {alone})",
        "hom": f"({count} >= 2 and not {alone})",
        "hemi": f"({count} >= 1 and {alone})",
        "nocall": f"{count} < 0",
    }
    return " or ".join(tests[w] for w in words)


def parents(person: SampleInfo, info: CaseInfo) -> tuple[SampleInfo, SampleInfo]:
    """Return father and mother.

    Raises:
        InputError: one of them is not in the case.
    """
    father = info.person(person.father) if person.father else None
    mother = info.person(person.mother) if person.mother else None
    if father is None or mother is None:
        raise InputError(
            "FILTER-PARENTS",
            f"filter de_novo:{person.id}",
            "both parents must be in the case to call a mutation new",
            "Choose a recipe for a single person.",
        )
    return father, mother


def de_novo(person: SampleInfo, info: CaseInfo, *, strict: bool) -> str:
    """Return the SQL that says whether a mutation is new in a person."""
    father, mother = parents(person, info)
    only_mother, only_father = f"({copies(mother)} = 0)", f"({copies(father)} = 0)"
    both = f"({only_mother} and {only_father})"
    arms = [f"when chrom = {_M} then {only_mother}"]
    if person.sex == "male":
        par_x, par_y = in_par(info.reference, _X), in_par(info.reference, _Y)
        arms.append(f"when chrom = {_X} and not {par_x} then {only_mother}")
        arms.append(f"when chrom = {_Y} and not {par_y} then {only_father}")
    free = f"case {' '.join(arms)} else {both} end"
    sql = f"({copies(person)} >= 1 and {free})"
    if not strict:
        return sql
    place = person.index + 1
    reads = " + ".join(f"coalesce(ad_alt[{p.index + 1}], 0)" for p in (father, mother))
    return (
        f"({sql} and coalesce(gq[{place}], 0) >= {_GQ_MIN} and coalesce(dp[{place}], 0) >= {_DP_MIN}"  # noqa: E501
        f" and {reads} < {_PARENT_READS})"
    )


def in_par(build: Build, chrom: int) -> str:
    """Return the SQL that says whether ``start`` lies in a pseudo-autosomal region."""
    tests = [f"(start >= {a} and start < {b})" for a, b in build.par(chrom)]
    return f"({' or '.join(tests) or 'false'})"
