"""Compaction changes files, never rows or versions; what is amiss is found."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from deltalake import DeltaTable

from data_layer.lake import Lake, open_lake
from data_layer.region import Build
from data_layer.settings import Settings
from tests.lake_made import case_row, fetch, ingest, rows

NOTHING = {"joined": 0, "orphans": 0, "files": 0, "bytes": 0}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path / "lake"), settings=Settings(), create=True)


def in_parts(lake: Lake, case_id: str, parts: int, each: int) -> None:
    table = rows("variants", parts * each)
    with lake.begin(case_id, build=Build.GRCH38) as writer:
        for i in range(parts):
            writer.add("variants", table.slice(i * each, each))
        writer.add("cases", case_row(parts * each))
        writer.commit()


def age(lake: Lake, hours: float) -> None:
    """Make every file of the lake look as if it was written that long ago."""
    then = time.time() - hours * 3600
    for path in Path(lake.url).rglob("*"):
        os.utime(path, (then, then))


def shift(patch: pytest.MonkeyPatch, module: str, hours: float) -> None:
    """Let one module of the lake believe that it is that much later, or earlier."""
    clock = SimpleNamespace(time=lambda: time.time() + hours * 3600, time_ns=time.time_ns)
    patch.setattr(f"data_layer.lake.{module}.time", clock)


def files(lake: Lake) -> list[str]:
    return sorted(p.name for p in Path(lake.url, "variants").rglob("*.parquet"))


def test_small_files_are_joined_in_order(lake: Lake) -> None:
    in_parts(lake, "a", 12, 3)
    ingest(lake, "b", 2)
    before = fetch(lake.snapshot(), "variants", "a")
    held = lake.snapshot().scan("variants", "a")
    assert len(held.params["variants_files"]) == 12  # type: ignore[arg-type]
    age(lake, 1000)

    assert lake.compact() == {**NOTHING, "joined": 1}
    assert len(lake.snapshot().scan("variants", "a").params["variants_files"]) == 1  # type: ignore[arg-type]
    assert fetch(lake.snapshot(), "variants", "a") == before
    assert fetch(open_lake(lake.url, settings=Settings()).snapshot(1), "variants", "a") == before
    assert [r[3] for r in before] == list(range(36))
    assert lake.version() == 2
    after = lake.info()["tables"]["variants"]
    assert (after["rows"], after["files"]) == (38, 2)
    assert lake.compact() == NOTHING


def test_replaced_files_stay_for_their_readers_until_the_grace_is_over(lake: Lake) -> None:
    in_parts(lake, "a", 3, 2)
    held = lake.snapshot().scan("variants", "a")
    age(lake, 1000)
    lake.compact()
    with duckdb.connect() as con:
        assert len(con.execute(f"SELECT * FROM {held.sql}", held.params).fetchall()) == 6
    assert len(files(lake)) == 4
    assert lake.compact(grace_hours=0)["files"] == 3
    assert [n.split("-")[0] for n in files(lake)] == ["joined"]
    assert len(fetch(lake.snapshot(), "variants", "a")) == 6
    assert DeltaTable(f"{lake.url}/variants").to_pyarrow_table().num_rows == 6
    assert lake.verify() == []


def test_a_lake_opened_before_reads_after_the_sweep(lake: Lake) -> None:
    in_parts(lake, "a", 3, 2)
    reader = open_lake(lake.url, settings=Settings())
    snapshot = reader.snapshot()
    assert len(fetch(snapshot, "variants", "a")) == 6
    lake.compact(grace_hours=0)
    assert len(fetch(snapshot, "variants", "a")) == 6


def test_leftovers_go_after_a_day_and_not_before(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(lake, "a", 2)
    shift(monkeypatch, "ingest_writer", -24.5)
    writer = lake.begin("b", build=Build.GRCH38)
    writer.add("variants", rows("variants", 4))
    writer._append("variants", writer._parts["variants"])
    writer.add("samples", rows("samples", 1))
    stray = Path(lake.url, "samples", "case_id=z", "ingest_id=z", "part-00000.parquet")
    stray.parent.mkdir(parents=True)
    shutil.copy(writer.staging / "samples-00002.parquet", stray)
    found = {p.where for p in lake.verify()}
    committed = f"variants/case_id=b/ingest_id={writer.ingest_id}/part-00000.parquet"
    size = Path(lake.url, committed).stat().st_size
    assert found == {
        committed,
        "samples/case_id=z/ingest_id=z/part-00000.parquet",
        writer.ingest_id,
    }
    age(lake, 23.5)
    shift(monkeypatch, "maintenance", -1)
    assert lake.compact() == NOTHING
    assert {p.where for p in lake.verify()} == found

    age(lake, 24.5)
    shift(monkeypatch, "maintenance", 0)
    done = lake.compact()
    assert (done["orphans"], done["files"]) == (2, 1)
    assert not stray.parent.parent.exists()
    assert not writer.staging.exists()
    assert lake.info()["tables"]["variants"]["rows"] == 2
    assert Path(lake.url, committed).exists()
    assert lake.compact() == NOTHING

    shift(monkeypatch, "maintenance", 25)
    assert lake.compact() == {**NOTHING, "files": 1, "bytes": size}
    assert not Path(lake.url, committed).exists()
    assert lake.verify() == []
    assert len(fetch(lake.snapshot(), "variants", "a")) == 2


def test_a_row_count_that_is_not_the_logs_is_found(lake: Lake) -> None:
    ingest(lake, "a", 3)
    assert lake.verify() == []
    ingest_id = lake.snapshot().case("a")["ingest_id"]
    table = DeltaTable(f"{lake.url}/variants")
    table.delete(f"ingest_id = '{ingest_id}'")
    (problem,) = [p for p in lake.verify() if p.code == "LAKE-ROWS"]
    assert ingest_id in problem.where
    assert "3" in problem.message


def test_the_lakes_own_versions_outlive_any_sweep(lake: Lake) -> None:
    for mark in range(4):
        ingest(lake, "a", 1, mark=mark)
    DeltaTable(f"{lake.url}/cases").optimize.compact()
    age(lake, 1000)
    lake.compact(grace_hours=0)
    again = open_lake(lake.url, settings=Settings())
    assert [again.snapshot(v).case("a")["name"] for v in range(1, 5)] == ["n0", "n1", "n2", "n3"]
