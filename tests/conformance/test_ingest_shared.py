"""Every VCF of six real folders is ingested whole, or refused for a reason that the docs list."""

from __future__ import annotations

import gzip
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cyvcf2 import VCF

from data_layer.errors import InputError
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.lake import Lake
from data_layer.region import Build
from data_layer.settings import Settings
from tests.ingested import Ingested, a_lake, ingest_files

pytestmark = pytest.mark.shared
FOLDERS = ("scout", "colo829", "balsamic", "genmod", "slivar", "stranger")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "ingest.md"


def refused_in_docs() -> dict[str, str]:
    """File name to code, from the table of the docs."""
    rows = re.findall(r"^\| `([^`]+)` \| `([A-Z0-9-]+)` \|", DOCS.read_text(), re.M)
    return dict(rows)


def vcfs(shared: Path) -> list[Path]:
    return [
        p for f in FOLDERS for p in sorted((shared / f).rglob("*")) if p.name.endswith((".vcf", ".vcf.gz"))  # noqa: E501
    ]  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return a_lake(tmp_path_factory.mktemp("conformance"))


def counted(path: Path) -> int:
    """Records as bcftools counts them."""
    out = subprocess.run(["bcftools", "view", "-H", str(path)], capture_output=True, check=False)
    return out.stdout.count(b"\n")


def lines(path: Path) -> Iterator[list[str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def ingested(lake: Lake, path: Path, case_id: str) -> Ingested:
    try:
        asked = CaseRequest(paths=(path,), case_id=case_id)
        return Ingested(lake, ingest_case(lake, asked, settings=Settings()))
    except InputError as error:
        if error.problem.code != "BUILD-UNKNOWN":
            raise
    asked = CaseRequest(paths=(path,), case_id=case_id, build=Build.GRCH37)
    return Ingested(lake, ingest_case(lake, asked, settings=Settings()))


def same_as_the_file(case: Ingested, path: Path) -> None:
    """Every record is there, each INFO, FORMAT and sample text as in the file, once per allele."""
    columns = "record, alt_index, contig, start, id, ref, alt, filter, info, format, sample_text"
    rows = case.rows(columns=f"row_id, {columns}")
    by_record: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_record.setdefault(row["record"], []).append(row)
    for number, fields in enumerate(lines(path)):
        mine = by_record.pop(number)
        assert ",".join(r["alt"] for r in mine) == fields[4]
        for row in mine:
            assert (row["contig"], row["start"] + 1, row["ref"]) == (
                fields[0],
                int(fields[1]),
                fields[3],
            )
            assert (row["id"] or ".", ";".join(row["filter"] or ["."])) == (fields[2], fields[6])
            assert row["info"] == fields[7]
            assert [row["format"], *(row["sample_text"] or [])] == (fields[8:] or [None])
    assert by_record == {}


def test_every_file_is_read_or_refused_as_documented(shared: Path, lake: Lake) -> None:
    documented = refused_in_docs()
    refused: dict[str, str] = {}
    for number, path in enumerate(vcfs(shared)):
        try:
            case = ingested(lake, path, f"file-{number}")
        except InputError as error:
            refused[path.relative_to(shared).as_posix()] = error.problem.code
            continue
        file = case.report.files[0]
        assert file.records == counted(path), path
        assert file.rows == len(case.rows(columns="row_id"))
        same_as_the_file(case, path)
    assert refused == documented


def test_scout_manifest_counts(shared: Path, tmp_path: Path) -> None:
    case = ingest_files(tmp_path, manifest=shared / "scout" / "643594.config.yaml")
    assert [f.records for f in case.report.files] == [
        counted(Path(f.path)) for f in case.report.files
    ]
    assert sum(f.rows for f in case.report.files) == len(case.rows(columns="row_id")) == 1873
    assert {p["role"] for p in case.rows("samples")} == {"proband", "father", "mother"}
    scored = [
        r for r in case.rows(columns="row_id, rank_score, file_index") if r["file_index"] == 0
    ]
    assert all(r["rank_score"] is not None for r in scored)


def test_cancer_manifest_names_the_missing_file(shared: Path, tmp_path: Path) -> None:
    path = shared / "scout" / "cancer.load_config.yaml"
    with pytest.raises(InputError, match="vcf_cancer_sv"):
        ingest_files(tmp_path, manifest=path)
    case = ingest_files(tmp_path, manifest=path, skip_missing=True)
    assert case.rows("cases")[0]["kind"] == "cancer"
    samples = {s["sample_id"]: s for s in case.rows("samples")}
    assert samples["999-99"]["is_tumour"]
    assert samples["999-99"]["purity"] == 0.1
    assert not samples["998-99"]["is_tumour"]
    assert samples["999-99"]["person_key"] == samples["998-99"]["person_key"]


def per_allele(value: Any, index: int, count: int) -> Any:
    if isinstance(value, tuple):
        return value[index] if len(value) == count else None
    return value


@pytest.mark.parametrize("name", ["scout/643594.clinical.vcf.gz", "slivar/ashk-trio.vcf.gz"])
def test_typed_columns_equal_cyvcf2(shared: Path, lake: Lake, name: str) -> None:
    case = ingested(lake, shared / name, f"typed-{name[:5]}")
    rows = iter(sorted(case.rows(), key=lambda r: (r["record"], r["alt_index"])))
    for record in VCF(str(shared / name)):
        for index in range(max(1, len(record.ALT))):
            row = next(rows)
            assert (row["contig"], row["start"]) == (record.CHROM, record.start)
            depth = record.format("DP")
            got = [d or 0 for d in row["dp"]]
            assert (
                got == [max(0, int(d[0])) for d in depth]
                if depth is not None
                else got == [0] * len(got)
            )
            reads = record.format("AD")
            if reads is not None and reads.shape[1] == len(record.ALT) + 1:
                alts = [int(a[index + 1]) for a in reads]
                assert [a if a is not None else -1 for a in row["ad_alt"]] == [
                    max(-1, a) for a in alts
                ]
            copies = [
                -1 if index + 1 not in g[:-1] and -1 in g[:-1] else list(g[:-1]).count(index + 1)
                for g in record.genotypes
            ]
            assert row["gt"] == copies
            if "GNOMADAF" in row["info"]:
                want = per_allele(record.INFO.get("GNOMADAF"), index, len(record.ALT))
                assert row["gnomad_af"] == pytest.approx(want, rel=1e-5)
    assert next(rows, None) is None


@pytest.mark.parametrize("key", ["CADD", "Obs", "1000GAF", "EXACAF"])
def test_numbers_equal_the_text(shared: Path, lake: Lake, key: str) -> None:
    path = shared / "scout" / "643594.clinical.vcf.gz"
    case = ingested(lake, path, f"text-{key.lower()}")
    column = {"CADD": "cadd", "Obs": "local_obs"}.get(key)
    given = 0
    for row in case.rows():
        found = re.search(rf"(?:^|;){key}=([^;]*)", row["info"])
        if column:
            assert row[column] == (
                pytest.approx(float(found.group(1)), rel=1e-6) if found else None
            )
        elif found:
            assert row["af_max"] >= float(found.group(1)) - 1e-12
        given += found is not None
    assert given > 20
