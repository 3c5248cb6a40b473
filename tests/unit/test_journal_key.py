"""The journal's key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from data_layer.errors import JournalError
from data_layer.journal import default_url, open_journal


def test_made_on_first_use_for_the_owner_alone(tmp_path: Path) -> None:
    open_journal(default_url(tmp_path)).close()
    file = tmp_path / "journal.db.key"
    assert file.stat().st_mode & 0o777 == 0o600
    first = file.read_text()
    assert len(first.strip()) == 64
    open_journal(default_url(tmp_path)).close()
    assert file.read_text() == first


def test_two_journals_have_two_keys(tmp_path: Path) -> None:
    for name in ("a", "b"):
        open_journal(default_url(tmp_path / name)).close()
    keys = {(tmp_path / name / "journal.db.key").read_text() for name in ("a", "b")}
    assert len(keys) == 2


def test_a_lost_key_file_is_not_made_anew(tmp_path: Path) -> None:
    open_journal(default_url(tmp_path)).close()
    (tmp_path / "journal.db.key").unlink()
    with pytest.raises(JournalError, match=r"JOURNAL-KEY.*is gone.*backup"):
        open_journal(default_url(tmp_path))
    assert not (tmp_path / "journal.db.key").exists()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    open_journal(default_url(tmp_path)).close()
    (tmp_path / "journal.db.key").chmod(0o640)
    with pytest.raises(JournalError, match=r"JOURNAL-KEY.*0640.*chmod 600"):
        open_journal(default_url(tmp_path))


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"JOURNAL-KEY.*at least 16"):
        open_journal(default_url(tmp_path), key="secret")
    assert list(tmp_path.iterdir()) == []


def test_a_given_key_leaves_no_file(tmp_path: Path) -> None:
    open_journal(default_url(tmp_path), key="given by the settings").close()
    assert [p.name for p in tmp_path.iterdir()] == ["journal.db"]
    with pytest.raises(JournalError, match="JOURNAL-KEY"):
        open_journal(default_url(tmp_path), key="given by someone else")


def test_the_key_is_not_in_the_journal(tmp_path: Path) -> None:
    with open_journal(default_url(tmp_path), key="given by the settings") as journal:
        journal.decide("a", "k", "s", {})
    assert b"given by the settings" not in (tmp_path / "journal.db").read_bytes()


def test_a_copy_with_its_key_file_verifies(tmp_path: Path) -> None:
    with open_journal(default_url(tmp_path / "a")) as journal:
        journal.decide("a", "k", "s", {})
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with open_journal(default_url(tmp_path / "b")) as journal:
        assert journal.verify().ok
        assert journal.position() == 1
