"""Tasks on a cluster of two worker processes: all answered though one of them dies."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

from data_layer.compute import run
from data_layer.errors import InputError
from data_layer.settings import Settings

pytestmark = pytest.mark.services
TASKS = 40


def squared(number: int, folder: Path) -> int:
    """Leave a note of who began what, and take a while."""
    (folder / f"{number}-{os.getpid()}").touch()
    time.sleep(0.1)
    return number * number


def refused(number: int, folder: Path) -> int:
    """Fail, as a file that breaks a rule does."""
    (folder / f"{number}-{time.monotonic_ns()}").touch()
    raise InputError("VCF-GT", "a.vcf line 7", "no genotype", "Fix the file.")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


@pytest.fixture
def settings(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("NORRSKEN_SCHEDULER", cluster.scheduler_address)
    return Settings.load()


def notes(folder: Path) -> list[tuple[int, int]]:
    return [(int(n), int(pid)) for n, pid in (p.name.split("-") for p in folder.iterdir())]


def test_a_worker_killed_loses_no_answer(settings: Settings, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one() -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if len(notes(tmp_path)) >= 6:
                killed.append(notes(tmp_path)[0][1])
                os.kill(killed[0], signal.SIGKILL)
                return
            time.sleep(0.01)

    killer = threading.Thread(target=kill_one)
    killer.start()
    found = run([partial(squared, n, tmp_path) for n in range(TASKS)], settings=settings)
    killer.join(60)
    assert found == [n * n for n in range(TASKS)]
    workers = {pid for _, pid in notes(tmp_path)}
    assert killed
    assert killed[0] in workers
    assert os.getpid() not in workers
    assert len(workers - set(killed)) >= 1
    with pytest.raises(ProcessLookupError):
        os.kill(killed[0], 0)


def test_an_error_is_raised_as_it_was_and_not_tried_again(
    settings: Settings, tmp_path: Path
) -> None:
    tasks = [partial(squared, 1, tmp_path), partial(refused, 7, tmp_path)]
    with pytest.raises(InputError, match=r"VCF-GT at a\.vcf line 7") as caught:
        run(tasks, settings=settings)
    assert caught.value.problem.fix == "Fix the file."
    assert [n for n, _ in notes(tmp_path)].count(7) == 1
