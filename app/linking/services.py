"""What one process gives to every page and handler: the desk, the settings, the way to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from data_layer.errors import RefusedError
from data_layer.query.access import LOCAL, Actor
from data_layer.query.desk import Desk
from data_layer.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class SignIn(Protocol):
    """Says who asks, from a request's headers; refuses when nobody is signed in."""

    #: One sentence for the page: who this is and how it is known.
    note: str
    #: True when it knows nobody: then the server listens to this machine only.
    local: bool

    def actor(self, headers: Mapping[str, str]) -> Actor:
        """Return the actor of a request.

        Raises:
            RefusedError: nobody is signed in, or the request came by a foreign name.
        """
        ...


class LoopbackSignIn:
    """No sign-in: whoever sits at this machine, and only under one of its own names.

    The Host check keeps a page of another site, whose name was pointed at 127.0.0.1, from
    reading cases through the visitor's browser.
    """

    local = True
    note = (
        "No sign-in: this page answers on this machine only, and everyone here is an administrator."
    )

    def actor(self, headers: Mapping[str, str]) -> Actor:
        """Return the local actor, or refuse a Host that is not this machine."""
        host = headers.get("Host", "")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if name.lower() not in LOOPBACK:
            raise RefusedError(
                "SIGN-IN",
                "this address",
                "without sign-in the server answers to localhost only",
                "Open it as http://localhost or set up sign-in.",
            )
        return LOCAL


@dataclass(frozen=True)
class Services:
    """One composition root a process: made in ``app/main.py``, handed to pages and handlers."""

    desk: Desk
    settings: Settings
    sign_in: SignIn
