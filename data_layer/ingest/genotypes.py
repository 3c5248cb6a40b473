"""Rules on the sample columns: one expression per FORMAT and allele count says what is right.

A sample that fits the expression needs no second look, which is nearly all of them; the others are
read field by field to say what is wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.header import VcfHeader
from data_layer.ingest.meta import RESERVED_FORMAT
from data_layer.ingest.source import WarningLog

#: Odd values of one key that are counted; after them the key is no longer looked at.
COUNTED = 1000
_MANY = 9
_INTEGER = r"(?:-?\d+|\.)"
_FLOAT = r"(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?[iI][nN][fF]|[-+]?[nN][aA][nN]|\.)"
_GT = re.compile(r"[/|]?(?:\.|\d+)(?:[/|](?:\.|\d+))*")
_ONE = {"Integer": _INTEGER, "Float": _FLOAT, "Character": r"(?:[^:,])"}
_VALUE = {of_type: re.compile(one) for of_type, one in _ONE.items()}

Broken = dict[int, tuple[str, str]]


@dataclass(frozen=True)
class Key:
    """A FORMAT key with the Number and Type to hold it to; empty ones hold it to nothing."""

    name: str
    number: str
    type: str

    def count(self, n_alt: int, ploidy: int) -> int | None:
        """Return how many values it must have, or None when any number will do."""
        if self.number.isdecimal():
            return int(self.number) or None
        if self.number == "R":
            return n_alt + 1
        if self.number == "A":
            return n_alt or None
        if self.number == "G" and ploidy in (1, 2):
            return n_alt + 1 if ploidy == 1 else (n_alt + 1) * (n_alt + 2) // 2
        return None

    def pattern(self, n_alt: int, ploidy: int) -> str:
        """Return the expression of a right value."""
        one = _ONE.get(self.type)
        if one is None:
            return r"[^:]*"
        count = self.count(n_alt, ploidy)
        more = "*" if count is None else f"{{{count - 1}}}"
        return rf"(?:\.|{one}(?:,{one}){more})"


class SampleRules:
    """Checks sample columns against FORMAT, ALT and the header's definitions."""

    def __init__(self, header: VcfHeader, log: WarningLog) -> None:
        self._header = header
        self._log = log
        self._found: dict[str, int] = {}
        self._patterns: dict[tuple[str, int], str] = {}
        self._keys: dict[str, list[Key]] = {}

    def check(self, table: pa.Table, lines: np.ndarray, n_alt: np.ndarray, bad: Broken) -> None:
        """Add broken rows to ``bad``; note odd values in the log."""
        samples = [c for c in table.column_names if re.fullmatch(r"s\d+", c)]
        if not samples or not table.num_rows:
            return
        kinds = pc.unique(table["format"])
        code = pc.index_in(table["format"], value_set=kinds).to_numpy()
        group = code.astype(np.int64) * (_MANY + 2) + np.minimum(n_alt, _MANY + 1)
        flat = pa.concat_arrays([chunk for name in samples for chunk in table[name].chunks])
        groups = np.unique(group)
        rows = table.num_rows
        every = np.arange(len(samples) * rows) if len(groups) > 1 else None
        for g in groups:
            text = str(kinds[int(g) // (_MANY + 2)])
            alts = int(g) % (_MANY + 2)
            at = every if every is None else every[np.tile(group == g, len(samples))]
            part = flat if at is None else flat.take(pa.array(at))
            wrong = self._unfit(part, text, alts)
            places = wrong if at is None else at[wrong]
            values = part.take(pa.array(wrong)).to_pylist()
            for place, value in zip(places.tolist(), values, strict=True):
                row = place % rows
                name = self._header.samples[place // rows]
                self._look(value, text, int(n_alt[row]), name, row, int(lines[row]), bad)

    def _unfit(self, values: pa.Array, text: str, n_alt: int) -> np.ndarray:
        if n_alt > _MANY:
            return np.arange(len(values))
        key = (text, n_alt)
        if key not in self._patterns:
            self._patterns[key] = self._pattern(self._known(text), n_alt)
        fits = pc.match_substring_regex(values, self._patterns[key])
        return np.flatnonzero(~fits.to_numpy(zero_copy_only=False))

    def _known(self, text: str) -> list[Key]:
        if text not in self._keys:
            self._keys[text] = [self._key(name) for name in text.split(":")]
        return self._keys[text]

    def _key(self, name: str) -> Key:
        if self._found.get(name, 0) >= COUNTED:
            return Key(name, "", "")
        defined = self._header.formats.get(name)
        if defined is not None:
            return Key(name, defined.number, defined.type)
        return Key(name, *RESERVED_FORMAT.get(name, ("", "")))

    def _pattern(self, keys: list[Key], n_alt: int) -> str:
        allele = rf"[.0-{n_alt}]" if n_alt else "[.0]"
        if keys[0].name != "GT":
            if any(k.name == "GT" for k in keys):
                return r"^\.$"
            return rf"^(?:\.|{self._chain(keys, n_alt, 0)})$"
        if not any(k.number == "G" for k in keys):
            return rf"^[/|]?{allele}(?:[/|]{allele})*{self._chain(keys[1:], n_alt, 0, True)}$"
        one = rf"[/|]?{allele}{self._chain(keys[1:], n_alt, 1, True)}"
        two = rf"[/|]?{allele}[/|]{allele}{self._chain(keys[1:], n_alt, 2, True)}"
        none = rf"\.{self._chain(keys[1:], n_alt, 0, True)}"
        return rf"^(?:{two}|{one}|{none})$"

    @staticmethod
    def _chain(keys: list[Key], n_alt: int, ploidy: int, follows: bool = False) -> str:
        """Trailing fields may be left out, so each stands in an optional group."""
        out = ""
        for i, key in reversed(list(enumerate(keys))):
            value = key.pattern(n_alt, ploidy)
            out = f"(?::{value}{out})?" if i or follows else f"{value}{out}"
        return out

    def _look(
        self, value: str, text: str, n_alt: int, sample: str, row: int, line: int, bad: Broken
    ) -> None:
        keys = self._known(text)
        fields = value.split(":")
        if len(fields) > len(keys):
            bad.setdefault(
                row,
                (
                    "VCF-SUBFIELDS",
                    f"sample {sample} has {len(fields)} fields, FORMAT names {len(keys)}",
                ),
            )
            return
        ploidy = 0
        for key, got in zip(keys, fields, strict=False):
            if key.name != "GT":
                continue
            if not _GT.fullmatch(got):
                bad.setdefault(row, ("VCF-GT", f"sample {sample}: {got[:40]!r} is no genotype"))
                return
            alleles = re.split(r"[/|]", got.lstrip("/|"))
            most = max((int(a) for a in alleles if a != "."), default=0)
            if most == 1 and not n_alt:
                self._log.add(line, "VCF-GT-NO-ALT", f"sample {sample} has {got}, and ALT is a dot")
            elif most > n_alt:
                bad.setdefault(
                    row,
                    ("VCF-GT-ALLELE", f"sample {sample}: allele {most} of {got} is not in ALT"),
                )
                return
            ploidy = 0 if got == "." else len(alleles)
        for key, got in zip(keys, fields, strict=False):
            if key.name != "GT":
                self._value(key, got, n_alt, ploidy, sample, line)

    def _value(self, key: Key, got: str, n_alt: int, ploidy: int, sample: str, line: int) -> None:
        of_type = _VALUE.get(key.type)
        if got == "." or of_type is None:
            return
        values = got.split(",")
        count = key.count(n_alt, ploidy)
        if not all(of_type.fullmatch(v) for v in values):
            message = f"sample {sample}: {key.name}={got[:40]} is not {key.type}"
        elif count is not None and len(values) != count:
            message = f"sample {sample}: {key.name} has {len(values)} values, {count} expected"
        else:
            return
        self._log.add(line, "VCF-VALUES", message)
        self._found[key.name] = self._found.get(key.name, 0) + 1
        if self._found[key.name] == COUNTED:
            self._log.stop("VCF-VALUES")
            self._patterns.clear()
            self._keys.clear()
