"""Exports: every kept row, in order, with what they are; VCFs that bcftools reads."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_layer.errors import InputError
from data_layer.query import export, vcf
from data_layer.query.access import LOCAL, CaseQuery
from data_layer.query.filters import parse_filters
from data_layer.schema import VARIANTS as TABLE
from tests.query_rows import GENES, PEOPLE, open_desk, plain, variant_table

N = 1500
FILTERS = parse_filters("gt:child~in~het|hom|hemi;gnomad_af~lt~0.01~keep")
SORT = (("rank_score", True), ("start", False))


def several_alleles(table: pa.Table) -> pa.Table:
    """Make rows 10 to 12 one record with three alleles, and row 20 a site without one."""
    rows = table.to_pylist()
    for i, alt in enumerate(("A", "CC", "<DEL>")):
        row = rows[10 + i]
        same = {
            k: rows[10][k]
            for k in (
                "chrom",
                "contig",
                "start",
                "gpos",
                "ref",
                "file_index",
                "record",
                "info",
                "format",
                "sample_text",
                "filter",
                "qual",
                "id",
            )
        }
        row |= same | {"alt": alt, "alt_index": i + 1, "alt_count": 3, "vid": f"three-{i}"}
        row["gt"] = [1 if i == 1 else 0, 0, 0]
        row["gnomad_af"] = None
    rows[20] |= {"alt": ".", "alt_index": 0, "alt_count": 0}
    rows[-1] |= {"format": None, "sample_text": None}
    return pa.Table.from_pylist(rows, table.schema)


VARIANTS = several_alleles(variant_table(N, seed=31))
ROWS = plain(VARIANTS)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseQuery]:
    desk = open_desk(tmp_path_factory.mktemp("lake"), VARIANTS)
    yield desk.case(LOCAL, "demo")
    desk.close()


def wanted() -> list[dict[str, Any]]:
    rows = [
        r for r in ROWS if r["gt"][0] >= 1 and (r["gnomad_af"] is None or r["gnomad_af"] < 0.01)
    ]
    none = float("-inf")
    return sorted(
        rows,
        key=lambda r: (
            -(none if r["rank_score"] is None else r["rank_score"]),
            r["start"],
            r["row_id"],
        ),
    )


def exported(case: CaseQuery, fmt: str, columns: list[str] | None = None) -> tuple[int, bytes]:
    out = io.BytesIO()
    rows = case.export(FILTERS, SORT, columns, fmt, out)
    return rows, out.getvalue()


def test_csv_has_every_row_in_order(case: CaseQuery) -> None:
    rows, raw = exported(case, "csv")
    lines = raw.decode().splitlines(keepends=True)
    notes = [x for x in lines if x.startswith("#")]
    found = list(csv.DictReader(lines[len(notes) :]))
    assert rows == len(found) == len(wanted())
    for got, want in zip(found, wanted(), strict=True):
        assert got["vid"] == want["vid"]
        assert got["gene"] == (want["gene"] or "")
        assert got["gt:mum"] == str(want["gt"][2])
        assert got["filter"] == "|".join(want["filter"])
        assert got["qual"] == "" if want["qual"] is None else float(got["qual"]) == want["qual"]
    head = "".join(notes)
    assert "# case: demo" in head
    assert f"# lake_version: {case.info.lake_version}" in head
    assert f"# calls: {rows} of {N}" in head
    assert "gnomAD frequency is below 0.01; calls without a value are kept." in head
    assert "0-based" in head
    assert "# column qual: QUAL (Phred)" in head


def test_json_lines_hold_every_column(case: CaseQuery) -> None:
    rows, raw = exported(case, "json")
    found = [json.loads(x) for x in raw.decode().splitlines()]
    assert rows == len(found)
    columns = {c.name for c in TABLE.columns} - {"case_id", "ingest_id", "schema_version"}
    for got, want in zip(found, wanted(), strict=True):
        assert set(got) == columns
        assert got["gt"] == want["gt"]
        assert got["info"] == want["info"]
        assert [x is None for x in got["vaf"]] == [x is None for x in want["vaf"]]
        assert np.float32([x or 0 for x in got["vaf"]]).tolist() == [x or 0 for x in want["vaf"]]


def shortest(value: float | None) -> str:
    return "" if value is None else str(np.float32(value))


def test_json_and_csv_write_the_shortest_text_of_a_float32(case: CaseQuery) -> None:
    _, raw = exported(case, "json", ["vaf", "vaf:dad", "rank_score"])
    lines = raw.decode().splitlines()
    tried = 0
    for line, want in zip(lines, wanted(), strict=True):
        got = json.loads(line)
        assert got["vaf"] == [float(shortest(v)) if v is not None else None for v in want["vaf"]]
        dad, score = want["vaf"][1], want["rank_score"]
        assert got["vaf:dad"] == (None if dad is None else float(shortest(dad)))
        assert got["rank_score"] == (None if score is None else float(shortest(score)))
        tried += any(v is not None and float(shortest(v)) != v for v in want["vaf"])
    assert tried > 10
    _, raw = exported(case, "csv", ["vaf", "rank_score"])
    found = csv.DictReader(x for x in raw.decode().splitlines() if not x.startswith("#"))
    for row, want in zip(found, wanted(), strict=True):
        for name, value in (("vaf:dad", want["vaf"][1]), ("rank_score", want["rank_score"])):
            assert (row[name] == "") == (value is None)
            assert len(row[name]) <= max(len(shortest(value)), 1)
            assert value is None or np.float32(row[name]) == np.float32(value)


def test_parquet_keeps_types_and_says_what_it_is(case: CaseQuery) -> None:
    rows, raw = exported(case, "parquet", ["vid", "gt", "rank_score", "vaf:dad"])
    table = pq.read_table(io.BytesIO(raw))
    assert table.num_rows == rows
    assert table.column_names == ["vid", "gt", "rank_score", "vaf:dad"]
    assert table["gt"].to_pylist() == [r["gt"] for r in wanted()]
    assert table["vaf:dad"].to_pylist() == [r["vaf"][1] for r in wanted()]
    assert table.schema.metadata[b"norrsken.case"] == b"demo"
    assert b"below 0.01" in table.schema.metadata[b"norrsken.step_2"]


@pytest.mark.parametrize("fmt", ["csv", "parquet", "vcf", "json"])
def test_nothing_kept_is_still_a_file(case: CaseQuery, fmt: str) -> None:
    out = io.BytesIO()
    assert case.export(parse_filters("qual~lt~-1"), (), None, fmt, out) == 0
    if fmt == "parquet":
        assert pq.read_table(io.BytesIO(out.getvalue())).num_rows == 0
    elif fmt != "json":
        assert b"demo" in out.getvalue()


def bcftools(path: Path, *what: str) -> str:
    done = subprocess.run(
        ["bcftools", *what, str(path)], capture_output=True, text=True, check=True
    )
    assert "error" not in done.stderr.lower(), done.stderr
    return done.stdout


def test_bcftools_reads_the_vcf(case: CaseQuery, tmp_path: Path) -> None:
    path = tmp_path / "out.vcf"
    with path.open("wb") as out:
        records = case.export(FILTERS, (), None, "vcf", out)
    kept = wanted()
    assert records == len({(r["file_index"], r["record"]) for r in kept})
    body = [x.split("\t") for x in bcftools(path, "view", "-H").splitlines()]
    assert len(body) == records
    assert bcftools(path, "query", "-l").split() == list(PEOPLE)
    places = [(r["contig"], str(r["start"] + 1)) for r in sorted(kept, key=lambda r: r["row_id"])]
    assert [(b[0], b[1]) for b in body] == list(dict.fromkeys(places))
    assert "##norrsken_case=demo" in bcftools(path, "view", "-h")
    bcftools(path, "sort", "-Oz", "-o", str(tmp_path / "out.vcf.gz"))
    bcftools(tmp_path / "out.vcf.gz", "index")


def test_a_record_keeps_all_its_alleles_and_text(case: CaseQuery) -> None:
    out = io.BytesIO()
    assert case.export(parse_filters("vid~in~three-1|three-2"), (), None, "vcf", out) == 1
    line = out.getvalue().decode().splitlines()[-1].split("\t")
    row = ROWS[10]
    assert line[3:5] == [row["ref"], "A,CC,<DEL>"]
    assert line[7:] == [row["info"], row["format"], *row["sample_text"]]
    out = io.BytesIO()
    case.export(parse_filters("row~eq~20"), (), None, "vcf", out)
    assert out.getvalue().decode().splitlines()[-1].split("\t")[4] == "."


def test_no_such_format_or_column(case: CaseQuery) -> None:
    with pytest.raises(InputError):
        case.export((), (), None, "xlsx", io.BytesIO())
    for fmt in ("csv", "json", "parquet"):
        with pytest.raises(InputError):
            case.export((), (), ["vid", 'x" from t'], fmt, io.BytesIO())


class Hole(io.RawIOBase):
    """Takes bytes and keeps none; remembers the largest piece."""

    def __init__(self) -> None:
        self.total = self.largest = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.total += len(data)
        self.largest = max(self.largest, len(data))
        return len(data)


@pytest.mark.parametrize("fmt", ["csv", "json", "parquet", "vcf"])
def test_leaves_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fmt: str) -> None:
    """What is held at once follows the piece, not the case."""
    monkeypatch.setattr(export, "BATCH", 2048)
    monkeypatch.setattr(vcf, "PIECE", 2048)
    desk = open_desk(tmp_path / "big", variant_table(40_000, seed=3))
    hole = Hole()
    assert desk.case(LOCAL, "demo").export((), (("gene", False),), None, fmt, hole) == 40_000
    desk.close()
    assert hole.largest < hole.total / 8


def test_genes_exist_in_the_rows() -> None:
    assert {r["gene"] for r in ROWS} - {None} <= set(GENES)
