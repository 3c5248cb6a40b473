"""``/api/grid``: a picture of calls or of a signal as a grid of bytes, coloured in the browser."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.api.handler import ActorHandler
from data_layer.errors import InputError
from data_layer.tiles.shade import shade

MAX_SIDE = 8192
#: Pixels of one picture: two 4K screens' worth.
MAX_PIXELS = 1 << 23


class GridPicture(ActorHandler):
    """Counts per pixel over the genome-wide axis; row 0 is the top."""

    async def get(self) -> None:
        """Answer uint8 shades (``as=colour``) or little-endian uint32 counts (``as=counts``)."""
        form = self.text("as", "colour")
        if form not in ("colour", "counts"):
            raise InputError("ARGUMENT", self.request.path, f"as is {form!r}, not colour or counts")
        query = await self.case()
        wide, high = self.number("w", low=1, high=MAX_SIDE), self.number("h", low=1, high=MAX_SIDE)
        if wide * high > MAX_PIXELS:
            said = f"{wide} x {high} pixels, allowed {MAX_PIXELS:,}"
            raise InputError("ARGUMENT", self.request.path, said)
        view: dict[str, Any] = {
            "x0": self.number("x0"),
            "x1": self.number("x1"),
            "y0": self.decimal("y0"),
            "y1": self.decimal("y1"),
            "w": wide,
            "h": high,
        }
        sample = self.get_query_argument("sample", None)
        signal = self.get_query_argument("signal", "")
        if signal:
            grid = await self.work(query.signal_grid, sample, signal, **view)
        else:
            picture, filters = self.text("picture"), self.filters()
            grid = await self.work(query.grid, picture, sample=sample, filters=filters, **view)
        for name in ("rows", "clipped", "missing", "x0", "x1", "y0", "y1", "level", "lane_rows"):
            value = getattr(grid, name, None)
            if value is not None:
                self.set_header(name.replace("_", "-"), str(value))
        self.set_header("Content-Type", "application/octet-stream")
        body = shade(grid.counts) if form == "colour" else grid.counts.astype("<u4")
        self.finish(np.ascontiguousarray(body).tobytes())
