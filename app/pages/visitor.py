"""Who asks for a page."""

from __future__ import annotations

import panel as pn

from app.linking.services import Services
from data_layer.query.access import Actor


def visitor(services: Services) -> Actor:
    """Return the actor of the request that this page is made for.

    Raises:
        RefusedError: nobody is signed in, or the request came by a foreign name.
    """
    raw = pn.state.headers or {}
    headers = {k: v if isinstance(v, str) else ", ".join(v) for k, v in raw.items()}
    return services.sign_in.actor(headers)
