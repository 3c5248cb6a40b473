"""Deeds of a person change the selection, and the selection drives what is asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.linking.services import LoopbackSignIn, Services
from app.linking.url import MOST_STEPS, Entry, PageState, decode
from app.pages.layouts import kept_layout
from app.pages.session import CaseSession
from data_layer.query.access import LOCAL
from data_layer.query.desk import Desk
from data_layer.query.filters import parse_filters
from tests.query_rows import open_desk, plain, variant_table

ROWS = variant_table(3000)
RARE = {"do": "add", "field": "gnomad_af", "op": "<", "value": "0.01", "missing": "keep"}
HIGH = {"do": "add", "field": "impact", "op": "in", "value": "HIGH", "missing": "drop"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = open_desk(tmp_path_factory.mktemp("lake"), ROWS)
    yield made
    made.close()


def session(desk: Desk, state: PageState | None = None) -> CaseSession:
    services = Services(desk, desk.settings, LoopbackSignIn())
    return CaseSession(services, LOCAL, desk.case(LOCAL, "demo"), state or PageState())


def at_once(call: Callable[[], None]) -> None:
    call()


def told(desk: Desk, *deeds: dict[str, Any], state: PageState | None = None) -> CaseSession:
    """A session after some deeds, with every view answered."""
    made = session(desk, state)

    async def story() -> None:
        made.start(at_once)
        assert made.coordinator is not None
        await made.coordinator.settled()
        for deed in deeds:
            made.deed(deed)
            await made.coordinator.settled()
        made.close()

    asyncio.run(story())
    return made


def kept(test: Callable[[dict[str, Any]], bool]) -> int:
    return sum(map(test, plain(ROWS)))


def is_rare(row: dict[str, Any]) -> bool:
    return row["gnomad_af"] is None or row["gnomad_af"] < 0.01


def test_the_first_answer_is_every_call(desk: Desk) -> None:
    funnel = told(desk).bridge.funnel
    assert funnel["face"] == "ready"
    assert [s["after"] for s in funnel["steps"]] == [3000]


def test_steps_count_what_the_rows_say(desk: Desk) -> None:
    steps = told(desk, RARE, HIGH).bridge.funnel["steps"]
    assert [s["after"] for s in steps] == [
        3000,
        kept(is_rare),
        kept(lambda r: is_rare(r) and r["impact"] == "HIGH"),
    ]


def test_an_address_of_joined_filters_counts_each_as_a_step(desk: Desk) -> None:
    state = decode("f=gnomad_af~lt~0.01~keep%3Bimpact~in~HIGH")
    made = told(desk, state=state)
    assert len(made.bridge.state["filters"]) == 2
    assert [s["after"] for s in made.bridge.funnel["steps"]] == [
        3000,
        kept(is_rare),
        kept(lambda r: is_rare(r) and r["impact"] == "HIGH"),
    ]


def test_a_step_switched_off_stays_in_the_list(desk: Desk) -> None:
    made = told(desk, RARE, HIGH, {"do": "toggle", "index": 0})
    assert [f["on"] for f in made.bridge.state["filters"]] == [False, True]
    assert made.bridge.funnel["steps"][-1]["after"] == kept(lambda r: r["impact"] == "HIGH")
    again = decode(made.bridge.state["search"])
    assert [e.on for e in again.filters] == [False, True]


def test_order_and_removal(desk: Desk) -> None:
    made = told(desk, RARE, HIGH, {"do": "move", "index": 1, "to": 0})
    assert made.bridge.state["filters"][0]["text"].startswith("impact")
    made = told(desk, RARE, HIGH, {"do": "remove", "index": 0})
    assert [f["text"].split("~")[0] for f in made.bridge.state["filters"]] == ["impact"]


def test_the_brush_filters_everything_but_the_pictures(desk: Desk) -> None:
    made = told(desk, RARE, {"do": "brush", "span": [0, 248_956_422]})
    state = made.bridge.state
    assert state["brush_text"] == "chr1:1-248,956,422"
    assert len(parse_filters(state["f"])) == 2
    assert len(parse_filters(state["f_pictures"])) == 1
    on_chr1 = kept(lambda r: r["chrom"] == 1)
    assert made.bridge.brushed == {"face": "ready", "text": "chr1:1-248,956,422", "count": on_chr1}
    assert made.bridge.funnel["steps"][1]["after"] == on_chr1
    cleared = told(desk, {"do": "brush", "span": [0, 99]}, {"do": "brush", "span": None})
    assert cleared.bridge.state["brush"] is None
    assert cleared.bridge.brushed == {}


def test_a_wrong_value_is_said_and_changes_nothing(desk: Desk) -> None:
    made = told(desk, RARE, {**RARE, "value": "many"})
    assert len(made.bridge.state["filters"]) == 1
    assert made.bridge.notice["code"] == "FILTER"
    assert made.bridge.notice["deed"] == "add"


@pytest.mark.parametrize(
    "deed",
    [
        {"do": "remove", "index": 7},
        {"do": "remove", "index": -1},
        {"do": "move", "index": 0},
        {"do": "brush", "span": ["a", 2]},
        {"do": "set", "values": None},
        {"do": "set", "values": {"page": "x"}},
        {"do": "set", "values": {"page": -1, "row": [1]}},
        {"do": "set", "values": {"theme": "<b>"}},
        {"do": "recipe", "name": "no-such"},
        {"do": "add"},
        {"do": "nothing of the kind"},
        {},
    ],
)
def test_no_deed_breaks_the_page(desk: Desk, deed: dict[str, Any]) -> None:
    made = told(desk, RARE, deed)
    assert len(made.bridge.state["filters"]) == 1
    assert made.bridge.funnel["face"] == "ready"


def test_a_new_order_begins_at_the_first_page(desk: Desk) -> None:
    made = told(
        desk, {"do": "set", "values": {"page": 5}}, {"do": "set", "values": {"sort": "qual:asc"}}
    )
    assert (made.state.page, made.bridge.state["sort"]) == (1, "qual:asc")
    assert told(desk).bridge.state["sort"] == "rank_score:desc"


def test_only_known_parts_of_the_state_can_be_set(desk: Desk) -> None:
    made = told(desk, {"do": "set", "values": {"version": 0, "filters": ["x"], "row": 4}})
    assert made.state.version is None
    assert made.state.filters == ()
    assert made.state.row == 4


def test_a_recipe_brings_its_steps(desk: Desk) -> None:
    made = told(desk, {"do": "recipe", "name": "rare-de-novo"})
    assert made.bridge.state["recipe"] == "rare-de-novo"
    assert len(made.bridge.state["filters"]) == 3
    assert told(desk, {"do": "recipe", "name": ""}).bridge.state["filters"] == []


def test_the_address_reopens_the_page(desk: Desk) -> None:
    first = told(
        desk,
        RARE,
        {"do": "brush", "span": [5, 5000]},
        {"do": "view", "x0": 10, "x1": 9000},
        {"do": "set", "values": {"row": 3, "picked": [1, 2], "columns": ["gene"]}},
    )
    again = told(desk, state=decode(first.bridge.state["search"]))
    assert again.bridge.state == first.bridge.state
    assert again.bridge.funnel["steps"] == first.bridge.funnel["steps"]
    assert first.bridge.state["region"] == [10, 9000]


def test_refresh_keeps_the_row_of_an_unchanged_case(desk: Desk) -> None:
    made = told(desk, {"do": "set", "values": {"row": 7}}, {"do": "refresh"})
    assert made.state.row == 7
    assert made.bridge.state["lake"] == desk.lake.version()


def test_a_tab_keeps_its_classes_and_its_own_columns(desk: Desk) -> None:
    to_sv = {"do": "set", "values": {"tab": "sv"}}
    first = {"do": "set", "values": {"columns": ["gene"], "sort": "qual:asc", "page": 3}}
    made = told(desk, first, to_sv)
    wanted = kept(lambda r: r["class"] in ("sv", "cnv", "bnd"))
    assert made.bridge.funnel["steps"][-1]["after"] == wanted > 0
    assert "tab=sv" in made.bridge.state["search"]
    assert parse_filters(made.bridge.state["f_pictures"]) == ()
    assert (made.state.columns, made.state.sort, made.state.page) == ((), "", 1)
    back = told(desk, first, to_sv, {"do": "set", "values": {"tab": ""}})
    assert (back.state.columns, back.state.sort, back.state.page) == (("gene",), "qual:asc", 3)
    assert back.bridge.funnel["steps"][-1]["after"] == 3000


def test_a_page_holds_at_most_so_many_steps(desk: Desk) -> None:
    full = PageState(filters=tuple(Entry(f"qual>={i}") for i in range(MOST_STEPS)))
    made = told(desk, RARE, state=full)
    assert made.bridge.notice["code"] == "STEPS"
    assert "200" in made.bridge.notice["message"]
    assert len(made.state.filters) == MOST_STEPS


def test_a_layout_is_kept_for_its_person_and_kind(desk: Desk) -> None:
    made = told(desk, {"do": "keep_layout", "tracks": ["rank:tall", "density"]})
    assert made.bridge.told["about"] == "layout"
    assert kept_layout(desk.journal, "local", "rare") == ("rank:tall", "density")
    assert kept_layout(desk.journal, "local", "cancer") == ()
    assert kept_layout(desk.journal, "anna", "rare") == ()
    wrong = told(desk, {"do": "keep_layout", "tracks": ["<b>"]})
    assert wrong.bridge.notice["code"] == "ADDRESS"
    assert kept_layout(desk.journal, "local", "rare") == ("rank:tall", "density")


def test_a_newer_version_is_read_beside_the_loop(desk: Desk) -> None:
    seen: list[int] = []
    real = desk.cases

    def cases(*args: Any) -> Any:
        seen.append(threading.get_ident())
        return real(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk, "cases", cases)
        made = told(desk, {"do": "newer", "lake": desk.lake.version()})
    assert made.bridge.newest["changed"] is False
    assert seen
    assert threading.get_ident() not in seen
