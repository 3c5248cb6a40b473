"""Sex and copies: usual, unusual, mosaic, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.analysis.karyotype import (
    Evidence,
    centre,
    copies_of_depth,
    copies_of_log2,
    deviations,
    judge,
)

MALE = Evidence(3000, 10, 90, 88, 1.01, 0.95)
FEMALE = Evidence(5000, 3100, 90, 2, 2.0, 0.0)


@pytest.mark.parametrize(
    ("evidence", "karyotype", "sex"),
    [
        (MALE, "XY", "male"),
        (FEMALE, "XX", "female"),
        (Evidence(5000, 3100, 90, 88, 1.98, 0.97), "XXY", "male"),
        (Evidence(3000, 12, 90, 3, 1.02, 0.0), "X0", "female"),
        (Evidence(3000, 12, 90, 88, 1.0, 1.97), "XYY", "male"),
        (Evidence(6000, 4000, 90, 0, 3.02, 0.0), "XXX", "female"),
        (Evidence(3000, 10, 90, 88), "XY", "male"),
        (Evidence(5000, 3100, 90, 2), "XX", "female"),
        (Evidence(5000, 3100, 90, 85), "XXY", "male"),
        (Evidence(3000, 10, 90, 2), "X0", "female"),
        (Evidence(5000, 3100), "XX", "female"),
        (Evidence(3000, 10), None, None),
        (Evidence(3000, 400, 90, 88), None, None),
        (Evidence(), None, None),
        (Evidence(x_copies=1.0, y_copies=1.0), "XY", "male"),
    ],
)
def test_karyotype(evidence: Evidence, karyotype: str | None, sex: str | None) -> None:
    found = judge(evidence)
    assert (found.karyotype, found.sex) == (karyotype, sex)
    assert found.doubts == ()


def test_what_does_not_fit_is_said() -> None:
    mixed = judge(Evidence(3000, 1500, 90, 88, 1.05, 0.96))
    assert mixed.karyotype == "XY"
    assert "another person" in mixed.doubts[0]
    alike = judge(Evidence(3000, 5, 90, 1, 2.0, 0.0))
    assert alike.karyotype == "XX"
    assert "alike" in alike.doubts[0]
    mosaic = judge(Evidence(5000, 3000, 90, 1, 1.6, 0.0))
    assert "1.60 copies of X: a mosaic" in mosaic.doubts[0]


def test_copies_from_depth_and_their_deviation() -> None:
    depth = dict.fromkeys(range(1, 23), 34.0) | {18: 31.0, 21: 51.0, 23: 17.0, 24: 16.8}
    copies = copies_of_depth(depth)
    assert copies[21] == pytest.approx(3)
    assert copies[23] == pytest.approx(1)
    off = deviations(copies, judge(MALE))
    assert set(off) == {18, 21}
    assert off[18] == pytest.approx(2 * 31 / 34 - 2)
    assert set(deviations(copies, judge(FEMALE))) == {18, 21, 23, 24}
    few = dict.fromkeys(range(1, 10), 30.0)
    assert copies_of_depth(few | {23: 30.0}) == {}
    assert copies_of_log2(few, "male") == {}
    assert copies_of_depth(few | {10: 30.0, 23: 30.0})[23] == 2


def test_copies_from_ratios_need_the_panel_for_x_and_y() -> None:
    log2 = dict.fromkeys(range(1, 23), 0.02) | {18: -0.132, 23: 0.02, 24: 0.0}
    male = copies_of_log2(log2, "male")
    assert male[23] == pytest.approx(1)
    assert male[24] == pytest.approx(2**-0.02)
    assert male[18] == pytest.approx(2 * 2**-0.152)
    assert copies_of_log2(log2, "female")[23] == pytest.approx(2)
    assert 24 not in copies_of_log2(log2, "female")
    assert {23, 24}.isdisjoint(copies_of_log2(log2, "unknown"))
    assert copies_of_log2({23: 0.0}, "male") == {}


def test_a_males_second_x_shows_against_a_male_panel() -> None:
    log2 = dict.fromkeys(range(1, 23), 0.0) | {23: 1.0, 24: 0.0}
    off = deviations(copies_of_log2(log2, "male"), judge(MALE))
    assert off == {23: pytest.approx(1)}


def test_centre_moves_with_depth_and_holds_against_outliers() -> None:
    rng = np.random.default_rng(1)
    values = rng.poisson(30, 20_000).astype(np.float32)
    assert centre(values) == pytest.approx(30, abs=0.1)
    assert centre(values * np.float32(0.95)) == pytest.approx(28.5, abs=0.15)
    spiked = np.append(values, np.full(200, 9000, np.float32))
    assert centre(spiked) == pytest.approx(30, abs=0.15)
    assert centre(np.array([np.nan], np.float32)) is None
    assert centre(np.zeros(5, np.float32)) == 0
