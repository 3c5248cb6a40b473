"""The variant table's columns: what each shows, needs, sorts by and means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from data_layer.query.access import SampleInfo
from data_layer.schema import VARIANTS

#: More people than this are counted in the genotype column, not drawn.
SHOWN_PEOPLE = 8


@dataclass(frozen=True)
class Shown:
    """One column of the table.

    Attributes:
        name: what the address and the chooser call it.
        title: its heading.
        kind: how a cell is drawn (see ``assets/js/cells.js``).
        needs: the lake's columns that the cell reads.
        sort: the lake's column it sorts by; empty when it cannot.
        width: pixels at first; 0 shares what is left.
        meaning: one line for the chooser, with the unit.
        standard: whether it is shown unless the address says otherwise.
        structural: the same, in the tab of structural calls.
    """

    name: str
    title: str
    kind: str
    needs: tuple[str, ...]
    sort: str = ""
    width: int = 110
    meaning: str = ""
    standard: bool = False
    structural: bool = False


_PLACE = ("chrom", "start", "end", "ref", "alt", "class", "svtype", "svlen")
_RANKED = (
    Shown("rank_score", "Rank", "rank", ("rank_score",), "rank_score", 62, standard=True, structural=True),  # noqa: E501
    Shown("rank_parts", "Parts", "parts", ("rank_parts", "rank_score"), "", 72, "parts of the rank score", True),  # noqa: E501
)  # fmt: skip
_MADE = (
    Shown("place", "Position", "place", _PLACE, "gpos", 196, "place and change, 1-based"),
    Shown("svtype", "Type", "svtype", ("svtype", "class"), "svtype", 62, "kind of structural call", structural=True),  # noqa: E501
    Shown("svlen", "Size", "svsize", _PLACE, "svlen", 84, "bases from end to end, as the caller gives them", structural=True),  # noqa: E501
    Shown("ends", "Ends", "ends", (*_PLACE, "mate"), "gpos", 0, "where it begins and ends, 1-based; the mate of a breakend", structural=True),  # noqa: E501
    Shown("callers", "Callers", "callers", ("callers",), "", 118, "callers that reported it", structural=True),  # noqa: E501
    Shown("evidence", "Evidence", "evidence", ("format", "sample_text"), "", 138, "PR, SR, CN and their like of the chosen person, as the caller gives them", structural=True),  # noqa: E501
    Shown("gene", "Gene", "gene", ("gene",), "gene", 94, standard=True, structural=True),
    Shown("hgvsc", "HGVS c.", "hgvs", ("hgvsc", "mane", *_PLACE), "hgvsc", 0, "change of the transcript; the place where there is none", True),  # noqa: E501
    Shown("hgvsp", "HGVS p.", "hgvs", ("hgvsp",), "hgvsp", 0, standard=True),
    Shown("consequence", "Consequence", "consequence", ("consequence", "impact"), "consequence", 140, standard=True),  # noqa: E501
    Shown("models", "Inheritance", "models", ("models",), "", 114, standard=True, structural=True),
    Shown("gt", "P · M · F", "genotypes", ("gt", "hemizygous", "phased"), "", 78, "alleles each person carries", True, structural=True),  # noqa: E501
    Shown("af_max", "AF max", "af", ("af_max", "af_max_source"), "af_max", 84, "highest population frequency in the file", structural=True),  # noqa: E501
    Shown("gnomad_af", "gnomAD AF", "af", ("gnomad_af",), "gnomad_af", 98, standard=True),
    Shown("vaf", "VAF alt/dp", "vaf", ("vaf", "ad_alt", "dp"), "vaf", 118, "fraction of reads with this allele, alt reads of depth, of the chosen person", True),  # noqa: E501
    Shown("clinvar_sig", "ClinVar", "clinvar", ("clinvar_sig", "clinvar_stars"), "clinvar_sig", 102, standard=True),  # noqa: E501
)  # fmt: skip
#: Standard columns of a case that its caller has not ranked, and so perhaps not annotated.
_UNRANKED = frozenset(
    {"place", "id", "gene", "hgvsc", "consequence", "gt", "af_max", "vaf", "clinvar_sig"}
)
_HIDDEN = frozenset({"case_id", "ingest_id", "schema_version", "row_id"})
_TITLES = {
    "id": "ID",
    "vid": "Identity",
    "af_max_source": "AF max source",
    "qual": "QUAL",
    "filter": "FILTER",
    "info": "INFO",
    "format": "FORMAT",
    "sample_text": "Samples as in the file",
    "dp": "Depth",
    "gq": "GQ",
    "ps": "Phase set",
    "ad_ref": "Reads, reference",
    "ad_alt": "Reads, alternate",
    "cadd": "CADD",
    "revel": "REVEL",
    "spliceai": "SpliceAI",
    "gnomad_hom": "gnomAD hom",
    "hgnc_id": "HGNC",
    "mane": "MANE",
    "gpos": "Genome-wide place",
    "chrom": "Chromosome",
    "ref": "REF",
    "alt": "ALT",
    "clinvar_stars": "ClinVar stars",
    "vaf_source": "VAF source",
}
_KINDS = {
    "qual": "number",
    "hgvsc": "hgvs",
    "hgvsp": "hgvs",
    "transcript": "mono",
    "vid": "mono",
    "info": "mono",
    "format": "mono",
    "ref": "mono",
    "alt": "mono",
    "chrom": "chrom",
    "start": "start",
}


def shown_columns(people: Sequence[SampleInfo], *, has_rank: bool) -> list[dict[str, object]]:
    """Return every column that the table can show, the standard ones first."""
    made = (*(_RANKED if has_rank else ()), *_MADE)
    names = {c.name for c in made}
    rest = [_plain(c.name) for c in VARIANTS.columns if c.name not in names | _HIDDEN]
    out = []
    for column in (*made, *rest):
        item = asdict(column)
        item["meaning"] = column.meaning or _meaning(column.name)
        if not has_rank:
            item["standard"] = column.name in _UNRANKED
        if column.name == "gt":
            item["title"] = genotype_title(people)
            item["width"] = max(column.width, 21 * min(len(people), SHOWN_PEOPLE) + 18)
        out.append(item)
    return out


def genotype_title(people: Sequence[SampleInfo]) -> str:
    """Head the genotype column by the people's roles, in sample order: ``P · F · M``."""
    letters = {"proband": "P", "father": "F", "mother": "M", "sibling": "S", "tumour": "T", "normal": "N"}  # fmt: skip # noqa: E501
    if len(people) > SHOWN_PEOPLE:
        return f"{len(people)} people"
    return " · ".join(letters.get(p.role or "", (p.name or p.id)[:3]) for p in people)


def _plain(name: str) -> Shown:
    column = VARIANTS.column(name)
    kind = _KINDS.get(name) or (column.kind if column.kind in ("list", "number") else "text")
    title = _TITLES.get(name, name.replace("_", " "))
    return Shown(
        name, title[:1].upper() + title[1:], kind, (name,), "" if column.kind == "list" else name
    )


def _meaning(name: str) -> str:
    column = VARIANTS.column(name)
    return f"{column.meaning} ({column.unit})" if column.unit else column.meaning
