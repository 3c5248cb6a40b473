"""The whole state of a page in its address, both ways."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qs, urlencode

from data_layer.errors import InputError
from data_layer.query.clauses import span
from data_layer.query.filters import split_filters
from data_layer.region import Build, Region, chrom_name

Choice = TypeVar("Choice")
THEMES = ("", "light", "dark")
PICTURES = ("all", "kept")
TABS = ("", "sv", "checks")
#: A row of the genome card and, unless it is the lowest, its size.
_TRACK = re.compile(r"[a-z][a-z0-9_]{0,31}(:(low|medium|tall))?")
#: Filter steps that one page holds.
MOST_STEPS = 200
#: Rows that an address may name.
MOST_TRACKS = 40
SIZES = (50, 100, 200)


@dataclass(frozen=True)
class Entry:
    """One filter as the address holds it; ``on`` is false for a step that is switched off."""

    text: str
    on: bool = True


@dataclass(frozen=True)
class PageState:
    """Everything that makes a page look as it does.

    ``region`` and ``brush`` are what people read (1-based, see ``span_text``); empty means the
    whole genome and no brush. ``version`` None means the newest lake version; ``row`` None means
    that no row is selected; ``columns``, ``sort`` and ``tracks`` (rows of the genome card, as
    ``name`` or ``name:size``) empty mean the standard ones; ``person`` ``*`` is everyone,
    ``+`` everyone with signals laid over each other.
    """

    region: str = ""
    brush: str = ""
    filters: tuple[Entry, ...] = ()
    recipe: str = ""
    sort: str = ""
    page: int = 1
    size: int = SIZES[0]
    columns: tuple[str, ...] = ()
    person: str = ""
    row: int | None = None
    theme: str = ""
    picture: str = "all"
    version: int | None = None
    picked: tuple[int, ...] = field(default=())
    tracks: tuple[str, ...] = ()
    tab: str = ""


_WORDS = ("tab", "region", "brush", "recipe", "sort", "page", "size", "person", "theme", "picture")


def encode(state: PageState) -> str:
    """Return the query part of the address, without ``?``; what is standard is left out."""
    plain = PageState()
    pairs: list[tuple[str, str]] = []
    for name in _WORDS:
        value = getattr(state, name)
        if value != getattr(plain, name):
            pairs.append((name, str(value)))
    pairs += [("f", ("" if e.on else "!") + e.text) for e in state.filters]
    if state.columns:
        pairs.append(("columns", ",".join(state.columns)))
    if state.tracks:
        pairs.append(("tracks", ",".join(state.tracks)))
    if state.picked:
        pairs.append(("picked", ",".join(map(str, state.picked))))
    if state.row is not None:
        pairs.append(("row", str(state.row)))
    if state.version is not None:
        pairs.append(("v", str(state.version)))
    return urlencode(pairs, safe=":,/")


def decode(text: str) -> PageState:
    """Read an address back.

    Raises:
        InputError: a part has a value that no page writes; names the part.
    """
    got = parse_qs(text.removeprefix("?"), keep_blank_values=True)

    def one(name: str, default: str = "") -> str:
        return got.get(name, [default])[-1]

    columns = one("columns")
    # One step holds one filter, whether the address repeats f or joins filters by ";".
    filters = tuple(
        Entry(part, not joined.startswith("!"))
        for joined in got.get("f", [])
        for part in split_filters(joined.removeprefix("!"))
    )
    check_steps(len(filters))
    return PageState(
        region=one("region"),
        brush=one("brush"),
        filters=filters,
        recipe=one("recipe"),
        sort=one("sort"),
        page=_whole("page", one("page", "1"), low=1),
        size=_choice("size", _whole("size", one("size", str(SIZES[0])), low=1), SIZES),
        columns=tuple(c for c in columns.split(",") if c),
        person=one("person"),
        row=_whole("row", one("row")) if one("row") else None,
        theme=_choice("theme", one("theme"), THEMES),
        picture=_choice("picture", one("picture", "all"), PICTURES),
        version=_whole("v", one("v")) if one("v") else None,
        picked=tuple(_whole("picked", p) for p in one("picked").split(",") if p),
        tracks=read_tracks(one("tracks")),
        tab=_choice("tab", one("tab"), TABS),
    )


def check_steps(count: int) -> None:
    """Refuse more filter steps than a page holds.

    Raises:
        InputError: there are more.
    """
    if count > MOST_STEPS:
        said = f"{count} steps; a page holds at most {MOST_STEPS}"
        raise InputError("STEPS", "the filter", said, "Join values of one field in one step.")


def read_tracks(text: str) -> tuple[str, ...]:
    """Read a layout of the genome card: ``coverage,baf:tall``.

    Raises:
        InputError: it names a row or a size that no page writes.
    """
    found = tuple(t for t in text.split(",") if t)
    bad = next((t for t in found if not _TRACK.fullmatch(t)), None)
    if bad is not None or len(found) > MOST_TRACKS:
        said = f"{len(found)} rows" if bad is None else f"{bad!r}"
        raise InputError("ADDRESS", "tracks", f"{said} is no layout, such as coverage,baf:tall")
    return found


def span_text(build: Build, x0: int, x1: int) -> str:
    """Write a half-open span of the genome-wide axis; empty when it is the whole genome."""
    top = sum(build.sizes)
    x0, x1 = max(0, min(x0, top - 1)), max(1, min(x1, top))
    if x0 <= 0 and x1 >= build.genome_size:
        return ""
    (first, start), (last, end) = build.locate(x0), build.locate(x1 - 1)
    if first == last:
        return f"{chrom_name(first)}:{start + 1:,}-{end + 1:,}"
    return f"{chrom_name(first)}:{start + 1:,}-{chrom_name(last)}:{end + 1:,}"


def parse_span(build: Build, text: str) -> tuple[int, int]:
    """Read ``span_text`` back: over several chromosomes, into the lane of other contigs.

    Raises:
        InputError: the text names no place.
    """
    if not text:
        return 0, sum(build.sizes)
    low, high = span(build, text)
    if high <= low:
        raise InputError("REGION", repr(text), "the end lies before the start")
    return low, high


def span_regions(build: Build, x0: int, x1: int) -> list[Region]:
    """Cut a span of the genome-wide axis into one region for each chromosome it touches.

    The lane of other contigs has no region of its own and is left out.
    """
    out = []
    for code, (offset, size) in enumerate(
        zip(build.offsets[:-1], build.sizes[:-1], strict=True), start=1
    ):
        low, high = max(x0, offset), min(x1, offset + size)
        if low < high:
            out.append(Region(build, code, low - offset, high - offset))
    return out


def _whole(name: str, text: str, low: int = 0) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= low):
        raise InputError("ADDRESS", name, f"{text!r} is not a whole number from {low}")
    return int(text)


def _choice(name: str, value: Choice, allowed: Sequence[Choice]) -> Choice:
    if value not in allowed:
        words = ", ".join(repr(a) for a in allowed)
        raise InputError("ADDRESS", name, f"{value!r} is not one of {words}")
    return value
