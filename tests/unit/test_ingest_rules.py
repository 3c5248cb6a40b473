"""The pure rules and their SQL twins say the same; alleles are named as annotators do."""

from __future__ import annotations

import itertools

import duckdb
import pytest

from data_layer.ingest.allele import allele_names
from data_layer.ingest.classify import (
    CLASS_KEYS,
    CLASS_SQL,
    END_SQL,
    JUNCTION_SQL,
    TYPE_SQL,
    event_end,
    event_type,
    variant_class,
)
from data_layer.ingest.identity import VID_SQL, by_alleles, name_sql
from data_layer.ingest.severity import impact, severity, terms
from data_layer.ingest.variants_sql import stars_sql
from data_layer.region import Build, sv_vid, vid

LONG = "A" * 60
ALLELES = (
    ("A", "G"), ("A", "AT"), ("AT", "A"), ("AC", "GT"), ("A", "."), ("A", "*"), ("A", "<*>"),
    ("A", "<NON_REF>"), ("A", "<DEL>"), ("A", "<DUP:TANDEM>"), ("N", "<INS:ME:ALU>"), ("N", "<INS:ME>"),  # noqa: E501
    ("C", "<STR12>"), ("C", "<CNV:TR>"), ("N", "<CN0>"), ("N", "<CNV>"), ("N", "N]2:29223528]"),
    ("T", "TTT[1:23955187["), ("N", ".A"), ("N", "A."), (LONG, "A"), ("A", LONG),
)  # fmt: skip
TYPES = (None, "", "DEL", "INS", "DUP", "BND", "TRA", "CNV", "INV", "bnd")
KEYS = [frozenset(), *(frozenset({k}) for k in CLASS_KEYS)]
FILES = (None, "sv", "str", "mei", "fusion")


def ask(sql: str, **columns: object) -> object:
    """The value of an expression over columns given as values."""
    names = ", ".join(f'${n} as "{n}"' for n in columns)
    found = duckdb.sql(f"select {sql} as value from (select {names})", params=columns).fetchall()
    return found[0][0]


def test_class_is_the_same_in_python_and_sql() -> None:
    con = duckdb.connect()
    has = ", ".join(f"list_contains(keys, '{k}') as has_{k}" for k in CLASS_KEYS)
    cases = [
        (ref, alt, svt, sorted(keys), file)
        for (ref, alt), svt, keys, file in itertools.product(ALLELES, TYPES, KEYS, FILES)
    ]
    con.execute(
        "create table c (n int, ref text, alt text, svt text, keys text[], file_class text)"
    )
    con.executemany(
        "insert into c values (?, ?, ?, ?, ?, ?)", [(i, *c) for i, c in enumerate(cases)]
    )
    said = con.sql(
        f"select {CLASS_SQL}, {TYPE_SQL} from (select *, {JUNCTION_SQL} as junction, {has} from c)"
        " order by n"
    ).fetchall()
    for (ref, alt, svt, keys, file), (kind, event) in zip(cases, said, strict=True):
        assert variant_class(ref, alt, svt, frozenset(keys), file) == kind, (
            ref,
            alt,
            svt,
            keys,
            file,
        )
        assert event_type(alt, svt) == event, (alt, svt)


@pytest.mark.parametrize(
    ("ref", "alt", "svtype", "keys", "file", "want"),
    [
        ("A", "G", None, set(), None, "snv"),
        ("AC", "GT", None, set(), None, "indel"),
        ("C", "CAAA", None, {"RU"}, None, "indel"),
        ("C", "<STR12>", None, {"REPID", "RU"}, None, "str"),
        ("C", ".", None, {"REPID"}, None, "str"),
        ("N", "<INS:ME>", "INS", {"MEINFO"}, None, "mei"),
        ("N", "N]2:29223528]", "BND", {"GENEA"}, None, "fusion"),
        ("N", "N]2:29223528]", "BND", set(), None, "bnd"),
        ("N", "<DEL>", "DEL", {"PROBES"}, None, "cnv"),
        ("N", "<DEL>", "DEL", set(), None, "sv"),
        ("A" * 55, "A", "DEL", set(), None, "sv"),
        ("AT", "A", "DEL", set(), None, "indel"),
        ("AT", "A", "DEL", set(), "sv", "sv"),
        ("T", "T[1:300[", "DEL", set(), None, "sv"),
    ],
)
def test_class_of(
    ref: str, alt: str, svtype: str | None, keys: set[str], file: str | None, want: str
) -> None:
    assert variant_class(ref, alt, svtype, frozenset(keys), file) == want


@pytest.mark.parametrize(
    ("start", "ref", "alt", "kind", "end", "svlen", "want"),
    [
        (99, "A", "G", None, None, None, 100),
        (99, "ACGT", "A", None, 500, None, 103),
        (99, "N", "<DEL>", "DEL", 500, -400, 500),
        (99, "N", "<DEL>", "DEL", None, -400, 500),
        (99, "N", "<DUP>", "DUP", None, 400, 500),
        (99, "N", "<DEL>", "DEL", 50, None, 100),
        (99, "N", "<INS>", "INS", 100, 900, 100),
        (99, "N", "N]2:5]", "BND", 7000, None, 100),
        (-1, "N", "<DEL>", "DEL", 10, None, 10),
        (99, "N", "<DEL>", "DEL", None, None, 100),
    ],
)
def test_end_by_type(
    start: int, ref: str, alt: str, kind: str | None, end: int | None, svlen: int | None, want: int
) -> None:
    assert event_end(start, ref, alt, kind, end, svlen) == want
    columns = {
        "start": start,
        "ref": ref,
        "alt": alt,
        "svtype": kind,
        "info_end": end,
        "svlen_given": svlen,
    }
    assert ask(END_SQL, **columns) == want


@pytest.mark.parametrize("ref", ["A", "A" * 75])
@pytest.mark.parametrize("kind", ["snv", "indel", "sv", "str", "bnd"])
@pytest.mark.parametrize("alt", ["G", "<DEL>", "N]2:5]", "<STR12>"])
@pytest.mark.parametrize("build", list(Build))
def test_vid_is_region_s(ref: str, kind: str, alt: str, build: Build) -> None:
    columns = {
        "class": kind, "chrom_name": "chr7", "start": 41, "end": 90, "ref": ref, "alt": alt,
        "svtype": "DEL", "partner": "2:5" if "]" in alt else None,
    }  # fmt: skip
    made = ask(VID_SQL.replace("full_name", f"({name_sql(build)})"), **columns)
    if by_alleles(kind, alt):
        assert made == vid(build, "chr7", 41, ref, alt)
    else:
        word = alt.strip("<>") if kind == "str" else "DEL"
        assert made == sv_vid(build, "chr7", 41, 90, word, "chr2:5" if "]" in alt else "")


@pytest.mark.parametrize(
    ("ref", "alts", "names"),
    [
        ("T", ["TC"], [["TC", "C"]]),
        ("TC", ["T"], [["T", "-"]]),
        ("A", ["G"], [["G"]]),
        ("CCCTAA", ["C", "CA"], [["C", "-"], ["CA", "A", "-"]]),
        ("A", ["G", "AT"], [["G", ""], ["AT", "T"]]),
        ("A", ["T", "*"], [["T"], ["*"]]),
        ("GA", ["GT", "G"], [["GT", "T"], ["G", "-"]]),
    ],
)
def test_allele_names(ref: str, alts: list[str], names: list[list[str]]) -> None:
    for got, want in zip(allele_names(ref, alts), names, strict=True):
        assert set(want) - {""} <= set(got)
        assert got[0] == want[0]


def test_other_alleles_keep_their_own_name() -> None:
    first, second = allele_names("A", ["G", "T"])
    assert not set(first) & set(second)


def test_severity_puts_truncation_before_missense_before_intron() -> None:
    order = [
        "stop_gained",
        "frameshift_variant",
        "missense_variant",
        "synonymous_variant",
        "intron_variant",
        "intergenic_variant",
    ]
    assert sorted(order, key=severity) == order
    assert severity("no_such_term") > severity("intergenic_variant")
    assert impact("stop_gained") == "HIGH"
    assert impact("no_such_term") is None


def test_terms_are_sorted_and_stripped() -> None:
    assert terms("intron_variant&splice_region_variant")[0] == [
        "splice_region_variant",
        "intron_variant",
    ]
    assert terms("*missense")[1] == "missense"
    assert terms("@7300")[1] is None


@pytest.mark.parametrize(
    ("status", "stars"),
    [
        ("practice_guideline", 4), ("guideline", 4), ("reviewed_by_expert_panel", 3), ("exp", 3),
        ("criteria_provided,_multiple_submitters,_no_conflicts", 2), ("mult", 2),
        ("criteria_provided,_single_submitter", 1), ("single|exp", 3), ("single", 1), ("conf", 1),
        ("criteria_provided,_conflicting_interpretations", 1), ("no_assertion_criteria_provided", 0),  # noqa: E501
        ("criteria_provided&_multiple_submitters&_no_conflicts", 2), ("no_criteria", 0), (None, None),  # noqa: E501
    ],
)  # fmt: skip
def test_stars(status: str | None, stars: int | None) -> None:
    assert ask(stars_sql("s"), s=status) == stars


@pytest.mark.parametrize(
    ("partner", "spelled"),
    [
        ("2:5", "chr2:5"), ("chr2:5", "chr2:5"), ("CHRX:5", "chrX:5"), ("MT:5", "chrM:5"),
        ("chrM:5", "chrM:5"), ("chrUn_1:5", "chrUn_1:5"), ("23x:5", "23x:5"), ("22", "chr22"),
    ],
)  # fmt: skip
def test_a_partner_s_contig_is_spelled_one_way(partner: str, spelled: str) -> None:
    columns = {
        "class": "bnd", "chrom_name": "chr7", "start": 41, "end": 42, "ref": "N", "alt": "N[x:1[",
        "svtype": "BND", "partner": partner,
    }  # fmt: skip
    assert ask(name_sql(Build.GRCH38), **columns) == f"GRCh38-chr7-42-42-BND-{spelled}"
