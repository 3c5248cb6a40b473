"""The one class behind every address of ours: no actor, no answer."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from tornado.web import HTTPError, RequestHandler

from app.linking.services import Services
from data_layer.errors import InputError, NorrskenError, Problem
from data_layer.query.access import Actor
from data_layer.query.case import CaseQuery
from data_layer.query.filters import Filter, parse_filters

LOG = logging.getLogger("norrsken.api")
Result = TypeVar("Result")


class ActorHandler(RequestHandler):
    """Finds the actor before anything else runs, and answers problems as JSON.

    A subclass sets ``public = True`` only when it tells nothing about any person.
    """

    public = False
    services: Services
    actor: Actor

    def initialize(self, services: Services) -> None:
        """Keep the process's services."""
        self.services = services

    def set_default_headers(self) -> None:
        """Patient data are never stored by a browser or a proxy."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        self.clear_header("Server")

    async def prepare(self) -> None:
        """Refuse a request that has no actor, before the handler's own code."""
        if not self.public:
            self.actor = self.services.sign_in.actor(self.request.headers)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with the problem as JSON; an unforeseen one gets a number to find it by."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, NorrskenError):
            self.set_status(error.status)
            problem = error.problem
        elif isinstance(error, HTTPError):
            problem = Problem(
                f"HTTP-{status_code}", self.request.path, error.log_message or "refused"
            )
        else:
            number = uuid.uuid4().hex[:8].upper()
            LOG.error("unforeseen E-%s on %s", number, self.request.path, exc_info=error)
            problem = Problem(
                f"E-{number}", self.request.path, "an unforeseen error", "Report this number."
            )
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps({"error": problem.as_json()}))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Foreseen problems are answers, not incidents."""
        if not isinstance(value, NorrskenError | HTTPError):
            return
        LOG.info("%s %s", self.request.path, value)

    async def work(self, call: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Run slow work in a thread, so that one person's view never holds another's."""
        return await asyncio.to_thread(call, *args, **kwargs)

    def text(self, name: str, default: str | None = None) -> str:
        """Return an argument; an absent one without a default is the caller's mistake."""
        value = self.get_query_argument(name, default)
        if value is None:
            raise InputError("ARGUMENT", self.request.path, f"{name} is missing")
        return value

    def number(
        self, name: str, default: int | None = None, low: int = 0, high: int = 1 << 40
    ) -> int:
        """Return a whole-number argument within its limits (decimals are cut off)."""
        raw = self.text(name, None if default is None else str(default))
        try:
            value = int(float(raw))
        except (ValueError, OverflowError):
            value = low - 1
        if not low <= value <= high:
            raise InputError(
                "ARGUMENT", self.request.path, f"{name} is {raw!r}, allowed {low} to {high}"
            )
        return value

    def decimal(self, name: str) -> float | None:
        """Return a decimal argument, or None when absent."""
        raw = self.get_query_argument(name, None)
        if raw in (None, ""):
            return None
        try:
            value = float(str(raw))
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise InputError("ARGUMENT", self.request.path, f"{name} is {raw!r}, no number")
        return value

    def filters(self) -> tuple[Filter, ...]:
        """Return the filters of argument ``f``."""
        return parse_filters(self.get_query_argument("f", ""))

    def version(self) -> int | None:
        """Return the lake version of argument ``v``; None means the newest."""
        return None if not self.get_query_argument("v", "") else self.number("v")

    async def case(self) -> CaseQuery:
        """Return the case of argument ``case``, if this actor may see it."""
        query = await self.work(
            self.services.desk.case, self.actor, self.text("case"), self.version()
        )
        self.set_header("version", str(query.info.lake_version))
        return query

    def answer(self, value: object) -> None:
        """Send JSON."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(value, allow_nan=False, default=_plain))


def _plain(value: object) -> object:
    for attribute in ("isoformat", "tolist", "as_json"):
        if hasattr(value, attribute):
            return getattr(value, attribute)()
    if isinstance(value, frozenset | set | tuple):
        return sorted(value) if isinstance(value, frozenset | set) else list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
