"""The rows of one case as one actor may see them; made by ``access.py`` and by nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from data_layer.query.cache import ByteCache, Sized
from data_layer.query.database import Database
from data_layer.query.info import CaseInfo

Value = TypeVar("Value", bound=Sized)


@dataclass(frozen=True)
class Relation:
    """A text that stands after FROM, with the values it is bound to."""

    sql: str
    params: Mapping[str, object]


@dataclass(frozen=True)
class Stored:
    """An expression over ``variants`` that is worth holding as an array.

    It has no nulls; rows that the actor may not see hold ``fill``. ``name`` tells it from every
    other expression.
    """

    name: str
    sql: str
    dtype: str
    fill: float = 0


class Turn:
    """A lock that can be looked up by key for as long as anybody holds it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()


@dataclass(frozen=True)
class Source:
    """Everything a question to a case needs.

    ``key`` holds the ingest, whose rows never change, and the effect of the actor's scope: what
    is cached under it can be given to nobody who may see less. ``size`` is the number of rows of
    the ingest, so ``row_id`` runs from 0 to ``size - 1``; ``visible`` are the sample indexes in
    sight, None for all. ``files`` are those of the calls by ``file_index``, ``feeds`` what gave the
    signals and segments of the people in sight. ``reading`` is held while columns are read;
    whoever may see the same shares it, so that a cold case is read once.
    """

    key: tuple[Hashable, ...]
    info: CaseInfo
    relation: Callable[[str], Relation] = field(repr=False)
    measured: Callable[[str, int, str | None], Relation] = field(repr=False)
    files: tuple[dict[str, Any], ...]
    feeds: tuple[dict[str, Any], ...]
    size: int
    people: int
    visible: frozenset[int] | None
    database: Database = field(repr=False)
    cache: ByteCache = field(repr=False)
    reading: Turn = field(default_factory=Turn, repr=False, compare=False)

    @property
    def variants(self) -> Relation:
        """The calls that the actor may see; asked anew, so that local copies are there."""
        return self.relation("variants")

    @property
    def consequences(self) -> Relation:
        """The transcript consequences of those calls."""
        return self.relation("consequences")

    def points(self, person: int, signal: str) -> Relation:
        """Return the measured points of a signal of the person at a sample index.

        Raises:
            NotFoundError: nobody in sight has that index.
        """
        return self.measured("signals", person, signal)

    def cells(self, person: int, signal: str) -> Relation:
        """Return the count cells over those points, as ``points`` does."""
        return self.measured("signal_tiles", person, signal)

    def segments(self, person: int) -> Relation:
        """Return the called intervals of a person, as ``points`` does."""
        return self.measured("segments", person, None)

    @property
    def restricted(self) -> bool:
        """Whether some of the family are withheld from the actor."""
        return self.visible is not None

    def cached(self, key: tuple[Hashable, ...], make: Callable[[], Value]) -> Value:
        """Return a cached value of this source."""
        return self.cache.get((self.key, *key), make)

    def column(self, stored: Stored) -> NDArray[Any]:
        """Return one column as an array by row_id, from the cache when it is there."""
        return self.columns([stored])[0]

    def columns(self, wanted: Sequence[Stored]) -> list[NDArray[Any]]:
        """Return columns as arrays by row_id; those not held are read together, in one pass."""
        with self.reading.lock:
            found = {s: self.cache.peek((self.key, "column", s.name)) for s in wanted}
            asked = [s for s, held in found.items() if held is None]
            if asked:
                read = self.read([s.sql for s in asked], {}, [s.fill for s in asked])
                for stored, values in zip(asked, read, strict=True):
                    made = values.astype(stored.dtype, copy=False)
                    found[stored] = made
                    self.cache.put((self.key, "column", stored.name), made)
        return [cast("NDArray[Any]", found[s]) for s in wanted]

    def read(
        self,
        cells: Sequence[str],
        params: Mapping[str, object],
        fills: Sequence[float] | None = None,
    ) -> list[NDArray[Any]]:
        """Return expressions over ``variants`` as arrays by row_id, in one pass, not cached."""
        rows = self.variants
        listed = ", ".join(f"{sql} as v{i}" for i, sql in enumerate(cells))
        bound = {**rows.params, **params}
        if self._in_order():
            found = self.database.arrays(f"select {listed} from {rows.sql}", bound)
            return [found[f"v{i}"] for i in range(len(cells))]
        found = self.database.arrays(f"select row_id, {listed} from {rows.sql}", bound)
        out = []
        for i in range(len(cells)):
            values = found[f"v{i}"]
            placed = np.full(self.size, 0 if fills is None else fills[i], values.dtype)
            placed[found["row_id"]] = values
            out.append(placed)
        return out

    def _in_order(self) -> bool:
        """Say whether a scan gives row 0, 1, 2 … with none left out, as most ingests do."""

        def look() -> NDArray[np.bool_]:
            rows = self.variants
            found = self.database.arrays(f"select row_id from {rows.sql}", rows.params)["row_id"]
            whole = len(found) == self.size
            return np.array([whole and bool(np.array_equal(found, np.arange(self.size)))])

        return bool(self.cached(("in order",), look)[0])

    def present(self) -> NDArray[np.bool_]:
        """Return, by row_id, which rows the actor may see."""
        if not self.restricted:
            return self.cached(("present",), lambda: np.ones(self.size, np.bool_))
        return self.column(Stored("present", "true", "bool"))
