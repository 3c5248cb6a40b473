"""Points of a copy-number loss: section 2 of table 1, with sections 1 and 3.

Riggs et al. 2020, doi:10.1038/s41436-019-0686-8: 2A complete overlap of an established
haploinsufficient gene or region 1.00; 2B partial overlap of such a region 0; 2C-1 its 5' end
with coding sequence 0.90, 2C-2 with the 5' UTR alone 0; 2D-1 its 3' UTR alone 0, 2D-2 and 2D-3
its last exon 0.90 or 0.30, 2D-4 more exons than the last 0.90; 2E both ends in one gene by the
PVS1 tree; 2F inside a benign region -1.00, 2G larger than one 0; 2H predicted by two 0.15.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_layer.analysis.cnv_content import (
    Dosage,
    Event,
    Gene,
    five_prime,
    hit_coding,
    hit_exons,
    last_exon_only,
)
from data_layer.analysis.cnv_points import (
    LOSS,
    Criterion,
    Score,
    benign,
    established,
    predicted,
    scored,
    told,
    whole,
)


def loss_points(
    event: Event,
    genes: Sequence[Gene],
    dosage: Sequence[Dosage],
    *,
    healthy_carrier: bool = False,
) -> Score:
    """Score a loss from the protein-coding genes and ClinGen's items of its chromosome.

    ``healthy_carrier`` says that an unaffected relative has the loss too.
    """
    near = [d for d in dosage if event.touches(d.start, d.end)]
    second = _established(event, genes, [d for d in near if established(d, LOSS)])
    if not second:
        second = _benign(event, near) or _predicted(event, near)
    return scored(LOSS, event, genes, near, second, healthy_carrier=healthy_carrier)


def _established(
    event: Event, genes: Sequence[Gene], items: Sequence[Dosage]
) -> tuple[Criterion, ...]:
    """2A to 2E: of what applies, the criterion with the most points; those open stay listed."""
    taken = [d for d in items if whole(event, d)]
    if taken:
        share = min(event.share_of(d.start, d.end) for d in taken)
        more = "" if share == 1 else f" (all but {1 - share:.4%}; its ends lie in repeats)"
        names = told([d.name for d in taken])
        return (Criterion("2A", 1.00, f"takes all of {names}{more}"),)
    found = [_partial(event, genes, d) for d in items]
    scored = [c for c in found if c.points is not None]
    best = max(scored, key=lambda c: c.points or 0.0, default=None)
    return (*((best,) if best else ()), *(c for c in found if c.points is None))


def _partial(event: Event, genes: Sequence[Gene], item: Dosage) -> Criterion:
    if item.region:
        share = event.share_of(item.start, item.end)
        part = f"{share:.0%}" if share >= 0.01 else "under 1%"
        return Criterion("2B", 0.0, f"takes {part} of {item.name}, not all of it")
    gene = next((g for g in genes if g.symbol == item.name), None)
    if gene is None or not gene.exons:
        return Criterion("2C", None, f"part of {item.name}, whose exons are not known here")
    if event.within(gene.start, gene.end):
        return Criterion("2E", None, f"both ends in {item.name}: the PVS1 tree gives 0 to 0.90")
    if five_prime(event, gene):
        if hit_coding(event, gene):
            return Criterion("2C-1", 0.90, f"takes the 5' end of {item.name} with coding sequence")
        return Criterion("2C-2", 0.0, f"takes the 5' end of {item.name}, untranslated alone")
    if not hit_exons(event, gene) or not hit_coding(event, gene):
        return Criterion("2D-1", 0.0, f"takes the 3' end of {item.name}, untranslated alone")
    if last_exon_only(event, gene):
        why = f"takes the last exon of {item.name}; 0.90 (2D-2) if pathogenic variants lie in it"
        return Criterion("2D-3", 0.30, why)
    return Criterion("2D-4", 0.90, f"takes the 3' end of {item.name}, more than the last exon")


def _benign(event: Event, near: Sequence[Dosage]) -> tuple[Criterion, ...]:
    regions = [d for d in near if benign(d, LOSS)]
    around = [d.name for d in regions if event.within(d.start, d.end)]
    if around:
        return (Criterion("2F", -1.00, f"lies in {told(around)}, held benign when lost"),)
    return ()


def _predicted(event: Event, near: Sequence[Dosage]) -> tuple[Criterion, ...]:
    """2G and 2H, which do not exclude each other."""
    out = []
    regions = [d.name for d in near if benign(d, LOSS)]
    if regions:
        out.append(Criterion("2G", 0.0, f"larger than {told(regions)}, held benign when lost"))
    names = predicted(event, near)
    if names:
        why = f"{told(names)}: pLI >= 0.9, LOEUF < 0.35 and DECIPHER index <= 10 %"
        out.append(Criterion("2H", 0.15, why))
    return tuple(out)
