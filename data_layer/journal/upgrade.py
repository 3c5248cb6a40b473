"""Bring a journal's tables to this version with Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, insert, inspect, select

from data_layer.errors import JournalError
from data_layer.journal.canonical import head_mac
from data_layer.journal.models import GENESIS, LEDGERS, REVISION, VERSION_TABLE, heads


def upgrade(connection: Connection, key: bytes, where: str) -> None:
    """Run the missing migrations in the caller's transaction; a new journal gets its heads.

    Raises:
        JournalError: a newer Norrsken wrote the journal.
    """
    fresh = not inspect(connection).has_table(VERSION_TABLE)
    config = _alembic()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise JournalError(
            "JOURNAL-VERSION",
            where,
            f"the journal was written by another version ({error})",
            f"Update Norrsken; this one knows journals up to {REVISION}.",
        ) from error
    if fresh:
        _first_heads(connection, key)


def newest() -> str:
    """Return the newest migration that this version knows."""
    return str(ScriptDirectory.from_config(_alembic()).get_current_head())


def _first_heads(connection: Connection, key: bytes) -> None:
    if connection.execute(select(heads.c.chain)).first() is not None:
        return
    for chain in LEDGERS:
        mac = head_mac(key, chain, 0, GENESIS)
        connection.execute(insert(heads).values(chain=chain, position=0, hash=GENESIS, mac=mac))


def _alembic() -> Config:
    config = Config()
    folder = Path(__file__).resolve().parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
