"""A whole case: what is written, what is refused, and odd input."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import pytest

from data_layer.errors import InputError, UsageError
from data_layer.ingest import mapping, staging
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.ingest.progress import progress_for
from data_layer.region import Build
from data_layer.settings import Settings
from tests.ingested import Ingested, a_lake, ingest_files, ingest_text, vcf_text
from tests.made import PEOPLE, small_trio


def test_a_trio_is_written(tmp_path: Path) -> None:
    vcf, ped = small_trio(tmp_path)
    case = ingest_files(tmp_path, vcf, ped=ped, name="The trio")
    found = case.rows("cases")[0]
    assert (found["case_id"], found["name"], found["kind"], found["build"]) == (
        "trio",
        "The trio",
        "rare",
        "GRCh38",
    )
    rows = case.rows()
    assert len(rows) == found["rows"] == case.report.tables["variants"] == 40
    assert [r["row_id"] for r in rows] == list(range(40))
    assert (rows[-1]["gene"], rows[-1]["gt"], rows[-1]["rank_score"]) == ("STXBP1", [1, 0, 0], 27.0)
    assert rows[-1]["vid"] == "GRCh38-chr9-127682510-G-A"
    source = json.loads(found["sources"])[0]
    assert source["samples"] == list(PEOPLE)
    assert source["header"] in vcf.read_text()
    assert source["consequence_fields"]["CSQ"][:2] == ["Allele", "Consequence"]
    assert len(source["sha256"]) == 64


def test_the_report_is_the_design_s(tmp_path: Path) -> None:
    vcf, ped = small_trio(tmp_path, lines=5)
    said = ingest_files(tmp_path, vcf, ped=ped).report.as_json()
    assert {
        "case_id",
        "lake_version",
        "tables",
        "files",
        "seconds",
        "rows_per_second",
    } <= said.keys()
    assert said["lake_version"] == 1
    assert said["tables"] == {"variants": 5, "consequences": 5, "samples": 3, "cases": 1}
    file = said["files"][0]
    assert (file["path"], file["format"], file["records"], file["kept"], file["rejected"]) == (
        str(vcf),
        "vcf",
        5,
        5,
        0,
    )
    json.dumps(said)


def test_a_second_ingest_needs_asking_and_keeps_persons(tmp_path: Path) -> None:
    vcf, ped = small_trio(tmp_path, lines=5)
    first = ingest_files(tmp_path, vcf, ped=ped)
    keys = [s["person_key"] for s in first.rows("samples")]
    with pytest.raises(InputError, match="--replace") as caught:
        ingest_files(tmp_path, vcf, ped=ped)
    assert caught.value.problem.code == "CASE-EXISTS"
    second = ingest_files(tmp_path, vcf, ped=ped, replace=True)
    assert second.report.lake_version == 2
    assert second.rows("cases")[0]["supersedes"] == first.report.ingest_id
    assert [s["person_key"] for s in second.rows("samples")] == keys
    assert len(second.rows()) == 5


def test_a_refused_file_leaves_nothing(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    path = tmp_path / "bad.vcf"
    path.write_text(vcf_text(["chr1 1 . A C . . .", "chr1 2 . Z C . . ."]))
    with pytest.raises(InputError, match="VCF-REF"):
        ingest_case(lake, CaseRequest(paths=(path,)), settings=Settings())
    assert lake.snapshot().cases() == []
    assert not list((tmp_path / "lake").rglob("*.parquet"))


def test_records_set_aside_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "bad.vcf"
    path.write_text(vcf_text(["chr1 1 . A C . . .", "chr1 2 . Z C . . .", "chr1 3 . A C . . ."]))
    case = ingest_files(tmp_path, path, skip_bad=True)
    file = case.report.files[0]
    assert (file.records, file.kept, file.rejected) == (3, 2, 1)
    assert [r["record"] for r in case.rows()] == [0, 2]
    assert (tmp_path / "bad.vcf.rejected").exists()


def shuffled(folder: Path, count: int) -> Ingested:
    rng = random.Random(5)
    lines = [
        f"chr{rng.choice('12X')} {rng.randint(1, 50)} . A C,G . . CADD={i};CSQ=C|stop_gained"
        for i in range(count)
    ]
    header = '##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele|Consequence">\n'
    return ingest_text(folder, vcf_text(lines, header=header))


@pytest.mark.parametrize("span", [10, 1 << 20])
def test_rows_are_sorted_and_dense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, span: int
) -> None:
    monkeypatch.setattr(mapping, "FILE_ROWS", 16)
    monkeypatch.setattr(staging, "FILE_ROWS", span)
    case = shuffled(tmp_path, 60)
    rows = case.rows()
    keys = [(r["chrom"], r["start"], r["file_index"], r["record"], r["alt_index"]) for r in rows]
    assert keys == sorted(keys)
    assert [r["row_id"] for r in rows] == list(range(120))
    of = {r["row_id"]: r for r in rows}
    cons = case.rows("consequences")
    assert sorted(c["row_id"] for c in cons) == sorted(i for i, r in of.items() if r["alt"] == "C")


def test_many_chunks_of_one_sorted_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "FILE_ROWS", 1)
    vcf, ped = small_trio(tmp_path, lines=30)
    case = ingest_files(tmp_path, vcf, ped=ped)
    assert [r["row_id"] for r in case.rows()] == list(range(30))


@pytest.mark.parametrize("samples", [(), ("s",)])
def test_header_only(tmp_path: Path, samples: tuple[str, ...]) -> None:
    case = ingest_text(tmp_path, vcf_text([], samples=samples))
    assert case.rows() == []
    assert case.rows("cases")[0]["rows"] == 0
    assert len(case.rows("samples")) == len(samples)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is empty"):
        ingest_text(tmp_path, "")


def test_no_file_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        ingest_files(tmp_path)


def test_hostile_names_are_only_text(tmp_path: Path) -> None:
    name, gene = "<script>alert(1)</script>", "O'Brien\"; drop table made; --"
    header = (
        '##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele|Consequence|SYMBOL">\n'
    )
    header += "##INFO=<ID=gnomad_af',Number=1,Type=Float,Description=\"'\">\n"
    line = f"chr1\t5\t.\tA\tC\t.\t.\tCSQ=C|stop_gained|{gene.replace(';', ':')}\tGT\t0/1\n"
    case = ingest_text(tmp_path, vcf_text([], samples=[name], header=header) + line)
    assert case.rows("samples")[0]["sample_id"] == name
    assert case.rows()[0]["gene"] == gene.replace(";", ":")


def test_ten_thousand_info_fields(tmp_path: Path) -> None:
    info = ";".join(f"K{i}={i}" for i in range(10_000)) + ";CADD=12.5"
    row = ingest_text(tmp_path, vcf_text([f"chr1 5 . A C . . {info}"])).rows()[0]
    assert row["info"] == info
    assert row["cadd"] == 12.5


def test_a_reference_of_200_kb(tmp_path: Path) -> None:
    ref = "ACGT" * 50_000
    row = ingest_text(tmp_path, vcf_text([f"chr1 5 . {ref} A . . ."])).rows()[0]
    assert (row["ref"], row["end"] - row["start"], row["svlen"]) == (ref, 200_000, -199_999)
    assert len(row["vid"]) == 64


def test_too_many_samples_for_a_case(tmp_path: Path) -> None:
    names = [f"s{i}" for i in range(101)]
    with pytest.raises(InputError, match="CASE-SAMPLES"):
        ingest_text(tmp_path, vcf_text([], samples=names))


def test_a_build_that_contradicts_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="BUILD-MISMATCH"):
        ingest_text(tmp_path, vcf_text([]), build=Build.GRCH37)


def test_progress_is_json_lines_off_a_terminal(tmp_path: Path) -> None:
    vcf, ped = small_trio(tmp_path, lines=5)
    out = io.StringIO()
    asked = CaseRequest(paths=(vcf,), ped=ped)
    ingest_case(a_lake(tmp_path), asked, progress=progress_for(out), settings=Settings())
    events = [json.loads(line)["event"] for line in out.getvalue().splitlines()]
    assert events[0] == "begin"
    assert events[-1] == "end"


def test_kind_from_sample_names(tmp_path: Path) -> None:
    case = ingest_text(
        tmp_path, vcf_text(["chr1 5 . A C . . . GT 0/1 0/0"], samples=["TUMOR", "NORMAL"])
    )
    assert case.rows("cases")[0]["kind"] == "cancer"
    assert [s["role"] for s in case.rows("samples")] == ["tumour", "normal"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_bar_on_a_terminal(tmp_path: Path) -> None:
    vcf, ped = small_trio(tmp_path, lines=5)
    out = Terminal()
    asked = CaseRequest(paths=(vcf,), ped=ped)
    ingest_case(a_lake(tmp_path), asked, progress=progress_for(out), settings=Settings())
    assert "trio.vcf: 100%" in out.getvalue()
    assert "5 rows" in out.getvalue()


def test_the_report_in_words_shows_each_kind_of_warning_once(tmp_path: Path) -> None:
    path = tmp_path / "odd.vcf"
    path.write_text(vcf_text(["chr1 0 . A C . . .", "chr1 0 . A G . . ."]))
    text = ingest_files(tmp_path, path).report.text()
    assert text.startswith("Case odd: 2 variants")
    assert text.count("VCF-TELOMERE") == 1
    assert "1 more with --json" in text
