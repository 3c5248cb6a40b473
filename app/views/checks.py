"""What the data say of the people themselves: sex, copies, homozygosity, disomy, kinship."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import holoviews as hv
import panel as pn
from bokeh.models import HoverTool

from app.linking.client import CaseClient, Query
from app.linking.selection import Selection
from app.theme.tokens import tokens
from data_layer.errors import Problem
from data_layer.query.access import CaseQuery
from data_layer.region import NAMES

hv.extension("bokeh")

#: A person's colour and mark: both, so that neither alone tells them apart.
MARKS = (("group-a", "circle"), ("group-b", "square"), ("group-c", "triangle"), ("group-d", "diamond"))  # fmt: skip # noqa: E501
#: Chromosomes that have a place on the axis: 1 to 22, X and Y.
CHROMS = tuple(name.removeprefix("chr") for name in NAMES[:24])
HEIGHT = 168
#: Copies by which a chromosome may stray before it is warned of.
STRAY = 0.1
Found = Mapping[str, Any]


class ChecksClient(CaseClient):
    """Asks for the findings of the case, and draws its two charts."""

    name = "checks"

    def __init__(
        self,
        version: Callable[[], int],
        case: Callable[[int], CaseQuery],
        show: Callable[[dict[str, Any]], None],
    ) -> None:
        super().__init__(version, case, show)
        self._found: Found | None = None
        self._theme = "light"
        self.copies = pn.pane.HoloViews(None, sizing_mode="stretch_width", height=HEIGHT)
        self.runs = pn.pane.HoloViews(None, sizing_mode="stretch_width", height=HEIGHT)

    def query(self, selection: Selection) -> Query | None:
        """Ask once for each lake version: no filter changes what the people are."""
        version = self._version()
        return Query(version, lambda: self._case(version).detect())

    def result(self, value: Any) -> None:
        """Draw the charts, and hand the tables to the page."""
        self._found = value
        self._draw()
        self._show({"face": "ready", "found": value})

    def failed(self, problem: Problem) -> None:
        """Nothing is known; the charts go, for an old one would look like an answer."""
        self._blank()
        super().failed(problem)

    def stopped(self) -> None:
        """The person stopped it."""
        self._blank()
        super().stopped()

    def themed(self, theme: str) -> None:
        """Draw again in the colours of ``light`` or ``dark``."""
        if theme != self._theme:
            self._theme = theme
            self._draw()

    def _blank(self) -> None:
        self._found = None
        self.copies.object = self.runs.object = None

    def _draw(self) -> None:
        if self._found is not None:
            people = self._found["people"]
            self.copies.object = copies_chart(people, self._theme)
            self.runs.object = runs_chart(people, self._theme)


def copies_chart(people: Sequence[Found], theme: str) -> hv.Overlay | None:
    """Copies of each chromosome by depth, one mark a person; None where no depth is known."""
    colour = tokens(theme)
    drawn = []
    for number, person in enumerate(people):
        rows = [
            (
                _place(r["chrom"], number, len(people)), r["copies"], r["name"], person["name"],
                _said(r), colour["fail"] if r["warned"] else colour["surface-card"],
            )
            for r in person["copies"]["value"] or ()
            if r["chrom"] <= len(CHROMS)
        ]  # fmt: skip
        if rows:
            token, marker = MARKS[number % len(MARKS)]
            told = ["copies", "chromosome", "person", "verdict", "ring"]
            points = hv.Scatter(rows, "place", told)
            drawn.append(_marked(points, colour[token], marker))
    if not drawn:
        return None
    top = max(3.0, *(float(max(d["copies"])) for d in drawn)) + 0.3
    lines = [hv.HLine(n).opts(color=colour["line"], line_width=1) for n in range(int(top) + 1)]
    return hv.Overlay([*lines, *drawn]).opts(
        **_frame("copies", (0.0, top), colour), yticks=list(range(int(top) + 1))
    )


def runs_chart(people: Sequence[Found], theme: str) -> hv.Overlay | None:
    """Megabases in runs of homozygosity by chromosome, a bar a person; None where not known."""
    colour = tokens(theme)
    wide = 0.8 / max(1, len(people))
    drawn = []
    top = 0.0
    for number, person in enumerate(people):
        if person["roh"]["value"] is None:
            continue
        bars = []
        for name, bases in person["roh"]["by_chrom"].items():
            if name in NAMES[: len(CHROMS)]:
                x = _place(NAMES.index(name) + 1, number, len(people))
                bars.append((x - wide / 2, 0.0, x + wide / 2, bases / 1e6, name, person["name"]))
                top = max(top, bases / 1e6)
        shapes = hv.Rectangles(bars, ["x0", "y0", "x1", "Mb"], ["chromosome", "person"])
        token = MARKS[number % len(MARKS)][0]
        hover = HoverTool(tooltips=[("", "@person"), ("", "@chromosome: @Mb{0.0} Mb in runs")])
        drawn.append(shapes.opts(color=colour[token], line_color=None, tools=[hover]))
    if not drawn:
        return None
    return hv.Overlay(drawn).opts(**_frame("Mb in runs", (0.0, max(5.0, top * 1.08)), colour))


def _place(chrom: int, number: int, people: int) -> float:
    """Return where a person's mark of a chromosome stands: side by side around its number."""
    return chrom - 1 + (number - (people - 1) / 2) * 0.8 / max(1, people)


def _said(row: Found) -> str:
    off = row["deviation"]
    return "as expected" if off is None else f"off by {off:+.2f} copies"


def _marked(points: hv.Scatter, fill: str, marker: str) -> hv.Scatter:
    hover = HoverTool(tooltips=[("", "@person"), ("", "@chromosome: @copies{0.00} copies, @verdict")])  # fmt: skip # noqa: E501
    return points.opts(
        color=fill, marker=marker, size=8, line_color="ring", line_width=1.6, tools=[hover]
    )


def _frame(ylabel: str, ylim: tuple[float, float], colour: Mapping[str, str]) -> dict[str, Any]:
    def styled(plot: Any, element: Any) -> None:
        figure = plot.state
        figure.toolbar_location = None
        figure.output_backend = "canvas"
        figure.background_fill_color = figure.border_fill_color = None
        figure.outline_line_color = None
        figure.min_border_left = figure.min_border_right = 0
        for axis in (*figure.xaxis, *figure.yaxis):
            axis.axis_line_color = colour["line-strong"]
            axis.major_tick_line_color = colour["line-strong"]
            axis.minor_tick_line_color = None
            axis.major_label_text_color = axis.axis_label_text_color = colour["text-3"]
            axis.major_label_text_font = axis.axis_label_text_font = "Inter"
            axis.major_label_text_font_size = axis.axis_label_text_font_size = "10.5px"
            axis.axis_label_text_font_style = "normal"

    return {
        "xlim": (-0.6, len(CHROMS) - 0.4),
        "ylim": ylim,
        "xticks": list(enumerate(CHROMS)),
        "xlabel": "",
        "ylabel": ylabel,
        "responsive": True,
        "height": HEIGHT,
        "show_grid": False,
        "show_legend": False,
        "default_tools": [],
        "hooks": [styled],
    }
