"""Attacks by files of signals and segments: bombs, circles, places off the genome, odd names."""

from __future__ import annotations

import gzip
import json
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pybigtools
import pytest

from data_layer.errors import InputError
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.ingest.feeds import Known, feeds_of, read_head
from data_layer.ingest.report import IngestReport
from data_layer.ingest.shared_files import Shared
from data_layer.ingest.source import Warning, WarningLog
from data_layer.ingest.text import open_vcf
from data_layer.lake import open_lake
from data_layer.region import Build
from data_layer.settings import Settings
from tests.d4_made import Contig, hostile_d4, write_d4
from tests.format_read import read

SEG = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n"
GATK = "CONTIG\tSTART\tEND\tLOG2_COPY_RATIO\nchr1\t1\t100\t0.5\n"
ENOUGH = 20.0


def soon(call: Callable[[], object], seconds: float = ENOUGH) -> object:
    """What a call gives, which may not take long."""
    began = time.monotonic()
    try:
        return call()
    finally:
        assert time.monotonic() - began < seconds


def refusal(call: Callable[[], object], seconds: float = ENOUGH) -> str:
    """The code with which a file is refused, soon."""
    with pytest.raises(InputError) as found:
        soon(call, seconds)
    assert len(str(found.value)) < 8000
    return found.value.problem.code


def ingested(folder: Path, *paths: Path, skip_bad: bool = False) -> IngestReport:
    settings = Settings(lake=str(folder / "lake"), threads=2)
    lake = open_lake(settings.lake, settings=settings, create=True)
    request = CaseRequest(paths=paths, case_id="x", build=Build.GRCH38, skip_bad=skip_bad)
    return ingest_case(lake, request, settings=settings)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


# Time and memory.


def test_a_long_word_of_a_wiggle_is_looked_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "a.wig", "fixedStep " + "a" * 200_000 + "\n1\n")
    assert refusal(lambda: read(path)) == "WIG-DECLARATION"


def test_a_wiggle_of_many_declarations_is_read_soon(tmp_path: Path) -> None:
    lines = (f"fixedStep chrom=chr1 start={i * 10 + 1} step=10\n{i % 7}\n" for i in range(100_000))
    rows = soon(lambda: read(written(tmp_path, "a.wig", "".join(lines))))
    assert isinstance(rows, list)
    assert [r[1] for r in rows] == [i * 10 for i in range(100_000)]
    assert rows[-1][3] == 99_999 % 7


def test_a_heading_of_contigs_is_looked_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.denoisedCR.tsv", "@HD\tVN:1.6\n@SQ" + "\tSN:a" * 100_000 + "\n" + GATK
    )
    assert soon(lambda: len(feeds_of(path) or ()), 5) == 1


def test_a_long_heading_hides_no_table(tmp_path: Path) -> None:
    names = (f"@SQ\tSN:HLA{i}\tLN:{i + 5}\tM5:{'0' * 32}\tUR:file:/ref.fa\n" for i in range(4000))
    path = written(tmp_path, "a.denoisedCR.tsv", "@HD\tVN:1.6\n" + "".join(names) + GATK)
    assert read(path) == [("chr1", 0, 100, 0.5)]


def test_many_comments_are_passed_over_soon(tmp_path: Path) -> None:
    path = tmp_path / "a.bedgraph.gz"
    text = "chr1\t1\t2\t3\n" + "#\n" * 10
    path.write_bytes(gzip.compress(("#c\n" * 200_000 + text).encode()))
    assert soon(lambda: read(path)) == [("chr1", 1, 2, 3.0)]


@pytest.mark.parametrize("columns", [20_000, 1_000_000])
def test_a_table_of_endless_columns_is_refused(tmp_path: Path, columns: int) -> None:
    path = written(tmp_path, "a.bed", "\t".join(["chr1", "1", "2", *["x"] * columns]) + "\n")
    assert refusal(lambda: read(path), 10) == "TEXT-COLUMNS"


def test_a_segment_file_of_a_cohort_is_sorted_out_soon(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.seg", SEG + "".join(f"s{i}\t1\t1\t9\t5\t0.1\n" for i in range(9000))
    )
    feeds = feeds_of(path) or ()
    shared = Shared.of(feeds)
    known = Known(samples=("s5", "s8999"))
    assert soon(lambda: [f.sample for f in feeds if not shared.leaves_out(f, known)], 3) == ["s5", "s8999"]  # fmt: skip # noqa: E501
    assert refusal(lambda: ingested(tmp_path, path)) == "CASE-SAMPLES"


def test_damage_behind_a_bomb_is_found_without_inflating_it(tmp_path: Path) -> None:
    path = tmp_path / "a.bedgraph.gz"
    raw = bytearray(gzip.compress(b"chr1\t1\t2\t3\n" + b"\0" * 300_000_000))
    raw[250_000:250_010] = b"\xff" * 10
    path.write_bytes(raw)
    assert len(read_head(path).text) <= 1 << 20
    assert soon(lambda: len(read_head(path).text), 3)


@pytest.mark.parametrize("filler", [b"\0", b"x"])
def test_a_bomb_of_one_line_is_refused(tmp_path: Path, filler: bytes) -> None:
    path = tmp_path / "a.bedgraph.gz"
    path.write_bytes(gzip.compress(b"chr1\t1\t2\t3\n" + filler * 200_000_000))
    assert refusal(lambda: read(path)) == "TEXT-LINE"


# Places.


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.wig", "fixedStep chrom=chr1 start=1 step=999999999999999999\n" + "1\n" * 40),
        ("a.wig", "fixedStep chrom=chr1 start=9 step=1 span=999999999999999999\n1\n"),
        ("a.wig", "variableStep chrom=chr2\n1099511627777 1\nvariableStep chrom=chr1\n5 1\n"),
        ("a.bedgraph", "chr2\t1099511627770\t1099511627790\t1\nchr1\t5\t6\t1\n"),
        ("a.bed", "chr2\t1099511627770\t1099511627790\tx\nchr1\t5\t6\ty\n"),
    ],
)  # fmt: skip
def test_a_place_behind_every_chromosome_is_refused(tmp_path: Path, name: str, text: str) -> None:
    path = written(tmp_path, name, text)
    assert refusal(lambda: ingested(tmp_path, path)) in ("SIGNAL-PLACE", "SEGMENT-PLACE", "WIG-VALUE")  # fmt: skip # noqa: E501


def test_a_place_behind_every_chromosome_is_set_aside(tmp_path: Path) -> None:
    path = written(tmp_path, "a.bedgraph", "chr2\t1\t1099511627790\t1\nchr1\t5\t6\t1\n")
    report = ingested(tmp_path, path, skip_bad=True)
    assert (report.files[0].rows, report.files[0].rejected) == (1, 1)


@pytest.mark.parametrize("said", ["step=-1 start=1", "step=1 start=0", "step=0 start=1", "step=1"])
def test_a_declaration_without_sense_is_refused(tmp_path: Path, said: str) -> None:
    path = written(tmp_path, "a.wig", f"fixedStep chrom=chr1 {said}\n1\n")
    assert refusal(lambda: read(path)) == "WIG-DECLARATION"


# Circles in binary files.


def bigwig(path: Path) -> bytearray:
    rows = [("chr1", i * 10, i * 10 + 10, i % 7 + 0.5) for i in range(900)]
    pybigtools.open(str(path), "w").write({"chr1": 10_000}, rows)
    return bytearray(path.read_bytes())


def with_index(raw: bytearray, nodes: bytes) -> bytes:
    """The file with an index of its own behind its end."""
    (index,) = struct.unpack_from("<Q", raw, 24)
    head = bytes(raw[index : index + 48])
    struct.pack_into("<Q", raw, 24, len(raw))
    return bytes(raw) + head + nodes


def test_an_index_that_names_its_nodes_again_and_again_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bw"
    raw = bigwig(path)
    at, many, nodes = len(raw) + 48, 200, b""
    for depth in range(10):
        child = at + (depth + 1) * (4 + many * 24)
        nodes += struct.pack("<BBH", 0, 0, many)
        nodes += struct.pack("<IIIIQ", 0, 0, 0, 10_000, child) * many
    path.write_bytes(with_index(raw, nodes + struct.pack("<BBH", 1, 0, 0)))
    assert refusal(lambda: read(path)) == "BIGWIG-CORRUPT"


def test_an_index_that_names_one_block_again_and_again_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bw"
    raw = bigwig(path)
    (index,) = struct.unpack_from("<Q", raw, 24)
    leaf = bytes(raw[index + 52 : index + 52 + 32])
    nodes = struct.pack("<BBH", 1, 0, 60_000) + leaf * 60_000
    path.write_bytes(with_index(raw, nodes))
    assert refusal(lambda: read(path)) == "BIGWIG-CORRUPT"


def test_a_bigwig_of_endless_zoom_levels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bw"
    raw = bigwig(path)
    struct.pack_into("<H", raw, 6, 200)
    path.write_bytes(raw + raw)
    assert refusal(lambda: read(path)) == "BIGWIG-CORRUPT"


@pytest.mark.parametrize(
    ("size", "dictionary"),
    [
        ("1e400", '{"Dictionary": {"i2v_map": [0]}}'),
        ("9", '{"Dictionary": {"i2v_map": [99999999999]}}'),
        ("9", '{"Dictionary": {"i2v_map": [[0], [1]]}}'),
        ("9", '{"SimpleRange": {"low": 0, "high": 1e999}}'),
        ("9", '{"SimpleRange": {"low": 0, "high": 1000000000000}}'),
        ("-9", '{"Dictionary": {"i2v_map": [0]}}'),
        ("1000000000000", '{"SimpleRange": {"low": 0, "high": 64}}'),
        ("9", "[" * 200_000),
    ],
    ids=["endless", "wide", "square", "range", "million", "negative", "long", "deep"],
)
def test_d4_metadata_without_sense_are_refused(tmp_path: Path, size: str, dictionary: str) -> None:
    path = tmp_path / "a.d4"
    contigs = f'[{{"name": "chr1", "size": {size}}}]'
    hostile_d4(path, f'{{"chrom_list": {contigs}, "dictionary": {dictionary}}}'.encode())
    assert refusal(lambda: read(path)) in ("D4-CORRUPT", "D4-TRUNCATED")


def test_a_d4_of_one_number_and_endless_bases_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    sizes = [{"name": "chr1", "size": 1_000_000_000_000}]
    meta = {"chrom_list": sizes, "dictionary": {"Dictionary": {"i2v_map": [3]}}}
    hostile_d4(path, json.dumps(meta).encode())
    assert refusal(lambda: ingested(tmp_path, path)) == "SIGNAL-PLACE"


def test_folders_of_a_d4_do_not_hold_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    hostile_d4(path, b"{}", circles=60)
    assert refusal(lambda: feeds_of(path)) == "D4-CORRUPT"


@pytest.mark.parametrize("kind", ["a.d4", "a.bw"])
def test_a_file_written_to_while_it_is_read_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    if kind == "a.bw":
        bigwig(path)
    else:
        write_d4(path, [Contig("1", [i % 7 for i in range(900)])], dictionary=range(8))
    feed = (feeds_of(path) or ())[0]
    with feed.open(False) as reader:
        batches = reader.batches()
        next(batches)
        with path.open("r+b") as file:
            file.seek(path.stat().st_size - 1)
            file.write(b"\xff")
        os.utime(path, ns=(1, 1))
        with pytest.raises(InputError, match="-CHANGED"):
            list(batches)


# Names, words and what lies beside a file.


@pytest.mark.parametrize("name", ["a.bedgraph", "a.bw", "a.d4", "a.vcf", "a.seg"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert refusal(lambda: ingested(tmp_path, tmp_path / name), 5) in ("FILE-OPEN", "VCF-OPEN")


def test_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.vcf").symlink_to("/dev/zero")
    with pytest.raises(InputError, match="-OPEN"):
        open_vcf(tmp_path / "a.vcf")


def test_lines_set_aside_are_not_written_through_a_link(tmp_path: Path) -> None:
    mine = written(tmp_path, "mine.txt", "keep me")
    (tmp_path / "a.bedgraph.rejected").symlink_to(mine)
    path = written(tmp_path, "a.bedgraph", "chr1\t1\t2\t1\nchr1\tx\t2\t1\n")
    assert ingested(tmp_path, path, skip_bad=True).files[0].rejected == 1
    assert mine.read_text() == "keep me"
    assert "TEXT-NUMBER" in (tmp_path / "a.bedgraph.rejected").read_text()


def test_lines_set_aside_do_not_wait_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.bedgraph.rejected")
    path = written(tmp_path, "a.bedgraph", "chr1\t1\t2\t1\nchr1\tx\t2\t1\n")
    assert refusal(lambda: read(path, skip_bad=True), 5) == "REJECTED-FILE"


def test_messages_do_not_grow_with_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a.bedgraph", "chr1\t5\t6\t1\nchr1\t6\t" + "9" * 3_000_000 + "\t1\n")
    assert refusal(lambda: read(path)) == "TEXT-NUMBER"
    contig = "c" * 1_000_000
    path = written(tmp_path, "b.bedgraph", f"{contig}\t9\t10\t1\n{contig}\t5\t6\t1\n")
    report = ingested(tmp_path, path)
    assert max(len(w.message) for w in report.files[0].warnings) < 3000


def test_words_of_a_file_do_not_steer_the_terminal() -> None:
    log = WarningLog()
    log.add(1, "X", "chr1\x1b[2J\u202e\rgone")
    assert log.listed() == [Warning(1, "X", r"chr1\x1b[2J\u202e\rgone")]
    assert "\x1b" not in str(InputError("X", "a\x1b[2J.bed", "no\x9b1m"))


def test_sample_names_become_no_paths(tmp_path: Path) -> None:
    odd = ["../../etc", "a/b", "ann", "ANN", "<script>alert(1)</script>", "x' or 1=1--"]
    names = [*odd, "n" * 4000]
    lines = "".join(f"{n}\t1\t{i + 1}\t{100 + i}\t5\t0.1\n" for i, n in enumerate(names))
    path = written(tmp_path, "cohort.seg", SEG + lines)
    report = ingested(tmp_path, path)
    assert [f.sample for f in report.files] == names
    assert [f.rows for f in report.files] == [1] * len(names)
    folders = {p.name for p in (tmp_path / "lake" / "segments").glob("*/") if "=" in p.name}
    assert len(folders) == len(names)
    assert all(len(f) < 64 and "/" not in f and ".." not in f for f in folders)
