"""Variant identity as SQL: the rule of ``region.vid`` and ``region.sv_vid`` over columns."""

from __future__ import annotations

from data_layer.region import MAX_VID, Build

#: Classes whose identity is their alleles; the others' is place, type and partner.
BY_ALLELES = ("snv", "indel")


# A partner's contig as ``region.chrom_name`` spells it, so that chr2 and 2 are one place.
_BARE = "regexp_replace(partner, '^(?i:chr)', '')"
_PARTNER = (
    f"case when regexp_matches({_BARE}, '^([1-9]|1[0-9]|2[0-2]|X|Y)(:|$)') then 'chr' || {_BARE}"
    f" when regexp_matches({_BARE}, '^MT?(:|$)') then 'chrM' || regexp_replace({_BARE}, '^MT?', '')"
    " else partner end"
)


def by_alleles(variant_class: str, alt: str) -> bool:
    """Say whether a variant is named by its alleles: small ones, and repeats written out."""
    return variant_class in BY_ALLELES or (variant_class == "str" and alt[:1].isalpha())


def name_sql(build: Build) -> str:
    """The full name over columns class, chrom_name, start, end, ref, alt, svtype and partner."""
    word = f"'{build.value}-' || chrom_name || '-' || (\"start\" + 1)"
    kind = "case when class = 'str' then trim(alt, '<>') else coalesce(svtype, '') end"
    return (
        f"case when class in {BY_ALLELES} or (class = 'str' and regexp_matches(alt, '^[A-Za-z]'))"
        f" then {word} || '-' || ref || '-' || alt"
        f" else {word} || '-' || \"end\" || '-' || {kind} || '-' || coalesce({_PARTNER}, '') end"
    )


#: The identity over column full_name.
VID_SQL = f"case when length(full_name) <= {MAX_VID} then full_name else sha256(full_name) end"
