"""A damaged file is an error that says where, never a shorter file."""

from __future__ import annotations

import gzip
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest.text import open_vcf
from tests.vcf_made import END_BLOCK, META, bgzf, block, read, row, vcf, write

ROWS = [row(pos=str(n), id=f"rs{n * 7919 % 1000}") for n in range(1, 301)]
TEXT = vcf(*ROWS)


def code(path: Path) -> str:
    """The code with which a file is refused; empty when it is read whole."""
    try:
        got = read(path)
    except InputError as e:
        return e.problem.code
    assert got == ROWS, "a damaged file was read as another one"
    return ""


def block_starts(data: bytes) -> list[int]:
    starts, at = [], 0
    while at < len(data):
        starts.append(at)
        at += int.from_bytes(data[at + 16 : at + 18], "little") + 1
    return starts


def test_the_file_these_tests_damage_is_whole(tmp_path: Path) -> None:
    data = bgzf(TEXT.encode(), 900)
    assert len(block_starts(data)) > 15
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(data)
    assert code(path) == ""
    if shutil.which("bgzip"):
        subprocess.run(["bgzip", "-t", path], check=True)


def test_cut_at_every_block_edge(tmp_path: Path) -> None:
    data = bgzf(TEXT.encode(), 900)
    path = tmp_path / "a.vcf.gz"
    for start in block_starts(data)[1:]:
        path.write_bytes(data[:start])
        with pytest.raises(InputError) as e:
            read(path)
        assert e.value.problem.code == "VCF-TRUNCATED"
        assert e.value.problem.where == f"a.vcf.gz byte {start:,} of {start:,}"
        assert e.value.problem.fix


def test_cut_anywhere(tmp_path: Path) -> None:
    data = bgzf(TEXT.encode(), 900)
    path = tmp_path / "a.vcf.gz"
    for size in [*range(1, 60), *range(60, len(data), 37), *range(len(data) - 40, len(data))]:
        path.write_bytes(data[:size])
        assert code(path), f"cut at byte {size} of {len(data)}"


def test_closing_block_only_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(bgzf(TEXT.encode())[: -len(END_BLOCK)])
    assert code(path) == "VCF-TRUNCATED"


def test_a_block_lost_from_the_middle_of_a_record_is_seen(tmp_path: Path) -> None:
    """Whole blocks that are lost leave a record that does not fit."""
    data = bgzf(TEXT.encode(), 907)
    starts = block_starts(data)
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(data[: starts[3]] + data[starts[4] :])
    assert code(path)


def test_bytes_after_the_closing_block(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf.gz"
    for extra in (b"\0", b"junk" * 20, bgzf(TEXT.encode())[:50]):
        path.write_bytes(bgzf(TEXT.encode()) + extra)
        assert code(path) == "VCF-TRUNCATED"


def test_other_data_between_blocks(tmp_path: Path) -> None:
    data = bgzf(TEXT.encode(), 900)
    at = block_starts(data)[4]
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(data[:at] + gzip.compress(b"x") + data[at:])
    with pytest.raises(InputError) as e:
        read(path)
    assert (e.value.problem.code, e.value.problem.where) == (
        "VCF-CORRUPT",
        f"a.vcf.gz byte {at:,} of {path.stat().st_size:,}",
    )


def test_an_empty_block_in_the_middle_is_right(tmp_path: Path) -> None:
    """Files put one after another keep the closing block of each."""
    half = len(TEXT) // 2
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(bgzf(TEXT[:half].encode(), 900) + bgzf(TEXT[half:].encode(), 700))
    assert code(path) == ""


def test_every_bit_of_a_header_and_a_tail(tmp_path: Path) -> None:
    data = bgzf(TEXT.encode(), 6000)
    second, third = block_starts(data)[1:3]
    path = tmp_path / "a.vcf.gz"
    places = [*range(18), *range(second, second + 18), *range(third - 8, third + 2)]
    places += range(len(data) - 28, len(data))
    for place in places:
        for bit in range(8):
            bad = bytearray(data)
            bad[place] ^= 1 << bit
            path.write_bytes(bad)
            assert code(path), f"bit {bit} of byte {place}"


def test_flipped_bits_in_the_data(tmp_path: Path) -> None:
    """Nearly all are errors; the rest carry nothing, and then the text is the same."""
    data = bgzf(TEXT.encode(), 3000)
    chance = random.Random(7)
    path = tmp_path / "a.vcf.gz"
    seen = 0
    for _ in range(400):
        bad = bytearray(data)
        bad[chance.randrange(18, len(data) - 28)] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        seen += bool(code(path))
    assert seen > 390


def test_a_length_that_would_fill_memory(tmp_path: Path) -> None:
    good = block(TEXT.encode()[:5000])
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(good[:-4] + b"\xff\xff\xff\x7f" + END_BLOCK)
    with pytest.raises(InputError, match=r"VCF-CORRUPT .*65,536 fit"):
        read(path)


@pytest.mark.parametrize("members", [1, 3])
def test_gzip_cut_or_flipped(tmp_path: Path, members: int) -> None:
    step = len(TEXT) // members + 1
    parts = [TEXT[i : i + step].encode() for i in range(0, len(TEXT), step)]
    data = b"".join(gzip.compress(p, mtime=0) for p in parts)
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(data)
    assert code(path) == ""
    path.write_bytes(data + b"\0" * 100)
    assert code(path) == ""
    path.write_bytes(data + b"junk")
    assert code(path) == "VCF-CORRUPT"
    last = len(data) - len(gzip.compress(parts[-1], mtime=0))
    for size in [*range(last + 1, len(data), 41), *range(len(data) - 9, len(data))]:
        path.write_bytes(data[:size])
        assert code(path), f"cut at byte {size} of {len(data)}"
    for place in (last + 200, len(data) - 7, len(data) - 2):
        bad = bytearray(data)
        bad[place] ^= 4
        path.write_bytes(bad)
        assert code(path) == "VCF-CORRUPT", f"byte {place}"


def test_plain_text_cut_within_a_record(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", TEXT[: TEXT.rfind("\t", 0, -20)])
    assert code(path) == "VCF-COLUMNS"


def test_bcf_cut_or_flipped(tmp_path: Path) -> None:
    if shutil.which("bcftools") is None:
        pytest.fail("bcftools makes the file of this test")
    text = write(tmp_path / "a.vcf", vcf(*ROWS, meta=(*META, "##contig=<ID=chr1>")))
    made = tmp_path / "made"
    subprocess.run(["bcftools", "view", "-Ob", "-o", made, text], check=True, capture_output=True)
    data = made.read_bytes()
    path = tmp_path / "a.bcf"
    path.write_bytes(data)
    assert code(path) == ""
    for size in (100, len(data) // 2, len(data) - 28, len(data) - 1):
        path.write_bytes(data[:size])
        assert code(path) == "VCF-TRUNCATED"
    for place in (60, len(data) // 2, len(data) - 32):
        bad = bytearray(data)
        bad[place] ^= 16
        path.write_bytes(bad)
        assert code(path) == "VCF-CORRUPT"


def test_bcf_whose_last_record_is_cut_in_whole_blocks(tmp_path: Path) -> None:
    text = write(tmp_path / "a.vcf", vcf(*ROWS, meta=(*META, "##contig=<ID=chr1>")))
    made = tmp_path / "made"
    subprocess.run(["bcftools", "view", "-Ob", "-o", made, text], check=True, capture_output=True)
    raw = gzip.decompress(made.read_bytes())
    path = tmp_path / "a.bcf"
    path.write_bytes(bgzf(raw, 700))
    assert code(path) == ""
    for cut in (1, 7, 30, len(raw) // 2):
        path.write_bytes(bgzf(raw[:-cut], 700))
        assert code(path) in {"VCF-TRUNCATED", "VCF-CORRUPT"}, f"{cut} bytes short"
        with open_vcf(path) as reader:
            assert reader.samples == ("kid", "dad")
    path.write_bytes(bgzf(raw[:200], 700))
    assert code(path) == "VCF-TRUNCATED"


def test_damage_late_in_a_long_file_comes_after_the_first_records(tmp_path: Path) -> None:
    rows = [row(pos=str(n), info="X=" + "x" * 800) for n in range(1, 40_001)]
    data = bgzf(vcf(*rows).encode())
    bad = bytearray(data)
    bad[len(data) - 60] ^= 1
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(bad)
    with open_vcf(path) as reader:
        batches = reader.batches()
        assert next(batches).num_rows > 0
        with pytest.raises(InputError, match="VCF-CORRUPT"):
            list(batches)
