"""Rules on records, each with its code and severity, checked a batch at a time.

A rule refuses what could change a call and warns of the rest; the text is kept whole either way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.genotypes import Broken, SampleRules
from data_layer.ingest.header import VcfHeader
from data_layer.ingest.info import InfoRules
from data_layer.ingest.source import WarningLog


@dataclass(frozen=True)
class Rule:
    """What must hold; ``refuse`` says whether a record or file that breaks it is refused."""

    code: str
    refuse: bool
    sentence: str


def _rules(refuse: bool, text: str) -> list[Rule]:
    pairs = (line.strip().split(" ", 1) for line in text.strip().splitlines())
    return [Rule(code, refuse, sentence.strip()) for code, sentence in pairs]


RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in _rules(
        True,
        """
        VCF-OPEN       the file can be opened
        VCF-KIND       the file is a VCF, or a BCF in BGZF
        VCF-TRUNCATED  the file is whole: every block and the closing block are there
        VCF-CORRUPT    every block's header, length and checksum is right
        VCF-UTF8       the text is UTF-8
        VCF-LINE       no line is longer than 1 GiB
        VCF-HEADER     header lines begin with #, and #CHROM names the columns
        VCF-VERSION    the version is 4
        VCF-SAMPLES    every sample has a name of its own
        VCF-COLUMNS    a line has as many columns as #CHROM
        VCF-CONTROL    no carriage return or zero byte stands within a line
        VCF-CHROM      CHROM is a name, angle brackets around it or not, without blank or comma
        VCF-POS        POS is a whole number from 0 to 2,147,483,646
        VCF-REF        REF holds bases
        VCF-ALT        ALT holds bases, names in angle brackets, breakends, * or a single dot
        VCF-QUAL       QUAL is a number or a dot
        VCF-FILTER     FILTER has no blank and no empty entry
        VCF-FORMAT-TWICE no FORMAT key stands twice
        VCF-SUBFIELDS  a sample has no more fields than FORMAT names
        VCF-GT         GT is alleles with a slash or a bar between
        VCF-GT-ALLELE  GT names alleles that ALT has
        """,
    )
    + _rules(
        False,
        """
        VCF-FILEFORMAT the first line is ##fileformat=VCFv4.0 to 4.5
        VCF-BOM        no byte order mark
        VCF-CRLF       lines end with LF
        VCF-BLANK-LINE no line is empty
        VCF-NO-SAMPLES FORMAT is there only with samples
        VCF-META       a header line is ##key=value, its parts and quotes closed
        VCF-META-ID    a definition has an ID without blanks or signs
        VCF-META-NUMBER a definition has a Number that the specification names
        VCF-META-TYPE  a definition has a Type that the specification names
        VCF-META-DESCRIPTION a definition has a quoted Description
        VCF-META-ORDER ID, Number, Type and Description stand in this order
        VCF-META-ALT   an ALT definition is of a type that the specification names
        VCF-META-RESERVED a reserved key has the Number and Type of the specification
        VCF-META-TWICE a key is defined once
        VCF-CHROM-COLON CHROM has no colon
        VCF-ORDER      positions do not go down within a chromosome
        VCF-CONTIGUOUS a chromosome's records stand together
        VCF-DUPLICATE  a variant stands once
        VCF-ID         ID has no blank and no empty entry
        VCF-IUPAC      REF and ALT hold A C G T N only
        VCF-ALT-IS-REF ALT differs from REF
        VCF-QUAL-RANGE QUAL is finite and not negative
        VCF-FILTER-MIX FILTER has no 0, and PASS or a dot only alone
        VCF-INFO       INFO is key=value or key, with one semicolon between
        VCF-INFO-KEY   INFO keys hold letters, digits and _ . + -
        VCF-INFO-BLANK INFO has no blank before version 4.3
        VCF-INFO-TYPE  INFO values are of the type that the header or the specification gives
        VCF-INFO-NUMBER INFO keys with one value an allele have as many
        VCF-FORMAT     FORMAT keys hold letters, digits and _ . + -
        VCF-FORMAT-GT  GT stands first in FORMAT
        VCF-GT-NO-ALT  no sample has allele 1 where ALT is a dot
        VCF-VALUES     sample values are of the number and type that the header gives
        """,
    )
}

_BASES = "ACGTNacgtn"
_IUPAC = _BASES + "RYSWKMBDHVryswkmbdhv"
_POS_MOST = 2**31 - 2
_POS_RANGE = f"whole numbers from 0 to {_POS_MOST:,}"
_QUAL = r"^(?:\.|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?i:inf|infinity|nan))$"
_CHROM = re.compile(r"<[^\s,<>]+>|[^\s,<>#*=][^\s,<>]*")


def _alt(bases: str) -> str:
    place = r"[^\s,\[\]]+:\d+"
    mate = rf"(?:\[{place}\[|\]{place}\])"
    one = (
        rf"[{bases}]+|<[^\s<>,]+>|\*|[{bases}]+<[^\s<>,]+>|\.[{bases}]+|[{bases}]+\."
        rf"|[{bases}.]+{mate}|{mate}[{bases}.]+"
    )
    return rf"^(?:\.|(?:{one})(?:,(?:{one}))*)$"


class RecordRules:
    """Checks batches in file order; carries what the order rules need from one to the next."""

    def __init__(self, header: VcfHeader, log: WarningLog, threads: int = 2) -> None:
        self._log = log
        self._samples = SampleRules(header, log)
        self._order = OrderRules(log)
        self._info = InfoRules(header, log, threads)

    def check(self, table: pa.Table, lines: np.ndarray) -> Broken:
        """Return row -> (code, reason) for rows that are refused; warnings go to the log.

        Args:
            table: the string columns of ``VcfReader.batches``.
            lines: the 1-based line of each row.
        """
        bad: Broken = {}
        if not table.num_rows:
            return bad
        self._chrom(table, lines, bad)
        positions = self._pos(table, bad)
        self._bases(table, lines, bad)
        self._qual(table, lines, bad)
        self._filter(table, lines, bad)
        self._warn(table["id"], r"\s|^;|;;|;$|^$", "VCF-ID", "ID holds {}", lines)
        n_alt = pc.count_substring(table["alt"], ",").to_numpy().astype(np.int64) + 1
        n_alt[pc.equal(table["alt"], ".").to_numpy()] = 0
        self._info.check(table["info"], n_alt, lines)
        if "format" in table.column_names:
            self._format(table, lines, bad)
            self._samples.check(table, lines, n_alt, bad)
        self._order.check(table, positions, lines, set(bad))
        return bad

    def close(self) -> None:
        """Let the threads go."""
        self._info.close()

    def _chrom(self, table: pa.Table, lines: np.ndarray, bad: Broken) -> None:
        def say(value: str) -> str:
            return (
                "CHROM is empty" if not value else f"CHROM holds {value[:40]!r}, which is no name"
            )

        names = pc.unique(table["chrom"]).to_pylist()
        self._refuse_values(
            table["chrom"], [n for n in names if not _CHROM.fullmatch(n)], "VCF-CHROM", say, bad
        )
        colons = [n for n in names if ":" in n and not n.startswith(("HLA", "<"))]
        self._warn_values(table["chrom"], colons, "VCF-CHROM-COLON", "CHROM {} has a colon", lines)

    def _pos(self, table: pa.Table, bad: Broken) -> np.ndarray:
        column = table["pos"]
        wrong = _rows(pc.invert(pc.match_substring_regex(column, r"^\d{1,10}$")))
        if len(wrong):
            digits = column.to_pylist()
            for row in wrong.tolist():
                bad.setdefault(row, ("VCF-POS", _said("POS", digits[row], _POS_RANGE)))
                digits[row] = "0"
            column = pa.array(digits)
        values: np.ndarray = pc.cast(column, pa.int64()).to_numpy()
        for row in np.flatnonzero(values > _POS_MOST).tolist():
            bad.setdefault(row, ("VCF-POS", _said("POS", str(values[row]), _POS_RANGE)))
        return values

    def _bases(self, table: pa.Table, lines: np.ndarray, bad: Broken) -> None:
        ref, alt = table["ref"], table["alt"]
        odd: list[np.ndarray] = []
        for column, code, strict, wide, allowed in (
            (ref, "VCF-REF", rf"^[{_BASES}]+$", rf"^[{_IUPAC}]+$", "A C G T N"),
            (
                alt,
                "VCF-ALT",
                _alt(_BASES),
                _alt(_IUPAC),
                "bases, <names>, breakends, * or a single dot",
            ),
        ):
            rows = _rows(pc.invert(pc.match_substring_regex(column, strict)))
            if not len(rows):
                continue
            part = column.take(pa.array(rows))
            fits = pc.match_substring_regex(part, wide).to_numpy()
            for row, value in zip(
                rows[~fits].tolist(), part.filter(pa.array(~fits)).to_pylist(), strict=True
            ):
                bad.setdefault(row, (code, _said(code[4:], value, allowed)))
            odd.append(rows[fits])
        if odd:
            rows = np.unique(np.concatenate(odd))
            self._log.add_many(
                "VCF-IUPAC",
                lines[rows].tolist(),
                lambda i: f"{ref[int(rows[i])]} > {alt[int(rows[i])]} holds IUPAC letters",
            )
        same = _rows(pc.equal(ref, alt))
        self._log.add_many(
            "VCF-ALT-IS-REF", lines[same].tolist(), lambda i: f"ALT is REF, {ref[int(same[i])]}"
        )

    def _qual(self, table: pa.Table, lines: np.ndarray, bad: Broken) -> None:
        column = table["qual"]
        for row in _rows(pc.invert(pc.match_substring_regex(column, _QUAL))).tolist():
            bad.setdefault(
                row, ("VCF-QUAL", _said("QUAL", column[row].as_py(), "a number or a dot"))
            )
        self._warn(column, r"^-[0.]*[1-9]|^[-+]?[iInN]", "VCF-QUAL-RANGE", "QUAL is {}", lines)

    def _filter(self, table: pa.Table, lines: np.ndarray, bad: Broken) -> None:
        def say(value: str) -> str:
            return f"FILTER holds {value[:40]!r}, with a blank or an empty entry"

        values = pc.unique(table["filter"]).to_pylist()
        wrong = [v for v in values if re.search(r"\s|^;|;;|;$|^$", v)]
        self._refuse_values(table["filter"], wrong, "VCF-FILTER", say, bad)
        mixed = [v for v in values if {"0", "PASS", "."} & set(v.split(";")) - {v} or v == "0"]
        self._warn_values(table["filter"], mixed, "VCF-FILTER-MIX", "FILTER holds {}", lines)

    def _format(self, table: pa.Table, lines: np.ndarray, bad: Broken) -> None:
        def say(value: str) -> str:
            return f"FORMAT {value[:60]!r} names a key twice"

        column = table["format"]
        values = {v: v.split(":") for v in pc.unique(column).to_pylist()}
        twice = [v for v, keys in values.items() if len(set(keys)) < len(keys)]
        self._refuse_values(column, twice, "VCF-FORMAT-TWICE", say, bad)
        odd = [v for v, ks in values.items() if not all(re.fullmatch(r"[\w.+-]+", k) for k in ks)]
        self._warn_values(column, odd, "VCF-FORMAT", "FORMAT {} has an odd key", lines)
        late = [v for v, keys in values.items() if "GT" in keys[1:]]
        self._warn_values(column, late, "VCF-FORMAT-GT", "FORMAT {} has GT, not first", lines)

    def _refuse_values(
        self,
        column: pa.ChunkedArray,
        values: list[str],
        code: str,
        say: Callable[[str], str],
        bad: Broken,
    ) -> None:
        if values:
            for row in _rows(pc.is_in(column, value_set=pa.array(values))).tolist():
                bad.setdefault(row, (code, say(column[row].as_py())))

    def _warn_values(
        self, column: pa.ChunkedArray, values: list[str], code: str, say: str, lines: np.ndarray
    ) -> None:
        if values:
            self._note(
                column, _rows(pc.is_in(column, value_set=pa.array(values))), code, say, lines
            )

    def _warn(
        self, column: pa.ChunkedArray, pattern: str, code: str, say: str, lines: np.ndarray
    ) -> None:
        self._note(column, _rows(pc.match_substring_regex(column, pattern)), code, say, lines)

    def _note(
        self, column: pa.ChunkedArray, rows: np.ndarray, code: str, say: str, lines: np.ndarray
    ) -> None:
        self._log.add_many(
            code,
            lines[rows].tolist(),
            lambda i: say.format(repr(column[int(rows[i])].as_py()[:60])),
        )


class OrderRules:
    """Whether records follow each other as in a sorted file; only warns."""

    def __init__(self, log: WarningLog) -> None:
        self._log = log
        self._left: set[str] = set()
        self._last: tuple[str, int] = ("", -1)
        self._here: set[tuple[str, str]] = set()

    def check(
        self, table: pa.Table, positions: np.ndarray, lines: np.ndarray, skip: set[int]
    ) -> None:
        """Note records that go back, chromosomes that come back and variants that stand twice."""
        names = pc.unique(table["chrom"])
        code = pc.index_in(table["chrom"], value_set=names).to_numpy().astype(np.int64)
        same = code[1:] == code[:-1]
        self._log.add_many(
            "VCF-ORDER",
            lines[1:][same & (positions[1:] < positions[:-1])].tolist(),
            lambda _: "the position is before the one above",
        )
        starts = np.concatenate([[0], np.flatnonzero(~same) + 1])
        self._chromosomes([str(names[int(code[s])]) for s in starts], starts, positions, lines)
        self._duplicates(table, positions, lines, same & (positions[1:] == positions[:-1]), skip)
        self._last = (str(names[int(code[-1])]), int(positions[-1]))

    def _chromosomes(
        self, names: list[str], starts: np.ndarray, positions: np.ndarray, lines: np.ndarray
    ) -> None:
        before, place = self._last
        for name, start in zip(names, starts.tolist(), strict=True):
            if name != before:
                self._left.add(before)
                if name in self._left:
                    self._log.add(
                        int(lines[start]), "VCF-CONTIGUOUS", f"{name} comes again after others"
                    )
            elif start == 0 and positions[0] < place:
                self._log.add(int(lines[0]), "VCF-ORDER", "the position is before the one above")
            before = name

    def _duplicates(
        self,
        table: pa.Table,
        positions: np.ndarray,
        lines: np.ndarray,
        equal: np.ndarray,
        skip: set[int],
    ) -> None:
        first = (str(table["chrom"][0]), int(positions[0])) == self._last
        equal = np.concatenate([[first], equal])
        ends = np.concatenate([equal[1:], [True]])
        rows = np.flatnonzero(equal | ends)
        at = pa.array(rows)
        ref, alt = table["ref"].take(at).to_pylist(), table["alt"].take(at).to_pylist()
        for row, r, a in zip(rows.tolist(), ref, alt, strict=True):
            if not equal[row]:
                self._here = set()
            if row in skip:
                continue
            if (r, a) in self._here and a[:1] in _BASES:
                self._log.add(int(lines[row]), "VCF-DUPLICATE", f"{r} > {a} stands here already")
            self._here.add((r, a))


def _rows(mask: pa.ChunkedArray | pa.Array) -> np.ndarray:
    if isinstance(mask, pa.ChunkedArray):
        return np.flatnonzero(mask.to_numpy())
    return np.flatnonzero(mask.to_numpy(zero_copy_only=False))


def _said(column: str, value: str, allowed: str) -> str:
    if not value:
        return f"{column} is empty; allowed {allowed}"
    return f"{column} holds {value[:40]!r}; allowed {allowed}"
