"""Whether the process lives and can answer: tells nothing about any case."""

from __future__ import annotations

from app.api.handler import ActorHandler


class Health(ActorHandler):
    """``/healthz``: the process answers."""

    public = True

    def get(self) -> None:
        """Say ok."""
        self.answer({"ok": True})


class Ready(ActorHandler):
    """``/readyz``: lake and journal can be read."""

    public = True

    async def get(self) -> None:
        """Say ok, or fail with 503 when a store does not answer."""
        try:
            await self.work(self.services.desk.ready)
        except Exception as error:
            self.set_status(503)
            self.answer({"ok": False, "why": type(error).__name__})
            return
        self.answer({"ok": True})
