"""A real server on a free port, for tests that ask over HTTP or in a browser."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.linking.services import Services
from app.main import build_server


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Served:
    """A running server."""

    base: str

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask(urllib.request.Request(self.base + path, headers=headers))

    def post(self, path: str, body: bytes, **headers: str) -> Answer:
        return self._ask(urllib.request.Request(self.base + path, body, headers, method="POST"))

    @staticmethod
    def _ask(request: urllib.request.Request) -> Answer:
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return Answer(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())


@contextmanager
def served(services: Services) -> Iterator[Served]:
    """Run the app in a thread with a loop of its own until the block ends."""
    port, up, stop = free_port(), threading.Event(), threading.Event()
    failure: list[BaseException] = []

    def run() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            server = build_server(services, port=port)
            server.start()

            async def main() -> None:
                up.set()
                while not stop.is_set():
                    await asyncio.sleep(0.05)

            loop.run_until_complete(main())
            server.stop()
            loop.run_until_complete(asyncio.sleep(0))
        except BaseException as error:
            failure.append(error)
            up.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert up.wait(60), "the server did not start in a minute"
    if failure:
        raise failure[0]
    try:
        yield Served(f"http://127.0.0.1:{port}")
    finally:
        stop.set()
        thread.join(20)
