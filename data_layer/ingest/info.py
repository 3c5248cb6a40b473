"""Rules on INFO: one pass of one expression finds the few rows worth a second look."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.header import VcfHeader
from data_layer.ingest.meta import RESERVED_INFO
from data_layer.ingest.source import WarningLog

#: Values of a wrong count that are looked for; after them the key is no longer looked at.
COUNTED = 1000
_OLD = ("VCFv4.0", "VCFv4.1", "VCFv4.2")


class InfoRules:
    """Checks INFO against its syntax and the header's definitions; only ever warns."""

    def __init__(self, header: VcfHeader, log: WarningLog, threads: int = 2) -> None:
        self._log = log
        self._pool = ThreadPoolExecutor(max(1, threads), thread_name_prefix="info")
        self._numbers = _numbers(header)
        self._found: dict[str, int] = {}
        self._rules = [
            ("VCF-INFO", r"^$|^;|;;|;$|(?:^|;)=", "INFO has an empty entry: {}"),
            (
                "VCF-INFO-KEY",
                r"(?:^|;)[^;=]*[^A-Za-z0-9_.+\-;=][^;=]*(?:[;=]|$)",
                "INFO has an odd key: {}",
            ),
        ]
        if odd := _odd_values(header):
            self._rules.append(("VCF-INFO-TYPE", odd, "{} is not of its key's type"))
        if header.fileformat in _OLD:
            self._rules.append(("VCF-INFO-BLANK", r"\s", "INFO holds a blank: {}"))
        self._suspect = "|".join(f"(?:{pattern})" for _, pattern, _ in self._rules)
        self._counts = self._count_pattern()

    def check(self, column: pa.ChunkedArray, n_alt: np.ndarray, lines: np.ndarray) -> None:
        """Note what is odd.

        Args:
            column: INFO as in the file.
            n_alt: alternate alleles of each row.
            lines: the 1-based line of each row.
        """
        hit = self._hits(column)
        self._look(column, np.flatnonzero(hit), lines)
        if self._counts:
            self._count(column, np.flatnonzero(hit | (n_alt > 1)), n_alt, lines)

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown()

    def _hits(self, column: pa.ChunkedArray) -> np.ndarray:
        suspect = self._suspect + (f"|(?:{self._counts})" if self._counts else "")
        match = partial(pc.match_substring_regex, pattern=suspect)
        parts = list(self._pool.map(match, column.chunks))
        return np.concatenate([p.to_numpy(zero_copy_only=False) for p in parts])

    def _look(self, column: pa.ChunkedArray, rows: np.ndarray, lines: np.ndarray) -> None:
        if not len(rows):
            return
        part = column.take(pa.array(rows)).combine_chunks()
        for code, pattern, sentence in self._rules:
            fits = pc.match_substring_regex(part, pattern).to_numpy(zero_copy_only=False)
            at = np.flatnonzero(fits)
            say = partial(_say, part, at, pattern, sentence)
            self._log.add_many(code, lines[rows[at]].tolist(), say)

    def _count_pattern(self) -> str:
        """Expression of a count that cannot be right with one alternate allele."""
        keys = {n: [k for k, number in self._numbers.items() if number == n] for n in "AR"}
        parts = []
        if keys["A"]:
            parts.append(rf"(?:^|;)(?:{_any(keys['A'])})=[^;,]*,")
        if keys["R"]:
            parts.append(rf"(?:^|;)(?:{_any(keys['R'])})=(?:[^;,.][^;,]*(?:;|$)|[^;,]*,[^;,]*,)")
        return "|".join(parts)

    def _count(
        self, column: pa.ChunkedArray, rows: np.ndarray, n_alt: np.ndarray, lines: np.ndarray
    ) -> None:
        texts = column.take(pa.array(rows)).to_pylist()
        for text, alleles, line in zip(
            texts, n_alt[rows].tolist(), lines[rows].tolist(), strict=True
        ):
            for entry in text.split(";"):
                key, _, value = entry.partition("=")
                number = self._numbers.get(key)
                if number is None or value in ("", ".") or not alleles:
                    continue
                count, want = value.count(",") + 1, alleles + (number == "R")
                if count != want:
                    self._log.add(
                        line, "VCF-INFO-NUMBER", f"{key} has {count} values, {want} expected"
                    )
                    self._seen(key)

    def _seen(self, key: str) -> None:
        self._found[key] = self._found.get(key, 0) + 1
        if self._found[key] == COUNTED:
            del self._numbers[key]
            self._log.stop("VCF-INFO-NUMBER")
            self._counts = self._count_pattern()


def _numbers(header: VcfHeader) -> dict[str, str]:
    """Keys with one value an allele (A, R): as the header says, else as the specification does."""
    said = {k: n for k, (n, _) in RESERVED_INFO.items() if k not in header.info}
    said |= {k: d.number for k, d in header.info.items()}
    return {k: n for k, n in said.items() if n in ("A", "R")}


def _any(keys: list[str]) -> str:
    return "|".join(re.escape(k) for k in keys)


def _odd_values(header: VcfHeader) -> str:
    """Expression of values that are not of their key's type, or are several where one may be."""
    kinds: dict[str, list[str]] = {}
    single: list[str] = []
    known = {k: (n, t) for k, (n, t) in RESERVED_INFO.items()}
    known |= {k: (d.number, d.type) for k, d in header.info.items()}
    for key, (number, of_type) in known.items():
        reserved = RESERVED_INFO.get(key, ("", ""))[1] == of_type
        kinds.setdefault(f"{of_type}{'*' if reserved else ''}", []).append(key)
        if number == "1" and (of_type in ("Integer", "Float") or key == "AA"):
            single.append(key)
    patterns = {
        "Integer": r"[^;]*[^0-9.,;\-]|[^;]*\d\.|[^;]*\.\d",
        "Integer*": r"[^;]*[^0-9.,;]|[^;]*\d\.|[^;]*\.\d",
        "Float": r"[^;]*[^0-9.,;eE+\-aAfFiInN]",
        "Float*": r"-|[^;]*,-|[^;]*[^0-9.,;eE+\-]",
        "Flag": r"[^01;]|[01][^;]|;|$",
        "Flag*": r"[^01;]|[01][^;]|;|$",
        "Character": r"[^;,]{2}|[^;]*,[^;,]{2}",
    }
    parts = [rf"(?:{_any(kinds[k])})=(?:{p})" for k, p in patterns.items() if k in kinds]
    if single:
        parts.append(rf"(?:{_any(single)})=[^;]*,")
    parts.append(r"CIGAR=(?:[^;]*[^0-9MIDNSHPX=,.;]|[^;]*\.\d)")
    return "(?:^|;)(?:" + "|".join(parts) + ")"


def _say(part: pa.Array, at: np.ndarray, pattern: str, sentence: str, i: int) -> str:
    return sentence.format(_shown(part[int(at[i])].as_py(), pattern))


def _shown(info: str, pattern: str) -> str:
    """The entry of INFO in which the expression fits, short enough for a message."""
    found = re.search(pattern, info)
    at = found.start() if found else 0
    at += info[at : at + 1] == ";"
    begin = info.rfind(";", 0, at) + 1
    end = info.find(";", max(at, begin))
    return repr(info[begin : end if end > begin else None][:60])
