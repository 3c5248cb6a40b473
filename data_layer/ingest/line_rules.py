"""What makes one line of a table of text wrong, said of its field and value."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import pyarrow as pa

_WHOLE = re.compile(r"[ \t]*-?[0-9]{1,18}[ \t]*")
_NUMBER = re.compile(
    r"[ \t]*[+-]?([0-9]+\.?[0-9]*(e[+-]?[0-9]+)?|\.[0-9]+(e[+-]?[0-9]+)?|inf(inity)?|nan)[ \t]*",
    re.I,
)


@dataclass(frozen=True)
class LineRules:
    """The rules of one table; ``cut`` parts fields, ``nothing`` are the words for no value."""

    columns: Sequence[str]
    types: Mapping[str, pa.DataType]
    nothing: Set[str]
    cut: str
    quote: bool

    def broken(self, row: bytes) -> tuple[str, str] | None:
        """Return the code of the rule that a line breaks, and how; None for a whole line."""
        for byte, name in ((b"\r", "a carriage return"), (b"\0", "a zero byte")):
            if byte in row:
                return "TEXT-CONTROL", f"the line holds {name} in its middle"
        try:
            words = row.decode()
        except UnicodeDecodeError as e:
            return "TEXT-UTF8", f"the line holds bytes that are not UTF-8 (0x{row[e.start]:02x})"
        fields = self._fields(words)
        if len(fields) != len(self.columns):
            return "TEXT-COLUMNS", f"the line has {len(fields)} columns, not {len(self.columns)}"
        return self._number(fields)

    def _fields(self, words: str) -> list[str]:
        if not self.quote or '"' not in words:
            return words.split(self.cut)
        return next(csv.reader([words], delimiter=self.cut))

    def _number(self, fields: list[str]) -> tuple[str, str] | None:
        for name, value in zip(self.columns, fields, strict=True):
            kind = self.types.get(name)
            if kind is None:
                continue
            if pa.types.is_integer(kind):
                if not _WHOLE.fullmatch(value):
                    return "TEXT-NUMBER", f"{name} is {value!r}, which is not a whole number"
            elif not pa.types.is_floating(kind):
                continue
            elif value not in self.nothing and not _NUMBER.fullmatch(value):
                return "TEXT-NUMBER", f"{name} is {value!r}, which is not a number"
        return None
