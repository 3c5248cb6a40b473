"""The journal's promises on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
import sqlalchemy as sa

from data_layer.errors import JournalError
from data_layer.journal import open_journal
from tests.journal_contract import Contract
from tests.journal_place import KEY, Place
from tests.journal_tampering import Tampering
from tests.postgres import Postgres

pytestmark = pytest.mark.services
NUMBERS = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture
def place(server: Postgres) -> Place:
    return Place(server.schema(f"journal{next(NUMBERS)}"), KEY)


class TestJournal(Contract):
    def test_a_key_is_needed(self, place: Place) -> None:
        with pytest.raises(JournalError, match=r"JOURNAL-KEY.*secrets\.token_hex"):
            open_journal(place.url)

    def test_tables_cannot_be_emptied(self, place: Place) -> None:
        with place.open() as journal:
            journal.decide("a", "k", "s", {}, erasable={"n": "N"})
            for table in ("rows", "erasable", "heads"):
                with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                    place.sql(f"TRUNCATE ledger_{table}")
            assert journal.verify().ok

    def test_a_weak_server_setting_does_not_weaken_the_journal(self, server: Postgres) -> None:
        """Asks the server itself, by a trigger that notes the setting each append ran under."""
        place = Place(server.database("weak"), KEY)
        place.sql("ALTER DATABASE weak SET synchronous_commit = off")
        with place.open() as journal:
            place.sql("CREATE TABLE noted (setting text)")
            place.sql(
                """CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO
                   noted VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$"""
            )
            place.sql("CREATE TRIGGER note BEFORE INSERT ON ledger_rows FOR EACH ROW EXECUTE FUNCTION note()")  # fmt: skip # noqa: E501
            journal.decide("a", "k", "s", {})
            assert place.sql("SELECT setting FROM noted") == [("on",)]
            assert place.sql("SELECT current_setting('synchronous_commit')") == [("off",)]

    def test_the_password_is_not_told(self, server: Postgres) -> None:
        url = server.url("nowhere").replace("norrsken@", "norrsken:hunter2@")
        with pytest.raises(JournalError, match="JOURNAL-OPEN") as found:
            open_journal(url, key=KEY)
        assert "hunter2" not in str(found.value)


class TestTampering(Tampering):
    pass
