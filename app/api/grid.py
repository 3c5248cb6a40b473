"""``/api/grid``: a picture of calls or of a signal as a grid of bytes, coloured in the browser."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from tornado.iostream import StreamClosedError

from app.api.handler import ActorHandler
from app.api.room import ROOM
from data_layer.errors import InputError
from data_layer.tiles.shade import shade

MAX_SIDE = 8192
#: Pixels of one picture: two 4K screens' worth.
MAX_PIXELS = 1 << 23
#: Seconds that a reader may take for a picture.
STALL = 30.0
#: Bytes that a pixel takes while its picture is made and sent.
_BYTES = 16
#: What a picture says of itself in the headers.
_TOLD = ("rows", "clipped", "missing", "x0", "x1", "y0", "y1", "level", "lane_rows")


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
        filters = () if signal else self.filters()
        picture = "" if signal else self.text("picture")
        async with ROOM.take(self.actor.id, wide * high * _BYTES):
            if self.request.connection.stream.closed():  # type: ignore[union-attr]
                return
            if signal:
                grid = await self.work(query.signal_grid, sample, signal, **view)
            else:
                grid = await self.work(query.grid, picture, sample=sample, filters=filters, **view)
            for name in _TOLD:
                value = getattr(grid, name, None)
                if value is not None:
                    self.set_header(name.replace("_", "-"), str(value))
            body = shade(grid.counts) if form == "colour" else grid.counts.astype("<u4")
            await self._hand(np.ascontiguousarray(body).tobytes())

    async def _hand(self, body: bytes) -> None:
        """Send the picture and wait until it is taken; a reader who takes nothing is let go."""
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Length", str(len(body)))
        self.write(body)
        try:
            await asyncio.wait_for(self.flush(), STALL)
        except StreamClosedError:
            return
        except TimeoutError:
            self.request.connection.stream.close()  # type: ignore[union-attr]
            return
        self.finish()
