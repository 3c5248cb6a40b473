"""The lake as its users see it: what goes in comes out, version by version."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from data_layer import schema
from data_layer.errors import InputError, LakeError, NotFoundError, UsageError
from data_layer.lake import Lake, open_lake
from data_layer.region import Build
from data_layer.schema import COMMIT_ORDER, TABLES
from data_layer.settings import Settings
from tests.lake_made import WHEN, case_row, fetch, ingest, rows, starts

SETTINGS = Settings()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path / "lake"), settings=SETTINGS, create=True)


def test_an_absent_lake_is_refused_and_a_new_one_is_empty(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="LAKE-NONE"):
        open_lake(str(tmp_path / "lake"), settings=SETTINGS)
    assert list(tmp_path.iterdir()) == []
    made = open_lake(f"file://{tmp_path}/a%20lake", settings=SETTINGS, create=True)
    assert (tmp_path / "a lake" / "cases").is_dir()
    assert made.version() == made.newest() == 0
    assert made.snapshot().cases() == []
    assert made.history() == []
    assert open_lake(str(tmp_path / "a lake"), settings=SETTINGS, create=True).version() == 0


@pytest.mark.parametrize("url", ["http://host/lake", "gopher://x", "", "  ", "az:///lake"])
def test_addresses_that_are_no_lake(url: str) -> None:
    with pytest.raises(UsageError, match="LAKE-URL"):
        open_lake(url, settings=SETTINGS, create=True)


@pytest.mark.parametrize("table", ["variants", "consequences", "samples"])
def test_every_column_comes_back_as_it_went_in(lake: Lake, table: str) -> None:
    ingest(lake, "fam-1", 5, mark=7)
    count = 2 if table == "samples" else 5
    want = rows(table, count, mark=7)
    scan = lake.snapshot().scan(table, "fam-1")
    with duckdb.connect() as con:
        con.execute("SET TimeZone='UTC'")
        got = con.sql(f"SELECT * FROM {scan.sql}", params=scan.params).to_arrow_table()
    assert got.column_names == TABLES[table].arrow.names
    assert set(got["case_id"].to_pylist()) == {"fam-1"}
    assert len(set(got["ingest_id"].to_pylist())) == 1
    assert got.select(want.column_names).to_pylist() == want.to_pylist()
    assert set(scan.params) == {f"{table}_files", f"{table}_case_id", f"{table}_ingest_id"}


@pytest.mark.parametrize("table", COMMIT_ORDER)
def test_a_table_without_rows_has_its_types(lake: Lake, table: str) -> None:
    with lake.begin("a", build=Build.GRCH38) as writer:
        assert writer.add("variants", rows("variants", 0)) == 0
        writer.add("cases", case_row(0))
        writer.commit()
    scan = lake.snapshot().scan(table, "a")
    with duckdb.connect() as con:
        con.execute("SET TimeZone='UTC'")
        got = con.sql(f"SELECT * FROM {scan.sql}", params=scan.params).to_arrow_table()
    assert got.num_rows == (1 if table == "cases" else 0)
    assert [(f.name, f.type) for f in got.schema] == [
        (f.name, pa.list_(pa.field("l", f.type.value_type)) if "list" in str(f.type) else f.type)
        for f in TABLES[table].arrow
    ]


def test_batches_and_row_groups(lake: Lake) -> None:
    count = 123_000
    same = rows("variants", 1).drop_columns(["row_id"]).take(pa.array([0] * count))
    table = same.append_column("row_id", pa.array(range(count)))
    with lake.begin("a", build=Build.GRCH38) as writer:
        assert writer.add("variants", table.to_reader(5_000)) == count
        writer.add("cases", case_row(count))
        writer.commit()
    (path,) = lake.snapshot().scan("variants", "a").params["variants_files"]  # type: ignore[misc]
    file = pq.ParquetFile(path).metadata
    groups = [file.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert groups == [16_384] * 7 + [8_312]
    assert file.row_group(0).column(0).compression == "ZSTD"
    assert fetch(lake.snapshot(), "variants", "a", "count(*), sum(row_id)") == [
        (count, count * (count - 1) // 2)
    ]


def copy(path: Path, table: pa.Table) -> None:
    with duckdb.connect() as con:
        con.register("t", table)
        con.execute(f"COPY t TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")


def test_a_file_of_duckdb_is_taken_over(lake: Lake, tmp_path: Path) -> None:
    want = rows("variants", 9, mark=3)
    for name, part in (("a", want.slice(0, 4)), ("b", want.slice(4))):
        copy(tmp_path / name, part)
    with lake.begin("a", build=Build.GRCH38) as writer:
        assert writer.adopt("variants", tmp_path / "a") == 4
        assert writer.adopt("variants", tmp_path / "b") == 5
        assert not (tmp_path / "a").exists()
        writer.add("cases", case_row(9))
        writer.commit()
    assert starts(lake.snapshot(), "a") == want["start"].to_pylist()
    log = Path(lake.url, "variants", "_delta_log", f"{1:020d}.json").read_text()
    adds = [json.loads(line)["add"] for line in log.splitlines() if '"add"' in line]
    stats = [json.loads(a["stats"]) for a in adds]
    assert [s["numRecords"] for s in stats] == [4, 5]
    assert stats[1]["minValues"] == {"row_id": 4, "chrom": 7, "start": 3004}
    assert stats[1]["maxValues"] == {"row_id": 8, "chrom": 11, "start": 3008}


def test_any_delta_reader_sees_the_same_rows(lake: Lake) -> None:
    ingest(lake, "a", 3)
    ingest(lake, "b", 4)
    for table, count in (("variants", 7), ("consequences", 7), ("samples", 4), ("cases", 2)):
        found = DeltaTable(f"{lake.url}/{table}")
        assert found.to_pyarrow_table().num_rows == count
        assert found.metadata().configuration["delta.enableExpiredLogCleanup"] == "false"
        assert found.metadata().partition_columns == ["case_id", "ingest_id"]


def test_an_old_version_reads_the_old_rows(lake: Lake) -> None:
    ingest(lake, "a", 3, mark=1)
    ingest(lake, "b", 1, mark=2)
    early = lake.snapshot()
    assert ingest(lake, "a", 2, mark=3) == 3
    again = open_lake(lake.url, settings=SETTINGS)
    for one in (lake, again):
        assert starts(one.snapshot(2), "a") == [1000, 1001, 1002]
        assert starts(one.snapshot(3), "a") == [3000, 3001]
        assert one.snapshot(2).case("a")["name"] == "n1"
        assert one.snapshot().case("a")["name"] == "n3"
        assert [c["case_id"] for c in one.snapshot(1).cases()] == ["a"]
        with pytest.raises(NotFoundError, match="CASE-UNKNOWN"):
            one.snapshot(1).case("b")
    assert starts(early, "a") == [1000, 1001, 1002]
    first = lake.snapshot(1).case("a")
    last = lake.snapshot(3).case("a")
    assert first["supersedes"] is None
    assert last["supersedes"] == first["ingest_id"]
    assert last["created"] == WHEN
    assert last["hpo"] == ["HP:0001250"]
    for bad in (4, -1):
        with pytest.raises(NotFoundError, match="LAKE-VERSION"):
            lake.snapshot(bad)


def test_samples_come_by_index(lake: Lake) -> None:
    with lake.begin("a", build=Build.GRCH38) as writer:
        writer.add("samples", rows("samples", 3).take([2, 0, 1]))
        writer.add("cases", case_row(0))
        writer.commit()
    found = lake.snapshot().samples("a")
    assert [s["sample_index"] for s in found] == [0, 1, 2]
    assert found[2]["sample_id"] == "t2"
    found[0]["sample_id"] = "changed by a caller"
    assert lake.snapshot().samples("a")[0]["sample_id"] == "t0"


def test_history_and_info(lake: Lake) -> None:
    ingest(lake, "a", 3)
    ingest(lake, "b", 4)
    newest, oldest = lake.history()
    assert (newest.version, newest.case_id, newest.rows) == (2, "b", 4)
    assert (oldest.version, oldest.case_id, oldest.rows) == (1, "a", 3)
    assert oldest.ingest_id == lake.snapshot().case("a")["ingest_id"]
    assert newest.when > oldest.when
    info = lake.info()
    assert info["version"] == 2
    assert {n: t["rows"] for n, t in info["tables"].items()} == {
        "variants": 7,
        "consequences": 7,
        "samples": 4,
        "cases": 2,
        "signals": 0,
        "signal_tiles": 0,
        "segments": 0,
    }
    on_disk = sum(p.stat().st_size for p in Path(lake.url, "variants").rglob("part-*.parquet"))
    assert info["tables"]["variants"]["bytes"] == on_disk > 0


def test_another_process_is_noticed_at_once(lake: Lake) -> None:
    other = open_lake(lake.url, settings=SETTINGS)
    assert other.newest() == 0
    for count in range(1, 4):
        ingest(lake, "a", count)
        assert other.newest() == other.snapshot().version == count
        assert len(starts(other.snapshot(), "a")) == count


@pytest.mark.parametrize("bad", ["", ".a", "-a", "a/b", "a b", "å", "a" * 65, "a\n", "..", "a="])
def test_case_names(lake: Lake, bad: str) -> None:
    with pytest.raises(InputError, match="CASE-ID"):
        lake.begin(bad, build=Build.GRCH38)
    assert not Path(lake.url, ".staging").exists()
    ingest(lake, "A.b_c-" + "x" * 58, 1)
    assert lake.version() == 1


def test_leaving_without_commit_leaves_nothing(lake: Lake) -> None:
    writer = lake.begin("a", build=Build.GRCH38)

    def fail_midway() -> None:
        with writer:
            writer.add("variants", rows("variants", 3))
            assert writer.staging.is_dir()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert not writer.staging.exists()
    assert lake.version() == 0
    assert lake.info()["tables"]["variants"]["files"] == 0
    assert lake.verify() == []


def test_only_the_tables_columns_come_in(lake: Lake, tmp_path: Path) -> None:
    good = rows("variants", 2)
    with lake.begin("a", build=Build.GRCH38) as writer:
        for bad, what in (
            (good.drop_columns(["ref"]), "ref missing"),
            (good.append_column("zygosity", good["ref"]), "zygosity unknown"),
            (good.set_column(0, "schema_version", pa.array([1, 1], pa.int64())), "is int64"),
            (
                good.set_column(good.column_names.index("ref"), "ref", pa.nulls(2, pa.string())),
                "ref must",
            ),
        ):
            with pytest.raises(LakeError, match=f"LAKE-SCHEMA.*{what}"):
                writer.add("variants", bad)
            copy(tmp_path / "bad", bad)
            with pytest.raises(LakeError, match=f"LAKE-SCHEMA.*{what}"):
                writer.adopt("variants", tmp_path / "bad")
            assert (tmp_path / "bad").exists()
        with pytest.raises(LakeError, match="LAKE-SCHEMA"):
            writer.add("nonsense", good)
        (tmp_path / "text").write_text("no Parquet")
        with pytest.raises(LakeError, match="LAKE-READ"):
            writer.adopt("variants", tmp_path / "text")


def test_counts_have_to_agree(lake: Lake) -> None:
    def attempt(what: str, cases: list[pa.Table], variants: list[pa.Table]) -> None:
        with lake.begin("a", build=Build.GRCH38) as writer:
            for table in variants:
                writer.add("variants", table)
            for row in cases:
                writer.add("cases", row)
            with pytest.raises(LakeError, match=what):
                writer.commit()

    two = rows("variants", 2)
    attempt("LAKE-CASE.*exactly one", [], [two])
    attempt("LAKE-CASE.*exactly one", [case_row(2), case_row(2)], [two])
    attempt("LAKE-CASE.*build", [case_row(2, build=Build.GRCH37)], [two])
    attempt("LAKE-ROWS.*rows is 3", [case_row(3)], [two])
    attempt("LAKE-ROWS.*0 to 2, rows: 2", [case_row(2)], [rows("variants", 3).take([0, 2])])
    assert lake.version() == 0


def test_names_of_people_stay_out_of_the_log(lake: Lake) -> None:
    with lake.begin("a", build=Build.GRCH38) as writer:
        writer.add("cases", case_row(0, name="Astrid Lindqvist"))
        writer.add("samples", rows("samples", 2))
        writer.commit()
    logs = [p.read_text() for p in Path(lake.url).rglob("_delta_log/*.json")]
    assert len(logs) == len(COMMIT_ORDER) + 2
    assert not any("Astrid" in text or '"t0"' in text for text in logs)


def test_a_column_the_schema_gained_is_null_in_older_ingests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = TABLES["variants"]
    old = schema.Table(
        new.name, new.meaning, tuple(c for c in new.columns if c.name not in ("models", "cadd"))
    )
    with monkeypatch.context() as past:
        past.setitem(TABLES, "variants", old)
        lake = open_lake(str(tmp_path / "l"), settings=SETTINGS, create=True)
        ingest(lake, "a", 2)
    lake = open_lake(lake.url, settings=SETTINGS)
    ingest(lake, "b", 2)
    assert fetch(lake.snapshot(), "variants", "a", "models, cadd, row_id") == [
        (None, None, 0),
        (None, None, 1),
    ]
    assert fetch(lake.snapshot(), "variants", "b", "models, row_id")[1] == (["t1", "t2"], 1)
    assert DeltaTable(f"{lake.url}/variants").to_pyarrow_table()["cadd"].null_count == 2
    assert lake.verify() == []


def test_of_two_writers_of_a_new_case_the_second_is_refused_unless_it_replaces(lake: Lake) -> None:
    with (
        lake.begin("a", build=Build.GRCH38) as one,
        lake.begin("a", build=Build.GRCH38) as two,
        lake.begin("a", build=Build.GRCH38) as three,
    ):
        for writer in (one, two, three):
            writer.add("variants", rows("variants", 1))
            writer.add("cases", case_row(1))
        assert one.commit(replace=False) == 1
        with pytest.raises(InputError, match="CASE-EXISTS"):
            two.commit(replace=False)
        assert lake.snapshot().case("a")["ingest_id"] == one.ingest_id
        assert three.commit(replace=True) == 2
