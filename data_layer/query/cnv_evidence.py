"""A loss or gain held against ClinGen's dosage list, the population, and the points for both."""

from __future__ import annotations

from typing import Any

import numpy as np

from data_layer.analysis import overlap
from data_layer.analysis.cnv_content import Dosage, Event, Gene
from data_layer.analysis.cnv_gain import gain_points
from data_layer.analysis.cnv_loss import loss_points
from data_layer.analysis.cnv_points import GAIN, LOSS, SOURCE, Score
from data_layer.reference import population
from data_layer.reference.dosage import SOURCE as DOSAGE_SOURCE
from data_layer.reference.dosage import DosageItem, dosage_in
from data_layer.reference.genes import Gene as CodingGene
from data_layer.reference.genes import gene as gene_named
from data_layer.reference.genes import genes_in
from data_layer.reference.transcripts import transcripts
from data_layer.region import Build, chrom_name

#: Items and population variants told one by one; the rest are counted.
TOLD = 50
#: Frequency from which a population variant is common, so that a person looks at 4O.
COMMON = 0.01
LIMIT = (
    "points of sections 1 to 3 alone; published cases, inheritance and phenotype are for a person "
    "to add; genes are GENCODE's protein-coding ones"
)


def cnv_evidence(
    build: Build,
    chrom: int,
    start: int,
    end: int,
    svtype: str,
    *,
    copies: float | None = None,
    healthy_carrier: bool = False,
) -> dict[str, Any]:
    """Return what is known of the bases of an event, 0-based half-open, and its points.

    ``svtype`` is VCF's word; ``copies`` decides for a ``CNV``. ``healthy_carrier`` says that an
    unaffected relative has the event too. ``points`` is None where the event is no loss or gain.
    """
    kind = kind_of(svtype, copies)
    items = dosage_in(build, chrom, start, end)
    near = _population(build, chrom, start, end, kind)
    score = None
    if kind is not None and end > start and chrom <= 24:
        genes = [_gene(build, g) for g in genes_in(build, chrom, start, end, coding=True)]
        known = [_dosage(build, d) for d in items]
        scored = loss_points if kind == LOSS else gain_points
        score = scored(Event(start, end), genes, known, healthy_carrier=healthy_carrier)
    return {
        "kind": kind,
        "points": None if score is None else _told(score, near),
        "dosage": [_item(d, start, end) for d in items[:TOLD]],
        "dosage_total": len(items),
        "dosage_source": DOSAGE_SOURCE,
        **near,
    }


def kind_of(svtype: str, copies: float | None = None) -> str | None:
    """Return loss or gain for a type of event as VCF writes it; None for others.

    Two copies are taken as normal, which X and Y of a male are not: give no copies there.
    """
    word = svtype.upper().partition(":")[0].strip("<>")
    if word == "DEL":
        return LOSS
    if word == "DUP":
        return GAIN
    if word == "CNV" and copies is not None and copies != 2:
        return LOSS if copies < 2 else GAIN
    return None


def _told(score: Score, near: dict[str, Any]) -> dict[str, Any]:
    left = list(score.open)
    common = [p for p in near["population"] if p["af"] >= COMMON]
    if common:
        left.insert(0, f"4O: {len(common)} alike in the population at 1 % or more")
    return {
        "total": score.total,
        "classification": score.classification,
        "criteria": [
            {"code": c.code, "points": c.points, "why": c.why, "status": c.status}
            for c in score.criteria
        ],
        "open": left,
        "notes": list(score.notes),
        "source": SOURCE,
        "limit": LIMIT,
    }


def _population(build: Build, chrom: int, start: int, end: int, kind: str | None) -> dict[str, Any]:
    """Return population variants of the same kind that are the same event, likest first."""
    if population.population(build) is None:
        said = f"no population variants are packaged for {build.value}"
        return {"population": [], "population_total": 0, "population_source": said}
    word = {LOSS: "DEL", GAIN: "DUP"}.get(kind or "")
    found = [p for p in population.population_in(build, chrom, start, end) if p.type == word]
    alike = overlap.reciprocal(
        start,
        end,
        np.array([p.start for p in found], np.int64),
        np.array([p.end for p in found], np.int64),
    )
    same = sorted(zip(alike.tolist(), found, strict=True), key=lambda p: -p[0])
    rows = [
        {
            "start": p.start,
            "end": p.end,
            "type": p.type,
            "af": round(p.af, 6),
            "reciprocal": round(share, 4),
        }
        for share, p in same
        if share >= overlap.HALF
    ]
    return {
        "population": rows[:TOLD],
        "population_total": len(rows),
        "population_source": f"{population.SOURCE}: {population.LIMIT}; {overlap.SOURCE}",
    }


def _gene(build: Build, found: CodingGene) -> Gene:
    here = [t for t in transcripts(build, found.symbol) if t.chrom == found.chrom]
    if not here:
        return Gene(found.symbol, found.start, found.end, found.strand)
    best = here[0]
    return Gene(found.symbol, best.start, best.end, best.strand, best.exons, best.cds)


def _dosage(build: Build, item: DosageItem) -> Dosage:
    known = None if item.region else gene_named(build, item.name)
    name = known.symbol if known and known.chrom == item.chrom else item.name
    return Dosage(
        name, item.start, item.end, item.region, item.hi, item.ts, item.hi_index, item.pli,
        item.loeuf,
    )  # fmt: skip


def _item(item: DosageItem, start: int, end: int) -> dict[str, Any]:
    event = Event(start, end)
    return {
        "name": item.name,
        "kind": item.kind,
        "id": item.id,
        "place": f"{chrom_name(item.chrom)}:{item.start + 1:,}-{item.end:,}",
        "hi": item.hi,
        "ts": item.ts,
        "hi_disease": item.hi_disease,
        "ts_disease": item.ts_disease,
        "share": round(event.share_of(item.start, item.end), 4),
        "reviewed": item.reviewed,
    }
