"""``/assets``: fonts, icons, scripts and styles, served by us and by nobody else."""

from __future__ import annotations

from typing import Any

from tornado.web import StaticFileHandler

from app.api.handler import ActorHandler
from app.linking.services import Services
from data_layer.settings import asset_path

SERVED = ("css", "js", "fonts", "icons")


class Assets(StaticFileHandler, ActorHandler):
    """A file of the package; the page needs them before anyone has signed in."""

    public = True

    def initialize(self, services: Services, **kwargs: Any) -> None:  # type: ignore[override]
        """Serve from the package's folder."""
        ActorHandler.initialize(self, services)
        StaticFileHandler.initialize(self, path=str(asset_path()))

    async def prepare(self) -> None:
        """Show only what a page needs, never the tables."""
        parts = str(self.path_args[0]).split("/") if self.path_args else [""]
        if parts[0] not in SERVED or ".." in parts:
            self.send_error(404)

    def set_extra_headers(self, path: str) -> None:
        """Let a browser keep it, but ask whether it changed."""
        self.set_header("Cache-Control", "no-cache")
