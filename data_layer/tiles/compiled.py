"""Loops compiled when first called; they free the interpreter for other threads as they run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_compiling = threading.Lock()


class Compiled:
    """A plain loop that becomes machine code at its first call, and is kept on disk if it can."""

    def __init__(self, loop: Callable[..., None]) -> None:
        self._loop = loop
        self._made: Callable[..., None] | None = None

    def __call__(self, *args: Any) -> None:
        """Run it. Arrays that it reads come in through ``sealed``, those it fills as they are."""
        made = self._made
        if made is None:
            with _compiling:
                made = self._made = self._made or _compile(self._loop)
        made(*args)


def _compile(loop: Callable[..., None]) -> Callable[..., None]:
    from numba import njit

    compiled: Callable[..., None]
    try:
        compiled = njit(nogil=True, cache=True)(loop)
    except RuntimeError:
        # There is no folder that the compiled code can be kept in.
        compiled = njit(nogil=True)(loop)
    return compiled


def sealed(array: NDArray[Any], kind: Any) -> NDArray[Any]:
    """Return a read-only view of one type, so that one compiled form serves every caller."""
    view = np.ascontiguousarray(array, kind).view()
    view.setflags(write=False)
    return view
