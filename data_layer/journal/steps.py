"""Rows of one ledger by rising position, read in pieces so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, Table, select

PIECE = 2000


def stream(
    connection: Connection, table: Table[Any], chain: str, *names: str
) -> Iterator[Row[Any]]:
    """Yield a ledger's rows of ``table`` in order, all columns or those named."""
    columns = [table.c[n] for n in names] if names else list(table.c)
    query = select(*columns).where(table.c.chain == chain).order_by(table.c.position)
    yield from connection.execute(query, execution_options={"yield_per": PIECE})


class Steps:
    """A stream that is asked for positions in rising order."""

    def __init__(self, found: Iterator[Row[Any]]) -> None:
        self._found = found
        self._next: Row[Any] | None = next(found, None)
        self._group: tuple[int, list[Row[Any]]] = (0, [])
        #: The first position that nobody asked for.
        self.skipped: object = None

    def seek(self, position: int) -> list[Row[Any]]:
        """Return the rows at a position, none when there are none."""
        if self._group[0] == position:
            return self._group[1]
        while self._next is not None and _before(self._next.position, position):
            self._skip()
        group: list[Row[Any]] = []
        while self._next is not None and self._next.position == position:
            group.append(self._next)
            self._next = next(self._found, None)
        self._group = (position, group)
        return group

    def drain(self) -> None:
        """Note whether rows are left that nobody asked for."""
        if self._next is not None:
            self._skip()

    def _skip(self) -> None:
        if self.skipped is None and self._next is not None:
            self.skipped = self._next.position
        self._next = next(self._found, None)


def _before(value: object, position: int) -> bool:
    return isinstance(value, int) and value < position
