"""What a view promises to the coordinator, and what it is given back."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.linking.selection import Selection
from data_layer.errors import Problem
from data_layer.query.access import CaseQuery


@dataclass(frozen=True)
class Query:
    """A question: ``key`` tells equal questions apart, ``run`` answers it in a worker thread."""

    key: Hashable
    run: Callable[[], Any] = field(compare=False)


class Client(Protocol):
    """A view: says what it needs, and draws what it is given. It never fetches.

    ``pending``, ``result``, ``failed`` and ``stopped`` run on the session's loop, and are the
    view's faces: loading, drawn or empty, failed, and stopped by the person.
    """

    name: str

    def query(self, selection: Selection) -> Query | None:
        """Return the question that the selection raises; None when there is nothing to ask."""
        ...

    def pending(self) -> None:
        """Show that an answer is on its way."""
        ...

    def result(self, value: Any) -> None:
        """Show the answer."""
        ...

    def failed(self, problem: Problem) -> None:
        """Show what went wrong; never an empty answer."""
        ...

    def stopped(self) -> None:
        """Show that the person stopped the question."""
        ...


class CaseClient:
    """A view that asks a case and hands its faces to the page: loading, failed, stopped.

    ``case`` opens the case at a version, in the worker thread that runs a query; ``show`` gets
    a face with what it needs.
    """

    def __init__(
        self,
        version: Callable[[], int],
        case: Callable[[int], CaseQuery],
        show: Callable[[dict[str, Any]], None],
    ) -> None:
        self._version = version
        self._case = case
        self._show = show

    def pending(self) -> None:
        """Show that the answer is on its way."""
        self._show({"face": "loading"})

    def failed(self, problem: Problem) -> None:
        """Show that the answer is unknown, which is not empty."""
        self._show({"face": "failed", "problem": problem.as_json()})

    def stopped(self) -> None:
        """Show that the person stopped it."""
        self._show({"face": "stopped"})
