"""Intervals in a table of text: which column of the file is which column of ``segments``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed, FeedReader, Head
from data_layer.ingest.formats.interval_rules import place, whole, word
from data_layer.ingest.table_text import DRAWING, NOTHING, TextFeed, TextTable
from data_layer.ingest.text_stream import text_pieces
from data_layer.region import OTHER, Build, chrom_code
from data_layer.schema import SEGMENTS

#: Adds or replaces typed columns of a batch: takes the typed batch and the file's own columns.
Refine = Callable[[pa.Table, Mapping[str, pa.ChunkedArray]], pa.Table]
#: Says which lines of a batch are segments; the others are passed over and counted.
Select = Callable[[Mapping[str, pa.ChunkedArray]], pa.ChunkedArray]

_CHRM = 25
_STORED = {f.name: f.type for f in SEGMENTS.stored}
_ASIDE = ("##", "# ", "#track", "#type", *DRAWING)
_RESERVED = ("line", "record", "text", "segment start", "segment end")
_SAMPLE = re.compile(r"^@RG\t(?:[^\n]*\t)?SM:([^\t\n]+)", re.M)
_CONTIG = re.compile(r"^@SQ\t([^\n]+)", re.M)
_BUILD = {
    Build.GRCH37: re.compile(r"grch37|hg19|genome_build=37\b", re.I),
    Build.GRCH38: re.compile(r"grch38|hg38|genome_build=38\b", re.I),
}


@dataclass(frozen=True)
class Layout:
    """How the columns of a file become columns of ``segments``.

    Attributes:
        columns: names of the file's columns, one a field of a line.
        contig, start, end: columns of the place.
        one_based: the file counts from 1 and includes the end, so 1 is taken off the start.
        numbers: column of ``segments`` to column of the file.
        texts: the same for columns of words.
        sample: column that names the sample, when the file has one.
        delimiter: what parts fields; None is any run of blanks and tabs.
        comments: beginnings of lines that are not data.
        refine: makes what one column alone does not give.
        select: passes over lines that are not segments of this feed.
    """

    format: str
    kind: str
    caller: str | None
    columns: tuple[str, ...]
    contig: str
    start: str
    end: str
    one_based: bool = True
    numbers: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    sample: str | None = None
    delimiter: str | None = "\t"
    comments: tuple[str, ...] = ("#",)
    refine: Refine | None = None
    select: Select | None = None


def feed(
    head: Head, layout: Layout, *, sample: str | None = None, build: str | None = None
) -> Feed:
    """Return the feed of a file that holds one sample."""
    opened = partial(_open, head.path, layout, _has_heading(head, layout), None)
    return Feed(head.path, layout.format, "segments", layout.kind, sample, opened, build)


def feeds_by_sample(head: Head, layout: Layout) -> tuple[Feed, ...]:
    """Return a feed for each sample that the lines name, in the order of the file.

    A file without lines is one feed without a sample.
    """
    assert layout.sample is not None
    headed = _has_heading(head, layout)
    found = _samples(head.path, layout, headed)
    if len(found) < 2:
        return (feed(head, layout, sample=found[0] if found else None),)
    return tuple(
        Feed(
            head.path, layout.format, "segments", layout.kind, name or None,
            partial(_open, head.path, layout, headed, name),
        )
        for name in found
    )  # fmt: skip


def _open(path: Path, layout: Layout, headed: bool, sample: str | None, bad: bool) -> FeedReader:
    table = TextTable(
        path,
        _once_each(layout.columns),
        types=dict.fromkeys((layout.start, layout.end, *layout.numbers.values()), pa.float64()),
        skip_bad=bad,
        comment=layout.comments,
        header="first" if headed else "none",
        delimiter=layout.delimiter,
        quote=layout.delimiter == ",",
        text=True,
    )
    return TextFeed(table, lambda batch: _segments(table, layout, sample, batch))


def _segments(table: TextTable, layout: Layout, sample: str | None, batch: pa.Table) -> pa.Table:
    """Turn the lines of a batch into rows of ``segments``."""
    batch = place(table, batch, layout.contig, layout.start, layout.end, one_based=layout.one_based)
    for name, column in layout.numbers.items():
        if pa.types.is_integer(_STORED[name]):
            batch = whole(table, batch, column, missing=True)
    if sample is not None and layout.sample is not None:
        batch = batch.filter(pc.equal(word(batch.column(layout.sample)), sample))
    if layout.select is not None:
        batch = batch.filter(layout.select(_columns(batch)))
    raw = _columns(batch)
    out = pa.table(
        {
            "contig": word(raw[layout.contig]),
            "start": raw["segment start"],
            "end": raw["segment end"],
            "text": raw["text"],
            "record": raw["record"],
        }
    )
    for name, column in layout.numbers.items():
        out = out.append_column(name, _number(raw[column], _STORED[name]))
    for name, column in layout.texts.items():
        out = out.append_column(name, _known(raw[column]))
    if layout.caller is not None:
        out = out.append_column("caller", pa.repeat(layout.caller, out.num_rows))
    return layout.refine(out, raw) if layout.refine is not None else out


def _columns(batch: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(batch.column_names, batch.columns, strict=True))


def _number(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """A file's numbers as the stored type; not-a-number is no value."""
    return pc.cast(pc.if_else(pc.is_nan(column), None, column), kind)


def _known(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A file's words, those that say nothing as null."""
    plain = word(column)
    return pc.if_else(says_nothing(plain), None, plain)


def says_nothing(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Say which fields hold a word for no value."""
    return pc.is_in(pc.utf8_lower(column), value_set=pa.array(NOTHING))


def _once_each(columns: Sequence[str]) -> list[str]:
    """Names of the columns, those told twice or that the reader itself needs set apart."""
    out: dict[str, None] = {}
    for name in columns:
        while name in _RESERVED or name in out:
            name = f"{name} {len(out) + 1}"
        out[name] = None
    return list(out)


def _has_heading(head: Head, layout: Layout) -> bool:
    """Say whether the first line that is no comment names the columns."""
    line = first_line(head, comments=layout.comments)
    return _fields(line, layout.delimiter) == layout.columns


def _fields(line: str, delimiter: str | None) -> tuple[str, ...]:
    return tuple(x.strip().strip('"') for x in line.split(delimiter))


def _samples(path: Path, layout: Layout, headed: bool) -> tuple[str, ...]:
    """Return the samples that the lines name; where the file is damaged, those until there."""
    assert layout.sample is not None
    at = layout.columns.index(layout.sample)
    cut = (layout.delimiter or "\t").encode()
    comments = tuple(c.encode() for c in layout.comments)
    found: dict[bytes, None] = {}
    try:
        with closing(text_pieces(path)) as pieces:
            for piece in pieces:
                for line in piece.split(b"\n"):
                    if line.strip() and not line.startswith(comments):
                        fields = line.split(cut, at + 1)
                        if len(fields) > at + 1 and not headed:
                            found[fields[at]] = None
                        headed = False
    except InputError:
        pass
    return tuple(dict.fromkeys(x.decode("utf-8", "replace").strip().strip('"') for x in found))


def data_lines(head: Head, *, comments: Sequence[str] = ("#", *DRAWING)) -> list[str]:
    """Return the whole data lines of a file's beginning; the last may be cut and is left out."""
    whole, _, rest = head.text.rpartition("\n")
    text = whole if whole else rest
    lines = [x.rstrip("\r") for x in text.removeprefix("\ufeff").split("\n")]
    return [x for x in lines if x.strip() and not x.startswith(tuple(comments))]


def first_line(head: Head, *, comments: Sequence[str] = ("#", *DRAWING)) -> str:
    """Return the first data line, empty when there is none."""
    return next(iter(data_lines(head, comments=comments)), "")


def heading(
    head: Head, *, delimiter: str = "\t", comments: Sequence[str] = _ASIDE
) -> tuple[str, ...]:
    """Return the names of the columns that the first line gives, quotes and a ``#`` taken off."""
    return _fields(first_line(head, comments=comments).removeprefix("#"), delimiter)


def sam_sample(head: Head) -> str | None:
    """Return the one sample that a SAM header's read groups name; None for none or several."""
    named = {m.group(1) for m in _SAMPLE.finditer(head.text)}
    return named.pop() if len(named) == 1 else None


def sam_build(head: Head) -> str | None:
    """Return the build whose chromosome lengths a SAM header gives."""
    for line in _CONTIG.findall(head.text):
        said = {word[:3]: word[3:] for word in line.split("\t")}
        code = chrom_code(said.get("SN:", ""))
        if code in (OTHER, _CHRM):
            continue
        for build in Build:
            if said.get("LN:") == str(build.size(code)):
                return build.value
    return None


def comment_build(head: Head) -> str | None:
    """Return the build that comment lines name, when they name one only."""
    notes = "\n".join(x for x in head.text.splitlines() if x.startswith(("#", "track", "\t")))
    said = [build.value for build, words in _BUILD.items() if words.search(notes)]
    return said[0] if len(said) == 1 else None


def put(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    """Return the table with a column added, or replaced where it stands."""
    if name in table.column_names:
        return table.set_column(table.schema.get_field_index(name), name, column)
    return table.append_column(name, column)


def total_of_alleles(typed: pa.Table, _: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    """``cn`` as the sum of both alleles' copies."""
    return put(typed, "cn", pc.add(typed.column("cn_major"), typed.column("cn_minor")))


def major_from_rest(typed: pa.Table, _: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    """``cn_major`` as what the minor allele leaves of ``cn``."""
    return put(typed, "cn_major", pc.subtract(typed.column("cn"), typed.column("cn_minor")))
