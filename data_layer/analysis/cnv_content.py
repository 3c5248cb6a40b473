"""What a copy-number event contains, and what its points are made from: plain data."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int, int]
#: ClinGen's scores of dosage sensitivity.
SUFFICIENT, UNLIKELY, RECESSIVE = 3, 40, 30


@dataclass(frozen=True)
class Dosage:
    """A gene or region whose dosage sensitivity ClinGen judged, 0-based half-open.

    Attributes:
        region: whether it is a region; else a gene.
        hi: haploinsufficiency: 0 to 3, 30 recessive, 40 unlikely; None when not evaluated.
        ts: triplosensitivity, likewise.
        hi_index: DECIPHER's haploinsufficiency index in percent; low is intolerant.
        pli: gnomAD's probability of intolerance to loss of function.
        loeuf: upper bound of gnomAD's observed over expected loss of function.
    """

    name: str
    start: int
    end: int
    region: bool
    hi: int | None
    ts: int | None
    hi_index: float | None = None
    pli: float | None = None
    loeuf: float | None = None


@dataclass(frozen=True)
class Gene:
    """A protein-coding gene, with the transcript that stands for it where one is known."""

    symbol: str
    start: int
    end: int
    strand: int
    exons: tuple[Span, ...] = ()
    cds: Span | None = None

    @property
    def parts(self) -> tuple[Span, ...]:
        """Exons; the whole gene where no transcript is known."""
        return self.exons or ((self.start, self.end),)


@dataclass(frozen=True)
class Event:
    """A loss or gain on one chromosome, 0-based half-open."""

    start: int
    end: int

    def holds(self, start: int, end: int) -> bool:
        """Say whether an interval lies in it entirely."""
        return self.start <= start and end <= self.end

    def within(self, start: int, end: int) -> bool:
        """Say whether it lies in an interval entirely."""
        return start <= self.start and self.end <= end

    def touches(self, start: int, end: int) -> bool:
        """Say whether it shares a base with an interval."""
        return self.start < end and start < self.end

    def share_of(self, start: int, end: int) -> float:
        """Return the share of an interval that it covers."""
        return max(0, min(self.end, end) - max(self.start, start)) / max(1, end - start)

    def breaks(self, gene: Gene) -> int:
        """Count its ends inside a gene."""
        return sum(gene.start < at < gene.end for at in (self.start, self.end))


def hit_exons(event: Event, gene: Gene) -> bool:
    """Say whether an event touches an exon; any part of a gene without a known transcript."""
    return any(event.touches(a, b) for a, b in gene.parts)


def hit_coding(event: Event, gene: Gene) -> bool:
    """Say whether an event touches coding sequence."""
    if gene.cds is None:
        return hit_exons(event, gene)
    first, past = gene.cds
    return any(event.touches(max(a, first), min(b, past)) for a, b in gene.exons if max(a, first) < min(b, past))  # fmt: skip # noqa: E501


def last_exon_only(event: Event, gene: Gene) -> bool:
    """Say whether the last exon, in the gene's own direction, is the only one touched."""
    ordered = gene.exons if gene.strand > 0 else gene.exons[::-1]
    touched = [event.touches(a, b) for a, b in ordered]
    return bool(touched) and touched[-1] and not any(touched[:-1])


def five_prime(event: Event, gene: Gene) -> bool:
    """Say whether an event holds the gene's first base, where transcription begins."""
    first = gene.start if gene.strand > 0 else gene.end - 1
    return event.start <= first < event.end
