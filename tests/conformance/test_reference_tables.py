"""Our tables against tables of the same facts that were built apart from ours."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data_layer.reference.genes import genes
from data_layer.reference.transcripts import transcript_table, transcripts_in
from data_layer.region import Build, chrom_code

SNV = "single_nucleotide_variant"
pytestmark = pytest.mark.shared


def rows(shared: Path, name: str) -> list[dict[str, object]]:
    table: list[dict[str, object]] = pq.read_table(shared / "reference" / name).to_pylist()
    return table


def stem(identifier: object) -> str:
    return str(identifier).partition(".")[0]


def test_mane_transcripts_agree_in_every_exon(shared: Path) -> None:
    theirs = {
        r["enst"]: (
            chrom_code(str(r["chrom"])), 1 if r["strand"] == "+" else -1, r["cds_len"], r["refseq"],
            tuple(zip(r["exon_starts"], r["exon_ends"], strict=True)),  # type: ignore[call-overload]
            (r["cds_start"], r["cds_end"]), r["mane"],
        )
        for r in rows(shared, "mane_transcripts_grch38.parquet")
        if chrom_code(str(r["chrom"])) < 26
    }  # fmt: skip
    ours = {
        t.enst: (t.chrom, t.strand, t.cds_length, t.refseq, t.exons, t.cds, t.rule)
        for t in transcript_table(Build.GRCH38)
        if t.rule != "Mitochondrial"
    }
    assert len(ours) == 19_268
    assert ours == theirs


def test_grch38_genes_agree(shared: Path) -> None:
    theirs = {
        r["ensg"]: (chrom_code(str(r["chrom"])), r["start"], r["end"], r["strand"])
        for r in rows(shared, "genes_grch38.parquet")
    }
    ours = {g.ensg: (g.chrom, g.start, g.end, "-+"[g.strand > 0]) for g in genes(Build.GRCH38)}
    both = ours.keys() & theirs.keys()
    assert [e for e in both if ours[e] != theirs[e]] == []
    # Ours adds 8 MANE genes newer than GENCODE v44 and folds 265 ids into a gene of the
    # same symbol at the same place; each folded id still finds that gene.
    assert (len(ours.keys() - theirs.keys()), len(theirs.keys() - ours.keys())) == (8, 265)
    aliases = {a for g in genes(Build.GRCH38) for a in g.aliases}
    assert {stem(e) for e in theirs.keys() - ours.keys()} <= aliases


def test_grch37_genes_agree_where_both_take_ensembls_place(shared: Path) -> None:
    theirs = {
        r["ensg"]: (chrom_code(str(r["chrom"])), int(str(r["start"])) - 1, r["end"], r["strand"])
        for r in rows(shared, "genes_grch37.parquet")
    }
    ours = {stem(g.ensg): g for g in genes(Build.GRCH37)}
    both = ours.keys() & theirs.keys()
    assert len(both) / len(theirs) > 0.96
    ensembl = [e for e in both if ours[e].source == "Ensembl"]
    assert len(ensembl) > 20_000
    place = {e: (ours[e].chrom, ours[e].start, ours[e].end) for e in ensembl}
    assert [e for e in ensembl if place[e] != theirs[e][:3]] == []
    signed = [e for e in both if theirs[e][3] and ours[e].strand]
    other = [e for e in signed if "-+"[ours[e].strand > 0] != theirs[e][3]]
    assert len(signed) > 18_000
    assert len(other) < 10


def test_par_agrees(shared: Path) -> None:
    text = (shared / "reference" / "par_grch38_grch37.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines()[1:]]
    theirs = {(b, chrom_code(c), int(first) - 1, int(last)) for b, _, c, first, last in lines}
    table = pq.read_table(Path(__file__).parents[2] / "assets" / "reference" / "par.parquet")
    assert {(r["build"], r["chrom"], r["start"], r["end"]) for r in table.to_pylist()} == theirs


def test_clinvar_protein_changes_lie_in_coding_exons(shared: Path) -> None:
    name = "clinvar_plp_2star_20241215_grch38.parquet"
    wanted = {"missense_variant", "nonsense"}
    found = [r for r in rows(shared, name) if r["mc"] in wanted and len(str(r["ref"])) == 1]
    inside = 0
    for r in found:
        chrom, start = chrom_code(str(r["chrom"])), int(str(r["pos"])) - 1
        hits = transcripts_in(Build.GRCH38, chrom, start, start + 1)
        inside += any(t.coding_offset(start) is not None for t in hits)
    assert len(found) > 10_000
    assert inside / len(found) > 0.995


def test_clinvar_splice_changes_lie_beside_coding_exons(shared: Path) -> None:
    name = "clinvar_plp_2star_20241215_grch38.parquet"
    wanted = {"splice_donor_variant": 1, "splice_acceptor_variant": -1}
    found = [r for r in rows(shared, name) if r["mc"] in wanted and r["vtype"] == SNV]
    beside = 0
    for r in found:
        chrom, start = chrom_code(str(r["chrom"])), int(str(r["pos"])) - 1
        for t in transcripts_in(Build.GRCH38, chrom, start, start + 1):
            after = wanted[str(r["mc"])] * t.strand > 0
            edges = {b for _, b in t.exons} if after else {a for a, _ in t.exons}
            if (start in edges or start - 1 in edges) if after else edges & {start + 1, start + 2}:
                beside += 1
                break
    assert len(found) > 2_000
    assert beside / len(found) > 0.98
