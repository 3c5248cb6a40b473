"""Transcript tables of both builds, from the pinned packages."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pybigtools
from genes import Known, Place, Row, bare
from packages import MMSPLICE, SCOUT, Shelf

from data_layer.region import OTHER, chrom_code

MITO = chrom_code("MT")
#: Shortest gap between exons, in bases, that is taken for an intron after mapping.
MIN_INTRON = 20
#: Intervals of one chromosome, 0-based half-open, in genome order.
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Model:
    """A transcript's exons in one build, 0-based half-open, in genome order.

    Attributes:
        cuts: gaps inside exons where the builds differ by some bases.
    """

    enst: str
    ensg: str
    symbol: str
    chrom: int
    strand: int
    exons: Spans
    cds: tuple[int, int] | None = None
    ensp: str = ""
    refseq: str = ""
    refseq_protein: str = ""
    rule: str = ""
    cuts: Spans = ()

    @property
    def lengths(self) -> list[int]:
        """Exon lengths in the order of transcription."""
        return [b - a for a, b in self.exons[:: self.strand]]

    @property
    def introns(self) -> list[int]:
        """Intron lengths in the order of transcription."""
        return [b[0] - a[1] for a, b in pairwise(self.exons)][:: self.strand]


def mane_models(shelf: Shelf) -> list[Model]:
    """MANE Select and Plus Clinical transcripts on the 25 chromosomes of GRCh38."""
    path = Path(shelf.folder, "mane.bb")
    path.write_bytes(shelf.read(SCOUT, "custom_igv_tracks/mane.bb"))
    models: list[Model] = []
    with pybigtools.open(str(path)) as track:
        for contig in track.chroms():
            if chrom_code(contig) != OTHER:
                models += [_mane(contig, record) for record in track.records(contig)]
    return models


def _mane(contig: str, record: Sequence[Any]) -> Model:
    start, _, enst, _, strand, thick, past, _, _, sizes, offsets = record[:11]
    ensg, symbol, _, ensp, refseq, _, refseq_protein = record[16:23]
    exons = tuple(
        (start + int(o), start + int(o) + int(size))
        for o, size in zip(offsets.strip(",").split(","), sizes.strip(",").split(","), strict=True)
    )
    rule = " ".join(record[23:]).strip()
    return Model(
        enst, ensg, symbol, chrom_code(contig), 1 if strand == "+" else -1, exons,
        (int(thick), int(past)), ensp, refseq, refseq_protein, rule,
    )  # fmt: skip


def lifted_models(shelf: Shelf) -> list[Model]:
    """GENCODE transcripts on GRCh37, without CDS; the flanks of their exons are taken off."""
    table = pa_csv.read_csv(BytesIO(gzip.decompress(shelf.read(MMSPLICE, "grch37_exons.csv.gz"))))
    columns = [table.column(name).to_pylist() for name in table.column_names]
    exons: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    about: dict[tuple[str, str], tuple[str, str, str]] = {}
    for contig, start, end, strand, _, ensg, symbol, enst, left, right in zip(
        *columns, strict=True
    ):
        key = (contig, enst)
        exons[key].append((start - 1 + left, end - right))
        about[key] = (ensg, symbol, strand)
    models = []
    for (contig, enst), spans in exons.items():
        ensg, symbol, strand = about[(contig, enst)]
        code = chrom_code(contig)
        if code != OTHER:
            sign = 1 if strand == "+" else -1
            joined, cuts = join_cuts(spans)
            model = Model(_gencode(enst), _gencode(ensg), symbol, code, sign, joined)
            models.append(replace(model, cuts=cuts))
    return models


def join_cuts(spans: list[tuple[int, int]]) -> tuple[Spans, Spans]:
    """Join the parts of exons that mapping cut in two; gives the exons, and where they were cut."""
    exons: list[tuple[int, int]] = []
    cuts: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if exons and start - exons[-1][1] < MIN_INTRON:
            cuts.append((exons[-1][1], start))
            exons[-1] = (exons[-1][0], max(end, exons[-1][1]))
        else:
            exons.append((start, end))
    return tuple(exons), tuple(cuts)


def _gencode(identifier: str) -> str:
    """Drop the mapping version that GENCODE adds behind ``_``."""
    return identifier.partition("_")[0]


def lifted_places(models: list[Model]) -> dict[str, Place]:
    """Genes as the span of their GRCh37 transcripts; of X and Y, X comes first."""
    places: dict[str, Place] = {}
    for m in sorted(models, key=lambda m: m.chrom):
        first, last = m.exons[0][0], m.exons[-1][1]
        place = places.get(bare(m.ensg))
        if place is None:
            places[bare(m.ensg)] = Place(
                m.chrom, first, last, m.strand, m.symbol, m.ensg, "", "GENCODE mapped"
            )
        elif place.chrom == m.chrom:
            place.start, place.end = min(place.start, first), max(place.end, last)
    return places


def models_38(mane: list[Model], lifted: list[Model], genes: list[Place]) -> list[Model]:
    """MANE, and the 13 mitochondrial proteins: one exon that is the gene, coding throughout."""
    by_gene = {bare(m.ensg): m for m in lifted if m.chrom == MITO}
    return mane + [_mitochondrial(g, by_gene[g.stem]) for g in genes if _codes_in_mito(g)]


def _codes_in_mito(gene: Place) -> bool:
    return gene.chrom == MITO and gene.biotype == "protein_coding"


def _mitochondrial(gene: Place, model: Model) -> Model:
    span = (gene.start, gene.end)
    return replace(model, strand=gene.strand, exons=(span,), cds=span, rule="Mitochondrial")


def models_37(mane: list[Model], lifted: list[Model], genes: list[Place]) -> list[Model]:
    """One transcript for each protein-coding gene of GRCh37.

    The MANE Select transcript where GENCODE maps it, with its CDS carried over when every exon
    has the same length in both builds; else the gene's longest transcript, without CDS.
    """
    select = {bare(m.ensg): m for m in mane if m.rule == "MANE Select"}
    of_gene: dict[str, list[Model]] = defaultdict(list)
    for m in lifted:
        of_gene[bare(m.ensg)].append(m)
    chosen: list[Model] = []
    for gene in genes:
        options = [m for m in of_gene[gene.stem] if m.chrom == gene.chrom]
        if gene.biotype != "protein_coding" or not options:
            continue
        if gene.chrom == MITO:
            chosen.append(_mitochondrial(gene, options[0]))
            continue
        wanted = select.get(gene.stem)
        same = [m for m in options if wanted and bare(m.enst) == bare(wanted.enst)]
        if wanted and same:
            chosen.append(_carried(wanted, same[0]))
        else:
            best = max(options, key=lambda m: (sum(m.lengths), m.enst))
            chosen.append(replace(best, rule="Longest"))
    return chosen


def _carried(mane: Model, lift: Model) -> Model:
    cds = carry_cds(mane, lift)
    if cds is None:
        return replace(lift, rule="MANE Select, no CDS")
    return replace(
        lift, cds=cds, ensp=mane.ensp, refseq=mane.refseq, rule="MANE Select",
        refseq_protein=mane.refseq_protein,
    )  # fmt: skip


def carry_cds(mane: Model, lift: Model) -> tuple[int, int] | None:
    """Place a CDS on another build's exons of the same transcript; ``None`` when that is unsure.

    Each coding exon must keep its length, but for the transcript's first and last: there the CDS
    keeps its distance from the splice site, since a transcript's ends may differ between builds.
    Such an exon must still lie where it lay, behind an intron of the same length within 0.1 %.
    """
    if mane.cds is None or mane.strand != lift.strand:
        return None
    theirs, ours = mane.lengths, lift.lengths
    begin, stop = (_to_transcript(mane, p) for p in (mane.cds[0], mane.cds[1] - 1)[:: mane.strand])
    first, last = _exon_of(theirs, begin), _exon_of(theirs, stop)
    shift = _shift(theirs, ours, first, last)
    if shift is None or not _ends_agree(mane, lift, first, last, shift):
        return None
    edges, moved = [*accumulate(theirs, initial=0)], [*accumulate(ours, initial=0)]
    by_end, by_start = int(first + 1 < len(theirs)), int(last == 0)
    begin += moved[first + shift + by_end] - edges[first + by_end]
    stop += moved[last + shift + by_start] - edges[last + by_start]
    if not (moved[first + shift] <= begin and stop < moved[last + shift + 1]):
        return None
    start, end = sorted((_to_genome(lift, begin), _to_genome(lift, stop)))
    if any(a <= end and start <= b for a, b in lift.cuts):
        return None
    return start, end + 1


def _exon_of(lengths: list[int], offset: int) -> int:
    return next(i for i, past in enumerate(accumulate(lengths)) if offset < past)


def _ends_agree(mane: Model, lift: Model, first: int, last: int, shift: int) -> bool:
    end = len(mane.lengths) - 1
    for exon, intron in ((0, 0), (end, end - 1)):
        if exon in (first, last) and mane.lengths[exon] != lift.lengths[exon + shift]:
            theirs, ours = mane.introns[intron], lift.introns[intron + shift]
            if abs(theirs - ours) > max(2, theirs / 1000):
                return False
    return True


def _shift(theirs: list[int], ours: list[int], first: int, last: int) -> int | None:
    """Say by how many exons the coding part moves: none when counts agree, else if one way fits."""
    if len(theirs) == 1 or len(ours) == 1:
        return 0 if theirs == ours else None
    fixed = [i for i in range(first, last + 1) if 0 < i < len(theirs) - 1]
    tries = range(-first, len(ours) - last) if len(fixed) > 1 else range(0)
    if len(ours) == len(theirs):
        tries = range(1)
    fits = [k for k in tries if all(ours[i + k] == theirs[i] for i in fixed)]
    return fits[0] if len(fits) == 1 else None


def _walk(model: Model) -> Iterator[tuple[int, tuple[int, int]]]:
    starts = accumulate(model.lengths, initial=0)
    return zip(starts, model.exons[:: model.strand], strict=False)


def _to_transcript(model: Model, position: int) -> int:
    """Count exonic bases before a genome position, in the order of transcription."""
    for before, (start, end) in _walk(model):
        if start <= position < end:
            return before + (position - start if model.strand > 0 else end - 1 - position)
    raise ValueError(f"{model.enst}: {position} is in no exon")


def _to_genome(model: Model, offset: int) -> int:
    """Undo ``_to_transcript``."""
    for before, (start, end) in _walk(model):
        if before <= offset < before + end - start:
            inside = offset - before
            return start + inside if model.strand > 0 else end - 1 - inside
    raise ValueError(f"{model.enst}: {offset} lies behind its last exon")


def transcript_rows(models: list[Model], known: dict[str, Known], genes: list[Place]) -> list[Row]:
    """Turn models into rows; exon starts are counted from the transcript's start."""
    symbols = {g.stem: g.symbol for g in genes}
    rows: list[Row] = []
    for m in models:
        stem = bare(m.ensg)
        start, end = m.exons[0][0], m.exons[-1][1]
        rows.append({
            "chrom": m.chrom, "start": start, "end": end, "strand": m.strand,
            "symbol": symbols.get(stem, known[stem].symbol if stem in known else m.symbol),
            "ensg": m.ensg, "enst": m.enst, "ensp": m.ensp, "refseq": m.refseq,
            "refseq_protein": m.refseq_protein, "rule": m.rule,
            "cds_start": m.cds[0] if m.cds else None, "cds_end": m.cds[1] if m.cds else None,
            "exon_offsets": [a - start for a, _ in m.exons],
            "exon_lengths": [b - a for a, b in m.exons],
        })  # fmt: skip
    return sorted(rows, key=lambda r: (r["chrom"], r["start"], r["end"], r["enst"]))


TRANSCRIPT_SCHEMA = pa.schema([
    ("chrom", pa.int8()), ("start", pa.int32()), ("end", pa.int32()), ("strand", pa.int8()),
    ("symbol", pa.string()), ("ensg", pa.string()), ("enst", pa.string()), ("ensp", pa.string()),
    ("refseq", pa.string()), ("refseq_protein", pa.string()), ("rule", pa.string()),
    ("cds_start", pa.int32()), ("cds_end", pa.int32()),
    ("exon_offsets", pa.list_(pa.int32())), ("exon_lengths", pa.list_(pa.int32())),
])  # fmt: skip
