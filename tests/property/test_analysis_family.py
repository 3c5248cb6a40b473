"""Whatever family is drawn: Mendel's rule holds, nobody is disomic, twins are alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_layer.analysis import relatedness as kin
from data_layer.analysis import roh, upd
from tests.kin_made import copies, world

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(2_000, 20_000), st.floats(0, 0.003), st.floats(0, 0.05))
def test_a_true_family_gives_no_disomy(
    seed: int, sites: int, errors: float, missing: float
) -> None:
    made = world(sites, seed)
    father, mother = made.person(), made.person()
    child = made.child(father, mother)
    people = [made.spoiled(copies(p), errors, missing) for p in (child, father, mother)]
    found = upd.disomy(made.chrom, made.start, *people)
    assert found.segments == ()
    assert not found.doubtful


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(3_000, 20_000))
def test_kinship_is_half_with_oneself_and_a_quarter_with_a_parent(seed: int, sites: int) -> None:
    made = world(sites, seed)
    father, mother = made.person(), made.person()
    child = copies(made.child(father, mother))
    assert kin.pair(child, child).kinship == 0.5
    again = kin.pair(made.spoiled(child, 0.002), made.spoiled(child, 0.002, 0.02))
    assert again.kinship == pytest.approx(0.5, abs=0.03)
    assert again.relation == kin.SAME_PERSON
    parent = kin.pair(child, copies(father))
    assert parent.opposite == 0
    assert parent.kinship == pytest.approx(0.25, abs=0.05)
    assert parent.relation == kin.PARENT_CHILD


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1_000, 10_000))
def test_a_trio_breaks_no_rule_and_order_does_not_matter(seed: int, sites: int) -> None:
    made = world(sites, seed)
    father, mother = made.person(), made.person()
    three = [copies(p) for p in (made.child(father, mother), father, mother)]
    found = kin.trio(*three)
    assert (found.errors, found.no_father, found.no_mother) == (0, 0, 0)
    assert kin.trio(three[0], three[2], three[1]) == found
    assert kin.pair(three[0], three[1]).kinship == kin.pair(three[1], three[0]).kinship
    assert int(np.argmin(kin.error_shares(*three))) == 0


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(1, 22), st.floats(0.1, 0.6), st.floats(0.15, 0.35))
def test_a_planted_run_is_covered_and_nothing_else(
    seed: int, chrom: int, place: float, share: float
) -> None:
    """Beyond an end a run goes on by chance, for some sites of 25,000 bases each."""
    made = world(200_000, seed)
    size = int(made.start[made.chrom == chrom].max())
    low, high = int(place * size), int((place + share) * size)
    one, two = made.person()
    inside = made.inside(chrom, low, high)
    two[inside] = one[inside]
    found = roh.runs(made.chrom, made.start, made.spoiled(copies((one, two)), 0.001))
    assert {r.chrom for r in found} == {chrom}
    covered = sum(max(0, min(r.end, high) - max(r.start, low)) for r in found)
    outside = sum(r.bases for r in found) - covered
    assert covered > 0.95 * (high - low)
    assert outside < 2_000_000
