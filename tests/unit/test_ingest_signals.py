"""A signal's rows in the lake's order, whatever the file's; what is odd is said and counted."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from data_layer.errors import InputError
from data_layer.ingest.feeds import feeds_of
from data_layer.ingest.signals import Staged, stage
from data_layer.region import Build
from data_layer.settings import Settings
from data_layer.tiles import levels
from tests.gens_made import write

BUILD = Build.GRCH38


def staged(path: Path, *, skip_bad: bool = False) -> Staged:
    (feed,) = feeds_of(path) or ()
    room = path.parent / f"room-{path.name}"
    return stage(
        feed, BUILD, room, skip_bad=skip_bad, settings=Settings(), seen=lambda read, rows: None
    )


def placed(found: Staged) -> list[tuple[int, int, int, float | None]]:
    table = pq.read_table(found.path)
    return [tuple(r) for r in zip(*(table[n].to_pylist() for n in ("chrom", "start", "end", "value")), strict=True)]  # fmt: skip # noqa: E501


def codes(found: Staged) -> dict[str, str]:
    return {w.code: w.message for w in found.warnings}


def cov(folder: Path, *lines: str, name: str = "kid.cov.bed") -> Path:
    return write(folder / name, ["\t".join(x.split()) for x in lines])


def test_names_with_and_without_chr_lie_on_the_same_chromosomes(tmp_path: Path) -> None:
    path = cov(tmp_path, "chr1 5 6 1", "2 5 6 1", "chrM 5 6 1", "MT 7 8 1", "GL000220.1 5 6 1")
    found = staged(path)
    assert [r[:2] for r in placed(found)] == [(1, 5), (2, 5), (25, 5), (25, 7), (26, 5)]
    assert found.chrom_rows[1] == found.chrom_rows[2] == found.chrom_rows[26] == 1
    assert found.chrom_rows[25] == 2
    assert len(found.chrom_rows) == 27
    assert not found.warnings
    table = pq.read_table(found.path)
    assert table["gpos"].to_pylist() == [BUILD.gpos(c, s) for c, s, _, _ in placed(found)]


def test_chromosomes_in_the_order_of_their_names_are_put_in_ours_without_a_word(
    tmp_path: Path,
) -> None:
    names = [*sorted(str(c) for c in range(1, 23)), "MT", "X", "Y"]
    lines = [f"{c} {100 * i} {100 * i + 100} {i}" for c in names for i in range(50)]
    found = staged(cov(tmp_path, *lines))
    rows = placed(found)
    assert rows == sorted(rows)
    assert len(rows) == found.rows == 25 * 50
    assert not found.warnings


def test_rows_out_of_order_are_sorted_and_said_with_their_line(tmp_path: Path) -> None:
    path = cov(tmp_path, "1 500 600 1", "1 100 200 2", "2 5 6 3", "1 300 400 4", "1 200 300 5")
    found = staged(path)
    assert [r[1] for r in placed(found)] == [100, 200, 300, 500, 5]
    unsorted = [w for w in found.warnings if w.code == "SIGNAL-UNSORTED"]
    assert [w.line for w in unsorted] == [2, 5]
    assert "1 100 to 200" in unsorted[0].message


def test_a_large_shuffled_file_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(levels, "ROWS_PER_COLUMN", 1)
    rng = np.random.default_rng(3)
    start = rng.permutation(60_000) * 100
    chrom = rng.integers(1, 23, len(start))
    lines = [f"{c}\t{s}\t{s + 100}\t{s % 97 / 97}" for c, s in zip(chrom, start, strict=True)]
    (tmp_path / "kid.cov.bed").write_text("\n".join(lines) + "\n")
    found = staged(tmp_path / "kid.cov.bed")
    rows = placed(found)
    assert [r[:2] for r in rows] == sorted(zip(chrom.tolist(), start.tolist(), strict=True))
    assert all(v == pytest.approx(s % 97 / 97, abs=1e-6) for _, s, _, v in rows)
    cells: Counter[int] = Counter()
    for cell in (c for b in found.tiles or () for c in b.to_pylist()):
        cells[cell["level"]] += cell["n"]
    assert cells == {20: 60_000, 18: 60_000, 16: 60_000}


def test_overlaps_doubles_and_ends_behind_the_chromosome_are_counted(tmp_path: Path) -> None:
    path = cov(
        tmp_path, "1 0 100 1", "1 50 150 1", "1 50 150 2", "1 60 70 1", "1 150 160 1",
        "21 46709900 46710000 1", "2 0 100 1", "2 100 200 1",
    )  # fmt: skip
    found = staged(path)
    assert found.rows == 8
    assert codes(found) == {
        "SIGNAL-OVERLAP": "2 rows begin before the one before them ends; first chr1:51-150",
        "SIGNAL-DOUBLE": "1 rows stand in the place of the one before them; first chr1:51-150",
        "SIGNAL-BEYOND": "1 rows end behind their chromosome's end in GRCh38; is the build right;"
        " first chr21:46,709,901-46,710,000",
    }


def test_no_value_and_infinite_values(tmp_path: Path) -> None:
    path = cov(tmp_path, "1 0 1 NaN", "1 1 2 .", "1 2 3 inf", "1 3 4 -Inf", "1 4 5 NA", "1 5 6 0")
    found = staged(path)
    assert [r[3] for r in placed(found)] == [None, None, math.inf, -math.inf, None, 0.0]
    assert found.missing == 3
    assert codes(found).keys() == {"SIGNAL-INFINITE"}


def test_no_row_and_no_known_contig(tmp_path: Path) -> None:
    empty = staged(cov(tmp_path, "#nothing"))
    assert (empty.rows, empty.tiles) == (0, None)
    assert "SIGNAL-EMPTY" in codes(empty)
    odd = staged(cov(tmp_path, "NC_000001.11 1 2 3", name="odd.cov.bed"))
    assert "SIGNAL-CONTIGS" in codes(odd)


def test_the_top_of_depth_comes_from_the_data(tmp_path: Path) -> None:
    lines = [f"chr1\t{i}\t{i + 1}\t{20 + i % 10}" for i in range(1000)]
    found = staged(write(tmp_path / "kid.regions.bed", lines))
    assert (found.low, found.high) == (0.0, 30.0)


def test_a_place_that_is_none_is_refused_or_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "kid.bedgraph"
    path.write_text("chr1\t1\t2\t0.5\nchr1\t9\t5\t0.5\n")
    with pytest.raises(InputError, match=r"SIGNAL-PLACE at kid.bedgraph line 2"):
        staged(path)
    found = staged(path, skip_bad=True)
    assert (found.rows, found.records, found.rejected) == (1, 2, 1)


def test_the_levels_of_gens_are_told(tmp_path: Path) -> None:
    found = staged(cov(tmp_path, "o_1 5 6 1", "d_1 1 2 1", "d_1 2 3 1"))
    assert (found.levels, found.records, found.rows) == ({"o": 1, "d": 2}, 3, 2)
