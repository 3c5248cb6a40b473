"""What kind of variant a row is, and where it ends: pure rules, and the same rules as SQL.

The rules, first that holds:

1. ``fusion``: the file is one of fusions, or INFO names two genes (CHRA or GENEA).
2. ``str``: the file is one of repeats, INFO has REPID or TRID, ALT is ``<STR…>`` or ``<CNV:TR>``,
   or INFO has RU and ALT is symbolic or ``.`` (RU alone also marks plain indels in a repeat).
3. ``mei``: the file is one of mobile elements, INFO has MEINFO, or ALT is ``<INS:ME…>``, ``<DEL:ME…>``.
4. ``bnd``: SVTYPE is BND, TRA, CTX or SGL, or ALT is in breakend notation without another SVTYPE.
5. ``cnv``: SVTYPE is CNV, ALT is ``<CN…>``, or a depth caller says so (PROBES, FOLD_CHANGE_LOG, natorRD).
6. ``sv``: any other symbolic ALT that names an event; written-out alleles with an SVTYPE when they
   differ by 50 bases or more, or the file is one of structural variants; breakends with an SVTYPE.
7. ``snv``: one base for one base (or for ``.``, ``*``, ``<*>``, ``<NON_REF>``); ``indel``: the rest.
"""  # noqa: E501

from __future__ import annotations

import re

#: Bases from which a written-out event counts as structural.
SV_BASES = 50
#: INFO keys that the rules look at.
CLASS_KEYS = (
    "CHRA", "GENEA", "REPID", "TRID", "RU", "MEINFO", "PROBES", "FOLD_CHANGE_LOG", "natorRD",
)  # fmt: skip
#: SVTYPE values of a junction without a second end on the line.
BREAKENDS = ("BND", "TRA", "CTX", "SGL")
#: Symbolic alleles that stand for no event of their own.
_NO_EVENT = ("<*>", "<NON_REF>", "<X>")
_BASES = re.compile(r"[A-Za-z]+")
_STR = ("<STR", "<CNV:TR")
_JUNCTION = re.compile(r"[\[\]]|^\..|.\.$")


def variant_class(
    ref: str, alt: str, svtype: str | None, keys: frozenset[str], file_class: str | None
) -> str:
    """Return the class of one allele.

    Args:
        svtype: INFO SVTYPE.
        keys: which of ``CLASS_KEYS`` the record's INFO has.
        file_class: class that the manifest gives the whole file, if any.
    """
    kind = (svtype or "").upper()
    if file_class == "fusion" or keys & {"CHRA", "GENEA"}:
        return "fusion"
    symbolic = alt.startswith("<") and alt not in _NO_EVENT
    repeat = bool(keys & {"REPID", "TRID"}) or alt.startswith(_STR)
    if file_class == "str" or repeat or ("RU" in keys and (symbolic or alt == ".")):
        return "str"
    if file_class == "mei" or "MEINFO" in keys or alt.startswith(("<INS:ME", "<DEL:ME")):
        return "mei"
    junction = bool(_JUNCTION.search(alt))
    if kind in BREAKENDS or (junction and not kind):
        return "bnd"
    depth = bool(keys & {"PROBES", "FOLD_CHANGE_LOG", "natorRD"})
    if kind == "CNV" or alt.startswith("<CN") or (depth and symbolic):
        return "cnv"
    if symbolic or junction:
        return "sv"
    written = bool(_BASES.fullmatch(alt))
    if kind and written and (file_class == "sv" or abs(len(alt) - len(ref)) >= SV_BASES):
        return "sv"
    return "snv" if len(ref) == 1 and (len(alt) == 1 or alt in _NO_EVENT) else "indel"


#: The same rules over columns ref, alt, svt, file_class and has_<key>, one for each of CLASS_KEYS.
CLASS_SQL = f"""case
 when file_class = 'fusion' or has_CHRA or has_GENEA then 'fusion'
 when file_class = 'str' or has_REPID or has_TRID
   or starts_with(alt, '<STR') or starts_with(alt, '<CNV:TR')
   or (has_RU and ((starts_with(alt, '<') and alt not in {_NO_EVENT}) or alt = '.')) then 'str'
 when file_class = 'mei' or has_MEINFO or starts_with(alt, '<INS:ME')
   or starts_with(alt, '<DEL:ME') then 'mei'
 when coalesce(upper(svt), '') in {BREAKENDS}
   or (junction and coalesce(svt, '') = '') then 'bnd'
 when upper(svt) = 'CNV' or starts_with(alt, '<CN')
   or ((has_PROBES or has_FOLD_CHANGE_LOG or has_natorRD)
       and starts_with(alt, '<') and alt not in {_NO_EVENT}) then 'cnv'
 when (starts_with(alt, '<') and alt not in {_NO_EVENT}) or junction then 'sv'
 when coalesce(svt, '') <> '' and regexp_full_match(alt, '[A-Za-z]+')
   and (coalesce(file_class, '') = 'sv' or abs(length(alt) - length(ref)) >= {SV_BASES}) then 'sv'
 when length(ref) = 1 and (length(alt) = 1 or alt in {_NO_EVENT}) then 'snv'
 else 'indel' end"""

#: Whether ALT is a junction, in SQL over column alt.
JUNCTION_SQL = """(contains(alt, '[') or contains(alt, ']')
 or (length(alt) > 1 and (starts_with(alt, '.') or ends_with(alt, '.'))))"""


def event_type(alt: str, svtype: str | None) -> str | None:
    """Return SVTYPE, else what a symbolic ALT or a breakend names, else None."""
    if svtype:
        return svtype
    if alt.startswith(_STR):
        return "STR"
    if alt.startswith("<CN"):
        return "CNV"
    if alt.startswith("<") and alt not in _NO_EVENT:
        return alt[1:-1].split(":")[0]
    return "BND" if _JUNCTION.search(alt) else None


#: ``event_type`` over columns alt and svt.
TYPE_SQL = f"""case when coalesce(svt, '') <> '' then svt
 when starts_with(alt, '<STR') or starts_with(alt, '<CNV:TR') then 'STR'
 when starts_with(alt, '<CN') then 'CNV'
 when starts_with(alt, '<') and alt not in {_NO_EVENT} then split_part(alt[2:-2], ':', 1)
 when junction then 'BND' end"""


def event_end(
    start: int, ref: str, alt: str, kind: str | None, end: int | None, svlen: int | None
) -> int:
    """Return one past the last base, 0-based, of an allele that begins at ``start``.

    Written-out alleles end with REF, unless they carry a type and END lies behind. Insertions and
    breakends end with REF too. Other events end at END, else SVLEN bases behind their first base.

    Args:
        kind: what ``event_type`` said.
        end: INFO END, 1-based; for a breakend written with a type, the partner's position.
    """
    own = start + len(ref)
    word = (kind or "").upper()
    if not word or word in BREAKENDS or word.startswith(("INS", "FUSION")):
        return own
    if end is not None and end > start:
        return max(end, own)
    if svlen is not None and alt.startswith("<"):
        return start + 1 + abs(svlen)
    return own


#: ``event_end`` over columns start, ref, alt, svtype, info_end and svlen_given.
END_SQL = f"""case
 when svtype is null or upper(svtype) in {BREAKENDS} or starts_with(upper(svtype), 'INS')
   or starts_with(upper(svtype), 'FUSION') then "start" + length(ref)
 when info_end > "start" then greatest(info_end, "start" + length(ref))
 when svlen_given is not null and starts_with(alt, '<') then "start" + 1 + abs(svlen_given)
 else "start" + length(ref) end"""
