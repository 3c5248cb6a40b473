"""The thread between the page's scripts and its session: state down, deeds up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import param
from panel.custom import JSComponent


class Bridge(JSComponent):
    """Hands the session's state to ``/assets/js/case.js`` and its messages back to the session.

    It draws nothing itself: the page's cards live in the template, where one style sheet and the
    keyboard reach them. The variant table is made on the Tabulator that Panel ships.
    """

    boot = param.Dict(default={}, doc="What stays the same for the session: case, fields, columns.")
    state = param.Dict(default={}, doc="The page's state as the address holds it, and f.")
    funnel = param.Dict(default={}, doc="The funnel's face and steps.")
    brushed = param.Dict(default={}, doc="The brush's face and count.")
    checks = param.Dict(default={}, doc="The face of the checks and their findings.")
    notice = param.Dict(default={}, doc="A problem with the last deed, to be said to the person.")
    told = param.Dict(default={}, doc="What became of a deed that changes nothing in sight.")
    newest = param.Dict(default={}, doc="The newest lake version, when it is not the one shown.")

    _esm = """
export async function render({ model }) {
  const page = await import(new URL("/assets/js/case.js", window.location.href).href);
  page.start(model);
}
"""

    def __init__(self, deed: Callable[[dict[str, Any]], None], **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]
        self._deed = deed

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict):
            self._deed(data)
