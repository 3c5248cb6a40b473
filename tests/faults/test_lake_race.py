"""Several writers at once: everyone's ingest is there, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from deltalake.exceptions import CommitFailedError

from data_layer.errors import ConflictError, LakeError
from data_layer.lake import Lake, delta, open_lake
from data_layer.lake.delta import LogTable
from data_layer.lake.ingest_writer import IngestWriter
from data_layer.settings import Settings
from tests.lake_made import ingest, starts

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from data_layer.lake import open_lake
from data_layer.settings import Settings
from tests.lake_made import ingest

lake = open_lake(sys.argv[1], settings=Settings(), create=True)
print("ready", flush=True)
sys.stdin.readline()
for i in range(int(sys.argv[3])):
    print(ingest(lake, sys.argv[4], 1, mark=int(sys.argv[2]) + i), flush=True)
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path / "lake"), settings=Settings(), create=True)


def processes(lake: Lake, writers: int, each: int, cases: list[str]) -> list[list[int]]:
    """Versions that each of several processes got for its ingests, all let go at once."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, lake.url, str(1 + 100 * i), str(each), cases[i]],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for i in range(writers)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    out = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0] * writers
    return [[int(line) for line in text.split()] for text in out]


def chain(lake: Lake, case_id: str) -> list[str]:
    """Ingests of a case from the newest back, as each says which one it replaces."""
    rows = {}
    for version in range(1, lake.version() + 1):
        snapshot = lake.snapshot(version)
        if snapshot.has(case_id):
            row = snapshot.case(case_id)
            rows[row["ingest_id"]] = row["supersedes"]
    found = []
    at = lake.snapshot().case(case_id)["ingest_id"]
    while at is not None:
        found.append(at)
        at = rows[at]
    return found


def test_two_writers_of_one_case(lake: Lake) -> None:
    got = processes(lake, 2, 8, ["a", "a"])
    assert sorted(got[0] + got[1]) == list(range(1, 17))
    assert [c.version for c in lake.history()] == list(range(16, 0, -1))
    assert chain(lake, "a") == [c.ingest_id for c in lake.history()]
    last = 8 if 16 in got[0] else 108
    assert starts(lake.snapshot(), "a") == [1000 * last]
    assert lake.verify() == []


def test_writers_of_different_cases_all_get_through(lake: Lake) -> None:
    got = processes(lake, 3, 4, ["a", "b", "c"])
    assert sorted(v for versions in got for v in versions) == list(range(1, 13))
    for number, case_id in enumerate("abc"):
        assert starts(lake.snapshot(), case_id) == [1000 * (100 * number + 4)]
        assert len(chain(lake, case_id)) == 4
    assert lake.verify() == []


def test_threads_that_share_one_lake(lake: Lake) -> None:
    versions: list[int] = []
    errors: list[BaseException] = []

    def write(number: int) -> None:
        try:
            versions.extend(ingest(lake, "a", 1, mark=10 * number + i) for i in range(4))
        except BaseException as error:
            errors.append(error)

    def read() -> None:
        try:
            while len(versions) < 12 and not errors:
                snapshot = lake.snapshot()
                if snapshot.version:
                    assert len(snapshot.scan("variants", "a").params["variants_files"]) == 1  # type: ignore[arg-type]
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    threads += [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sorted(versions) == list(range(1, 13))
    assert len(chain(lake, "a")) == 12
    for commit in lake.history():
        assert lake.snapshot(commit.version).case("a")["ingest_id"] == commit.ingest_id


def test_a_commit_that_reports_failure_but_landed_counts_once(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = LogTable.commit

    def lost_answer(self: LogTable, *args: object, **named: object) -> int:
        commit(self, *args, **named)  # type: ignore[arg-type]
        raise CommitFailedError("no answer from storage")

    monkeypatch.setattr(LogTable, "commit", lost_answer)
    assert ingest(lake, "a", 2) == 1
    assert lake.version() == 1
    assert lake.info()["tables"]["variants"]["rows"] == 2
    assert lake.verify() == []


def test_losing_every_race_is_said_and_leaves_nothing(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(self: LogTable, *args: object, **named: object) -> int:
        raise CommitFailedError("somebody else")

    monkeypatch.setattr(LogTable, "commit", never)
    monkeypatch.setattr("data_layer.lake.ingest_writer.pause", lambda attempt: None)
    with pytest.raises(ConflictError, match=f"LAKE-BUSY.*{delta.ATTEMPTS} times"):
        ingest(lake, "a", 2)
    monkeypatch.undo()
    assert lake.version() == 0
    assert lake.verify() == []


def test_a_commit_that_hung_for_half_a_day_is_given_up(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compaction may sweep a caseless ingest after a day: its case must not appear after that."""
    append = IngestWriter._append

    def slow(self: IngestWriter, *args: object) -> None:
        append(self, *args)  # type: ignore[arg-type]
        clock = SimpleNamespace(time=lambda: time.time() + 13 * 3600)
        monkeypatch.setattr("data_layer.lake.ingest_writer.time", clock)

    monkeypatch.setattr(IngestWriter, "_append", slow)
    with pytest.raises(LakeError, match="LAKE-LATE"):
        ingest(lake, "a", 2)
    assert lake.version() == 0


def test_a_snapshot_is_of_one_version_while_others_commit(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread gets in wherever a version is read, unless the lock keeps it out."""
    other = open_lake(lake.url, settings=Settings())
    real = LogTable.version.fget
    assert real is not None
    busy: list[threading.Thread] = []

    def version(self: LogTable) -> int:
        value = real(self)
        mine = self is lake.tables["cases"] and threading.current_thread() is me
        if mine and len(busy) < 6:
            busy.append(threading.Thread(target=lake.tables["cases"].refresh))
            ingest(other, "a", 1)
            busy[-1].start()
            busy[-1].join(0.5)
        return int(value)

    me = threading.current_thread()
    monkeypatch.setattr(LogTable, "version", property(version))
    while len(busy) < 6:
        lake.snapshot()
    for thread in busy:
        thread.join(30)
    monkeypatch.undo()
    assert lake.version() == 6
    for commit in lake.history():
        found = lake.snapshot(commit.version).case("a")
        assert found["ingest_id"] == commit.ingest_id, commit.version
