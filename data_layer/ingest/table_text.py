"""A table in a text file, plain or compressed: typed columns, and the line of what is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

from data_layer.errors import InputError, UsageError
from data_layer.ingest.line_rules import LineRules
from data_layer.ingest.rejects import Broken, Rejects
from data_layer.ingest.source import Warning, WarningLog
from data_layer.ingest.text_stream import TextStream

#: Words that say that there is no value, in any case.
NOTHING: tuple[str, ...] = ("", ".", "-", "na", "n/a", "nan", "null", "none")
#: Lines of a BED or wiggle that say how to draw it.
DRAWING: tuple[str, ...] = ("track", "browser")
#: What cuts a line into fields: a character, or None for any run of blanks and tabs.
Delimiter = str | None

#: Columns of a table at most; one of a cohort has a few thousand.
MOST_COLUMNS = 5000
_BLOCK = 4 << 20
_BOM = b"\xef\xbb\xbf"
_FIX = "Give the file as its program wrote it."
_BLANKS = re.compile(rb"[ \t]+")
_HEX = (b"0x", b"0X")


class TextTable:
    """A table being read: each batch has the columns, then int64 ``line`` and ``record``.

    ``line`` is that of the file, from 1; ``record`` counts data lines, from 0.

    Args:
        columns: a name for each field of a line; None takes them from the heading.
        types: Arrow types by column. Whole numbers must be there; a decimal number may be one of
            ``nothing`` and is null then. Every other column is text as it stands.
        skip_bad: set lines that break a rule aside in a ``.rejected`` file instead of refusing.
        comment: beginnings of lines that are not data.
        header: where the heading is: nowhere, the first line that is no comment, or the last
            comment before the data.
        delimiter: a character, or None for any run of blanks and tabs.
        quote: fields may stand in double quotes.
        text: add ``text``, the line as in the file.

    Raises:
        InputError: TEXT-OPEN, TEXT-TRUNCATED, TEXT-CORRUPT, TEXT-COLUMNS, TEXT-NUMBER, TEXT-UTF8,
            TEXT-CONTROL, TEXT-LINE; each names the file and where it has one the line.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[str] | None = None,
        *,
        types: Mapping[str, pa.DataType] | None = None,
        skip_bad: bool = False,
        comment: str | Sequence[str] = "#",
        header: Literal["none", "first", "comment"] = "none",
        delimiter: Delimiter = "\t",
        quote: bool = False,
        text: bool = False,
        nothing: Sequence[str] = NOTHING,
        threads: int = 2,
    ) -> None:
        self.path = path
        self.records = 0
        #: Lines passed over as comments, the heading among them.
        self.comments = 0
        self.log = WarningLog()
        self._types = dict(types or {})
        self._comment = tuple(
            c.encode() for c in ([comment] if isinstance(comment, str) else comment)
        )
        self._delimiter, self._quote, self._text = delimiter, quote, text
        cases = (str.lower, str.upper, str.title)
        self._nothing = {case(n) for n in nothing for case in cases} | {"NaN", "nAn"}
        self._line = 1
        self._begun = False
        self._rejects = Rejects(path, skip_bad=skip_bad, rejected=None)
        self._stream = TextStream(path, threads=threads)
        try:
            self._pieces = self._stream.pieces()
            self._rest = self._start(columns, header)
        except BaseException:
            self._stream.close()
            raise
        self._options = self._csv_options()
        cut = delimiter or "\t"
        self._rules = LineRules(self.columns, self._types, self._nothing, cut, quote)

    @property
    def rejected_count(self) -> int:
        """Lines set aside so far."""
        return self._rejects.count

    @property
    def bytes_total(self) -> int:
        """Size of the file."""
        return self._stream.bytes_total

    @property
    def bytes_read(self) -> int:
        """Bytes of the file read so far."""
        return self._stream.bytes_read

    @property
    def sha256(self) -> str:
        """Digest of the file as it lies, once all of it is read."""
        return self._stream.sha256

    @property
    def warnings(self) -> list[Warning]:
        """What was odd so far."""
        return self.log.listed()

    def batches(self) -> Iterator[pa.Table]:
        """Give the rows in file order, in tables of bounded size; once."""
        if self._begun:
            raise UsageError("TEXT-READ-TWICE", self.path.name, "its rows were given already")
        self._begun = True
        if self._rest:
            yield from self._batch(self._rest)
            self._rest = b""
        for piece in self._pieces:
            yield from self._batch(piece)

    def reject(self, table: pa.Table, code: str, reasons: Mapping[int, str]) -> pa.Table:
        """Set rows of a batch aside, or refuse the file; return the batch without them.

        ``reasons`` says why, by place in the batch.
        """
        if not reasons:
            return table
        cut = (self._delimiter or "\t").encode()
        names = ["text"] if self._text else self.columns
        columns = [table.column(n) for n in names]
        self._rejects.take(
            [
                Broken(
                    table.column("line")[row].as_py(),
                    code,
                    reason,
                    cut.join(str(c[row].as_py()).encode() for c in columns),
                )
                for row, reason in reasons.items()
            ]
        )
        keep = np.ones(table.num_rows, bool)
        keep[list(reasons)] = False
        return table.filter(pa.array(keep))

    def close(self) -> None:
        """Close the file and the file of lines set aside."""
        self._stream.close()
        self._rejects.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _start(self, columns: Sequence[str] | None, header: str) -> bytes:
        """Read up to the first data line; settle the columns; return the text not yet used."""
        said: bytes | None = None
        rest, first = b"", True
        for piece in self._pieces:
            rest = piece.removeprefix(_BOM) if first else piece
            first, at = False, 0
            while at < len(rest):
                end = rest.index(b"\n", at)
                line = rest[at:end]
                if line.strip(b"\r") and not line.startswith(self._comment):
                    break
                said = line if line.strip(b"\r") else said
                self._pass_over(line)
                at = end + 1
            rest = rest[at:]
            if rest:
                break
        if header == "first" and rest:
            said, _, rest = rest.partition(b"\n")
            self._pass_over(said)
        sample = rest.partition(b"\n")[0]
        self.columns = list(columns) if columns is not None else self._named(said, sample, header)
        if len(self.columns) > MOST_COLUMNS:
            said_of = f"its lines have {len(self.columns):,} columns, more than {MOST_COLUMNS:,}"
            raise InputError("TEXT-COLUMNS", self.path.name, said_of, _FIX)
        return rest

    def _pass_over(self, line: bytes) -> None:
        self.comments += bool(line.strip(b"\r"))
        self._line += 1

    def _named(self, said: bytes | None, sample: bytes, header: str) -> list[str]:
        if header == "none":
            return [f"column {i + 1}" for i in range(len(self._fields(sample)))]
        if said is None:
            raise InputError(
                "TEXT-HEADING",
                self.path.name,
                "no line names its columns",
                _FIX,
            )
        names = [f.strip().strip('"') for f in self._fields(said.lstrip(b"#"))]
        twice = sorted(n for n, count in Counter(names).items() if count > 1)
        if twice:
            raise InputError(
                "TEXT-HEADING",
                f"{self.path.name} line {self._line - 1}",
                f"the heading names {', '.join(twice)} more than once",
                "Give each column a name of its own.",
            )
        return names

    def _fields(self, line: bytes) -> list[str]:
        words = line.rstrip(b"\r\n").decode("utf-8", "replace")
        return words.split(self._delimiter) if self._delimiter else words.split()

    def _csv_options(self) -> tuple[csv.ParseOptions, csv.ConvertOptions]:
        parse = csv.ParseOptions(
            delimiter=self._delimiter or "\t",
            quote_char='"' if self._quote else False,
            double_quote=self._quote,
            escape_char=False,
            ignore_empty_lines=True,
        )
        convert = csv.ConvertOptions(
            column_types={n: self._types.get(n, pa.string()) for n in self.columns},
            null_values=sorted(self._nothing),
            strings_can_be_null=False,
            check_utf8=True,
        )
        return parse, convert

    def _batch(self, text: bytes) -> Iterator[pa.Table]:
        table = self._quick(text)
        if table is None:
            table = self._line_by_line(text)
        if table.num_rows:
            yield table

    def _quick(self, text: bytes) -> pa.Table | None:
        """Parse text of which every line is a whole row; None when one may not be."""
        if self._delimiter is None or b"\r" in text or b"\0" in text or self._has_comment(text):
            return None
        if self._types and any(h in text for h in _HEX):
            return None
        try:
            table = self._parse(text)
        except pa.ArrowInvalid:
            return None
        count = table.num_rows
        if count != text.count(b"\n") or self._lacks_whole(table):
            return None
        lines = np.arange(self._line, self._line + count, dtype=np.int64)
        records = np.arange(self.records, self.records + count, dtype=np.int64)
        self._line += count
        self.records += count
        raw = text.split(b"\n")[:-1] if self._text else []
        return self._completed(table, lines, records, raw)

    def _has_comment(self, text: bytes) -> bool:
        octets = np.frombuffer(text, np.uint8)
        starts = np.flatnonzero(octets[:-1] == ord("\n")) + 1
        seen = np.bincount(octets[starts], minlength=256) > 0
        return any(text.startswith(c) or (seen[c[0]] and b"\n" + c in text) for c in self._comment)

    def _lacks_whole(self, table: pa.Table) -> bool:
        whole = [n for n, t in self._types.items() if pa.types.is_integer(t)]
        return any(table.column(n).null_count for n in whole)

    def _parse(self, text: bytes) -> pa.Table:
        parse, convert = self._options
        if not text:
            return pa.table({n: pa.array([], convert.column_types[n]) for n in self.columns})
        try:
            return self._read(text, _BLOCK, parse, convert)
        except pa.ArrowInvalid:
            longest = max(map(len, text.split(b"\n"))) + 2
            if longest <= _BLOCK:
                raise
            return self._read(text, longest + 1, parse, convert)

    def _read(
        self, text: bytes, block: int, parse: csv.ParseOptions, convert: csv.ConvertOptions
    ) -> pa.Table:
        read = csv.ReadOptions(column_names=self.columns, block_size=block)
        return csv.read_csv(pa.BufferReader(text), read, parse, convert)

    def _completed(
        self, table: pa.Table, lines: np.ndarray, records: np.ndarray, raw: list[bytes]
    ) -> pa.Table:
        table = table.append_column("line", pa.array(lines))
        table = table.append_column("record", pa.array(records))
        if self._text:
            table = table.append_column("text", pa.array(raw, pa.binary()).cast(pa.string()))
        return table

    def _line_by_line(self, text: bytes) -> pa.Table:
        """Parse what the quick way will not: slower, and says which line is wrong and why."""
        keep: list[bytes] = []
        raws: list[bytes] = []
        lines: list[int] = []
        records: list[int] = []
        broken: list[Broken] = []
        for whole in text[:-1].split(b"\n"):
            raw = whole.removesuffix(b"\r")
            if raw is not whole and not self.log.counts.get("TEXT-CRLF"):
                self.log.add(self._line, "TEXT-CRLF", "lines end as on Windows (CR LF)")
            if raw.startswith(self._comment):
                self.comments += 1
            elif not raw.strip():
                self.log.add(self._line, "TEXT-BLANK-LINE", "an empty line was passed over")
            else:
                self.records += 1
                row = raw if self._delimiter else _BLANKS.sub(b"\t", raw.strip())
                wrong = self._rules.broken(row)
                if wrong:
                    broken.append(Broken(self._line, *wrong, raw))
                else:
                    keep.append(row)
                    raws.append(raw)
                    lines.append(self._line)
                    records.append(self.records - 1)
            self._line += 1
        self._rejects.take(broken)
        table = self._parse(b"".join([k + b"\n" for k in keep]))
        at = (np.array(lines, dtype=np.int64), np.array(records, dtype=np.int64))
        return self._completed(table, *at, raws)


class TextFeed:
    """A ``FeedReader`` over a table of text: ``shape`` makes rows of the feed from a batch.

    ``shape`` may return None, or no rows, for lines that the feed passes over.
    """

    def __init__(self, table: TextTable, shape: Callable[[pa.Table], pa.Table | None]) -> None:
        self.table = table
        self._shape = shape

    @property
    def records(self) -> int:
        """Data lines seen so far, those set aside or passed over too."""
        return self.table.records

    @property
    def rejected_count(self) -> int:
        """Lines set aside so far."""
        return self.table.rejected_count

    @property
    def bytes_total(self) -> int:
        """Size of the file."""
        return self.table.bytes_total

    @property
    def bytes_read(self) -> int:
        """Bytes of the file read so far."""
        return self.table.bytes_read

    @property
    def sha256(self) -> str:
        """Digest of the file as it lies, once all of it is read."""
        return self.table.sha256

    @property
    def warnings(self) -> list[Warning]:
        """What was odd so far."""
        return self.table.warnings

    def batches(self) -> Iterator[pa.Table]:
        """Give the feed's rows, once."""
        for batch in self.table.batches():
            rows = self._shape(batch)
            if rows is not None and rows.num_rows:
                yield rows

    def close(self) -> None:
        """Close the file."""
        self.table.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
