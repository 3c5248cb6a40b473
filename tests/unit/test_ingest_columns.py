"""INFO and consequences to typed columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.ingested import Ingested, ingest_text, vcf_text

CSQ = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: '  # noqa: E501
    'Allele|Consequence|IMPACT|SYMBOL|Feature|HGNC_ID|CANONICAL|MANE_SELECT|MANE_PLUS_CLINICAL|REVEL_score|gnomADg_AF|CLIN_SIG">\n'
)
NUMBERS = "".join(
    f'##INFO=<ID={k},Number=A,Type=Float,Description="x">\n'
    for k in ("GNOMADAF", "GNOMADAF_popmax", "SWEGENAF")
)
RANK = '##INFO=<ID=RankResult,Number=.,Type=String,Description="Splicing|Consequence">\n'


def case(folder: Path, *infos: str, header: str = "", alt: str = "G") -> Ingested:
    lines = [f"chr1 {100 + i} . A {alt} . . {info}" for i, info in enumerate(infos)]
    return ingest_text(folder, vcf_text(lines, header=header))


def row(folder: Path, info: str, header: str = "") -> dict[str, Any]:
    return case(folder, info, header=header).rows()[0]


@pytest.mark.parametrize(
    ("info", "column", "value"),
    [
        ("CADD=11.85", "cadd", 11.85), ("CADD=", "cadd", None), ("CADD=.", "cadd", None),
        ("CADD=nan", "cadd", None), ("DB;;CADD=2", "cadd", 2.0), ("CADD=1;CADD=3", "cadd", 3.0),
        ("GNOMADAF=1e-05", "gnomad_af", 1e-05), ("gnomad_hom=7", "gnomad_hom", 7),
        ("Obs=12", "local_obs", 12), ("clin_obs=3", "local_obs", 3),
        ("CLNSIG=5", "clinvar_sig", "Pathogenic"), ("CLNSIG=5|2", "clinvar_sig", "Pathogenic|Benign"),  # noqa: E501
        ("CLNSIG=Likely_benign", "clinvar_sig", "Likely_benign"), ("CLNREVSTAT=single", "clinvar_stars", 1),  # noqa: E501
        ("RankScore=fam:-20", "rank_score", -20.0), ("RankScore=7", "rank_score", 7.0),
        ("RankResult=3|-12", "rank_parts", ["Splicing=3", "Consequence=-12"]),
        ("RankResult=3|1|2", "rank_parts", ["3", "1", "2"]),
        ("GeneticModels=fam:AD_dn|AR_comp", "models", ["AD_dn", "AR_comp"]),
        ("Compounds=fam:1_5_A_C>-14", "compounds", "fam:1_5_A_C>-14"),
        ("FOUND_IN=mutect|/d/a.vcf,freebayes|/d/b.vcf", "callers", ["mutect", "freebayes"]),
        ("FOUND_IN=deepvariant|haplotypecaller", "callers", ["deepvariant", "haplotypecaller"]),
        ("set=filterIngatk-freebayes", "callers", ["gatk", "freebayes"]),
        ("most_severe_consequence=2195:G|intron_variant", "consequence", "intron_variant"),
        ("most_severe_consequence=2195:G|intron_variant", "hgnc_id", 2195),
        ("SpliceAI=G|PRDX5|0.01|0.00|0.91|0.02|1|2|3|4", "spliceai", 0.91),
        ("REVEL_score=0.5;REVEL_rankscore=0.9", "revel", 0.5),
        ("EXTRA=%3B%25", "info", "EXTRA=%3B%25"),
    ],
)  # fmt: skip
def test_info_to_column(tmp_path: Path, info: str, column: str, value: object) -> None:
    got = row(tmp_path, info, RANK)[column]
    assert got == (pytest.approx(value) if isinstance(value, float) else value)


def test_each_allele_has_its_own_frequency(tmp_path: Path) -> None:
    rows = case(tmp_path, "GNOMADAF=0.1,0.002;CADD=20.5", header=NUMBERS, alt="G,T").rows()
    assert [r["gnomad_af"] for r in rows] == [0.1, 0.002]
    assert [r["cadd"] for r in rows] == [20.5, 20.5]


def test_a_list_that_fits_no_allele_is_no_number(tmp_path: Path) -> None:
    assert row(tmp_path, "GNOMADAF=0.1,0.2,0.3", NUMBERS)["gnomad_af"] is None


def test_highest_frequency_names_its_field(tmp_path: Path) -> None:
    found = row(tmp_path, "GNOMADAF=0.01;GNOMADAF_popmax=0.03;SWEGENAF=0.02;AF=0.9", NUMBERS)
    assert (found["af_max"], found["af_max_source"]) == (0.03, "GNOMADAF_popmax")


def test_family_of_the_pedigree_is_chosen(tmp_path: Path) -> None:
    ped = tmp_path / "one.ped"
    ped.write_text("two\ts\t0\t0\t1\t2\n")
    line = "chr1 100 . A G . . RankScore=one:1,two:9;GeneticModels=one:AD,two:AR_hom GT 1/1"
    found = ingest_text(tmp_path, vcf_text([line], samples=["s"]), ped=ped).rows()[0]
    assert (found["rank_score"], found["models"]) == (9.0, ["AR_hom"])


def entry(consequence: str, feature: str, flags: str = "||", allele: str = "G") -> str:
    impact = {"stop_gained": "HIGH", "missense_variant": "MODERATE"}.get(consequence, "MODIFIER")
    return f"{allele}|{consequence}|{impact}|GENE1|{feature}|HGNC:5|{flags}|0.2&0.7|0.01|benign"


@pytest.mark.parametrize(
    ("entries", "best", "mane"),
    [
        ((("stop_gained", "T1", "||"), ("missense_variant", "T2", "YES|NM_1|")), "T2", "MANE Select"),  # noqa: E501
        ((("stop_gained", "T1", "YES||"), ("missense_variant", "T2", "||NM_2")), "T2", "MANE Plus Clinical"),  # noqa: E501
        ((("intron_variant", "T1", "||"), ("downstream_gene_variant", "T2", "YES||")), "T2", "canonical"),  # noqa: E501
        ((("stop_gained", "T1", "||"), ("intron_variant", "T2", "YES|NM_1|")), "T1", None),
        ((("intron_variant", "T1", "||"), ("stop_gained", "T2", "||")), "T2", None),
        ((("intron_variant", "T1", "||"), ("intron_variant", "T2", "||")), "T1", None),
    ],
)  # fmt: skip
def test_best_transcript(
    tmp_path: Path, entries: tuple[tuple[str, str, str], ...], best: str, mane: str | None
) -> None:
    made = case(tmp_path, "CSQ=" + ",".join(entry(*e) for e in entries), header=CSQ)
    found = made.rows()[0]
    assert (found["transcript"], found["mane"], found["hgnc_id"]) == (best, mane, 5)
    assert found["revel"] == pytest.approx(0.7)
    assert found["gnomad_af"] == 0.01
    assert (found["af_max"], found["af_max_source"]) == (0.01, "gnomADg_AF")
    assert found["clinvar_sig"] == "benign"
    listed = made.rows("consequences")
    assert [c["transcript"] for c in listed if c["best"]] == [best]
    assert [c["ordinal"] for c in listed] == list(range(len(entries)))


def test_entries_go_to_their_allele(tmp_path: Path) -> None:
    csq = ",".join(
        (entry("stop_gained", "T1", allele="G"), entry("intron_variant", "T1", allele="T"))
    )
    made = case(tmp_path, f"CSQ={csq}", header=CSQ, alt="G,T")
    assert [r["consequence"] for r in made.rows()] == ["stop_gained", "intron_variant"]
    assert [c["row_id"] for c in made.rows("consequences")] == [0, 1]


def test_an_entry_that_fits_no_allele_stays_on_all(tmp_path: Path) -> None:
    made = case(
        tmp_path, f"CSQ={entry('stop_gained', 'T1', allele='deletion')}", header=CSQ, alt="G,T"
    )
    assert [r["consequence"] for r in made.rows()] == ["stop_gained", "stop_gained"]


def test_an_entry_of_a_split_away_allele_is_kept_but_not_best(tmp_path: Path) -> None:
    csq = ",".join(
        (entry("stop_gained", "T1", allele="T"), entry("intron_variant", "T1", allele="G"))
    )
    made = case(tmp_path, f"CSQ={csq}", header=CSQ)
    assert made.rows()[0]["consequence"] == "intron_variant"
    assert len(made.rows("consequences")) == 2


def test_ann_and_bcsq_are_read_too(tmp_path: Path) -> None:
    made = case(
        tmp_path,
        "ANN=G|missense_variant|MODERATE|GENE2|ENSG2|transcript|ENST2.1|protein_coding|3/9|c.5A>G|p.K2R",
        "BCSQ=*missense|GENE3|ENST3|protein_coding|+|2K>2R|5A>G",
    )
    first, second = made.rows()
    assert (first["gene"], first["consequence"], first["hgvsp"]) == (
        "GENE2",
        "missense_variant",
        "p.K2R",
    )
    assert (second["gene"], second["consequence"], second["impact"]) == (
        "GENE3",
        "missense",
        "MODERATE",
    )
    assert [c["exon"] for c in made.rows("consequences")] == ["3/9", None]


def test_events(tmp_path: Path) -> None:
    lines = [
        "chr1 0 . N <DEL> . . SVTYPE=DEL;END=500",
        "chr1 100 . N <DEL> . . SVTYPE=DEL;END=500;SVLEN=400",
        "chr1 200 . N <DUP:TANDEM> . . END=900",
        "chr1 300 . N N]2:29223528] . . SVTYPE=BND",
        "chr1 400 a T T[3:5[ . . SVTYPE=BND;MATEID=b",
        "chrUn_1 7 . A C . . .",
    ]
    made = ingest_text(tmp_path, vcf_text(lines))
    rows = made.rows()
    assert [(r["start"], r["end"], r["svtype"], r["svlen"]) for r in rows[:3]] == [
        (-1, 500, "DEL", -500), (99, 500, "DEL", -400), (199, 900, "DUP", 700),
    ]  # fmt: skip
    assert [r["mate"] for r in rows[3:5]] == ["2:29223528", "b"]
    assert [r["class"] for r in rows] == ["sv", "sv", "sv", "bnd", "bnd", "snv"]
    assert (rows[5]["chrom"], rows[5]["contig"]) == (26, "chrUn_1")
    assert rows[0]["gpos"] == 0
    assert rows[3]["vid"] == "GRCh38-chr1-300-300-BND-chr2:29223528"
    assert [w.code for w in made.report.files[0].warnings if w.code == "VCF-TELOMERE"]


def test_csq_without_its_order_is_read_as_vep_s_usual(tmp_path: Path) -> None:
    made = case(tmp_path, "CSQ=G|stop_gained|HIGH|GENE1|ENSG1|Transcript|ENST1")
    assert (made.rows()[0]["gene"], made.rows()[0]["impact"]) == ("GENE1", "HIGH")
    assert [w.code for w in made.report.files[0].warnings] == ["CSQ-ORDER"]


def test_csq_in_an_order_nobody_knows_is_kept_as_text(tmp_path: Path) -> None:
    made = case(tmp_path, "CSQ=G|26027|NM_1|Transcript|missense_variant")
    assert made.rows()[0]["gene"] is None
    assert [c["text"] for c in made.rows("consequences")] == [
        "G|26027|NM_1|Transcript|missense_variant"
    ]


def test_pave_s_impact_speaks_where_there_are_no_entries(tmp_path: Path) -> None:
    header = '##INFO=<ID=IMPACT,Number=10,Type=String,Description="Variant Impact [Gene, Transcript, CanonicalEffect]">\n'  # noqa: E501
    found = row(
        tmp_path, "IMPACT=TNFRSF14,ENST1,missense_variant,MISSENSE,false,c.50A>G,p.K17R", header
    )
    got = (
        found["gene"],
        found["transcript"],
        found["consequence"],
        found["impact"],
        found["hgvsp"],
    )
    assert got == ("TNFRSF14", "ENST1", "missense_variant", "MODERATE", "p.K17R")


def test_a_break_written_with_a_type_ends_at_its_partner(tmp_path: Path) -> None:
    lines = [
        "chr1 100 . A A[chr1:200[ . . SVTYPE=DEL",
        "chr1 200 . T ]chr1:100]T . . SVTYPE=DEL",
        "chr1 300 . T T. . . SVTYPE=SGL",
    ]
    rows = ingest_text(tmp_path, vcf_text(lines)).rows()
    assert [(r["class"], r["start"], r["end"], r["svlen"]) for r in rows] == [
        ("sv", 99, 199, -99), ("sv", 199, 200, None), ("bnd", 299, 300, None),
    ]  # fmt: skip
