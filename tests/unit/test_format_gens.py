"""Gens beds: the finest level that is there, all lines counted."""

from __future__ import annotations

import math
import subprocess
from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest.feeds import feeds_of
from data_layer.ingest.formats.gens import GensReader
from tests.gens_made import Bin, coverage_lines, fraction_lines, write

BINS: list[Bin] = [("1", 100 * i + 1, 100 * i + 100, math.sin(i)) for i in range(2000)]
BINS += [("X", 100 * i + 1, 100 * i + 100, -1.0) for i in range(50)]
SITES = [("1", 37 * i + 5, (i % 11) / 10) for i in range(500)]


def read(path: Path, *, skip_bad: bool = False) -> tuple[GensReader, list[dict[str, object]]]:
    (feed,) = feeds_of(path) or ()
    with feed.open(skip_bad) as reader:
        assert isinstance(reader, GensReader)
        return reader, [r for b in reader.batches() for r in b.to_pylist()]


def test_coverage_in_five_levels_gives_every_bin_once(tmp_path: Path) -> None:
    path = write(tmp_path / "kid.cov.bed.gz", coverage_lines(BINS))
    (feed,) = feeds_of(path) or ()
    assert (feed.name, feed.kind, feed.sample) == ("coverage", "signal", None)
    reader, rows = read(path)
    assert dict(reader.levels) == {"o": 2, "a": 8, "b": 41, "c": 205, "d": 2050}
    assert reader.records == 2306
    assert len(rows) == 2050
    for row, (contig, first, last, value) in zip(rows, BINS, strict=True):
        assert (row["contig"], row["start"], row["end"]) == (contig, first + 48, first + 49)
        assert last == first + 99
        assert row["value"] == pytest.approx(value, abs=1e-6)


def test_fractions_and_a_file_that_ends_at_a_coarser_level(tmp_path: Path) -> None:
    lines = fraction_lines(SITES)
    _, rows = read(write(tmp_path / "kid_gens.baf.bed", lines))
    assert [(r["start"], r["value"]) for r in rows] == [
        (base - 1, pytest.approx(value)) for _, base, value in SITES
    ]
    coarse = [x for x in lines if x[0] in "oab"]
    reader, rows = read(write(tmp_path / "kid_gens.baf.bed", coarse))
    assert dict(reader.levels) == {"o": 4, "a": 13, "b": 50}
    assert len(rows) == 50


def test_levels_sorted_as_tabix_wants_them(tmp_path: Path) -> None:
    lines = sorted(coverage_lines(BINS), key=lambda x: (x.split("\t")[0], int(x.split("\t")[1])))
    plain = write(tmp_path / "kid.cov.bed", lines)
    subprocess.run(["bgzip", plain], check=True)
    reader, rows = read(tmp_path / "kid.cov.bed.gz")
    assert reader.records == 2306
    assert len(rows) == 2050


def test_a_file_without_levels_is_read_as_it_is(tmp_path: Path) -> None:
    lines = [f"chr1\t{i}\t{i + 1}\t0.5" for i in range(5)]
    reader, rows = read(write(tmp_path / "kid.baf.bed.gz", lines))
    assert not reader.levels
    assert [r["start"] for r in rows] == [0, 1, 2, 3, 4]


def test_contigs_that_begin_like_a_level_keep_their_names(tmp_path: Path) -> None:
    lines = ["d_chrUn_KI270302v1\t1\t2\t0.5", "d_MT\t1\t2\t0.5"]
    _, rows = read(write(tmp_path / "kid.baf.bed", lines))
    assert [r["contig"] for r in rows] == ["chrUn_KI270302v1", "MT"]


def test_a_line_without_a_level_among_levels_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "kid.cov.bed", ["d_1\t1\t2\t0.5", "1\t2\t3\t0.5", "d_1\t4\t5\t1"])
    with pytest.raises(InputError, match=r"GENS-LEVEL at kid.cov.bed line 2"):
        read(path)
    reader, rows = read(path, skip_bad=True)
    assert (len(rows), reader.rejected_count, reader.records) == (2, 1, 3)


@pytest.mark.parametrize("place", ["5\t5", "9\t5", "-3\t5"])
def test_a_place_that_is_none_is_named(tmp_path: Path, place: str) -> None:
    path = write(tmp_path / "kid.cov.bed", ["d_1\t1\t2\t0.5", f"d_1\t{place}\t0.5"])
    with pytest.raises(InputError, match=r"SIGNAL-PLACE at kid.cov.bed line 2"):
        read(path)
    reader, rows = read(path, skip_bad=True)
    assert (len(rows), reader.rejected_count) == (1, 1)


def test_another_bed_of_that_name_is_not_taken_for_one(tmp_path: Path) -> None:
    path = write(tmp_path / "kid.cov.bed", ["chr1\t1\t2", "chr1\t2\t3"])
    found = feeds_of(path) or ()
    assert all(f.name not in ("coverage", "baf") for f in found)
