"""A batch of string columns to the rows of ``variants``, one per alternate allele, in SQL.

The statement reads the views ``batch`` (one row an allele: string columns of the reader plus
``row_id``, ``ai``, ``n_alt``, ``code``, ``chrom_name``, ``offset``, ``edge`` and INFO's values) and
``best`` (one consequence a row). It gives the stored columns of ``schema.VARIANTS`` but the
per-person ones, INFO and FORMAT, which are taken over as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data_layer.ingest.binding import Binder, sql_type
from data_layer.ingest.calls import Seat
from data_layer.ingest.classify import CLASS_SQL, END_SQL, JUNCTION_SQL, TYPE_SQL
from data_layer.ingest.columns import FUSION_INFO, OTHER_INFO, FieldMap
from data_layer.ingest.identity import VID_SQL, name_sql
from data_layer.ingest.severity import IMPACTS
from data_layer.region import Build
from data_layer.schema import SCHEMA_VERSION, VARIANTS

#: ClinVar's old number codes in words (ClinVar VCF before 2017, CLNSIG).
CLINVAR_CODES = {
    "0": "Uncertain_significance", "1": "not_provided", "2": "Benign", "3": "Likely_benign",
    "4": "Likely_pathogenic", "5": "Pathogenic", "6": "drug_response", "7": "histocompatibility",
    "255": "other",
}  # fmt: skip
_BND = r"'[\[\]]([^\[\]]+):(\d+)[\[\]]'"


@dataclass(frozen=True)
class FilePlan:
    """What the statements need to know of one file of the case."""

    file_index: int
    build: Build
    fields: FieldMap
    seats: Sequence[Seat]
    file_class: str | None = None
    family: str | None = None


class VariantsSql:
    """Builds the statement for one plan.

    ``symbols`` looks genes up by HGNC number, for lines without consequences.
    """

    def __init__(self, plan: FilePlan, *, symbols: bool) -> None:
        self._plan = plan
        self._symbols = symbols
        self._fields = plan.fields
        self._bind = Binder()
        self._texts = info_names(plan.fields)

    def statement(self) -> tuple[str, dict[str, object]]:
        """Return the SELECT and its values."""
        chosen = self._chosen()
        columns = ",\n ".join(
            f'({chosen[f.name]})::{sql_type(f.type)} as "{f.name}"'
            for f in VARIANTS.stored
            if f.name in chosen
        )
        sql = f"""with {self._placed()}, {self._typed()}
select {columns} from typed left join best using (row_id)"""
        return sql, self._bind.used(sql)

    def _placed(self) -> str:
        x = self._texts
        return f"""placed as (select *, {self._bind(self._plan.file_class)}::varchar as file_class,
 pos::bigint - 1 as "start", {JUNCTION_SQL} as junction, {x["SVTYPE"]} as svt,
 case when {JUNCTION_SQL} then regexp_extract(alt, {_BND}, 1) end as mate_contig,
 case when {JUNCTION_SQL} then try_cast(regexp_extract(alt, {_BND}, 2) as bigint) end as mate_pos,
 try_cast(own({x["SVLEN"]}, ai, n_alt) as bigint) as svlen_given,
 try_cast({x["END"]} as bigint) as end_given from batch)"""

    def _typed(self) -> str:
        build = self._plan.build
        partner = f"""case when coalesce(mate_contig, '') <> '' then mate_contig || ':' || mate_pos
 when {self._texts["CHR2"]} is not null and coalesce({self._texts["CHR2"]}, '') <> chrom
 then {self._texts["CHR2"]} || coalesce(':' || coalesce({self._texts["POS2"]}, {self._texts["END2"]}), '') end"""  # noqa: E501
        return f"""typed as (select *, {self._prepared()} from (
 select *, {name_sql(build)} as full_name from (
 select *, {END_SQL} as "end" from (
 select *, {CLASS_SQL} as class, {TYPE_SQL} as svtype, {partner} as partner,
 case when not junction then end_given when mate_contig = chrom
 then case upper(svt) when 'DEL' then mate_pos - 1 else mate_pos end end as info_end
 from placed))))"""

    def _prepared(self) -> str:
        """What several columns are made of, once."""
        parts = self._first("rank_parts")
        shares = [
            f", num(own({self._texts[key]}, ai, n_alt)) as {column}"
            for column, key in self._population()
        ]
        return f"string_split({parts or 'null'}, '|') as parts{''.join(shares)}"

    def _chosen(self) -> dict[str, str]:
        x = self._texts
        fixed = {
            "schema_version": f"{SCHEMA_VERSION}::smallint",
            "row_id": "row_id",
            "file_index": f"{self._plan.file_index}::smallint",
            "record": "record",
            "alt_index": "ai::smallint",
            "alt_count": "n_alt::smallint",
            "vid": VID_SQL,
            "class": "class",
            "chrom": "code::tinyint",
            "contig": "chrom",
            "start": '"start"',
            "end": '"end"::bigint',
            "gpos": '("offset" + greatest(0, least("start", edge)))::bigint',
            "ref": "ref",
            "alt": "alt",
            "id": "nullif(id, '.')",
            "qual": "num(qual)",
            "filter": "case when filter <> '.' then string_split(filter, ';') end",
            "svtype": "svtype",
            "svlen": self._svlen(),
            "mate": f"coalesce(own({x['MATEID']}, ai, n_alt), partner)",
        }
        return fixed | self._annotation() | self._caller()

    @staticmethod
    def _svlen() -> str:
        return """case when svtype is null and class in ('snv', 'indel') then
   case when class = 'indel' and regexp_full_match(alt, '[A-Za-z]+') then length(alt) - length(ref) end
 when upper(svtype) = 'DEL' then -abs(coalesce(svlen_given, nullif("end" - "start" - 1, 0)))
 when svlen_given is not null then svlen_given
 when upper(svtype) in ('DUP', 'INV', 'CNV') then nullif("end" - "start" - 1, 0)
 when regexp_full_match(alt, '[A-Za-z]+') then length(alt) - length(ref) end::bigint"""  # noqa: E501

    def _first(self, column: str) -> str | None:
        keys = self._fields.info.get(column)
        if not keys:
            return None
        x = self._texts
        return "coalesce(" + ", ".join(f"nullif(nullif({x[k]}, '.'), '')" for k in keys) + ")"

    def _number(self, column: str, type_name: str) -> str:
        x = self._texts
        keys = self._fields.info.get(column, ())
        parts = [f"num(own({x[k]}, ai, n_alt))" for k in keys]
        if column in ("gnomad_af", "cadd", "revel", "spliceai", "gnomad_hom"):
            parts.append(f"best.c_{column}")
        return f"try_cast(coalesce({', '.join(parts)}) as {type_name})" if parts else "null"

    def _annotation(self) -> dict[str, str]:
        most, source = self._top()
        return {
            "gene": f"case when best.gene is null then coalesce({self._gene()}) else best.gene end",
            "hgnc_id": f"case when best.hgnc_id is null then coalesce({self._hgnc()}) else best.hgnc_id end",  # noqa: E501
            "consequence": f"case when best.worst is null then {self._effect()} else best.worst end",  # noqa: E501
            "impact": self._impact(),
            "hgvsc": f"coalesce(best.hgvsc, {self._pave(6)})",
            "hgvsp": f"coalesce(best.hgvsp, {self._pave(7)})",
            "transcript": f"coalesce(best.transcript, {self._pave(2)})",
            "mane": "coalesce(best.mane, case when best.canonical then 'canonical' end)",
            "af_max": f"greatest({most}, best.c_af)",
            "af_max_source": f"case when best.c_af is null or {most} >= best.c_af then {source}"
            " else best.c_af_source end",
            "gnomad_af": self._number("gnomad_af", "double"),
            "gnomad_hom": self._number("gnomad_hom", "integer"),
            "local_obs": self._observations(),
            "cadd": self._number("cadd", "float"),
            "revel": self._number("revel", "float"),
            "spliceai": self._splice(),
            **self._clinvar(),
        }

    def _effect(self) -> str:
        return f"coalesce({self._severe(2)}, split_part({self._pave(3)}, '&', 1))"

    def _impact(self) -> str:
        named, impacts = self._bind(list(IMPACTS)), self._bind(list(IMPACTS.values()))
        found = f"{impacts}[list_position({named}, {self._effect()})]"
        return f"case when best.worst is null then {found} else best.impact end"

    def _pave(self, place: int) -> str:
        """One part of PAVE's IMPACT (gene, transcript, effect, …), where the file has that."""
        if not self._fields.pave:
            return "null"
        return f"nullif(split_part({self._texts['IMPACT']}, ',', {place}), '')"

    def _severe(self, place: int) -> str:
        """One part of ``HGNC:allele|consequence`` of this allele, else of the first."""
        text = self._first("severe")
        if text is None:
            return "null"
        entries = f"string_split({text}, ',')"
        alleles = "[alt, coalesce(nullif(alt[2:], ''), '-')]"
        entry = (
            f"(case when contains({text}, ',') then coalesce(list_filter({entries}, lambda e:"
            f" list_contains({alleles}, split_part(split_part(e, '|', 1), ':', 2)))[1],"
            f" {entries}[1]) else {text} end)"
        )
        if place == 1:
            return f"try_cast(split_part({entry}, ':', 1) as integer)"
        return f"nullif(split_part({entry}, '|', 2), '')"

    def _hgnc(self) -> str:
        x = self._texts
        return (
            f"try_cast({x['HGNCId']} as integer), {self._severe(1)},"
            f" try_cast({x['HGNC_ID_A']} as integer)"
        )

    def _gene(self) -> str:
        x = self._texts
        pair = f"{x['GENEA']} || coalesce('::' || {x['GENEB']}, ''), {self._pave(1)}"
        if not self._symbols:
            return pair
        number = f"coalesce({self._hgnc()})"
        return f"{pair}, (select symbol from symbols where symbols.hgnc = {number})"

    def _population(self) -> list[tuple[str, str]]:
        """The column of each frequency and its key; of equal ones the later counts."""
        keys = sorted(self._fields.frequencies)
        return [(f"freq{i}", key) for i, key in enumerate(keys)]

    def _top(self) -> tuple[str, str]:
        """The highest frequency of INFO and the key that it comes from."""
        pairs = self._population()
        if not pairs:
            return "null::double", "null::varchar"
        most = f"greatest({', '.join(column for column, _ in pairs)})"
        whens = [f"when {column} = {most} then {self._bind(key)}" for column, key in pairs[::-1]]
        return most, f"case {' '.join(whens)} end"

    def _observations(self) -> str:
        x = self._texts
        given = [f"num(own({x[k]}, ai, n_alt))" for k in self._fields.info.get("local_obs", ())]
        if self._fields.cases:
            given += [
                f"round(num(own({x[k]}, ai, n_alt)) * {self._bind(self._fields.cases)})"
                for k in self._fields.info.get("local_frq", ())
            ]
        return f"try_cast(coalesce({', '.join(given)}) as integer)" if given else "null::integer"

    def _splice(self) -> str:
        x = self._texts
        parts = [f"highest({x[k]})" for k in self._fields.splice]
        text = self._first("spliceai")
        if text is not None:
            mine = (
                f"list_filter(string_split({text}, ','),"
                " lambda e: not contains(e, '|') or split_part(e, '|', 1) = alt)"
            )
            each = (
                "lambda e: case when contains(e, '|') then list_transform("
                "string_split(e, '|')[3:6], lambda y: num(y)) else [num(e)] end"
            )
            scores = (
                f"list_max(list_filter(flatten(list_transform({mine}, {each})),"
                " lambda y: y is not null))"
            )
            parts.append(scores)
        parts.append("best.c_spliceai")
        return f"greatest({', '.join(parts)})::float"

    def _clinvar(self) -> dict[str, str]:
        sig = self._first("clinvar_sig")
        text = f"coalesce({sig or 'null'}, best.c_clinvar_sig)"
        if sig is not None and self._per_allele("clinvar_sig"):
            text = f"coalesce(own({sig}, ai, n_alt), best.c_clinvar_sig)"
        codes, said = self._bind(list(CLINVAR_CODES)), self._bind(list(CLINVAR_CODES.values()))
        words = (
            f"array_to_string(list_transform(string_split_regex({text}, '[,|]'),"
            f" lambda c: {said}[list_position({codes}, c)]), '|')"
        )
        rev = f"lower(coalesce({self._first('clinvar_rev') or 'null'}, best.c_clinvar_rev))"
        return {
            "clinvar_sig": f"case when regexp_full_match({text}, '[0-9]+([,|][0-9]+)*')"
            f" then {words} else {text} end",
            "clinvar_stars": f"({stars_sql(rev)})::tinyint",
        }

    def _per_allele(self, column: str) -> bool:
        return column in self._fields.per_allele

    def _caller(self) -> dict[str, str]:
        family = self._bind(self._plan.family or "")
        rank, parts = self._first("rank_score"), self._first("rank_parts")
        models = self._first("models")
        each = [
            f"{self._bind(f'{n}=')} || parts[{i + 1}]"
            for i, n in enumerate(self._fields.rank_names)
        ]
        named = f"[{', '.join(each)}]" if each else "parts"
        count = len(self._fields.rank_names)
        return {
            "rank_score": f"num(after_family(family_part({rank}, {family})))::float"
            if rank
            else "null",
            "rank_parts": f"case when len(parts) = {count} then {named} else parts end"
            if parts
            else "null",
            "models": f"string_split(after_family(family_part({models}, {family})), '|')"
            if models
            else "null",
            "compounds": self._first("compounds") or "null",
            "callers": self._callers() if "callers" in self._fields.info else "null",
        }

    def _callers(self) -> str:
        """``caller|file,…``, SVDB's ``a|b``, or in ``set`` CombineVariants' ``a-filterInb``."""
        x = self._texts
        ways = []
        for key in self._fields.info["callers"]:
            text = f"nullif({x[key]}, '.')"
            if key.lower() == "set":
                ways.append(
                    f"list_transform(string_split({text}, '-'),"
                    " lambda c: regexp_replace(c, '^filterIn', ''))"
                )
            else:
                ways.append(
                    f"(case when contains({text}, ',') or contains({text}, '/')"
                    f" then list_transform(string_split({text}, ','),"
                    f" lambda c: trim(split_part(c, '|', 1))) else string_split({text}, '|') end)"
                )
        return f"coalesce({', '.join(ways)})"


def info_names(fields: FieldMap) -> dict[str, str]:
    """INFO keys that are read, and the name of the ``batch`` column with each one's text."""
    keys = [k for keys in fields.info.values() for k in keys]
    keys += [*fields.frequencies, *fields.splice, *OTHER_INFO, *FUSION_INFO]
    return {key: f"x{i}" for i, key in enumerate(dict.fromkeys(keys))}


def stars_sql(text: str) -> str:
    """Review stars (ClinVar, review status) of a lower-case CLNREVSTAT, old short words too."""
    return f"""case when {text} is null or {text} = '.' then null
 when contains({text}, 'guideline') then 4
 when contains({text}, 'expert') or regexp_matches({text}, '\\bexp\\b') then 3
 when contains({text}, 'no_conflicts') or (contains({text}, 'mult') and not contains({text}, 'conflicting')) then 2
 when contains({text}, 'single') or contains({text}, 'conf') then 1 else 0 end"""  # noqa: E501
