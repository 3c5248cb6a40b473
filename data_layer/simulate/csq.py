"""The CSQ field: one entry an allele and transcript, Ensembl's and RefSeq's, as VEP writes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data_layer.reference.genes import gene, genes_in
from data_layer.region import Build
from data_layer.simulate import protein
from data_layer.simulate.codons import BASES, Ints
from data_layer.simulate.consequence import TERMS, Effects
from data_layer.simulate.genome import Genome
from data_layer.simulate.models import Flags, Located, Models
from data_layer.simulate.sites import DELETION, INSERTION, SNV, Sites
from data_layer.simulate.text import (
    choice,
    grouped,
    join,
    number,
    scattered,
    spoken_insert,
    vep_allele,
    when,
)

FIELDS = (
    "Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|BIOTYPE|EXON|INTRON|HGVSc|HGVSp|"
    "cDNA_position|CDS_position|Protein_position|Amino_acids|Codons|DISTANCE|STRAND|HGNC_ID|"
    "CANONICAL|MANE_SELECT|MANE_PLUS_CLINICAL|SIFT|PolyPhen|REVEL_score|SpliceAI_pred_DS_AG|"
    "SpliceAI_pred_DS_AL|SpliceAI_pred_DS_DG|SpliceAI_pred_DS_DL|SOURCE"
)
_TERM_TEXT = pa.array([f"{t}|{i}" for t, i in TERMS])
_SWAP = "TGCA"


@dataclass(frozen=True)
class Names:
    """Fixed text per transcript, twice: Ensembl's entry at 2 i, RefSeq's at 2 i + 1."""

    head: pa.Array
    tail: pa.Array
    transcript: pa.Array
    protein: list[str]
    hgnc: list[str]


def names(build: Build, found: Models) -> Names:
    """Make the fixed text of a chromosome's transcripts."""
    head, tail, ids, proteins, hgnc = [], [], [], [], []
    for row in found.rows:
        known = gene(build, row.symbol)
        code = known.hgnc_id if known else ""
        hgnc.append(code.removeprefix("HGNC:"))
        mane = row.rule if row.rule.startswith("MANE") else ""
        select = mane.startswith("MANE Select")
        plus = mane == "MANE Plus Clinical"
        canonical = "YES" if select or not mane else ""
        entrez = str(known.entrez or "") if known else ""
        for own, partner, of in (
            (row.enst, row.refseq, row.ensg.partition(".")[0]),
            (row.refseq, row.enst, entrez),
        ):
            head.append(f"{row.symbol}|{of}|Transcript|{own}|protein_coding")
            tail.append(
                f"{row.strand}|{code}|{canonical}|{partner if select else ''}|{partner if plus else ''}"  # noqa: E501
            )
            ids.append(f"{own}:")
        proteins += [row.ensp, row.refseq_protein]
    head.append("||||")
    tail.append("||||")
    return Names(pa.array(head), pa.array(tail), pa.array([*ids, ""]), proteins, hgnc)


@dataclass(frozen=True)
class Changes:
    """What effects rows say of exonic changes, as text; empty elsewhere."""

    hgvsp: list[str]
    block: list[str]
    row: Ints


def csq(
    genome: Genome,
    sites: Sites,
    other: Ints,
    found: Effects,
    known: Names,
    scores: pa.Array,
    overrides: dict[int, tuple[str, str]],
) -> pa.Array:
    """Write the CSQ text of each site.

    ``scores`` holds ``SIFT|PolyPhen|REVEL|SpliceAI...`` per effect; ``overrides`` gives HGVS
    c. and p. of single sites.
    """
    inside = (found.tx >= 0) & (found.distance == 0)
    size = len(found.site)
    coding = _coding_change(genome, sites, other, found, inside)
    c_name = _c_names(genome, sites, other, found, inside)
    has_refseq = np.array([bool(r.refseq) for r in genome.models.rows] or [False])
    twice = inside & has_refseq[np.maximum(found.tx, 0)]
    row = np.repeat(np.arange(size), 1 + twice)
    refseq = np.concatenate([[False], row[1:] == row[:-1]]) if size else np.zeros(0, dtype=bool)
    pick = pa.array(row)
    tx = np.where(found.tx[row] >= 0, 2 * found.tx[row] + refseq, len(known.head) - 1)
    p_names, block = _protein_text(found, coding, known, row, refseq, overrides)
    c_text = c_name.take(pick)
    for site, (c_override, _) in overrides.items():
        fixed = (found.site[row] == site) & inside[row]
        c_text = join([when(~fixed, c_text), when(fixed, pa.array([c_override] * len(row)))])
    exon, intron = _numbers(genome.models, found, inside)
    at = found.site[row]
    separator = choice([",", ""], np.concatenate([[1], at[1:] != at[:-1]]).astype(np.int64))
    entries = join(
        [
            separator,
            vep_allele(sites, found.site, found.allele, other).take(pick),
            "|", choice(_TERM_TEXT, found.term[row]),
            "|", choice(known.head, tx),
            "|", exon.take(pick),
            "|", intron.take(pick),
            "|", when(inside[row], join([choice(known.transcript, tx), c_text])),
            "|", p_names,
            "|", block,
            "|", when(found.distance[row] > 0, number(found.distance[row])),
            "|", choice(known.tail, tx),
            "|", scores.take(pick),
            choice(["|Ensembl", "|RefSeq", "|"], np.where(found.tx[row] < 0, 2, refseq)),
        ]
    )  # fmt: skip
    return grouped(entries, np.searchsorted(at, np.arange(sites.count)))


def _numbers(found: Models, rows: Effects, inside: Flags) -> tuple[pa.Array, pa.Array]:
    """EXON and INTRON as ``number/total``."""
    total = found.n_exons[np.maximum(rows.tx, 0)] if found.count else rows.tx
    exonic = inside & rows.first.inside
    intronic = inside & ~rows.first.inside
    exon = join([number(rows.first.number), "/", number(total)])
    intron = join([number(rows.first.number), "/", number(total - 1)])
    return when(exonic, exon), when(intronic, intron)


def _place(found: Models, tx: Ints, at: Located) -> pa.Array:
    """A c. place: ``12``, ``-12``, ``*12``, with an intronic offset."""
    length = found.cds_length[np.maximum(tx, 0)] if found.count else np.zeros(len(tx), np.int64)
    before, behind = at.coding < 0, at.coding >= length
    value = np.where(before, -at.coding, np.where(behind, at.coding - length + 1, at.coding + 1))
    mark = choice(["", "-", "*"], np.where(before, 1, np.where(behind, 2, 0)))
    sign = choice(["", "+", "-"], np.where(at.offset > 0, 1, np.where(at.offset < 0, 2, 0)))
    offset = when(at.offset != 0, number(np.abs(at.offset)))
    return join([mark, number(value), sign, offset])


def _part(at: Located, where: Ints) -> Located:
    return Located(
        at.coding[where], at.offset[where], at.number[where], at.inside[where], at.near_edge[where]
    )


def _c_names(genome: Genome, sites: Sites, other: Ints, found: Effects, inside: Flags) -> pa.Array:
    """HGVS c. names without the transcript; indels are unambiguous by construction."""
    models = genome.models
    size = len(found.site)
    if not models.count:
        return choice([""], np.zeros(size, dtype=np.int64))
    forward = models.strand[np.maximum(found.tx, 0)] > 0
    kind = sites.kind[found.site]
    alt = np.where(found.allele == 2, np.maximum(other[found.site], 0), sites.alt[found.site])
    ref = sites.ref[found.site]
    change = np.where(forward, ref * 4 + alt, (3 - ref) * 4 + 3 - alt)
    pairs = [f"{a}>{b}" for a in "ACGT" for b in "ACGT"]
    simple = join(["c.", _place(models, found.tx, found.first), choice(pairs, change)])
    where = np.flatnonzero((kind != SNV) & inside)
    tx = found.tx[where]
    one = _place(models, tx, _part(found.first, where))
    two = _place(models, tx, _part(found.last, where))
    ahead = forward[where]
    low = join([when(ahead, one), when(~ahead, two)])
    high = join([when(ahead, two), when(~ahead, one)])
    site = found.site[where]
    inserted = vep_allele(sites, site, found.allele[where], other).to_pylist()
    texts = []
    rows = zip(
        low.to_pylist(), high.to_pylist(), inserted, ahead.tolist(),
        (sites.kind[site] == DELETION).tolist(), strict=True,
    )  # fmt: skip
    for left, right, bases, along, deletion in rows:
        span = left if deletion and left == right else f"{left}_{right}"
        if deletion:
            texts.append(f"c.{span}del")
        else:
            spoken = bases if along else bases[::-1].translate(_COMPLEMENT)
            texts.append(f"c.{span}ins{spoken}")
    return join([when((kind == SNV) & inside, simple), scattered(size, where, texts)])


_COMPLEMENT = str.maketrans("ACGT", _SWAP)


def _coding_change(
    genome: Genome, sites: Sites, other: Ints, found: Effects, inside: Flags
) -> Changes:
    """Protein names and the cDNA, CDS, protein, amino acid and codon fields of exonic rows."""
    row = np.flatnonzero(inside & found.first.inside)
    models = genome.models
    names, blocks = [], []
    for i in row.tolist():
        tx = int(found.tx[i])
        forward = models.strand[tx] > 0
        start = found.first if forward else found.last
        at, length = int(start.coding[i]), int(models.cds_length[tx])
        cdna = at + int(models.cds_first[tx]) + 1
        site = int(found.site[i])
        name, block = "", f"{cdna}||||"
        if found.before[i] >= 0:
            before, after = int(found.before[i]), int(found.after[i])
            name = protein.substitution(before, after, at // 3 + 1)
            acids, codons = protein.substitution_fields(before, after, at % 3)
            block = f"{cdna}|{at + 1}|{at // 3 + 1}|{acids}|{codons}"
        elif sites.kind[site] != SNV and 0 <= at < length and found.last.inside[i]:
            insertion = sites.kind[site] == INSERTION
            added = ""
            if insertion:
                added = spoken_insert(
                    sites, site, int(found.allele[i]), int(other[site]), bool(forward)
                )
            removed = 0 if insertion else int(sites.length[site])
            name, acid = protein.indel(genome, tx, at + insertion, removed, added)
            block = f"{cdna}|{at + 1}|{acid}||"
        names.append(name)
        blocks.append(block)
    return Changes(names, blocks, row)


def _protein_text(
    found: Effects,
    coding: Changes,
    known: Names,
    row: Ints,
    refseq: Flags,
    overrides: dict[int, tuple[str, str]],
) -> tuple[pa.Array, pa.Array]:
    """HGVSp and position fields of every entry."""
    at = np.full(len(found.site), -1, dtype=np.int64)
    at[coding.row] = np.arange(len(coding.row))
    where = np.flatnonzero(at[row] >= 0)
    texts, blocks = [], []
    for i in where.tolist():
        source = int(row[i])
        name = coding.hgvsp[int(at[source])]
        name = overrides.get(int(found.site[source]), ("", name))[1]
        own = known.protein[2 * int(found.tx[source]) + int(refseq[i])]
        texts.append(f"{own}:{name}" if name and own else "")
        blocks.append(coding.block[int(at[source])])
    size = len(row)
    empty = ["||||"] * 1
    index = np.zeros(size, dtype=np.int64)
    index[where] = np.arange(1, len(where) + 1)
    return scattered(size, where, texts), choice(empty + blocks, index)


def mitochondrial_csq(build: Build, sites: Sites) -> pa.Array:
    """CSQ of substitutions on chrM: the gene, without codons (its code is another)."""
    out = []
    for pos, alt in zip(sites.pos.tolist(), sites.alt.tolist(), strict=True):
        found = genes_in(build, 25, pos, pos + 1)
        if not found:
            out.append(f"{BASES[alt]}|intergenic_variant|MODIFIER{'|' * (FIELDS.count('|') - 2)}")
            continue
        entries = []
        for row in found:
            coding = row.biotype == "protein_coding"
            term = "coding_sequence_variant" if coding else "non_coding_transcript_exon_variant"
            head = f"{BASES[alt]}|{term}|MODIFIER|{row.symbol}|{row.ensg.partition('.')[0]}"
            kept = f"{head}|Transcript||{row.biotype}|1/1{'|' * 10}{row.strand}|{row.hgnc_id}|YES"
            entries.append(f"{kept}{'|' * (FIELDS.count('|') - kept.count('|') - 1)}|Ensembl")
        out.append(",".join(entries))
    return pa.array(out, pa.string())
