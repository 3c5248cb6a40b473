"""Filter, sort, page and picture against pandas with every column in memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from app.linking.opening import open_desk
from data_layer.query.access import LOCAL
from data_layer.query.case import CaseQuery
from data_layer.query.filters import Filter, parse_filters
from data_layer.settings import Settings
from tests.bench.clock import Row, cold_and_warm, timed
from tests.bench.ingest_bench import CASE

WIDTH, HEIGHT = 1500, 160
BY_AF = (("gnomad_af", True),)
COLUMNS = ["row_id", "gpos", "rank_score", "gnomad_af", "consequence", "gene"]


def frame_of(case: CaseQuery, folder: Path) -> pd.DataFrame:
    """Every row of the case in a pandas frame, through our own export."""
    out = folder / "all.parquet"
    with out.open("wb") as file:
        case.export((), (("row_id", False),), COLUMNS, "parquet", file)
    return pd.read_parquet(out)


def memory_mb() -> float:
    """Peak resident memory of this process in MB."""
    text = Path(f"/proc/{os.getpid()}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmHWM"))  # fmt: skip # noqa: E501


def query_rows(folder: Path) -> list[Row]:
    """Ask the same of both, one after the other."""
    desk = open_desk(Settings(lake=str(folder / "lake")))
    case = desk.case(LOCAL, CASE)
    bounds = iter(range(1, 1000))

    def next_filter() -> tuple[Filter, ...]:
        return parse_filters(f"gnomad_af<{next(bounds) / 10000}")

    def everything() -> None:
        chosen = next_filter()
        case.funnel(chosen)
        case.page(chosen, (("rank_score", True),), 0, 50, None)
        for picture in ("density", "vaf", "rank"):
            case.grid(picture, sample=None, x0=0, x1=case.info.genome_size, y0=None, y1=None,
                      w=WIDTH, h=HEIGHT, filters=chosen)  # fmt: skip

    def picture() -> None:
        case.grid("rank", sample=None, x0=0, x1=case.info.genome_size, y0=None, y1=None,
                  w=WIDTH, h=HEIGHT, filters=())  # fmt: skip

    ours: list[tuple[str, Callable[[], object]]] = [
        ("filter change: funnel, page, three pictures", everything),
        ("funnel of one new filter", lambda: case.funnel(next_filter())),
        ("sort by a column, first page", lambda: case.page((), BY_AF, 0, 50, None)),
        ("last page", lambda: case.page((), BY_AF, case.info.total - 50, 50, None)),
        ("whole-genome picture", picture),
    ]  # fmt: skip
    measured = [(name, *cold_and_warm(call)) for name, call in ours]
    print(f"peak memory before pandas: {memory_mb():,.0f} MB")  # noqa: T201
    frame = frame_of(case, folder)
    peers = _peers(frame, next_filter=lambda: next(bounds) / 10000)
    rows = [
        Row(name, f"pandas {label}", cold, warm, min(timed(call) for _ in range(3)))
        for (name, cold, warm), (label, call) in zip(measured, peers, strict=True)
    ]
    desk.close()
    return rows


def _peers(
    frame: pd.DataFrame, next_filter: Callable[[], float]
) -> list[tuple[str, Callable[[], object]]]:
    def kept() -> pd.DataFrame:
        af = frame["gnomad_af"]
        return frame[(af < next_filter()) | af.isna()]

    def image(rows: pd.DataFrame) -> object:
        return np.histogram2d(rows["gpos"], rows["rank_score"].fillna(-100), bins=(WIDTH, HEIGHT))

    def everything() -> None:
        rows = kept()
        rows.sort_values("rank_score", ascending=False).head(50)
        for _ in range(3):
            image(rows)

    def ordered() -> pd.DataFrame:
        return frame.sort_values("gnomad_af", ascending=False)

    return [
        ("mask, sort, three histogram2d", everything),
        ("mask and count", lambda: len(kept())),
        ("sort_values, head", lambda: ordered().head(50)),
        ("sort_values, tail", lambda: ordered().tail(50)),
        ("histogram2d", lambda: image(frame)),
    ]
