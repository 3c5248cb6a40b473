"""One coordinator a session: asks the views' questions, one in flight a view, latest wins."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Hashable
from typing import TypeVar

from app.linking.client import Client, Query
from app.linking.selection import Selection
from data_layer.errors import NorrskenError, Problem

LOG = logging.getLogger("norrsken.linking")
T = TypeVar("T")
Apply = Callable[[Callable[[], None]], None]


class _Seat:
    """A connected client and where its question stands."""

    def __init__(self, client: Client, enabled: bool) -> None:
        self.client = client
        self.enabled = enabled
        self.dirty = False
        self.turn = 0
        self.shown: Hashable | None = None
        self.task: asyncio.Task[None] | None = None


class Coordinator:
    """Runs queries in worker threads and hands the answers back on the session's loop.

    ``apply`` runs a function on that loop under the document's lock; tests pass one that calls
    at once. A disabled client (a hidden tab) remembers that it must ask, and asks when enabled.
    """

    def __init__(self, selection: Selection, apply: Apply) -> None:
        self.selection = selection
        self._apply = apply
        self._seats: dict[str, _Seat] = {}
        self._unlisten = selection.listen(self.refresh)
        self._closed = False
        self._errands: set[asyncio.Task[None]] = set()

    def connect(self, client: Client, *, enabled: bool = True) -> None:
        """Join a view and ask its first question."""
        self._seats[client.name] = _Seat(client, enabled)
        self._ask(self._seats[client.name])

    def enable(self, name: str, enabled: bool) -> None:
        """Wake a view or put it to sleep."""
        seat = self._seats[name]
        seat.enabled = enabled
        if enabled and seat.dirty:
            self._ask(seat)

    def refresh(self) -> None:
        """Ask every view's question again; unchanged questions are not run."""
        for seat in self._seats.values():
            self._ask(seat)

    def retry(self, name: str) -> None:
        """Ask one view's question again even if it is the same."""
        seat = self._seats[name]
        seat.shown = None
        self._ask(seat)

    def stop(self, name: str) -> None:
        """Give up a view's running question: its answer is thrown away when it comes."""
        seat = self._seats[name]
        if seat.task is not None:
            seat.turn += 1
            seat.dirty = False
            seat.shown = None
            seat.client.stopped()

    def close(self) -> None:
        """Leave the selection and drop every view."""
        self._closed = True
        self._unlisten()
        for seat in self._seats.values():
            seat.turn += 1
            if seat.task is not None:
                seat.task.cancel()
        for task in self._errands:
            task.cancel()
        self._seats.clear()

    def errand(
        self,
        run: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[NorrskenError], None],
    ) -> None:
        """Run what a deed needs of the stores in a worker thread; ``done`` runs on the loop."""
        task = asyncio.get_running_loop().create_task(self._go(run, done, failed))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _go(
        self,
        run: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[NorrskenError], None],
    ) -> None:
        try:
            value = await asyncio.to_thread(run)
        except Exception as error:
            found = error if isinstance(error, NorrskenError) else None
            problem = found.problem if found else _problem(error)
            raised = found or NorrskenError(problem.code, problem.where, problem.message, problem.fix)  # fmt: skip # noqa: E501
            if not self._closed:
                await self._on_loop(lambda: failed(raised))
            return
        if not self._closed:
            await self._on_loop(lambda: done(value))

    async def settled(self) -> None:
        """Wait until no question and no errand is in flight."""
        while tasks := [*(s.task for s in self._seats.values() if s.task), *self._errands]:
            await asyncio.gather(*tasks)

    def _ask(self, seat: _Seat) -> None:
        seat.dirty = True
        if seat.enabled and seat.task is None and not self._closed:
            seat.task = asyncio.get_running_loop().create_task(self._run(seat))

    async def _run(self, seat: _Seat) -> None:
        try:
            await asyncio.sleep(0)
            while seat.dirty and seat.enabled and not self._closed:
                seat.dirty = False
                await self._step(seat)
        finally:
            seat.task = None

    async def _step(self, seat: _Seat) -> None:
        turn = seat.turn
        try:
            query = seat.client.query(self.selection)
            if query is None:
                seat.shown = None
            elif query.key != seat.shown:
                await self._answer(seat, query)
        except Exception as error:
            if turn == seat.turn and not self._closed:
                seat.shown = None
                problem = _problem(error)
                await self._on_loop(lambda: seat.client.failed(problem))

    async def _answer(self, seat: _Seat, query: Query) -> None:
        turn = seat.turn
        await self._on_loop(seat.client.pending)
        value = await asyncio.to_thread(query.run)
        if turn != seat.turn or self._closed:
            return
        seat.shown = query.key
        await self._on_loop(lambda: seat.client.result(value))

    async def _on_loop(self, call: Callable[[], None]) -> None:
        """Run ``call`` under the document's lock; what it raises is raised here."""
        done = asyncio.get_running_loop().create_future()

        def go() -> None:
            error: Exception | None = None
            try:
                call()
            except Exception as raised:
                error = raised
            if done.done():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        self._apply(go)
        await done


def _problem(error: Exception) -> Problem:
    """What a view says of an error; an unforeseen one gets a number to find it by."""
    if isinstance(error, NorrskenError):
        return error.problem
    number = uuid.uuid4().hex[:8].upper()
    LOG.error("unforeseen E-%s in a view", number, exc_info=error)
    fix = "Try again; if it stays, report this number."
    return Problem(f"E-{number}", "this view", "an unforeseen error", fix)
