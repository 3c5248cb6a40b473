"""What the page's parts say, and that nothing a file holds becomes markup."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.views.filters import described, entered, offered, short, within
from app.views.genome import tracks
from app.views.header import facts, files, files_line, grouped, header, provenance
from app.views.pedigree import pedigree_svg
from app.views.table import genotype_title, shown_columns
from data_layer.errors import InputError
from data_layer.query.fields import FIELDS
from data_layer.query.filters import Filter
from data_layer.query.info import CaseInfo, FileInfo, SampleInfo, case_info
from data_layer.query.segments import SegmentInfo
from data_layer.query.signals import SignalInfo
from data_layer.region import Build, Region
from data_layer.schema import CONSEQUENCES, SIGNALS, VARIANTS

EVIL = "<img src=x onerror=alert(1)>\"'"
CHILD = SampleInfo(0, "c", "Child", "male", "affected", "proband", "f", "m")
FATHER = SampleInfo(1, "f", "Dad", "male", "unaffected", "father")
MOTHER = SampleInfo(2, "m", "Mum", "female", "unaffected", "mother")
TRIO = (CHILD, FATHER, MOTHER)
COUNTS = {"snv": 4_000_000, "indel": 900_000, "sv": 9_000, "cnv": 0}
CASE = CaseInfo(
    "NRS-1", "NRS-1", "rare", "GRCh38", "clinic", datetime(2026, 11, 24, 14, 7, tzinfo=UTC),
    ("HP:0001250",), ("HP:0000252",), ("DEE",), TRIO, 182, "i", 4_909_000, COUNTS, True, 27.0,
    score_min=-12.0,
)  # fmt: skip


def test_pedigree_shapes_and_lines() -> None:
    svg = str(pedigree_svg(TRIO))
    assert svg.count("<rect") == 2
    assert svg.count("<circle") == 1
    assert svg.count('class="ped-arrow"') == 1
    assert 'data-sample="2"' in svg
    assert "Proband male affected" in svg


def test_pedigree_without_a_parent_and_of_one() -> None:
    assert str(pedigree_svg((CHILD, MOTHER))).count("data-sample") == 2
    assert "<path d=" not in str(pedigree_svg((replace(CHILD, father=None, mother=None),))).split("ped-person")[0]  # fmt: skip # noqa: E501
    assert pedigree_svg(()) == ""


def test_pedigree_escapes_names() -> None:
    bad = replace(CHILD, name=EVIL, role=EVIL, affected=EVIL, sex=EVIL)
    svg = str(pedigree_svg((bad, FATHER, MOTHER)))
    assert "<img" not in svg
    assert "&lt;img" in svg


def test_header_says_who_and_from_what() -> None:
    head = header(CASE, pedigree_svg(TRIO), 40911, "Clinician")
    assert head["kind_line"] == "trio"
    assert head["person_line"] == "Proband Child, male"
    assert provenance(CASE, 40911) == "GRCh38 · Lake v182 · Journal 40,911"
    assert files_line(CASE) == "ingested 24 Nov 2026, 14:07"
    assert [(t.id, t.name, t.note) for t in head["hpo"]] == [("HP:0001250", "Seizure", "")]
    assert head["who"] == "Clinician"


def test_files_say_what_became_of_their_records() -> None:
    one = FileInfo(
        "a.vcf.gz", "vcf.gz", "f" * 64, 5_000_000, 5_087_313, 12, True, 3, ("line 9: X",)
    )
    old = FileInfo("b.vcf", "vcf", "0" * 64, None, None, None)
    case = replace(CASE, files=(one, old))
    assert files_line(case) == "2 files, ingested 24 Nov 2026, 14:07"
    first, second = files(case)
    assert (first.records, first.rows, first.rejected) == ("5,000,000", "5,087,313", "12")
    assert (first.note, first.warning_count, first.sha256) == ("vcf.gz, research", "3", "f" * 64)
    assert second.rejected == "not noted"


def test_a_case_tells_its_files_but_not_their_headers() -> None:
    source = {"name": "a.vcf", "format": "vcf", "sha256": "ab", "records": 4, "rows": 5,
              "rejected": 1, "header": "##secret", "warnings": [{"line": 7, "code": "C", "message": "m"}] * 30}  # fmt: skip # noqa: E501
    row = {"case_id": "c", "name": "c", "kind": "rare", "build": "GRCh38", "ingest_id": "i",
           "created": CASE.created, "sources": json.dumps([source])}  # fmt: skip

    def told(withheld: int) -> CaseInfo:
        return case_info(row, TRIO, version=1, total=5, reason="", withheld=withheld)

    (file,) = told(0).files
    assert (file.records, file.rows, file.rejected, file.warning_count) == (4, 5, 1, 30)
    assert file.warnings[0] == "line 7: C, m"
    assert len(file.warnings) < 30
    assert "secret" not in repr(told(0))
    assert told(1).files == ()


def test_every_column_has_a_plain_kind() -> None:
    kinds = {c.name: c.kind for c in VARIANTS.columns}
    assert (kinds["gt"], kinds["start"], kinds["gene"]) == ("list", "number", "text")
    assert CONSEQUENCES.column("best").kind == "flag"
    assert set(kinds.values()) <= {"text", "number", "flag", "list"}


def test_facts_leave_out_empty_classes() -> None:
    shown = [(f.label, f.value) for f in facts(CASE)]
    assert shown[:4] == [
        ("Calls", "4,909,000"),
        ("SNV", "4,000,000"),
        ("Indel", "900,000"),
        ("SV", "9,000"),
    ]
    assert all(f.label != "CNV" for f in facts(CASE))
    assert grouped(-1234) == "−1,234"


def test_tracks_follow_the_case() -> None:
    rows = tracks(CASE)
    assert [t.name for t in rows if t.standard] == ["arcs", "density", "vaf", "rank", "genes"]
    pictures = {t.name: t for t in rows}
    assert pictures["density"].lane_names == ("SNV", "indel", "SV")
    assert pictures["rank"].range == (-12.0, 27.0)
    plain = tracks(replace(CASE, class_counts={}, has_rank=False))
    assert [t.name for t in plain] == ["density", "vaf", "genes", "population"]


def measured(sample: str, index: int, signal: str, rows: int) -> SignalInfo:
    known = SIGNALS[signal]
    counted = (0, *[rows // 25] * 25, 0)
    return SignalInfo(sample, index, signal, known.title, known.unit, known.low, known.high or 64.0, rows, 3, counted, f"{sample}.bed.gz", "Gens", "a" * 64, known.codes)  # fmt: skip # noqa: E501


def test_signals_come_first_and_say_whose_they_are() -> None:
    found = [measured("c", 0, "coverage", 2500), measured("m", 2, "coverage", 5000), measured("c", 0, "depth", 50), measured("c", 0, "upd", 25)]  # fmt: skip # noqa: E501
    segments = [SegmentInfo("c", 0, "roh", 7, ("rhocall",)), SegmentInfo("c", 0, "cnv", 9, ()), SegmentInfo("m", 2, "upd", 1, ()), SegmentInfo("c", 0, "phase_block", 4, ())]  # fmt: skip # noqa: E501
    rows = {t.name: t for t in tracks(CASE, found, segments)}
    assert list(rows) == ["coverage", "depth", "copies", "runs", "upd", "arcs", "density", "vaf", "rank", "phase", "genes", "population"]  # fmt: skip # noqa: E501
    assert [n for n, t in rows.items() if not t.standard] == ["depth", "density", "vaf", "phase", "population"]  # fmt: skip # noqa: E501
    assert {p: g["rows"] for p, g in (rows["coverage"].people or {}).items()} == {"c": 2500, "m": 5000}  # fmt: skip # noqa: E501
    assert (rows["coverage"].people or {})["c"]["chrom_rows"][1] == 100
    assert rows["runs"].kinds == ("roh", "upd")
    assert (rows["runs"].people or {})["m"]["kinds"] == ["upd"]
    assert len(rows["upd"].code_colours) == len(rows["upd"].codes) == 5


def test_every_column_of_the_lake_can_be_shown() -> None:
    columns = shown_columns(TRIO, has_rank=True)
    needed = {n for c in columns for n in c["needs"]}  # type: ignore[attr-defined]
    kept_back = {"case_id", "ingest_id", "schema_version", "row_id"}
    assert {c.name for c in VARIANTS.columns} - needed == kept_back
    assert needed <= {c.name for c in VARIANTS.columns}
    names = [c["name"] for c in columns]
    assert len(names) == len(set(names))
    assert next(c for c in columns if c["name"] == "gt")["title"] == "P · F · M"


def test_position_stands_in_for_a_missing_rank() -> None:
    def standard(has_rank: bool) -> list[object]:
        return [c["name"] for c in shown_columns(TRIO, has_rank=has_rank) if c["standard"]]

    assert "place" not in standard(True)
    assert "place" in standard(False)
    assert "rank_score" not in standard(False)
    assert "rank_score" in standard(True)


def test_many_people_are_counted() -> None:
    assert genotype_title(TRIO * 3) == "9 people"


def test_filter_bar_offers_every_field() -> None:
    items = described()
    assert [i["name"] for i in items] == list(FIELDS)
    assert all(i["ops"] and i["label"] for i in items)


def test_entered_filters_are_checked() -> None:
    made = entered({"field": "gnomad_af", "op": "<", "value": "1e-3", "missing": "keep"})
    assert (made.value, made.missing) == (0.001, "keep")
    assert entered({"field": "gene", "op": "in", "value": ["A", "B"]}).value == ("A", "B")
    for bad in (
        {"field": "nope", "op": "<", "value": "1"},
        {"field": "cadd", "op": "<", "value": "x"},
        {},
    ):
        with pytest.raises(InputError):
            entered(bad)


def test_a_brush_is_a_region_filter() -> None:
    made = within([Region(Build.GRCH38, 9, 0, 1000), Region(Build.GRCH38, 10, 0, 5)])
    assert made[0].to_url() == "region~in~chr9:1-1000|chr10:1-5"
    assert within([]) == ()


def test_recipes_say_their_steps_and_band() -> None:
    items = {str(r["name"]): r for r in offered(CASE)}
    strict = items["rare-dominant-strict"]
    assert strict["band"] == [5, 25]
    assert "gnomAD" in str(strict["words"]).replace("GnomAD", "gnomAD")


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Filter("gnomad_af", "<", 0.001, "keep"), "gnomAD frequency < 0.001"),
        (Filter("gq:c", ">=", 20.0), "genotype quality, proband ≥ 20"),
        (Filter("gt:c", "in", ("het", "hom", "hemi")), "proband carries it"),
        (Filter("gt:f", "in", ("none", "nocall")), "father does not carry it"),
        (Filter("gt:m", "notin", ("hom",)), "mother not hom"),
        (Filter("de_novo:c", "=", "strict"), "new in proband"),
        (Filter("impact", "notin", ("LOW", "MODIFIER")), "impact not LOW, MODIFIER"),
        (Filter("effect", "in", ("protein", "splicing")), "protein, splicing"),
        (Filter("cadd", "between", (10.0, 20.0)), "CADD 10–20"),
        (Filter("revel", "is-missing"), "REVEL missing"),
    ],
)
def test_a_step_has_a_short_name(one: Filter, words: str) -> None:
    assert short(one, CASE) == words
