"""A file that names several people gives each their own, and nobody what is another's."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data_layer.errors import InputError
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.ingest.report import IngestReport
from data_layer.lake import Lake
from data_layer.region import Build
from data_layer.settings import Settings
from tests.ingested import a_lake, vcf_text
from tests.segments_made import MADE, Row

ROWS = [
    Row("chr1", 10, 20),
    Row("chr1", 30, 40, sample="mum"),
    Row("chr2", 50, 60),
    Row("chr2", 70, 80, sample="stranger"),
]
GENOTYPES = ["chr1 100 . A C 50 PASS . GT 0/1 0/0"]


def ingested(folder: Path, rows: list[Row], **asked: object) -> tuple[Lake, IngestReport]:
    vcf = folder / "family.vcf"
    vcf.write_text(vcf_text(GENOTYPES, samples=("kid", "mum")))
    file = folder / "kid.seg"
    file.write_text(MADE["seg"].write(rows))
    request = CaseRequest(paths=(vcf, file), case_id="one", build=Build.GRCH38, **asked)  # type: ignore[arg-type]
    lake = a_lake(folder)
    return lake, ingest_case(lake, request, settings=Settings())


def starts(lake: Lake, sample: str) -> list[int]:
    snapshot = lake.snapshot()
    (key,) = [s["sample_key"] for s in snapshot.samples("one") if s["sample_id"] == sample]
    scan = snapshot.scan("segments", "one", sample_key=key)
    found = duckdb.connect().sql(f'select "start" from {scan.sql} order by 1', params=scan.params)
    return [row[0] for row in found.fetchall()]


def test_each_has_their_own_and_a_stranger_is_left_out(tmp_path: Path) -> None:
    """The file's name begins with kid: that must not give kid the others' segments."""
    lake, report = ingested(tmp_path, ROWS)
    assert (starts(lake, "kid"), starts(lake, "mum")) == ([10, 50], [30])
    (said,) = [w for w in report.warnings if w.code == "FEED-OTHERS"]
    assert said.message.startswith("kid.seg: 1 of its 3 samples are not in the case")


def test_it_is_not_one_persons_by_being_told_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"FEED-SAMPLE at kid\.seg: it names 3 samples .*, so it"):
        ingested(tmp_path, ROWS, samples={"kid.seg": "kid"})


def test_a_file_of_strangers_only_is_refused(tmp_path: Path) -> None:
    rows = [Row("chr1", 1, 2, sample="x"), Row("chr1", 1, 2, sample="y")]
    with pytest.raises(InputError, match=r"names 2 samples \(x, y\), none of whom is in the case"):
        ingested(tmp_path, rows)


def test_a_file_of_one_person_may_be_told_whose_it_is(tmp_path: Path) -> None:
    rows = [Row("chr1", 10, 20, sample="LAB-7"), Row("chr1", 30, 40, sample="LAB-7")]
    lake, _ = ingested(tmp_path, rows, samples={"kid.seg": "mum"})
    assert (starts(lake, "kid"), starts(lake, "mum")) == ([], [10, 30])
