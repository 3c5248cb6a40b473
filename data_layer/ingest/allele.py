"""How annotators write an allele: the names by which a consequence may mean one of the ALTs."""

from __future__ import annotations

from collections.abc import Sequence


def allele_names(ref: str, alts: Sequence[str]) -> list[list[str]]:
    """Return for each ALT the names an annotator may use.

    SnpEff writes the whole ALT. VEP (VCF input) drops the first base when alleles differ in length
    and all of them share it, ``-`` for what is left empty; split or minimised input is trimmed
    allele by allele, from both ends.
    """
    plain = [a for a in alts if a != "*"]
    indel = any(len(a) != len(ref) for a in plain)
    together = indel and len({a[:1] for a in (ref, *plain)}) == 1
    out = []
    for alt in alts:
        names = [alt]
        if together and alt != "*":
            names.append(alt[1:] or "-")
        if len(alt) != len(ref) and alt[:1] == ref[:1]:
            names.append(alt[1:] or "-")
        names.append(_minimal(ref, alt))
        out.append(list(dict.fromkeys(names)))
    return out


def _minimal(ref: str, alt: str) -> str:
    while ref and alt and ref[0] == alt[0]:
        ref, alt = ref[1:], alt[1:]
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    return alt or "-"
