"""``/api/cases``: the cases this actor may open, and the lake's newest version."""

from __future__ import annotations

from dataclasses import asdict

from app.api.handler import ActorHandler


class Cases(ActorHandler):
    """What the actor may open."""

    async def get(self) -> None:
        """Answer one object a case."""
        desk = self.services.desk
        found = await self.work(desk.cases, self.actor, self.version())
        self.answer({"cases": [asdict(c) for c in found]})


class Version(ActorHandler):
    """The newest version, so that an open page can say that it is stale."""

    async def get(self) -> None:
        """Answer the lake's version and the journal's position."""
        desk = self.services.desk
        lake = await self.work(desk.lake.newest)
        journal = await self.work(desk.journal.position)
        self.answer({"lake": lake, "journal": journal})
