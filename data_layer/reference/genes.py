"""Genes: by symbol, by place, and by what people type."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from sys import intern

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data_layer.reference.intervals import Intervals
from data_layer.region import Build
from data_layer.settings import asset_path

CODING = "protein_coding"
_IDS = ("hgnc:", "ensg")


@dataclass(frozen=True, slots=True)
class Gene:
    """One gene, 0-based half-open.

    Attributes:
        strand: 1, -1, or 0 when the source does not say.
        ensg: Ensembl gene id, with its version where the source gives one.
        biotype: GENCODE's word, such as ``protein_coding``; empty when unknown.
        hgnc: HGNC id as a number, known for genes that have a MANE transcript.
        entrez: NCBI gene id, likewise.
        aliases: former and other names; one name may belong to several genes.
        source: whose place this is, such as ``GENCODE v44``.
    """

    chrom: int
    start: int
    end: int
    strand: int
    symbol: str
    ensg: str
    biotype: str
    hgnc: int | None
    entrez: int | None
    name: str
    aliases: tuple[str, ...]
    source: str

    @property
    def coding(self) -> bool:
        """Whether the gene makes a protein."""
        return self.biotype == CODING

    @property
    def hgnc_id(self) -> str:
        """The HGNC id as VCF files and Scout write it, or empty."""
        return f"HGNC:{self.hgnc}" if self.hgnc is not None else ""


@dataclass(frozen=True, eq=False)
class GeneTable:
    """All genes of a build, by chromosome and start.

    Attributes:
        places: index by place; a row number here is an index into ``rows``.
        keys: lower-case symbols, other names and ids, sorted; one for each row that has it.
        key_rows: the row of each key, int32.
        names: lower-case full names, for a search by word.
    """

    build: Build
    rows: tuple[Gene, ...]
    places: Intervals
    keys: tuple[str, ...]
    key_rows: NDArray[np.int32]
    names: pa.ChunkedArray

    def __len__(self) -> int:
        """Count the genes."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Gene]:
        """Give genes by chromosome and start."""
        return iter(self.rows)

    def named(self, key: str) -> list[int]:
        """Return rows whose symbol, other name or id is this lower-case text."""
        first, past = bisect_left(self.keys, key), bisect_right(self.keys, key)
        return [int(i) for i in self.key_rows[first:past]]

    def beginning(self, key: str) -> Iterator[tuple[str, int]]:
        """Give names that begin with a lower-case text, each with its row; ids are left out."""
        for at in range(bisect_left(self.keys, key), len(self.keys)):
            if not self.keys[at].startswith(key):
                return
            if not self.keys[at].startswith(_IDS):
                yield self.keys[at], int(self.key_rows[at])


@cache
def genes(build: Build) -> GeneTable:
    """Load the genes of a build, once for each process."""
    table = pq.read_table(asset_path("reference", f"genes_{build.value.lower()}.parquet"))
    rows = _rows(table)
    pairs = sorted((key, i) for i, g in enumerate(rows) for key in _keys(g))
    places = Intervals.of(*(table[c].to_numpy() for c in ("chrom", "start", "end")))
    numbers = np.array([i for _, i in pairs], dtype=np.int32)
    names = pc.utf8_lower(table["name"])
    return GeneTable(build, rows, places, tuple(key for key, _ in pairs), numbers, names)


def gene(build: Build, symbol: str) -> Gene | None:
    """Find one gene by symbol, Ensembl id, HGNC id or another name; case does not matter.

    A symbol that stands at several places gives the coding one on the lowest chromosome (so X
    before Y). Another name counts only when it belongs to one symbol.
    """
    table, key = genes(build), symbol.strip().lower()
    found = sorted((table.rows[i] for i in table.named(key)), key=_worth)
    exact = [g for g in found if g.symbol.lower() == key]
    if exact:
        return exact[0]
    return found[0] if len({g.symbol for g in found}) == 1 else None


def genes_in(
    build: Build, chrom: int, start: int, end: int, *, coding: bool = False
) -> tuple[Gene, ...]:
    """Return genes that share at least one base with ``[start, end)``, by start."""
    table = genes(build)
    rows = (table.rows[int(i)] for i in table.places.overlapping(chrom, start, end))
    return tuple(g for g in rows if g.coding or not coding)


def search_genes(build: Build, text: str, limit: int = 20) -> tuple[Gene, ...]:
    """Return genes for what a person typed, best first.

    The symbol itself comes first, then other names and ids that equal the text, symbols that
    begin with it, other names that do, and last full names that contain every word of it;
    coding genes lead in each group.
    """
    table, key = genes(build), " ".join(text.lower().split())
    if not key or limit < 1:
        return ()
    rank: dict[int, int] = {}
    for i in table.named(key):
        rank[i] = 0 if table.rows[i].symbol.lower() == key else 1
    for name, i in table.beginning(key):
        level = 2 if table.rows[i].symbol.lower() == name else 3
        rank[i] = min(level, rank.get(i, level))
    if len(rank) < limit and len(key) > 2:
        for i in _with_words(table.names, key.split()):
            rank.setdefault(i, 4)
    best = sorted(rank, key=lambda i: (rank[i], *_worth(table.rows[i])))
    return tuple(table.rows[i] for i in best[:limit])


def _with_words(names: pa.ChunkedArray, words: list[str]) -> list[int]:
    fits = pc.match_substring(names, words[0])
    for word in words[1:]:
        fits = pc.and_(fits, pc.match_substring(names, word))
    return [int(i) for i in np.flatnonzero(fits.to_numpy())]


def _worth(g: Gene) -> tuple[bool, bool, int, str, int, int]:
    return not g.coding, g.hgnc is None, len(g.symbol), g.symbol.lower(), g.chrom, g.start


def _keys(g: Gene) -> set[str]:
    words = (g.symbol, *g.aliases, g.ensg, g.ensg.partition(".")[0], g.hgnc_id)
    return {w.lower() for w in words if w}


def _rows(table: pa.Table) -> tuple[Gene, ...]:
    columns = {name: table[name].to_pylist() for name in table.column_names}
    columns["aliases"] = [tuple(a.split("|")) if a else () for a in columns["aliases"]]
    for name in ("biotype", "source"):
        columns[name] = [intern(word) for word in columns[name]]
    ordered = (columns[f.name] for f in fields(Gene))
    return tuple(Gene(*cells) for cells in zip(*ordered, strict=True))
