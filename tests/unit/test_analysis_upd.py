"""Uniparental disomy: type, parent and ends; and what only looks like it."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.analysis import upd
from tests.kin_made import Copies, Haplotypes, World, copies, world


@pytest.fixture(scope="module")
def made() -> World:
    return world(150_000, 11)


def family(made: World) -> tuple[Haplotypes, Haplotypes, Haplotypes]:
    father, mother = made.person(), made.person()
    return made.child(father, mother), father, mother


def judge(made: World, child: Haplotypes, father: Haplotypes, mother: Haplotypes) -> upd.Finding:
    people: list[Copies] = [made.spoiled(copies(p), 0.001, 0.002) for p in (child, father, mother)]
    return upd.disomy(made.chrom, made.start, *people)


def test_kinds_of_site() -> None:
    # child, father, mother -> kind, from Mendel's rule by hand
    cases = {
        (1, 0, 2): upd.BIPARENTAL, (1, 2, 0): upd.BIPARENTAL, (2, 0, 2): upd.MATERNAL_ONLY,
        (2, 0, 1): upd.MATERNAL_ONLY, (0, 2, 1): upd.MATERNAL_ONLY, (0, 2, 0): upd.MATERNAL_ONLY,
        (2, 2, 0): upd.PATERNAL_ONLY, (0, 1, 2): upd.PATERNAL_ONLY, (2, 1, 0): upd.PATERNAL_ONLY,
        (2, 0, 0): upd.NEITHER, (1, 0, 0): upd.NEITHER, (0, 2, 2): upd.NEITHER,
        (1, 1, 1): upd.SILENT, (0, 0, 1): upd.SILENT, (1, 0, 1): upd.SILENT,
        (-1, 0, 2): upd.SILENT, (2, -1, 0): upd.SILENT,
    }  # fmt: skip
    columns = (np.array(c, np.int8) for c in zip(*cases, strict=True))
    assert upd.site_kinds(*columns).tolist() == list(cases.values())


@pytest.mark.parametrize("origin", [upd.MATERNAL, upd.PATERNAL])
@pytest.mark.parametrize("kind", [upd.ISODISOMY, upd.HETERODISOMY])
def test_stretch_type_and_parent(made: World, origin: str, kind: str) -> None:
    child, father, mother = family(made)
    giver = mother if origin == upd.MATERNAL else father
    inside = made.inside(14, 60_000_000, 95_000_000)
    other = giver[0] if kind == upd.ISODISOMY else giver[1]
    for copy, given in zip(child, (giver[0], other), strict=True):
        copy[inside] = given[inside]
    found = judge(made, child, father, mother)
    assert [(s.chrom, s.origin, s.kind) for s in found.segments] == [(14, origin, kind)]
    segment = found.segments[0]
    assert segment.outer[1] is not None
    assert segment.outer[0] <= segment.start < segment.end <= segment.outer[1]
    assert segment.outer[0] <= 60_000_000 + 1_000_000
    assert segment.outer[1] >= 95_000_000 - 1_000_000
    assert abs(segment.start - 60_000_000) < 1_500_000
    assert abs(segment.end - 95_000_000) < 1_500_000
    assert segment.against <= 0.02 * segment.sites
    assert not segment.whole
    assert not found.doubtful


def test_whole_chromosome_of_both_types(made: World) -> None:
    child, father, mother = family(made)
    here = np.flatnonzero(made.chrom == 15)
    half = here[: len(here) // 2]
    child[0][here], child[1][here] = mother[0][here], mother[1][here]
    child[1][half] = mother[0][half]
    found = judge(made, child, father, mother)
    assert [(s.chrom, s.origin, s.kind, s.whole) for s in found.segments] == [
        (15, upd.MATERNAL, upd.MIXED, True)
    ]
    # No site stands on either side, so it may reach from end to end.
    assert found.segments[0].outer == (0, None)
    assert found.counts[15].maternal > 20 * found.counts[15].biparental
    assert found.counts[1].biparental > 20 * found.counts[1].maternal


def test_true_family_has_none(made: World) -> None:
    found = judge(made, *family(made))
    assert found.segments == ()


def test_wrong_father_is_doubted_not_called_disomy(made: World) -> None:
    child, _, mother = family(made)
    found = judge(made, child, made.person(), mother)
    assert found.doubtful


def test_mosaic_disomy_is_not_claimed(made: World) -> None:
    """Most cells biparental: the caller still writes the father's allele."""
    child, father, mother = family(made)
    assert judge(made, child, father, mother).segments == ()


def test_few_sites_leave_the_type_open(made: World) -> None:
    child, father, mother = family(made)
    inside = made.inside(9, 10_000_000, 30_000_000)
    for copy in child:
        copy[inside] = mother[0][inside]
    people = [copies(p) for p in (child, father, mother)]
    silent = inside & (people[2] == 1)
    people[0][silent] = -1
    found = upd.disomy(made.chrom, made.start, *people)
    assert [s.kind for s in found.segments] == [None]
