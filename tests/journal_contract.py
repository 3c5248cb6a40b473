"""What a journal promises, asked of each database by the suites that inherit this."""

from __future__ import annotations

import multiprocessing
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data_layer.errors import JournalError, UsageError
from data_layer.journal import Grant, Journal
from tests.journal_place import Place, append_many

SPAWN = multiprocessing.get_context("spawn")


def in_processes(target: Any, arguments: list[tuple[Any, ...]]) -> None:
    together = SPAWN.Barrier(len(arguments))
    found = [SPAWN.Process(target=target, args=(*a, together)) for a in arguments]
    for process in found:
        process.start()
    for process in found:
        process.join(120)
    assert [p.exitcode for p in found] == [0] * len(found)


class Contract:
    """Needs the fixture ``place``."""

    @pytest.fixture
    def journal(self, place: Place) -> Any:
        with place.open() as journal:
            yield journal

    def test_decisions_come_back_as_written(self, journal: Journal) -> None:
        before = datetime.now(UTC)
        body = {"class": 5, "criteria": ["PVS1", "PM2"], "vaf": 0.48, "note": None, "å": "ö\0"}
        assert journal.position() == 0
        assert journal.decide("anna", "classify", "case1/v1", body) == 1
        assert journal.decide("bo", "sign", "case1", {}, erasable={"comment": "Älva"}) == 2
        assert journal.position() == 2
        first, second = journal.decisions()
        assert (first.position, first.actor_id, first.kind, first.subject, first.body) == (
            1,
            "anna",
            "classify",
            "case1/v1",
            body,
        )
        assert before - timedelta(seconds=5) <= first.when <= datetime.now(UTC)
        assert (second.erasable, second.erased) == ({"comment": "Älva"}, ())

    def test_decisions_are_found(self, journal: Journal) -> None:
        for i in range(6):
            journal.decide("anna", "ab"[i % 2], f"case{i % 3}", {"i": i})
        assert [d.body["i"] for d in journal.decisions(kind="a")] == [0, 2, 4]
        assert [d.body["i"] for d in journal.decisions(subject="case1")] == [1, 4]
        assert [d.body["i"] for d in journal.decisions(kind="a", upto=3)] == [0, 2]

    def test_accesses_are_found_newest_kept(self, journal: Journal) -> None:
        for i in range(6):
            place = journal.record_access("ab"[i % 2], "open", f"case{i % 3}", {"i": i})
            assert place == i + 1
        assert [a.detail["i"] for a in journal.accesses(case_id="case2")] == [2, 5]
        assert [a.detail["i"] for a in journal.accesses(actor_id="b")] == [1, 3, 5]
        assert [a.detail["i"] for a in journal.accesses(limit=2)] == [4, 5]
        assert journal.position() == 0

    def test_second_try_gives_the_first_position(self, journal: Journal) -> None:
        def put() -> int:
            return journal.decide("a", "k", "s", {"x": 1}, event_id="e1", erasable={"n": "N"})

        assert put() == 1
        journal.decide("a", "k", "s", {"x": 2})
        assert put() == 1
        assert journal.position() == 2
        journal.erase("root", "s")
        assert put() == 1
        assert journal.verify().ok

    @pytest.mark.parametrize(
        "change",
        [
            {"actor_id": "b"},
            {"kind": "l"},
            {"subject": "t"},
            {"body": {"x": 2}},
            {"erasable": {"n": "M"}},
            {"erasable": None},
            {"erasable": {"n": "N", "m": "M"}},
        ],
        ids=lambda c: next(iter(c)),
    )
    def test_an_id_names_one_event(self, journal: Journal, change: dict[str, Any]) -> None:
        event: dict[str, Any] = {"actor_id": "a", "kind": "k", "subject": "s", "body": {"x": 1}}
        event |= {"event_id": "e1", "erasable": {"n": "N"}}
        journal.decide(**event)
        with pytest.raises(JournalError, match="JOURNAL-EVENT"):
            journal.decide(**event | change)
        with pytest.raises(JournalError, match="JOURNAL-EVENT"):
            journal.record_access("a", "k", "s", {"x": 1}, event_id="e1")
        assert journal.position() == 1

    def test_grants_are_folded(self, journal: Journal) -> None:
        journal.grant("root", "anna", "see_case", "case", "case1", ["s2", "s1"])
        journal.grant("root", "board", "see_case", "institute", "east")
        journal.grant("root", "anna", "see_case", "case", "case1")
        journal.grant("root", "root", "administer", "lake", "")
        east = Grant("board", "see_case", "institute", "east")
        assert journal.grants(upto=1) == [Grant("anna", "see_case", "case", "case1", ("s1", "s2"))]
        everything = [east, Grant("anna", "see_case", "case", "case1"), Grant("root", "administer", "lake", "")]  # fmt: skip # noqa: E501
        assert journal.grants() == everything
        assert journal.grants() == everything
        journal.revoke("root", "anna", "see_case", "case", "case1")
        journal.revoke("root", "root", "administer", "lake", "")
        assert journal.grants() == [east]
        assert journal.grants(upto=4) == everything

    def test_another_process_sees_a_revocation(self, place: Place, journal: Journal) -> None:
        journal.grant("root", "anna", "sign", "lake", "")
        with place.open() as other:
            assert len(other.grants()) == 1
            journal.revoke("root", "anna", "sign", "lake", "")
            assert other.grants() == []

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_rows SET text = 'x'",
            "DELETE FROM ledger_rows",
            "UPDATE ledger_erasable SET text = 'x'",
            "DELETE FROM ledger_heads",
            "UPDATE ledger_heads SET position = 0",
        ],
    )
    def test_rows_stay(self, place: Place, journal: Journal, statement: str) -> None:
        journal.decide("a", "k", "s", {}, erasable={"n": "N"})
        with pytest.raises(Exception, match="append-only"):
            place.sql(statement)
        assert journal.verify().ok

    def test_erasing_keeps_the_chain(self, journal: Journal) -> None:
        for subject in ("case1", "case1/v1", "case10", "case1x/v1", "CASE1/v1", "case2"):
            journal.decide("a", "k", subject, {"n": 1}, erasable={"name": f"Name of {subject}"})
        assert journal.erase("root", "case1", "asked for it") == 7
        found = journal.verify()
        assert found.ok, str(found)
        assert [(e.position, e.name, e.erased_at) for e in found.ledgers[0].erased] == [
            (1, "name", 7),
            (2, "name", 7),
        ]
        left = {d.subject: d.erasable for d in journal.decisions(kind="k")}
        assert left["case1"] == left["case1/v1"] == {}
        assert left["case10"] == {"name": "Name of case10"}
        assert left["CASE1/v1"] == {"name": "Name of CASE1/v1"}
        assert left["case1x/v1"] == {"name": "Name of case1x/v1"}
        assert journal.decisions(subject="case1")[0].erased == ("name",)

    @pytest.mark.parametrize("body", [{"x": float("nan")}, {"x": {1}}, {"x": datetime.now(UTC)}])
    def test_only_plain_json(self, journal: Journal, body: dict[str, Any]) -> None:
        with pytest.raises(UsageError, match="JOURNAL-BODY"):
            journal.decide("a", "k", "s", body)
        with pytest.raises(UsageError, match="JOURNAL-BODY"):
            journal.decide("a", "k", "s", {}, erasable=body)
        assert journal.position() == 0

    def test_reads_are_grouped(self, place: Place) -> None:
        def read(journal: Journal) -> None:
            for i in range(200):
                journal.note_read("anna", f"case{i % 2}")

        with place.open() as journal:
            threads = [threading.Thread(target=read, args=(journal,)) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        with place.open() as journal:
            found = journal.accesses(actor_id="anna")
            assert {a.kind for a in found} == {"read"}
            minutes = {(a.case_id, a.detail["minute"]) for a in found}
            assert len(minutes) == len(found) <= 4
            for case in ("case0", "case1"):
                assert sum(a.detail["reads"] for a in found if a.case_id == case) == 800

    def test_processes_write_one_chain(self, place: Place) -> None:
        in_processes(append_many, [(place, name, 100) for name in ("anna", "bo")])
        with place.open() as journal:
            found = journal.verify()
            assert found.ok, str(found)
            assert [c.rows for c in found.ledgers] == [200, 200]
            for name in ("anna", "bo"):
                mine = [d.body["i"] for d in journal.decisions() if d.actor_id == name]
                assert mine == list(range(100))

    def test_processes_may_open_at_once(self, place: Place) -> None:
        in_processes(append_many, [(place, f"p{i}", 1) for i in range(3)])
        with place.open() as journal:
            assert journal.verify().ok
            assert journal.position() == 3
