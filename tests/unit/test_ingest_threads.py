"""Batches are mapped several at a time: the rows are the same, in the same order."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import pytest

from data_layer.errors import InputError
from data_layer.ingest import case_calls, mapping
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.region import Build
from data_layer.settings import Settings
from tests.ingested import Ingested, a_lake, vcf_text

HEADER = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele|Consequence|IMPACT|SYMBOL">\n'
)


def lines(count: int, *, sorted_by_place: bool = True) -> list[str]:
    """Records of which some have two alleles, some no consequence, some a key out of the header."""
    rng = random.Random(3)
    out = []
    for i in range(count):
        alts = ["G", "T"] if i % 7 == 0 else ["G"]
        entries = [f"{a}|missense_variant|MODERATE|GENE{i}" for a in alts for _ in range(i % 3)]
        info = ";".join([f"X={i}", *([f"CSQ={','.join(entries)}"] if entries else [])])
        info += f";CADD={i / 10}" if i > count // 2 else ""
        reads = ",".join(str(rng.randrange(40)) for _ in range(len(alts) + 1))
        out.append(f"chr1 {10 * i + 1} . A {','.join(alts)} . PASS {info} GT:AD 0/1:{reads}")
    if not sorted_by_place:
        rng.shuffle(out)
    return out


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements and files of few rows, so that a short file makes many."""
    monkeypatch.setattr(case_calls, "STATEMENT_ROWS", 1)
    monkeypatch.setattr(mapping, "FILE_ROWS", 3_000)


def ingested(folder: Path, records: list[str], threads: int) -> Ingested:
    folder.mkdir()
    path = folder / "a.vcf"
    text = vcf_text(records, samples=["s"], header=HEADER)
    path.write_text(text)
    lake = a_lake(folder)
    asked = CaseRequest(paths=(path,), build=Build.GRCH38)
    return Ingested(lake, ingest_case(lake, asked, settings=Settings(threads=threads)))


def told(case: Ingested) -> list[list[dict[str, Any]]]:
    tables = [case.rows("variants"), case.rows("consequences")]
    return [
        [{k: v for k, v in row.items() if k not in ("ingest_id", "schema_version")} for row in rows]
        for rows in tables
    ]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("in_order", [True, False])
def test_threads_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_order: bool
) -> None:
    records = lines(12_000, sorted_by_place=in_order)
    monkeypatch.setattr("data_layer.ingest.lines._BLOCK", 1 << 16)
    monkeypatch.setattr("data_layer.ingest.gzip_stream._READ", 1 << 16)
    one = told(ingested(tmp_path / "one", records, 1))
    four = ingested(tmp_path / "four", records, 4)
    assert told(four) == one
    variants, consequences = one
    assert len(variants) == 12_000 + len(range(0, 12_000, 7))
    assert [r["row_id"] for r in variants] == list(range(len(variants)))
    assert [r["start"] for r in variants] == sorted(r["start"] for r in variants)
    best = {r["row_id"]: r["gene"] for r in consequences if r["best"]}
    assert all(r["gene"] == best.get(r["row_id"]) for r in variants)
    assert sum(r["cadd"] is not None for r in variants) > 5_000
    source = four.lake.snapshot().case(four.report.case_id)["sources"]
    assert '"INFO/CADD"' in source
    if in_order:
        assert four.lake.info()["tables"]["variants"]["files"] > 2


@pytest.mark.usefixtures("small")
def test_a_record_that_is_refused_late_leaves_no_file_and_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_layer.ingest.gzip_stream._READ", 1 << 16)
    records = lines(12_000)
    records[-1] = records[-1].replace("0/1", "0/7")
    with pytest.raises(InputError, match="VCF-GT-ALLELE"):
        ingested(tmp_path / "bad", records, 2)
    assert [
        p for p in (tmp_path / "bad" / "lake").rglob("*.parquet") if "cases" not in str(p)
    ] == []
    assert [t.name for t in threading.enumerate() if t.name.startswith("rows")] == []
