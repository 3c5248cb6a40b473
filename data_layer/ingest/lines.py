"""Lines of text to an Arrow table of strings, one column a field, with each row's line number."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from data_layer.errors import InputError
from data_layer.ingest.rejects import Broken
from data_layer.ingest.source import WarningLog

_BLOCK = 4 << 20
_LONGEST = 1 << 30
_PARSE = pc.ParseOptions(
    delimiter="\t", quote_char=False, double_quote=False, escape_char=False, ignore_empty_lines=True
)


@dataclass
class Rows:
    """Some lines as a table, and what could not become a row; ``lines`` is one entry a row."""

    table: pa.Table
    lines: np.ndarray
    records: np.ndarray
    seen: int
    broken: list[Broken] = field(default_factory=list)


def whole_lines(
    chunks: Iterator[bytes], *, longest: int = _LONGEST
) -> Generator[bytes, None, None]:
    """Cut pieces of text anew so that each ends at the end of a line.

    Raises:
        InputError: ``VCF-LINE`` when a line is longer than ``longest`` bytes.
    """
    carry: list[bytes] = []
    held = 0
    for chunk in chunks:
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield b"".join([*carry, chunk[:cut]]) if carry else chunk[:cut]
            carry, held = [], 0
        if cut < len(chunk):
            carry.append(chunk[cut:])
            held += len(chunk) - cut
        if held > longest:
            raise InputError(
                "VCF-LINE",
                "a line of the file",
                f"it is longer than {longest:,} bytes",
                "Give a VCF; this is something else, or not whole.",
            )
    if carry:
        yield b"".join(carry) + b"\n"


class LineTable:
    """Turns whole lines into rows, counting lines and records across calls.

    Args:
        names: the column names, one a field of a line.
        first_line: 1-based line of the file at which the first text begins.
    """

    def __init__(self, names: Sequence[str], first_line: int, log: WarningLog) -> None:
        self.names = list(names)
        self.line = first_line
        self.record = 0
        self._log = log
        self._convert = pc.ConvertOptions(
            column_types={n: pa.string() for n in self.names},
            strings_can_be_null=False,
            check_utf8=True,
        )

    def rows(self, text: bytes) -> Rows:
        """Parse text that ends with a newline; broken lines are given apart, blank ones dropped."""
        odd = b"\0" in text
        if b"\r" in text:
            text = self._unix(text)
            odd = odd or b"\r" in text
        if odd:
            return self._repaired(text)
        try:
            table = self._parse(text)
        except pa.ArrowInvalid:
            return self._repaired(text)
        count = table.num_rows
        if count != text.count(b"\n"):
            return self._repaired(text)
        rows = Rows(table, self._span(self.line, count), self._span(self.record, count), count)
        self.line += count
        self.record += count
        return rows

    def _unix(self, text: bytes) -> bytes:
        if b"\r\n" in text and not self._log.counts.get("VCF-CRLF"):
            self._log.add(self.line, "VCF-CRLF", "lines end as on Windows (CR LF)")
        return text.replace(b"\r\n", b"\n")

    @staticmethod
    def _span(start: int, count: int) -> np.ndarray:
        return np.arange(start, start + count, dtype=np.int64)

    def _parse(self, text: bytes) -> pa.Table:
        if not text:
            return pa.table({n: pa.array([], pa.string()) for n in self.names})
        try:
            return self._read(text, _BLOCK)
        except pa.ArrowInvalid:
            longest = max(map(len, text.split(b"\n"))) + 2
            if longest <= _BLOCK:
                raise
            return self._read(text, longest + 1)

    def _read(self, text: bytes, block: int) -> pa.Table:
        read = pc.ReadOptions(column_names=self.names, block_size=block)
        return pc.read_csv(pa.BufferReader(text), read, _PARSE, self._convert)

    def _repaired(self, text: bytes) -> Rows:
        """Parse line by line what the fast way refuses: slower, and says which line is wrong."""
        keep: list[bytes] = []
        lines: list[int] = []
        records: list[int] = []
        broken: list[Broken] = []
        start = self.record
        for raw in text[:-1].split(b"\n"):
            if not raw:
                self._log.add(self.line, "VCF-BLANK-LINE", "an empty line was passed over")
            elif wrong := self._wrong(raw):
                broken.append(Broken(self.line, *wrong, raw))
                self.record += 1
            else:
                keep.append(raw)
                lines.append(self.line)
                records.append(self.record)
                self.record += 1
            self.line += 1
        table = self._parse(b"".join([k + b"\n" for k in keep]))
        return Rows(
            table,
            np.array(lines, dtype=np.int64),
            np.array(records, dtype=np.int64),
            self.record - start,
            broken,
        )

    def _wrong(self, raw: bytes) -> tuple[str, str] | None:
        fields = raw.count(b"\t") + 1
        if fields != len(self.names):
            return "VCF-COLUMNS", f"the line has {fields} columns, the header {len(self.names)}"
        for byte, name in ((b"\r", "a carriage return"), (b"\0", "a zero byte")):
            if byte in raw:
                return "VCF-CONTROL", f"the line holds {name} in its middle"
        try:
            raw.decode()
        except UnicodeDecodeError as e:
            column = self.names[raw[: e.start].count(b"\t")].upper()
            return "VCF-UTF8", f"{column} holds bytes that are not UTF-8 (0x{raw[e.start]:02x})"
        return None
