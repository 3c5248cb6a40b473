"""Real interval files as a case: what lies in the lake is what the files say, line by line."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from app.cli import main
from data_layer.lake import Lake, open_lake
from data_layer.region import Build, chrom_code
from data_layer.settings import Settings

pytestmark = pytest.mark.shared
Ingest = Callable[..., tuple[Lake, dict[str, Any]]]


@pytest.fixture
def ingest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ingest:
    """Run ``norrsken ingest`` on files into a lake of its own; give the lake and the report."""
    url = str(tmp_path / "lake")
    monkeypatch.setenv("NORRSKEN_LAKE", url)

    def run(*words: str | Path) -> tuple[Lake, dict[str, Any]]:
        asked = ["ingest", *map(str, words), "--json"]
        done = CliRunner().invoke(main, asked, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return open_lake(url, settings=Settings(lake=url)), json.loads(done.stdout)

    return run


def rows(lake: Lake, table: str, case_id: str, sample: str | None = None) -> list[dict[str, Any]]:
    """Rows of a case, or of one sample of it."""
    snapshot = lake.snapshot()
    keys = {s["sample_id"]: s["sample_key"] for s in snapshot.samples(case_id)}
    scan = snapshot.scan(table, case_id, sample_key=keys[sample] if sample else None)
    found = duckdb.connect().sql(f"select * from {scan.sql}", params=scan.params)
    return list(found.to_arrow_table().to_pylist())


def sources(lake: Lake, case_id: str) -> dict[str, dict[str, Any]]:
    return {s["name"]: s for s in json.loads(lake.snapshot().case(case_id)["sources"])}


def lines(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


def test_a_tumour_with_its_copy_numbers(shared: Path, ingest: Ingest) -> None:
    folder = shared / "colo829" / "purple"
    vcf = folder / "tumor_sample.purple.sv.vcf"
    copies = folder / "tumor_sample.purple.cnv.somatic.tsv"
    lake, report = ingest(vcf, copies, "--case", "colo829")
    file = lines(copies)
    calls = [x for x in vcf.read_text().splitlines() if x and not x.startswith("#")]
    assert report["tables"]["variants"] == len(rows(lake, "variants", "colo829")) == len(calls)
    assert report["tables"]["segments"] == len(file) == 222

    assert rows(lake, "segments", "colo829", "ref_sample") == []
    kept = rows(lake, "segments", "colo829", "tumor_sample")
    assert sorted(r["record"] for r in kept) == list(range(len(file)))
    assert [(r["chrom"], r["start"]) for r in kept] == sorted(
        (r["chrom"], r["start"]) for r in kept
    )
    build = Build(lake.snapshot().case("colo829")["build"])
    for row in kept:
        line = file[row["record"]]
        place = (line["chromosome"], int(line["start"]) - 1, int(line["end"]))
        assert (row["contig"], row["start"], row["end"]) == place
        assert row["chrom"] == chrom_code(place[0])
        assert row["gpos"] == build.gpos(row["chrom"], row["start"])
        assert (row["kind"], row["caller"]) == ("cnv", "PURPLE")
        assert row["cn"] == float(line["copyNumber"])
        assert row["cn_major"] == float(line["majorAlleleCopyNumber"])
        assert row["cn_minor"] == float(line["minorAlleleCopyNumber"])
        assert row["baf"] == float(line["baf"])
        assert row["points"] == int(line["bafCount"])
        assert row["log2"] is None
        assert row["text"] == "\t".join(line.values())

    told = sources(lake, "colo829")[copies.name]
    assert told["kind"] == "segments"
    assert told["segment_kind"] == "cnv"
    assert told["sample_id"] == "tumor_sample"
    assert (told["records"], told["rows"], told["rejected"]) == (222, 222, 0)
    assert told["sha256"] == hashlib.sha256(copies.read_bytes()).hexdigest()
    assert {r["file_index"] for r in kept} == {told["file_index"]}


def test_two_tables_of_one_tumour_stay_apart(shared: Path, ingest: Ingest) -> None:
    folder = shared / "colo829" / "purple"
    names = ("tumor_sample.purple.cnv.somatic.tsv", "tumor_sample.purple.segment.tsv")
    lake, report = ingest(*(folder / n for n in names), "--case", "pair", "--build", "37")
    counts = Counter(r["caller"] for r in rows(lake, "segments", "pair", "tumor_sample"))
    assert counts == {"PURPLE": 222, "PURPLE segment": 3565}
    assert report["tables"]["segments"] == sum(counts.values())
    assert {n: s["rows"] for n, s in sources(lake, "pair").items()} == dict(
        zip(names, (222, 3565), strict=True)
    )


def test_phase_blocks_of_a_person_who_is_named(shared: Path, ingest: Ingest) -> None:
    path = shared / "scout" / "643594.hg38.blocks.gtf.gz"
    lake, _ = ingest(path, "--case", "blocks", "--build", "38", "--sample", f"{path.name}=kid")
    file = [x.split("\t") for x in gzip.decompress(path.read_bytes()).decode().splitlines()]
    kept = rows(lake, "segments", "blocks", "kid")
    assert len(kept) == len(file) == 9389
    assert Counter((r["contig"], r["start"], r["end"]) for r in kept) == Counter(
        (x[0], int(x[3]) - 1, int(x[4])) for x in file
    )
    assert {r["kind"] for r in kept} == {"phase_block"}


def test_a_file_of_many_samples_is_shared_out(shared: Path, tmp_path: Path, ingest: Ingest) -> None:
    """The first 40 of a cohort's 191 samples: more than 100 are no case."""
    raw = gzip.decompress((shared / "maftools" / "LAML_CBS_segments.tsv.gz").read_bytes()).decode()
    heading, *every = raw.splitlines()
    whose = list(dict.fromkeys(x.split("\t")[0] for x in every))[:40]
    path = tmp_path / "laml.seg"
    path.write_text("\n".join([heading, *(x for x in every if x.split("\t")[0] in whose)]) + "\n")
    lake, report = ingest(path, "--case", "laml", "--build", "37")
    want = Counter(x["Sample"] for x in lines(path))
    assert report["tables"]["segments"] == want.total() > 1000
    assert {s["sample_id"] for s in lake.snapshot().samples("laml")} == set(want)
    for sample, count in want.items():
        assert len(rows(lake, "segments", "laml", sample)) == count


def test_a_users_regions(shared: Path, ingest: Ingest) -> None:
    path = shared / "gens" / "tests" / "data" / "standard.9.bed"
    lake, _ = ingest(path, "--case", "regions", "--build", "37", "--sample", f"{path.name}=kid")
    kept = rows(lake, "segments", "regions", "kid")
    assert [(r["kind"], r["chrom"], r["start"], r["end"], r["colour"]) for r in kept] == [
        ("region", 1, 809860, 1565798, "0,0,255"),
        ("region", 1, 852889, 1616947, "0,0,255"),
    ]


def test_a_broken_line_leaves_no_case(shared: Path, tmp_path: Path, ingest: Ingest) -> None:
    """scarHRD's own example ends a segment before it starts."""
    path = tmp_path / "test2.txt"
    path.write_bytes((shared / "scarhrd" / "test2.txt").read_bytes())
    words = ["ingest", str(path), "--case", "hrd", "--build", "37"]
    done = CliRunner().invoke(main, words, catch_exceptions=False)
    assert done.exit_code == 1
    assert "SEGMENT-PLACE at test2.txt line 168" in done.output
    lake, report = ingest(path, "--case", "hrd", "--build", "37", "--skip-bad")
    assert (report["files"][0]["records"], report["files"][0]["rejected"]) == (223, 1)
    assert len(rows(lake, "segments", "hrd")) == 222
    assert lake.version() == report["lake_version"]
