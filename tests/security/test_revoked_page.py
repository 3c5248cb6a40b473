"""A right taken back ends what an open page can still ask."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from app.linking.services import LoopbackSignIn, Services
from app.linking.url import PageState
from app.pages.session import CaseSession
from data_layer.query.access import LOCAL, Actor
from tests.query_rows import open_desk, variant_table

STEP = {"do": "add", "field": "impact", "op": "in", "value": "HIGH", "missing": "drop"}


def test_an_open_page_stops_answering(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, variant_table(50))
    anna = Actor("anna", "Anna", frozenset(), frozenset())
    desk.journal.grant(LOCAL.id, "anna", "see_case", "case", "demo")
    services = Services(desk, desk.settings, LoopbackSignIn())
    page = CaseSession(services, anna, desk.case(anna, "demo"), PageState())

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
    page.close()
    desk.close()
