"""Attacks over HTTP and by deeds: odd numbers, odd names, readers who take nothing."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.api.room import MOST, ROOM, BusyError, Room
from app.linking.services import LoopbackSignIn, Services
from app.linking.url import PageState
from app.pages.session import CaseSession
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.lake import open_lake
from data_layer.query.access import LOCAL
from data_layer.query.desk import Desk
from data_layer.region import Build
from tests.query_rows import variant_table
from tests.served import Served, served
from tests.signals_made import signal_desk

#: Addresses with the arguments that the right person gives.
ASKED: dict[str, dict[str, str]] = {
    "/api/grid": {"signal": "baf", "sample": "child", "x0": "0", "x1": "9", "y0": "0", "y1": "1"},
    "/api/segments": {"kind": "cnv", "x0": "0", "x1": "9", "w": "9"},
    "/api/arcs": {"x0": "0", "x1": "9", "w": "9"},
    "/api/event": {"row": "0"},
    "/api/signal-export": {"signal": "baf", "sample": "child", "x0": "0", "x1": "9"},
    "/api/population": {"build": "38", "x0": "0", "x1": "9", "w": "9"},
    "/api/genes": {"build": "38", "x0": "0", "x1": "9"},
}
SIZE = {"w": "9", "h": "9"}
ODD = (
    "", "nan", "inf", "-inf", "-1", "1e400", "9" * 400, "1e18", str(1 << 40), "4294967296",
    "0x10", "1;drop table", "%00", "%ff", "../../x", "a' or 1=1 --", '"\r\nX-Odd: 1', "<script>",
)  # fmt: skip
HTML = '<img src=x onerror="alert(1)">'
BED = f'track name="{HTML}"\n' + "".join(
    f"chr1\t{10 + i}\t{9_000_000 + i}\t{name}\t0\t+\t1\t2\t{colour}\n"
    for i, (name, colour) in enumerate(
        [
            (HTML, "url(javascript:alert(1))"),
            ("=cmd|' /C calc'!A0", "1,2,3);background:url(x"),
            ("@SUM(1)", "expression(alert(1))"),
            ("+1+cmd", "255,0,0"),
            ("a\\", "#f00;}"),
        ]
    )
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("pictures")
    made, _ = signal_desk(folder / "lake", variant_table(300, seed=4))
    bed = folder / "mine.bed"
    bed.write_text(BED)
    request = CaseRequest(paths=(bed,), case_id="bed", build=Build.GRCH38)
    lake = open_lake(str(folder / "lake"), settings=made.settings)
    ingest_case(lake, request, settings=made.settings)
    yield made
    made.close()


@pytest.fixture(scope="module")
def house(desk: Desk) -> Iterator[Served]:
    with served(Services(desk, desk.settings, LoopbackSignIn())) as server:
        yield server


@pytest.mark.parametrize("path", list(ASKED))
def test_odd_arguments_are_answered_or_refused_in_words(house: Served, path: str) -> None:
    given = ASKED[path] | (SIZE if path == "/api/grid" else {})
    for name in given:
        for odd in ODD:
            value = odd if odd.startswith("%") else quote(odd)
            pairs = "&".join(f"{k}={value if k == name else quote(v)}" for k, v in given.items())
            answer = house.get(f"{path}?case=demo&{pairs}")
            assert answer.status in (200, 400, 404), (name, odd, answer.body[:200])
            assert "X-Odd" not in answer.headers
            if answer.status != 200:
                assert not answer.json["error"]["code"].startswith("E-"), (name, odd)


def test_markup_and_colours_of_a_bed_stay_words(house: Served) -> None:
    answer = house.get("/api/segments?case=bed&kind=region&x0=0&x1=3000000000&w=8000")
    assert answer.headers["Content-Type"].startswith("application/json")
    found = answer.json["segments"]
    assert {s["name"] for s in found} >= {HTML, "@SUM(1)"}
    assert {s["colour"] for s in found} == {None, "255,0,0"}
    assert HTML.encode() not in house.get("/case/bed").body


def test_no_cell_of_an_export_runs(house: Served) -> None:
    answer = house.get("/api/signal-export?case=bed&kind=region&x0=0&x1=3000000000&format=csv")
    lines = [x for x in answer.body.decode().splitlines() if not x.startswith("#")]
    cells = [c.strip('"') for line in lines[1:] for c in line.split(",")]
    assert [c for c in cells if c.startswith(("=", "@", "+1+cmd"))] == []
    assert "'=cmd|' /C calc'!A0" in answer.body.decode()


# Readers who take nothing.


def test_a_room_holds_no_more_than_it_may() -> None:
    async def story() -> tuple[int, int]:
        room, most = Room(most=100, patience=5), 0

        async def one() -> None:
            nonlocal most
            async with room.take("ada", 60):
                most = max(most, room.held["ada"])
                await asyncio.sleep(0.01)

        async with room.take("bo", 100):
            await asyncio.gather(*(one() for _ in range(5)))
        return most, len(room.held)

    assert asyncio.run(story()) == (60, 0)


def test_who_waits_too_long_is_told() -> None:
    async def story() -> None:
        room = Room(most=100, patience=0.05)
        async with room.take("ada", 500):
            with pytest.raises(BusyError):
                async with room.take("ada", 1):
                    pass

    asyncio.run(story())


def test_readers_who_take_nothing_do_not_fill_the_memory(house: Served) -> None:
    port = int(house.base.rpartition(":")[2])
    path = "/api/grid?case=demo&signal=baf&sample=child&x0=0&x1=3000000000&w=4096&h=1024&as=counts"
    asked = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
    sockets = []
    for _ in range(12):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", port))
        one.sendall(asked)
        sockets.append(one)
    seen = []
    for _ in range(30):
        time.sleep(0.1)
        seen.append(sum(ROOM.held.values()))
    assert house.get("/api/signals?case=demo").status == 200
    for one in sockets:
        one.close()
    assert 0 < max(seen) <= MOST
    end = time.monotonic() + 20
    while ROOM.held and time.monotonic() < end:
        time.sleep(0.1)
    assert not ROOM.held
    assert len(house.get(path).body) == 4096 * 1024 * 4


# Deeds.

WRONG: list[Any] = [
    float("inf"), float("nan"), -1, 10**30, None, "x" * 9999, [], {}, [None], [["a"]], "\0",
    "\ud800", "<script>", ["baf", "url(x)"], ["baf:tall"] * 99, [float("inf"), float("inf")],
    {"tracks": ["<b>"]}, {"tab": "<b>"}, {"row": float("inf")}, {"columns": [["a"]]},
]  # fmt: skip
DEEDS: dict[str, dict[str, Any]] = {
    "view": {"x0": 0, "x1": 1000}, "brush": {"span": [0, 1000]}, "set": {"values": {}},
    "keep_layout": {"tracks": ["baf"]}, "colours": {"theme": "dark"}, "remove": {"index": 0},
    "move": {"index": 0, "to": 0}, "toggle": {"index": 0}, "recipe": {"name": ""},
}  # fmt: skip


def test_no_deed_breaks_the_page(desk: Desk) -> None:
    made = CaseSession(
        Services(desk, desk.settings, LoopbackSignIn()), LOCAL, desk.case(LOCAL, "demo"),
        PageState(),
    )  # fmt: skip

    async def story() -> None:
        made.start(lambda call: call())
        assert made.coordinator is not None
        await made.coordinator.settled()
        for do, good in DEEDS.items():
            for name in good:
                for wrong in WRONG:
                    made.deed({"do": do} | good | {name: wrong})
                    made.publish()
        await made.coordinator.settled()
        made.close()

    asyncio.run(story())
    kept = json.dumps([d.body for d in desk.journal.decisions(kind="layout")])
    assert "<" not in kept
    assert "url(" not in kept


def test_a_view_that_ends_before_it_begins_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    services = Services(desk, desk.settings, LoopbackSignIn())
    made = CaseSession(services, LOCAL, desk.case(LOCAL, "demo"), PageState())
    made.deed({"do": "view", "x0": 10**30, "x1": 1000})
    assert made.state.region == ""
    assert made.bridge.notice["code"] == "REGION"
