"""Any events make a chain that holds; any tampering with what is stored is found."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data_layer.errors import NorrskenError
from data_layer.journal import Journal
from tests.journal_place import Place

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)  # fmt: skip # noqa: E501
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12)  # fmt: skip # noqa: E501
VALUES = st.recursive(LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3), max_leaves=6)  # fmt: skip # noqa: E501
OBJECTS = st.dictionaries(st.text(max_size=8), VALUES, max_size=3)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "ledger": st.sampled_from(["decisions", "access"]),
            "actor": NAMES,
            "kind": NAMES.filter(lambda k: k not in {"grant", "revoke", "erase"}),
            "subject": NAMES,
            "body": OBJECTS,
            "erasable": st.dictionaries(NAMES, VALUES, max_size=2),
        }
    ),
    min_size=1,
    max_size=6,
)
COLUMNS = {
    "ledger_rows": (
        "chain",
        "position",
        "event_id",
        "at",
        "actor_id",
        "kind",
        "subject",
        "text",
        "prev",
        "hash",
    ),
    "ledger_erasable": ("chain", "position", "name", "subject", "salt", "text"),
    "ledger_heads": ("chain", "position", "hash", "mac"),
}
RELAXED = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


def write(journal: Journal, events: list[dict[str, Any]]) -> None:
    for e in events:
        if e["ledger"] == "access":
            journal.record_access(e["actor"], e["kind"], e["subject"], e["body"])
        else:
            arguments = (e["actor"], e["kind"], e["subject"], e["body"])
            journal.decide(*arguments, erasable=e["erasable"])


def content(journal: Journal) -> list[tuple[Any, ...]]:
    decisions = [(d.actor_id, d.kind, d.subject, d.body, d.erasable) for d in journal.decisions()]
    return decisions + [(a.actor_id, a.kind, a.case_id, a.detail) for a in journal.accesses()]


@RELAXED
@given(EVENTS)
def test_what_is_written_holds_and_comes_back(events: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Place.in_folder(Path(folder)).open() as journal:
        write(journal, events)
        found = journal.verify()
        assert found.ok, str(found)
        decided = [e for e in events if e["ledger"] == "decisions"]
        accessed = [e for e in events if e["ledger"] == "access"]
        assert content(journal) == [
            (e["actor"], e["kind"], e["subject"], e["body"], e["erasable"]) for e in decided
        ] + [(e["actor"], e["kind"], e["subject"], e["body"]) for e in accessed]


@RELAXED
@given(EVENTS, st.data())
def test_tampering_is_found(events: list[dict[str, Any]], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Place.in_folder(Path(folder))
        with place.open() as journal:
            write(journal, events)
        table, rowid = data.draw(st.sampled_from(stored(place)), label="row")
        how = data.draw(st.sampled_from(["delete", "letter", "cut", "blob"]), label="how")
        if how == "delete":
            assert place.tamper(f"DELETE FROM {table} WHERE rowid = :r", r=rowid) == 1
        else:
            column = data.draw(st.sampled_from(COLUMNS[table]), label="column")
            ((old,),) = place.sql(f"SELECT {column} FROM {table} WHERE rowid = :r", r=rowid)
            statement = f"UPDATE OR IGNORE {table} SET {column} = :v WHERE rowid = :r"
            if not place.tamper(statement, v=changed(old, how, data), r=rowid):
                return
        assert not holds(place)


def stored(place: Place) -> list[tuple[str, int]]:
    return [(t, r) for t in COLUMNS for (r,) in place.sql(f"SELECT rowid FROM {t}")]


def changed(old: object, how: str, data: st.DataObject) -> object:
    if isinstance(old, int):
        return old + data.draw(st.integers(1, 9)) * data.draw(st.sampled_from([-1, 1]))
    text = str(old)
    at = data.draw(st.integers(0, len(text) - 1), label="at")
    if how == "cut":
        return text[:at]
    if how == "blob":
        return text.encode()
    letters = [c for c in "0a\x01 {é" if c != text[at]]
    return text[:at] + data.draw(st.sampled_from(letters)) + text[at + 1 :]


def holds(place: Place) -> bool:
    """Open and verify; a refusal to open is a finding too, any other error is a failure."""
    try:
        with place.open() as journal:
            return journal.verify().ok
    except NorrskenError:
        return False


@RELAXED
@given(EVENTS, st.randoms(use_true_random=False))
def test_another_order_is_found(events: list[dict[str, Any]], shuffler: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Place.in_folder(Path(folder))
        with place.open() as journal:
            write(journal, [e | {"ledger": "decisions"} for e in [*events, *events]])
        count = 2 * len(events)
        order = list(range(1, count + 1))
        while order == sorted(order):
            shuffler.shuffle(order)
        place.tamper("UPDATE ledger_rows SET position = position + 1000")
        moves = " ".join(f"WHEN {old + 1000} THEN {new}" for old, new in enumerate(order, 1))
        assert place.tamper(f"UPDATE ledger_rows SET position = CASE position {moves} END") == count
        with place.open() as journal:
            first = next(i for i, p in enumerate(order, 1) if p != i)
            bad = journal.verify().ledgers[0].first_bad
            assert bad is not None
            assert bad <= first


@pytest.mark.parametrize("seed", range(4))
def test_a_flipped_bit_in_the_file_never_changes_what_is_said(tmp_path: Path, seed: int) -> None:
    """Free space may flip unseen; but a journal that verifies says what was written."""
    place = Place.in_folder(tmp_path)
    with place.open() as journal:
        for i in range(30):
            journal.decide("anna", "classify", f"case1/v{i}", {"class": i % 5}, erasable={"n": "N"})
            journal.record_access("bo", "open", "case1", {"i": i})
        written = content(journal)
    whole = (tmp_path / "journal.db").read_bytes()
    chance, found = random.Random(seed), 0
    for number in range(40):
        copy = tmp_path / str(number)
        copy.mkdir()
        shutil.copy2(tmp_path / "journal.db.key", copy / "journal.db.key")
        bad = bytearray(whole)
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        (copy / "journal.db").write_bytes(bad)
        there = Place.in_folder(copy)
        if holds(there):
            with there.open() as journal:
                assert content(journal) == written
        else:
            found += 1
        shutil.rmtree(copy)
    assert found > 10
