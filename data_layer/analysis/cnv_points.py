"""ACMG/ClinGen points of a copy-number loss or gain, as far as coordinates can tell.

Riggs et al. 2020, Genet Med 22:245, doi:10.1038/s41436-019-0686-8, tables 1 and 2. Sum of
points: pathogenic from 0.99, likely pathogenic from 0.90, uncertain from -0.89 to 0.89, likely
benign to -0.98, benign from -0.99. Sections 4 (published cases, population) and 5 (inheritance)
need a person; so do the criteria marked as not assessed. The sum is therefore a beginning, and
the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data_layer.analysis.cnv_content import (
    RECESSIVE,
    SUFFICIENT,
    UNLIKELY,
    Dosage,
    Event,
    Gene,
    hit_exons,
)

SOURCE = "Riggs et al. 2020, doi:10.1038/s41436-019-0686-8 (ACMG/ClinGen)"
LOSS, GAIN = "loss", "gain"
#: A region counts as completely overlapped from this share on: the ends of recurrent regions
#: lie in repeats, where no caller places them to the base.
WHOLE_REGION = 0.99
#: Points by the number of protein-coding genes wholly or partially included.
GENE_COUNTS: dict[str, tuple[tuple[int, str, float], ...]] = {
    LOSS: ((35, "3C", 0.90), (25, "3B", 0.45), (0, "3A", 0.0)),
    GAIN: ((50, "3C", 0.90), (35, "3B", 0.45), (0, "3A", 0.0)),
}
#: Predictors of haploinsufficiency: gnomAD's pLI and LOEUF together, and DECIPHER's index.
PLI_LEAST, LOEUF_MOST, HI_INDEX_MOST = 0.9, 0.35, 10.0
CLASSES = ("Pathogenic", "Likely pathogenic", "Uncertain significance", "Likely benign", "Benign")
MET, OPEN = "met", "not assessed"
#: What no coordinate tells; a person adds it.
LEFT_TO_PEOPLE = (
    "4: published cases, case-control data, common population variation",
    "5: inheritance, family history, how specific the phenotype is",
)
REDUCED = (
    "Somebody healthy in the family carries it too: penetrance may be reduced; nothing is "
    "deducted for that."
)


@dataclass(frozen=True)
class Criterion:
    """One criterion: its code in the guideline, points (None when not assessed) and the reason."""

    code: str
    points: float | None
    why: str

    @property
    def status(self) -> str:
        """``met``, or ``not assessed`` when a person must decide."""
        return OPEN if self.points is None else MET


@dataclass(frozen=True)
class Score:
    """Points of an event.

    Attributes:
        criteria: those that apply, by section.
        open: what is not assessed and stands for a person to add.
        notes: what to keep in mind with the class.
    """

    kind: str
    criteria: tuple[Criterion, ...]
    open: tuple[str, ...] = LEFT_TO_PEOPLE
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """Sum of the points that were assessed."""
        return round(sum(c.points or 0.0 for c in self.criteria), 2)

    @property
    def classification(self) -> str:
        """The class that the sum falls into."""
        return classify(self.total)


def scored(
    kind: str,
    event: Event,
    genes: Sequence[Gene],
    near: Sequence[Dosage],
    second: Sequence[Criterion],
    *,
    healthy_carrier: bool,
) -> Score:
    """Put section 2 of either table between sections 1 and 3, with what stays open."""
    criteria = (content(event, genes, near, kind), *second, gene_number(event, genes, kind))
    still = tuple(f"{c.code}: {c.why}" for c in criteria if c.points is None)
    notes = (REDUCED,) if healthy_carrier and any(c.code == "2A" for c in second) else ()
    return Score(kind, criteria, (*still, *LEFT_TO_PEOPLE), notes)


def classify(total: float) -> str:
    """Return the class of a sum of points."""
    for least, name in ((0.99, 0), (0.90, 1), (-0.89, 2), (-0.98, 3)):
        if round(total, 2) >= least:
            return CLASSES[name]
    return CLASSES[4]


def content(event: Event, genes: Sequence[Gene], dosage: Sequence[Dosage], kind: str) -> Criterion:
    """Section 1: whether anything of known function is touched."""
    touched = [g.symbol for g in genes if hit_exons(event, g)]
    if touched:
        return Criterion("1A", 0.0, f"touches exons of {told(touched)}")
    named = [d.name for d in dosage if established(d, kind) and event.touches(d.start, d.end)]
    if named:
        return Criterion("1A", 0.0, f"touches {told(named)}, whose dosage matters")
    return Criterion("1B", -0.60, "touches no exon of a protein-coding gene and no such region")


def gene_number(event: Event, genes: Sequence[Gene], kind: str) -> Criterion:
    """Section 3: protein-coding genes wholly or partially included."""
    n = len({g.symbol for g in genes if event.touches(g.start, g.end)})
    code, points = next((c, p) for least, c, p in GENE_COUNTS[kind] if n >= least)
    return Criterion(code, points, f"{n} protein-coding {'gene' if n == 1 else 'genes'}")


def established(item: Dosage, kind: str) -> bool:
    """Say whether evidence for dosage sensitivity is sufficient."""
    return (item.hi if kind == LOSS else item.ts) == SUFFICIENT


def benign(item: Dosage, kind: str) -> bool:
    """Say whether it is a region at which sensitivity is held unlikely."""
    return item.region and (item.hi if kind == LOSS else item.ts) == UNLIKELY


def whole(event: Event, item: Dosage) -> bool:
    """Say whether an event takes all of a gene, or of a region as far as its ends are known."""
    if item.region:
        return event.share_of(item.start, item.end) >= WHOLE_REGION
    return event.holds(item.start, item.end)


def predicted(event: Event, dosage: Sequence[Dosage]) -> list[str]:
    """Return genes held entirely that both predictors call haploinsufficient."""
    return [
        d.name
        for d in dosage
        if not d.region
        and d.hi not in (UNLIKELY, RECESSIVE)
        and d.pli is not None and d.pli >= PLI_LEAST
        and d.loeuf is not None and d.loeuf < LOEUF_MOST
        and d.hi_index is not None and d.hi_index <= HI_INDEX_MOST
        and event.holds(d.start, d.end)
    ]  # fmt: skip


def told(names: Sequence[str], most: int = 4) -> str:
    """Return names in a sentence, the first few."""
    listed = ", ".join(names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most} more"
