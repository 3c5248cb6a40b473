"""``tiles build`` makes what is missing; ``tiles verify`` finds whatever is not right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from app.cli import main
from data_layer.errors import NotFoundError
from data_layer.lake import Lake, open_lake
from data_layer.region import chrom_name
from data_layer.settings import Settings
from data_layer.tiles import levels as levels_module
from data_layer.tiles import upkeep
from data_layer.tiles.compare import first_differences
from data_layer.tiles.range import Range
from tests.signal_rows import points, signal_case

SETTINGS = Settings()
SPEC = Range(-3.0, 3.0)
COVERAGE = points(3000, 1, spec=SPEC)
BAF = points(2000, 2, spec=Range(0.0, 1.0))
KEYS = {"sample_key": "key-child", "signal": "coverage"}


@pytest.fixture(autouse=True)
def every_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels_module, "ROWS_PER_COLUMN", 0.06)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path / "lake"), settings=SETTINGS, create=True)


def two(lake: Lake, **how: Any) -> None:
    tracks = {
        ("child", "coverage"): (COVERAGE, SPEC),
        ("father", "baf"): (BAF, Range(0.0, 1.0)),
    }
    signal_case(lake, "fam", tracks, **how)


def stored(lake: Lake) -> pa.Table:
    (path,) = lake.snapshot().signal_files("signal_tiles", "fam", **KEYS)
    return pq.ParquetFile(path).read()


def test_what_ingest_made_is_right_and_stays(lake: Lake) -> None:
    two(lake)
    assert upkeep.verify(lake, SETTINGS) == (2, [])
    assert [o.cells for o in upkeep.make(lake, SETTINGS)] == [0, 0]
    again = upkeep.make(lake, SETTINGS, again=True)
    assert again[0].cells == stored(lake).num_rows > 0
    assert upkeep.verify(lake, SETTINGS, "fam") == (2, [])
    assert lake.verify() == [p for p in lake.verify() if "not in the log" in p.message]
    assert lake.version() == 1


def test_missing_cells_are_named_and_made(lake: Lake) -> None:
    two(lake, with_tiles=False)
    reader = open_lake(lake.url, settings=SETTINGS)
    seen, problems = upkeep.verify(lake, SETTINGS)
    assert seen == 2
    assert {(p.code, p.where) for p in problems} == {
        ("TILES-MISSING", "case fam, coverage of child"),
        ("TILES-MISSING", "case fam, baf of father"),
    }
    done = upkeep.make(lake, SETTINGS)
    assert [(o.sample_id, o.rows) for o in done] == [("child", 3000), ("father", 2000)]
    assert done[0].cells == stored(lake).num_rows
    for one in (lake, open_lake(lake.url, settings=SETTINGS), reader):
        assert upkeep.verify(one, SETTINGS) == (2, [])
    assert lake.verify() == []
    assert lake.info()["tables"]["signal_tiles"]["files"] == 2


def test_cells_that_nothing_asks_for_go_when_made_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    two(lake)
    bad = changed(stored(lake), "n", 0, 1)
    lake.put_tiles("fam", KEYS, bad.to_reader(), replace=True)
    monkeypatch.setattr(levels_module, "ROWS_PER_COLUMN", 1e6)
    assert len(upkeep.verify(lake, SETTINGS)[1]) == 1
    assert [o.cells for o in upkeep.make(lake, SETTINGS, again=True)] == [0, 0]
    assert upkeep.verify(lake, SETTINGS) == (2, [])
    assert lake.info()["tables"]["signal_tiles"]["files"] == 0


def test_of_two_builders_one_wins(lake: Lake) -> None:
    two(lake, with_tiles=False)
    other = open_lake(lake.url, settings=SETTINGS)
    assert other.snapshot().signal_files("signal_tiles", "fam", **KEYS) == ()
    upkeep.make(lake, SETTINGS)
    cells = stored(lake)
    assert other.put_tiles("fam", KEYS, cells.to_reader()) == 0
    assert other.put_tiles("fam", KEYS, cells.to_reader(), replace=True) == cells.num_rows
    assert lake.info()["tables"]["signal_tiles"]["files"] == 2
    assert upkeep.verify(lake, SETTINGS) == (2, [])


def changed(cells: pa.Table, name: str, at: int, by: int) -> pa.Table:
    column = cells[name].to_pylist()
    column[at] = -7.5 if name in ("min", "max") else column[at] + by
    place, field = cells.column_names.index(name), cells.field(name)
    return cells.set_column(place, field, pa.chunked_array([column], field.type))


@pytest.mark.parametrize("at", [0, 1700, -1])
def test_one_changed_cell_is_found(lake: Lake, at: int) -> None:
    signal_case(lake, "fam", {("child", "coverage"): (COVERAGE, SPEC)})
    good = stored(lake)
    level, chrom = good["level"][at].as_py(), good["chrom"][at].as_py()
    for name in ("n", "x", "y", "min", "max"):
        bad = changed(good, name, at, 1)
        lake.put_tiles("fam", KEYS, bad.to_reader(), replace=True)
        _, (problem,) = upkeep.verify(lake, SETTINGS)
        assert problem.code == "TILES-COUNT"
        place = f"level {level}, {chrom_name(chrom)}"
        assert problem.where == f"case fam, coverage of child, {place}"
        assert ("count" in problem.message) == (name == "n")
        assert "tiles build --again" in problem.fix
    upkeep.make(lake, SETTINGS, "fam", again=True)
    assert upkeep.verify(lake, SETTINGS) == (1, [])


def test_lost_and_surplus_cells_are_counted(lake: Lake) -> None:
    two(lake)
    good = stored(lake)
    lost = good.filter(pa.compute.invert(pa.compute.and_(
        pa.compute.equal(good["level"], 16), pa.compute.equal(good["chrom"], 3))))  # fmt: skip
    lake.put_tiles("fam", KEYS, lost.to_reader(), replace=True)
    _, (problem,) = upkeep.verify(lake, SETTINGS)
    rows = int((COVERAGE["chrom"].to_numpy() == 3).sum())
    assert problem.where.endswith("level 16, chr3")
    assert f"0 rows, there are {rows}" in problem.message
    twice = pa.concat_tables([good, good.slice(good.num_rows - 1)])
    lake.put_tiles("fam", KEYS, twice.to_reader(), replace=True)
    _, (problem,) = upkeep.verify(lake, SETTINGS)
    assert problem.where.endswith("level 20, other")


def test_rows_that_the_case_does_not_know_are_found(lake: Lake) -> None:
    two(lake, said=5)
    _, problems = upkeep.verify(lake, SETTINGS)
    assert {p.code for p in problems} == {"TILES-ROWS"}
    assert "3,005 rows, the table has 3,000" in problems[0].message


def test_damaged_bytes_are_found(lake: Lake) -> None:
    two(lake)
    (path,) = lake.snapshot().signal_files("signal_tiles", "fam", **KEYS)
    raw = bytearray(path.read_bytes())
    raw[200:4000] = bytes(3800)
    path.write_bytes(raw)
    _, problems = upkeep.verify(lake, SETTINGS)
    assert problems
    assert {p.code for p in problems} <= {"LAKE-READ", "TILES-COUNT"}
    path.unlink()
    _, (problem,) = upkeep.verify(lake, SETTINGS)
    assert problem.code == "LAKE-READ"


def test_the_command_line(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    two(lake, with_tiles=False)
    monkeypatch.setenv("NORRSKEN_LAKE", lake.url)

    def call(*words: str) -> tuple[int, Any]:
        found = CliRunner().invoke(main, ["tiles", *words, "--json"])
        return found.exit_code, json.loads(found.stdout)

    code, answer = call("verify")
    assert (code, answer["ok"], answer["signals"]) == (1, False, 2)
    assert {p["code"] for p in answer["problems"]} == {"TILES-MISSING"}
    code, answer = call("build", "fam")
    assert code == 0
    assert [s["rows"] for s in answer["signals"]] == [3000, 2000]
    assert call("verify", "fam") == (0, {"ok": True, "signals": 2, "problems": []})
    code, answer = call("verify", "nobody")
    assert (code, answer["error"]["code"]) == (1, "CASE-UNKNOWN")
    bad = changed(stored(lake), "n", 5, 2)
    open_lake(lake.url, settings=SETTINGS).put_tiles("fam", KEYS, bad.to_reader(), replace=True)
    found = CliRunner().invoke(main, ["tiles", "verify"])
    assert found.exit_code == 1
    assert "TILES-COUNT at case fam, coverage of child, level" in found.stdout
    assert CliRunner().invoke(main, ["tiles", "prove"]).exit_code == 2


def test_an_unknown_case_is_said(lake: Lake) -> None:
    with pytest.raises(NotFoundError, match="CASE-UNKNOWN"):
        upkeep.verify(lake, SETTINGS, "x")
    assert upkeep.verify(lake, SETTINGS) == (0, [])
    assert upkeep.make(lake, SETTINGS) == []
    assert np.array_equal(COVERAGE["chrom"].to_numpy(), np.sort(COVERAGE["chrom"].to_numpy()))


def test_cells_of_nothing_are_told_like_any_others() -> None:
    """A level whose cells count no row stands where the rows give none."""
    names = {"level": pa.int8(), "chrom": pa.int8(), "x": pa.int32(), "y": pa.int16(),
             "n": pa.int32(), "min": pa.float32(), "max": pa.float32()}  # fmt: skip
    empty = [
        pa.array([v], kind) for v, kind in zip((16, 3, 1, 5, 0, 0, 0), names.values(), strict=True)
    ]
    cells = [pa.record_batch(empty, names=list(names))]
    (found,) = first_differences([], cells)
    assert found == ("level 16, chr3", "cells that count no row")
