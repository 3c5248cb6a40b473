"""Every question to one case, for one actor; ``access.py`` makes it, nothing else can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from data_layer.query import arcs, pictures, segments, signals, variants
from data_layer.query.columns import class_codes, score_max, score_range
from data_layer.query.detail import detail
from data_layer.query.detect import detect
from data_layer.query.event import Event, event
from data_layer.query.export import export
from data_layer.query.filters import Filter
from data_layer.query.find import Hit, find
from data_layer.query.funnel import Step, funnel
from data_layer.query.info import CaseInfo
from data_layer.query.marks import Marks, marks
from data_layer.query.segments import SegmentInfo, Segments
from data_layer.query.signal_export import signal_export
from data_layer.query.signals import SignalInfo
from data_layer.query.source import Source
from data_layer.query.variants import Page, Sort
from data_layer.query.vcf import Sink
from data_layer.query.verdict import verdict
from data_layer.query.why import Why, why
from data_layer.schema import CLASSES


class CaseQuery:
    """Answers about one case at one lake version, as far as its actor may see; any thread."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.info: CaseInfo = _opened(source)

    def funnel(self, filters: Sequence[Filter]) -> list[Step]:
        """Return what each filter left, in order; the first step is all calls."""
        return funnel(self._source, filters)

    def count(self, filters: Sequence[Filter]) -> int:
        """Return how many calls the filters keep."""
        return verdict(self._source, filters).count

    def page(
        self,
        filters: Sequence[Filter],
        sort: Sort,
        offset: int,
        limit: int,
        columns: Sequence[str] | None = None,
    ) -> Page:
        """Return rows from place ``offset`` on; standard columns unless some are named."""
        return variants.page(self._source, filters, sort, offset, limit, columns)

    def place(self, row_id: int, filters: Sequence[Filter], sort: Sort) -> int | None:
        """Return where a row stands in that order, from 0; None when it was removed."""
        return variants.place(self._source, row_id, filters, sort)

    def grid(
        self,
        picture: str,
        *,
        sample: str | None = None,
        x0: int,
        x1: int,
        y0: float | None = None,
        y1: float | None = None,
        w: int,
        h: int,
        filters: Sequence[Filter] = (),
    ) -> pictures.Grid:
        """Return a picture as counts per pixel; their sum is the number of kept rows in view."""
        return pictures.grid(
            self._source,
            picture,
            sample=sample,
            x0=x0,
            x1=x1,
            y0=y0,
            y1=y1,
            w=w,
            h=h,
            filters=filters,
        )

    def signals(self) -> tuple[SignalInfo, ...]:
        """Return what was measured of the people in sight, person by person."""
        return signals.signals(self._source)

    def signal_grid(
        self,
        sample: str | None,
        signal: str,
        *,
        x0: int,
        x1: int,
        y0: float | None = None,
        y1: float | None = None,
        w: int,
        h: int,
    ) -> pictures.Grid:
        """Return a signal's picture as counts per pixel; their sum is the points in view."""
        return signals.signal_grid(
            self._source, sample, signal, x0=x0, x1=x1, y0=y0, y1=y1, w=w, h=h
        )

    def segment_infos(self) -> tuple[SegmentInfo, ...]:
        """Return how many segments of each kind the people in sight have, and their callers."""
        return segments.segment_infos(self._source)

    def segments(self, kind: str, sample: str | None, x0: int, x1: int, w: int) -> Segments:
        """Return the segments in view, those narrower than a pixel as counts."""
        return segments.segments(self._source, kind, sample, x0, x1, w)

    def arcs(self, filters: Sequence[Filter], x0: int, x1: int, w: int) -> arcs.Arcs:
        """Return the kept structural events with an end in view, the narrow ones as counts."""
        return arcs.arcs(self._source, filters, x0, x1, w)

    def detect(self) -> dict[str, Any]:
        """Return what the case shows of itself: sex, copies, homozygosity, disomy, kinship."""
        return detect(self._source)

    def event(self, row_id: int) -> Event:
        """Return a structural call with the signals, segments, calls and genes around it."""
        return event(self._source, row_id)

    def signal_export(
        self,
        sample: str | None,
        signal: str | None,
        kind: str | None,
        x0: int,
        x1: int,
        fmt: str,
        out: Sink,
    ) -> int:
        """Write the points or segments beneath a picture as csv or parquet; return how many."""
        return signal_export(self._source, sample, signal, kind, x0, x1, fmt, out)

    def marks(self, filters: Sequence[Filter], x0: int, x1: int, w: int) -> Marks:
        """Return the events in view that a pixel cannot show, and the highest ranked calls."""
        return marks(self._source, filters, x0, x1, w)

    def variant(self, row_id: int) -> dict[str, Any]:
        """Return everything about one call: columns, the file's fields, people, transcripts."""
        return detail(self._source, row_id)

    def find(self, text: str) -> list[Hit]:
        """Return what a text names in this case: calls, genes, a region."""
        return find(self._source, text)

    def why(self, text: str, filters: Sequence[Filter]) -> Why:
        """Return which step removed the call that a text names, with the value it was judged by."""
        return why(self._source, text, filters)

    def export(
        self,
        filters: Sequence[Filter],
        sort: Sort,
        columns: Sequence[str] | None,
        fmt: str,
        out: Sink,
    ) -> int:
        """Write the kept calls to ``out`` as csv, parquet, vcf or json; return how many."""
        return export(self._source, filters, sort, columns, fmt, out)


def _opened(source: Source) -> CaseInfo:
    """Fill in what takes a look at the rows: classes and scores."""
    codes = class_codes(source)[source.present()]
    counts = np.bincount(codes, minlength=len(CLASSES))
    score = score_max(source)
    return replace(
        source.info,
        class_counts={name: int(counts[i]) for i, name in enumerate(CLASSES)},
        total=int(counts.sum()),
        has_rank=score is not None,
        score_max=score,
        score_min=None if score is None else score_range(source)[0],
    )
