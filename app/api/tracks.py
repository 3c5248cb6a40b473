"""Signals, segments and arcs: what lies along the genome, person by person."""

from __future__ import annotations

from dataclasses import asdict

from app.api.export import Download
from app.api.grid import MAX_SIDE
from app.api.handler import ActorHandler
from data_layer.errors import InputError
from data_layer.query.signal_export import SIGNAL_FORMATS
from data_layer.schema import SEGMENT_KINDS, SIGNALS


class Signals(ActorHandler):
    """What was measured and called of the people in sight."""

    async def get(self) -> None:
        """Answer ``signals`` and ``segments``, one object a person and name."""
        query = await self.case()
        called = await self.work(query.segment_infos)
        self.answer(
            {
                "signals": [asdict(s) for s in query.signals()],
                "segments": [asdict(s) for s in called],
                "version": query.info.lake_version,
            }
        )


class Segments(ActorHandler):
    """Called intervals in view."""

    async def get(self) -> None:
        """Answer ``segments`` a pixel wide, ``narrow`` as [pixel, count], ``total``, ``of``."""
        query = await self.case()
        found = await self.work(
            query.segments,
            self.text("kind"),
            self.get_query_argument("sample", None),
            self.number("x0"),
            self.number("x1"),
            self.number("w", low=1, high=MAX_SIDE),
        )
        self.answer(vars(found) | {"version": query.info.lake_version})


class Arcs(ActorHandler):
    """Structural events with an end in view."""

    async def get(self) -> None:
        """Answer ``arcs``, ``narrow`` as [pixel, type, count], ``total``, ``of``."""
        query = await self.case()
        found = await self.work(
            query.arcs,
            self.filters(),
            self.number("x0"),
            self.number("x1"),
            self.number("w", low=1, high=MAX_SIDE),
        )
        self.answer(asdict(found) | {"version": query.info.lake_version})


class Event(ActorHandler):
    """A structural call with what stands around it."""

    async def get(self) -> None:
        """Answer ``signals`` under it, ``segments``, other ``calls``, ``genes``, ``people``."""
        query = await self.case()
        found = await self.work(query.event, self.number("row"))
        self.answer(asdict(found) | {"version": query.info.lake_version})


class Detect(ActorHandler):
    """What the case shows of itself."""

    async def get(self) -> None:
        """Answer findings with formula, source, limit, verdict and status each."""
        query = await self.case()
        found = await self.work(query.detect)
        self.answer(found | {"version": query.info.lake_version})


class SignalExport(Download):
    """A download of the points or segments beneath a picture."""

    async def get(self) -> None:
        """Stream the file; the access ledger knows of it before."""
        form = self.form(SIGNAL_FORMATS)
        query = await self.case()
        sample = self.get_query_argument("sample", None)
        signal, kind = self.text("signal", ""), self.text("kind", "")
        x0, x1 = self.number("x0"), self.number("x1")
        what = signal or kind
        if what not in (*SIGNALS, *SEGMENT_KINDS):
            raise InputError("ARGUMENT", self.request.path, f"{what!r} is no signal or segment")
        detail: dict[str, object] = {
            "format": form,
            "sample": sample or "",
            "signal": signal,
            "segments": kind,
            "region": [x0, x1],
            "version": query.info.lake_version,
        }
        await self.record("export", query.info.case_id, detail)
        await self.stream(
            f"{query.info.case_id}-{what}",
            form,
            lambda out: query.signal_export(sample, signal, kind, x0, x1, form, out),
        )
