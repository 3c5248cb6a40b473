"""Attacks on the running server: forged sessions, foreign sites, the page library's own routes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import pytest
from bokeh.util.token import generate_jwt_token, generate_session_id
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from app.linking.opening import open_desk
from app.linking.services import LoopbackSignIn, Services
from app.main import build_server
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.query.access import LOCAL
from data_layer.region import Build
from data_layer.settings import Settings
from tests.made import small_trio
from tests.security.test_routes import NamedSignIn
from tests.served import Served, served

ANNA, BO = {"X-Person": "anna"}, {"X-Person": "bo"}
SECRET = b"Secret family name"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("door")
    desk = open_desk(Settings(lake=str(folder / "lake")), create=True)
    vcf, ped = small_trio(folder / "files")
    request = CaseRequest(
        paths=(vcf,), case_id="hers", ped=ped, build=Build.GRCH38, name=SECRET.decode()
    )
    ingest_case(desk.lake, request)
    desk.journal.grant(LOCAL.id, "anna", "see_case", "case", "hers")
    yield Services(desk, desk.settings, NamedSignIn())
    desk.close()


@pytest.fixture(scope="module")
def house(services: Services) -> Iterator[Served]:
    with served(services) as server:
        yield server


@pytest.fixture(scope="module")
def local(services: Services) -> Iterator[Served]:
    with served(Services(services.desk, services.settings, LoopbackSignIn())) as server:
        yield server


def forged(**headers: str) -> str:
    """A session token that says who asks, written by the attacker."""
    return str(
        generate_jwt_token(
            generate_session_id(signed=False),
            signed=False,
            expiration=3600,
            extra_payload={"headers": headers, "cookies": {}, "arguments": {}},
        )
    )


def token_of(page: bytes) -> str:
    return page.decode().split('"token":"')[1].split('"')[0]


def socket_status(house: Served, token: str, origin: str | None = None, **headers: str) -> int:
    """Open the socket of Anna's page: 101 when it opens, else the status of the refusal."""
    url = house.base.replace("http", "ws") + "/case/hers/ws"
    headers |= {"Origin": origin or house.base}

    async def ask() -> int:
        try:
            request = HTTPRequest(url, headers=headers)
            socket = await websocket_connect(request, subprotocols=["bokeh", token])
        except HTTPClientError as error:
            return int(error.code)
        first = await asyncio.wait_for(socket.read_message(), 20)
        socket.close()
        return 101 if first is not None else 0

    return asyncio.run(ask())


def test_the_right_person_sees_the_secret(house: Served) -> None:
    assert SECRET in house.get("/case/hers", **ANNA).body
    assert SECRET not in house.get("/case/hers", **BO).body


def test_a_forged_token_names_nobody(house: Served) -> None:
    answer = house.get(f"/case/hers?bokeh-token={forged(**ANNA)}", **BO)
    assert answer.status == 403
    assert SECRET not in answer.body


def test_a_rebound_name_with_a_forged_token_reads_nothing(local: Served) -> None:
    assert SECRET in local.get("/case/hers").body
    token = forged(Host="localhost:5006")
    answer = local.get(f"/case/hers?bokeh-token={token}", Host="evil.example:5006")
    assert SECRET not in answer.body
    assert SECRET not in local.get("/case/hers", Host="evil.example:5006").body


@pytest.mark.parametrize("way", ["argument", "header"])
def test_a_session_cannot_be_chosen(house: Served, way: str) -> None:
    if way == "argument":
        answer = house.get("/case/hers?bokeh-session-id=known", **ANNA)
    else:
        answer = house.get("/case/hers", **ANNA, **{"Bokeh-Session-Id": "known"})
    assert answer.status == 403
    assert SECRET not in answer.body


def test_sockets_open_for_whom_the_page_was_made(house: Served) -> None:
    token = token_of(house.get("/case/hers", **ANNA).body)
    assert socket_status(house, token, **ANNA) == 101


def test_sockets_refuse_everyone_else(house: Served) -> None:
    token = token_of(house.get("/case/hers", **ANNA).body)
    assert socket_status(house, token, **BO) == 403
    assert socket_status(house, token) == 403
    assert socket_status(house, token, origin="http://evil.example", **ANNA) == 403
    assert socket_status(house, forged(**ANNA), **BO) == 403
    assert socket_status(house, forged(**ANNA), **ANNA) in (0, 403)
    assert socket_status(house, "rubbish", **ANNA) == 403


def test_sockets_refuse_a_rebound_name(local: Served) -> None:
    token = token_of(local.get("/case/hers").body)
    assert socket_status(local, token) == 101
    assert socket_status(local, token, Host="evil.example:5006") == 403


def test_port_nought_does_not_open_the_socket_to_every_site(services: Services) -> None:
    async def made() -> set[str]:
        server = build_server(services, port=0)
        origins = set(server._tornado.websocket_origins)
        server.stop()
        return origins

    assert all(o.partition(":")[0] in ("localhost", "127.0.0.1") for o in asyncio.run(made()))


@pytest.mark.parametrize(
    "path",
    [
        "/case/hers/autoload.js?bokeh-autoload-element=x",
        "/autoload.js?bokeh-autoload-element=x",
        "/case/hers/metadata",
        "/metadata",
    ],
)
def test_no_page_can_be_embedded(services: Services, house: Served, path: str) -> None:
    before = services.desk.journal.accesses()
    answer = house.get(path, **ANNA, Origin="http://evil.example")
    assert answer.status == 404
    assert answer.headers.get("Access-Control-Allow-Origin") is None
    assert services.desk.journal.accesses() == before


def test_an_address_imports_no_module(house: Served) -> None:
    sys.modules.pop("this", None)
    assert house.get("/components/this/x/y/z").status == 404
    assert "this" not in sys.modules


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("path", "dest"),
    [
        ("/api/export?case=hers&format=csv", "document"),
        ("/api/rows?case=hers", "empty"),
        ("/case/hers", "iframe"),
        ("/case/hers", "image"),
        ("/", "script"),
    ],
)
def test_another_site_loads_nothing(
    services: Services, local: Served, site: str, path: str, dest: str
) -> None:
    before = services.desk.journal.accesses()
    answer = local.get(path, **{"Sec-Fetch-Site": site, "Sec-Fetch-Dest": dest})
    assert answer.status == 403
    assert services.desk.journal.accesses() == before


def test_another_site_may_link_to_a_page(local: Served) -> None:
    linked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    assert SECRET in local.get("/case/hers", **linked).body


@pytest.mark.parametrize("path", ["/", "/case/hers", "/api/cases", "/nothing/here"])
def test_every_answer_stays_out_of_frames_and_stores(local: Served, path: str) -> None:
    headers = local.get(path).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers.get("Server") is None
    if path != "/nothing/here":
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("dots", ["..", "%2e%2e", "%2E."])
def test_assets_have_no_way_up(local: Served, dots: str) -> None:
    assert local.get("/assets/css/tokens.css").status == 200
    assert local.get(f"/assets/css/{dots}/reference/sources.tsv").status == 404


@pytest.mark.parametrize("path", ["/case/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/case/hers?region=%3Cscript%3Ealert(1)%3C/script%3E", "/case/hers?theme=%3Cscript%3Ealert(1)%3C/script%3E"])  # fmt: skip # noqa: E501
def test_an_address_writes_no_script(local: Served, path: str) -> None:
    assert b"<script>alert" not in local.get(path).body
