"""Entries of a batch to the rows of ``consequences``, and the best of each variant.

The best entry of a row: one that fits its allele, CSQ before ANN before BCSQ, an effect that is
HIGH or MODERATE, MANE Select, MANE Plus Clinical, canonical, the most severe term, the first. A
change on any transcript comes before MANE, so that no filter on the best transcript loses a call
whose effect the MANE transcript does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.columns import FieldMap
from data_layer.ingest.entries import SOURCES, Entries
from data_layer.ingest.numbers import highest, nullable
from data_layer.ingest.severity import terms
from data_layer.schema import CONSEQUENCES, SCHEMA_VERSION

SCORES = ("gnomad_af", "gnomad_hom", "cadd", "revel", "spliceai")
_WORDS = ("clinvar_sig", "clinvar_rev")
_SHOWN = ("gene", "hgnc_id", "worst", "impact", "hgvsc", "hgvsp", "transcript", "mane")
_TEXT = pa.string()
_BEST = pa.schema(
    [("row_id", pa.int64())]
    + [(name, pa.int32() if name == "hgnc_id" else _TEXT) for name in _SHOWN]
    + [("canonical", pa.bool_())]
    + [(f"c_{name}", _TEXT) for name in _WORDS]
    + [(f"c_{name}", pa.float64()) for name in (*SCORES, "af")]
    + [("c_af_source", _TEXT)]
)
_NO_TERM = 999


def nothing_best() -> pa.Table:
    """What ``best`` gives for a batch without entries."""
    return _BEST.empty_table()


class Consequences:
    """Every entry of a batch with its terms read, in the order of ``row_id``."""

    def __init__(self, sources: Sequence[Entries], fields: FieldMap) -> None:
        self._fields = fields
        tables = [self._read(entries) for entries in sources]
        rows = pa.concat_tables(tables).combine_chunks()
        ids = rows["row_id"].to_numpy()
        if not bool((np.diff(ids) >= 0).all()):
            rows = rows.take(pa.array(np.argsort(ids, kind="stable")))
        self._rows = rows
        self._ids = rows["row_id"].to_numpy()
        self._starts = np.flatnonzero(np.diff(self._ids, prepend=-1))
        self._line = rows["line"].to_numpy()
        lowest = np.minimum.reduceat(self._line, self._starts)
        self._group = np.repeat(np.arange(len(self._starts)), self._sizes())
        self._first = lowest[self._group]

    def table(self) -> pa.Table:
        """The stored columns of ``consequences``."""
        rows = self._rows
        made = {
            "schema_version": pa.array(np.full(rows.num_rows, SCHEMA_VERSION, dtype=np.int16)),
            "best": pa.array(self._line == self._first),
        }
        stored = CONSEQUENCES.stored
        columns = [made[f.name] if f.name in made else rows[f.name] for f in stored]
        return pa.table(columns, schema=stored)

    def best(self) -> pa.Table:
        """The best entry of each row, with the highest scores among those that fit as it does."""
        at = np.flatnonzero(self._line == self._first)
        chosen = self._rows.take(pa.array(at))
        like = (self._line >> 50) == (self._first >> 50)
        columns = {f.name: chosen[f.name] for f in _BEST if f.name in chosen.column_names}
        for name in SCORES:
            columns[f"c_{name}"] = self._most(f"c_{name}", like)[0]
        columns["c_af"], at_most = self._most("c_af", like)
        columns["c_af_source"] = self._rows["c_af_source"].take(at_most)
        return pa.table([columns[f.name] for f in _BEST], schema=_BEST)

    def _sizes(self) -> np.ndarray:
        return np.diff(self._starts, append=len(self._ids))

    def _most(self, name: str, like: np.ndarray) -> tuple[pa.Array, pa.Array]:
        """Highest value of each row, and an entry that has it; of several the highest source."""
        column = self._rows[name]
        count = len(self._starts)
        if column.null_count == len(column):
            return pa.nulls(count, pa.float64()), pa.nulls(count, pa.int64())
        values = pc.fill_null(column, -np.inf).to_numpy()
        values = np.where(like, values, -np.inf)
        most = np.maximum.reduceat(values, self._starts)
        rank = self._rows["af_rank"].to_numpy() if name == "c_af" else np.zeros(len(values))
        top = np.where((values == most[self._group]) & np.isfinite(values), rank, -1)
        highest_rank = np.maximum.reduceat(top, self._starts)
        hits = np.flatnonzero((top == highest_rank[self._group]) & (top >= 0))
        at = np.full(count, -1)
        at[self._group[hits]] = hits
        return pa.array(most, mask=at < 0), pa.array(at, mask=at < 0)

    def _read(self, of: Entries) -> pa.Table:
        count = len(of.row_id)
        absent = pa.nulls(count, _TEXT)
        got: dict[str, Any] = {name: _or(of.column(name), absent) for name in _PLAIN}
        read = _Terms(got.pop("raw"))
        impact = pc.coalesce(_unique(got.pop("impact"), str.upper, _TEXT), read.impact)
        rank, intron = got.pop("rank"), read.intron
        got["exon"] = pc.coalesce(got["exon"], pc.if_else(intron, None, rank))
        got["intron"] = pc.coalesce(got["intron"], pc.if_else(intron, rank, None))
        got["transcript"] = _versioned(got["transcript"], got["hgvsc"])
        got["hgnc_id"] = _unique(got["hgnc_id"], _hgnc, pa.int32())
        said = _unique(got.pop("canonical"), lambda c: c.upper() in _YES, pa.bool_())
        canonical = pc.fill_null(said, False)
        mane = _mane(got.pop("mane_select"), got.pop("mane_plus"), got.pop("mane_any"))
        strong = pc.fill_null(pc.is_in(impact, value_set=pa.array(["HIGH", "MODERATE"])), False)
        got |= self._scores(of, absent)
        got |= {
            "row_id": pa.array(of.row_id),
            "source": pa.array([of.source]).take(pa.array(np.zeros(count, dtype=np.int64))),
            "ordinal": pa.array(of.ordinal.astype(np.int32)),
            "consequence": read.ordered,
            "worst": read.worst,
            "impact": impact,
            "canonical": canonical,
            "mane": mane,
            "text": of.texts,
            "line": pa.array(_line(of, strong, mane, canonical, read.place)),
        }
        return pa.table(got)

    def _scores(self, of: Entries, absent: pa.Array) -> dict[str, pa.Array]:
        """Numbers and ClinVar words that VEP adds to each entry, null where the file has none."""
        csq = self._fields.csq if of.source == "CSQ" else {}
        none = pa.nulls(len(absent), pa.float64())
        out = {}
        for name in SCORES:
            found = [nullable(highest(text), pa.float64()) for text in of.fields(csq.get(name, ()))]
            how = pc.max_element_wise if name == "spliceai" else pc.coalesce
            out[f"c_{name}"] = how(*found) if found else none
        for name in _WORDS:
            words = of.fields(csq.get(name, ()))
            out[f"c_{name}"] = pc.coalesce(*words) if words else absent
        names = sorted(self._fields.csq_frequencies) if of.source == "CSQ" else []
        most, which = np.full(len(absent), -np.inf), np.full(len(absent), -1)
        for rank, name in enumerate(names):
            for text in of.fields([name]):
                values = highest(text)
                higher = values >= most
                most[higher], which[higher] = values[higher], rank
        out["c_af"] = pa.array(most, mask=which < 0)
        out["c_af_source"] = pa.array(names, _TEXT).take(pa.array(which, mask=which < 0))
        out["af_rank"] = pa.array(which)
        return out


_PLAIN = (
    "allele", "raw", "impact", "gene", "gene_id", "hgnc_id", "transcript", "feature_type",
    "biotype", "exon", "intron", "rank", "hgvsc", "hgvsp", "cdna_position", "cds_position",
    "protein_position", "amino_acids", "codons", "canonical", "mane_select", "mane_plus",
    "mane_any", "sift", "polyphen",
)  # fmt: skip
_YES = ("YES", "1", "TRUE")


class _Terms:
    """What the terms of each entry say, read once for each way in which they are written."""

    def __init__(self, raw: pa.Array) -> None:
        coded = raw.dictionary_encode()
        words = coded.dictionary.to_pylist()
        read = [terms(word) for word in words]
        at = coded.indices
        self.ordered = pa.array([r[0] for r in read], pa.list_(_TEXT)).take(at)
        self.worst = pa.array([r[1] for r in read], _TEXT).take(at)
        places = pa.array([r[2] for r in read], pa.int64()).take(at)
        self.place = pc.fill_null(places, _NO_TERM).to_numpy(zero_copy_only=False)
        self.impact = pa.array([r[3] for r in read], _TEXT).take(at)
        introns = pa.array(["intron" in word for word in words], pa.bool_()).take(at)
        self.intron = pc.fill_null(introns, False)


def _line(
    of: Entries, strong: pa.Array, mane: pa.Array, canonical: pa.Array, place: np.ndarray
) -> np.ndarray:
    """Each entry's place in line: the lower, the better."""
    known = pc.index_in(mane, value_set=pa.array(["MANE Select", "MANE Plus Clinical"]))
    rank = known.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    plain = np.where(canonical.to_numpy(zero_copy_only=False), 2, 3)
    rank = np.where(rank < 0, plain, rank)
    weak = ~strong.to_numpy(zero_copy_only=False)
    line: np.ndarray = (
        ((~of.fits).astype(np.int64) << 50)
        + (SOURCES.index(of.source) << 46)
        + (weak.astype(np.int64) << 45)
        + (rank << 42)
        + (place << 30)
        + of.ordinal
    )
    return line


def _or(column: pa.Array | None, absent: pa.Array) -> pa.Array:
    return absent if column is None else column


def _unique(column: pa.Array, read: Callable[[str], Any], to: pa.DataType) -> pa.Array:
    """Read each value that stands in a column once."""
    coded = column.dictionary_encode()
    return pa.array([read(v) for v in coded.dictionary.to_pylist()], to).take(coded.indices)


def _hgnc(text: str) -> int | None:
    number = text.upper().replace("HGNC:", "").strip()
    return int(number) if number.isdecimal() and len(number) < 10 else None


def _mane(select: pa.Array, plus: pa.Array, either: pa.Array) -> pa.Array:
    said = _unique(either, _mane_word, _TEXT)
    is_select = pc.or_(pc.is_valid(select), pc.fill_null(pc.equal(said, "select"), False))
    is_plus = pc.or_(pc.is_valid(plus), pc.fill_null(pc.equal(said, "plus"), False))
    rest = pc.if_else(pc.is_valid(said), "MANE Select", pa.scalar(None, _TEXT))
    return pc.if_else(is_select, "MANE Select", pc.if_else(is_plus, "MANE Plus Clinical", rest))


def _mane_word(text: str) -> str:
    return next((word for word in ("select", "plus") if word in text.lower()), "")


def _versioned(transcript: pa.Array, hgvsc: pa.Array) -> pa.Array:
    """Transcripts with the version that HGVS gives, where the feature's own name has none."""
    bare = pc.invert(pc.match_substring(transcript, "."))
    at = np.flatnonzero(pc.fill_null(pc.and_(bare, pc.is_valid(hgvsc)), False).to_numpy(False))
    if not len(at):
        return transcript
    names, texts = transcript.take(pa.array(at)), hgvsc.take(pa.array(at))
    stem = pc.list_element(pc.split_pattern(texts, ".", max_splits=1), 0)
    same = pc.and_(pc.equal(stem, names), pc.match_substring(texts, "."))
    full = pc.list_element(pc.split_pattern(texts, ":", max_splits=1), 0)
    mask = np.zeros(len(transcript), dtype=bool)
    mask[at] = True
    return pc.replace_with_mask(transcript, pa.array(mask), pc.if_else(same, full, names))
