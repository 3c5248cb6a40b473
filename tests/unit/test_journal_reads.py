"""Reads counted per actor, case and minute."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data_layer.errors import JournalError, UsageError
from data_layer.journal import Journal, default_url, open_journal
from data_layer.journal import reads as reads_module

SCRIPT = """
import sys
from data_layer.journal import open_journal
journal = open_journal(sys.argv[1])
for _ in range(7):
    journal.note_read("anna", "case1")
"""
ROOT = Path(__file__).resolve().parents[2]


def counts(journal: Journal) -> list[tuple[str, str, int]]:
    return [(a.actor_id, a.case_id, a.detail["reads"]) for a in journal.accesses()]


def test_flush_writes_each_group_once(tmp_path: Path) -> None:
    with open_journal(default_url(tmp_path)) as journal:
        minute = int(time.time() // 60)
        for actor, case in (("a", "c1"), ("a", "c2"), ("b", "c1"), ("a", "c1")):
            journal.note_read(actor, case)
        assert counts(journal) == []
        journal.flush()
        assert journal.flush() == 0
        if int(time.time() // 60) == minute:
            assert sorted(counts(journal)) == [("a", "c1", 2), ("a", "c2", 1), ("b", "c1", 1)]
        assert sum(n for _, _, n in counts(journal)) == 4


def test_the_timer_writes_finished_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads_module, "TICK", 0.05)
    clock = [1_000_000_000.0]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    with open_journal(default_url(tmp_path)) as journal:
        journal.note_read("a", "c1")
        time.sleep(0.3)
        assert counts(journal) == []
        clock[0] += 60
        deadline = time.monotonic() + 10
        while not counts(journal) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert counts(journal) == [("a", "c1", 1)]
        assert journal.accesses()[0].detail["minute"] == "2001-09-09T01:46Z"


def test_a_program_that_just_ends_has_written_its_reads(tmp_path: Path) -> None:
    url = default_url(tmp_path)
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", SCRIPT, url], check=True, env=env, timeout=60)
    with open_journal(url) as journal:
        assert sum(n for _, _, n in counts(journal)) == 7


def test_a_forked_child_neither_repeats_nor_breaks(tmp_path: Path) -> None:
    with open_journal(default_url(tmp_path)) as journal:
        journal.note_read("parent", "c1")
        child = os.fork()
        if child == 0:
            code = 1
            try:
                journal.note_read("child", "c1")
                journal.decide("child", "k", "s", {})
                journal.close()
                code = 0
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
        journal.decide("parent", "k", "s", {})
        journal.flush()
        assert sorted(counts(journal)) == [("child", "c1", 1), ("parent", "c1", 1)]
        assert journal.verify().ok


def test_a_failed_flush_keeps_its_reads_and_then_reads_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_journal(default_url(tmp_path)) as journal:
        journal.note_read("a", "c1")
        with sqlite3.connect(tmp_path / "journal.db", isolation_level=None) as raw:
            raw.execute("CREATE TRIGGER full BEFORE INSERT ON ledger_rows BEGIN SELECT RAISE(ABORT, 'full'); END")  # fmt: skip # noqa: E501
            for _ in range(2):
                with pytest.raises(JournalError):
                    journal.flush()
            journal.note_read("a", "c1")
            monkeypatch.setattr(reads_module, "OVERDUE", -1.0)
            with pytest.raises(JournalError):
                journal.note_read("a", "c1")
            raw.execute("DROP TRIGGER full")
        raw.close()
        journal.flush()
        assert sum(n for _, _, n in counts(journal)) == 2
        journal.note_read("a", "c1")


def test_a_wrong_name_fails_at_once(tmp_path: Path) -> None:
    with open_journal(default_url(tmp_path)) as journal, pytest.raises(UsageError):
        journal.note_read("", "c1")
