"""Ways to tamper with a journal, and that each is found; asked of each database."""

from __future__ import annotations

import pytest

from data_layer.errors import JournalError
from data_layer.journal import Head, Journal, open_journal
from tests.journal_place import Place


def fill(journal: Journal) -> None:
    for i in range(1, 6):
        journal.decide("a", "k", "s", {"i": i}, erasable={"n": f"N{i}"})
        journal.record_access("a", "open", "s", {"i": i})


class Tampering:
    """Needs the fixture ``place``."""

    @pytest.fixture
    def filled(self, place: Place) -> Place:
        with place.open() as journal:
            fill(journal)
            assert journal.verify().ok
        return place

    def faults(self, place: Place) -> dict[str, tuple[int | None, str]]:
        with place.open() as journal:
            found = journal.verify()
            assert not found.ok
            assert found.problems == ()
            return {c.ledger: (c.first_bad, c.why) for c in found.ledgers}

    @pytest.mark.parametrize("chain", ["decisions", "access"])
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("event_id", "e9"),
            ("at", "2020-01-01T00:00:00.000000Z"),
            ("actor_id", "b"),
            ("kind", "l"),
            ("subject", "t"),
            ("text", "{}"),
            ("prev", "0" * 64),
            ("hash", "1" * 64),
        ],
    )
    def test_a_changed_column(self, filled: Place, chain: str, column: str, value: str) -> None:
        statement = f"UPDATE ledger_rows SET {column} = :v WHERE chain = :c AND position = 3"
        assert filled.tamper(statement, v=value, c=chain) == 1
        assert self.faults(filled)[chain][0] == 3

    @pytest.mark.parametrize("position", [1, 3, 5])
    def test_a_removed_row(self, filled: Place, position: int) -> None:
        filled.tamper(f"DELETE FROM ledger_rows WHERE chain = 'decisions' AND position = {position}")  # fmt: skip # noqa: E501
        assert self.faults(filled)["decisions"][0] == position

    def test_swapped_rows(self, filled: Place) -> None:
        for old, new in ((2, 99), (4, 2), (99, 4)):
            statement = f"UPDATE ledger_rows SET position = {new} WHERE chain = 'access' AND position = {old}"  # noqa: E501
            assert filled.tamper(statement) == 1
        assert self.faults(filled)["access"][0] == 2

    def test_a_row_behind_the_head(self, filled: Place) -> None:
        filled.tamper(
            """INSERT INTO ledger_rows SELECT chain, 6, 'e9', at, actor_id, kind, subject, text,
               prev, hash FROM ledger_rows WHERE chain = 'decisions' AND position = 5"""
        )
        assert self.faults(filled)["decisions"][0] == 6
        with filled.open() as journal, pytest.raises(JournalError, match="JOURNAL-CHAIN"):
            journal.decide("a", "k", "s", {})

    def test_a_cut_tail(self, filled: Place) -> None:
        filled.tamper("DELETE FROM ledger_rows WHERE chain = 'decisions' AND position > 3")
        assert self.faults(filled)["decisions"] == (4, "the tail is cut: 2 rows are gone")

    def test_a_moved_head(self, filled: Place) -> None:
        filled.tamper("DELETE FROM ledger_rows WHERE chain = 'decisions' AND position > 3")
        filled.tamper(
            """UPDATE ledger_heads SET position = 3, hash = (SELECT hash FROM ledger_rows r
               WHERE r.chain = 'decisions' AND r.position = 3) WHERE chain = 'decisions'"""
        )
        assert self.faults(filled)["decisions"][0] == 4
        with filled.open() as journal, pytest.raises(JournalError, match="JOURNAL-CHAIN"):
            journal.decide("a", "k", "s", {})

    @pytest.mark.parametrize("change", ["mac = hash", "hash = mac", "position = position + 2"])
    @pytest.mark.parametrize("chain", ["decisions", "access"])
    def test_a_changed_head(self, filled: Place, chain: str, change: str) -> None:
        filled.tamper(f"UPDATE ledger_heads SET {change} WHERE chain = '{chain}'")
        faults = self.faults(filled)
        assert faults.pop(chain) == (6, "the head was altered, or the key is another")
        assert [bad for bad, _ in faults.values()] == [None]
        with filled.open() as journal:
            write = journal.decide if chain == "decisions" else journal.record_access
            with pytest.raises(JournalError, match="JOURNAL-CHAIN"):
                write("a", "k", "s", {})

    @pytest.mark.parametrize("chain", ["decisions", "access"])
    def test_a_head_removed(self, filled: Place, chain: str) -> None:
        filled.tamper(f"DELETE FROM ledger_heads WHERE chain = '{chain}'")
        assert self.faults(filled)[chain][0] == 6
        with filled.open() as journal, pytest.raises(JournalError, match="its head is gone"):
            journal.record_access("a", "k", "s", {}) if chain == "access" else journal.position()

    def old_head(self, place: Place) -> tuple[object, ...]:
        """Cut a ledger back and put a true head of that time there: what a keeper of copies can.

        Returns the row that was cut off.
        """
        (head,) = place.sql("SELECT position, hash, mac FROM ledger_heads WHERE chain = 'decisions'")  # fmt: skip # noqa: E501
        with place.open() as journal:
            journal.decide("a", "k", "s", {"late": True})
            journal.record_access("a", "open", "s", {})
        (cut,) = place.sql("SELECT * FROM ledger_rows WHERE chain = 'decisions' AND position = 6")
        place.tamper("DELETE FROM ledger_rows WHERE chain = 'decisions' AND position > 5")
        place.tamper(
            "UPDATE ledger_heads SET position = :p, hash = :h, mac = :m WHERE chain = 'decisions'",
            p=head[0],
            h=head[1],
            m=head[2],
        )
        return cut

    def test_one_ledger_set_back_is_seen_by_the_other(self, filled: Place) -> None:
        self.old_head(filled)
        where, why = self.faults(filled)["decisions"]
        assert (where, "access 6 saw" in why) == (6, True)

    def test_one_ledger_set_back_and_grown_anew(self, filled: Place) -> None:
        self.old_head(filled)
        with filled.open() as journal:
            journal.decide("a", "k", "s", {"other": True})
            journal.record_access("a", "open", "s", {})
        assert self.faults(filled)["decisions"][0] == 6

    def test_a_true_row_from_another_past(self, filled: Place) -> None:
        cut = self.old_head(filled)
        with filled.open() as journal:
            for i in range(3):
                journal.decide("a", "k", "s", {"again": i})
        filled.tamper("DELETE FROM ledger_rows WHERE chain = 'decisions' AND position = 6")
        names = [f"v{i}" for i in range(len(cut))]
        filled.tamper(
            f"INSERT INTO ledger_rows VALUES ({', '.join(f':{n}' for n in names)})",
            **dict(zip(names, cut, strict=True)),
        )
        assert self.faults(filled)["decisions"] == (7, "it does not follow the row before it")

    def test_a_witness_outside(self, filled: Place) -> None:
        with filled.open() as journal:
            heads = {n: journal.head(n) for n in ("decisions", "access")}
            assert journal.verify(heads).ok
            journal.decide("a", "k", "s", {})
            assert journal.verify(heads).ok
            found = journal.verify({"access": Head(7, "0" * 64)})
            assert [c.first_bad for c in found.ledgers] == [None, 6]
            found = journal.verify({"decisions": Head(4, "0" * 64)})
            assert [c.first_bad for c in found.ledgers] == [4, None]

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM ledger_erasable WHERE position = 2",
            "UPDATE ledger_erasable SET text = '\"M\"' WHERE position = 2",
            "UPDATE ledger_erasable SET salt = 'x' WHERE position = 2",
            "UPDATE ledger_erasable SET subject = 't' WHERE position = 2",
            "UPDATE ledger_erasable SET name = 'm' WHERE position = 2",
        ],
    )
    def test_a_changed_value(self, filled: Place, statement: str) -> None:
        assert filled.tamper(statement) == 1
        assert self.faults(filled)["decisions"][0] == 2

    @pytest.mark.parametrize(("place_of", "bad"), [(9, 6), (2, 2)])
    def test_an_added_value(self, filled: Place, place_of: int, bad: int) -> None:
        filled.tamper(
            f"""INSERT INTO ledger_erasable VALUES
               ('decisions', {place_of}, 'more', 's', 'x', '1')"""
        )
        assert self.faults(filled)["decisions"][0] == bad

    def test_an_erased_value_put_back(self, filled: Place) -> None:
        (kept,) = filled.sql("SELECT * FROM ledger_erasable WHERE position = 2")
        with filled.open() as journal:
            journal.erase("root", "s")
            assert journal.verify().ok
        names = ("chain", "position", "name", "subject", "salt", "text")
        filled.tamper(
            "INSERT INTO ledger_erasable VALUES (:chain, :position, :name, :subject, :salt, :text)",
            **dict(zip(names, kept, strict=True)),
        )
        assert self.faults(filled)["decisions"][0] == 2

    def test_a_bad_row_is_not_blamed_on_an_erased_one(self, filled: Place) -> None:
        with filled.open() as journal:
            journal.erase("root", "s")
        filled.tamper("UPDATE ledger_rows SET kind = 'l' WHERE chain = 'decisions' AND position = 4")  # fmt: skip # noqa: E501
        assert self.faults(filled)["decisions"][0] == 4

    def test_altered_rows_are_not_read(self, filled: Place) -> None:
        statement = "UPDATE ledger_rows SET text = replace(text, :old, :new)"
        filled.tamper(statement, old='"i":3', new='"i":4')
        with filled.open() as journal:
            with pytest.raises(JournalError, match="JOURNAL-CHAIN"):
                journal.decisions()
            with pytest.raises(JournalError, match="JOURNAL-CHAIN"):
                journal.accesses()

    def test_altered_values_are_not_read(self, filled: Place) -> None:
        filled.tamper("UPDATE ledger_erasable SET text = '\"M\"' WHERE position = 2")
        with filled.open() as journal, pytest.raises(JournalError, match="JOURNAL-CHAIN"):
            journal.decisions()

    def test_a_forged_grant_gives_nothing(self, filled: Place) -> None:
        filled.tamper(
            """UPDATE ledger_rows SET kind = 'grant', text = '{}' WHERE chain = 'decisions'
               AND position = 2"""
        )
        with filled.open() as journal, pytest.raises(JournalError, match="JOURNAL-CHAIN"):
            journal.grants()

    def test_a_missing_guard_is_named(self, filled: Place) -> None:
        on = "" if filled.file is not None else " ON ledger_rows"
        filled.sql(f"DROP TRIGGER ledger_rows_keep{on}")
        with filled.open() as journal:
            found = journal.verify()
        assert (found.ok, found.problems) == (False, ("the guard ledger_rows_keep is missing",))

    def test_another_key_is_refused(self, filled: Place) -> None:
        with pytest.raises(JournalError, match="JOURNAL-KEY"):
            open_journal(filled.url, key="another key, also long enough")
