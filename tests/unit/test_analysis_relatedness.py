"""Relations from genotypes: those of a family, and samples that are not whose they say."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.analysis import relatedness as kin
from tests.kin_made import Haplotypes, World, copies, world


@pytest.fixture(scope="module")
def made() -> World:
    return world(60_000, 21)


def related(made: World, one: Haplotypes, other: Haplotypes) -> kin.Pair:
    return kin.pair(made.spoiled(copies(one), 0.001, 0.003), made.spoiled(copies(other), 0.001))


def test_formula_on_a_table_by_hand() -> None:
    # het-het 3, opposite 1, het of one 4, of the other 5; FEWEST is a limit of the verdict alone
    one = np.array([1, 1, 1, 0, 1, 2, 0, 2, -1], np.int8)
    other = np.array([1, 1, 1, 2, 2, 1, 1, 2, 1], np.int8)
    found = kin.pair(one, other)
    assert (found.both_het, found.opposite, found.het, found.both_hom, found.sites) == (3, 1, (4, 5), 1, 8)  # fmt: skip # noqa: E501
    assert found.kinship is None
    larger = kin.pair(np.tile(one, 100), np.tile(other, 100))
    assert larger.kinship == pytest.approx((3 - 2) / 8 + 0.5 - 9 / 16)


def test_relations_of_a_family(made: World) -> None:
    father, mother = made.person(), made.person()
    child, brother = made.child(father, mother), made.child(father, mother)
    half = made.child(father, made.person())
    grand = made.child(child, made.person())
    cousin = made.child(brother, made.person())
    expected = [
        (child, child, kin.SAME_PERSON, 0.5), (child, father, kin.PARENT_CHILD, 0.25),
        (child, brother, kin.SIBLINGS, 0.25), (child, half, kin.SECOND_DEGREE, 0.125),
        (grand, father, kin.SECOND_DEGREE, 0.125), (grand, cousin, kin.THIRD_DEGREE, 0.0625),
        (father, mother, kin.UNRELATED, 0.0),
    ]  # fmt: skip
    for one, other, relation, kinship in expected:
        found = related(made, one, other)
        assert found.kinship == pytest.approx(kinship, abs=0.08), relation
        assert found.relation == relation
    assert related(made, child, father).ibs0 < 0.01
    assert related(made, child, brother).ibs0 > 0.03


def test_half_sibling_of_the_father_is_no_father(made: World) -> None:
    grandmother = made.person()
    father, uncle = (made.child(made.person(), grandmother) for _ in range(2))
    mother = made.person()
    child = made.child(father, mother)
    found = related(made, child, uncle)
    assert found.relation in (kin.THIRD_DEGREE, kin.SECOND_DEGREE)
    counted = kin.trio(copies(child), copies(uncle), copies(mother))
    assert counted.share > kin.TRIO_ERRORS
    assert counted.no_father > 20 * counted.no_mother
    assert kin.trio(copies(child), copies(father), copies(mother)).errors == 0


def test_swapped_child_is_named(made: World) -> None:
    father, mother = made.person(), made.person()
    child = made.child(father, mother)
    # the child's tube holds the father, and the father's the child
    shares = kin.error_shares(copies(father), copies(child), copies(mother))
    assert int(np.argmin(shares)) == 1
    assert shares[1] == 0
    assert shares[0] > kin.TRIO_ERRORS < shares[2]


def test_mendel_errors_by_hand() -> None:
    child = np.array([2, 0, 1, 1, 0, 2, -1, 0], np.int8)
    father = np.array([0, 1, 0, 0, 0, 1, 2, 2], np.int8)
    mother = np.array([2, 1, 2, 0, 0, 1, 2, 2], np.int8)
    found = kin.trio(child, father, mother)
    assert (found.sites, found.errors, found.no_father, found.no_mother) == (6, 3, 2, 1)


def test_sites_that_neither_carries_change_nothing(made: World) -> None:
    one, other = made.person(), made.person()
    a, b = copies(one), copies(other)
    carried = (a + b) > 0
    assert kin.pair(a, b) == kin.pair(a[carried], b[carried])


def test_expectation_lets_distant_kin_pass_as_unrelated() -> None:
    assert kin.agrees(kin.UNRELATED, kin.THIRD_DEGREE)
    assert not kin.agrees(kin.UNRELATED, kin.SECOND_DEGREE)
    assert not kin.agrees(kin.PARENT_CHILD, kin.SIBLINGS)
