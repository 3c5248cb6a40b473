"""VCF headers of simulated files."""

from __future__ import annotations

from collections.abc import Sequence

from data_layer.region import Build, chrom_name
from data_layer.simulate.csq import FIELDS
from data_layer.simulate.evidence import LOCAL_PEOPLE
from data_layer.simulate.rank import PARTS

Line = tuple[str, str, str, str]

RANKED: tuple[Line, ...] = (
    ("Obs", "1", "Integer", "Observations in the local collection"),
    ("RankScore", ".", "String", "Rank score of the variant in this family, family_id:score"),
    ("RankResult", ".", "String", "|".join(PARTS)),
    ("GeneticModels", ".", "String", "Inheritance models that fit, family_id:model|model"),
    ("Compounds", ".", "String", "Compound partners, family_id:chrom_pos_ref_alt>score|..."),
    ("most_severe_consequence", ".", "String", "Most severe consequence, hgnc:allele|term"),
)
SMALL_INFO: tuple[Line, ...] = (
    ("AC", "A", "Integer", "Copies of each alternate allele in the called genotypes"),
    ("AF", "A", "Float", "Share of each alternate allele in the called genotypes"),
    ("AN", "1", "Integer", "Alleles in the called genotypes"),
    ("FOUND_IN", ".", "String", "Callers that found the variant"),
    ("GNOMADAF", "A", "Float", "Frequency in gnomAD (simulated)"),
    ("GNOMADAF_popmax", "A", "Float", "Highest frequency of a gnomAD population (simulated)"),
    ("gnomad_hom", "1", "Integer", "Homozygotes in gnomAD (simulated)"),
    ("SWEGENAF", "1", "Float", "Frequency in SweGen (simulated)"),
    ("CADD", "1", "Float", "CADD, Phred-scaled (simulated)"),
    ("CLNSIG", ".", "String", "ClinVar significance (simulated, real for planted variants)"),
    ("CLNREVSTAT", ".", "String", "ClinVar review status"),
    ("CLNVID", "1", "Integer", "ClinVar variation id"),
    *RANKED,
    ("CSQ", ".", "String", f"Consequence annotations from Ensembl VEP. Format: {FIELDS}"),
)
FILTERS = {
    "PASS": "All filters passed",
    "LowQual": "Low confidence in the call",
    "LowDP": "Few reads",
    "LowGQ": "Low genotype quality",
    "RefCall": "Genotyped as the reference",
}
SMALL_FORMAT: tuple[Line, ...] = (
    ("GT", "1", "String", "Genotype; one allele on X outside the PAR and on Y in males, and on M"),
    ("AD", "R", "Integer", "Reads of each allele"),
    ("AF", "A", "Float", "Fraction of reads of each alternate allele"),
    ("DP", "1", "Integer", "Read depth"),
    ("GQ", "1", "Integer", "Genotype quality"),
    ("PL", "G", "Integer", "Phred-scaled genotype likelihoods"),
    ("PS", "1", "Integer", "Phase set: position of its first variant"),
)


def header(
    build: Build,
    samples: Sequence[str],
    info: Sequence[Line],
    formats: Sequence[Line],
    filters: dict[str, str],
    *,
    alts: Sequence[tuple[str, str]] = (),
    extra: Sequence[str] = (),
) -> str:
    """Return header text, the column line included."""
    lines = ["##fileformat=VCFv4.2", "##source=norrsken simulate (made-up data)", *extra]
    lines.append(f"##NrCases={LOCAL_PEOPLE}")
    lines += [f'##FILTER=<ID={k},Description="{v}">' for k, v in filters.items()]
    lines += [f'##ALT=<ID={k},Description="{v}">' for k, v in alts]
    for key, rows in (("INFO", info), ("FORMAT", formats)):
        lines += [f'##{key}=<ID={i},Number={n},Type={t},Description="{d}">' for i, n, t, d in rows]
    sizes = build.sizes
    lines += [
        f"##contig=<ID={chrom_name(c)},length={sizes[c - 1]},assembly={build}>"
        for c in range(1, 26)
    ]
    fixed = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    columns = [*fixed, *(["FORMAT", *samples] if samples else [])]
    return "\n".join([*lines, "\t".join(columns)]) + "\n"
