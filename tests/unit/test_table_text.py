"""Tables of text: typed, with the exact line in every complaint, whatever the compression."""

from __future__ import annotations

import gzip
import hashlib
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_layer.errors import InputError, UsageError
from data_layer.ingest.table_text import DRAWING, TextTable
from data_layer.simulate import bgzf

COLUMNS = ("contig", "start", "end", "value")
TYPES = {"start": pa.int64(), "end": pa.int64(), "value": pa.float32()}


def rows(path: Path, **options: Any) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"columns": COLUMNS, "types": TYPES} | options
    with TextTable(path, asked.pop("columns"), **asked) as table:
        return [row for batch in table.batches() for row in batch.to_pylist()]


def test_values_lines_and_records(tmp_path: Path) -> None:
    path = tmp_path / "a.bed"
    path.write_text(
        "browser position chr1\ntrack name=x\n#note\nchr1\t0\t5\t1.5\nchr1\t5\t9\tNaN\n"
        "# in between\nchr1\t9\t12\t-inf\nX\t1\t2\t.\n"
    )
    found = rows(path, comment=("#", *DRAWING))
    assert [r["line"] for r in found] == [4, 5, 7, 8]
    assert [r["record"] for r in found] == [0, 1, 2, 3]
    assert [r["value"] for r in found] == [1.5, None, -math.inf, None]
    assert [r["contig"] for r in found] == ["chr1", "chr1", "chr1", "X"]


def test_counts_and_digest_are_of_the_file_as_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "a.bed.gz"
    path.write_bytes(gzip.compress(b"#a\n#b\n1\t0\t5\t1\n1\t5\t6\t2\n"))
    with TextTable(path, COLUMNS, types=TYPES) as table:
        assert sum(b.num_rows for b in table.batches()) == table.records == 2
        assert table.comments == 2
        assert table.bytes_read == table.bytes_total == path.stat().st_size
        assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        with pytest.raises(UsageError, match="TEXT-READ-TWICE"):
            next(table.batches())


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("1\t2\t3", "TEXT-COLUMNS", "3 columns, not 4"),
        ("1\t2\t3\t4\t5", "TEXT-COLUMNS", "5 columns, not 4"),
        ("1\tx\t3\t4", "TEXT-NUMBER", "start is 'x'"),
        ("1\t0x1F\t40\t4", "TEXT-NUMBER", "start is '0x1F'"),
        ("1\t\t3\t4", "TEXT-NUMBER", "start is ''"),
        ("1\t1e5\t200000\t4", "TEXT-NUMBER", "start is '1e5'"),
        ("1\t2\t3\tabc", "TEXT-NUMBER", "value is 'abc'"),
        ("1\t2\t3\t0,5", "TEXT-NUMBER", "value is '0,5'"),
        ("1\t2\t3\t\0", "TEXT-CONTROL", "zero byte"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, code: str, said: str) -> None:
    path = tmp_path / "b.bed"
    path.write_text(f"#x\n1\t0\t1\t2\n{line}\n1\t5\t6\t2\n")
    with pytest.raises(InputError, match=code) as caught:
        rows(path)
    assert caught.value.problem.where == "b.bed line 3"
    assert said in caught.value.problem.message
    assert "--skip-bad" in caught.value.problem.fix
    kept = rows(path, skip_bad=True)
    assert [(r["line"], r["start"]) for r in kept] == [(2, 0), (4, 5)]
    assert (tmp_path / "b.bed.rejected").read_text().startswith(f"# line 3 {code}: ")


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "b.bed"
    path.write_bytes(b"1\t0\t1\t2\nchr\xff\t0\t1\t2\n")
    with pytest.raises(InputError, match=r"TEXT-UTF8 at b.bed line 2.*0xff"):
        rows(path)


def test_windows_lines_blank_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "w.bed"
    path.write_bytes(b"\xef\xbb\xbf1\t0\t1\t2\r\n\r\n1\t5\t6\t2\r\n")
    with TextTable(path, COLUMNS, types=TYPES) as table:
        found = [row for batch in table.batches() for row in batch.to_pylist()]
        assert [(r["contig"], r["line"], r["value"]) for r in found] == [
            ("1", 1, 2.0),
            ("1", 3, 2.0),
        ]
        assert {w.code for w in table.warnings} == {"TEXT-CRLF", "TEXT-BLANK-LINE"}


def test_a_last_line_without_an_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "w.bed"
    path.write_text("1\t0\t1\t2\n1\t5\t6\t2")
    assert len(rows(path)) == 2


@pytest.mark.parametrize("text", ["", "#only\n", "\n\n"])
def test_a_file_without_lines_has_no_rows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "e.bed"
    path.write_text(text)
    assert rows(path) == []


def test_headings(tmp_path: Path) -> None:
    path = tmp_path / "h.tsv"
    path.write_text("#note\nchrom\tlog2\n1\t2.5\n")
    assert rows(path, columns=None, types={"log2": pa.float64()}, header="first") == [
        {"chrom": "1", "log2": 2.5, "line": 3, "record": 0}
    ]
    path.write_text("#note\n#chrom\tlog2\n1\t2.5\n")
    assert rows(path, columns=None, types={}, header="comment")[0]["log2"] == "2.5"
    assert rows(path, columns=None, types={})[0]["column 2"] == "2.5"
    path.write_text("a\ta\n1\t2\n")
    with pytest.raises(InputError, match=r"TEXT-HEADING.*more than once"):
        rows(path, columns=None, types={}, header="first")
    path.write_text("1\t2\n")
    with pytest.raises(InputError, match=r"TEXT-HEADING.*no line names"):
        rows(path, columns=None, types={}, header="comment")


def test_blanks_quotes_and_the_line_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "q.txt"
    path.write_text("1  0 1\t2.5\n")
    (row,) = rows(path, delimiter=None, text=True)
    assert (row["start"], row["value"], row["text"]) == (0, 2.5, "1  0 1\t2.5")
    path.write_text('"chr1, x",0,1,2.5\n')
    (row,) = rows(path, delimiter=",", quote=True, text=True)
    assert (row["contig"], row["text"]) == ("chr1, x", '"chr1, x",0,1,2.5')
    path.write_text('"chr1, x",0,1,2.5\n"chr1, y",0,b,2.5\n')
    with pytest.raises(InputError, match="line 2: end is 'b'"):
        rows(path, delimiter=",", quote=True, text=True)


def test_a_line_longer_than_a_block_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.bed"
    path.write_text(f"{'c' * (5 << 20)}\t0\t1\t2\n1\t5\t6\t2\n")
    assert [len(r["contig"]) for r in rows(path)] == [5 << 20, 1]


def test_something_else_without_lines_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zeros.bed"
    path.write_bytes(b"\0" * (40 << 20))
    with pytest.raises(InputError, match=r"TEXT-LINE at zeros.bed"):
        rows(path)


BODY = "".join(f"1\t{i}\t{i + 1}\t{i / 7:.5f}\n" for i in range(20_000)).encode()


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.999])
def test_cut_gzip_is_refused(tmp_path: Path, keep: float) -> None:
    whole = gzip.compress(BODY)
    path = tmp_path / "c.bed.gz"
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(InputError, match=r"TEXT-TRUNCATED at c.bed.gz"):
        rows(path)


def test_bgzf_without_its_end_or_with_a_damaged_block_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.bed.gz"
    blocks = bgzf.blocks(BODY)
    path.write_bytes(blocks + bgzf.END)
    assert len(rows(path)) == 20_000
    path.write_bytes(blocks)
    with pytest.raises(InputError, match=r"TEXT-TRUNCATED at c.bed.gz.*cut or never closed"):
        rows(path)
    damaged = bytearray(blocks + bgzf.END)
    damaged[len(blocks) // 2] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(InputError, match=r"TEXT-CORRUPT at c.bed.gz"):
        rows(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"TEXT-OPEN at gone.bed"):
        rows(tmp_path / "gone.bed")
