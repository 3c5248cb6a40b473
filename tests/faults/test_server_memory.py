"""Memory of the server after many zooms in many sessions comes back to where it began."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.query_rows import BUILD, variant_table
from tests.served import free_port
from tests.signals_made import signal_desk

TOP = sum(BUILD.sizes)
SESSIONS, ZOOMS = 10, 300
HAVE = {"child": ("coverage", "baf"), "dad": ("coverage",), "mum": ("coverage",)}
WAVES = [(p, s) for p, names in HAVE.items() for s in names]
RUN = "from app.main import serve; from data_layer.settings import Settings; serve(Settings.load())"


class Server:
    """A server in a process of its own, whose memory is its own."""

    def __init__(self, lake: Path) -> None:
        self.port = free_port()
        env = os.environ | {
            "NORRSKEN_LAKE": str(lake),
            "NORRSKEN_PORT": str(self.port),
            "NORRSKEN_CACHE_MB": "48",
            "NORRSKEN_MEMORY_MB": "512",
        }
        self.process = subprocess.Popen([sys.executable, "-c", RUN], env=env)
        self.base = f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.base + path, timeout=60) as reply:
            return bytes(reply.read())

    def wait(self) -> None:
        for _ in range(300):
            try:
                self.get("/readyz")
                return
            except OSError:
                assert self.process.poll() is None, "the server ended"
                time.sleep(0.2)
        raise AssertionError("the server did not answer in a minute")

    @property
    def resident(self) -> int:
        """Resident memory in KiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(x.split()[1]) for x in status.splitlines() if x.startswith("VmRSS"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    desk, _ = signal_desk(tmp_path / "lake", variant_table(60_000, seed=2), each=60_000, have=HAVE)
    desk.close()
    made = Server(tmp_path / "lake")
    try:
        made.wait()
        yield made
    finally:
        made.process.terminate()
        made.process.wait(30)


def zoom(server: Server, dice: random.Random) -> None:
    """Ask for a picture of a random view, and count what comes."""
    person, signal = dice.choice(WAVES)
    span = int(TOP * 10 ** dice.uniform(-4.5, 0))
    x0 = dice.randrange(max(1, TOP - span))
    asked = f"signal={signal}&sample={person}"
    if dice.random() < 0.2:
        asked = dice.choice(["picture=density", f"picture=vaf&sample={person}"])
    tail = f"&x0={x0}&x1={x0 + span}&w=1200&h=120&as=counts"
    body = server.get(f"/api/grid?case=demo&{asked}{tail}")
    assert np.frombuffer(body, "<u4").size == 1200 * 120


def visit(server: Server, seed: int, zooms: int) -> None:
    """Open a page and its connection as a browser does, zoom, and leave."""
    dice = random.Random(seed)
    page = server.get("/case/demo").decode()
    token = page.split('"token":"')[1].split('"')[0]
    address = server.base.replace("http", "ws") + "/case/demo/ws"

    async def stay() -> None:
        request = HTTPRequest(address, headers={"Origin": server.base})
        socket = await websocket_connect(request, subprotocols=["bokeh", token])
        await asyncio.wait_for(socket.read_message(), 30)
        for _ in range(zooms):
            await asyncio.to_thread(zoom, server, dice)
        socket.close()

    asyncio.run(stay())


def visits(server: Server, people: int, zooms: int, seed: int) -> None:
    with ThreadPoolExecutor(people) as pool:
        list(pool.map(lambda i: visit(server, seed + i, zooms), range(people)))


def settled(server: Server) -> int:
    """Memory once the sessions that were left have been let go, in KiB."""
    time.sleep(22)
    return server.resident


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_comes_back(server: Server) -> None:
    visits(server, SESSIONS, 30, seed=1)
    start = settled(server)
    visits(server, SESSIONS, ZOOMS // SESSIONS, seed=100)
    end = settled(server)
    assert end <= start * 1.1, f"{start} KiB at the start, {end} KiB after {ZOOMS} zooms"
    sys.stdout.write(f"resident: {start} KiB at the start, {end} KiB after {ZOOMS} zooms\n")
