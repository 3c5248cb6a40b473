"""The command line's contract: JSON forms, exit codes, error lines."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from tests.made import HEADER, PEOPLE, small_trio

COLUMNS = "\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"])


def norrsken(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words], catch_exceptions=False)


def answer(*words: str | Path) -> Any:
    done = norrsken(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cli")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NORRSKEN_LAKE", str(folder / "lake"))
        patch.chdir(folder)
        vcf, ped = small_trio(folder / "files")
        done = norrsken("ingest", vcf, "--ped", ped, "--case", "one", "--build", "38", "--json")
        assert done.exit_code == 0, done.output
        (folder / "report.json").write_text(done.stdout)
        yield folder


def test_ingest_answers_as_designed(lake: Path) -> None:
    report = json.loads((lake / "report.json").read_text())
    keys = {"case_id", "lake_version", "tables", "files", "seconds", "rows_per_second"}
    assert keys <= set(report)
    assert report["case_id"] == "one"
    assert report["tables"]["variants"] == 40
    assert {"path", "format", "records", "kept", "warnings"} <= set(report["files"][0])
    (file,) = report["files"]
    assert file["records"] == file["kept"] == file["rows"] == 40


def test_nobody_else_on_the_machine_reads_the_stores(lake: Path) -> None:
    kept = [lake / "lake", *(lake / "lake").rglob("*")]
    assert any(p.name.startswith("journal") for p in kept)
    assert [p for p in kept if p.stat().st_mode & 0o077] == []


def test_query_gives_one_object_a_variant(lake: Path) -> None:
    done = norrsken("query", "one", "--where", "gene~in~STXBP1", "--json")
    assert done.exit_code == 0
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (row["gene"], row["rank_score"], row["chrom"], row["contig"]) == (
        "STXBP1",
        27,
        9,
        "chr9",
    )


def test_query_writes_whole_files_or_none(lake: Path) -> None:
    out = lake / "few.csv"
    assert norrsken("query", "one", "--where", "rank_score>=10", "-o", out).exit_code == 0
    rows = [line for line in out.read_text().splitlines() if not line.startswith("#")]
    assert len(rows) == 1 + 20
    bad = lake / "bad.csv"
    assert norrsken("query", "one", "--where", "rank_score>=ten", "-o", bad).exit_code == 1
    assert not list(lake.glob("bad.csv*"))
    nowhere = norrsken("query", "one", "-o", lake / "nowhere" / "few.csv")
    assert nowhere.exit_code == 1
    assert nowhere.stderr.startswith("error: OUTPUT at ")


def test_funnel_answers_as_designed(lake: Path) -> None:
    found = answer("funnel", "one", "--where", "rank_score>=10", "--why", "chr1:1000")
    assert [set(s) for s in found["steps"]] == [{"filter", "sentence", "before", "after"}] * 2
    assert [s["after"] for s in found["steps"]] == [40, 20]
    assert {"case_id", "recipe", "lake_version", "steps", "why"} == set(found)
    assert {"variant", "removed_by", "value"} <= set(found["why"])
    assert "rank" in json.dumps(found["why"]["removed_by"]).lower()


def test_lake_info_and_history(lake: Path) -> None:
    found = answer("lake", "info")
    assert found["tables"]["variants"].keys() == {"rows", "files", "bytes"}
    assert found["tables"]["variants"]["rows"] == 40
    assert answer("lake", "history")[-1]["case_id"] == "one"
    assert answer("lake", "verify")["ok"] is True


def test_doctor_checks_each_thing(lake: Path) -> None:
    found = answer("doctor")
    assert found["ok"] is True
    assert all({"name", "ok", "detail", "fix"} == set(c) for c in found["checks"])
    assert {c["fix"] for c in found["checks"]} == {""}


def test_doctor_says_what_to_do_once(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORRSKEN_LAKE", str(lake / "nowhere"))
    done = norrsken("doctor")
    assert done.exit_code == 1
    (line,) = [row for row in done.stdout.splitlines() if row.startswith("FAIL")]
    assert "LAKE-NONE" in line
    assert line.count("Run norrsken demo or ingest first.") == 1


def test_exports_and_openings_are_audited(lake: Path) -> None:
    norrsken("query", "one", "--where", "gene~in~STXBP1", "--json")
    answer("funnel", "one")
    kinds = {a["kind"] for a in answer("audit", "list", "--case", "one")}
    assert {"ingest", "export", "open"} <= kinds
    every = answer("audit", "list")
    assert answer("audit", "list", "--limit", "2") == every[-2:]
    assert datetime.fromisoformat(every[0]["when"]).isoformat() == every[0]["when"]
    assert answer("audit", "verify")["ok"] is True


def test_grants_are_decisions(lake: Path) -> None:
    first = answer("grant", "anna", "see_case", "--case", "one")["position"]
    assert answer("revoke", "anna", "see_case", "--case", "one")["position"] == first + 1
    both = norrsken("grant", "anna", "see_case", "--case", "one", "--institute", "two")
    assert both.exit_code == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("chr1\t10\t.\tZ\tA\t.\t.\t.", "VCF-REF"),
        ("chr1\tten\t.\tA\tC\t.\t.\t.", "VCF-POS"),
        ("chr1\t10\t.\tA\tC\t.\t.", "VCF-COLUMNS"),
    ],
)
def test_errors_say_where_why_and_what_to_do(lake: Path, body: str, code: str) -> None:
    path = lake / f"{code}.vcf"
    head = HEADER + "\t".join(COLUMNS.split("\t")[:8]) + "\n"
    path.write_text(head + "chr1\t5\t.\tA\tC\t.\t.\t.\n" + body + "\n")
    done = norrsken("ingest", path, "--case", code, "--build", "38")
    line = HEADER.count("\n") + 3
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("error: VCF-")
    assert f"line {line}" in done.stderr
    told = norrsken("ingest", path, "--case", code, "--build", "38", "--json")
    assert {"code", "where", "message", "fix"} == set(json.loads(told.stdout)["error"])
    assert answer("lake", "info")["tables"]["variants"]["rows"] == 40


def test_skip_bad_sets_aside_and_counts(lake: Path) -> None:
    path = lake / "some.vcf"
    head = HEADER + "\t".join(COLUMNS.split("\t")[:8]) + "\n"
    path.write_text(head + "chr1\t5\t.\tA\tC\t.\t.\t.\nchr1\t10\t.\tZ\tA\t.\t.\t.\n")
    report = answer("ingest", path, "--case", "some", "--build", "38", "--skip-bad")
    (file,) = report["files"]
    assert (file["records"], file["kept"], file["rejected"]) == (2, 1, 1)
    assert "chr1\t10\t.\tZ" in (lake / "some.vcf.rejected").read_text()


def test_a_case_is_not_replaced_unasked(lake: Path) -> None:
    vcf, ped = small_trio(lake / "again", lines=5)
    words = ("ingest", vcf, "--ped", ped, "--case", "one", "--build", "38")
    refused = norrsken(*words)
    assert refused.exit_code == 1
    assert "CASE-EXISTS" in refused.stderr
    before = answer("lake", "info")["version"]
    assert answer(*words, "--replace")["lake_version"] == before + 1
    assert answer("funnel", "one")["steps"][0]["after"] == 5


def test_a_port_in_use_is_said(lake: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = norrsken("serve", "--port", str(taken.getsockname()[1]))
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1].startswith("error: PORT at port ")


@pytest.mark.parametrize("words", [("ingest",), ("query",), ("nothing",), ("ingest", "x", "--build", "99")])  # fmt: skip # noqa: E501
def test_wrong_use_is_not_a_crash(lake: Path, words: tuple[str, ...]) -> None:
    done = norrsken(*words)
    assert done.exit_code in (1, 2)
    assert "Traceback" not in done.output


def test_names_of_the_people_are_those_of_the_file(lake: Path) -> None:
    row = json.loads(norrsken("query", "one", "--where", "gene~in~STXBP1", "--json").stdout)
    assert len(row["gt"]) == len(PEOPLE)
