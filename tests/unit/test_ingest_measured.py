"""Signals and segments of a case: one commit with its calls, by sample, counted and said."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from app.cli import main
from data_layer.errors import InputError, UsageError
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.ingest.progress import Lines, progress_for
from data_layer.region import Build
from data_layer.settings import Settings
from data_layer.simulate import simulate_trio
from tests.gens_made import write
from tests.ingested import Ingested, a_lake, ingest_files
from tests.made import PEOPLE, small_trio


def bed(folder: Path, name: str, rows: int = 30, skip: tuple[int, ...] = ()) -> Path:
    """A Gens bed of some rows on each autosome but those skipped."""
    lines = [f"d_{c}\t{100 * i}\t{100 * i + 1}\t{i / rows}" for c in range(1, 23) for i in range(rows) if c not in skip]  # fmt: skip # noqa: E501
    return write(folder / name, lines)


def points(case: Ingested, sample: str, signal: str) -> list[dict[str, Any]]:
    snapshot = case.lake.snapshot()
    keys = {s["sample_id"]: s["sample_key"] for s in snapshot.samples(case.report.case_id)}
    scan = snapshot.scan("signals", case.report.case_id, sample_key=keys[sample], signal=signal)
    found = duckdb.connect().sql(f"select * from {scan.sql}", params=scan.params)
    return list(found.to_arrow_table().to_pylist())


def sources(case: Ingested) -> list[dict[str, Any]]:
    return list(json.loads(case.rows("cases")[0]["sources"]))


def test_calls_signals_and_segments_are_one_commit(tmp_path: Path) -> None:
    vcf, ped = small_trio(tmp_path)
    beds = [bed(tmp_path, f"{p}.{k}.bed.gz") for p in PEOPLE for k in ("cov", "baf")]
    roh = write(tmp_path / "child_rhocall.bed", ["chr1\t100\t900", "chr2\t100\t900"])
    case = ingest_files(tmp_path, vcf, *beds, roh, ped=ped)
    tables = case.report.tables
    assert (tables["variants"], tables["signals"], tables["segments"]) == (40, 6 * 660, 2)
    assert case.report.lake_version == 1
    assert len(points(case, "father", "baf")) == 660
    entries = sources(case)
    assert [e["file_index"] for e in entries[1:]] == [1, 2, 3, 4, 5, 6, 7]
    first = entries[1]
    assert (first["name"], first["kind"], first["sample_id"], first["signal"]) == (
        "child.cov.bed.gz", "signal", "child", "coverage",
    )  # fmt: skip
    assert (first["low"], first["high"], first["unit"], first["rows"]) == (-3, 3, "log2 ratio", 660)
    assert first["chrom_rows"] == [0, *[30] * 22, 0, 0, 0, 0]
    assert (first["levels"], first["missing"]) == ({"d": 660}, 0)
    assert entries[-1]["segment_kind"] == "roh"
    assert "kind" not in entries[0]


def test_the_report_says_what_each_file_gave(tmp_path: Path) -> None:
    lines = ["o_1\t50\t51\t0.5", "d_1\t50\t51\t0.5", "d_1\t150\t151\t0.6", "d_1\t150\t151\t0.6"]
    path = write(tmp_path / "kid.cov.bed", lines)
    case = ingest_files(tmp_path, path, build=Build.GRCH38)
    (said,) = case.report.as_json()["files"]
    assert (said["format"], said["records"], said["kept"], said["rows"]) == ("Gens cov", 4, 3, 3)
    assert (said["kind"], said["gives"], said["sample"]) == ("signal", "coverage", "kid")
    assert said["levels"] == {"o": 1, "d": 3}
    assert [w["code"] for w in said["warnings"]] == ["SIGNAL-DOUBLE"]
    text = case.report.text()
    assert "3 points of signals" in text
    assert "coverage of kid: 4 records, 3 rows (coarser levels are derived from these: o 1)" in text


def test_a_case_without_a_vcf_has_the_people_of_its_files(tmp_path: Path) -> None:
    paths = [bed(tmp_path, n) for n in ("kid_gens.cov.bed", "kid_gens.baf.bed", "dad.cov.bed")]
    with pytest.raises(InputError, match="BUILD-UNKNOWN"):
        ingest_files(tmp_path, *paths)
    case = ingest_files(tmp_path, *paths, build=Build.GRCH38)
    assert [s["sample_id"] for s in case.rows("samples")] == ["kid", "dad"]
    found = case.rows("cases")[0]
    assert (found["case_id"], found["rows"]) == ("kid", 0)
    assert case.rows("variants") == []
    assert len(points(case, "kid", "baf")) == 660


def test_a_second_ingest_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    vcf, ped = small_trio(tmp_path, lines=5)
    first = ingest_files(tmp_path, vcf, bed(tmp_path, "child.cov.bed", 30), ped=ped)
    keys = [s["sample_key"] for s in first.rows("samples")]
    second = ingest_files(tmp_path, vcf, bed(tmp_path, "child.cov.bed", 7), ped=ped, replace=True)
    assert len(points(second, "child", "coverage")) == 7 * 22
    assert [s["sample_key"] for s in second.rows("samples")] == keys
    bare = ingest_files(tmp_path, vcf, ped=ped, replace=True)
    assert points(bare, "child", "coverage") == []
    assert [e for e in sources(bare) if e.get("kind") == "signal"] == []


def test_a_chromosome_without_coverage_is_told_from_one_with_none(tmp_path: Path) -> None:
    path = bed(tmp_path, "kid.cov.bed", skip=(21,))
    (entry,) = sources(ingest_files(tmp_path, path, build=Build.GRCH38))
    assert (entry["chrom_rows"][20], entry["chrom_rows"][21]) == (30, 0)


def test_two_files_for_one_signal_are_refused(tmp_path: Path) -> None:
    one, two = bed(tmp_path, "kid.cov.bed"), bed(tmp_path, "kid_gens.cov.bed")
    with pytest.raises(InputError, match=r"SIGNAL-TWICE at kid.cov.bed and kid_gens.cov.bed"):
        ingest_files(tmp_path, one, two, build=Build.GRCH38)
    case = ingest_files(tmp_path, one, two, build=Build.GRCH38, samples={"kid_gens.cov.bed": "dad"})
    assert len(points(case, "dad", "coverage")) == 660


def test_a_file_of_several_signals_can_spare_one(tmp_path: Path) -> None:
    heading = "chromosome\tstart\tend\tgene\tlog2\tdepth\tweight"
    cnr = write(tmp_path / "kid.cnr", [heading, "1\t0\t100\tx\t0.5\t30\t1"])
    depth = write(tmp_path / "kid.regions.bed", ["1\t0\t100\t31", "1\t100\t200\t31"])
    case = ingest_files(tmp_path, cnr, depth, build=Build.GRCH38)
    assert [r["value"] for r in points(case, "kid", "depth")] == [31, 31]
    assert [r["value"] for r in points(case, "kid", "log2")] == [0.5]
    (left,) = (w.message for w in case.report.warnings if w.code == "SIGNAL-TWICE")
    assert left == "kid.cnr: depth of kid left out; kid.regions.bed gives it"


def test_whose_a_file_is_may_be_said(tmp_path: Path) -> None:
    vcf, ped = small_trio(tmp_path, lines=5)
    path = bed(tmp_path, "run7.cov.bed")
    with pytest.raises(InputError, match="FEED-SAMPLE"):
        ingest_files(tmp_path, vcf, path, ped=ped)
    with pytest.raises(UsageError, match=r"FEED-SAMPLE at --sample other.bed"):
        ingest_files(tmp_path, vcf, path, ped=ped, samples={"other.bed": "child"})
    case = ingest_files(tmp_path, vcf, path, ped=ped, samples={"run7.cov.bed": "mother"})
    assert len(points(case, "mother", "coverage")) == 660


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_cut_file_leaves_nothing_to_see(tmp_path: Path, cut: float) -> None:
    vcf, ped = small_trio(tmp_path, lines=5)
    good, bad = bed(tmp_path, "child.cov.bed.gz"), bed(tmp_path, "child.baf.bed.gz", rows=2000)
    bad.write_bytes(bad.read_bytes()[: int(bad.stat().st_size * cut)])
    with pytest.raises(InputError, match=r"TEXT-TRUNCATED at child.baf.bed.gz"):
        ingest_files(tmp_path, vcf, good, bad, ped=ped)
    lake = a_lake(tmp_path)
    assert lake.snapshot().cases() == []
    assert not list((tmp_path / "lake").rglob("*.parquet"))


def test_one_bad_file_ends_the_reading_of_the_others(tmp_path: Path) -> None:
    lines = [f"d_1\t{100 * i}\t{100 * i + 1}\t0.5" for i in range(2_000_000)]
    large, bad = tmp_path / "kid.cov.bed", tmp_path / "dad.cov.bed"
    large.write_text("\n".join(lines))
    bad.write_text("d_1\t0\t1\t0.5\nd_1\t1\tx\t0.5\n")
    heard = io.StringIO()
    asked = CaseRequest(paths=(large, bad), build=Build.GRCH38)
    with pytest.raises(InputError, match=r"TEXT-NUMBER at dad.cov.bed line 2"):
        ingest_case(a_lake(tmp_path), asked, progress=Lines(heard, every=0), settings=Settings())
    told = [json.loads(x) for x in heard.getvalue().splitlines()]
    assert max(t.get("rows", 0) for t in told) < 2_000_000


def test_lines_set_aside_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "kid.cov.bed", ["1\t1\t2\t0.5", "1\t2\tx\t0.5", "1\t9\t3\t0.5"])
    with pytest.raises(InputError, match=r"TEXT-NUMBER at kid.cov.bed line 2"):
        ingest_files(tmp_path, path, build=Build.GRCH38)
    case = ingest_files(tmp_path, path, build=Build.GRCH38, skip_bad=True)
    (entry,) = sources(case)
    assert (entry["records"], entry["rows"], entry["rejected"]) == (3, 1, 2)
    assert (tmp_path / "kid.cov.bed.rejected").read_text().count("# line") == 2


def test_a_vcf_may_be_asked_for_its_fractions(tmp_path: Path) -> None:
    vcf, ped = small_trio(tmp_path)
    case = ingest_files(tmp_path, vcf, baf=(vcf,), ped=ped)
    assert case.report.tables["variants"] == 40
    assert {r["value"] for r in points(case, "father", "baf")} == {0.0, 0.5}
    assert len(points(case, "child", "baf")) == 40


def manifest(folder: Path, **child: str) -> Path:
    vcf, _ = small_trio(folder, lines=5)
    people = [{"sample_id": p, "sex": "male", "phenotype": "affected"} for p in PEOPLE]
    people[0] |= {"father": "father", "mother": "mother", **child}
    raw = {"family": "fam", "vcf_snv": vcf.name, "human_genome_build": "38", "samples": people}
    path = folder / "load.yaml"
    path.write_text(yaml.safe_dump(raw))
    return path


def test_a_manifest_s_files_become_signals_of_their_sample(tmp_path: Path) -> None:
    path = manifest(
        tmp_path, gens_coverage="a.cov.bed", gens_baf="b.baf.bed", rhocall_bed="c.bed",
        upd_regions_bed="gone/d.bed", upd_sites_bed="letter.txt",
    )  # fmt: skip
    bed(tmp_path, "a.cov.bed")
    bed(tmp_path, "b.baf.bed")
    write(tmp_path / "c.bed", ["track name=x description=rhocall", "1\t5\t900"])
    (tmp_path / "letter.txt").write_text("Dear colleague,\nnothing.\n")
    case = ingest_files(tmp_path, manifest=path)
    given = {e["key"]: (e["kind"], e["sample_id"], e["rows"]) for e in sources(case)[1:]}
    assert given == {
        "rhocall_bed": ("segments", "child", 1),
        "gens_coverage": ("signal", "child", 660),
        "gens_baf": ("signal", "child", 660),
    }
    said = {w.code: w.message for w in case.report.warnings}
    assert "letter.txt is in no format" in said["MANIFEST-FEED"]
    assert "gone/d.bed is not there" in said["MANIFEST-MISSING"]


def test_of_two_files_of_a_manifest_one_is_taken_and_a_named_one_wins(tmp_path: Path) -> None:
    path = manifest(tmp_path, tiddit_coverage_wig="t.wig", d4_path="m.regions.bed")
    (tmp_path / "t.wig").write_text("fixedStep chrom=1 start=1 step=100\n5\n6\n7\n")
    write(tmp_path / "m.regions.bed", ["1\t0\t100\t5", "1\t100\t200\t5"])
    case = ingest_files(tmp_path, manifest=path)
    assert [e["key"] for e in sources(case)[1:]] == ["tiddit_coverage_wig"]
    (left,) = (w.message for w in case.report.warnings if w.code == "SIGNAL-TWICE")
    assert left == "d4_path: m.regions.bed: depth of child left out; t.wig gives it"
    named = write(tmp_path / "child.regions.bed", ["1\t0\t100\t5"])
    case = ingest_files(tmp_path, named, manifest=path, replace=True)
    assert [e["name"] for e in sources(case)[1:]] == ["child.regions.bed"]
    both = ingest_files(tmp_path, tmp_path / "t.wig", manifest=path, replace=True)
    assert [e["key"] for e in sources(both)[1:]] == ["tiddit_coverage_wig"]


def test_the_simulated_trio_has_its_signals_with_no_more_words(tmp_path: Path) -> None:
    made = simulate_trio(tmp_path / "sim", variants=2000, seed=4, coverage_bin=25_000)
    case = ingest_files(tmp_path, manifest=next(p for p in made.files if p.suffix == ".yaml"))
    entries = {e["name"]: e for e in sources(case) if e.get("kind") == "signal"}
    beds = [p for p in made.files if p.name.endswith(".bed.gz")]
    assert len(beds) == len(entries) == 6
    for path in beds:
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        assert entries[path.name]["records"] == len(lines)
        assert entries[path.name]["rows"] == sum(x.startswith("a_") for x in lines)
        assert entries[path.name]["sample_id"] == path.name.split("_gens")[0]
    assert not [w for f in case.report.files for w in f.warnings if w.code.startswith("SIGNAL")]


def test_progress_counts_all_files_together(tmp_path: Path) -> None:
    paths = [bed(tmp_path, f"{n}.cov.bed") for n in "abc"]
    out = io.StringIO()
    asked = CaseRequest(paths=tuple(paths), build=Build.GRCH38)
    ingest_case(a_lake(tmp_path), asked, progress=progress_for(out), settings=Settings())
    (begun,) = (x for x in map(json.loads, out.getvalue().splitlines()) if x["event"] == "begin")
    assert begun["file"] == "3 signals and segments"
    assert begun["bytes_total"] == sum(p.stat().st_size for p in paths)


def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORRSKEN_LAKE", str(tmp_path / "lake"))
    vcf, ped = small_trio(tmp_path, lines=5)
    path = bed(tmp_path, "run=7.cov.bed")

    def run(*words: object) -> tuple[int, str]:
        done = CliRunner().invoke(main, [str(w) for w in words])
        return done.exit_code, done.output

    code, said = run("ingest", vcf, path, "--ped", ped, "--sample", "run=7.cov.bed=mother")
    assert (code, "coverage of mother" in said) == (0, True)
    code, said = run("ingest", vcf, path, "--ped", ped, "--replace", "--sample", "mother")
    assert (code, "it is not FILE=SAMPLE" in said) == (2, True)
    code, said = run("ingest", "--baf", vcf, "--case", "only", "--json")
    assert (code, '"gives": "baf"' in said) == (0, True)
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear colleague,\nnothing.\n")
    code, said = run("ingest", letter)
    assert (code, "FORMAT-UNKNOWN at letter.txt" in said, "bigWig" in said) == (1, True, True)
    assert run("ingest")[0] == 2
