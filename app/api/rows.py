"""``/api/rows`` and its neighbours: the variant table, one page at a time."""

from __future__ import annotations

from app.api.handler import ActorHandler
from data_layer.query.orders import parse_sort

MAX_PAGE = 1000


class Rows(ActorHandler):
    """A page of variants in the chosen order."""

    async def get(self) -> None:
        """Answer ``last_page``, ``last_row``, ``of``, ``data``, ``version``."""
        query = await self.case()
        size = self.number("size", 50, low=1, high=MAX_PAGE)
        page = self.number("page", 1, low=1)
        columns = [c for c in self.text("columns", "").split(",") if c]
        found = await self.work(
            query.page,
            self.filters(),
            parse_sort(self.text("sort", "")),
            (page - 1) * size,
            size,
            columns or None,
        )
        self.answer(
            {
                "last_page": max(1, -(-found.total // size)),
                "last_row": found.total,
                "of": found.of,
                "data": found.rows,
                "version": query.info.lake_version,
            }
        )


class Place(ActorHandler):
    """Where a row stands in an order, so that a page can be opened at it."""

    async def get(self) -> None:
        """Answer ``place`` from 0, or null when a filter removed the row."""
        query = await self.case()
        place = await self.work(
            query.place, self.number("row"), self.filters(), parse_sort(self.text("sort", ""))
        )
        self.answer({"place": place})


class Variant(ActorHandler):
    """Everything about one row."""

    async def get(self) -> None:
        """Answer every column, INFO and FORMAT field and transcript of a row."""
        query = await self.case()
        self.answer(await self.work(query.variant, self.number("row")))
