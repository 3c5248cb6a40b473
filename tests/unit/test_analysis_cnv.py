"""ACMG/ClinGen points of losses and gains: each criterion by a case of its own, and the sums."""

from __future__ import annotations

import pytest

from data_layer.analysis.cnv_content import Dosage, Event, Gene
from data_layer.analysis.cnv_gain import gain_points
from data_layer.analysis.cnv_loss import loss_points
from data_layer.analysis.cnv_points import LEFT_TO_PEOPLE, REDUCED, Score, classify

EXONS = ((1000, 1200), (2000, 2300), (3000, 3600))
HIGH = Gene("HIGH", 1000, 3600, 1, EXONS, (1100, 3200))
BACK = Gene("BACK", 1000, 3600, -1, EXONS, (1100, 3200))
OTHER = Gene("OTHER", 9000, 9900, 1, ((9000, 9900),), (9100, 9800))
HI = Dosage("HIGH", 1000, 3600, False, 3, 0)
HI_BACK = Dosage("BACK", 1000, 3600, False, 3, 0)
TS = Dosage("HIGH", 1000, 3600, False, 0, 3)
REGION = Dosage("region", 0, 10_000, True, 3, 3)
BENIGN = Dosage("benign", 500, 12_000, True, 40, 40)


def codes(score: Score) -> dict[str, float | None]:
    return {c.code: c.points for c in score.criteria}


@pytest.mark.parametrize(
    ("event", "gene", "item", "code", "points"),
    [
        ((900, 3700), HIGH, HI, "2A", 1.0),
        ((900, 2100), HIGH, HI, "2C-1", 0.90),
        ((900, 1050), HIGH, HI, "2C-2", 0.0),
        ((3300, 3700), HIGH, HI, "2D-1", 0.0),
        ((3100, 3700), HIGH, HI, "2D-3", 0.30),
        ((2100, 3700), HIGH, HI, "2D-4", 0.90),
        ((1900, 2400), HIGH, HI, "2E", None),
        ((2900, 3700), BACK, HI_BACK, "2C-1", 0.90),
        ((3300, 3700), BACK, HI_BACK, "2C-2", 0.0),
        ((900, 1050), BACK, HI_BACK, "2D-1", 0.0),
        ((900, 1150), BACK, HI_BACK, "2D-3", 0.30),
        ((900, 2100), BACK, HI_BACK, "2D-4", 0.90),
    ],
)
def test_loss_of_a_haploinsufficient_gene(
    event: tuple[int, int], gene: Gene, item: Dosage, code: str, points: float | None
) -> None:
    found = codes(loss_points(Event(*event), [gene], [item]))
    assert found == {"1A": 0.0, code: points, "3A": 0.0}


def test_loss_of_a_region() -> None:
    whole = loss_points(Event(0, 10_000), [HIGH], [REGION])
    assert codes(whole)["2A"] == 1.0
    assert whole.classification == "Pathogenic"
    nearly = loss_points(Event(50, 10_000), [HIGH], [REGION])
    assert codes(nearly)["2A"] == 1.0
    assert "all but 0.5000%" in nearly.criteria[1].why
    part = loss_points(Event(200, 10_000), [HIGH], [REGION])
    assert codes(part) == {"1A": 0.0, "2B": 0.0, "3A": 0.0}
    assert part.classification == "Uncertain significance"


def test_a_healthy_carrier_adds_a_note_and_deducts_nothing() -> None:
    score = loss_points(Event(0, 10_000), [HIGH], [REGION], healthy_carrier=True)
    assert score.notes == (REDUCED,)
    assert score.total == 1.0
    assert loss_points(Event(200, 10_000), [HIGH], [REGION], healthy_carrier=True).notes == ()


def test_loss_in_and_around_a_benign_region() -> None:
    inside = loss_points(Event(600, 3700), [HIGH], [BENIGN])
    assert codes(inside)["2F"] == -1.0
    assert inside.classification == "Benign"
    larger = loss_points(Event(0, 13_000), [HIGH], [BENIGN])
    assert codes(larger)["2G"] == 0.0
    established = loss_points(Event(600, 3700), [HIGH], [BENIGN, HI])
    assert "2F" not in codes(established)
    assert established.classification == "Pathogenic"


def test_predicted_haploinsufficiency_needs_both_predictors() -> None:
    both = Dosage("HIGH", 1000, 3600, False, None, None, 4.0, 0.99, 0.2)
    assert codes(loss_points(Event(900, 3700), [HIGH], [both]))["2H"] == 0.15
    for weak in (
        Dosage("HIGH", 1000, 3600, False, None, None, 11.0, 0.99, 0.2),
        Dosage("HIGH", 1000, 3600, False, None, None, 4.0, 0.89, 0.2),
        Dosage("HIGH", 1000, 3600, False, None, None, 4.0, 0.99, 0.35),
        Dosage("HIGH", 1000, 3600, False, None, None, None, 0.99, 0.2),
        Dosage("HIGH", 1000, 3600, False, 30, None, 4.0, 0.99, 0.2),
    ):
        assert "2H" not in codes(loss_points(Event(900, 3700), [HIGH], [weak]))
    assert "2H" not in codes(loss_points(Event(1100, 3700), [HIGH], [both]))


def test_nothing_of_known_function() -> None:
    score = loss_points(Event(5000, 6000), [HIGH], [])
    assert codes(score) == {"1B": -0.60, "3A": 0.0}
    intron = loss_points(Event(1300, 1900), [HIGH], [])
    assert codes(intron)["1B"] == -0.60
    enhancer = Dosage("enhancer", 4000, 7000, True, 3, 0)
    assert codes(loss_points(Event(5000, 6000), [], [enhancer]))["1A"] == 0.0


@pytest.mark.parametrize(
    ("n", "loss", "gain"),
    [(24, ("3A", 0.0), ("3A", 0.0)), (25, ("3B", 0.45), ("3A", 0.0)),
     (34, ("3B", 0.45), ("3A", 0.0)), (35, ("3C", 0.90), ("3B", 0.45)),
     (49, ("3C", 0.90), ("3B", 0.45)), (50, ("3C", 0.90), ("3C", 0.90))],
)  # fmt: skip
def test_number_of_genes(n: int, loss: tuple[str, float], gain: tuple[str, float]) -> None:
    genes = [Gene(f"G{i}", 100 * i, 100 * i + 50, 1) for i in range(n)]
    event = Event(0, 100 * n)
    assert (loss_points(event, genes, []).criteria[-1].code, loss_points(event, genes, []).total) == loss  # fmt: skip # noqa: E501
    assert (gain_points(event, genes, []).criteria[-1].code, gain_points(event, genes, []).total) == gain  # fmt: skip # noqa: E501


@pytest.mark.parametrize(
    ("event", "items", "code", "points"),
    [
        ((900, 3700), [TS], "2A", 1.0),
        ((0, 10_000), [REGION], "2A", 1.0),
        ((500, 9000), [REGION], "2B", 0.0),
        ((900, 9950), [BENIGN], "2C", -1.0),
        ((5000, 6000), [BENIGN], "2D", -1.0),
        ((2500, 6000), [BENIGN], "2E", 0.0),
        ((400, 13_000), [BENIGN], "2F", -0.90),
        ((900, 3700), [HI], "2H", 0.0),
        ((1900, 2400), [HI], "2I", None),
        ((2500, 6000), [HI], "2J", 0.0),
        ((9500, 9990), [HI], "2L", 0.0),
    ],
)
def test_gain(event: tuple[int, int], items: list[Dosage], code: str, points: float | None) -> None:
    found = codes(gain_points(Event(*event), [HIGH, OTHER], items))
    assert found[code] == points


def test_an_end_in_an_established_gene_is_none_in_another() -> None:
    found = codes(gain_points(Event(2500, 6000), [HIGH, OTHER], [HI]))
    assert "2J" in found
    assert "2L" not in found


def test_gain_with_more_genes_than_the_benign_one() -> None:
    more = Gene("MORE", 12_100, 12_900, 1, ((12_100, 12_900),), (12_200, 12_800))
    found = gain_points(Event(400, 13_000), [HIGH, OTHER, more], [BENIGN])
    assert codes(found)["2G"] == 0.0
    assert "2F" not in codes(found)


@pytest.mark.parametrize(
    ("total", "name"),
    [(0.99, "Pathogenic"), (0.98, "Likely pathogenic"), (0.90, "Likely pathogenic"),
     (0.89, "Uncertain significance"), (-0.89, "Uncertain significance"),
     (-0.90, "Likely benign"), (-0.98, "Likely benign"), (-0.99, "Benign")],
)  # fmt: skip
def test_classes(total: float, name: str) -> None:
    assert classify(total) == name


def test_what_is_left_to_people_is_always_said() -> None:
    score = loss_points(Event(1900, 2400), [HIGH], [HI])
    assert score.open[-2:] == LEFT_TO_PEOPLE
    assert score.open[0].startswith("2E: ")
    assert [c.status for c in score.criteria] == ["met", "not assessed", "met"]
    assert gain_points(Event(0, 10), [], []).open == LEFT_TO_PEOPLE
