"""bigWig: the intervals that another writer put there, and what is refused."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pybigtools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats import bigwig
from data_layer.ingest.formats.signal_name import as_listed

Row = tuple[str, int, int, float]
SIZES = {"chr1": 248_956_422, "chr2": 242_193_529, "chrX": 156_040_895}


def write(path: Path, rows: Iterable[Row]) -> None:
    pybigtools.open(str(path), "w").write(SIZES, rows)


def feed(path: Path) -> Feed:
    return bigwig.feeds(Head(path, path.read_bytes()[:4096], ""))[0]


def read(path: Path) -> list[tuple[str, int, int, float | None]]:
    with feed(path).open(False) as reader:
        return [tuple(r.values()) for b in reader.batches() for r in b.to_pylist()]


def test_intervals_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "HG002.depth.bw"
    rows = [(c, i * 2000, i * 2000 + 2000, i % 50 + 0.5) for c in SIZES for i in range(5000)]
    write(path, rows)
    assert read(path) == rows
    assert (feed(path).kind, feed(path).name, feed(path).sample) == ("signal", "depth", None)


def test_nan_is_no_value_and_infinity_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.bw"
    write(path, [("chr1", 0, 5, math.nan), ("chr1", 5, 9, math.inf), ("chr1", 9, 10, -math.inf)])
    assert [v for *_, v in read(path)] == [None, math.inf, -math.inf]


@pytest.mark.parametrize(
    ("name", "value", "signal"),
    [
        ("HG002.maf.bw", 0.4, "maf"),
        ("s1_tidditcov.bw", 30.0, "depth"),
        ("s1_rhocallviz.bw", 0.9, "roh"),
        ("s1.baf.bw", 0.5, "baf"),
        ("s1.cov.bw", -0.4, "coverage"),
        ("s1.cov.bw", 30.0, "depth"),
        ("anything.bigWig", 1.0, "depth"),
        ("anything.bigWig", -1.0, "log2"),
        ("mafia.bw", 1.0, "depth"),
    ],
)
def test_the_name_and_the_lowest_value_say_the_signal(
    tmp_path: Path, name: str, value: float, signal: str
) -> None:
    write(tmp_path / name, [("chr1", 0, 10, value), ("chr1", 10, 20, 0.5)])
    assert feed(tmp_path / name).name == signal


def test_a_manifests_key_names_a_track_whatever_its_file_is_called(tmp_path: Path) -> None:
    path = tmp_path / "kid.minor_allele_frequency.bigwig"
    write(path, [("chr1", 0, 1, 0.25)])
    assert feed(path).name == "depth"
    assert as_listed(feed(path), "minor_allele_frequency_wig").name == "maf"
    assert as_listed(feed(path), "rhocall_wig").name == "roh"
    assert as_listed(feed(path), "upd_sites_bed").name == "depth"
    named = replace(feed(path), format="UPD sites", name="upd")
    assert as_listed(named, "rhocall_wig") == named


def test_methylation_in_percent_becomes_a_fraction(tmp_path: Path) -> None:
    path = tmp_path / "kid.methylation.hp1.bw"
    write(path, [("chr1", 0, 1, 25.0), ("chr1", 1, 2, 100.0)])
    with feed(path).open(False) as reader:
        assert [v for b in reader.batches() for v in b["value"].to_pylist()] == [0.25, 1.0]
        assert [w.code for w in reader.warnings] == ["BIGWIG-PERCENT"]
    write(path, [("chr1", 0, 1, 0.25)])
    assert read(path) == [("chr1", 0, 1, 0.25)]
    assert feed(path).name == "methylation"


def test_counts_digest_and_progress(tmp_path: Path) -> None:
    path = tmp_path / "a.bw"
    write(path, [("chr2", 5, 6, 1.0)])
    with feed(path).open(False) as reader:
        assert sum(b.num_rows for b in reader.batches()) == reader.records == 1
        assert reader.bytes_read == reader.bytes_total == path.stat().st_size
        assert len(reader.sha256) == 64
        assert reader.warnings == []


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bw"
    write(path, [("chr1", i * 10, i * 10 + 10, float(i % 9)) for i in range(3000)])
    whole = path.read_bytes()
    for size in range(4, len(whole) - 4, 997):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError, match="BIGWIG-TRUNCATED"):
            read(path)


def test_a_changed_byte_in_a_block_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.bw"
    write(path, [("chr1", i * 10, i * 10 + 10, float(i % 9)) for i in range(3000)])
    raw = bytearray(path.read_bytes())
    raw[700] ^= 1
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"BIGWIG-CORRUPT at a\.bw byte 352 of"):
        read(path)


def test_a_bigbed_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.bb"
    path.write_bytes(bytes.fromhex("ebf28987") + bytes(60))
    with pytest.raises(InputError, match="BIGWIG-BIGBED"):
        feed(path)


def test_another_file_is_not_taken(tmp_path: Path) -> None:
    assert bigwig.feeds(Head(tmp_path / "a.bw", b"chr1\t0\t10\t1\n", "")) == ()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compressed", [True, False])
def test_steps_and_both_orders_of_bytes(tmp_path: Path, order: str, compressed: bool) -> None:
    """Blocks of the kinds that the writer above never makes, laid out by hand."""
    fixed = struct.pack(f"{order}IIIIIBBH", 0, 100, 130, 10, 5, 3, 0, 3)
    fixed += np.array([1, 2, 3], dtype=f"{order}f4").tobytes()
    variable = struct.pack(f"{order}IIIIIBBH", 0, 200, 260, 0, 7, 2, 0, 2)
    variable += b"".join(struct.pack(f"{order}If", s, v) for s, v in ((200, 4.0), (250, 5.0)))
    path = tmp_path / "a.bw"
    path.write_bytes(_by_hand(order, [fixed, variable], compressed))
    assert read(path) == [
        ("chr1", 100, 105, 1.0), ("chr1", 110, 115, 2.0), ("chr1", 120, 125, 3.0),
        ("chr1", 200, 207, 4.0), ("chr1", 250, 257, 5.0),
    ]  # fmt: skip


def _by_hand(order: str, blocks: list[bytes], compressed: bool) -> bytes:
    tree_at = 64
    tree = struct.pack(f"{order}IIIIQQ", 0x78CA8C91, 1, 4, 8, 1, 0)
    tree += struct.pack(f"{order}BBH4sII", 1, 0, 1, b"chr1", 0, 1000)
    data_at = tree_at + len(tree)
    stored = [zlib.compress(b) for b in blocks] if compressed else blocks
    places = [data_at + 8 + sum(map(len, stored[:i])) for i in range(len(stored))]
    index_at = data_at + 8 + sum(map(len, stored))
    index = struct.pack(
        f"{order}IIQIIIIQII", 0x2468ACE0, 256, len(blocks), 0, 0, 0, 0, index_at, 1, 0
    )
    index += struct.pack(f"{order}BBH", 1, 0, len(blocks))
    for place, block in zip(places, stored, strict=True):
        index += struct.pack(f"{order}IIIIQQ", 0, 0, 0, 0, place, len(block))
    head = struct.pack(
        f"{order}IHHQQQHHQQIQ", 0x888FFC26, 4, 0, tree_at, data_at, index_at, 0, 0, 0, 0,
        4096 if compressed else 0, 0,
    )  # fmt: skip
    count = struct.pack(f"{order}Q", len(blocks))
    return head + tree + count + b"".join(stored) + index


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(1, 90), st.floats(width=32, allow_nan=False)),
        min_size=1, max_size=60,
    )
)  # fmt: skip
def test_any_intervals_come_back(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, float]]
) -> None:
    path = tmp_path_factory.mktemp("bw") / "a.bw"
    rows, at = [], 0
    for gap, size, value in steps:
        rows.append(("chr1", at + gap, at + gap + size, value))
        at += gap + size
    write(path, rows)
    assert read(path) == rows
