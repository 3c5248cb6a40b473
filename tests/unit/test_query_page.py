"""Pages, orders, places, details, the funnel and its reasons."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from data_layer.errors import InputError, NotFoundError, UsageError
from data_layer.query import variants
from data_layer.query import verdict as judge
from data_layer.query.access import LOCAL, CaseQuery
from data_layer.query.cache import ByteCache
from data_layer.query.desk import Desk
from data_layer.query.filters import Filter, parse_filters
from data_layer.query.recipes import RECIPES, recipe, recipes_for
from data_layer.query.source import Source
from data_layer.query.variants import parse_sort
from data_layer.reference.genes import gene
from tests.query_rows import PEOPLE, consequence_table, open_desk, plain, variant_table

N = 3000
VARIANTS = variant_table(N, seed=41)
ROWS = plain(VARIANTS)
CONSEQUENCES = consequence_table(VARIANTS)
STEPS = parse_filters("filter~in~PASS~keep;gnomad_af~lt~0.01~keep;gt:child~in~het|hom;rank_score~ge~5~keep")  # fmt: skip # noqa: E501


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = open_desk(tmp_path_factory.mktemp("lake"), VARIANTS, consequences=CONSEQUENCES)
    yield made
    made.close()


@pytest.fixture
def case(desk: Desk) -> CaseQuery:
    return desk.case(LOCAL, "demo")


def ordered(name: str, down: bool, pick: Any) -> list[int]:
    given = [r for r in ROWS if pick(r) is not None]
    given.sort(key=pick, reverse=down)
    none = [r["row_id"] for r in ROWS if pick(r) is None]
    return [r["row_id"] for r in given] + none


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("name", ["rank_score", "gene", "start", "qual", "vaf:mum", "gt:dad", "class"])  # fmt: skip # noqa: E501
def test_sorts_with_missing_last_and_ties_by_row(case: CaseQuery, name: str, down: bool) -> None:
    column, _, person = name.partition(":")
    place = PEOPLE.index(person) if person else None

    def pick(row: dict[str, Any]) -> Any:
        value = row[column]
        return value if place is None or value is None else value[place]

    page = case.page((), ((name, down),), 0, N, ["row_id", name])
    want = ordered(name, down, pick)
    values = [r[name] for r in page.rows]
    assert [v is None for v in values] == sorted(v is None for v in values)
    if down:
        groups = sorted({pick(r) for r in ROWS if pick(r) is not None}, reverse=True)
        want = [r["row_id"] for g in groups for r in ROWS if pick(r) == g] + [
            r["row_id"] for r in ROWS if pick(r) is None
        ]
    assert [r["row_id"] for r in page.rows] == want


def test_sorts_by_several_columns(case: CaseQuery) -> None:
    page = case.page((), (("class", False), ("start", True)), 0, N, ["row_id"])
    want = sorted(ROWS, key=lambda r: (r["class"], -r["start"], r["row_id"]))
    assert [r["row_id"] for r in page.rows] == [r["row_id"] for r in want]


def test_pages_join_to_the_whole_and_know_their_places(case: CaseQuery) -> None:
    sort = (("rank_score", True),)
    whole = [r["row_id"] for r in case.page(STEPS, sort, 0, N, ["row_id"]).rows]
    parts = []
    for offset in range(0, N, 37):
        page = case.page(STEPS, sort, offset, 37, ["row_id"])
        parts += [r["row_id"] for r in page.rows]
        assert (page.total, page.of) == (len(whole), N)
    assert parts == whole
    assert [case.place(i, STEPS, sort) for i in whole[:20]] == list(range(20))
    gone = next(i for i in range(N) if i not in set(whole))
    assert case.place(gone, STEPS, sort) is None


def test_rows_of_a_page_before_are_not_read_again(
    case: CaseQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    read = variants.rows_by_id

    def seen(source: Source, ids: Sequence[int], columns: Sequence[str]) -> dict[int, Any]:
        asked.append(list(ids))
        return read(source, ids, columns)

    monkeypatch.setattr(variants, "rows_by_id", seen)
    names = ["row_id", "end", "gt"]
    before = case.page((), (("end", False),), 0, 40, names).rows
    later = case.page((), (("end", False),), 20, 40, names).rows
    assert later[:20] == before[20:]
    assert asked == [[r["row_id"] for r in before], [r["row_id"] for r in later[20:]]]
    later[0]["end"] = -1
    assert case.page((), (("end", False),), 20, 1, names).rows == before[20:21]
    assert set(case.page((), (("end", False),), 0, 1, ["row_id", "vid"]).rows[0]) == {"row_id", "vid"}  # fmt: skip # noqa: E501


def test_strict_new_mutations_are_those_of_one_pass(
    case: CaseQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Filter("de_novo:child", "=", "strict")
    called = case.count([Filter("de_novo:child", "=", "called")])
    by_number = judge._strict(case._source, step)
    monkeypatch.setattr(judge, "_NARROW", -1)
    assert np.array_equal(by_number, judge._strict(case._source, step))
    assert np.array_equal(by_number, judge._read(case._source, [step])[0])
    assert 0 < np.count_nonzero(by_number) < called
    assert case.count([step]) == np.count_nonzero(by_number)


def test_page_rows_are_json(case: CaseQuery) -> None:
    page = case.page((), (), 0, 100)
    assert json.loads(json.dumps(page.rows, allow_nan=False)) == page.rows
    assert page.rows[3]["vid"] == ROWS[3]["vid"]
    assert page.rows[3]["dp"] == ROWS[3]["dp"]


@pytest.mark.parametrize("bad", ["nosuch", 'start" desc; --', "vaf:stranger", "qual:child"])
def test_no_such_column(case: CaseQuery, bad: str) -> None:
    with pytest.raises(InputError):
        case.page((), ((bad, False),), 0, 5)
    with pytest.raises(InputError):
        case.page((), (), 0, 5, [bad])


def test_page_has_limits(case: CaseQuery) -> None:
    with pytest.raises(UsageError):
        case.page((), (), -1, 5)
    with pytest.raises(UsageError):
        case.page((), (), 0, 1_000_000)


def test_sort_text() -> None:
    assert parse_sort("rank_score:desc,vaf:HG002:asc") == (("rank_score", True), ("vaf:HG002", False))  # fmt: skip # noqa: E501
    assert parse_sort("") == ()
    with pytest.raises(InputError):
        parse_sort("rank_score")


def test_funnel_counts_what_each_step_left(case: CaseQuery) -> None:
    steps = case.funnel(STEPS)
    assert (steps[0].before, steps[0].after) == (N, N)
    for i, step in enumerate(steps[1:], start=1):
        assert step.filter_url == STEPS[i - 1].to_url()
        assert step.before == steps[i - 1].after
        assert step.after == case.count(STEPS[:i])
    left = [r for r in ROWS if r["filter"] == ["PASS"]]
    assert steps[1].after == len(left)


def test_why_names_the_step_and_the_value(case: CaseQuery) -> None:
    common = next(r for r in ROWS if r["filter"] == ["PASS"] and (r["gnomad_af"] or 0) >= 0.01)
    told = case.why(common["vid"], STEPS)
    assert told.row_id == common["row_id"]
    assert told.step == 2
    assert told.removed_by == STEPS[1].to_url()
    assert f"{common['gnomad_af']:g}" in (told.value or "")
    assert "removed by step 2" in told.sentence
    kept = case.page(STEPS, (), 0, 1).rows[0]
    assert case.why(kept["vid"], STEPS).step is None
    assert "passes every step" in case.why(kept["vid"], STEPS).sentence
    gone = case.why("chr1-1-A-C", STEPS)
    assert gone.row_id is None
    assert "is not in the files of this case" in gone.sentence


def test_why_agrees_with_the_funnel_for_every_row(case: CaseQuery) -> None:
    removed = [case.why(ROWS[i]["vid"], STEPS).step for i in range(60)]
    for i, step in enumerate(removed):
        for k in range(1, len(STEPS) + 1):
            survives = bool(case.count([*STEPS[:k], Filter("row", "=", i)]))
            assert survives == (step is None or step > k)


def test_finds_by_every_name(case: CaseQuery) -> None:
    row = next(r for r in ROWS if r["hgvsp"] and r["hgvsc"] and r["class"] == "snv" and r["gene"])
    contig, pos = row["contig"], row["start"] + 1
    queries = [row["vid"], f"{contig}-{pos}-{row['ref']}-{row['alt']}", f"{contig}:{pos}",
               f"{contig.removeprefix('chr')}:{pos:,}", row["hgvsp"], row["hgvsc"], row["hgvsp"].split(":")[1]]  # fmt: skip # noqa: E501
    for text in queries:
        assert row["row_id"] in {h.row_id for h in case.find(text)}, text
    assert {ROWS[h.row_id]["id"] for h in case.find("rs22") if h.row_id is not None} == {"rs22"}
    genes = [h for h in case.find("stxb") if h.kind == "gene"]
    inside = sum(r["gene"] == "STXBP1" for r in ROWS)
    known = gene(case.info.reference, "STXBP1")
    assert known is not None
    x0 = case.info.reference.gpos(known.chrom, known.start)
    assert ("STXBP1", x0, inside) in {(g.label, g.x0, g.count) for g in genes}
    made_up = [h for h in case.find("gene399") if h.kind == "gene"]
    assert [(h.label, h.count) for h in made_up] == [
        ("GENE399", sum(r["gene"] == "GENE399" for r in ROWS))
    ]
    assert ("CFTR", 0) in {(h.label, h.count) for h in case.find("cftr")}
    assert [h.kind for h in case.find("chr2:1-5,000")] == ["region"]
    assert case.find("  ") == []
    assert case.find("'; drop table x; --") == []


def test_variant_tells_everything(case: CaseQuery) -> None:
    row = ROWS[30]
    told = case.variant(30)
    assert told["vid"] == row["vid"]
    assert [f["key"] for f in told["info_fields"]] == ["AF", "DB"]
    assert told["info_fields"][1]["value"] is True
    assert told["info_fields"][0]["description"] == "Allele frequency"
    assert [p["sample_id"] for p in told["people"]] == list(PEOPLE)
    for i, person in enumerate(told["people"]):
        assert person["dp"] == row["dp"][i]
        assert [f["value"] for f in person["fields"]] == row["sample_text"][i].split(":")
    want = [c["transcript"] for c in CONSEQUENCES.to_pylist() if c["row_id"] == 30]
    assert [c["transcript"] for c in told["consequences"]] == want
    assert len(want) == 2
    json.dumps(told, allow_nan=False)
    for bad in (-1, N, 10**9):
        with pytest.raises(NotFoundError):
            case.variant(bad)


def test_marks_name_what_a_pixel_hides(case: CaseQuery) -> None:
    top = sum(case.info.reference.sizes)
    everything = case.marks((), 0, top, 100_000)
    width = top / 100_000
    narrow = {
        r["row_id"]
        for r in ROWS
        if r["class"] not in ("snv", "indel")
        and max(r["end"] - r["start"], abs(r["svlen"] or 0), 1) < width
    }
    named = {m.row_id for m in everything.marks}
    assert narrow <= named
    assert everything.total == everything.named == len(named) <= len(narrow) + 10
    few = case.marks((), 0, top, 400)
    assert few.named == 5 < few.total
    best = max(r["rank_score"] for r in ROWS if r["rank_score"] is not None)
    assert best in {m.rank_score for m in few.marks}
    assert [m.gpos for m in few.marks] == sorted(m.gpos for m in few.marks)
    assert all(m.label for m in few.marks)
    none = case.marks(parse_filters("qual~lt~-1"), 0, top, 400)
    assert (none.marks, none.total) == ([], 0)


def copies(row: dict[str, Any]) -> list[int]:
    return row["gt"]


def test_de_novo_follows_the_chromosome(case: CaseQuery) -> None:
    kept = {r["row_id"] for r in case.page(parse_filters("de_novo:child~eq~called"), (), 0, N).rows}
    build = case.info.reference
    want = set()
    for row in ROWS:
        child, dad, mum = copies(row)
        asked = [dad, mum]
        if row["chrom"] == 23 and not build.in_par(23, row["start"]):
            asked = [mum]
        if row["chrom"] == 24 and not build.in_par(24, row["start"]):
            asked = [dad]
        if row["chrom"] == 25:
            asked = [mum]
        if child >= 1 and all(c == 0 for c in asked):
            want.add(row["row_id"])
    assert kept == want
    assert {ROWS[i]["chrom"] for i in kept} >= {23}


def test_recessive_pairs_come_from_both_parents(case: CaseQuery) -> None:
    before = parse_filters("gnomad_af~lt~0.05~keep")
    kept = {
        r["row_id"]
        for r in case.page((*before, Filter("recessive:child", "=", "strict")), (), 0, N).rows
    }
    left = [r for r in ROWS if r["gnomad_af"] is None or r["gnomad_af"] < 0.05]
    want = set()
    genes: dict[str, list[dict[str, Any]]] = {}
    for row in left:
        if row["gene"]:
            genes.setdefault(row["gene"], []).append(row)
    for row in left:
        child, dad, mum = copies(row)
        on_x = row["chrom"] == 23 and not case.info.reference.in_par(23, row["start"])
        if (child >= 2 or (on_x and child >= 1)) and dad < (1 if on_x else 2) and mum < 2:
            want.add(row["row_id"])
        if child != 1 or row["hemizygous"][0] or row["gene"] is None:
            continue
        others = [
            copies(o) for o in genes[row["gene"]] if copies(o)[0] == 1 and not o["hemizygous"][0]
        ]
        from_dad = any(c[1] >= 1 and c[2] == 0 for c in others)
        from_mum = any(c[2] >= 1 and c[1] == 0 for c in others)
        fresh = any(c[1] == 0 and c[2] == 0 for c in others)
        if dad >= 1 and mum == 0 and (from_mum or fresh):
            want.add(row["row_id"])
        if mum >= 1 and dad == 0 and (from_dad or fresh):
            want.add(row["row_id"])
        if dad == 0 and mum == 0 and (from_dad or from_mum):
            want.add(row["row_id"])
    assert kept == want
    assert kept


def test_recipes_run(case: CaseQuery) -> None:
    assert {r.name for r in recipes_for(case.info)} == set(RECIPES)
    for item in RECIPES.values():
        steps = item.filters_for(case.info)
        assert case.count(steps) <= N
        assert all(parse_filters(s.to_url()) == (s,) for s in steps)
    assert recipe("all").filters_for(case.info) == ()
    with pytest.raises(NotFoundError):
        recipe("nosuch")


def test_many_threads_get_the_same_answers(desk: Desk) -> None:
    want = [s.after for s in desk.case(LOCAL, "demo").funnel(STEPS)]
    desk.cache.clear()
    got: list[list[int]] = []

    def ask() -> None:
        case = desk.case(LOCAL, "demo")
        got.append([s.after for s in case.funnel(STEPS)])
        case.page(STEPS, (("gene", True),), 0, 20)
        case.grid("vaf", x0=0, x1=10**9, w=100, h=50, filters=STEPS)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [want] * 12


class Block:
    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes


def test_cache_is_bounded_and_lets_the_oldest_go() -> None:
    cache = ByteCache(100)
    for name in "abc":
        cache.get(name, lambda: Block(40))
    assert cache.held == 80
    assert cache.peek("a") is None
    cache.get("b", lambda: Block(40))
    cache.get("d", lambda: Block(40))
    assert cache.peek("c") is None
    assert cache.peek("b") is not None
    cache.get("huge", lambda: Block(1000))
    assert cache.peek("huge") is None
    assert cache.held == 80


def test_a_chromosome_and_a_band_are_found(case: CaseQuery) -> None:
    build = case.info.reference
    for text in ("chrM", "MT", "m"):
        first = case.find(text)[0]
        assert (first.kind, first.label) == ("chromosome", "chrM")
        assert (first.x0, first.x1) == (build.gpos(25, 0), build.gpos(25, 0) + build.size(25))
    band = case.find("15q13.3")[0]
    assert (band.kind, band.label) == ("band", "15q13.3")
    assert build.gpos(15, 30_000_000) < band.x0 < band.x1 < build.gpos(15, 34_000_000)
    assert [h for h in case.find("9q99") if h.kind == "band"] == []
