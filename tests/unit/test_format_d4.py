"""D4: the runs that a file holds, however its tables are laid out, and what is refused."""

from __future__ import annotations

import itertools
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_layer.errors import InputError
from data_layer.ingest.feed import Head
from data_layer.ingest.formats import d4, d4_runs
from tests.d4_made import Contig, write_d4

Row = tuple[str, int, int, float]


def read(path: Path, track: int = 0) -> list[Row]:
    feed = d4.feeds(Head(path, path.read_bytes()[:4096], ""))[track]
    with feed.open(False) as reader:
        return [
            (r["contig"], r["start"], r["end"], r["value"])
            for batch in reader.batches()
            for r in batch.to_pylist()
        ]


def runs(contigs: list[Contig]) -> list[Row]:
    """The expected rows, from the depths base by base."""
    out: list[Row] = []
    for contig in contigs:
        if not any(contig.depth):
            continue
        at = 0
        for value, group in itertools.groupby(contig.depth):
            size = len(list(group))
            out.append((contig.name, at, at + size, float(value)))
            at += size
    return out


TWO = [
    Contig("1", [0] * 7 + [3, 3, 4, 70_000] + [12] * 30 + [0] * 5),
    Contig("chrX", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
]


@pytest.mark.parametrize("bits", [0, 1, 2, 3, 6, 9, 13])
@pytest.mark.parametrize("deflate", [False, True])
def test_runs_tile_the_contigs_for_every_width_of_code(
    tmp_path: Path, bits: int, deflate: bool
) -> None:
    path = tmp_path / "a.d4"
    write_d4(path, TWO, dictionary=range(1 << bits), as_range=True, deflate=deflate, part=10)
    assert read(path) == runs(TWO)


def test_a_dictionary_in_any_order_is_looked_up(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    write_d4(path, TWO, dictionary=[12, 0, 4, 1])
    assert read(path) == runs(TWO)


def test_bases_that_no_record_covers_have_the_dictionarys_value(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    contigs = [Contig("1", [1] * 100 + [0] * 5 + [1] * 10)]
    write_d4(path, contigs, dictionary=[1], as_range=True)
    assert read(path) == runs(contigs)


def test_windows_and_long_runs_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(d4_runs, "_WINDOW", 64)
    path = tmp_path / "a.d4"
    contigs = [Contig("1", [5] * 1000 + [90] * 200 + [5] * 100 + [0] * 3)]
    write_d4(path, contigs, dictionary=range(8), as_range=True, part=77)
    assert read(path) == runs(contigs)


def test_a_run_longer_than_a_record_is_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    contigs = [Contig("1", [9] * 150_000 + [0])]
    write_d4(path, contigs, part=200_000)
    assert read(path) == [("1", 0, 150_000, 9.0), ("1", 150_000, 150_001, 0.0)]


def test_many_records_run_over_the_edges_of_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    contigs = [Contig("1", [1 + i % 3 for i in range(3000)])]
    for deflate in (False, True):
        write_d4(path, contigs, deflate=deflate, part=3000)
        assert read(path) == runs(contigs)


def test_a_denominator_divides(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    write_d4(path, [Contig("1", [150, 25, 0])], denominator=100.0)
    assert [value for *_, value in read(path)] == [1.5, 0.25, 0.0]


def test_a_contig_without_depth_is_no_data_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    write_d4(path, [Contig("1", [4, 4]), Contig("Y", [0] * 50), Contig("MT", [0])])
    feed = d4.feeds(Head(path, path.read_bytes(), ""))[0]
    with feed.open(False) as reader:
        rows = [r for b in reader.batches() for r in b["contig"].to_pylist()]
        assert rows == ["1"]
        assert reader.records == 3
        assert [w.code for w in reader.warnings] == ["D4-EMPTY"]
        assert reader.warnings[0].message.endswith(": Y, MT")
        assert len(reader.sha256) == 64
        assert reader.bytes_read == reader.bytes_total == path.stat().st_size


def test_a_track_in_a_folder_is_found_and_says_its_sample_only_among_others(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.d4"
    write_d4(path, TWO, folder="ADM1")
    (feed,) = d4.feeds(Head(path, path.read_bytes(), ""))
    assert (feed.kind, feed.name, feed.sample) == ("signal", "depth", None)
    assert read(path) == runs(TWO)


def test_another_file_is_not_taken(tmp_path: Path) -> None:
    assert d4.feeds(Head(tmp_path / "a.d4", b"##fileformat=VCFv4.2\n", "")) == ()


def test_a_cut_file_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    write_d4(path, TWO, dictionary=range(4), as_range=True)
    whole = path.read_bytes()
    for size in range(8, len(whole), 61):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError) as error:
            read(path)
        assert error.value.problem.code in {"D4-TRUNCATED", "D4-UNFINISHED"}
        assert "a.d4" in error.value.problem.where


def test_overlapping_records_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    write_d4(path, [Contig("1", [5, 5, 5, 6, 6, 6])])
    raw = path.read_bytes()
    path.write_bytes(raw.replace(struct.pack("<IHi", 4, 2, 6), struct.pack("<IHi", 2, 4, 6)))
    with pytest.raises(InputError, match=r"D4-CORRUPT.*overlap"):
        read(path)


def test_a_base_in_two_records_is_the_first_ones_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    write_d4(path, [Contig("1", [5, 5, 5, 6, 6, 6])])
    raw = path.read_bytes()
    path.write_bytes(raw.replace(struct.pack("<IHi", 4, 2, 6), struct.pack("<IHi", 3, 3, 6)))
    with d4.feeds(Head(path, path.read_bytes(), ""))[0].open(False) as reader:
        rows = [tuple(r.values()) for b in reader.batches() for r in b.to_pylist()]
        assert rows == [("1", 0, 3, 5.0), ("1", 3, 6, 6.0)]
        assert [w.code for w in reader.warnings] == ["D4-OVERLAP"]
        assert "two runs 1;" in reader.warnings[0].message


def test_a_damaged_block_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.d4"
    write_d4(path, [Contig("1", [1 + i % 7 for i in range(900)])], deflate=True)
    raw = bytearray(path.read_bytes())
    raw[-40:] = bytes(40)
    path.write_bytes(raw)
    with pytest.raises(InputError, match="D4-CORRUPT"):
        read(path)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 40), st.integers(0, 70)), min_size=1, max_size=12),
        min_size=1, max_size=3,
    ),
    st.integers(0, 5), st.booleans(), st.integers(5, 200),
)  # fmt: skip
def test_any_depths_come_back(
    tmp_path_factory: pytest.TempPathFactory,
    blocks: list[list[tuple[int, int]]],
    bits: int,
    deflate: bool,
    part: int,
) -> None:
    contigs = [
        Contig(f"c{i}", [v for size, v in runs for _ in range(size)])
        for i, runs in enumerate(blocks)
    ]
    path = tmp_path_factory.mktemp("d4") / "a.d4"
    write_d4(path, contigs, dictionary=range(1 << bits), as_range=True, deflate=deflate, part=part)
    assert read(path) == runs(contigs)
