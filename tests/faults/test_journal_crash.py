"""What the journal does when its writer, its disk or its server fails."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_layer.errors import JournalError
from data_layer.journal import default_url, open_journal
from tests.journal_place import KEY
from tests.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from data_layer.journal import open_journal
url, key, name = sys.argv[1:]
with open_journal(url, key=key) as journal:
    for i in range(1_000_000):
        position = journal.decide("writer", "note", name, {"i": i}, erasable={"text": "t" * 500})
        journal.record_access("writer", "open", name, {"i": i})
        print(position, i, flush=True)
"""
FULL = """
import resource, signal, sys
from data_layer.errors import JournalError
from data_layer.journal import open_journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open_journal(sys.argv[1]) as journal:
    journal.record_access("a", "open", "c", {})
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
    done = 1
    try:
        for _ in range(10_000):
            journal.record_access("a", "open", "c", {"text": "x" * 2000})
            done += 1
    except JournalError as error:
        print(done, error.problem.code)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)


def killed_after(url: str, key: str, name: str, seconds: float) -> list[tuple[int, int]]:
    """Run a writer, SIGKILL it ``seconds`` after its first row, return what it acknowledged."""
    writer = start(WRITER, url, key, name)
    assert writer.stdout is not None
    lines = [writer.stdout.readline()]
    time.sleep(seconds)
    writer.send_signal(signal.SIGKILL)
    lines += writer.stdout.read().splitlines()
    writer.wait()
    writer.stdout.close()
    pairs = [line.split() for line in lines]
    return [(int(p[0]), int(p[1])) for p in pairs if len(p) == 2]


def check_nothing_lost(url: str, key: str, told: dict[str, list[tuple[int, int]]]) -> None:
    with open_journal(url, key=key) as journal:
        found = journal.verify()
        assert found.ok, str(found)
        for name, pairs in told.items():
            there = {(d.position, d.body["i"]) for d in journal.decisions(subject=name)}
            assert set(pairs) <= there
            assert len(there) - len(pairs) <= 1
            assert len(journal.accesses(case_id=name)) in (len(there), len(there) - 1)


def test_a_killed_writer_loses_no_told_row(tmp_path: Path) -> None:
    url, chance = default_url(tmp_path), random.Random(7)
    told: dict[str, list[tuple[int, int]]] = {}
    for i in range(4):
        told[f"round{i}"] = killed_after(url, "", f"round{i}", chance.uniform(0.02, 0.3))
        check_nothing_lost(url, "", told)
    assert sum(len(t) for t in told.values()) > 12


def test_a_full_disk_refuses_and_recovers(tmp_path: Path) -> None:
    url = default_url(tmp_path)
    process = start(FULL, url)
    out, _ = process.communicate(timeout=120)
    done, code = out.split()
    assert code == "JOURNAL-WRITE"
    with open_journal(url) as journal:
        assert journal.verify().ok
        assert len(journal.accesses()) == int(done)
        journal.record_access("a", "open", "c", {})
        assert journal.verify().ok


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_a_file_that_went_away_refuses(tmp_path: Path, how: str) -> None:
    """The open file would take rows that nobody can read again: no audit, no data."""
    file = tmp_path / "journal.db"
    with open_journal(default_url(tmp_path)) as journal:
        journal.record_access("a", "open", "c", {})
        copy = tmp_path / "copy"
        shutil.copy2(file, copy)
        file.unlink()
        if how == "replaced":
            copy.rename(file)
        with pytest.raises(JournalError, match=r"JOURNAL-DISK.*removed or replaced"):
            journal.record_access("a", "open", "c", {})


def test_erased_bytes_are_gone_from_the_disk(tmp_path: Path) -> None:
    secret = "Förnamn Efternamn"
    with open_journal(default_url(tmp_path)) as journal:
        for i in range(60):
            text = f"{secret} {i} " + "x" * (137 * i % 3000)
            journal.decide("a", "k", f"case{i % 3}", {}, erasable={"name": text})
        needle = b"F\\u00f6rnamn Efternamn"
        files = [tmp_path / f"journal.db{s}" for s in ("", "-wal")]
        assert any(needle in f.read_bytes() for f in files)
        for case in ("case0", "case1", "case2"):
            journal.erase("root", case)
        assert [f.name for f in files if needle in f.read_bytes()] == []
        assert journal.verify().ok


@pytest.fixture
def server() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.mark.services
def test_a_killed_server_loses_no_told_row(server: Postgres) -> None:
    url = server.database("journal")
    told: list[int] = []
    refused: list[str] = []
    stop = threading.Event()

    with open_journal(url, key=KEY) as journal:

        def write(name: str) -> None:
            for i in range(100_000):
                if stop.is_set():
                    return
                try:
                    told.append(journal.decide(name, "note", "c", {"i": i}))
                except JournalError as error:
                    refused.append(error.problem.code)
                    time.sleep(0.05)

        threads = [threading.Thread(target=write, args=(f"w{i}",)) for i in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(2):
            time.sleep(0.5)
            server.kill()
            server.restart_after_kill()
        before = len(told)
        deadline = time.monotonic() + 20
        while len(told) < before + 20 and time.monotonic() < deadline:
            time.sleep(0.05)
        stop.set()
        for thread in threads:
            thread.join()
        assert len(told) >= before + 20
        assert set(refused) <= {"JOURNAL-WRITE"}
        found = journal.verify()
        assert found.ok, str(found)
        rows = journal.decisions()
        assert set(told) <= {d.position for d in rows}
        keys = [(d.actor_id, d.body["i"]) for d in rows]
        assert len(keys) == len(set(keys))


@pytest.mark.services
def test_a_killed_writer_on_a_server(server: Postgres) -> None:
    url, chance = server.database("journal"), random.Random(8)
    told: dict[str, list[tuple[int, int]]] = {}
    for i in range(2):
        told[f"round{i}"] = killed_after(url, KEY, f"round{i}", chance.uniform(0.02, 0.3))
    check_nothing_lost(url, KEY, told)


@pytest.mark.services
def test_a_stopped_server_refuses_and_a_second_try_writes_once(server: Postgres) -> None:
    url = server.database("journal")
    with open_journal(url, key=KEY) as journal:
        assert journal.record_access("a", "open", "c", {}, event_id="e1") == 1
        server.stop(remove=False)
        began = time.monotonic()
        with pytest.raises(JournalError, match="JOURNAL-WRITE"):
            journal.record_access("a", "open", "c", {}, event_id="e2")
        with pytest.raises(JournalError, match="JOURNAL-READ"):
            journal.position()
        assert time.monotonic() - began < 20
        server.start()
        assert journal.record_access("a", "open", "c", {}, event_id="e2") == 2
        assert journal.record_access("a", "open", "c", {}, event_id="e2") == 2
        assert journal.record_access("a", "open", "c", {}, event_id="e1") == 1
        assert journal.verify().ok
