"""A writer that dies, a disk that fills up: readers see the old version, whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data_layer.errors import LakeError
from data_layer.lake import Lake, open_lake
from data_layer.settings import Settings
from tests.lake_made import fetch, ingest, starts

ROOT = Path(__file__).resolve().parents[2]

#: Dies by SIGKILL when a function is about to be called, or has been called, for a table.
KILLED = """
import os, signal, sys
from data_layer.lake import open_lake
from data_layer.lake.delta import LogTable
from data_layer.lake.store import FolderStore
from data_layer.settings import Settings
from tests.lake_made import ingest

url, when, table = sys.argv[1:]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

place, commit = FolderStore.place, LogTable.commit

def placed(self, source, name):
    place(self, source, name)
    if when == "placed" and name.startswith(table + "/"):
        die()

def committed(self, *args, **named):
    version = commit(self, *args, **named)
    if when == "committed" and self.name == table:
        die()
    return version

FolderStore.place, LogTable.commit = placed, committed
ingest(open_lake(url, settings=Settings()), "a", 5, mark=9)
"""

#: Tries to ingest under a limit on file size, as on a full disk; prints what was raised.
FULL = """
import resource, sys
from data_layer.errors import LakeError
from data_layer.lake import open_lake
from data_layer.lake.ingest_writer import IngestWriter
from data_layer.settings import Settings
from tests.lake_made import ingest

url, stage, limit, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
lake = open_lake(url, settings=Settings())

def fill(*_):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

append, join = IngestWriter._append, IngestWriter._join
if stage == "staging":
    fill()
elif stage == "data log":
    IngestWriter._append = lambda *a: (fill(), append(*a))[1]
elif stage == "cases":
    IngestWriter._join = lambda *a: (fill(), join(*a))[1]
try:
    ingest(lake, "a", count, mark=9)
except LakeError as error:
    print(error.problem.code)
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = open_lake(str(tmp_path / "lake"), settings=Settings(), create=True)
    ingest(made, "a", 3, mark=1)
    return made


def script(text: str, *args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", text, *map(str, args)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def still_as_before(lake: Lake) -> None:
    for one in (lake, open_lake(lake.url, settings=Settings())):
        assert one.version() == 1
        assert [c["name"] for c in one.snapshot().cases()] == ["n1"]
        assert starts(one.snapshot(), "a") == [1000, 1001, 1002]
        assert fetch(one.snapshot(), "consequences", "a", "count(*)") == [(3,)]


STAGES = [
    (when, table)
    for table in ("variants", "consequences", "samples", "cases")
    for when in ("placed", "committed")
][:-1]


@pytest.mark.parametrize(("when", "table"), STAGES, ids=lambda x: x)
def test_killed_between_files(lake: Lake, when: str, table: str) -> None:
    assert script(KILLED, lake.url, when, table).returncode == -signal.SIGKILL
    still_as_before(lake)
    found = lake.verify()
    assert {p.code for p in found} == {"LAKE-ORPHAN"}
    places = {p.where.split("/")[0] for p in found}
    assert table in places

    assert lake.compact() == {"joined": 0, "orphans": 0, "files": 0, "bytes": 0}
    assert lake.verify() == found
    swept = lake.compact(grace_hours=0)
    assert swept["files"] > 0
    assert lake.verify() == []
    still_as_before(lake)

    assert ingest(lake, "a", 2, mark=4) == 2
    assert starts(lake.snapshot(), "a") == [4000, 4001]
    assert lake.verify() == []


def test_killed_after_the_last_commit_is_done(lake: Lake) -> None:
    assert script(KILLED, lake.url, "committed", "cases").returncode == -signal.SIGKILL
    assert lake.version() == 2
    assert len(starts(lake.snapshot(), "a")) == 5
    assert lake.snapshot().case("a")["name"] == "n9"


@pytest.mark.parametrize(
    ("stage", "limit", "count"),
    [("staging", 8_000, 500), ("data log", 300, 5), ("cases", 300, 5)],
)
def test_no_room_left(lake: Lake, stage: str, limit: int, count: int) -> None:
    done = script(FULL, lake.url, stage, limit, count)
    assert done.stdout.strip() == "LAKE-FULL", done.stderr
    still_as_before(lake)
    assert list((lake.root or Path()).glob(".staging/*")) == []
    left = {p.where.split("/")[0] for p in lake.verify()}
    assert left == ({"variants", "consequences", "samples"} if stage == "cases" else set())
    assert ingest(lake, "a", 2, mark=4) == 2


def test_a_lost_file_is_named(lake: Lake) -> None:
    (path,) = Path(lake.url, "variants").rglob("part-*.parquet")
    whole = path.read_bytes()
    name = path.relative_to(lake.url).as_posix()
    path.write_bytes(whole[:-10])
    snapshot = lake.snapshot()
    with pytest.raises(LakeError, match=f"LAKE-READ at {name}"):
        snapshot.scan("variants", "a")
    path.unlink()
    with pytest.raises(LakeError, match=f"LAKE-READ at {name}"):
        snapshot.scan("variants", "a")
    assert [(p.code, p.where) for p in lake.verify()] == [("LAKE-READ", name)]
    path.write_bytes(whole[:-4] + b"none")
    assert [(p.code, p.where) for p in lake.verify()] == [("LAKE-READ", name)]
    path.write_bytes(whole)
    assert lake.verify() == []
    assert len(starts(snapshot, "a")) == 3


def test_a_lost_case_file_is_named(lake: Lake) -> None:
    (path,) = Path(lake.url, "cases").rglob("part-*.parquet")
    path.unlink()
    again = open_lake(lake.url, settings=Settings())
    with pytest.raises(LakeError, match=r"LAKE-READ at cases/case_id=a"):
        again.snapshot().cases()


def test_a_damaged_log_is_said(lake: Lake) -> None:
    log = Path(lake.url, "cases", "_delta_log", f"{1:020d}.json")
    log.write_text("{")
    with pytest.raises(LakeError, match="LAKE-READ at table cases"):
        open_lake(lake.url, settings=Settings())


def test_a_lake_that_is_gone_is_said(lake: Lake, tmp_path: Path) -> None:
    Path(lake.url).rename(tmp_path / "elsewhere")
    with pytest.raises(LakeError, match="LAKE-NONE"):
        lake.version()
