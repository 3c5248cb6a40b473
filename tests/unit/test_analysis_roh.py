"""Runs of homozygosity are found where they were put, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.analysis import roh
from tests.kin_made import BUILD, World, copies, world


@pytest.fixture(scope="module")
def made() -> World:
    return world(400_000, 3)


def test_planted_run_is_found_to_its_sites(made: World) -> None:
    one, two = made.person()
    inside = made.inside(7, 40_000_000, 52_000_000)
    two[inside] = one[inside]
    genotypes = made.spoiled(copies((one, two)), errors=0.001)
    found = roh.runs(made.chrom, made.start, genotypes, made.frequency.astype(np.float32))
    assert [r.chrom for r in found] == [7]
    assert abs(found[0].start - 40_000_000) < 100_000
    assert abs(found[0].end - 52_000_000) < 100_000
    assert found[0].het <= 5
    assert found[0].sites == int(((genotypes >= 1) & made.inside(7, found[0].start, found[0].end)).sum())  # fmt: skip # noqa: E501


def test_outbred_person_has_none(made: World) -> None:
    assert roh.runs(made.chrom, made.start, copies(made.person())) == ()


def test_others_in_the_file_change_nothing(made: World) -> None:
    one, two = made.person()
    inside = made.inside(3, 10_000_000, 30_000_000)
    two[inside] = one[inside]
    genotypes = copies((one, two))
    carried = genotypes >= 1
    alone = roh.runs(made.chrom[carried], made.start[carried], genotypes[carried])
    assert roh.runs(made.chrom, made.start, genotypes) == alone != ()


def test_child_of_siblings_and_of_cousins(made: World) -> None:
    grand = made.person(), made.person()
    brother, sister = made.child(*grand), made.child(*grand)
    child = made.child(brother, sister)
    found = roh.runs(made.chrom, made.start, copies(child))
    total = roh.burden(found, BUILD)
    assert 0.12 < total.long_share < 0.40
    assert total.parents in ("first degree", "second degree")
    cousin = made.child(brother, made.person()), made.child(sister, made.person())
    far = roh.burden(roh.runs(made.chrom, made.start, copies(made.child(*cousin))), BUILD)
    assert 0.005 < far.long_share < total.long_share


def test_totals_leave_sex_chromosomes_out() -> None:
    runs = (roh.Run(1, 0, 6_000_000, 99, 0), roh.Run(1, 9_000_000, 11_000_000, 99, 0),
            roh.Run(23, 0, 50_000_000, 99, 0))  # fmt: skip
    total = roh.burden(runs, BUILD)
    assert (total.bases, total.long_bases) == (8_000_000, 6_000_000)
    assert total.by_chrom[1] == 8_000_000
    assert total.by_chrom[23] == 50_000_000
    assert total.share == pytest.approx(8e6 / sum(BUILD.sizes[:22]))
    assert total.parents is None


def test_runs_from_allele_fractions(made: World) -> None:
    one, two = made.person()
    inside = made.inside(15, 60_000_000, 80_000_000)
    two[inside] = one[inside]
    depth = made.rng.poisson(34, len(made.chrom)) + 8
    fraction = (made.rng.binomial(depth, np.clip((one + two) / 2, 0.004, 0.996)) / depth).astype(np.float32)  # fmt: skip # noqa: E501
    fraction[::97] = np.nan
    found = roh.runs_of_fractions(made.chrom, made.start, fraction)
    assert [r.chrom for r in found] == [15]
    assert abs(found[0].bases - 20_000_000) < 200_000


def test_short_and_thin_runs_are_not_listed(made: World) -> None:
    one, two = made.person()
    inside = made.inside(2, 50_000_000, 50_900_000)
    two[inside] = one[inside]
    assert roh.runs(made.chrom, made.start, copies((one, two))) == ()
    found = roh.runs(made.chrom, made.start, copies((one, two)), least=500_000)
    assert [r.chrom for r in found] == [2]
    many = found[0].sites + 1
    assert roh.runs(made.chrom, made.start, copies((one, two)), least=500_000, least_sites=many) == ()  # fmt: skip # noqa: E501


def test_looking_only_near_possible_runs_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = world(900_000, 6)
    grand = dense.person(), dense.person()
    parents = [dense.child(dense.child(*grand), dense.person()) for _ in range(2)]
    one, two = dense.child(parents[0], parents[1])
    for low in (1_000_000, 90_000_000, 150_000_000):
        short = dense.inside(3, low, low + 1_100_000)
        two[short] = one[short]
    genotypes = dense.spoiled(copies((one, two)), 0.002)
    asked = (dense.chrom, dense.start, genotypes, dense.frequency.astype(np.float32))
    assert (genotypes >= 1).sum() > roh.DENSE
    quick = roh.runs(*asked)
    monkeypatch.setattr(roh, "DENSE", 10**9)
    assert quick == roh.runs(*asked)
    assert len(quick) > 5


@pytest.mark.parametrize(("every", "runs"), [(50, 1), (12, 0)])
def test_a_run_may_hold_few_heterozygous_sites(every: int, runs: int) -> None:
    """One in 50 are wrong genotypes; one in 12 is more, though the path stays inside."""
    n = 2_000
    calls = np.full(n, 2, np.int8)
    calls[every // 2 :: every] = 1
    start = np.arange(n, dtype=np.int32) * 5_000
    rare = np.full(n, 0.2, np.float32)
    found = roh.runs(np.ones(n, np.int8), start, calls, rare)
    assert len(found) == runs


def test_a_run_that_ends_with_the_last_site_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sites behind the last whole block are looked at as well."""
    n = 16 * 200 + 9
    calls = np.ones(n, np.int8)
    calls[16 * 100 :] = 2
    place = np.arange(n, dtype=np.int32) * 5_000
    whole = roh.runs(np.ones(n, np.int8), place, calls)
    monkeypatch.setattr(roh, "DENSE", 0)
    assert roh.runs(np.ones(n, np.int8), place, calls) == whole
    assert whole[0].end == int(place[-1]) + 1


def test_few_sites_show_long_runs_only() -> None:
    assert 13e6 < roh.shortest(5_371, BUILD) < 14e6
    assert roh.shortest(2_000_000, BUILD) < roh.LEAST
