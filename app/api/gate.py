"""The gate before every address, the page library's own included: what nobody needs stays shut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bokeh.server.server import Server
from bokeh.util.token import get_token_payload
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import OutputTransform

from app.api.handler import ActorHandler
from app.linking.services import Services
from data_layer.errors import NorrskenError, NotFoundError, RefusedError

#: Ends of the page library's own addresses that no page of ours asks for.
_SHUT_ENDS = ("/autoload.js", "/metadata")
#: The library answers these by importing any module that the address names.
_SHUT_STARTS = ("/components/",)
#: A session is made for whoever asks; nobody may bring one along.
_BROUGHT = ("bokeh-token", "bokeh-session-id")
#: Sites, as browsers name them, whose pages must not ask for ours.
_STRANGE = frozenset({"cross-site", "same-site"})
_FREE = ("/static/", "/assets/", "/healthz", "/readyz", "/favicon.ico")


def policy(*scripts: str) -> str:
    """Return what a page may load: nothing from another host, scripts from here and ``scripts``."""
    return "; ".join((
        "default-src 'self'",
        " ".join(("script-src 'self'", *scripts)),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' blob:",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'self'",
        "object-src 'none'",
    ))  # fmt: skip


#: The page library starts a page by an inline script and loads its components from blobs; text is
#: never evaluated.
POLICY = policy("'unsafe-inline'", "blob:")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": POLICY,
}


class Guarded(OutputTransform):
    """Adds the headers that keep an answer out of foreign frames and pages."""

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add what the handler did not set itself, and drop what names the server."""
        for name, value in HEADERS.items():
            if name not in headers:
                headers[name] = value
        if "Server" in headers:
            del headers["Server"]
        return status_code, headers, chunk


class Refusal(ActorHandler):
    """Answers a request that the gate did not let in."""

    public = True

    def initialize(self, services: Services, problem: NorrskenError | None = None) -> None:
        """Keep the reason."""
        super().initialize(services)
        self.problem = problem

    async def prepare(self) -> None:
        """Say the reason, whatever the method."""
        raise self.problem or NotFoundError("ADDRESS", self.request.path, "no such address")


class Gate(Matcher):
    """Matches, and so takes away from every other handler, what must not be answered."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return None to let a request in; else the reason for ``Refusal``."""
        try:
            self._check(request)
        except NorrskenError as error:
            return {"target_kwargs": {"services": self.services, "problem": error}}
        return None

    def _check(self, request: HTTPServerRequest) -> None:
        path = request.path
        if path.endswith(_SHUT_ENDS) or path.startswith(_SHUT_STARTS):
            raise NotFoundError("ADDRESS", path, "no such address")
        if path.startswith(_FREE):
            return
        if any(n in request.arguments for n in _BROUGHT) or "Bokeh-Session-Id" in request.headers:
            raise _refused(path, "a page's session cannot be chosen by who asks for it")
        if request.method == "GET" and _has_body(request):
            raise _refused(path, "a request for a page has no body")
        _check_site(request)
        if path.endswith("/ws"):
            self._check_socket(request)

    def _check_socket(self, request: HTTPServerRequest) -> None:
        """A page's socket belongs to the person for whom the page was made."""
        asks = self.services.sign_in.actor(request.headers)
        words = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        if len(words) != 2:
            raise _refused(request.path, "no page opened this connection")
        try:
            payload = get_token_payload(words[1].strip())
            made_for = self.services.sign_in.actor(_page_headers(payload))
        except NorrskenError:
            raise
        except Exception:
            raise _refused(request.path, "no page opened this connection") from None
        if made_for.id != asks.id:
            raise _refused(request.path, "the page was made for another person")


def _has_body(request: HTTPServerRequest) -> bool:
    length = request.headers.get("Content-Length", "0").strip()
    return length != "0" or "Transfer-Encoding" in request.headers


def _page_headers(payload: Mapping[str, Any]) -> Mapping[str, str]:
    headers = HTTPHeaders({str(k): str(v) for k, v in payload["headers"].items()})
    cookies = payload.get("cookies") or {}
    if cookies and "Cookie" not in headers:
        headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in cookies.items())
    return headers


def _check_site(request: HTTPServerRequest) -> None:
    """Another site may link to a page; it may not load, embed or fetch anything."""
    if request.headers.get("Sec-Fetch-Site", "") not in _STRANGE:
        return
    followed = request.headers.get("Sec-Fetch-Dest") == "document" and request.method == "GET"
    if request.path.startswith("/api/") or not followed:
        raise _refused(request.path, "the request came from a page of another site")


def _refused(path: str, why: str) -> RefusedError:
    return RefusedError("REQUEST", path, why, "Open the page in a window of its own.")


def guard(server: Server, services: Services) -> None:
    """Put the gate before all handlers of a server, and the headers on all of its answers."""
    application = server._tornado
    application.default_router.rules.insert(0, Rule(Gate(services), Refusal))
    application.transforms.append(Guarded)
