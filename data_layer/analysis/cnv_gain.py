"""Points of a copy-number gain: section 2 of table 2, with sections 1 and 3.

Riggs et al. 2020, doi:10.1038/s41436-019-0686-8: 2A complete overlap of an established
triplosensitive gene or region 1.00; 2B partial overlap of such a region 0; of a benign gain: 2C
the same genes -1.00, 2D smaller without breaking a gene -1.00, 2E smaller and breaking one 0, 2F
larger without more genes -0.90 (ClinGen's calculator; the printed table has -1.00, range 0 to
-1.00), 2G larger with more genes 0; 2H a haploinsufficient gene held whole 0, 2I both ends in one
by the PVS1 tree, 2J one end in one 0 (2K 0.45 with its very phenotype), 2L an end in another 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_layer.analysis.cnv_content import Dosage, Event, Gene
from data_layer.analysis.cnv_points import (
    GAIN,
    LOSS,
    Criterion,
    Score,
    benign,
    established,
    scored,
    told,
    whole,
)


def gain_points(
    event: Event,
    genes: Sequence[Gene],
    dosage: Sequence[Dosage],
    *,
    healthy_carrier: bool = False,
) -> Score:
    """Score a gain from the protein-coding genes and ClinGen's items of its chromosome."""
    near = [d for d in dosage if event.touches(d.start, d.end)]
    second = _triplosensitive(event, near)
    if not second or second[0].code != "2A":
        second = (*second, *_benign(event, genes, near))
    second = (*second, *_haploinsufficient(event, genes, near))
    return scored(GAIN, event, genes, near, second, healthy_carrier=healthy_carrier)


def _triplosensitive(event: Event, near: Sequence[Dosage]) -> tuple[Criterion, ...]:
    items = [d for d in near if established(d, GAIN)]
    taken = [d.name for d in items if whole(event, d)]
    if taken:
        return (Criterion("2A", 1.00, f"takes all of {told(taken)}"),)
    if items:
        return (Criterion("2B", 0.0, f"takes a part of {told([d.name for d in items])}"),)
    return ()


def _benign(event: Event, genes: Sequence[Gene], near: Sequence[Dosage]) -> tuple[Criterion, ...]:
    """2C to 2G: of the benign gains in reach, the one that speaks most for a benign class."""
    found = [_against(event, genes, d) for d in near if benign(d, GAIN)]
    best = min(found, key=lambda c: c.points or 0.0, default=None)
    return (best,) if best else ()


def _against(event: Event, genes: Sequence[Gene], item: Dosage) -> Criterion:
    def touched(one: Event) -> set[str]:
        return {g.symbol for g in genes if one.touches(g.start, g.end)}

    region = Event(item.start, item.end)
    mine, known = touched(event), touched(region)
    name = f"{item.name}, held benign when gained"
    if event.within(item.start, item.end):
        if mine and mine == known:
            return Criterion("2C", -1.00, f"has the genes of {name}")
        cut = [g.symbol for g in genes if event.breaks(g)]
        if cut:
            return Criterion("2E", 0.0, f"lies in {name}, but an end lies in {told(cut)}")
        return Criterion("2D", -1.00, f"lies in {name}, and breaks no gene")
    if event.holds(item.start, item.end) and mine <= known:
        return Criterion("2F", -0.90, f"larger than {name}, without more genes")
    return Criterion("2G", 0.0, f"overlaps {name}, with more besides")


def _haploinsufficient(
    event: Event, genes: Sequence[Gene], near: Sequence[Dosage]
) -> tuple[Criterion, ...]:
    sensitive = [d for d in near if not d.region and established(d, LOSS)]
    names = {d.name for d in sensitive if not established(d, GAIN)}
    held = [g.symbol for g in genes if g.symbol in names and event.holds(g.start, g.end)]
    both = [g.symbol for g in genes if g.symbol in names and event.breaks(g) == 2]
    one = [g.symbol for g in genes if g.symbol in names and event.breaks(g) == 1]
    other = [g.symbol for g in genes if g.symbol not in names and event.breaks(g)]
    out = []
    if held:
        out.append(Criterion("2H", 0.0, f"holds {told(held)} whole, sensitive to loss alone"))
    if both:
        why = f"both ends in {told(both)}: the PVS1 tree gives 0 to 0.90"
        out.append(Criterion("2I", None, why))
    if one:
        why = f"one end in {told(one)}; 0.45 (2K) where the phenotype is the gene's own"
        out.append(Criterion("2J", 0.0, why))
    if other:
        out.append(Criterion("2L", 0.0, f"an end in {told(other)}, of no established significance"))
    return tuple(out)
