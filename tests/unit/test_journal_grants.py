"""Words that a grant may use, and kinds that only the journal writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_layer.errors import UsageError
from data_layer.journal import RIGHTS, Grant, default_url, open_journal


@pytest.mark.parametrize(
    "arguments",
    [
        ("", "see_case", "case", "c1"),
        ("anna", "see_all", "case", "c1"),
        ("anna", "see_case", "cohort", "c1"),
        ("anna", "see_case", "case", ""),
        ("anna", "see_case", "lake", "c1"),
        ("anna", "see_case", "case", "c1", []),
        ("anna", "see_case", "case", "c1", "s1"),
        ("anna", "see_case", "institute", "i1", ["s1"]),
    ],
)
def test_wrong_words_are_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with open_journal(default_url(tmp_path)) as journal:
        with pytest.raises(UsageError, match="GRANT"):
            journal.grant("root", *arguments)
        assert journal.position() == 0


def test_every_right_and_scope(tmp_path: Path) -> None:
    with open_journal(default_url(tmp_path)) as journal:
        for right in RIGHTS:
            for kind, name in (("lake", ""), ("institute", "east"), ("case", "c1")):
                journal.grant("root", "anna", right, kind, name)
        assert len(journal.grants()) == 3 * len(RIGHTS) == 18
        assert [d.subject for d in journal.decisions()][:3] == ["lake", "institute:east", "c1"]


def test_a_grant_written_as_a_decision_is_checked(tmp_path: Path) -> None:
    body = {"to": "anna", "right": "sign", "scope_kind": "case", "scope_id": "c1"}
    with open_journal(default_url(tmp_path)) as journal:
        journal.decide("root", "grant", "c1", body)
        assert journal.grants() == [Grant("anna", "sign", "case", "c1")]
        for wrong in ({}, body | {"right": "fly"}, body | {"more": 1}):
            with pytest.raises(UsageError, match="GRANT"):
                journal.decide("root", "grant", "c1", wrong)


def test_an_erasure_cannot_be_made_up(tmp_path: Path) -> None:
    with (
        open_journal(default_url(tmp_path)) as journal,
        pytest.raises(UsageError, match="only erase"),
    ):
        journal.decide("root", "erase", "c1", {"values": [[1, "name"]]})


@pytest.mark.parametrize("field", ["actor_id", "kind", "event_id"])
@pytest.mark.parametrize("value", ["", "a\0b", "\ud800", "x" * 5000])
def test_names_are_plain_text(tmp_path: Path, field: str, value: str) -> None:
    event = {"actor_id": "a", "kind": "k", "event_id": "e"} | {field: value}
    with (
        open_journal(default_url(tmp_path)) as journal,
        pytest.raises(UsageError, match="JOURNAL-BODY"),
    ):
        journal.decide(event["actor_id"], event["kind"], "s", {}, event_id=event["event_id"])
