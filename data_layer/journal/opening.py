"""Open a journal: its place, its key, its tables."""

from __future__ import annotations

from pathlib import Path

from data_layer.errors import JournalError
from data_layer.journal.journal import Journal
from data_layer.journal.key import find_key
from data_layer.journal.ledger import Ledgers
from data_layer.journal.place import read_url, refuse_network_disk, sqlite_file
from data_layer.journal.store import Store


def open_journal(url: str, *, key: str = "") -> Journal:
    """Open a journal by its SQLAlchemy URL, making or migrating its tables.

    Raises:
        JournalError: the place is not fit, the key is missing or another, or it cannot be opened.
    """
    place = read_url(url)
    path = sqlite_file(place)
    if path is not None:
        refuse_network_disk(path)
        _make_folder(path.parent)
        place = place.set(database=str(path))
    secret = find_key(place, key)
    store = Store(place)
    try:
        store.migrate(secret)
        _check_key(Ledgers(store, secret))
    except BaseException:
        store.close()
        raise
    return Journal(store, secret)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(
            "JOURNAL-DISK",
            str(folder),
            f"the journal's folder cannot be made ({error.strerror})",
            "Check the path and its rights.",
        ) from error


def _check_key(ledgers: Ledgers) -> None:
    """Refuse a key that fits no head: one wrong head is tampering, all are another key."""
    with ledgers.store.read() as connection:
        found = ledgers.heads(connection)
    if found and not any(ledgers.head_holds(n, h, mac) for n, (h, mac) in found.items()):
        raise JournalError(
            "JOURNAL-KEY",
            ledgers.store.where,
            "the key is not the one that this journal was written with",
            "Use the key of this journal; if it is the right one, the heads were altered.",
        )
