"""The genome's tracks: Bokeh figures over one x range; the browser fetches their grids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from bokeh.models import BasicTicker, ColumnDataSource, LinearColorMapper, Range1d
from bokeh.plotting import figure

from app.theme.tokens import palette, tokens
from data_layer.query.info import CaseInfo
from data_layer.region import NAMES, Build
from data_layer.schema import CLASSES

#: Pixels left and right of every track's frame, the same in the page's style sheet.
LEFT, RIGHT = 112, 4
#: Share of the frame above and below the values, so that 0 and 1 do not lie on the edge.
MARGIN = 0.03
LANE = 12
WORDS = {"snv": "SNV", "indel": "indel", "sv": "SV", "cnv": "CNV", "str": "STR", "mei": "MEI",
         "fusion": "fusion", "bnd": "BND"}  # fmt: skip


@dataclass(frozen=True)
class Track:
    """A picture of the grid API as a row of the page.

    ``lanes`` are the class codes it shows; ``range`` is its lowest and highest value, when known.
    """

    name: str
    title: str
    what: str
    height: int
    lanes: tuple[int, ...] = ()
    range: tuple[float, float] | None = None


def tracks(info: CaseInfo) -> tuple[Track, ...]:
    """Return the rows of a case: classes, allele fraction and, where given, rank score."""
    class_counts = info.class_counts
    lanes = tuple(i for i, name in enumerate(CLASSES) if class_counts.get(name)) or (0,)
    high = max(48, LANE * len(lanes) + 4)
    out = [
        Track("density", "Classes", "calls by class", high, lanes),
        Track("vaf", "VAF", "alt fraction", 74),
    ]
    if info.has_rank and info.score_min is not None and info.score_max is not None:
        span = (info.score_min, max(info.score_max, info.score_min + 1))
        out.append(Track("rank", "Rank", "by rank score", 80, range=span))
    return tuple(out)


def track_figures(rows: Sequence[Track], build: Build, theme: str) -> dict[str, figure]:
    """Make the figures; they share the range ``genome_x`` and are found by name in the browser."""
    x_range = Range1d(start=0, end=sum(build.sizes), name="genome_x")
    return {t.name: _figure(t, x_range, build, theme) for t in rows}


def lane_names(track: Track) -> list[str]:
    """Return the words beside the lanes, bottom first."""
    return [WORDS[CLASSES[i]] for i in track.lanes]


def _figure(track: Track, x_range: Range1d, build: Build, theme: str) -> figure:
    colour = tokens(theme)
    low, high = (0.0, float(len(track.lanes))) if track.lanes else (0.0, 1.0)
    fig = figure(
        name=f"figure_{track.name}",
        height=track.height,
        sizing_mode="stretch_width",
        x_range=x_range,
        y_range=Range1d(start=low, end=high, name=f"y_{track.name}"),
        tools="",
        toolbar_location=None,
        min_border_left=LEFT,
        min_border_right=RIGHT,
        min_border_top=1,
        min_border_bottom=1,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
    )
    _shade_chromosomes(fig, build, colour["surface-inset"])
    source = ColumnDataSource(_nothing(), name=f"grid_{track.name}")
    mapper = LinearColorMapper(palette=palette(theme), low=0, high=255, name=f"map_{track.name}")
    more: dict[str, Any] = {"color_mapper": mapper, "origin": "top_left"}
    fig.image("image", "x", "y", "dw", "dh", source=source, **more)
    _axes(fig, track, colour)
    return fig


def _nothing() -> dict[str, Any]:
    return {"image": [np.zeros((1, 1), np.uint8)], "x": [0], "y": [0], "dw": [1], "dh": [1]}


def _shade_chromosomes(fig: figure, build: Build, colour: str) -> None:
    odd = range(1, len(NAMES), 2)
    left = [build.offsets[i] for i in odd]
    right = [build.offsets[i] + build.sizes[i] for i in odd]
    source = ColumnDataSource({"left": left, "right": right}, name=f"chroms_{fig.name}")
    fig.quad("left", "right", top=1e6, bottom=-1e6, source=source, fill_color=colour, line_color=None)  # fmt: skip # noqa: E501


def _axes(fig: figure, track: Track, colour: Mapping[str, str]) -> None:
    fig.xaxis.visible = False
    fig.grid.grid_line_color = None
    axis = fig.yaxis[0]
    axis.name = f"axis_{track.name}"
    axis.axis_line_color = None
    axis.minor_tick_line_color = None
    axis.major_tick_in, axis.major_tick_out = 0, 3
    axis.major_tick_line_color = colour["line-strong"]
    axis.major_label_text_font = "Inter"
    axis.major_label_text_font_size = "10.5px"
    axis.major_label_text_color = colour["text-3"]
    axis.major_label_standoff = 3
    if track.lanes:
        axis.ticker = [i + 0.5 for i in range(len(track.lanes))]
        axis.major_label_overrides = {i + 0.5: n for i, n in enumerate(lane_names(track))}
        axis.major_tick_line_color = None
    elif track.name == "rank":
        axis.ticker = BasicTicker(desired_num_ticks=3)
    elif track.name == "vaf":
        axis.ticker = [0, 0.5, 1]
