"""Sequence Ontology terms from most to least severe, and the impact of each."""

from __future__ import annotations

from functools import cache

# Order and impact: Ensembl Variation, "Calculated variant consequences", release 113; the last
# lines are terms of structural variants (VEP), of SnpEff and of bcftools csq, placed beside their
# nearest neighbours of that table.
_TABLE = """
HIGH transcript_ablation
HIGH splice_acceptor_variant splice_acceptor
HIGH splice_donor_variant splice_donor
HIGH stop_gained
HIGH frameshift_variant frameshift
HIGH stop_lost
HIGH start_lost initiator_codon_variant
HIGH transcript_amplification
HIGH feature_elongation gene_fusion bidirectional_gene_fusion
HIGH feature_truncation exon_loss_variant exon_loss rare_amino_acid_variant
MODERATE inframe_insertion disruptive_inframe_insertion conservative_inframe_insertion
MODERATE inframe_deletion disruptive_inframe_deletion conservative_inframe_deletion
MODERATE missense_variant missense non_conservative_missense_variant
MODERATE protein_altering_variant inframe_altering
LOW splice_donor_5th_base_variant
LOW splice_region_variant splice_region
LOW splice_donor_region_variant
LOW splice_polypyrimidine_tract_variant
LOW incomplete_terminal_codon_variant
LOW start_retained_variant start_retained
LOW stop_retained_variant stop_retained
LOW synonymous_variant synonymous
MODIFIER coding_sequence_variant coding_sequence
MODIFIER mature_miRNA_variant
MODIFIER 5_prime_UTR_variant 5_prime_utr 5_prime_UTR_premature_start_codon_gain_variant
MODIFIER 3_prime_UTR_variant 3_prime_utr
MODIFIER non_coding_transcript_exon_variant
MODIFIER intron_variant intron
MODIFIER NMD_transcript_variant
MODIFIER non_coding_transcript_variant non_coding nc_transcript_variant
MODIFIER coding_transcript_variant
MODIFIER upstream_gene_variant
MODIFIER downstream_gene_variant
MODIFIER TFBS_ablation
MODIFIER TFBS_amplification
MODIFIER TF_binding_site_variant
MODERATE regulatory_region_ablation
MODIFIER regulatory_region_amplification
MODIFIER regulatory_region_variant regulatory
MODIFIER intergenic_variant intergenic intergenic_region
MODIFIER sequence_variant sequence_feature structural_interaction_variant
"""

_LINES = [line.split() for line in _TABLE.strip().splitlines()]
_PLACE = {term: i for i, (_, *terms) in enumerate(_LINES) for term in terms}
#: Impact of every term that the table knows.
IMPACTS = {term: impact for impact, *terms in _LINES for term in terms}
#: Place of a term that the table does not know: behind all that it knows.
UNKNOWN = len(_LINES)


def severity(term: str) -> int:
    """Place of a term, 0 the most severe."""
    return _PLACE.get(term, UNKNOWN)


def impact(term: str) -> str | None:
    """Ensembl's impact of a term; None for one that the table does not know."""
    return IMPACTS.get(term)


@cache
def terms(raw: str) -> tuple[list[str], str | None, int, str | None]:
    """Read ``a&b``: terms from most to least severe, the first, its place and its impact.

    The ``*`` and ``#`` that bcftools csq puts before a term are left out.
    """
    found = [t.lstrip("*#") for t in raw.replace("+", "&").split("&")]
    ordered = sorted((t for t in found if t), key=severity)
    if not ordered or raw.startswith("@"):
        return [], None, UNKNOWN, None
    return ordered, ordered[0], severity(ordered[0]), impact(ordered[0])
