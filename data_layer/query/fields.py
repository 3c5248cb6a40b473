"""Every field that a filter may ask about: its label, unit, kind, column and operators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from data_layer.analysis.modes import MODES
from data_layer.errors import InputError
from data_layer.schema import CLASSES, IMPACTS

Kind = Literal["number", "text", "set", "region", "genotype"]
Missing = Literal["keep", "drop"]

_NUMBER = ("<", "<=", ">", ">=", "=", "in", "notin", "between", "is-missing")
_SET = ("in", "notin", "is-missing")
_TEXT = ("in", "notin", "=", "contains", "is-missing")

#: What a person carries at a call, in words: copies of the allele, and whether one is expected.
GENOTYPES: dict[str, str] = {
    "none": "no copy",
    "het": "one copy of two",
    "hom": "two copies or more",
    "hemi": "the only copy",
    "nocall": "no call",
}
#: How a new mutation is asked for.
DE_NOVO: dict[str, str] = {
    "called": "the genotypes alone say so",
    "strict": "genotype quality 20, depth 6, parents' reads free of it",
}
#: Two calls of one gene, which no single call can tell.
COMPOUND = "AR_comp"
_POSSIBLE = "_possible"
_TITLES = {name: m.title for name, m in MODES.items()} | {
    COMPOUND: "recessive, two calls of a gene"
}
#: Modes of inheritance; where something is unknown the plain word says no, the other yes.
INHERITANCE: dict[str, str] = {
    name + end: title + word
    for end, word in (("", ""), (_POSSIBLE, ", possible"))
    for name, title in _TITLES.items()
}
#: What a call does, over classes of variant.
EFFECTS: dict[str, str] = {
    "protein": "changes protein",
    "splicing": "may change splicing",
    "large": "is structural, a repeat or a mobile element",
}
SPLICEAI_MIN = 0.2
#: Sequence Ontology terms as people read them; others are shown with spaces for underscores.
SO_LABELS: dict[str, str] = {
    "transcript_ablation": "transcript lost",
    "splice_acceptor_variant": "splice acceptor",
    "splice_donor_variant": "splice donor",
    "stop_gained": "stop gained",
    "frameshift_variant": "frameshift",
    "stop_lost": "stop lost",
    "start_lost": "start lost",
    "transcript_amplification": "transcript amplified",
    "feature_elongation": "feature elongated",
    "feature_truncation": "feature truncated",
    "inframe_insertion": "in-frame insertion",
    "inframe_deletion": "in-frame deletion",
    "missense_variant": "missense",
    "protein_altering_variant": "protein altering",
    "splice_donor_5th_base_variant": "splice donor, 5th base",
    "splice_region_variant": "splice region",
    "splice_donor_region_variant": "splice donor region",
    "splice_polypyrimidine_tract_variant": "splice polypyrimidine tract",
    "incomplete_terminal_codon_variant": "incomplete last codon",
    "start_retained_variant": "start retained",
    "stop_retained_variant": "stop retained",
    "synonymous_variant": "synonymous",
    "coding_sequence_variant": "coding sequence",
    "mature_miRNA_variant": "mature miRNA",
    "5_prime_UTR_variant": "5′ UTR",
    "3_prime_UTR_variant": "3′ UTR",
    "non_coding_transcript_exon_variant": "non-coding exon",
    "intron_variant": "intron",
    "NMD_transcript_variant": "NMD transcript",
    "non_coding_transcript_variant": "non-coding transcript",
    "coding_transcript_variant": "coding transcript",
    "upstream_gene_variant": "upstream of gene",
    "downstream_gene_variant": "downstream of gene",
    "TFBS_ablation": "binding site lost",
    "TFBS_amplification": "binding site amplified",
    "TF_binding_site_variant": "binding site",
    "regulatory_region_ablation": "regulatory region lost",
    "regulatory_region_amplification": "regulatory region amplified",
    "regulatory_region_variant": "regulatory region",
    "intergenic_variant": "intergenic",
    "sequence_variant": "sequence variant",
}


@dataclass(frozen=True)
class FieldSpec:
    """One field.

    Attributes:
        name: what an address and a recipe call it; a person's field is ``name:SAMPLE``.
        label: what people read.
        kind: how its value is entered.
        column: the lake's column; empty when the field is worked out from several.
        ops: operators it takes.
        meaning: one line for the filter bar.
        unit: unit of a number, empty when none.
        choices: values of a set that is known beforehand.
        per_person: whether it is asked of one person of the case.
        family: whether it tells of the whole family, and so is withheld with its members.
        missing: what a new filter does with a call that has no value.
        listed: whether the column is a list, of which any entry may match.
        table: the lake's table of the column.
    """

    name: str
    label: str
    kind: Kind
    column: str
    ops: tuple[str, ...]
    meaning: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    per_person: bool = False
    family: bool = False
    missing: Missing = "drop"
    listed: bool = False
    table: str = "variants"


def _by_name(specs: Iterable[FieldSpec]) -> dict[str, FieldSpec]:
    return {spec.name: spec for spec in specs}


def _number(name: str, label: str, meaning: str, unit: str = "", missing: Missing = "drop", person: bool = False) -> FieldSpec:  # fmt: skip # noqa: E501
    return FieldSpec(name, label, "number", name, _NUMBER, meaning, unit, per_person=person, missing=missing)  # fmt: skip # noqa: E501


FIELDS: dict[str, FieldSpec] = _by_name((
    FieldSpec("class", "class", "set", "class", ("in", "notin"), "class of variant", choices=CLASSES),  # noqa: E501
    FieldSpec("region", "region", "region", "gpos", ("in", "notin", "overlaps"), "calls that start in a region, or overlap it"),  # noqa: E501
    FieldSpec("gene", "gene", "text", "gene", ("in", "notin", "contains", "is-missing"), "gene of the best transcript"),  # noqa: E501
    FieldSpec("any_gene", "gene of any transcript", "text", "gene", ("in", "notin"), "gene of any transcript the call falls in", table="consequences"),  # noqa: E501
    FieldSpec("consequence", "consequence", "set", "consequence", _SET, "most severe term on the best transcript", choices=tuple(SO_LABELS)),  # noqa: E501
    FieldSpec("any_consequence", "consequence on any transcript", "set", "consequence", ("in", "notin"), "term on any transcript", choices=tuple(SO_LABELS), table="consequences", listed=True),  # noqa: E501
    FieldSpec("impact", "impact", "set", "impact", _SET, "impact on the best transcript", choices=IMPACTS),  # noqa: E501
    FieldSpec("effect", "effect", "set", "", ("in", "notin"), "protein: impact HIGH or MODERATE; splicing: a splice term or SpliceAI of 0.2; large: structural, repeat or mobile element", choices=tuple(EFFECTS)),  # noqa: E501
    FieldSpec("filter", "FILTER", "set", "filter", _SET, "the caller's own filter; none was applied where it is missing", choices=("PASS",), listed=True),  # noqa: E501
    _number("qual", "QUAL", "the caller's quality of the call", "Phred"),
    _number("rank_score", "rank score", "the caller's rank for this family"),
    _number("gnomad_af", "gnomAD frequency", "frequency in gnomAD as the file gives it", "fraction", "keep"),  # noqa: E501
    _number("gnomad_hom", "gnomAD homozygotes", "homozygotes in gnomAD as the file gives them", "people", "keep"),  # noqa: E501
    _number("af_max", "highest frequency", "highest population frequency in the file", "fraction", "keep"),  # noqa: E501
    _number("local_obs", "local observations", "times seen in the caller's own collection", "people", "keep"),  # noqa: E501
    _number("cadd", "CADD", "scaled CADD score", "Phred"),
    _number("revel", "REVEL", "REVEL score", "0 to 1"),
    _number("spliceai", "SpliceAI", "highest delta score", "0 to 1"),
    FieldSpec("clinvar_sig", "ClinVar", "text", "clinvar_sig", _TEXT, "significance as the file gives it"),  # noqa: E501
    _number("clinvar_stars", "ClinVar stars", "review stars", "0 to 4"),
    FieldSpec("svtype", "type of event", "text", "svtype", _TEXT, "what a structural call is: DEL, DUP, INV, INS, BND …"),  # noqa: E501
    _number("svlen", "length of the event", "length without its sign", "bp"),
    FieldSpec("id", "identifier", "text", "id", _TEXT, "ID column, such as an rs number"),
    FieldSpec("hgvsc", "HGVS c.", "text", "hgvsc", _TEXT, "change of the transcript"),
    FieldSpec("hgvsp", "HGVS p.", "text", "hgvsp", _TEXT, "change of the protein"),
    FieldSpec("text", "text", "text", "", ("contains",), "gene, HGVS or identifier holds this text"),  # noqa: E501
    FieldSpec("callers", "caller", "text", "callers", ("in", "notin", "contains", "is-missing"), "a caller that reported it", listed=True),  # noqa: E501
    FieldSpec("model", "model in the file", "text", "models", ("in", "notin", "is-missing"), "inheritance model as the file gives it", family=True, listed=True),  # noqa: E501
    FieldSpec("file", "file", "number", "file_index", _NUMBER, "number of the file in the case, from 0"),  # noqa: E501
    FieldSpec("vid", "variant", "text", "vid", ("in", "notin"), "variants by identity"),
    FieldSpec("row", "row", "number", "row_id", _NUMBER, "rows by their number in the case"),
    FieldSpec("gt", "genotype", "genotype", "gt", ("in", "notin"), "copies a person carries", choices=tuple(GENOTYPES), per_person=True),  # noqa: E501
    _number("dp", "depth", "reads of a person at the place", "reads", person=True),
    _number("gq", "genotype quality", "genotype quality of a person", "Phred", person=True),
    _number("vaf", "allele fraction", "fraction of a person's reads with the allele", "fraction", person=True),  # noqa: E501
    _number("ad_alt", "reads with the allele", "a person's reads with the allele", "reads", person=True),  # noqa: E501
    _number("ad_ref", "reads with the reference", "a person's reads without it", "reads", person=True),  # noqa: E501
    FieldSpec("de_novo", "new in", "genotype", "", ("=",), "a person carries it, the parents were called and do not; on X and Y of a male, and on M, only the parent who gives it counts", choices=tuple(DE_NOVO), per_person=True, family=True),  # noqa: E501
    FieldSpec("recessive", "recessive in", "genotype", "", ("=",), "both copies of a gene are hit in a person: two copies of one call, or two calls that came from different parents", choices=("strict", "possible"), per_person=True, family=True),  # noqa: E501
    FieldSpec("inheritance", "inheritance in", "genotype", "", ("in",), "the genotypes of a person and of the family fit a mode of inheritance; what is unknown fits only the possible ones", choices=tuple(INHERITANCE), per_person=True, family=True),  # noqa: E501
))  # fmt: skip


def spec_of(field: str) -> FieldSpec:
    """Return the description of a field; a person's field may be written ``name:SAMPLE``.

    Raises:
        InputError: there is no such field.
    """
    spec = FIELDS.get(field.partition(":")[0])
    if spec is None:
        known = ", ".join(FIELDS)
        raise InputError("FILTER", repr(field), "no such field", f"Fields are {known}.")
    return spec


def mode_of(word: str) -> tuple[str, bool]:
    """Cut a word of ``INHERITANCE`` into the mode's name, and whether possible is enough."""
    return word.removesuffix(_POSSIBLE), word.endswith(_POSSIBLE)


def so_label(term: str) -> str:
    """Return a Sequence Ontology term as people read it."""
    return SO_LABELS.get(term) or term.replace("_", " ")
