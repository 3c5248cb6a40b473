"""Tables that are kept by sample and signal: what goes in under a key comes out under it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from data_layer.errors import LakeError
from data_layer.lake import Lake, Snapshot, open_lake
from data_layer.region import Build
from data_layer.schema import TABLES
from data_layer.settings import Settings
from tests.lake_made import case_row, ingest, rows

SETTINGS = Settings()
FOUR = [("s1", "coverage"), ("s1", "baf"), ("s2", "coverage"), ("s2", "baf")]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path / "lake"), settings=SETTINGS, create=True)


def with_signals(lake: Lake, case_id: str, *, mark: int = 0, parts: int = 1) -> str:
    """An ingest with points of two samples, two signals each, and segments of one sample."""
    with lake.begin(case_id, build=Build.GRCH38) as writer:
        for number, (sample, signal) in enumerate(FOUR):
            points = rows("signals", 4, mark=mark + 10 * number)
            for part in range(parts):
                step = 4 // parts
                writer.add("signals", points.slice(part * step, step),
                           {"sample_key": sample, "signal": signal})  # fmt: skip
        writer.add("segments", rows("segments", 3, mark=mark), {"sample_key": "s2"})
        writer.add("cases", case_row(0))
        writer.commit()
        return writer.ingest_id


def read(snapshot: Snapshot, table: str, case_id: str, sql: str, **keys: Any) -> list[Any]:
    scan = snapshot.scan(table, case_id, **keys)
    with duckdb.connect() as con:
        return con.execute(f"SELECT {sql} FROM {scan.sql}", scan.params).fetchall()


def test_a_scan_reads_the_files_of_its_sample_and_signal_only(lake: Lake) -> None:
    ingest_id = with_signals(lake, "a")
    with_signals(lake, "b", mark=50)
    snapshot = lake.snapshot()
    for number, (sample, signal) in enumerate(FOUR):
        scan = snapshot.scan("signals", "a", sample_key=sample, signal=signal)
        (path,) = scan.params["signals_files"]  # type: ignore[misc]
        assert f"sample_key={sample}/signal={signal}/ingest_id={ingest_id}/" in path
        with duckdb.connect() as con:
            got = con.sql(f"SELECT * FROM {scan.sql}", params=scan.params).to_arrow_table()
        assert got.column_names == TABLES["signals"].arrow.names
        want = rows("signals", 4, mark=10 * number)
        assert got.select(want.column_names).to_pylist() == want.to_pylist()
        keys = {(r["sample_key"], r["signal"], r["ingest_id"]) for r in got.to_pylist()}
        assert keys == {(sample, signal, ingest_id)}


def test_several_samples_keep_their_keys(lake: Lake) -> None:
    with_signals(lake, "a")
    snapshot = lake.snapshot()
    tell = "DISTINCT sample_key, signal"
    both = read(snapshot, "signals", "a", tell, sample_key=["s1", "s2"], signal="baf")
    assert sorted(both) == [("s1", "baf"), ("s2", "baf")]
    assert sorted(read(snapshot, "signals", "a", tell)) == sorted(FOUR)
    assert read(snapshot, "signals", "a", "count(*)", sample_key="s1") == [(8,)]
    assert read(snapshot, "signals", "a", "count(*)", sample_key=[]) == [(0,)]
    assert read(snapshot, "signals", "a", "count(*)", sample_key="s3") == [(0,)]
    assert read(snapshot, "segments", "a", "DISTINCT sample_key", sample_key="s2") == [("s2",)]
    assert read(snapshot, "segments", "a", "count(*)", sample_key="s1") == [(0,)]
    assert read(snapshot, "segments", "a", "count(*)") == [(3,)]


def test_a_case_reads_its_newest_ingest_and_old_versions_their_own(lake: Lake) -> None:
    with_signals(lake, "a")
    with_signals(lake, "a", mark=50)
    tell = 'min("start")'
    assert read(lake.snapshot(1), "signals", "a", tell, sample_key="s1", signal="baf") == [(10000,)]
    assert read(lake.snapshot(2), "signals", "a", tell, sample_key="s1", signal="baf") == [(60000,)]
    ingest(lake, "a", 2)
    assert read(lake.snapshot(), "signals", "a", "count(*)") == [(0,)]


@pytest.mark.parametrize(
    "keys",
    [
        None,
        {"sample_key": "s1"},
        {"sample_key": "s1", "signal": ""},
        {"sample_key": "s1", "signal": "a/b"},
        {"sample_key": "..", "signal": "baf"},
        {"sample_key": "s1", "signal": "baf", "case_id": "b"},
        {"sample_key": "s1", "signal": "baf", "level": "3"},
    ],
)
def test_rows_need_the_keys_of_their_table(lake: Lake, keys: dict[str, str] | None) -> None:
    with lake.begin("a", build=Build.GRCH38) as writer:
        with pytest.raises(LakeError, match="LAKE-KEYS"):
            writer.add("signals", rows("signals", 1), keys)
        with pytest.raises(LakeError, match="LAKE-KEYS"):
            writer.add("variants", rows("variants", 1), {"sample_key": "s1"})


def test_a_file_is_taken_over_under_its_keys(lake: Lake, tmp_path: Path) -> None:
    want = rows("signals", 5)
    pq.write_table(want, tmp_path / "points")
    keys = {"sample_key": "s1", "signal": "depth"}
    with lake.begin("a", build=Build.GRCH38) as writer:
        assert writer.adopt("signals", tmp_path / "points", keys) == 5
        writer.add("cases", case_row(0))
        writer.commit()
    got = read(lake.snapshot(), "signals", "a", '"start"', **keys)
    assert [r[0] for r in got] == want["start"].to_pylist()


def test_parts_are_joined_within_their_folder_and_sweeps_clear_folders(lake: Lake) -> None:
    with_signals(lake, "a", parts=2)
    before = [read(lake.snapshot(), "signals", "a", "*", sample_key=s, signal=g) for s, g in FOUR]
    done = lake.compact(grace_hours=0)
    assert (done["joined"], done["files"]) == (4, 8)
    after = [read(lake.snapshot(), "signals", "a", "*", sample_key=s, signal=g) for s, g in FOUR]
    assert after == before
    assert lake.info()["tables"]["signals"] | {"bytes": 0} == {"rows": 16, "files": 4, "bytes": 0}
    assert lake.verify() == []
    stray = Path(lake.url, "signals/sample_key=z/signal=baf/ingest_id=z/part-00000.parquet")
    stray.parent.mkdir(parents=True)
    shutil.copy(next(Path(lake.url, "segments").rglob("*.parquet")), stray)
    assert [p.code for p in lake.verify()] == ["LAKE-ORPHAN"]
    assert lake.compact(grace_hours=0)["files"] == 1
    assert not stray.parents[2].exists()
    assert Path(lake.url, "signals").exists()


def test_a_lost_file_is_named(lake: Lake) -> None:
    with_signals(lake, "a")
    path = next(Path(lake.url, "signals", "sample_key=s1", "signal=baf").rglob("*.parquet"))
    path.unlink()
    (problem,) = lake.verify()
    assert problem.code == "LAKE-READ"
    assert "sample_key=s1/signal=baf" in problem.where
    with pytest.raises(LakeError, match=r"LAKE-READ.*signal=baf"):
        lake.snapshot().scan("signals", "a", sample_key="s1", signal="baf")
    assert len(read(lake.snapshot(), "signals", "a", "*", sample_key="s2", signal="baf")) == 4


def test_an_older_lake_without_these_tables_reads_and_then_gains_them(lake: Lake) -> None:
    ingest(lake, "old", 2)
    for table in ("signals", "signal_tiles", "segments"):
        shutil.rmtree(Path(lake.url, table))
    reader = open_lake(lake.url, settings=SETTINGS)
    for table in ("signals", "signal_tiles", "segments"):
        scan = reader.snapshot().scan(table, "old", sample_key="s1")
        with duckdb.connect() as con:
            got = con.sql(f"SELECT * FROM {scan.sql}", params=scan.params).to_arrow_table()
        assert (got.num_rows, got.column_names) == (0, TABLES[table].arrow.names)
        assert reader.info()["tables"][table] == {"rows": 0, "files": 0, "bytes": 0}
    assert reader.verify() == []
    assert reader.compact()["files"] == 0
    assert not Path(lake.url, "signals").exists()
    with_signals(open_lake(lake.url, settings=SETTINGS), "new")
    assert read(reader.snapshot(), "signals", "new", "count(*)", signal="baf") == [(8,)]
    assert read(reader.snapshot(), "signals", "old", "count(*)") == [(0,)]
    assert reader.verify() == []


def test_any_delta_reader_sees_the_keys_and_the_log_keeps_places_only(lake: Lake) -> None:
    with_signals(lake, "a")
    found = DeltaTable(f"{lake.url}/signals")
    assert found.metadata().partition_columns == ["sample_key", "signal", "ingest_id"]
    table = found.to_pyarrow_table()
    assert table.num_rows == 16
    assert set(table["signal"].to_pylist()) == {"coverage", "baf"}
    log = Path(lake.url, "signals", "_delta_log", f"{1:020d}.json").read_text()
    stats = [json.loads(json.loads(line)["add"]["stats"]) for line in log.splitlines() if '"add"' in line]  # fmt: skip # noqa: E501
    assert {tuple(s["minValues"]) for s in stats} == {("chrom", "start")}


def test_points_lie_in_row_groups_for_ranges_and_places_as_differences(lake: Lake) -> None:
    count = 300_000
    start = pa.array(range(0, 100 * count, 100), pa.int64())
    one = {"chrom": pa.array([1] * count, pa.int8()), "start": start, "end": start, "gpos": start}
    points = pa.table({**one, "value": pa.array([0.5] * count, pa.float32())})
    keys = {"sample_key": "s1", "signal": "coverage"}
    with lake.begin("a", build=Build.GRCH38) as writer:
        writer.add("signals", points.to_reader(10_000), keys)
        writer.add("cases", case_row(0))
        writer.commit()
    (path,) = lake.snapshot().scan("signals", "a", **keys).params["signals_files"]  # type: ignore[misc,arg-type]
    footer = pq.ParquetFile(path).metadata
    groups = [footer.row_group(i).num_rows for i in range(footer.num_row_groups)]
    assert sum(groups) == count
    assert len(set(groups[:-1])) == 1
    columns = [footer.row_group(0).column(i) for i in range(footer.num_columns)]
    encodings = {c.path_in_schema: c.encodings for c in columns}
    assert all("DELTA_BINARY_PACKED" in encodings[n] for n in ("start", "end", "gpos"))
