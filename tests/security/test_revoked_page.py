"""A right taken back ends what an open page can still ask."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app.linking.services import LoopbackSignIn, Services
from app.linking.url import PageState
from app.pages.session import CaseSession
from data_layer.query.access import LOCAL, Actor
from tests.query_rows import open_desk, variant_table

STEP = {"do": "add", "field": "impact", "op": "in", "value": "HIGH", "missing": "drop"}


def test_an_open_page_stops_answering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = open_desk(tmp_path, variant_table(50))
    anna = Actor("anna", "Anna", frozenset(), frozenset())
    desk.journal.grant(LOCAL.id, "anna", "see_case", "case", "demo")
    services = Services(desk, desk.settings, LoopbackSignIn())
    asked_in: set[str] = set()
    ask = desk.case

    def noted(*args: Any) -> Any:
        asked_in.add(threading.current_thread().name)
        return ask(*args)

    page = CaseSession(services, anna, desk.case(anna, "demo"), PageState())

    monkeypatch.setattr(desk, "case", noted)

    async def story() -> list[str]:
        page.start(lambda call: call())
        assert page.coordinator is not None
        await page.coordinator.settled()
        faces = [page.bridge.funnel["face"]]
        desk.journal.revoke(LOCAL.id, "anna", "see_case", "case", "demo")
        time.sleep(2.1)  # authority is at most two seconds old
        page.deed(STEP)
        await page.coordinator.settled()
        return [*faces, page.bridge.funnel["face"]]

    assert asyncio.run(story()) == ["ready", "failed"]
    assert "steps" not in page.bridge.funnel or not page.bridge.funnel["steps"]
    # The door reads the journal, so it is asked in worker threads and never on the loop.
    assert asked_in
    assert threading.current_thread().name not in asked_in
    page.close()
    desk.close()
