"""CSQ, ANN and BCSQ entries of a batch to the rows of ``consequences``, and the best of each row.

An entry goes to the alleles whose name it has; one that fits no allele of its line stays on all of
them, behind those that fit. The best entry of a row: CSQ before ANN before BCSQ, then MANE Select,
MANE Plus Clinical, canonical, the most severe term, the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data_layer.ingest.binding import Binder, sql_type
from data_layer.ingest.columns import FieldMap
from data_layer.schema import CONSEQUENCES, SCHEMA_VERSION

SOURCES = ("CSQ", "ANN", "BCSQ")
#: Sub-fields that feed each column, by the names that VEP, SnpEff and bcftools csq give them.
ENTRY_KEYS: dict[str, tuple[str, ...]] = {
    "allele": ("Allele",),
    "raw": ("Consequence", "Annotation"),
    "impact": ("IMPACT", "Annotation_Impact"),
    "gene": ("SYMBOL", "Gene_Name", "HGNC"),
    "gene_id": ("Gene", "Gene_ID"),
    "hgnc_id": ("HGNC_ID",),
    "transcript": ("Feature", "Feature_ID"),
    "feature_type": ("Feature_type",),
    "biotype": ("BIOTYPE", "Transcript_BioType"),
    "exon": ("EXON",),
    "intron": ("INTRON",),
    "rank": ("Rank",),
    "hgvsc": ("HGVSc", "HGVS.c"),
    "hgvsp": ("HGVSp", "HGVS.p"),
    "cdna_position": ("cDNA_position", "cDNA.pos / cDNA.length"),
    "cds_position": ("CDS_position", "CDS.pos / CDS.length"),
    "protein_position": ("Protein_position", "AA.pos / AA.length"),
    "amino_acids": ("Amino_acids",),
    "codons": ("Codons",),
    "canonical": ("CANONICAL",),
    "mane_select": ("MANE_SELECT",),
    "mane_plus": ("MANE_PLUS_CLINICAL",),
    "mane_any": ("MANE",),
    "sift": ("SIFT",),
    "polyphen": ("PolyPhen",),
    "number": ("ALLELE_NUM",),
}
#: Order of sub-fields when the header does not give it.
DEFAULT_FIELDS: dict[str, tuple[str, ...]] = {
    "CSQ": (
        "Allele", "Consequence", "IMPACT", "SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE",
        "EXON", "INTRON", "HGVSc", "HGVSp", "cDNA_position", "CDS_position", "Protein_position",
        "Amino_acids", "Codons",
    ),
    "ANN": (
        "Allele", "Annotation", "Annotation_Impact", "Gene_Name", "Gene_ID", "Feature_Type",
        "Feature_ID", "Transcript_BioType", "Rank", "HGVS.c", "HGVS.p", "cDNA.pos / cDNA.length",
        "CDS.pos / CDS.length", "AA.pos / AA.length",
    ),
    "BCSQ": ("Consequence", "SYMBOL", "Feature", "BIOTYPE", "strand", "Amino_acids", "dna_change"),
}  # fmt: skip
SCORES = ("gnomad_af", "gnomad_hom", "cadd", "revel", "spliceai")
_WORDS = ("clinvar_sig", "clinvar_rev")
_NULL = "null::varchar"
_NO_TOP = "null::struct(v double, n varchar)"


def entry_fields(source: str, header: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Sub-field names of a source: the header's, else the tool's usual ones."""
    if source == "BCSQ":
        return DEFAULT_FIELDS[source]
    return header.get(source, ()) or DEFAULT_FIELDS[source]


def entries_sql(
    header: Mapping[str, tuple[str, ...]], fields: FieldMap, sources: Sequence[str]
) -> tuple[str, dict[str, object]]:
    """Select every entry of ``sources`` once per allele it belongs to, its terms as written.

    It reads ``text_<source>`` of ``batch``.
    """
    bind = Binder()
    parts = [_source(s, SOURCES.index(s), entry_fields(s, header), fields, bind) for s in sources]
    return " union all ".join(parts), bind.values


def _source(source: str, place: int, names: tuple[str, ...], fields: FieldMap, bind: Binder) -> str:
    at = {name.lower(): i + 1 for i, name in reversed(list(enumerate(names)))}
    columns = [f"{_entry(at, c)} as {c}" for c in ENTRY_KEYS]
    columns += _scores(at, fields, bind) if source == "CSQ" else _no_scores()
    return f"""select * exclude (hits), first + greatest(ai, 1) - 1 as row_id from (
 select * exclude (hits), len(hits) > 0 as fits, hits, unnest(case when len(hits) > 0 then hits
 else range(1, greatest(n_alt, 1) + 1) end) as ai from (
 select *, {_hits()} as hits from (
 select first, n_alt, alt, names, {place} as source_place, '{source}' as source,
 ordinal, text, {", ".join(columns)} from (
 select *, string_split(text, '|') as t from (
 select first, n_alt, alt, names, unnest(string_split(listed, ',')) as text,
 unnest(range(len(string_split(listed, ','))))::integer as ordinal from (
 select first, n_alt, alt, names, text_{source} as listed from batch)
 where listed is not null and listed not in ('', '.'))))))"""


def _hits() -> str:
    return """case when n_alt > 1 then list_filter(range(1, n_alt + 1), lambda i:
   case when number is not null then i = try_cast(number as integer)
   else allele is not null and list_contains(names[i], allele) end)
 when allele is null or allele = alt or allele = coalesce(nullif(alt[2:], ''), '-') then [1]
 else [] end"""


def _entry(at: Mapping[str, int], column: str) -> str:
    places = [at[k.lower()] for k in ENTRY_KEYS[column] if k.lower() in at]
    return f"nullif(t[{places[0]}], '')" if places else _NULL


def _scores(at: Mapping[str, int], fields: FieldMap, bind: Binder) -> list[str]:
    """Numbers and ClinVar words that VEP adds to each entry, null where the file has none."""
    out = []
    for column in SCORES:
        found = ", ".join(f"highest(t[{at[k.lower()]}])" for k in fields.csq.get(column, ()))
        how = "greatest" if column == "spliceai" else "coalesce"
        out.append(f"{how}({found}) as c_{column}" if found else f"null::double as c_{column}")
    pairs = ", ".join(
        f"{{'v': highest(t[{at[k.lower()]}]), 'n': {bind(k)}}}" for k in fields.csq_frequencies
    )
    top = f"list_max(list_filter([{pairs}], lambda p: p.v is not null))"
    out.append(f"{top if pairs else _NO_TOP} as c_top")
    for column in _WORDS:
        found = ", ".join(f"nullif(t[{at[k.lower()]}], '')" for k in fields.csq.get(column, ()))
        out.append(f"coalesce({found}) as c_{column}" if found else f"{_NULL} as c_{column}")
    return out


def _no_scores() -> list[str]:
    out = [f"null::double as c_{column}" for column in SCORES]
    return [*out, f"{_NO_TOP} as c_top", *(f"{_NULL} as c_{column}" for column in _WORDS)]


_CANONICAL = "coalesce(upper(canonical) in ('YES', '1', 'TRUE'), false)"
_MANE = """case when mane_select is not null or mane_any ilike '%select%' then 'MANE Select'
   when mane_plus is not null or mane_any ilike '%plus%' then 'MANE Plus Clinical'
   when mane_any is not null then 'MANE Select' end"""

#: Every entry with its terms read and its place in line, from ``entries`` and ``terms``: the
#: lower ``line``, the better: fit, source, impact HIGH or MODERATE, MANE or canonical, severity,
#: order. A change on any transcript comes before MANE, so that no filter on the best
#: transcript loses a call whose effect the MANE transcript does not show.
READ_SQL = f"""select entries.* exclude (impact, exon, intron, rank, transcript, hgnc_id, canonical,
 mane_select, mane_plus, mane_any, number),
 terms.ordered, terms.worst, coalesce(upper(entries.impact), terms.impact) as impact,
 coalesce(exon, case when not coalesce(contains(entries.raw, 'intron'), false) then rank end) as exon,
 coalesce(intron, case when contains(entries.raw, 'intron') then rank end) as intron,
 case when not contains(transcript, '.') and starts_with(hgvsc, transcript || '.')
   then split_part(hgvsc, ':', 1) else transcript end as transcript,
 try_cast(replace(upper(hgnc_id), 'HGNC:', '') as integer) as hgnc_id,
 {_CANONICAL} as canonical, {_MANE} as mane,
 ((case when fits then 0 else 1 end)::bigint << 50) + (source_place::bigint << 46)
 + ((case when coalesce(upper(entries.impact), terms.impact) in ('HIGH', 'MODERATE')
    then 0 else 1 end)::bigint << 45)
 + ((case {_MANE} when 'MANE Select' then 0 when 'MANE Plus Clinical' then 1
    else case when {_CANONICAL} then 2 else 3 end end)::bigint << 42)
 + (coalesce(terms.place, 999)::bigint << 30) + ordinal as line
from entries left join terms on terms.raw = entries.raw"""  # noqa: E501

#: The first in line of each row.
FIRST_SQL = "select row_id, min(line) as line from seen group by row_id"

#: The best entry of each row, with the highest scores among the entries that fit as it does.
_BEST = """select s.row_id, s.gene, s.hgnc_id, s.worst, s.impact, s.hgvsc, s.hgvsp, s.transcript,
 s.mane, s.canonical, s.c_clinvar_sig, s.c_clinvar_rev, {scores}
 from seen s join firsts f on s.row_id = f.row_id and s.line = f.line {join}"""
_HIGHEST = """join (select s.row_id, {scores} from seen s join firsts f on s.row_id = f.row_id
 and s.line >> 50 = f.line >> 50 group by s.row_id) h on h.row_id = s.row_id"""


def best_sql(*, scored: bool) -> str:
    """Select the best entry of each row from ``seen`` and ``firsts``, named as ``best`` needs it."""  # noqa: E501
    columns = [f"c_{c}" for c in SCORES]
    top = ["c_top.v as c_af", "c_top.n as c_af_source"]
    if not scored:
        return _BEST.format(
            scores=", ".join([*(f"s.{c}" for c in columns), *(f"s.{t}" for t in top)]), join=""
        )
    made = ", ".join(f"max(s.{c}) as {c}" for c in [*columns, "c_top"])
    named = ", ".join([*(f"h.{c}" for c in columns), *(f"h.{t}" for t in top)])
    return _BEST.format(scores=named, join=_HIGHEST.format(scores=made))


def consequences_sql(*, ordered: bool) -> str:
    """Select the stored columns of ``consequences`` from ``seen`` and ``firsts``."""
    made = {
        "schema_version": f"{SCHEMA_VERSION}::smallint",
        "consequence": "ordered",
        "row_id": "seen.row_id",
        "best": "seen.line = firsts.line",
    }
    columns = ", ".join(
        f'({made.get(f.name, f.name)})::{sql_type(f.type)} as "{f.name}"'
        for f in CONSEQUENCES.stored
    )
    order = " order by seen.row_id, source_place, ordinal" if ordered else ""
    return f"select {columns} from seen join firsts on seen.row_id = firsts.row_id{order}"
