"""A real server over a made lake, and a browser that may reach nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from app.linking.services import LoopbackSignIn, Services
from data_layer.errors import RefusedError
from data_layer.query.access import LOCAL, Actor
from data_layer.query.desk import Desk
from tests.query_rows import open_desk, variant_table, write_case
from tests.served import Served, served

ROWS = variant_table(4000)
EVIL = '<img src=x onerror="window.hurt=1">'
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
CHROMIUM = Path("/usr/bin/chromium")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "page(**options): how the browser opens the test's page")


class HeaderSignIn(LoopbackSignIn):
    """Whoever the header names; the local administrator without one."""

    def actor(self, headers: Mapping[str, str]) -> Actor:
        name = headers.get("X-Person", "")
        if name == "nobody":
            raise RefusedError("SIGN-IN", "this address", "nobody is signed in", "Sign in.")
        return Actor(name, name) if name else LOCAL


@dataclass
class House:
    """The running server and its desk."""

    server: Served
    desk: Desk
    cases: dict[str, int] = field(default_factory=dict)


def evil_rows(n: int = 50) -> pa.Table:
    """Rows whose every free text is markup."""
    table = variant_table(n)
    for name in ("gene", "hgvsc", "hgvsp", "consequence", "clinvar_sig", "id", "info"):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, table.schema.field(at), pa.array([EVIL] * n))
    return table


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    desk = open_desk(tmp_path_factory.mktemp("lake"), ROWS)
    write_case(desk.lake, "evil", evil_rows(), people=(EVIL, "<b>dad</b>", "mum'\""))
    services = Services(desk, desk.settings, HeaderSignIn())
    # numba compiles the shading on its first use, which is no part of any test here.
    with served(services) as server:
        server.get("/api/grid?case=demo&picture=density&x0=0&x1=3000000000&w=50&h=8")
        yield House(server, desk)
    desk.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        path = str(CHROMIUM) if CHROMIUM.exists() else None
        made = play.chromium.launch(executable_path=path, args=FLAGS)
        yield made
        made.close()


@dataclass
class Visit:
    """A page with what it asked for and complained of."""

    page: Page
    base: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go there and wait until the page says that it is ready and the rows have come."""
        self.page.goto(self.base + path)
        self.page.wait_for_selector("html[data-ready=yes]", timeout=30_000)
        return self.page

    def case(self, query: str = "", name: str = "demo") -> Page:
        page = self.open(f"/case/{name}{query}")
        page.wait_for_function(
            "norrsken.table.answer !== null && norrsken.genome.tracks.every(t => t.rows !== null)"
        )
        return page

    def js(self, text: str) -> Any:
        return self.page.evaluate(text)


@pytest.fixture
def visit(house: House, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    marker = request.node.get_closest_marker("page")
    options = marker.kwargs if marker else {}
    # Playwright asks a page by evaluating text, which ours forbid: one test keeps the policy on.
    usual = {"viewport": {"width": 1600, "height": 1000}, "color_scheme": "light"}
    context = browser.new_context(**(usual | {"bypass_csp": True} | options))
    page = context.new_page()
    made = Visit(page, house.server.base)
    page.on("request", lambda r: made.asked.append(r.url))
    page.on("pageerror", lambda e: made.complaints.append(str(e)))
    page.on("console", lambda m: made.complaints.append(m.text) if m.type == "error" else None)
    yield made
    context.close()
