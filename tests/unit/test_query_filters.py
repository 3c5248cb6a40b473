"""Filters: what they keep, say and refuse, each against the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from data_layer.errors import InputError
from data_layer.query.access import LOCAL, CaseQuery
from data_layer.query.filters import FIELDS, Filter, filters_url, parse_filters
from data_layer.query.masks import array_masks
from data_layer.query.verdict import _read
from data_layer.region import Region
from tests.query_rows import BUILD, consequence_table, open_desk, plain, variant_table

N = 3000
Row = dict[str, Any]
VARIANTS = variant_table(N, seed=5)
ROWS = plain(VARIANTS)
CONSEQUENCES = consequence_table(VARIANTS)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseQuery]:
    desk = open_desk(tmp_path_factory.mktemp("lake"), VARIANTS, consequences=CONSEQUENCES)
    yield desk.case(LOCAL, "demo")
    desk.close()


def kept(case: CaseQuery, *filters: Filter) -> set[int]:
    page = case.page(filters, (), 0, N, ["row_id"])
    assert page.total == case.count(filters) == len(page.rows)
    return {row["row_id"] for row in page.rows}


def expected(test: Callable[[Row], bool]) -> set[int]:
    return {row["row_id"] for row in ROWS if test(row)}


def region(text: str) -> tuple[int, int]:
    return Region.parse(text, BUILD).gpos


CHR2 = region("chr2:1-50,000,000")
GENES2 = {r["row_id"] for r in CONSEQUENCES.to_pylist() if r["gene"] in ("GENE7", "STXBP1")}
CASES: list[tuple[Filter, Callable[[Row], bool]]] = [
    (Filter("class", "in", ("sv", "cnv")), lambda r: r["class"] in ("sv", "cnv")),
    (Filter("class", "notin", ("snv",)), lambda r: r["class"] != "snv"),
    (Filter("region", "in", "chr2:1-50,000,000"), lambda r: CHR2[0] <= r["gpos"] < CHR2[1]),
    (Filter("region", "notin", "chr2:1-50,000,000"), lambda r: not CHR2[0] <= r["gpos"] < CHR2[1]),
    (Filter("region", "in", "chr2:50000000-chr4:7"), lambda r: (2, 49_999_999) <= (r["chrom"], r["start"]) <= (4, 6)),  # noqa: E501
    (Filter("region", "overlaps", "chr1:1,000,000-90,000,000"), lambda r: r["chrom"] == 1 and r["start"] < 90_000_000 and r["end"] > 999_999),  # noqa: E501
    (Filter("gene", "in", ("stxbp1", "GENE3")), lambda r: r["gene"] in ("STXBP1", "GENE3")),
    (Filter("gene", "notin", ("GENE3",), "keep"), lambda r: r["gene"] != "GENE3"),
    (Filter("gene", "notin", ("GENE3",), "drop"), lambda r: r["gene"] not in ("GENE3", None)),
    (Filter("gene", "contains", "orf"), lambda r: "orf" in (r["gene"] or "")),
    (Filter("gene", "is-missing"), lambda r: r["gene"] is None),
    (Filter("any_gene", "in", ("GENE7", "STXBP1")), lambda r: r["gene"] in ("GENE7", "STXBP1") or r["row_id"] in GENES2),  # noqa: E501
    (Filter("consequence", "in", ("stop_gained",)), lambda r: r["consequence"] == "stop_gained"),
    (Filter("impact", "in", ("HIGH",)), lambda r: r["impact"] == "HIGH"),
    (Filter("effect", "in", ("protein",)), lambda r: r["impact"] in ("HIGH", "MODERATE")),
    (Filter("effect", "in", ("splicing",)), lambda r: "splic" in r["consequence"] or (r["spliceai"] or 0) >= 0.2),  # noqa: E501
    (Filter("effect", "notin", ("large",)), lambda r: r["class"] in ("snv", "indel")),
    (Filter("filter", "in", ("PASS",)), lambda r: r["filter"] == ["PASS"]),
    (Filter("qual", ">=", 50), lambda r: (r["qual"] or -1) >= 50),
    (Filter("gnomad_af", "<", 0.001, "keep"), lambda r: r["gnomad_af"] is None or r["gnomad_af"] < 0.001),  # noqa: E501
    (Filter("gnomad_af", "<", 0.001, "drop"), lambda r: r["gnomad_af"] is not None and r["gnomad_af"] < 0.001),  # noqa: E501
    (Filter("cadd", "between", (5, 20)), lambda r: r["cadd"] is not None and 5 <= r["cadd"] <= 20),
    (Filter("local_obs", "in", (1, 2, 3)), lambda r: r["local_obs"] in (1, 2, 3)),
    (Filter("local_obs", "notin", tuple(range(30))), lambda r: r["local_obs"] is not None and r["local_obs"] >= 30),  # noqa: E501
    (Filter("rank_score", ">", 10), lambda r: (r["rank_score"] or 0) > 10),
    (Filter("svlen", ">=", 1000), lambda r: abs(r["svlen"] or 0) >= 1000),
    (Filter("clinvar_sig", "contains", "PATHOGENIC"), lambda r: "athogenic" in (r["clinvar_sig"] or "")),  # noqa: E501
    (Filter("clinvar_sig", "=", "it's, odd; ~value|"), lambda r: r["clinvar_sig"] == "it's, odd; ~value|"),  # noqa: E501
    (Filter("id", "=", "rs22"), lambda r: r["id"] == "rs22"),
    (Filter("text", "contains", "arg17"), lambda r: any("arg17" in (r[c] or "").lower() for c in ("gene", "hgvsc", "hgvsp", "id"))),  # noqa: E501
    (Filter("file", "=", 1), lambda r: r["file_index"] == 1),
    (Filter("row", "in", (5, 7)), lambda r: r["row_id"] in (5, 7)),
    (Filter("vid", "in", (ROWS[9]["vid"],)), lambda r: r["vid"] == ROWS[9]["vid"]),
    (Filter("model", "in", ("AD",)), lambda r: r["models"] == ["AD"]),
    (Filter("gt:child", "in", ("het", "hom")), lambda r: r["gt"][0] >= 1 > r["hemizygous"][0]),
    (Filter("gt:child", "in", ("hemi",)), lambda r: r["gt"][0] >= 1 and r["hemizygous"][0]),
    (Filter("gt:mum", "in", ("none",)), lambda r: r["gt"][2] == 0),
    (Filter("gt:dad", "notin", ("nocall",)), lambda r: r["gt"][1] != -1),
    (Filter("dp:dad", ">", 35), lambda r: r["dp"][1] > 35),
    (Filter("gq:child", "<=", 20), lambda r: r["gq"][0] <= 20),
    (Filter("vaf:mum", "between", (0.3, 0.7)), lambda r: r["vaf"][2] is not None and 0.3 <= r["vaf"][2] <= 0.7),  # noqa: E501
    (Filter("ad_alt:child", "=", 0), lambda r: r["ad_alt"][0] == 0),
]  # fmt: skip


@pytest.mark.parametrize(("item", "test"), CASES, ids=lambda v: v.to_url()[:50] if isinstance(v, Filter) else "")  # fmt: skip # noqa: E501
def test_keeps_what_the_rows_say(
    case: CaseQuery, item: Filter, test: Callable[[Row], bool]
) -> None:
    assert kept(case, item) == expected(test)


def test_arrays_and_sql_agree(case: CaseQuery) -> None:
    source = case._source
    by_array = array_masks(source, [f for f, _ in CASES])
    assert len(by_array) > 15
    for item, mask in by_array.items():
        (by_sql,) = _read(source, [item])
        assert np.array_equal(mask, by_sql), item.to_url()


@pytest.mark.parametrize("item", [f for f, _ in CASES], ids=lambda f: f.to_url()[:50])
def test_reads_its_own_address_back(item: Filter) -> None:
    assert Filter.from_url(item.to_url()) == item
    assert parse_filters(filters_url([item, item])) == (item, item)


def test_filters_of_one_step_do_not_depend_on_their_order(case: CaseQuery) -> None:
    items = [Filter("qual", ">=", 50), Filter("gnomad_af", "<", 0.01, "keep"), Filter("gt:child", "in", "het")]  # fmt: skip # noqa: E501
    assert kept(case, *items) == kept(case, *reversed(items))


def test_web_text_is_read_as_the_fields_kind() -> None:
    assert Filter("gnomad_af", "<", "1e-3").value == 0.001
    assert Filter("vaf:child", "between", "0.1,0.9").value == (0.1, 0.9)
    assert Filter("class", "in", "snv, sv").value == ("snv", "sv")
    two = Filter("region", "in", "chr1:1,000,000-2,000,000,chrX:5-9")
    assert two.value == ("chr1:1,000,000-2,000,000", "chrX:5-9")


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [
        ("nofield", "=", 1),
        ("qual", "contains", "5"),
        ("qual", "<", "five"),
        ("qual", "<", float("nan")),
        ("qual", "between", (5, 1)),
        ("gt", "in", "het"),
        ("gt:child", "in", "heterozygous"),
        ("qual:child", "<", 3),
        ("gene", "in", ()),
        ("row_id; drop table", "=", 1),
    ],
)
def test_refuses_what_a_field_cannot_have(field: str, op: str, value: Any) -> None:
    with pytest.raises(InputError):
        Filter(field, op, value)


def test_comparisons_may_be_typed() -> None:
    typed = parse_filters("gnomad_af<0.001; dp:child >= 10")
    assert typed == (Filter("gnomad_af", "<", 0.001, "keep"), Filter("dp:child", ">=", 10.0))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("gene=STXBP1", "gene~in~STXBP1"),
        ("gene = STXBP1|SCN1A", "gene~in~STXBP1|SCN1A"),
        ("class=sv,cnv", "class~in~sv|cnv"),
        ("gt:child=het", "gt:child~in~het"),
        ("region=chr7:55,019,017-55,211,628", "region~in~chr7:55,019,017-55,211,628"),
        ("clinvar_sig=Pathogenic", "clinvar_sig~eq~Pathogenic"),
        ("qual=30", "qual~eq~30"),
    ],
)
def test_a_typed_equals_sign_asks_for_one_of_a_list(typed: str, address: str) -> None:
    assert parse_filters(typed) == parse_filters(address)
    assert "=" not in parse_filters(typed)[0].to_url()


def test_a_typed_equals_sign_stays_refused_where_nothing_fits() -> None:
    with pytest.raises(InputError):
        parse_filters("text=STXBP1")


@pytest.mark.parametrize("text", ["x", "qual~lt", "qual~~5", "qual~lt~5~perhaps", "gene~in~"])
def test_refuses_a_broken_address(text: str) -> None:
    with pytest.raises(InputError):
        parse_filters(text)


def test_unknown_person_and_region_are_said(case: CaseQuery) -> None:
    with pytest.raises(InputError, match="nobody of that name"):
        case.count([Filter("gt:stranger", "in", "het")])
    with pytest.raises(InputError, match="outside chr2"):
        case.count([Filter("region", "in", "chr2:999,999,999")])


def test_sentences_say_what_becomes_of_missing_values() -> None:
    said = Filter("gnomad_af", "<", 0.001, "keep").sentence()
    assert said == "gnomAD frequency is below 0.001; calls without a value are kept."
    said = Filter("cadd", ">=", 20).sentence()
    assert said == "CADD is at least 20; calls without a value are left out."
    assert Filter("gt:mum", "in", "none").sentence() == "mum has no copy."
    assert "stop gained" in Filter("consequence", "in", ("stop_gained",)).sentence()


def test_every_field_compiles_with_every_operator(case: CaseQuery) -> None:
    for spec in FIELDS.values():
        name = f"{spec.name}:child" if spec.per_person else spec.name
        for op in spec.ops:
            value: Any = {"number": 1, "region": "chr1:5-9"}.get(spec.kind, spec.choices[:1] or "x")
            if op == "between":
                value = (0, 1)
            item = Filter(name, op, value[0] if isinstance(value, tuple) and op == "=" else value)
            assert 0 <= case.count([item]) <= N
            assert item.sentence().endswith(".")
