"""Every live address refuses who may not ask: nobody, the wrong person, a foreign host name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.api.handler import ActorHandler
from app.api.routes import TABLE, routes
from app.linking.opening import open_desk
from app.linking.services import LoopbackSignIn, Services
from data_layer.errors import RefusedError
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.query.access import LOCAL, Actor
from data_layer.query.arcs import ARC_CLASSES
from data_layer.query.desk import Desk
from data_layer.region import Build
from data_layer.settings import Settings
from tests.made import small_trio
from tests.query_rows import plain, variant_table
from tests.served import Served, served
from tests.signals_made import write_signal_case

CALLS = variant_table(400, seed=5)
EVENT = next(r["row_id"] for r in plain(CALLS) if r["class"] in ARC_CLASSES)
#: Arguments with which each address would answer the right person; a word behind # tells apart
#: two ways to ask the same address.
ASKED = {
    "/api/grid": "&picture=density&x0=0&x1=3000000000&w=200&h=80",
    "/api/rows": "&size=5",
    "/api/place": "&row=0",
    "/api/variant": "&row=0",
    "/api/funnel": "",
    "/api/why": "&q=chr1:1000",
    "/api/marks": "&x0=0&x1=3000000000&w=200",
    "/api/find": "&q=BRCA1",
    "/api/export": "&format=csv",
    "/api/grid#signal": "&sample=child&signal=coverage&x0=0&x1=3000000000&w=200&h=80",
    "/api/signals": "",
    "/api/segments": "&kind=cnv&x0=0&x1=3000000000&w=200",
    "/api/arcs": "&x0=0&x1=3000000000&w=200",
    "/api/event": f"&row={EVENT}",
    "/api/detect": "",
    "/api/signal-export": "&sample=child&signal=coverage&x0=0&x1=3000000000&format=csv",
    "/api/signal-export#kind": "&kind=roh&x0=0&x1=3000000000&format=parquet",
}
#: Asked of the case that has signals beside its calls.
WAVES = {a for a in ASKED if any(w in a for w in ("signal", "segments", "arcs", "event", "detect"))}


def address(asked: str, owner: str = "hers") -> str:
    """The whole address of a key of ``ASKED``."""
    case = f"waves-{owner}" if asked in WAVES else owner
    return f"{asked.partition('#')[0]}?case={case}{ASKED[asked]}"


class NamedSignIn:
    """Takes the person's name from a header, as a proxy in front would set it."""

    note = "A test's own sign-in."
    local = True

    def actor(self, headers: Mapping[str, str]) -> Actor:
        name = headers.get("X-Person", "")
        if not name:
            raise RefusedError("SIGN-IN", "this address", "nobody is signed in", "Sign in.")
        return Actor(name, name, frozenset(), frozenset())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("lake")
    desk = open_desk(Settings(lake=str(folder / "lake")), create=True)
    for name in ("hers", "his"):
        vcf, ped = small_trio(folder / name)
        request = CaseRequest(paths=(vcf,), case_id=name, ped=ped, build=Build.GRCH38)
        ingest_case(desk.lake, request)
        write_signal_case(desk.lake, f"waves-{name}", CALLS, each=50)
    for person, owner in (("anna", "hers"), ("bo", "his")):
        for case in (owner, f"waves-{owner}"):
            desk.journal.grant(LOCAL.id, person, "see_case", "case", case)
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def house(desk: Desk) -> Iterator[Served]:
    with served(Services(desk, desk.settings, NamedSignIn())) as server:
        yield server


@pytest.fixture(scope="module")
def alone(desk: Desk) -> Iterator[Served]:
    with served(Services(desk, desk.settings, LoopbackSignIn())) as server:
        yield server


def test_every_route_is_asked() -> None:
    case_routes = {p for p, h in TABLE if p.startswith("/api/") and not h.public}
    free_of_cases = {"/api/cases", "/api/version", "/api/bands", "/api/genes", "/api/population",
                     "/api/hpo", "/api/phenotext"}  # fmt: skip
    assert case_routes - free_of_cases == {a.partition("#")[0] for a in ASKED}


def test_every_handler_derives_from_the_one_class(house: Served) -> None:
    assert all(issubclass(h, ActorHandler) for _, h in TABLE)
    assert {p for p, h in TABLE if h.public} == {"/healthz", "/readyz", "/assets/(.*)"}


@pytest.mark.parametrize("path", [p for p, h in TABLE if not h.public])
def test_nobody_gets_nothing(house: Served, path: str) -> None:
    answer = house.get(f"{path}?case=hers{ASKED.get(path, '')}&build=GRCh38&x0=0&x1=1000&w=10")
    assert answer.status == 403
    assert answer.json["error"]["code"] == "SIGN-IN"


@pytest.mark.parametrize("asked", list(ASKED))
def test_nobody_gets_nothing_of_a_case(house: Served, asked: str) -> None:
    answer = house.get(address(asked))
    assert answer.status == 403
    assert answer.json["error"]["code"] == "SIGN-IN"


@pytest.mark.parametrize("asked", list(ASKED))
def test_the_right_person_is_answered(house: Served, asked: str) -> None:
    answer = house.get(address(asked), **{"X-Person": "anna"})
    assert answer.status == 200, answer.body[:300]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("asked", list(ASKED))
def test_the_wrong_person_is_refused(house: Served, asked: str) -> None:
    answer = house.get(address(asked), **{"X-Person": "bo"})
    assert answer.status in (403, 404)
    assert set(answer.json) == {"error"}
    assert b"STXBP1" not in answer.body


@pytest.mark.parametrize("asked", list(ASKED))
def test_another_site_is_refused(house: Served, asked: str) -> None:
    strange = {"X-Person": "anna", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "empty"}
    answer = house.get(address(asked), **strange)
    assert (answer.status, answer.json["error"]["code"]) == (403, "REQUEST")


@pytest.mark.parametrize("asked", list(ASKED))
def test_a_foreign_host_name_is_refused(alone: Served, asked: str) -> None:
    assert alone.get(address(asked)).status == 200
    answer = alone.get(address(asked), Host="evil.example:5006")
    assert (answer.status, answer.json["error"]["code"]) == (403, "SIGN-IN")


def test_a_case_that_is_hidden_and_one_that_is_not_there_sound_alike(house: Served) -> None:
    hidden = house.get("/api/funnel?case=hers", **{"X-Person": "bo"})
    absent = house.get("/api/funnel?case=none", **{"X-Person": "bo"})
    assert hidden.status == absent.status
    assert hidden.json["error"]["code"] == absent.json["error"]["code"]


def test_lists_show_only_what_one_may_open(house: Served) -> None:
    listed = house.get("/api/cases", **{"X-Person": "bo"}).json["cases"]
    assert [c["case_id"] for c in listed] == ["his", "waves-his"]
    page = house.get("/", **{"X-Person": "bo"})
    assert page.status == 200
    assert b"hers" not in page.body


def test_pages_hold_no_data_for_the_wrong_person(house: Served) -> None:
    assert b"proband" in house.get("/case/hers", **{"X-Person": "anna"}).body.lower()
    for headers in ({"X-Person": "bo"}, {}):
        assert b"proband" not in house.get("/case/hers", **headers).body.lower()


def test_loopback_refuses_a_foreign_name() -> None:
    sign_in = LoopbackSignIn()
    assert sign_in.actor({"Host": "localhost:5006"}) is LOCAL
    assert sign_in.actor({"Host": "[::1]:5006"}) is LOCAL
    for host in ("evil.example:5006", "localhost.evil.example", "", "127.0.0.1.evil.example"):
        with pytest.raises(RefusedError):
            sign_in.actor({"Host": host})


def test_assets_stay_inside_their_folders(house: Served) -> None:
    for path in ("/assets/reference/sources.tsv", "/assets/../pyproject.toml", "/assets/css/../../pyproject.toml"):  # fmt: skip # noqa: E501
        assert house.get(path).status in (403, 404)


def test_routes_hand_over_the_services(tmp_path: Path) -> None:
    marker = object()
    assert all(kw == {"services": marker} for _, _, kw in routes(marker))  # type: ignore[arg-type]
