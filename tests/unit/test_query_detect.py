"""Detection through the door: simulated families, and samples that are not whose they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_layer.query import access
from data_layer.query.access import LOCAL, Actor
from data_layer.query.desk import Desk
from data_layer.query.detect_family import expected_relation
from data_layer.query.info import CaseInfo, SampleInfo
from data_layer.query.sites import DEPTH_LEAST
from tests import query_rows
from tests.kin_made import Haplotypes, Observed, World, observed, table_of, world
from tests.query_rows import open_desk, sample_rows

PARTS = {"value", "unit", "formula", "source", "limit", "verdict", "status"}


@pytest.fixture(scope="module")
def made() -> World:
    return world(50_000, 5, tuple(range(1, 25)))


@pytest.fixture(scope="module")
def family(made: World) -> tuple[Haplotypes, Haplotypes, Haplotypes]:
    father, mother = made.person(), made.person()
    return made.child(father, mother), father, mother


def son(made: World, person: Haplotypes, **more: Any) -> Observed:
    return observed(made, person, **({"x": 1, "y": 1} | more))


def woman(made: World, person: Haplotypes, **more: Any) -> Observed:
    return observed(made, person, **({"x": 2, "y": 0} | more))


def found(folder: Path, made: World, *people: Observed) -> dict[str, Any]:
    desk = open_desk(folder, table_of(made, list(people)))
    try:
        return desk.case(LOCAL, "demo").detect()
    finally:
        desk.close()


def case_of(people: tuple[SampleInfo, ...]) -> CaseInfo:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    return CaseInfo("c", "c", "rare", "GRCh38", None, when, (), (), (), people, 1, "i", 0)


def sexes(answer: dict[str, Any]) -> list[str | None]:
    return [p["sex"]["value"] for p in answer["people"]]


def relations(answer: dict[str, Any]) -> dict[tuple[str, str], str | None]:
    return {(p["one"], p["other"]): p["found"] for p in answer["relatedness"]}


def test_a_true_trio_fits_its_names(tmp_path: Path, made: World, family: Any) -> None:
    child, father, mother = family
    answer = found(tmp_path, made, son(made, child), son(made, father), woman(made, mother))
    assert answer["identity"] == {"verdict": "the samples fit their names", "status": "ok", "reasons": []}  # fmt: skip # noqa: E501
    assert sexes(answer) == ["XY", "XY", "XX"]
    assert [p["verdict"] for p in answer["relatedness"]] == [
        "agrees: parent and child", "agrees: parent and child", "agrees: unrelated"
    ]  # fmt: skip
    assert answer["trios"][0]["value"] < 0.01
    assert answer["upd"][0]["verdict"] == "none found"
    assert answer["upd"][0]["value"] == 0
    assert len(answer["upd"][0]["chromosomes"]) == 22
    for person in answer["people"]:
        assert person["copies"]["verdict"] == "as expected"
        assert person["roh"]["value"] == 0
    facts = [p[k] for p in answer["people"] for k in ("sex", "copies", "roh")]
    for fact in [*facts, *answer["relatedness"], *answer["trios"], *answer["upd"]]:
        assert fact.keys() >= PARTS
        assert all(fact[k] for k in ("formula", "source", "limit", "verdict"))
    for fact in (answer["people"][0]["sex"], answer["trios"][0]):
        assert "set here" in fact["source"]
    assert "doi:10.1038/gim.2012.169" in answer["people"][0]["roh"]["source"]


def test_a_tumour_is_its_normal_and_nobodys_parent() -> None:
    people = (
        SampleInfo(0, "t", "t", "male", "affected", is_tumour=True),
        SampleInfo(1, "n", "n", "male", "affected", father="f", mother="m"),
        SampleInfo(2, "f", "f", "male", "unaffected"),
        SampleInfo(3, "m", "m", "female", "unaffected"),
    )
    info = case_of(people)
    expected = {(a.id, b.id): expected_relation(info, a, b) for a, b in combinations(people, 2)}
    assert expected == {
        ("t", "n"): "same person or twin", ("t", "f"): None, ("t", "m"): None,
        ("n", "f"): "parent and child", ("n", "m"): "parent and child", ("f", "m"): "unrelated",
    }  # fmt: skip


def test_swapped_parents_are_named_by_sex(tmp_path: Path, made: World, family: Any) -> None:
    child, father, mother = family
    answer = found(tmp_path, made, son(made, child), woman(made, mother), son(made, father))
    assert answer["identity"]["status"] == "warn"
    assert answer["identity"]["reasons"][0] == "by sex, dad and mum are swapped: father and mother"
    assert answer["trios"][0]["value"] < 0.01
    assert "differs: reported male, found female" in answer["people"][1]["sex"]["verdict"]


def test_swapped_child_and_mother_are_named(tmp_path: Path, made: World, family: Any) -> None:
    child, father, mother = family
    answer = found(tmp_path, made, woman(made, mother), son(made, father), son(made, child))
    assert answer["identity"]["reasons"][0] == "the samples fit with mum as the child of child and dad"  # fmt: skip # noqa: E501
    assert relations(answer)["dad", "mum"] == "parent and child"
    assert answer["upd"][0]["verdict"] == "not determinable: dad did not prove to be a parent"


def test_unrelated_father(tmp_path: Path, made: World, family: Any) -> None:
    child, _, mother = family
    answer = found(tmp_path, made, son(made, child), son(made, made.person()), woman(made, mother))
    assert relations(answer) == {
        ("child", "dad"): "unrelated", ("child", "mum"): "parent and child",
        ("dad", "mum"): "unrelated",
    }  # fmt: skip
    assert answer["upd"][0]["value"] is None
    assert answer["upd"][0]["segments"] == []
    assert answer["trios"][0]["status"] == "warn"
    assert answer["trios"][0]["no_father"] > 20 * answer["trios"][0]["no_mother"]


def test_half_sibling_in_the_fathers_place(tmp_path: Path, made: World) -> None:
    grandmother = made.person()
    father, half = (made.child(made.person(), grandmother) for _ in range(2))
    mother = made.person()
    child = made.child(father, mother)
    answer = found(tmp_path, made, son(made, child), son(made, half), woman(made, mother))
    assert relations(answer)["child", "dad"] in ("second degree", "third degree")
    assert answer["identity"]["status"] == "warn"
    assert answer["upd"][0]["verdict"].startswith("not determinable: dad did not prove")


def test_duplicated_sample(tmp_path: Path, made: World, family: Any) -> None:
    child, father, _ = family
    answer = found(tmp_path, made, son(made, child), son(made, father), son(made, child))
    assert relations(answer)["child", "mum"] == "same person or twin"
    row = next(p for p in answer["relatedness"] if p["other"] == "mum" and p["one"] == "child")
    assert row["kinship"] == pytest.approx(0.5, abs=0.02)
    assert answer["identity"]["status"] == "warn"


def test_unusual_sex_chromosomes_and_a_mosaic(tmp_path: Path, made: World, family: Any) -> None:
    child, father, mother = family
    answer = found(
        tmp_path, made, son(made, child, x=2, copies_at={18: 1.8}), son(made, father),
        woman(made, mother, x=1),
    )  # fmt: skip
    assert sexes(answer) == ["XXY", "XY", "X0"]
    assert "agrees with the reported sex, male; unusual: XXY" in answer["people"][0]["sex"]["verdict"]  # fmt: skip # noqa: E501
    assert answer["people"][2]["sex"]["status"] == "warn"
    assert answer["people"][0]["copies"]["warned"] == ["chr18", "chrX"]
    rows = {r["name"]: r for r in answer["people"][0]["copies"]["value"]}
    assert rows["chr18"]["deviation"] == pytest.approx(-0.2, abs=0.05)
    assert answer["people"][2]["copies"]["warned"] == ["chrX"]
    assert answer["identity"]["status"] == "ok"


def test_a_few_calls_are_no_deviation(tmp_path: Path, made: World, family: Any) -> None:
    """Chromosome 21 with a third more copies: told, but warned of only where calls are many."""
    child, father, mother = family
    boy = son(made, child, copies_at={21: 2.7})
    twenty_one = np.flatnonzero(made.chrom == 21)
    carried = twenty_one[boy.gt[twenty_one] >= 1]
    boy.gt[carried[DEPTH_LEAST + 20 :]] = -1
    answer = found(tmp_path, made, boy, son(made, father), woman(made, mother))
    copies = answer["people"][0]["copies"]
    (row,) = [r for r in copies["value"] if r["name"] == "chr21"]
    assert row["copies"] > 2.4
    assert (row["warned"], copies["warned"], copies["verdict"]) == (False, [], "as expected")


@pytest.mark.parametrize("kind", ["isodisomy", "heterodisomy"])
def test_disomy_with_its_parent_and_place(
    tmp_path: Path, made: World, family: Any, kind: str
) -> None:
    child, father, mother = (tuple(h.copy() for h in p) for p in family)
    inside = made.inside(15, 30_000_000, 80_000_000)
    child[0][inside] = mother[0][inside]
    child[1][inside] = mother[0 if kind == "isodisomy" else 1][inside]
    answer = found(tmp_path, made, son(made, child), son(made, father), woman(made, mother))
    (segment,) = answer["upd"][0]["segments"]
    assert (segment["name"], segment["origin"], segment["type"]) == ("chr15", "maternal", kind)
    assert segment["outer"][0] <= segment["start"] <= 32_000_000
    assert 78_000_000 <= segment["end"] <= segment["outer"][1]
    assert f"maternal {kind}, chr15:" in answer["upd"][0]["verdict"]
    assert answer["identity"]["status"] == "ok"
    runs = answer["people"][0]["roh"]["segments"]
    assert bool(runs) == (kind == "isodisomy")


def test_disomy_of_a_whole_chromosome_may_reach_its_ends(
    tmp_path: Path, made: World, family: Any
) -> None:
    child, father, mother = (tuple(h.copy() for h in p) for p in family)
    here = made.chrom == 15
    child[0][here], child[1][here] = mother[0][here], mother[1][here]
    answer = found(tmp_path, made, son(made, child), son(made, father), woman(made, mother))
    (segment,) = answer["upd"][0]["segments"]
    assert segment["whole"]
    assert segment["outer"] == [0, query_rows.BUILD.size(15)]


def test_a_deletion_is_told_from_disomy_by_depth(tmp_path: Path, made: World, family: Any) -> None:
    child, father, mother = (tuple(h.copy() for h in p) for p in family)
    inside = made.inside(15, 30_000_000, 50_000_000)
    child[0][inside] = child[1][inside] = mother[0][inside]
    boy = son(made, child)
    boy.reads[inside] = made.rng.poisson(17, int(inside.sum()))
    answer = found(tmp_path, made, boy, son(made, father), woman(made, mother))
    (segment,) = answer["upd"][0]["segments"]
    assert segment["one_copy"]
    assert segment["type"] is None
    assert answer["upd"][0]["value"] == 0
    assert answer["upd"][0]["verdict"] == "none found; 1 stretch has one copy by depth"
    assert answer["people"][0]["roh"]["value"] == 0
    assert answer["people"][0]["roh"]["segments"][0]["one_copy"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, made: World, family: Any) -> Iterator[Desk]:
    child, father, mother = (tuple(h.copy() for h in p) for p in family)
    inside = made.inside(2, 100_000_000, 160_000_000)
    child[1][inside] = child[0][inside]
    people = [son(made, child), son(made, father), woman(made, mother)]
    opened = open_desk(tmp_path_factory.mktemp("lake"), table_of(made, people))
    yield opened
    opened.close()


@pytest.mark.parametrize("members", [["child"], ["child", "mum"], ["dad", "mum"]])
def test_only_people_in_sight_take_part(
    desk: Desk, members: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "AUTHORITY_AGE", 0.0)
    actor = Actor("-".join(members), "Ada")
    desk.journal.grant("local", actor.id, "see_case", "case", "demo", members)
    whole, part = desk.case(LOCAL, "demo").detect(), desk.case(actor, "demo").detect()
    hidden = {"child", "dad", "mum"} - set(members)
    said = json.dumps(part)
    assert not any(f'"{name}"' in said for name in hidden)
    assert [p["sample"] for p in part["people"]] == members
    assert part["withheld"] == len(hidden)
    assert part["trios"] == []
    for finding in part["upd"]:
        assert finding["verdict"].startswith("not determinable: both parents are needed")
    assert len(part["upd"]) == ("child" in members)
    alone = {p["sample"]: p for p in whole["people"]}
    for person in part["people"]:
        assert person["roh"] == alone[person["sample"]]["roh"]
        assert person["sex"]["value"] == alone[person["sample"]]["sex"]["value"]
    pairs = {(p["one"], p["other"]): p["kinship"] for p in whole["relatedness"]}
    for pair in part["relatedness"]:
        assert pair["kinship"] == pairs[pair["one"], pair["other"]]


def test_once_found_it_is_kept(desk: Desk) -> None:
    case = desk.case(LOCAL, "demo")
    assert case.detect() is case.detect()


def test_too_little_to_tell_is_said(tmp_path: Path) -> None:
    made = world(600, 9, tuple(range(1, 25)))
    father, mother = made.person(), made.person()
    child = made.child(father, mother)
    answer = found(tmp_path, made, son(made, child), son(made, father), woman(made, mother))
    assert all(p["verdict"].startswith("not determinable: ") for p in answer["relatedness"])
    assert answer["identity"]["status"] == "unknown"
    assert answer["upd"][0]["verdict"] == "not determinable: too few sites to prove dad and mum a parent"  # fmt: skip # noqa: E501
    assert answer["people"][0]["roh"]["value"] is None
    assert np.all([p["roh"]["status"] == "unknown" for p in answer["people"]])


def tumour_and_normal(people: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = sample_rows(people)
    rows[0] |= {"is_tumour": True, "role": "tumour"}
    rows[1] |= {"role": "normal"}
    return rows


@pytest.mark.parametrize(
    ("lost", "own", "verdict", "status"),
    [
        (0.0, True, "agrees: same person or twin", "ok"),
        (0.2, True, "agrees: same person or twin", "ok"),
        (0.45, True, "found parent and child, or the same with much of its genome lost", "warn"),
        (0.2, False, "differs: expected same person or twin, found unrelated", "warn"),
    ],
)
def test_tumour_and_its_normal(
    tmp_path: Path,
    made: World,
    monkeypatch: pytest.MonkeyPatch,
    lost: float,
    own: bool,
    verdict: str,
    status: str,
) -> None:
    """A third of the tumour's calls are its own, and it has lost one copy of some arms."""
    monkeypatch.setattr(query_rows, "sample_rows", tumour_and_normal)
    patient = made.person()
    normal = son(made, patient if own else made.person())
    tumour = son(made, patient)
    gone = (made.start // 1_000_000 % 100) < 100 * lost
    tumour.gt[gone] = 2 * patient[0][gone]
    new = made.rng.random(len(made.chrom)) < 0.3
    new &= (normal.gt == 0) & (made.chrom < 23)
    tumour.gt[new] = 1
    desk = open_desk(tmp_path, table_of(made, [tumour, normal]), people=("tumour", "normal"))
    answer = desk.case(LOCAL, "demo").detect()
    desk.close()
    (pair,) = answer["relatedness"]
    assert pair["verdict"].endswith(verdict)
    assert pair["status"] == status
    assert answer["identity"]["status"] == ("ok" if own else "warn")
    assert answer["people"][0]["roh"]["verdict"].startswith("not determinable: a tumour")
