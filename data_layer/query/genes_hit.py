"""Which genes an event hits: their bases, their coding parts, or a breakpoint inside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data_layer.reference.genes import Gene, genes_in
from data_layer.reference.transcripts import Transcript, transcripts
from data_layer.region import Build

#: Genes told one by one; the rest are counted.
TOLD = 500


@dataclass(frozen=True)
class GeneHit:
    """A gene that shares bases with an event or holds one of its breakpoints.

    Attributes:
        whole: the whole gene lies inside the event.
        coding_bases: coding bases of the best transcript inside the event, of ``coding_of``.
        exons: numbers of that transcript's exons that the event touches.
        breakpoints: places in the gene where the event breaks it, in words: ``intron 3``.
    """

    symbol: str
    hgnc_id: int | None
    chrom: int
    start: int
    end: int
    strand: int
    biotype: str
    transcript: str
    whole: bool
    coding_bases: int
    coding_of: int
    exons: tuple[int, ...]
    breakpoints: tuple[str, ...]


@dataclass(frozen=True)
class GenesHit:
    """Genes hit, those whose coding parts or breakpoints are hit first; counts over all of them.

    ``inside`` is false for an event that changes no bases between its breakpoints.
    """

    genes: list[GeneHit]
    total: int
    coding: int
    broken: int
    inside: bool


@dataclass(frozen=True)
class Break:
    """A breakpoint: between base ``place - 1`` and base ``place`` of a chromosome, 0-based."""

    chrom: int
    place: int


def genes_hit(build: Build, span: tuple[int, int, int] | None, breaks: Sequence[Break]) -> GenesHit:
    """Return the genes that share a base with ``span`` or hold one of ``breaks``.

    ``span`` is chromosome, start and end of the bases that an event removes or repeats; None for
    one that has none.
    """
    found: dict[tuple[str, int, int], Gene] = {}
    if span is not None:
        found |= {_key(g): g for g in genes_in(build, *span)}
    for cut in breaks:
        near = genes_in(build, cut.chrom, max(0, cut.place - 1), cut.place + 1)
        found |= {_key(g): g for g in near if g.start < cut.place < g.end}
    hits = [_hit(build, g, span, breaks) for g in found.values()]
    hits.sort(key=lambda h: (not h.coding_bases, not h.breakpoints, h.chrom, h.start, h.symbol))
    return GenesHit(
        genes=hits[:TOLD],
        total=len(hits),
        coding=sum(h.coding_bases > 0 for h in hits),
        broken=sum(bool(h.breakpoints) for h in hits),
        inside=span is not None,
    )


def _key(gene: Gene) -> tuple[str, int, int]:
    return gene.symbol, gene.chrom, gene.start


def _hit(
    build: Build, gene: Gene, span: tuple[int, int, int] | None, breaks: Sequence[Break]
) -> GeneHit:
    here = [t for t in transcripts(build, gene.symbol) if t.chrom == gene.chrom]
    best = here[0] if here else None
    low, high = (span[1], span[2]) if span and span[0] == gene.chrom else (0, 0)
    exons = best.exons if best else ()
    touched = [i for i, (a, b) in enumerate(exons) if a < high and b > low]
    coding = sum(max(0, min(b, high) - max(a, low)) for a, b in (best.coding if best else ()))
    inside = [c for c in breaks if c.chrom == gene.chrom and gene.start < c.place < gene.end]
    return GeneHit(
        symbol=gene.symbol,
        hgnc_id=gene.hgnc,
        chrom=gene.chrom,
        start=gene.start,
        end=gene.end,
        strand=gene.strand,
        biotype=gene.biotype,
        transcript=(best.refseq or best.enst) if best else "",
        whole=low <= gene.start and gene.end <= high,
        coding_bases=coding,
        coding_of=best.cds_length if best else 0,
        exons=tuple(sorted(_number(best, i) for i in touched)) if best else (),
        breakpoints=tuple(dict.fromkeys(_where(best, c.place) for c in inside)),
    )


def _number(best: Transcript, place: int) -> int:
    return place + 1 if best.strand > 0 else len(best.exons) - place


def _where(best: Transcript | None, place: int) -> str:
    """Name the part of the best transcript that a cut before ``place`` falls in."""
    if best is None or not best.start < place < best.end:
        return "gene"
    for i, (a, b) in enumerate(best.exons):
        if a < place < b:
            return f"exon {_number(best, i)}"
        if place <= a:
            first = _number(best, i - 1), _number(best, i)
            return f"intron {min(first)}"
    return "gene"
