"""Modes of inheritance, each rule with calls that meet it and calls that miss it by one thing."""

from __future__ import annotations

import time

import numpy as np
import pytest

from data_layer.analysis.inheritance import (
    AUTOSOME,
    NO,
    POSSIBLE,
    SURE,
    Calls,
    M,
    X,
    Y,
    places,
)
from data_layer.analysis.modes import MODES
from data_layer.analysis.pedigree import Family, Member
from data_layer.region import Build
from tests.inheritance_made import calls, fits, level, pairs, single, trio

SICK_DAD = trio(father="affected")
GIRL, BOY = trio("female"), trio("male")
QUAD = Family(
    (
        Member("kim", "male", "affected", 1, 2),
        Member("dad", "male", "unaffected"),
        Member("mum", "female", "unaffected"),
        Member("sis", "female", "unaffected", 1, 2),
    ),
    0,
)


@pytest.mark.parametrize(
    ("mode", "family", "row", "want"),
    [
        ("AD", SICK_DAD, "0/1 0/1 0/0", SURE),
        ("AD", SICK_DAD, "0/1 0/0 0/0", NO),
        ("AD", SICK_DAD, "0/1 0/1 0/1", NO),
        ("AD", SICK_DAD, "0/1 0/1 ./.", POSSIBLE),
        ("AD", SICK_DAD, "1/1 0/1 0/0", NO),
        ("AD", BOY, "0/1 0/1 0/0", NO),
        ("AD", single(), "0/1", SURE),
        ("AD", single(), "./.", NO),
        ("AD_reduced", BOY, "0/1 0/1 0/0", SURE),
        ("AD_reduced", BOY, "0/1 1/1 0/0", NO),
        ("AD_reduced", SICK_DAD, "0/1 0/0 0/1", NO),
        ("AD_dn", BOY, "0/1 0/0 0/0", SURE),
        ("AD_dn", BOY, "0/1 0/1 0/0", NO),
        ("AD_dn", BOY, "0/1 ./. 0/0", POSSIBLE),
        ("AD_dn", SICK_DAD, "0/1 0/0 0/0", SURE),
        ("AD_dn", single(), "0/1", POSSIBLE),
        ("AR_hom", BOY, "1/1 0/1 0/1", SURE),
        ("AR_hom", BOY, "1/1 0/1 0/0", POSSIBLE),
        ("AR_hom", BOY, "1/1 0/1 1/1", NO),
        ("AR_hom", BOY, "0/1 0/1 0/1", NO),
        ("AR_hom", single(), "1/1", POSSIBLE),
        ("AR_hom", QUAD, "1/1 0/1 0/1 1/1", NO),
        ("AR_hom", QUAD, "1/1 0/1 0/1 0/0", SURE),
        ("AR_hom", QUAD, "1/1 0/1 0/1 ./.", POSSIBLE),
    ],
)
def test_autosomal_rules(mode: str, family: Family, row: str, want: int) -> None:
    assert level(mode, family, row) == want


@pytest.mark.parametrize("mine", ["1/1", "1", "0/1"])
def test_the_three_ways_to_write_a_boys_x_mean_the_same(mine: str) -> None:
    read = [[0.97, 0.5, 0.5]]
    assert level("XR", BOY, f"{mine} 0 0/1", X, share=read) == SURE
    new = [[0.97, 0.0, 0.0]]
    assert level("X_dn", BOY, f"{mine} 0 0/0", X, share=new) == SURE
    # The father gives his son no X: what he carries does not count.
    assert level("X_dn", BOY, f"{mine} 1 0/0", X, share=new) == SURE
    assert level("X_dn", BOY, f"{mine} 0 0/1", X, share=new) == NO


@pytest.mark.parametrize(
    ("mode", "family", "row", "want"),
    [
        ("XR", BOY, "1 0 0/1", SURE),
        ("XR", BOY, "1 1 0/1", NO),
        ("XR", BOY, "1 0 0/0", NO),
        ("XR", BOY, "1 0 ./.", POSSIBLE),
        ("XR", BOY, "1 0 1/1", NO),
        ("XR", BOY, "0 0 0/1", NO),
        ("XR", single("male"), "1", POSSIBLE),
        ("XR", single("unknown"), "1/1", POSSIBLE),
        ("XR", GIRL, "0/1 0 0/1", NO),
        ("XR", trio("female", father="affected"), "1/1 1 0/1", SURE),
        ("XR", trio("female", father="unknown"), "1/1 1 0/1", SURE),
        ("XR", trio("female", father="unknown"), "1/1 0 0/1", POSSIBLE),
        ("XR", GIRL, "1/1 0 0/1", POSSIBLE),
        ("X_dn", GIRL, "1/1 0 0/0", POSSIBLE),
        ("XD", GIRL, "0/1 0 0/1", SURE),
        ("XD", GIRL, "0/1 1 0/0", NO),
        ("XD", trio("female", father="affected"), "0/1 1 0/0", SURE),
        ("XD", trio("male", mother="affected"), "1 0 0/1", SURE),
        ("XD", trio("male", mother="affected"), "1 0 0/0", NO),
        ("X_dn", GIRL, "0/1 0 0/0", SURE),
        ("X_dn", QUAD, "1 0 0/0 0/0", SURE),
        ("X_dn", QUAD, "1 0 0/0 0/1", POSSIBLE),
        ("X_dn", QUAD, "1 0 0/1 0/0", NO),
        ("X_dn", GIRL, "0/1 1 0/0", NO),
        ("X_dn", GIRL, "0/1 . 0/0", POSSIBLE),
    ],
)
def test_rules_of_x(mode: str, family: Family, row: str, want: int) -> None:
    assert level(mode, family, row, X) == want


def test_a_boys_x_with_few_reads_of_it_is_not_sure() -> None:
    assert level("XR", BOY, "0/1 0 0/1", X, share=[[0.5, 0.0, 0.5]]) == POSSIBLE
    assert level("XR", BOY, "1 0 0/1", X, gq=9) == POSSIBLE


def test_par_is_asked_as_an_autosome() -> None:
    build = Build.GRCH38
    chrom = np.array([23, 23, 24, 25, 1, 26, 23])
    start = np.array([2781478, 2781479, 5, 5, 5, 5, 155701382])
    found = places(chrom, start, {c: build.par(c) for c in (23, 24)})
    assert list(found) == [AUTOSOME, X, Y, M, AUTOSOME, AUTOSOME, AUTOSOME]
    assert level("XR", BOY, "1 0 0/1", AUTOSOME) == NO
    assert level("AR_hom", BOY, "1/1 0/1 0/1", AUTOSOME) == SURE
    assert level("AR_hom", BOY, "1/1 0/1 0/1", X) == NO


@pytest.mark.parametrize(
    ("change", "want"),
    [
        ({}, SURE),
        ({"gq": 19}, POSSIBLE),
        ({"dp": 5}, POSSIBLE),
        ({"share": [[0.1, 0, 0]]}, POSSIBLE),
        ({"share": [[0.9, 0, 0]]}, POSSIBLE),
        ({"share": [[0.5, 0.04, 0.04]]}, POSSIBLE),
        ({"share": [[0.5, 0.02, 0]]}, SURE),
        ({"measured": False}, POSSIBLE),
    ],
)
def test_a_new_mutation_is_sure_only_with_its_reads(change: dict[str, object], want: int) -> None:
    assert level("AD_dn", BOY, "0/1 0/0 0/0", **change) == want


@pytest.mark.parametrize(
    ("row", "share", "want"),
    [
        ("0/1 0 0/1", [0.38, 0, 0.09], SURE),
        ("0/1 0 0/0", [0.38, 0, 0.0], POSSIBLE),
        ("0/1 0/1 0/1", [0.38, 0.4, 0.09], SURE),
        ("1/1 0 1/1", [1, 0, 1], POSSIBLE),
        ("0/1 0 0/1", [0.99, 0, 0.98], POSSIBLE),
        ("0/1 0 0/1", [0.02, 0, 0.09], POSSIBLE),
        ("0/0 0 0/1", [0, 0, 0.09], NO),
    ],
)
def test_rules_of_m(row: str, share: list[float], want: int) -> None:
    assert level("MT", BOY, row, M, share=[share]) == want


def test_m_asks_the_maternal_line_alone() -> None:
    family = Family(
        (
            Member("kim", "male", "affected", 1, 2),
            Member("dad", "male", "affected"),
            Member("mum", "female", "unknown", None, 4),
            Member("uncle", "male", "affected", None, 4),
            Member("gran", "female", "unknown"),
        ),
        0,
    )
    read = [[0.5, 0.0, 0.2, 0.4, 0.2]]
    assert level("MT", family, "0/1 0 0/1 0/1 0/1", M, share=read) == SURE
    assert level("MT", family, "0/1 0 0/1 0 0/1", M, share=read) == NO


@pytest.mark.parametrize(
    ("family", "rows", "genes", "want"),
    [
        (BOY, ["0/1 0/1 0/0", "0/1 0/0 0/1"], "aa", [SURE, SURE]),
        (BOY, ["0/1 0/1 0/0", "0/1 0/0 0/1"], "ab", [NO, NO]),
        (BOY, ["0/1 0/1 0/0", "0/1 0/1 0/0"], "aa", [NO, NO]),
        (BOY, ["0/1 0/0 0/0", "0/1 0/1 0/0"], "aa", [SURE, SURE]),
        (BOY, ["0/1 0/0 0/0", "0/1 0/0 0/0"], "aa", [NO, NO]),
        (BOY, ["0/1 0/1 0/0", "0/1 0/0 0/1", "0/1 0/1 0/1"], "aaa", [SURE, SURE, NO]),
        (BOY, ["0/1 ./. 0/0", "0/1 0/0 0/1"], "aa", [POSSIBLE, POSSIBLE]),
        (BOY, ["0/1 ./. 0/1", "0/1 0/0 0/1"], "aa", [NO, NO]),
        (single(), ["0/1", "0/1"], "aa", [POSSIBLE, POSSIBLE]),
        (single(), ["0/1", "0/0"], "aa", [NO, NO]),
        (single(), ["0/1", "0/1", "0/1"], "abb", [NO, POSSIBLE, POSSIBLE]),
        (QUAD, ["0/1 0/1 0/0 0/1", "0/1 0/0 0/1 0/1"], "aa", [NO, NO]),
        (QUAD, ["0/1 0/1 0/0 0/1", "0/1 0/0 0/1 0/0"], "aa", [SURE, SURE]),
        (QUAD, ["0/1 0/1 0/0 0/1", "0/1 0/0 0/1 ./."], "aa", [POSSIBLE, POSSIBLE]),
        (SICK_DAD, ["0/1 0/1 0/0", "0/1 0/0 0/1"], "aa", [NO, NO]),
        (SICK_DAD, ["0/1 0/1 0/0", "0/1 0/1 0/1"], "aa", [POSSIBLE, POSSIBLE]),
        (BOY, ["0/1 0/1 0/0", "0/1 0/0 1/1"], "aa", [NO, NO]),
        (trio(mother="unknown"), ["0/1 0/1 0/0", "0/1 0/0 1/1"], "aa", [SURE, SURE]),
    ],
)
def test_compound_pairs(family: Family, rows: list[str], genes: str, want: list[int]) -> None:
    assert pairs(family, calls(rows), genes) == want


def test_a_new_half_needs_its_quality() -> None:
    made = calls(["0/1 0/0 0/0", "0/1 0/1 0/0"], gq=15)
    assert pairs(BOY, made, "aa") == [POSSIBLE, POSSIBLE]


@pytest.mark.parametrize(
    ("phase", "want"),
    [
        ([(7, 0), (7, 1)], SURE),
        ([(7, 0), (7, 0)], NO),
        ([(7, 0), (8, 0)], POSSIBLE),
        ([(7, 0), (-1, 0)], POSSIBLE),
    ],
)
def test_phase_of_one_block_decides(phase: list[tuple[int, int]], want: int) -> None:
    assert pairs(single(), calls(["0/1", "0/1"]), "aa", phase=phase) == [want, want]


def test_phase_speaks_against_the_parents_as_well() -> None:
    made = calls(["0/1 0/1 0/0", "0/1 0/0 0/1"])
    assert pairs(BOY, made, "aa", phase=[(7, 0), (7, 0)]) == [NO, NO]


def test_two_copies_under_a_loss_are_a_pair_with_it() -> None:
    rows = ["1/1 0/1 0/0", "0/1 0/0 0/1", "1/1 0/0 0/1"]
    assert pairs(BOY, calls(rows), "aaa", loss=[1]) == [SURE, SURE, NO]
    assert pairs(BOY, calls(rows), "aaa") == [NO, NO, NO]


def test_pairs_do_not_lie_on_x() -> None:
    assert pairs(GIRL, calls(["0/1 0 0/1", "0/1 0 0/0"], X), "aa") == [NO, NO]


def test_relabelled_people_get_the_same_answers() -> None:
    rng = np.random.default_rng(4)
    words = np.array(["0/0", "0/1", "1/1", "./."])
    rows = [" ".join(words[rng.integers(0, 4, 4)]) for _ in range(400)]
    order = [2, 0, 3, 1]
    back = {old: new for new, old in enumerate(order)}
    moved = Family(
        tuple(
            Member(f"p{i}", p.sex, p.affected, _at(back, p.father), _at(back, p.mother))
            for i, p in enumerate(QUAD.people[o] for o in order)
        ),
        back[0],
    )
    turned = [" ".join(row.split()[o] for o in order) for row in rows]
    genes = "".join("abcdefgh"[i % 8] for i in range(400))
    assert pairs(QUAD, calls(rows), genes) == pairs(moved, calls(turned), genes)
    for mode in MODES:
        for place in (AUTOSOME, X, M):
            one, other = (
                fits(mode, QUAD, calls(rows, place)),
                fits(mode, moved, calls(turned, place)),
            )
            assert np.array_equal(one, other), mode
    assert any(fits(m, QUAD, calls(rows)).max() == SURE for m in MODES)


def _at(back: dict[int, int], place: int | None) -> int | None:
    return None if place is None else back[place]


def test_pairs_of_a_large_gene_equal_a_plain_double_loop() -> None:
    rng = np.random.default_rng(8)
    words = np.array(["0/0", "0/1", "1/1", "./."])
    for family in (BOY, QUAD, single(), SICK_DAD):
        n, each = 60, len(family.people)
        rows = [" ".join(["0/1", *words[rng.integers(0, 4, each - 1)]]) for _ in range(n)]
        phase = [(int(rng.integers(-1, 2)), int(rng.integers(0, 2))) for _ in range(n)]
        made = calls(rows)
        found = pairs(family, made, "a" * n, phase=phase)
        want = [0] * n
        for i in range(n):
            for j in range(n):
                if i != j:
                    two = np.array([i, j])
                    got = pairs(family, made.take(two), "aa", phase=[phase[i], phase[j]])
                    want[i] = max(want[i], got[0])
        assert found == want


def test_five_million_calls_of_a_trio_take_little_time() -> None:
    n = 5_000_000
    rng = np.random.default_rng(1)
    states = [rng.choice(np.array([0, 0, 1, 2], np.uint8), n) for _ in range(3)]
    made = Calls(np.zeros(n, np.uint8), states)
    best = {m: min(_seconds(m, made) for _ in range(2)) for m in MODES}
    assert max(best.values()) < 1.5, best


def _seconds(mode: str, made: Calls) -> float:
    began = time.perf_counter()
    fits(mode, BOY, made)
    return time.perf_counter() - began
