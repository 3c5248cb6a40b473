"""``/api/export``: exactly the rows shown, streamed; recorded before the first byte leaves."""

from __future__ import annotations

import asyncio
import io
import logging
from asyncio import AbstractEventLoop
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, cast

from tornado.iostream import StreamClosedError

from app.api.handler import ActorHandler
from data_layer.errors import InputError
from data_layer.query.orders import parse_sort

LOG = logging.getLogger("norrsken.api")
FORMATS = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "parquet": ("application/vnd.apache.parquet", "parquet"),
    "vcf": ("text/x-vcf; charset=utf-8", "vcf"),
    "json": ("application/x-ndjson; charset=utf-8", "ndjson"),
}
BLOCK = 1 << 18
#: Seconds that a reader may take for one block before the export is broken off.
STALL = 60.0
#: Exports have threads of their own: one that waits for its reader holds up no page.
THREADS = ThreadPoolExecutor(4, thread_name_prefix="norrsken-export")


class Pipe(io.RawIOBase):
    """A file for a thread to write: each block waits until the reader has taken the one before."""

    def __init__(
        self, send: Callable[[bytes], Coroutine[Any, Any, None]], loop: AbstractEventLoop
    ) -> None:
        self.send = send
        self.loop = loop
        self.held = bytearray()
        self.sent = 0

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def tell(self) -> int:
        """Return the bytes written so far."""
        return self.sent + len(self.held)

    def write(self, data: Any) -> int:
        """Take bytes, and send them on once a block is full."""
        block = bytes(data)
        self.held += block
        if len(self.held) >= BLOCK:
            self.push()
        return len(block)

    def push(self) -> None:
        """Send what is held and wait for it to be taken."""
        block = bytes(self.held)
        self.held.clear()
        if block:
            handed = asyncio.run_coroutine_threadsafe(self.send(block), self.loop)
            handed.result(2 * STALL)
            self.sent += len(block)


class Export(ActorHandler):
    """A download of the table as filtered and sorted."""

    async def get(self) -> None:
        """Stream the file; a failure half-way breaks the transfer, so no part passes as whole."""
        form = self.text("format", "csv")
        if form not in FORMATS:
            listed = ", ".join(FORMATS)
            raise InputError("ARGUMENT", self.request.path, f"format is {form!r}, not {listed}")
        query = await self.case()
        filters, sort = self.filters(), parse_sort(self.text("sort", ""))
        columns = [c for c in self.text("columns", "").split(",") if c] or None
        detail = {
            "format": form,
            "filters": self.text("f", ""),
            "columns": columns or [],
            "version": query.info.lake_version,
        }
        case_id = query.info.case_id
        await self.work(
            self.services.desk.journal.record_access, self.actor.id, "export", case_id, detail
        )
        kind, ending = FORMATS[form]
        self.set_header("Content-Type", kind)
        self.set_header("Content-Disposition", f'attachment; filename="{case_id}.{ending}"')
        pipe = Pipe(self._send, asyncio.get_running_loop())

        def write() -> None:
            query.export(filters, sort, columns, form, cast(BinaryIO, pipe))
            pipe.push()

        try:
            await asyncio.get_running_loop().run_in_executor(THREADS, write)
        except (StreamClosedError, TimeoutError):
            LOG.info("the reader of an export of %s went away", case_id)
        except Exception:
            if not pipe.sent:
                self.clear_header("Content-Disposition")
                raise
            LOG.exception("export of %s broke after %d bytes", case_id, pipe.sent)
            self.request.connection.stream.close()  # type: ignore[union-attr]

    async def _send(self, block: bytes) -> None:
        self.write(block)
        try:
            await asyncio.wait_for(self.flush(), STALL)
        except TimeoutError:
            LOG.warning("the reader of an export took nothing for %g s", STALL)
            self.request.connection.stream.close()  # type: ignore[union-attr]
            raise StreamClosedError from None
