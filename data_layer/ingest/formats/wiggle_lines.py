"""The lines of a wiggle to rows: a declaration says where the values after it lie."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.errors import InputError
from data_layer.ingest.feed import SIGNAL_BATCH
from data_layer.ingest.table_text import NOTHING, TextFeed, TextTable

_SPECIAL = ("fixedStep", "variableStep", "track")
_PAIR = r"^(?P<place>[0-9]{1,18})[ \t]+(?P<value>[^ \t]+)$"
_NUMBER = r"^[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|(?i:inf|infinity|nan))$"
_WORD = re.compile(r"\b(\w+)=(\"[^\"]*\"|\S+)")
_QUALITY = re.compile(r'\bname="?MapQ"?', re.I)
_ONE_FIELD = "\x01"
_FIX = "Write it as UCSC's page on the wiggle format says."


@dataclass
class _Block:
    """The values after one declaration; ``start`` counts from 0, ``seen`` is the values so far.

    ``step`` None is a ``variableStep``. A block without a contig is passed over.
    """

    contig: str | None
    start: int
    step: int | None
    span: int
    seen: int = 0


@dataclass(frozen=True)
class _Run:
    """Lines of a batch that one declaration speaks for; ``seen`` of its values lie before them."""

    low: int
    size: int
    block: _Block
    seen: int


class WiggleReader(TextFeed):
    """A wiggle being read; ``records`` counts its values, those passed over too.

    Args:
        bins: a value without a span covers the whole step.
    """

    def __init__(self, path: Path, *, bins: bool, skip_bad: bool) -> None:
        table = TextTable(
            path, ("words",), skip_bad=skip_bad, comment=("#", "browser"), delimiter=_ONE_FIELD
        )
        super().__init__(table, self._rows)
        self._bins = bins
        self._said = 0
        self._tracks = 0
        self._skipping = False
        self._passed = 0
        self._block: _Block | None = None

    @property
    def records(self) -> int:
        """Values seen so far."""
        return self.table.records - self._said

    def _rows(self, batch: pa.Table) -> pa.Table | None:
        words = pc.utf8_trim_whitespace(batch.column("words"))
        first = [pc.starts_with(words, pattern=word).to_numpy() for word in _SPECIAL]
        special = np.flatnonzero(np.logical_or.reduce(first))
        edges = [-1, *special.tolist(), batch.num_rows]
        runs: list[_Run] = []
        for before, after in itertools.pairwise(edges):
            if before >= 0:
                self._said += 1
                self._declare(words[before].as_py(), batch.column("line")[before].as_py())
            if after > before + 1:
                runs += self._run(batch, before + 1, after)
        return self._values(batch, words, runs) if runs else None

    def _declare(self, words: str, line: int) -> None:
        kind, _, rest = words.partition(" ")
        if kind.startswith("track"):
            self._track(words, line)
            return
        said = {k: v.strip('"') for k, v in _WORD.findall(rest)}
        fixed = kind.split("\t")[0] == "fixedStep"
        contig = said.get("chrom") or self._missing("chrom", kind, line)
        step = self._number(said, "step", kind, line, 1) if fixed else None
        start = self._number(said, "start", kind, line, None) - 1 if fixed else 0
        wide = step if self._bins and step is not None else 1
        span = self._number(said, "span", kind, line, wide)
        self._block = _Block(None if self._skipping else contig, start, step, span)

    def _track(self, words: str, line: int) -> None:
        self._skipping = bool(_QUALITY.search(words))
        self._block = None
        if self._skipping:
            self.table.log.add(line, "WIG-SKIPPED", "the track of mapping quality was passed over")
            return
        self._tracks += 1
        if self._tracks > 1:
            raise InputError(
                "WIG-TRACKS",
                self._where(line),
                "a second track begins here; a signal is one track",
                "Give each track in a file of its own.",
            )

    def _number(
        self, said: Mapping[str, str], name: str, kind: str, line: int, default: int | None
    ) -> int:
        text = said.get(name)
        if text is None:
            return self._missing(name, kind, line) if default is None else default
        if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) < 1:
            raise InputError(
                "WIG-DECLARATION",
                self._where(line),
                f"{name} is {text!r}; it must be a whole number from 1",
                _FIX,
            )
        return int(text)

    def _missing(self, name: str, kind: str, line: int) -> Never:
        raise InputError(
            "WIG-DECLARATION", self._where(line), f"the {kind} line has no {name}=", _FIX
        )

    def _where(self, line: int) -> str:
        return f"{self.table.path.name} line {line}"

    def _run(self, batch: pa.Table, low: int, high: int) -> list[_Run]:
        """Return the lines from ``low`` to ``high`` with the declaration that speaks for them."""
        block = self._block
        if block is None and not self._skipping:
            raise InputError(
                "WIG-DECLARATION",
                self._where(batch.column("line")[low].as_py()),
                "a value stands before any fixedStep or variableStep line",
                _FIX,
            )
        if block is None or block.contig is None:
            return []
        run = _Run(low, high - low, block, block.seen)
        block.seen += run.size
        return [run]

    def _values(self, batch: pa.Table, words: pa.ChunkedArray, runs: list[_Run]) -> pa.Table:
        """Return the rows of all lines that a declaration speaks for, in one go."""
        sizes = np.array([r.size for r in runs])
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        at = np.repeat([r.low for r in runs], sizes) + within

        def told(values: list[int]) -> np.ndarray:
            return np.repeat(np.array(values, np.int64), sizes)

        texts = words.take(pa.array(at)).combine_chunks()
        step = told([r.block.step or 0 for r in runs])
        start = told([r.block.start for r in runs]) + (within + told([r.seen for r in runs])) * step
        good = np.ones(len(at), bool)
        pair = step == 0
        if pair.any():
            found = pc.extract_regex(texts, _PAIR)
            place, value = found.flatten()
            good = pc.is_valid(found).to_numpy(zero_copy_only=False) | ~pair
            texts = pc.if_else(pa.array(pair), value, texts)
            start = np.where(pair, pc.fill_null(place.cast(pa.int64()), 1).to_numpy() - 1, start)
        values, numbers = _floats(texts)
        keep = good & numbers.to_numpy(zero_copy_only=False) & (start >= 0)
        self._reject(batch, at[~keep], pair[~keep])
        known = pa.array([r.block.contig for r in runs], pa.string()).dictionary_encode()
        codes = np.repeat(known.indices.to_numpy(), sizes)[keep]
        names = known.dictionary.take(pa.array(codes))
        span = told([r.block.span for r in runs])[keep]
        columns = [names, start[keep], start[keep] + span, values.filter(pa.array(keep))]
        return pa.table(columns, schema=SIGNAL_BATCH)

    def _reject(self, batch: pa.Table, rows: np.ndarray, pairs: np.ndarray) -> None:
        words = batch.column("words")
        rules = {
            True: "a variableStep line is a place, from 1, and a value",
            False: "a fixedStep line is one value",
        }
        reasons = {
            int(i): f"it is {words[i].as_py()!r}; {rules[bool(pair)]}"
            for i, pair in zip(rows, pairs, strict=True)
        }
        self.table.reject(batch, "WIG-VALUE", reasons)


def _floats(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return float32 values, null for words of no value, and whether each text was one of both."""
    try:
        values = texts.cast(pa.float32())
    except pa.ArrowInvalid:
        return _floats_one_by_one(texts)
    values = pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float32()), values)
    return values, pc.is_valid(texts)


def _floats_one_by_one(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    nothing = pc.is_in(pc.utf8_lower(texts), value_set=pa.array(NOTHING))
    number = pc.fill_null(pc.match_substring_regex(texts, _NUMBER), False)
    number = pc.and_(number, pc.invert(nothing))
    values = pc.if_else(number, texts, pa.scalar(None, pa.string())).cast(pa.float32())
    values = pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float32()), values)
    return values, pc.or_(number, nothing)
