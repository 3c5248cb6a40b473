"""One process: its stores, its pages, its addresses."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

os.environ.setdefault("BOKEH_RESOURCES", "server")

import panel as pn
from bokeh.server.server import Server
from tornado.routing import PathMatches, Rule

from app.api.gate import guard, policy
from app.api.handler import ActorHandler
from app.api.routes import routes
from app.linking.opening import open_desk
from app.linking.services import LoopbackSignIn, Services, SignIn
from app.pages.case import case_page
from app.pages.home import home_page
from data_layer.settings import Settings

LOG = logging.getLogger("norrsken")
#: Largest body of a request, and largest message of a page, in bytes: ours are far smaller.
MAX_BODY = 1 << 20
MAX_MESSAGE = 4 << 20


class Home(ActorHandler):
    """The start page: it needs no session, and its lists are read in a worker thread."""

    #: Whoever is not let in is told so on the page itself.
    public = True

    async def get(self) -> None:
        """Answer the page."""
        made = await self.work(home_page, self.services, self.request.headers)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", policy())
        self.finish(made)


def pages(services: Services) -> dict[str, Callable[[], Any]]:
    """Return the functions of pages with a session by address; each is made anew for each."""
    return {
        "case/{case_id}": lambda: case_page(services, str(pn.state.route_params["case_id"])),
    }


def build_server(services: Services, *, port: int) -> Server:
    """Return a server that listens but does not run yet; port 0 takes a free one."""
    # Without sign-in nobody but this machine may connect.
    address = "127.0.0.1" if services.sign_in.local else None
    port = port or _free_port()
    server: Server = pn.serve(
        pages(services),
        port=port,
        address=address,
        show=False,
        start=False,
        title="Norrsken",
        extra_patterns=routes(services),
        websocket_origin=[f"{h}:{port}" for h in ("localhost", "127.0.0.1")],
        # A session's token holds the headers that name its actor: unsigned, anybody could write it.
        sign_sessions=True,
        secret_key=secrets.token_hex(32).encode(),
        unused_session_lifetime_milliseconds=15_000,
        check_unused_sessions_milliseconds=5_000,
        session_token_expiration=3600,
        websocket_max_message_size=MAX_MESSAGE,
        http_server_kwargs={"max_body_size": MAX_BODY},
    )
    start = Rule(PathMatches(r"/"), Home, {"services": services})
    server._tornado.default_router.rules.insert(0, start)
    guard(server, services)
    return server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(settings: Settings, sign_in: SignIn | None = None) -> None:
    """Run until stopped."""
    services = Services(open_desk(settings), settings, sign_in or LoopbackSignIn())
    server = build_server(services, port=settings.port)
    LOG.info("listening on http://localhost:%d", settings.port)
    server.start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.Thread(target=services.desk.warm, name="norrsken-warm", daemon=True).start()
    try:
        server.io_loop.start()
    except KeyboardInterrupt:
        LOG.info("stopping")
    finally:
        server.stop()
        services.desk.close()
