"""One process: its stores, its pages, its addresses."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("BOKEH_RESOURCES", "server")

import panel as pn
from bokeh.server.server import Server

from app.api.routes import routes
from app.linking.opening import open_desk
from app.linking.services import LoopbackSignIn, Services, SignIn
from app.pages.case import case_page
from app.pages.home import home_page
from data_layer.settings import Settings

LOG = logging.getLogger("norrsken")


def pages(services: Services) -> dict[str, Callable[[], Any]]:
    """Return the page functions by address; each is made anew for each session."""
    return {
        "/": lambda: home_page(services),
        "case/{case_id}": lambda: case_page(services, str(pn.state.route_params["case_id"])),
    }


def build_server(services: Services, *, port: int, sign_in_is_local: bool = True) -> Server:
    """Return a server that listens but does not run yet; port 0 takes a free one."""
    # Without sign-in nobody but this machine may connect.
    address = "127.0.0.1" if sign_in_is_local else None
    server: Server = pn.serve(
        pages(services),
        port=port,
        address=address,
        show=False,
        start=False,
        title="Norrsken",
        extra_patterns=routes(services),
        websocket_origin=[f"{h}:{port}" for h in ("localhost", "127.0.0.1")] if port else "*",
        unused_session_lifetime_milliseconds=15_000,
        check_unused_sessions_milliseconds=5_000,
        session_token_expiration=3600,
    )
    return server


def serve(settings: Settings, sign_in: SignIn | None = None) -> None:
    """Run until stopped."""
    services = Services(open_desk(settings), settings, sign_in or LoopbackSignIn())
    server = build_server(services, port=settings.port)
    LOG.info("listening on http://localhost:%d", settings.port)
    server.start()
    try:
        server.io_loop.start()
    except KeyboardInterrupt:
        LOG.info("stopping")
    finally:
        server.stop()
        services.desk.close()
