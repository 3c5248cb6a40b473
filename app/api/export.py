"""``/api/export``: exactly the rows shown, streamed; recorded before the first byte leaves."""

from __future__ import annotations

import asyncio
import io
import logging
from asyncio import AbstractEventLoop
from collections.abc import Callable, Coroutine, Sequence
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


class Download(ActorHandler):
    """A file that a thread writes while its reader takes it."""

    async def record(self, kind: str, case_id: str, detail: dict[str, object]) -> None:
        """Write into the access ledger who takes what, before the first byte leaves."""
        journal = self.services.desk.journal
        await self.work(journal.record_access, self.actor.id, kind, case_id, detail)

    async def stream(self, name: str, form: str, write: Callable[[BinaryIO], object]) -> None:
        """Send what ``write`` writes; a failure half-way breaks the transfer, so no part passes as whole."""  # noqa: E501
        kind, ending = FORMATS[form]
        self.set_header("Content-Type", kind)
        self.set_header("Content-Disposition", f'attachment; filename="{name}.{ending}"')
        pipe = Pipe(self._send, asyncio.get_running_loop())

        def fill() -> None:
            write(cast(BinaryIO, pipe))
            pipe.push()

        try:
            await asyncio.get_running_loop().run_in_executor(THREADS, fill)
        except (StreamClosedError, TimeoutError):
            LOG.info("the reader of %s went away", name)
        except Exception:
            if not pipe.sent:
                self.clear_header("Content-Disposition")
                raise
            LOG.exception("the export %s broke after %d bytes", name, pipe.sent)
            self.request.connection.stream.close()  # type: ignore[union-attr]

    async def _send(self, block: bytes) -> None:
        self.write(block)
        try:
            await asyncio.wait_for(self.flush(), STALL)
        except TimeoutError:
            LOG.warning("the reader of an export took nothing for %g s", STALL)
            self.request.connection.stream.close()  # type: ignore[union-attr]
            raise StreamClosedError from None

    def form(self, allowed: Sequence[str]) -> str:
        """Return the argument ``format``, one of those allowed."""
        form = self.text("format", "csv")
        if form not in allowed:
            listed = ", ".join(allowed)
            raise InputError("ARGUMENT", self.request.path, f"format is {form!r}, not {listed}")
        return form


class Export(Download):
    """A download of the table as filtered and sorted."""

    async def get(self) -> None:
        """Stream the file."""
        form = self.form(tuple(FORMATS))
        query = await self.case()
        filters, sort = self.filters(), parse_sort(self.text("sort", ""))
        columns = [c for c in self.text("columns", "").split(",") if c] or None
        detail: dict[str, object] = {
            "format": form,
            "filters": self.text("f", ""),
            "columns": columns or [],
            "version": query.info.lake_version,
        }
        case_id = query.info.case_id
        await self.record("export", case_id, detail)
        await self.stream(
            case_id, form, lambda out: query.export(filters, sort, columns, form, out)
        )
