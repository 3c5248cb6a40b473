"""A cold case is read once, however many people open it at the same time."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from data_layer.query import access
from data_layer.query.access import LOCAL, Actor, CaseQuery
from tests.query_rows import open_desk, variant_table

ADA = Actor("ada", "Ada")


@pytest.mark.parametrize("second", [LOCAL, ADA])
def test_two_people_read_a_cold_case_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: Actor
) -> None:
    monkeypatch.setattr(access, "AUTHORITY_AGE", 0.0)
    desk = open_desk(tmp_path, variant_table(2000, seed=3))
    desk.journal.grant("local", "ada", "see_case", "case", "demo")
    asked: list[str] = []
    real = desk._database.arrays

    def counted(sql: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(sql)
        time.sleep(0.1)
        return real(sql, *args, **kwargs)

    monkeypatch.setattr(desk._database, "arrays", counted)
    start = threading.Barrier(2)
    found: list[CaseQuery] = []

    def opening(actor: Actor) -> None:
        start.wait()
        found.append(desk.case(actor, "demo"))

    threads = [threading.Thread(target=opening, args=(a,)) for a in (LOCAL, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0].info.class_counts == found[1].info.class_counts
    assert len(asked) == len(set(asked)) > 0
    # One who may see the same for the same reason gets the very same object.
    assert (found[0] is found[1]) == (second is LOCAL)
    desk.close()
