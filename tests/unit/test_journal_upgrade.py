"""Migrations of the journal."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_layer.errors import JournalError
from data_layer.journal import default_url, open_journal
from data_layer.journal.models import GUARDS, REVISION, metadata
from data_layer.journal.upgrade import newest


def test_the_newest_migration_is_the_one_we_name() -> None:
    assert newest() == REVISION


def test_migrations_make_the_tables_of_the_models(tmp_path: Path) -> None:
    open_journal(default_url(tmp_path)).close()
    engine = sa.create_engine(default_url(tmp_path))
    made = sa.inspect(engine)
    assert set(made.get_table_names()) == set(metadata.tables) | {"ledger_version"}
    for table in metadata.sorted_tables:
        columns = {c["name"]: str(c["type"]) for c in made.get_columns(table.name)}
        assert columns == {c.name: str(c.type) for c in table.columns}
        assert {i["name"] for i in made.get_indexes(table.name)} == {i.name for i in table.indexes}
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as raw:
        found = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    assert {name for (name,) in found} == set(GUARDS["sqlite"])


def test_a_newer_journal_is_refused(tmp_path: Path) -> None:
    open_journal(default_url(tmp_path)).close()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as raw:
        raw.execute("UPDATE ledger_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(JournalError, match="JOURNAL-VERSION"):
        open_journal(default_url(tmp_path))


def test_opening_again_needs_no_migration_library(tmp_path: Path) -> None:
    """Alembic takes longer to import than a command to run."""
    open_journal(default_url(tmp_path)).close()
    script = """if True:
        import sys
        from data_layer.journal import open_journal
        open_journal(sys.argv[1]).close()
        sys.exit("alembic" in sys.modules)"""
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-c", script, default_url(tmp_path)]
    assert subprocess.run(command, cwd=root, timeout=60).returncode == 0


def test_settings_of_sqlite(tmp_path: Path) -> None:
    with open_journal(default_url(tmp_path)) as journal, journal._store.read() as connection:
        asked = {n: connection.scalar(sa.text(f"PRAGMA {n}")) for n in ("journal_mode", "synchronous", "secure_delete", "busy_timeout")}  # fmt: skip # noqa: E501
    assert asked == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "busy_timeout": 30_000,
    }
