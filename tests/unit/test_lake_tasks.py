"""Tasks run all or not at all, in order."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest

from data_layer.compute import run
from data_layer.errors import UsageError
from data_layer.settings import Settings


@pytest.mark.parametrize("threads", [1, 3])
def test_results_come_in_the_order_asked(threads: int) -> None:
    def task(i: int) -> int:
        time.sleep(0.01 * (5 - i))
        return i

    tasks = [partial(task, i) for i in range(5)]
    assert run(tasks, settings=Settings(threads=threads)) == [0, 1, 2, 3, 4]
    assert run([], settings=Settings(threads=threads)) == []


def test_as_many_at_once_as_the_setting_says() -> None:
    both = threading.Barrier(2, timeout=5)
    assert sorted(run([both.wait, both.wait], settings=Settings(threads=2))) == [0, 1]


@pytest.mark.parametrize("threads", [1, 2])
def test_one_failure_fails_all_and_the_rest_is_dropped(threads: int) -> None:
    begun = []

    def task(i: int) -> None:
        begun.append(i)
        time.sleep(0.02)
        if i == 0:
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        run([partial(task, i) for i in range(40)], settings=Settings(threads=threads))
    assert len(begun) < 40


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "no address"])
def test_a_scheduler_that_cannot_be_used_is_said(address: str) -> None:
    with pytest.raises(UsageError, match="COMPUTE-"):
        run([list], settings=Settings(scheduler=address))
