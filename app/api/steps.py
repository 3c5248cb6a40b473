"""``/api/funnel`` and ``/api/why``: what each filter removed."""

from __future__ import annotations

from dataclasses import asdict

from app.api.handler import ActorHandler


class Funnel(ActorHandler):
    """Counts after each step, in one pass."""

    async def get(self) -> None:
        """Answer the steps with sentence, before and after."""
        query = await self.case()
        steps = await self.work(query.funnel, self.filters())
        self.answer({"version": query.info.lake_version, "steps": [asdict(s) for s in steps]})


class WhyGone(ActorHandler):
    """What removed a variant."""

    async def get(self) -> None:
        """Answer which step removed the variant ``q``, with the value it was judged by."""
        query = await self.case()
        self.answer(asdict(await self.work(query.why, self.text("q"), self.filters())))
