"""One open case page: its state, its selection, and what each deed of the person changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from app.linking.coordinator import Apply, Coordinator
from app.linking.selection import Clause, Selection
from app.linking.services import Services
from app.linking.url import (
    Entry,
    PageState,
    check_steps,
    decode,
    encode,
    parse_span,
    read_tracks,
    span_regions,
    span_text,
)
from app.pages.layouts import keep_layout
from app.views.bridge import Bridge
from app.views.brush import BrushClient
from app.views.checks import ChecksClient
from app.views.filters import entered, short, within
from app.views.funnel import FunnelClient
from app.views.genome import STRUCTURAL
from app.views.header import KIND_WORDS
from data_layer.errors import InputError, NorrskenError
from data_layer.query.access import Actor, CaseInfo, CaseQuery
from data_layer.query.filters import Filter, filters_url, parse_filters
from data_layer.query.recipes import recipe
from data_layer.region import Build

T = TypeVar("T")
#: What a tab keeps of the calls, where it does not keep all.
TAB_FILTERS: dict[str, tuple[Filter, ...]] = {"sv": (Filter("class", "in", STRUCTURAL),)}
#: Pictures are never filtered by the brush drawn on them.
PICTURES = frozenset({"pictures"})
ORDER = ("tab", "brush", "filters")
PLAIN = (
    "sort", "page", "size", "columns", "person", "row", "theme", "picture", "picked", "tracks",
    "tab",
)  # fmt: skip


class CaseSession:
    """The single writer of a page's selection; the browser sends deeds, never state."""

    def __init__(self, services: Services, actor: Actor, case: CaseQuery, state: PageState) -> None:
        self.services = services
        self.actor = actor
        self.case = case
        self.build = Build(case.info.build)
        self.state = state
        self.selection = Selection(ORDER)
        self.bridge = Bridge(self.deed)
        self.checks = ChecksClient(self._shown_version, self._allowed, self._show_checks)
        self.coordinator: Coordinator | None = None
        self._turn = 0
        self._deeds: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "add": self._add,
            "replace": self._replace,
            "remove": self._remove,
            "toggle": self._toggle,
            "move": self._move,
            "recipe": self._recipe,
            "brush": self._brush,
            "view": self._view,
            "set": self._set,
            "stop": self._stop,
            "retry": self._retry,
            "newer": self._newer,
            "refresh": self._refresh,
            "keep_layout": self._keep_layout,
            "colours": self._colours,
        }
        #: What a tab left behind: its columns, sort and page, for when it is opened again.
        self._left: dict[str, dict[str, Any]] = {}

    def start(self, apply: Apply) -> None:
        """Take up the address's filters and begin to answer the views."""
        self._select()
        self.publish()
        self.coordinator = Coordinator(self.selection, apply)
        for client, show in ((FunnelClient, self._show_funnel), (BrushClient, self._show_brushed)):
            self.coordinator.connect(client(self._shown_version, self._allowed, show))
        self.coordinator.connect(self.checks, enabled=self.state.tab == "checks")

    def charts(self) -> dict[str, Any]:
        """Return the parts of the page that Panel draws, by the name of their root."""
        return {"checks_copies": self.checks.copies, "checks_runs": self.checks.runs}

    def _shown_version(self) -> int:
        return self.case.info.lake_version

    def _allowed(self, version: int) -> CaseQuery:
        """Ask for the case anew, so that a right taken back ends an open page's answers too.

        Called in a worker thread: it reads the journal and may write to it.
        """
        return self.services.desk.case(self.actor, self.case.info.case_id, version)

    def close(self) -> None:
        """Undo everything that the session joined."""
        if self.coordinator is not None:
            self.coordinator.close()

    def deed(self, message: Mapping[str, Any]) -> None:
        """Do what the person asked; a wrong value is said on the page and changes nothing."""
        do = self._deeds.get(str(message.get("do")))
        if do is None:
            return
        before, turn = self.state, message.get("turn")
        self._turn = turn if isinstance(turn, int) else self._turn
        try:
            do(message)
            self._select()
        except NorrskenError as error:
            self.state = before
            self._say(error, str(message.get("do")))
        except (ValueError, TypeError, IndexError, KeyError, OverflowError):
            self.state = before
            problem = InputError("DEED", str(message.get("do")), "a value that cannot be")
            self._say(problem, str(message.get("do")))
        self.publish()
        if self.coordinator is not None:
            self.coordinator.enable(self.checks.name, self.state.tab == "checks")

    def publish(self) -> None:
        """Send the state to the browser, with the address that reopens it."""
        s, filters = self.state, self.selection.filters
        steps = [self._step(e) for e in s.filters]
        self.bridge.state = {
            "turn": self._turn,
            "lake": self.case.info.lake_version,
            "f": filters_url(filters()),
            "f_pictures": filters_url(filters("pictures")),
            "filters": steps,
            "recipe": s.recipe,
            "region": list(parse_span(self.build, s.region)),
            "region_text": s.region,
            "brush": list(parse_span(self.build, s.brush)) if s.brush else None,
            "brush_text": s.brush,
            **{name: _plain(getattr(s, name)) for name in PLAIN},
            "sort": s.sort or standard_sort(self.case.info),
            "search": encode(replace(s, version=self.case.info.lake_version)),
        }

    def _step(self, entry: Entry) -> dict[str, Any]:
        found = parse_filters(entry.text)
        return {
            "text": entry.text,
            "on": entry.on,
            "sentence": " ".join(f.sentence(self.case.info) for f in found),
            "short": "; ".join(short(f, self.case.info) for f in found),
        }

    def _show_funnel(self, value: dict[str, Any]) -> None:
        self.bridge.funnel = value

    def _show_checks(self, value: dict[str, Any]) -> None:
        self.bridge.checks = value

    def _show_brushed(self, value: dict[str, Any]) -> None:
        self.bridge.brushed = value

    def _select(self) -> None:
        on = tuple(f for e in self.state.filters if e.on for f in parse_filters(e.text))
        clauses = [Clause("filters", self.state.filters, on)]
        if self.state.tab in TAB_FILTERS:
            clauses.append(Clause("tab", self.state.tab, TAB_FILTERS[self.state.tab], PICTURES))
        else:
            self.selection.clear("tab")
        if self.state.brush:
            span = parse_span(self.build, self.state.brush)
            regions = span_regions(self.build, *span)
            clauses.append(Clause("brush", self.state.brush, within(regions), PICTURES))
        else:
            self.selection.clear("brush")
        self.selection.update(*clauses)

    def _filters(self, entries: list[Entry], recipe_name: str = "") -> None:
        check_steps(len(entries))
        self.state = replace(self.state, filters=tuple(entries), recipe=recipe_name, page=1)

    def _add(self, deed: Mapping[str, Any]) -> None:
        self._filters([*self.state.filters, Entry(_text(entered(deed)))])

    def _replace(self, deed: Mapping[str, Any]) -> None:
        entries, at = list(self.state.filters), _at(deed, "index", len(self.state.filters))
        entries[at] = Entry(_text(entered(deed)))
        self._filters(entries)

    def _remove(self, deed: Mapping[str, Any]) -> None:
        entries = list(self.state.filters)
        del entries[_at(deed, "index", len(entries))]
        self._filters(entries)

    def _toggle(self, deed: Mapping[str, Any]) -> None:
        entries = list(self.state.filters)
        at = _at(deed, "index", len(entries))
        entries[at] = replace(entries[at], on=not entries[at].on)
        self._filters(entries, self.state.recipe)

    def _move(self, deed: Mapping[str, Any]) -> None:
        entries = list(self.state.filters)
        entry = entries.pop(_at(deed, "index", len(entries)))
        entries.insert(_at(deed, "to", len(entries) + 1), entry)
        self._filters(entries, self.state.recipe)

    def _recipe(self, deed: Mapping[str, Any]) -> None:
        chosen = str(deed.get("name", ""))
        steps = recipe(chosen).filters_for(self.case.info) if chosen else ()
        self._filters([Entry(_text(f)) for f in steps], chosen)

    def _brush(self, deed: Mapping[str, Any]) -> None:
        span = deed.get("span")
        text = span_text(self.build, int(span[0]), int(span[1])) if span else ""
        self.state = replace(self.state, brush=text, page=1)

    def _view(self, deed: Mapping[str, Any]) -> None:
        text = span_text(self.build, int(deed["x0"]), int(deed["x1"]))
        parse_span(self.build, text)
        self.state = replace(self.state, region=text)

    def _set(self, deed: Mapping[str, Any]) -> None:
        changes = {str(k): v for k, v in dict(deed["values"]).items() if k in PLAIN}
        for name in ("columns", "picked", "tracks"):
            if name in changes:
                changes[name] = tuple(changes[name])
        if changes.get("tab", self.state.tab) != self.state.tab:
            changes = self._turned(str(changes["tab"])) | changes
        if ("sort" in changes or "size" in changes) and "page" not in changes:
            changes["page"] = 1
        # The address is the door: what it cannot hold is not a state.
        self.state = decode(encode(replace(self.state, **changes)))

    def _turned(self, tab: str) -> dict[str, Any]:
        """Leave a tab's columns, sort and page behind, and take up those of another."""
        names = ("columns", "sort", "page")
        self._left[self.state.tab] = {n: getattr(self.state, n) for n in names}
        plain = PageState()
        return self._left.get(tab) or {n: getattr(plain, n) for n in names}

    def _colours(self, deed: Mapping[str, Any]) -> None:
        """Draw the charts in the colours that the browser shows: it may follow its system."""
        self.checks.themed("dark" if deed.get("theme") == "dark" else "light")

    def _stop(self, deed: Mapping[str, Any]) -> None:
        if self.coordinator is not None:
            self.coordinator.stop(str(deed["client"]))

    def _retry(self, deed: Mapping[str, Any]) -> None:
        if self.coordinator is not None:
            self.coordinator.retry(str(deed["client"]))

    def _newer(self, deed: Mapping[str, Any]) -> None:
        """Another version is in the lake: say so when it holds another ingest of this case."""
        version = int(deed["lake"])
        self._errand(lambda: self._listed(version), lambda fresh: self._told(version, fresh))

    def _told(self, version: int, fresh: CaseInfo) -> None:
        changed = fresh.ingest_id != self.case.info.ingest_id
        old = self.case.info.total
        self.bridge.newest = {"lake": version, "changed": changed, "rows": fresh.total, "before": old}  # fmt: skip # noqa: E501

    def _listed(self, version: int) -> CaseInfo:
        """Return what the list of cases says of this one: its rows need not be read for that."""
        name = self.case.info.case_id
        found = next((c for c in self.services.desk.cases(self.actor, version) if c.case_id == name), None)  # fmt: skip # noqa: E501
        return found or self.services.desk.case(self.actor, name, version).info

    def _refresh(self, deed: Mapping[str, Any]) -> None:
        name = self.case.info.case_id
        self._errand(lambda: self.services.desk.case(self.actor, name), self._refreshed)

    def _refreshed(self, case: CaseQuery) -> None:
        before = self.case.info.ingest_id
        self.case = case
        self.state = replace(self.state, version=None)
        if self.case.info.ingest_id != before:
            # Rows are numbered anew in another ingest.
            self.state = replace(self.state, row=None, picked=(), page=1)
        self.bridge.newest = {}
        if self.coordinator is not None:
            self.coordinator.refresh()
        self.publish()

    def _keep_layout(self, deed: Mapping[str, Any]) -> None:
        tracks = read_tracks(",".join(str(t) for t in deed["tracks"]))
        kind, journal = self.case.info.kind, self.services.desk.journal
        said = f"Kept as your layout of {KIND_WORDS.get(kind, kind).lower()} cases."
        self._errand(
            lambda: keep_layout(journal, self.actor.id, kind, tracks),
            lambda position: self._tell("layout", f"{said} Journal {position:,}."),
        )

    def _errand(self, run: Callable[[], T], done: Callable[[T], None]) -> None:
        """Ask the stores in a worker thread: the loop answers everybody else meanwhile."""
        if self.coordinator is not None:
            self.coordinator.errand(run, done, lambda error: self._say(error, "errand"))

    def _tell(self, about: str, message: str) -> None:
        turn = int(self.bridge.told.get("turn", 0)) + 1
        self.bridge.told = {"turn": turn, "about": about, "message": message}

    def _say(self, error: NorrskenError, deed: str) -> None:
        # A number makes the same problem twice two notices.
        turn = int(self.bridge.notice.get("turn", 0)) + 1
        self.bridge.notice = {"turn": turn, "deed": deed, **error.problem.as_json()}


def standard_sort(info: CaseInfo) -> str:
    """Return the order of a table that nobody sorted: by rank, else along the genome."""
    return "rank_score:desc" if info.has_rank else "gpos:asc"


def _text(one: Filter) -> str:
    return str(filters_url((one,)))


def _at(deed: Mapping[str, Any], name: str, size: int) -> int:
    at = int(deed[name])
    if not 0 <= at < size:
        raise IndexError(name)
    return at


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
