"""Transcripts: exons, coding parts and the ids that reports cite."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pyarrow.parquet as pq

from data_layer.reference.genes import gene
from data_layer.reference.intervals import Intervals
from data_layer.region import Build
from data_layer.settings import asset_path

Span = tuple[int, int]

#: Rules that say why a transcript stands for its gene, best first.
RULES = ("MANE Select", "MANE Plus Clinical", "Mitochondrial", "MANE Select, no CDS", "Longest")


@dataclass(frozen=True, slots=True)
class Transcript:
    """One transcript, 0-based half-open; exons in genome order whatever the strand.

    Attributes:
        enst: Ensembl transcript id; ``ensp`` and the RefSeq ids are empty when unknown.
        rule: why this transcript stands for its gene, one of ``RULES``.
        cds: first coding base and the base behind the stop codon, in genome order.
    """

    chrom: int
    start: int
    end: int
    strand: int
    symbol: str
    ensg: str
    enst: str
    ensp: str
    refseq: str
    refseq_protein: str
    rule: str
    cds: Span | None
    exons: tuple[Span, ...]

    @property
    def coding(self) -> tuple[Span, ...]:
        """Coding parts of the exons, stop codon included."""
        if self.cds is None:
            return ()
        first, past = self.cds
        cut = ((max(a, first), min(b, past)) for a, b in self.exons)
        return tuple((a, b) for a, b in cut if a < b)

    @property
    def cds_length(self) -> int:
        """Coding bases, stop codon included; 0 when the CDS is unknown."""
        return sum(b - a for a, b in self.coding)

    @property
    def protein_length(self) -> int:
        """Amino acids; the stop codon, whole or completed by the poly(A) tail, is not one."""
        return max(0, -(-self.cds_length // 3) - 1)

    def exon_number(self, position: int) -> int | None:
        """Return the exon, counted from 1 along the transcript, that holds a 0-based position."""
        for i, (a, b) in enumerate(self.exons):
            if a <= position < b:
                return i + 1 if self.strand > 0 else len(self.exons) - i
        return None

    def coding_offset(self, position: int) -> int | None:
        """Return how many coding bases come before a 0-based position; ``c.`` number less one."""
        before = 0
        for a, b in self.coding[:: self.strand]:
            if a <= position < b:
                return before + (position - a if self.strand > 0 else b - 1 - position)
            before += b - a
        return None


@dataclass(frozen=True, eq=False)
class TranscriptTable:
    """All transcripts of a build, with an index by place and one by gene symbol."""

    build: Build
    rows: tuple[Transcript, ...]
    places: Intervals
    by_symbol: dict[str, tuple[Transcript, ...]]
    by_id: dict[str, Transcript]

    def __len__(self) -> int:
        """Count the transcripts."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Transcript]:
        """Give transcripts by chromosome and start."""
        return iter(self.rows)


@cache
def transcript_table(build: Build) -> TranscriptTable:
    """Load the transcripts of a build, once for each process."""
    name = f"transcripts_{build.value.lower()}.parquet"
    table = pq.read_table(asset_path("reference", name))
    rows = tuple(_read(row) for row in table.to_pylist())
    by_symbol: dict[str, list[Transcript]] = defaultdict(list)
    by_id: dict[str, Transcript] = {}
    for row in rows:
        by_symbol[row.symbol.lower()].append(row)
        for identifier in (row.enst, row.refseq):
            if identifier:
                by_id.setdefault(identifier.partition(".")[0].upper(), row)
    ordered = {
        symbol: tuple(sorted(found, key=lambda t: (RULES.index(t.rule), t.chrom, t.start)))
        for symbol, found in by_symbol.items()
    }
    places = Intervals.of(*(table[c].to_numpy() for c in ("chrom", "start", "end")))
    return TranscriptTable(build, rows, places, ordered, by_id)


def transcripts(build: Build, symbol: str) -> tuple[Transcript, ...]:
    """Return a gene's transcripts, MANE Select first; empty when the gene has none here.

    The symbol may be anything that ``genes.gene`` finds; case does not matter.
    """
    table, key = transcript_table(build), symbol.strip().lower()
    if key in table.by_symbol:
        return table.by_symbol[key]
    found = gene(build, symbol)
    return table.by_symbol.get(found.symbol.lower(), ()) if found else ()


def transcripts_in(build: Build, chrom: int, start: int, end: int) -> tuple[Transcript, ...]:
    """Return transcripts that share at least one base with ``[start, end)``, by start."""
    table = transcript_table(build)
    return tuple(table.rows[int(i)] for i in table.places.overlapping(chrom, start, end))


def transcript(build: Build, identifier: str) -> Transcript | None:
    """Find a transcript by Ensembl or RefSeq id; a version after the dot is not compared."""
    return transcript_table(build).by_id.get(identifier.strip().partition(".")[0].upper())


def _read(row: dict[str, object]) -> Transcript:
    offsets, lengths = row.pop("exon_offsets"), row.pop("exon_lengths")
    first, past = row.pop("cds_start"), row.pop("cds_end")
    start = row["start"]
    assert isinstance(start, int)
    assert isinstance(offsets, list)
    assert isinstance(lengths, list)
    exons = tuple((start + o, start + o + n) for o, n in zip(offsets, lengths, strict=True))
    cds = (first, past) if isinstance(first, int) and isinstance(past, int) else None
    return Transcript(**row, cds=cds, exons=exons)  # type: ignore[arg-type]
