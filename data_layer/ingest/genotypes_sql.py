"""Per-sample columns as SQL: genotype, depth, reads, fraction, from what FORMAT names.

Where reads come from, the first that a sample has: AD (reference first; or VarScan's lone AD with
RD), AO with RO (FreeBayes), the base or indel tiers of Strelka, PR plus SR (Manta), DV plus RV with
DR and RR (Delly, TIDDIT, Sniffles), VD with DP (VarDict).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data_layer.lake.snapshot import sql_type
from data_layer.region import Build
from data_layer.schema import PER_PERSON, VARIANTS

#: Columns of ``variants`` that hold one entry a sample, and their types.
LISTS = {name: sql_type(VARIANTS.column(name).type) for name in PER_PERSON}
_ABSENT = {"gt": "-1"}


@dataclass(frozen=True)
class Seat:
    """One of the case's samples: its column in this file (None when absent) and its sex."""

    column: int | None
    sex: str = "unknown"


def nonpar_sql(build: Build, chrom: int) -> str:
    """Say in SQL that a row lies on ``chrom`` (23 or 24) outside its pseudo-autosomal regions."""
    inside = " or ".join(f'("start" >= {a} and "start" < {b})' for a, b in build.par(chrom))
    return f"(code = {chrom} and not ({inside}))"


class SampleColumns:
    """The SQL of one FORMAT set: places, reads and the lists."""

    def __init__(self, seats: Sequence[Seat], formats: frozenset[str], vaf: Sequence[str]) -> None:
        self._seats = seats
        self._present = [s for s in seats if s.column is not None]
        self._formats = formats
        self._vaf = [k for k in vaf if k in formats]

    def splits(self) -> list[str]:
        """Columns p<i>: each present sample's fields."""
        return [f"string_split(s{s.column}, ':') as p{s.column}" for s in self._present]

    def positions(self) -> list[str]:
        """Columns i_<key>: where a FORMAT key stands in this row."""
        return [f"list_position(f, '{k}') as {self._name(k)}" for k in self._used()]

    def values(self) -> list[str]:
        """Columns g<i> and a<i>: genotype and AD as numbers, per sample."""
        out = [f"{self._value('GT', s.column)} as g{s.column}" for s in self._present]
        if "AD" in self._formats:
            out += [
                f"list_transform(string_split({self._value('AD', s.column)}, ','),"
                f" lambda x: try_cast(x as integer)) as a{s.column}"
                for s in self._present
            ]
        return out

    def reads(self) -> list[str]:
        """Columns r<i>: reference, allele and total reads with their source, per sample."""
        return [f"{self._reads(s.column)} as r{s.column}" for s in self._present]

    def lists(self) -> dict[str, str]:
        """Every per-sample column of ``variants`` as an expression."""
        return {name: self._list(name) for name in LISTS}

    def _used(self) -> list[str]:
        wanted = {
            "GT", "DP", "GQ", "PS", "AD", "RD", "AO", "RO", "PR", "SR", "DV", "DR", "RV", "RR",
            "VD", "TAR", "TIR", *self._vaf,
        }  # fmt: skip
        return sorted(wanted & self._formats)

    def _list(self, name: str) -> str:
        cells = [
            self._cell(name, seat) if seat.column is not None else _ABSENT.get(name, "null")
            for seat in self._seats
        ]
        return f"[{', '.join(cells)}]::{LISTS[name]}"

    def _cell(self, name: str, seat: Seat) -> str:
        i = seat.column
        gt = f"g{i}"
        match name:
            case "gt":
                return f"copies({gt}, ai)"
            case "phased":
                return f"contains({gt}, '|')"
            case "ps":
                return f"try_cast({self._value('PS', i)} as bigint)"
            case "hemizygous":
                expected = {"male": "nonpar_x or nonpar_y"}.get(seat.sex, "false")
                return f"(coalesce(haploid({gt}), false) or {expected})"
            case "dp":
                return f"try_cast({self._value('DP', i)} as integer)"
            case "gq":
                return f"num({self._value('GQ', i)})"
            case "ad_ref":
                return f"r{i}.r"
            case "ad_alt":
                return f"r{i}.a"
            case "vaf":
                given = [f"unit({self._fraction(k, i)})" for k in self._vaf]
                return f"coalesce({', '.join([*given, f'unit(r{i}.a / nullif(r{i}.t, 0))'])})"
            case "vaf_source":
                whens = [
                    f"when unit({self._fraction(k, i)}) is not null then '{k}'" for k in self._vaf
                ]
                reads = f"when unit(r{i}.a / nullif(r{i}.t, 0)) is not null then r{i}.s"
                return f"case {' '.join([*whens, reads])} end"
        return f"s{i}"

    def _fraction(self, key: str, column: int | None) -> str:
        return f"fraction(own_r({self._value(key, column)}, ai, n_alt))"

    def _reads(self, i: int | None) -> str:
        whens = []
        for keys, allele, reference, total, source in self._ways(i):
            if keys & self._formats:
                made = f"{{'r': {reference}, 'a': {allele}, 't': {total}, 's': '{source}'}}"
                whens.append(f"when {allele} is not null then {made}")
        if "AD" in self._formats:
            only = f"a{i}[1]"
            whens.append(f"when n_alt = 0 then {{'r': {only}, 'a': null, 't': {only}, 's': 'AD'}}")
        empty = "{'r': null::integer, 'a': null::integer, 't': null::integer, 's': ''}"
        return f"case {' '.join(whens)} else {empty} end" if whens else empty

    def _ways(self, i: int | None) -> list[tuple[set[str], str, str, str, str]]:
        def one(key: str) -> str:
            return f"try_cast({self._value(key, i)} as integer)"

        def part(key: str, place: str) -> str:
            return f"try_cast(string_split({self._value(key, i)}, ',')[{place}] as integer)"

        def plus(*parts: str) -> str:
            known = " or ".join(f"{p} is not null" for p in parts)
            return f"case when {known} then {' + '.join(f'coalesce({p}, 0)' for p in parts)} end"

        full = f"len(a{i}) = n_alt + 1 and ai > 0"
        lone = f"len(a{i}) = 1 and n_alt = 1"
        ad_alt = f"case when {full} then a{i}[ai + 1] when {lone} then a{i}[1] end"
        ad_ref = f"case when {full} then a{i}[1] when {lone} then {one('RD')} end"
        ad_all = f"case when {full} then list_sum(a{i})::integer else {ad_alt} + {ad_ref} end"
        ao = f"try_cast(own({self._value('AO', i)}, ai, n_alt) as integer)"
        others = f"list_sum(list_transform(string_split({self._value('AO', i)}, ','), lambda x: try_cast(x as integer)))::integer"  # noqa: E501
        base = f"try_cast(string_split(p{i}[list_position(f, alt || 'U')], ',')[1] as integer)"
        base_ref = f"try_cast(string_split(p{i}[list_position(f, ref || 'U')], ',')[1] as integer)"
        pair_alt = plus(part("PR", "ai + 1"), part("SR", "ai + 1"))
        pair_ref = plus(part("PR", "1"), part("SR", "1"))
        event = plus(one("DV"), one("RV"))
        whole = plus(one("DR"), one("RR"))
        whole_ref = f"coalesce({whole}, {one('DP')} - {event})"
        tir, tar, vd = part("TIR", "1"), part("TAR", "1"), one("VD")
        pairs = "/".join(k for k in ("PR", "SR") if k in self._formats)
        events = "/".join(k for k in ("DV", "RV") if k in self._formats)
        return [
            ({"AD"}, ad_alt, ad_ref, ad_all, "AD"),
            ({"AO"}, ao, one("RO"), f"{others} + {one('RO')}", "AO"),
            ({"AU"}, base, base_ref, f"{base} + {base_ref}", "AU/CU/GU/TU"),
            ({"TIR"}, tir, tar, f"{tir} + {tar}", "TIR"),
            ({"PR", "SR"}, pair_alt, pair_ref, f"{pair_alt} + {pair_ref}", pairs),
            ({"DV", "RV"}, event, whole_ref, f"{event} + {whole_ref}", events),
            ({"VD"}, vd, f"{one('DP')} - {vd}", one("DP"), "VD"),
        ]

    def _value(self, key: str, column: int | None) -> str:
        if key not in self._formats:
            return "null::varchar"
        return f"p{column}[{self._name(key)}]"

    @staticmethod
    def _name(key: str) -> str:
        return f"i_{key}"
