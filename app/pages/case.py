"""The case page: header, genome, filter, table and side panel over one selection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode

import panel as pn

from app.linking.services import Services
from app.linking.url import PageState, decode, parse_span
from app.pages.failed import failed_page
from app.pages.layouts import kept_layout
from app.pages.opening import opening_page
from app.pages.session import CaseSession
from app.pages.visitor import visitor
from app.theme.pages import page
from app.views.filters import described, offered
from app.views.genome import MOST_PEOPLE, STRUCTURAL, person, tracks
from app.views.header import header
from app.views.pedigree import pedigree_svg
from app.views.table import SHOWN_PEOPLE, shown_columns
from data_layer.errors import InputError, NorrskenError, RefusedError
from data_layer.query.access import Actor
from data_layer.query.case import CaseQuery
from data_layer.region import NAMES, Build
from data_layer.schema import CLASSES


def case_page(services: Services, case_id: str) -> pn.Template:
    """Open a case for the person who asks; the opening is recorded before any data leave.

    A large case that nobody has open yet is read in a worker thread: until then a page stands in.
    """
    who = "not known"
    try:
        actor = visitor(services)
        who = f"{actor.name}. {services.sign_in.note}"
        state, note = _address(_search())
        if not services.desk.at_hand(actor, case_id, state.version):
            return opening_page(case_id, state.version, who)
        case = services.desk.open(actor, case_id, state.version)
        journal = services.desk.journal.position()
        if not state.tracks:
            kept = kept_layout(services.desk.journal, actor.id, case.info.kind)
            state = replace(state, tracks=kept)
        try:
            parse_span(Build(case.info.build), state.region)
            parse_span(Build(case.info.build), state.brush)
            session = CaseSession(services, actor, case, state)
            session.start(_on_session_loop())
        except InputError as error:
            note, state = error.problem.line(), PageState(theme=state.theme, version=state.version)
            session = CaseSession(services, actor, case, state)
            session.start(_on_session_loop())
    except NorrskenError as error:
        return failed_page(error.problem, who, refused=isinstance(error, RefusedError))
    pn.state.on_session_destroyed(lambda context: session.close())
    return _draw(session, case, actor, journal, who, note)


def _draw(
    session: CaseSession, case: CaseQuery, actor: Actor, journal: int, who: str, note: str
) -> pn.Template:
    info, build = case.info, Build(case.info.build)
    rows = tracks(info, case.signals(), case.segment_infos())
    session.bridge.boot = {
        "case": info.case_id,
        "kind": info.kind,
        "build": build.value,
        "sizes": list(build.sizes),
        "offsets": list(build.offsets),
        "names": list(NAMES),
        "classes": list(CLASSES),
        "people": [person(p) for p in info.samples],
        "most_people": MOST_PEOPLE,
        "tracks": [asdict(t) for t in rows],
        "columns": shown_columns(info.samples, has_rank=info.has_rank),
        "fields": described(),
        "recipes": offered(info),
        "total": info.total,
        "class_counts": dict(info.class_counts),
    }
    panels: dict[str, Any] = {"bridge": session.bridge, **session.charts()}
    tree = pedigree_svg(info.samples if len(info.samples) <= SHOWN_PEOPLE else ())
    head = header(info, tree, journal, actor.name)
    structural = sum(info.class_counts.get(c, 0) for c in STRUCTURAL)
    title = f"{info.name or info.case_id} · Norrsken"
    shown = {"head": head, "who": who, "note": note, "rail": "case"}
    return page("case.html", title, panels, structural=structural, tab=session.state.tab, **shown)


def _search() -> str:
    args = pn.state.session_args or {}
    pairs = [(k, v.decode("utf-8", "replace")) for k, values in args.items() for v in values]
    return urlencode(pairs)


def _address(text: str) -> tuple[PageState, str]:
    try:
        return decode(text), ""
    except InputError as error:
        return PageState(), error.problem.line()


def _on_session_loop() -> Callable[[Callable[[], None]], None]:
    document = pn.state.curdoc
    assert document is not None

    def apply(call: Callable[[], None]) -> None:
        def held() -> None:
            with pn.io.hold():
                call()

        document.add_next_tick_callback(held)

    return apply
