"""Who may see which rows, and why: the only door between the lake's rows and everyone else.

A right comes from the journal's grants (or from being an administrator), on the whole lake, an
institute or a case, to a person or a group, for the whole family or some of it. When some of a
family are withheld, a call that none of the people in sight carries is withheld altogether, and
of the others everything that tells of the withheld people is null: their entries in the lists,
the file's text, the inheritance models and the family's rank. Signals and segments belong to one
person each: those of people out of sight are not there.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import pyarrow as pa

from data_layer.errors import NotFoundError, RefusedError
from data_layer.journal import Grant, Journal
from data_layer.lake import Lake, Snapshot
from data_layer.query.cache import ByteCache
from data_layer.query.case import CaseQuery
from data_layer.query.database import Database
from data_layer.query.info import CaseInfo, SampleInfo, case_info, sample_info
from data_layer.query.source import Relation, Source, Turn
from data_layer.schema import PER_PERSON, VARIANTS

__all__ = ["LOCAL", "Actor", "CaseInfo", "CaseQuery", "Door", "SampleInfo", "Scope"]

#: Rights that let a person read a case's rows.
_SEEING = frozenset({"see_case", "administer"})
#: Longest that a revoked right may still hold, in seconds.
AUTHORITY_AGE = 1.0
#: Columns worked out from the whole family's genotypes, or holding its text.
_FAMILY = frozenset({"info", "models", "compounds", "rank_score", "rank_parts"})


@dataclass(frozen=True)
class Actor:
    """Who asks, as the sign-in says: a stable id, a name, groups and roles."""

    id: str
    name: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    @property
    def is_admin(self) -> bool:
        """Whether the sign-in itself makes this person an administrator."""
        return "admin" in self.roles


#: Whoever sits at the machine when there is no sign-in.
LOCAL = Actor("local", "Local user", frozenset(), frozenset({"admin"}))


@dataclass(frozen=True)
class Decision:
    """That a case may be seen: by whom of the family (None for all), and why."""

    members: frozenset[str] | None
    reason: str


@dataclass(frozen=True)
class Scope:
    """What one actor may see just now; asked of it anew for each request."""

    actor: Actor
    grants: tuple[Grant, ...] = ()
    institute_of: Callable[[str], str | None] = field(default=lambda case_id: None, compare=False)

    def allows(self, case_id: str) -> bool:
        """Say whether any of the case's rows may be seen."""
        return self.decide(case_id) is not None

    def members(self, case_id: str) -> frozenset[str] | None:
        """Return the sample ids in sight; None for all, empty when the case is not."""
        decision = self.decide(case_id)
        return frozenset() if decision is None else decision.members

    def reason(self, case_id: str) -> str:
        """Say in words why the case may or may not be seen."""
        decision = self.decide(case_id)
        if decision is None:
            return f"No grant gives {self.actor.name} this case."
        return decision.reason

    @property
    def key(self) -> str:
        """Text that is equal only for scopes of equal effect."""
        if self.actor.is_admin:
            return "all"
        parts = [
            f"{g.right}:{g.scope_kind}:{g.scope_id}:{','.join(sorted(g.members)) if g.members is not None else '*'}"  # noqa: E501
            for g in self.grants
        ]
        return ";".join(sorted(parts))

    def decide(self, case_id: str) -> Decision | None:
        """Return what the grants together give of a case; None when they give nothing."""
        if self.actor.is_admin:
            return Decision(None, f"{self.actor.name} administers this lake.")
        fitting = [g for g in self.grants if self._fits(g, case_id)]
        if not fitting:
            return None
        whole = next((g for g in fitting if g.members is None), None)
        if whole is not None:
            return Decision(None, self._words(whole))
        members = frozenset(m for g in fitting for m in g.members or ())
        if not members:
            return None
        return Decision(
            members, f"{self._words(fitting[0])} Only for {', '.join(sorted(members))}."
        )

    def _fits(self, grant: Grant, case_id: str) -> bool:
        if grant.scope_kind == "lake":
            return True
        if grant.scope_kind == "case":
            return grant.scope_id == case_id
        return grant.scope_kind == "institute" and grant.scope_id == self.institute_of(case_id)

    def _words(self, grant: Grant) -> str:
        who = self.actor.name
        if grant.actor_or_group != self.actor.id:
            who = f"{who}, by {grant.actor_or_group.replace(':', ' ')},"
        verb = "administers" if grant.right == "administer" else "may see"
        what = {
            "lake": "every case of this lake",
            "institute": f"the cases of {grant.scope_id}",
            "case": f"case {grant.scope_id}",
        }
        return f"{who} {verb} {what.get(grant.scope_kind, grant.scope_id)}."


def applies(grant: Grant, actor: Actor) -> bool:
    """Say whether a grant lets this actor see rows; a group is written ``group:NAME``."""
    named = {f"group:{g}" for g in actor.groups}
    # A person whose own id reads like a group's name is not that group.
    if not actor.id.startswith("group:"):
        named.add(actor.id)
    return grant.right in _SEEING and grant.actor_or_group in named


class Authority:
    """The journal's grants, at most a second old; the journal itself knows when they changed."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._grants: tuple[Grant, ...] = ()

    def grants(self) -> tuple[Grant, ...]:
        """Return the grants in force."""
        with self._lock:
            now = time.monotonic()
            if now - self._asked >= AUTHORITY_AGE:
                self._grants = tuple(self._journal.grants())
                self._asked = now
            return self._grants


class Door:
    """Turns an actor into the rows of a case, or refuses."""

    def __init__(self, lake: Lake, journal: Journal, database: Database, cache: ByteCache) -> None:
        self._lake = lake
        self._authority = Authority(journal)
        self._database = database
        self._cache = cache
        self._lock = threading.Lock()
        self._turns: WeakValueDictionary[tuple[Hashable, ...], Turn] = WeakValueDictionary()

    def scope(self, actor: Actor) -> Scope:
        """Return what an actor may see just now."""
        if actor.is_admin:
            return Scope(actor)
        mine = tuple(g for g in self._authority.grants() if applies(g, actor))
        return Scope(actor, mine, self._institute)

    def cases(self, actor: Actor, version: int | None) -> list[CaseInfo]:
        """Return the cases the actor may see, by case_id."""
        scope = self.scope(actor)
        snapshot = self._lake.snapshot(version)
        out = []
        for row in snapshot.cases():
            decision = scope.decide(row["case_id"])
            if decision is not None and self._people(snapshot, row, decision)[0]:
                out.append(self._listed(snapshot, row, decision))
        return out

    def source(self, actor: Actor, case_id: str, version: int | None) -> Source:
        """Return the rows of a case in the actor's sight.

        Raises:
            RefusedError: the actor may not see it, or there is no such case; in the same words.
            NotFoundError: an administrator asks for a case or version that is not there.
        """
        decision = self.scope(actor).decide(case_id)
        if decision is None:
            raise _refused(case_id)
        snapshot = self._lake.snapshot(version)
        try:
            row = snapshot.case(case_id)
        except NotFoundError:
            if actor.is_admin:
                raise
            raise _refused(case_id) from None
        samples, hidden = self._people(snapshot, row, decision)
        if not samples and hidden:
            raise _refused(case_id)
        visible = frozenset(s.index for s in samples) if hidden else None
        people = len(samples) + hidden
        key, sources = _effect(row, visible), _sources(row)
        info = case_info(
            row,
            samples,
            version=snapshot.version,
            total=int(row["rows"]),
            reason=decision.reason,
            withheld=hidden,
        )
        return Source(
            key=key,
            info=info,
            relation=_relations(snapshot, case_id, visible, people),
            measured=_measured(snapshot, case_id, frozenset(s.index for s in samples)),
            files=_files(sources),
            feeds=_feeds(sources, samples),
            size=int(row["rows"]),
            people=people,
            visible=visible,
            database=self._database,
            cache=self._cache,
            reading=self._turn(key),
        )

    def _turn(self, key: tuple[Hashable, ...]) -> Turn:
        """Return the one lock of all who may see the same of an ingest."""
        with self._lock:
            return self._turns.setdefault(key, Turn())

    def _institute(self, case_id: str) -> str | None:
        try:
            found = self._lake.snapshot().case(case_id)["institute"]
        except NotFoundError:
            return None
        return None if found is None else str(found)

    def _people(
        self, snapshot: Snapshot, row: Mapping[str, Any], decision: Decision
    ) -> tuple[tuple[SampleInfo, ...], int]:
        rows = snapshot.samples(row["case_id"])
        members = decision.members
        seen = [r for r in rows if members is None or r["sample_id"] in members]
        hidden = len(rows) - len(seen)
        return tuple(sample_info(r, members if hidden else None) for r in seen), hidden

    def _listed(self, snapshot: Snapshot, row: Mapping[str, Any], decision: Decision) -> CaseInfo:
        samples, hidden = self._people(snapshot, row, decision)
        total = int(row["rows"])
        if hidden:
            visible = frozenset(s.index for s in samples)
            made = _relations(snapshot, row["case_id"], visible, len(samples) + hidden)("variants")
            total = self._database.rows(f"select count(*) from {made.sql}", made.params)[0][0]
        return case_info(
            row,
            samples,
            version=snapshot.version,
            total=total,
            reason=decision.reason,
            withheld=hidden,
        )


def _refused(case_id: str) -> RefusedError:
    return RefusedError(
        "CASE-REFUSED",
        f"case {case_id!r}",
        "no grant of yours covers such a case",
        "Ask an administrator of the lake.",
    )


def _effect(row: Mapping[str, Any], visible: frozenset[int] | None) -> tuple[Hashable, ...]:
    """Return what tells apart what may be seen: the immutable ingest and the people in sight."""
    seen = None if visible is None else tuple(sorted(visible))
    return (row["case_id"], row["ingest_id"], seen)


def _sources(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = json.loads(row["sources"]) if row.get("sources") else []
    return [f for f in found if isinstance(f, dict)] if isinstance(found, list) else []


def _files(sources: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return the files of calls, each at its ``file_index``; other files leave an empty one."""
    calls = [f for f in sources if f.get("kind", "variants") == "variants"]
    placed = {int(f.get("file_index", at)): f for at, f in enumerate(calls)}
    return tuple(placed.get(i, {}) for i in range(max(placed, default=-1) + 1))


def _feeds(
    sources: Sequence[dict[str, Any]], samples: Iterable[SampleInfo]
) -> tuple[dict[str, Any], ...]:
    """Return what files gave signals and segments of the people in sight."""
    seen = {s.id for s in samples}
    other = (f for f in sources if f.get("kind", "variants") != "variants")
    return tuple(f for f in other if f.get("sample_id") in seen)


def _relations(
    snapshot: Snapshot, case_id: str, visible: frozenset[int] | None, people: int
) -> Callable[[str], Relation]:
    def relation(table: str) -> Relation:
        scan = snapshot.scan(table, case_id)
        if visible is None:
            return Relation(scan.sql, scan.params)
        if table == "variants":
            return Relation(_restricted(scan.sql, sorted(visible), people), scan.params)
        calls = relation("variants")
        sql = f"(select * from {scan.sql} where row_id in (select row_id from {calls.sql}))"
        return Relation(sql, {**scan.params, **calls.params})

    return relation


def _measured(
    snapshot: Snapshot, case_id: str, visible: frozenset[int]
) -> Callable[[str, int, str | None], Relation]:
    rows = snapshot.samples(case_id)
    keys = {i: str(r["sample_key"]) for r in rows if (i := int(r["sample_index"])) in visible}

    def relation(table: str, person: int, signal: str | None) -> Relation:
        if person not in keys:
            raise NotFoundError("PERSON", f"person {person}", "no such person in this case")
        place = {"sample_key": keys[person]} | ({"signal": signal} if signal else {})
        scan = snapshot.scan(table, case_id, **place)
        return Relation(scan.sql, scan.params)

    return relation


def _restricted(sql: str, visible: Sequence[int], people: int) -> str:
    """Return the rows that people in sight carry, with everything of the others made null."""
    cells = ", ".join(_cell(c.name, c.type, visible, people) for c in VARIANTS.columns)
    carried = " or ".join(f"coalesce(gt[{i + 1}], -1) >= 1" for i in visible)
    nobody = "coalesce(list_max(gt), -1) < 0"
    return f"(select {cells} from {sql} where {nobody} or {carried})"


def _cell(name: str, kind: pa.DataType, visible: Iterable[int], people: int) -> str:
    quoted = f'"{name}"'
    if name == "info":
        return f"'.' as {quoted}"
    if name in _FAMILY:
        return f"case when false then {quoted} end as {quoted}"
    if name not in PER_PERSON:
        return quoted
    seen = set(visible)
    entries = ", ".join(f"{quoted}[{i + 1}]" if i in seen else "null" for i in range(people))
    return f"case when {quoted} is null then null else [{entries}] end as {quoted}"
