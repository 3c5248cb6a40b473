"""Opens the stores that the settings name: the same way for the server and every command."""

from __future__ import annotations

from pathlib import Path

from data_layer.errors import UsageError
from data_layer.journal import default_url, open_journal
from data_layer.lake import open_lake
from data_layer.query.desk import Desk
from data_layer.settings import Settings


def open_desk(settings: Settings, *, create: bool = False) -> Desk:
    """Open lake and journal.

    Raises:
        UsageError: the lake lies on a URL and no journal is named.
        LakeError: there is no lake at that place, and ``create`` is off.
    """
    lake = open_lake(settings.lake, settings=settings, create=create)
    url = settings.journal
    if not url:
        if lake.is_remote or lake.root is None:
            raise UsageError(
                "JOURNAL",
                "NORRSKEN_JOURNAL",
                "a lake on a URL needs a journal of its own",
                "Set NORRSKEN_JOURNAL to a PostgreSQL address.",
            )
        url = default_url(Path(lake.root))
    return Desk(lake, open_journal(url, key=settings.journal_key), settings)
