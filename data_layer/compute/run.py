"""Independent tasks, all answered or none: one contract for threads and for a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, TypeVar

from data_layer.errors import UsageError
from data_layer.settings import Settings

T = TypeVar("T")


def run(tasks: Iterable[Callable[[], T]], *, settings: Settings) -> list[T]:
    """Return every task's result, in the order given.

    The first error is raised and tasks that have not begun are dropped. On a cluster a task
    may be tried again when a worker dies, so it must be picklable and safe to repeat.

    Raises:
        UsageError: a scheduler is set and cannot be used.
    """
    work = list(tasks)
    if settings.scheduler:
        return _on_cluster(work, settings.scheduler)
    if len(work) < 2 or settings.threads == 1:
        return [task() for task in work]
    pool = ThreadPoolExecutor(min(settings.threads, len(work)))
    try:
        return [future.result() for future in [pool.submit(task) for task in work]]
    finally:
        pool.shutdown(cancel_futures=True)


def _on_cluster(work: list[Callable[[], T]], scheduler: str) -> list[T]:
    try:
        client: Any = import_module("distributed").Client(scheduler, timeout="10s")
    except ImportError:
        raise UsageError(
            "COMPUTE-DASK",
            "setting scheduler",
            "the package 'distributed' is not installed",
            "Install it with: pip install 'norrsken[dask]', or unset NORRSKEN_SCHEDULER.",
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(
            "COMPUTE-SCHEDULER",
            scheduler,
            f"the scheduler does not answer ({error})",
            "Start it, correct the address, or unset NORRSKEN_SCHEDULER.",
        ) from error
    with client:
        futures = [client.submit(task, pure=False) for task in work]
        results = []
        # A result is taken and let go at once: a held one is computed again when its worker dies.
        for future in futures:
            results.append(future.result())
            future.release()
        return results
