"""Opening and reading VCF: kinds of file, lines, records, counts, what is set aside."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest

from data_layer.errors import InputError, UsageError
from data_layer.ingest.bgzf import BgzfStream
from data_layer.ingest.lines import whole_lines
from data_layer.ingest.source import Source
from data_layer.ingest.text import open_vcf
from tests.vcf_made import HEAD, META, lines_of, read, row, vcf, write

ROWS = [row(pos=str(n)) for n in range(1, 3001)]


@pytest.mark.parametrize("kind", ["plain", "gzip", "bgzf"])
@pytest.mark.parametrize("name", ["a.vcf", "a.vcf.gz", "a.bcf", "a"])
def test_the_bytes_say_what_a_file_is_not_its_name(tmp_path: Path, kind: str, name: str) -> None:
    path = write(tmp_path / name, vcf(*ROWS), kind, size=5000)
    with open_vcf(path) as reader:
        assert reader.format == ("vcf" if kind == "plain" else "vcf.gz")
        assert lines_of(reader) == ROWS
        assert (reader.records, reader.rejected_count, reader.warnings) == (3000, 0, [])
        assert reader.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert reader.bytes_read == reader.bytes_total == path.stat().st_size


def test_columns_and_numbers(tmp_path: Path) -> None:
    with open_vcf(write(tmp_path / "a.vcf", vcf(*ROWS[:3]))) as reader:
        (table,) = reader.batches()
    fixed = ["chrom", "pos", "id", "ref", "alt", "qual", "filter", "info", "format"]
    assert table.column_names == [*fixed, "s0", "s1", "record", "line"]
    assert {str(t) for t in table.schema.types[:-2]} == {"string"}
    assert table.schema.types[-2:] == [pa.int64(), pa.int64()]
    assert table["record"].to_pylist() == [0, 1, 2]
    assert table["line"].to_pylist() == [6, 7, 8]


def test_a_reader_is_a_source(tmp_path: Path) -> None:
    with open_vcf(write(tmp_path / "a.vcf", vcf())) as reader:
        assert isinstance(reader, Source)
    assert not isinstance(tmp_path, Source)


def test_format_is_null_where_the_file_has_none(tmp_path: Path) -> None:
    sites = "\t".join(row().split("\t")[:8])
    path = write(tmp_path / "a.vcf", vcf(sites, head=HEAD[:8]))
    with open_vcf(path) as reader:
        (table,) = reader.batches()
    assert table["format"].null_count == table.num_rows == 1
    assert "s0" not in table.column_names


def test_numbers_go_on_over_batches_and_blocks(tmp_path: Path) -> None:
    rows = [row(pos=str(n), info="AC=1;X=" + "x" * 500) for n in range(1, 60_001)]
    path = write(tmp_path / "a.vcf.gz", vcf(*rows), "bgzf")
    with open_vcf(path) as reader:
        tables = list(reader.batches())
    assert len(tables) > 1
    whole = pa.concat_tables(tables)
    assert whole["record"].to_pylist() == list(range(60_000))
    assert whole["line"].to_pylist() == list(range(6, 60_006))
    assert whole["pos"].to_pylist() == [str(n) for n in range(1, 60_001)]


def test_one_thread_and_small_groups_give_the_same(tmp_path: Path) -> None:
    text = vcf(*ROWS).encode()
    path = write(tmp_path / "a.vcf.gz", text, "bgzf", size=700)
    for threads, blocks in ((1, 1), (2, 3), (4, 1000)):
        stream = BgzfStream(path, threads=threads, blocks=blocks)
        assert b"".join(stream.chunks()) == text
        stream.close()


def test_empty_lines_are_passed_over_and_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", vcf(ROWS[0], "", ROWS[1], "", ""))
    with open_vcf(path) as reader:
        (table,) = reader.batches()
        assert reader.records == 2
        assert [(w.line, w.code) for w in reader.warnings] == [
            (7, "VCF-BLANK-LINE"),
            (9, "VCF-BLANK-LINE"),
            (10, "VCF-BLANK-LINE"),
        ]
    assert table["line"].to_pylist() == [6, 8]
    assert table["record"].to_pylist() == [0, 1]


def test_windows_line_ends(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", vcf(*ROWS[:5]).replace("\n", "\r\n"))
    with open_vcf(path) as reader:
        assert reader.samples == ("kid", "dad")
        assert lines_of(reader) == ROWS[:5]
        assert reader.warning_counts == {"VCF-CRLF": 1}


def test_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", "\ufeff" + vcf(*ROWS[:2]))
    with open_vcf(path) as reader:
        assert reader.header.fileformat == "VCFv4.2"
        assert lines_of(reader) == ROWS[:2]
        assert reader.warning_counts == {"VCF-BOM": 1}


@pytest.mark.parametrize("kind", ["plain", "gzip", "bgzf"])
def test_a_last_line_needs_no_newline(tmp_path: Path, kind: str) -> None:
    assert read(write(tmp_path / "a", vcf(*ROWS[:4])[:-1], kind)) == ROWS[:4]


def test_a_short_last_line_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", vcf(*ROWS[:4])[:-14])
    with pytest.raises(InputError, match=r"VCF-COLUMNS at a\.vcf line 9: the line has 10 columns"):
        read(path)


def test_a_header_without_records_is_a_vcf(tmp_path: Path) -> None:
    for kind in ("plain", "gzip", "bgzf"):
        assert read(write(tmp_path / kind, vcf(), kind)) == []
        assert read(write(tmp_path / kind, vcf()[:-1], kind)) == []


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (b"chr1\t7\t.\tA\tC\t5\tPASS\tX=\xe5\tGT:AD\t0/1\t0/0", "VCF-UTF8"),
        (b"chr1\t7\t.\tA\tC\t5\tPASS\tX\tGT:AD\t0/1", "VCF-COLUMNS"),
        (b"chr1\t7\t.\tA\tC\t5\tPASS\tX\tGT:AD\t0/1\t0/0\t0/0", "VCF-COLUMNS"),
        (b"chr1\t7\t.\tA\tC\t5\tPASS\tX=a\rb\tGT:AD\t0/1\t0/0", "VCF-CONTROL"),
        (b"chr1\t7\t.\tA\tC\t5\tPASS\tX=a\0b\tGT:AD\t0/1\t0/0", "VCF-CONTROL"),
        (b"   ", "VCF-COLUMNS"),
        (b"#chr1\t7\t.\tA\tC\t5\tPASS\tX\tGT:AD\t0/1\t0/0", "VCF-CHROM"),
    ],
)
def test_lines_that_are_no_records(tmp_path: Path, bad: bytes, code: str) -> None:
    text = vcf(*ROWS[:3]).encode() + bad + b"\n" + vcf(*ROWS[3:5], meta=(), head=()).encode()[1:]
    path = write(tmp_path / "a.vcf", text)
    with pytest.raises(InputError) as e:
        read(path)
    assert (e.value.problem.code, e.value.problem.where) == (code, "a.vcf line 9")
    aside = tmp_path / "report.rejected"
    with open_vcf(path, skip_bad=True, rejected=aside) as reader:
        tables = pa.concat_tables(reader.batches())
        assert (reader.records, reader.rejected_count) == (6, 1)
    assert tables["record"].to_pylist() == [0, 1, 2, 4, 5]
    assert tables["line"].to_pylist() == [6, 7, 8, 10, 11]
    note, raw, end = aside.read_bytes().split(b"\n")
    assert note.startswith(b"# line 9 " + code.encode() + b": ")
    assert (raw, end) == (bad, b"")


def test_set_aside_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [*ROWS[:2], row(ref="Z"), "short", row(pos="x"), *ROWS[2:4]]
    path = write(tmp_path / "a.vcf", vcf(*rows))
    with open_vcf(path, skip_bad=True) as reader:
        assert lines_of(reader) == ROWS[:4]
        assert (reader.records, reader.rejected_count) == (7, 3)
    lines = (tmp_path / "a.vcf.rejected").read_text().splitlines()
    assert lines[1::2] == rows[2:5]
    assert [n.split()[:4] for n in lines[::2]] == [
        ["#", "line", "8", "VCF-REF:"],
        ["#", "line", "9", "VCF-COLUMNS:"],
        ["#", "line", "10", "VCF-POS:"],
    ]


def test_nothing_is_written_when_nothing_is_wrong(tmp_path: Path) -> None:
    with open_vcf(write(tmp_path / "a.vcf", vcf(*ROWS[:2])), skip_bad=True) as reader:
        assert lines_of(reader) == ROWS[:2]
    assert [p.name for p in tmp_path.iterdir()] == ["a.vcf"]


def test_rejected_file_that_cannot_be_written(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", vcf(row(ref="Z")))
    with (
        open_vcf(path, skip_bad=True, rejected=tmp_path / "no" / "x") as reader,
        pytest.raises(InputError, match="REJECTED-FILE"),
    ):
        list(reader.batches())


def test_message_of_a_refused_record(tmp_path: Path) -> None:
    rows = [row(pos=str(n)) for n in range(1, 1037)]
    path = write(tmp_path / "sample.vcf.gz", vcf(*rows, row(pos="2000", ref="Z")), "bgzf")
    with pytest.raises(InputError) as e:
        read(path)
    assert str(e.value) == (
        "VCF-REF at sample.vcf.gz line 1042: REF holds 'Z'; allowed A C G T N. "
        "Fix the file or pass --skip-bad to set the record aside (1 so far)."
    )


def test_records_are_given_once(tmp_path: Path) -> None:
    with open_vcf(write(tmp_path / "a.vcf", vcf(*ROWS[:2]))) as reader:
        list(reader.batches())
        with pytest.raises(UsageError, match="VCF-READ-TWICE"):
            reader.batches()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "VCF-KIND"),
        (b"\n\n", "VCF-KIND"),
        (b"PK\x03\x04 not a vcf", "VCF-KIND"),
        (b"BCF\x02\x02\x00\x00\x00\x00", "VCF-KIND"),
        (b"chr1\t5\n", "VCF-KIND"),
        (b"##fileformat=VCFv4.2\n", "VCF-HEADER"),
    ],
)
def test_what_is_no_vcf(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.vcf"
    path.write_bytes(content)
    with pytest.raises(InputError) as e:
        open_vcf(path)
    assert e.value.problem.code == code


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.vcf", tmp_path):
        with pytest.raises(InputError, match="VCF-OPEN"):
            open_vcf(path)


def test_a_line_without_end_is_not_taken_into_memory() -> None:
    with pytest.raises(InputError, match="VCF-LINE"):
        list(whole_lines(iter([b"x" * 60, b"x" * 60]), longest=100))
    assert list(whole_lines(iter([b"x" * 60, b"\n" + b"x" * 60, b"\ny"]), longest=100)) == [
        b"x" * 60 + b"\n",
        b"x" * 60 + b"\n",
        b"y\n",
    ]


def test_lines_longer_than_a_parse_block(tmp_path: Path) -> None:
    rows = [row(info="X=" + c * (5 << 20)) for c in "ab"]
    assert read(write(tmp_path / "a.vcf.gz", vcf(*rows), "bgzf")) == rows


def test_bcf_reads_as_its_vcf(tmp_path: Path) -> None:
    if shutil.which("bcftools") is None:
        pytest.fail("bcftools makes the file of this test")
    contig = ("##contig=<ID=chr1,length=248956422>",)
    rows = [row(pos=str(n), alt="C,G", info="AC=1,2") for n in range(1, 25_001)]
    rows = [r.replace("10,12", "10,12,3").replace("20,0", "20,0,0") for r in rows]
    text = write(tmp_path / "a.vcf", vcf(*rows, meta=META + contig))
    path = tmp_path / "b.vcf"
    made = tmp_path / "made.bcf"
    subprocess.run(["bcftools", "view", "-Ob", "-o", made, text], check=True, capture_output=True)
    made.rename(path)
    with open_vcf(path) as reader:
        assert reader.format == "bcf"
        assert reader.samples == ("kid", "dad")
        assert reader.header.contigs == [("chr1", 248956422)]
        assert lines_of(reader) == rows
        assert reader.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert reader.warnings == []


def test_open_files_are_closed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf.gz", vcf(*ROWS), "bgzf", size=500)
    held = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with open_vcf(path) as reader:
            next(reader.batches())
        with pytest.raises(InputError):
            open_vcf(write(tmp_path / "bad", "#CHROM\n"))
    assert len(list(Path("/proc/self/fd").iterdir())) <= held
