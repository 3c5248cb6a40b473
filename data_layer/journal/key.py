"""The secret of the ledgers: given, or kept in a file beside a SQLite journal."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from sqlalchemy import URL

from data_layer.errors import JournalError
from data_layer.journal.place import sqlite_file

SHORTEST = 16
MAKE = "python3 -c 'import secrets; print(secrets.token_hex(32))'"


def key_file(journal: Path) -> Path:
    """Return the key file of a SQLite journal: its name with ``.key`` behind."""
    return journal.with_name(journal.name + ".key")


def find_key(url: URL, given: str) -> bytes:
    """Return the key: ``given``, or the key file's, made on first use with mode 0600.

    Raises:
        JournalError: the key is short, lost, readable by others, or needed and not given.
    """
    if given.strip():
        return _checked(given.strip(), "NORRSKEN_JOURNAL_KEY")
    path = sqlite_file(url)
    if path is None:
        raise JournalError(
            "JOURNAL-KEY",
            "NORRSKEN_JOURNAL_KEY",
            "a journal in PostgreSQL needs a key that is not kept in the database",
            f"Make one with {MAKE} and set NORRSKEN_JOURNAL_KEY to it on every server.",
        )
    file = key_file(path)
    if not file.exists():
        if path.exists() and path.stat().st_size and not file.exists():
            raise JournalError(
                "JOURNAL-KEY",
                str(file),
                "the journal is here but its key file is gone",
                "Put the key file back from your backup, or set NORRSKEN_JOURNAL_KEY.",
            )
        _make(file)
    return _read(file)


def _make(file: Path) -> None:
    """Write a new key under a passing name and link it: of two makers one wins, whole."""
    handle, name = tempfile.mkstemp(prefix=".key-", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32) + "\n")
            out.flush()
            os.fsync(out.fileno())
        os.chmod(name, 0o600)
        os.link(name, file)
        _sync_folder(file.parent)
    except FileExistsError:
        return
    except OSError as error:
        raise JournalError(
            "JOURNAL-KEY",
            str(file),
            f"the key file cannot be made ({error.strerror})",
            f"Make a key with {MAKE} and set NORRSKEN_JOURNAL_KEY to it.",
        ) from error
    finally:
        Path(name).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(file: Path) -> bytes:
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise JournalError(
            "JOURNAL-KEY", str(file), f"the key file cannot be read ({error})", "Check its owner."
        ) from error
    if mode & 0o077:
        raise JournalError(
            "JOURNAL-KEY",
            str(file),
            f"others can read the key file (mode {mode & 0o777:04o})",
            f"Run chmod 600 {file}",
        )
    return _checked(text, str(file))


def _checked(text: str, where: str) -> bytes:
    if len(text) < SHORTEST:
        raise JournalError(
            "JOURNAL-KEY",
            where,
            f"the key has {len(text)} characters; at least {SHORTEST} are needed",
            f"Make one with {MAKE}",
        )
    return text.encode("utf-8")
