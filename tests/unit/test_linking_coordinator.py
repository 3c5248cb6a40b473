"""One in flight, the latest wins, hidden views sleep, and failure is not an empty answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from app.linking.client import Query
from app.linking.coordinator import Coordinator
from app.linking.selection import Clause, Selection
from data_layer.errors import InputError, LakeError, Problem
from data_layer.query.filters import Filter


class View:
    """A client that keeps what it is told, and whose work a test can hold up."""

    def __init__(self, name: str = "view") -> None:
        self.name = name
        self.told: list[Any] = []
        self.ran: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None
        self.most = 0
        self.now = 0

    def query(self, selection: Selection) -> Query:
        key = len(selection.filters(self.name))
        return Query(key, lambda: self.work(key))

    def work(self, key: int) -> int:
        self.now += 1
        self.most = max(self.most, self.now)
        assert self.gate.wait(10)
        self.now -= 1
        self.ran.append(key)
        if self.error is not None:
            raise self.error
        return key

    def pending(self) -> None:
        self.told.append("pending")

    def result(self, value: Any) -> None:
        self.told.append(value)

    def failed(self, problem: Problem) -> None:
        self.told.append(problem)

    def stopped(self) -> None:
        self.told.append("stopped")


def at_once(call: Callable[[], None]) -> None:
    call()


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 20))


def more(selection: Selection, n: int) -> None:
    filters = tuple(Filter("qual", ">", float(i)) for i in range(n))
    selection.update(Clause("filters", n, filters))


def test_first_question_and_changes() -> None:
    async def story() -> None:
        selection, view = Selection(), View()
        house = Coordinator(selection, at_once)
        house.connect(view)
        await house.settled()
        more(selection, 2)
        await house.settled()
        assert view.told == ["pending", 0, "pending", 2]

    run(story())


def test_many_changes_run_few_questions_and_end_with_the_last() -> None:
    async def story() -> None:
        selection, view = Selection(), View()
        house = Coordinator(selection, at_once)
        view.gate.clear()
        house.connect(view)
        await asyncio.sleep(0.05)
        for n in range(1, 31):
            more(selection, n)
        view.gate.set()
        await house.settled()
        assert view.ran == [0, 30]
        assert view.most == 1
        assert view.told[-1] == 30

    run(story())


def test_the_same_question_is_not_run_twice() -> None:
    async def story() -> None:
        selection, view = Selection(), View()
        house = Coordinator(selection, at_once)
        house.connect(view)
        await house.settled()
        house.refresh()
        await house.settled()
        assert view.ran == [0]
        house.retry("view")
        await house.settled()
        assert view.ran == [0, 0]

    run(story())


def test_a_sleeping_view_asks_when_it_wakes() -> None:
    async def story() -> None:
        selection, view = Selection(), View()
        house = Coordinator(selection, at_once)
        house.connect(view, enabled=False)
        more(selection, 3)
        await house.settled()
        assert view.ran == []
        house.enable("view", True)
        await house.settled()
        assert view.ran == [3]

    run(story())


def test_failure_is_told_and_asked_again() -> None:
    async def story() -> None:
        selection, view = Selection(), View()
        view.error = LakeError("LAKE-READ", "variants", "a file is missing")
        house = Coordinator(selection, at_once)
        house.connect(view)
        await house.settled()
        assert isinstance(view.told[-1], Problem)
        assert view.told[-1].code == "LAKE-READ"
        view.error = None
        house.refresh()
        await house.settled()
        assert view.told[-1] == 0

    run(story())


def test_an_unforeseen_error_gets_a_number_and_no_detail() -> None:
    async def story() -> None:
        view = View()
        view.error = ZeroDivisionError("secret of a patient")
        house = Coordinator(Selection(), at_once)
        house.connect(view)
        await house.settled()
        problem = view.told[-1]
        assert problem.code.startswith("E-")
        assert "secret" not in problem.line()

    run(story())


def test_stop_throws_the_answer_away() -> None:
    async def story() -> None:
        view = View()
        house = Coordinator(Selection(), at_once)
        view.gate.clear()
        house.connect(view)
        await asyncio.sleep(0.05)
        house.stop("view")
        view.gate.set()
        await house.settled()
        assert view.told == ["pending", "stopped"]

    run(story())


def test_close_leaves_the_selection() -> None:
    async def story() -> None:
        selection, view = Selection(), View()
        house = Coordinator(selection, at_once)
        house.connect(view)
        await house.settled()
        house.close()
        more(selection, 2)
        await asyncio.sleep(0.05)
        assert view.ran == [0]

    run(story())


def test_a_view_that_breaks_on_its_question_or_its_answer_has_failed() -> None:
    class Breaks(View):
        def __init__(self, where: str) -> None:
            super().__init__()
            self.where = where

        def query(self, selection: Selection) -> Query:
            if self.where == "query":
                raise InputError("FILTER", "this filter", "no such field")
            return super().query(selection)

        def result(self, value: Any) -> None:
            if self.where == "result":
                raise ZeroDivisionError("secret of a patient")
            super().result(value)

    async def story(where: str) -> Problem:
        view = Breaks(where)
        house = Coordinator(Selection(), at_once)
        house.connect(view)
        await house.settled()
        view.where = ""
        told: Problem = view.told[-1]
        house.refresh()
        await house.settled()
        assert view.told[-1] == 0
        return told

    assert asyncio.run(story("query")).code == "FILTER"
    told = asyncio.run(story("result"))
    assert told.code.startswith("E-")
    assert "secret" not in told.line()


def test_a_question_that_was_taken_back_is_asked_again() -> None:
    class Sometimes(View):
        def query(self, selection: Selection) -> Query | None:  # type: ignore[override]
            return super().query(selection) if selection.filters(self.name) else None

    async def story() -> None:
        selection, view = Selection(), Sometimes()
        house = Coordinator(selection, at_once)
        house.connect(view)
        for n in (2, 0, 2):
            more(selection, n)
            await house.settled()
        assert view.ran == [2, 2]

    run(story())
