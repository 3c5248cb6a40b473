"""Inheritance asked of a case: kept calls, sentences by name, who failed, identity first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_layer.errors import InputError, RefusedError
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.journal import default_url, open_journal
from data_layer.lake import open_lake
from data_layer.query.access import LOCAL, Actor, CaseQuery
from data_layer.query.desk import Desk
from data_layer.query.fields import INHERITANCE
from data_layer.query.filters import Filter, parse_filters
from data_layer.query.recipes import recipe, recipes_for
from data_layer.region import Build
from data_layer.settings import Settings
from tests.ingested import vcf_text
from tests.kin_made import observed, table_of, world
from tests.query_rows import open_desk

CONTIGS = "".join(f"##contig=<ID=chr{c}>\n" for c in (1, 2, 3, "X", "M"))
HEADER = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele|Consequence|IMPACT|SYMBOL">\n'
    '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Type">\n'
    '##INFO=<ID=END,Number=1,Type=Integer,Description="End">\n'
    '##INFO=<ID=SVLEN,Number=1,Type=Integer,Description="Length">\n'
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">\n'
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">\n'
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">\n'
    '##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">\n'
)
PEOPLE = ("child", "dad", "mum")
FREE, HET, HOM, ONLY = "0/0:30,0:30:60", "0/1:15,15:30:60", "1/1:0,30:30:60", "1:0,30:30:60"
PED = "f child dad mum 1 2\nf dad 0 0 1 1\nf mum 0 0 2 1\n"


def line(chrom: str, pos: int, gene: str, *cells: str, alt: str = "G", info: str = "") -> str:
    """A data line; the gene is changed, or hit when the call is large."""
    kind = "coding_sequence_variant" if info else "missense_variant"
    told = f"CSQ={alt.strip('<>')}|{kind}|{'MODIFIER' if info else 'MODERATE'}|{gene}"
    form = "GT:AD:DP:GQ:PS" if any("|" in c for c in cells) else "GT:AD:DP:GQ"
    return f"{chrom} {pos} . A {alt} 50 PASS {told}{info} {form} {' '.join(cells)}"


DEL = ";SVTYPE=DEL;END=9000;SVLEN=-4000"
ROWS = [
    line("chr1", 1000, "NEW", HET, FREE, FREE),
    line("chr1", 1001, "MOSAIC", "0/1:27,3:30:60", FREE, FREE),
    line("chr1", 1002, "PAIR", HET, HET, FREE),
    line("chr1", 1003, "PAIR", HET, FREE, HET),
    line("chr1", 1004, "CIS", HET, HET, FREE),
    line("chr1", 1005, "CIS", HET, HET, FREE),
    line("chr1", 1006, "TWICE", HOM, HET, HET),
    line("chr1", 1007, "SVGENE", HET, HET, FREE),
    line("chr1", 5000, "SVGENE", HET, FREE, HET, alt="<DEL>", info=DEL),
    line("chr1", 6000, "UNDER", HOM, HET, FREE),
    line("chr2", 100, "BNDGENE", HET, HET, FREE),
    line("chr2", 200, "BNDGENE", HET, FREE, HET, alt="A[chr3:77[", info=";SVTYPE=BND"),
    line("chr2", 300, "PHASED", "0|1:15,15:30:60:7", f"{HET}:.", f"{FREE}:."),
    line("chr2", 301, "PHASED", "0|1:15,15:30:60:7", f"{FREE}:.", f"{HET}:."),
    line("chrM", 3243, "MT-TL1", "0/1:18,12:30:60", "0/0:30,0:30:60", "0/1:28,2:30:60"),
    line("chrX", 1000000, "PARGENE", HOM, HET, HET),
    line("chrX", 50000000, "XGENE", ONLY, FREE, HET),
    line("chrX", 50000001, "XGENE", "0/1:1,29:30:60", FREE, HET),
    line("chrX", 50000002, "XNEW", "1/1:0,30:30:60", ONLY, FREE),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = opened(tmp_path_factory.mktemp("case"), PEOPLE, ROWS, PED)
    yield made
    made.close()


@pytest.fixture
def case(desk: Desk) -> CaseQuery:
    return desk.case(LOCAL, "demo")


def opened(folder: Path, people: tuple[str, ...], rows: list[str], ped: str) -> Desk:
    """A desk with one case read from text."""
    vcf, family, root = folder / "calls.vcf", folder / "family.ped", folder / "lake"
    vcf.write_text(vcf_text(rows, samples=people, header=HEADER, contigs=CONTIGS))
    family.write_text(ped)
    settings = Settings(lake=str(root), threads=2)
    lake = open_lake(str(root), settings=settings, create=True)
    ingest_case(lake, CaseRequest((vcf,), "demo", None, Build.GRCH38, family))
    return Desk(lake, open_journal(default_url(root)), settings)


def kept(case: CaseQuery, *words: str, before: str = "") -> list[str]:
    """Positions kept by the modes, after other filters."""
    steps = (*parse_filters(before), Filter("inheritance:child", "in", words))
    rows = case.page(steps, (("start", False),), 0, 99, ["chrom", "start"]).rows
    assert case.funnel(steps)[-1].after == len(rows)
    return [f"{r['chrom']}:{r['start'] + 1}" for r in rows]


@pytest.mark.parametrize(
    ("words", "want"),
    [
        (("AD_dn",), ["1:1000"]),
        (("AD_dn_possible",), ["1:1000", "1:1001"]),
        (("AR_hom",), ["23:1000000", "1:1006"]),
        (("XR",), ["23:50000000", "23:50000001"]),
        (("X_dn",), ["23:50000002"]),
        (("MT",), ["25:3243"]),
        (("MT", "X_dn"), ["25:3243", "23:50000002"]),
    ],
)
def test_single_calls_by_mode(case: CaseQuery, words: tuple[str, ...], want: list[str]) -> None:
    assert sorted(kept(case, *words)) == sorted(want)


def test_pairs_of_every_class_and_phase(case: CaseQuery) -> None:
    pairs = ["1:1002", "1:1003", "1:1007", "1:5000", "1:6000", "2:100", "2:200"]
    assert sorted(kept(case, "AR_comp")) == pairs
    assert sorted(kept(case, "AR_comp", "AR_hom")) == sorted([*pairs, "1:1006", "23:1000000"])


def test_a_pair_is_of_what_the_steps_before_left(case: CaseQuery) -> None:
    assert kept(case, "AR_comp", before="gene~in~PAIR") == ["1:1002", "1:1003"]
    assert kept(case, "AR_comp", before="region~notin~chr1:1003-1003;gene~in~PAIR") == []


def test_the_sentence_names_who_must_carry_what(case: CaseQuery) -> None:
    said = Filter("inheritance:child", "in", ("XR",)).sentence(case.info)
    assert said == (
        "Fits X-linked recessive: on X outside PAR, child has it on his one X (0/1, 1/1 or 1), "
        "dad (healthy) has no copy, mum (healthy) has one copy of two, genotype quality of child "
        "from 10, allele fraction of child from 0.75."
    )
    plain = Filter("inheritance:child", "in", ("XR",))
    assert "child" in plain.sentence()
    assert plain.sentence(case.info) == case.funnel((plain,))[1].sentence
    for word in INHERITANCE:
        said = Filter("inheritance:child", "in", (word,)).sentence(case.info)
        assert "child has" in said
        assert ("may" in said) == word.endswith("possible")


@pytest.mark.parametrize(
    ("at", "word", "told"),
    [
        ("chr1:1002", "AD_dn", "dad (healthy) has one copy of two"),
        ("chr1:1001", "AD_dn", "allele fraction of child from 0.2 to 0.8: 0.1"),
        ("chr1:1000", "XR", "it lies on an autosome or PAR"),
        ("chr1:1004", "AR_comp", "no other call of its gene makes a pair with it"),
        ("chrX:50000002", "XR", "mum (healthy) has no copy"),
        ("chr1:1006", "AR_comp", "both parents carry it"),
    ],
)
def test_why_says_who_failed(case: CaseQuery, at: str, word: str, told: str) -> None:
    found = case.why(at, (Filter("inheritance:child", "in", (word,)),))
    assert found.step == 1
    assert found.value is not None
    assert told in found.value


def test_recipes_keep_their_modes(case: CaseQuery) -> None:
    assert {r.name for r in recipes_for(case.info)} > {"rare-x-linked", "rare-mitochondrial"}
    want = {
        "rare-recessive": {"1:1002", "1:6000", "1:1006", "2:200"},
        "rare-x-linked": {"23:50000000", "23:50000002"},
        "rare-mitochondrial": {"25:3243"},
        "rare-coding-de-novo": {"1:1000", "1:1001", "23:50000002"},
        "rare-reduced-penetrance": {"1:1002", "1:1004"},
    }
    for name, some in want.items():
        rows = case.page(recipe(name).filters_for(case.info), (), 0, 99, ["chrom", "start"]).rows
        assert some <= {f"{r['chrom']}:{r['start'] + 1}" for r in rows}, name


def test_without_parents_what_fits_is_possible(tmp_path: Path) -> None:
    rows = [line("chr1", 10, "G", HET), line("chr1", 20, "G", HET), line("chr1", 30, "H", HOM)]
    rows.append(line("chrX", 50000000, "XG", ONLY))
    desk = opened(tmp_path, ("child",), rows, "f child 0 0 1 2\n")
    case = desk.case(LOCAL, "demo")
    assert kept(case, "AR_comp", "AR_hom", "XR", "AD_dn") == []
    assert kept(case, "AR_comp_possible", "AR_hom_possible") == ["1:10", "1:20", "1:30"]
    assert kept(case, "XR_possible") == ["23:50000000"]
    names = {r.name for r in recipes_for(case.info)}
    assert "rare-coding-de-novo" not in names
    assert case.count(recipe("rare-recessive").filters_for(case.info)) == 3
    desk.close()


def test_asks_of_people_in_the_case_only(case: CaseQuery) -> None:
    with pytest.raises(InputError, match="nobody of that name"):
        case.count((Filter("inheritance:stranger", "in", ("AD",)),))
    with pytest.raises(InputError, match="not a choice"):
        Filter("inheritance:child", "in", ("dominant",))


def test_is_refused_when_family_is_withheld(desk: Desk) -> None:
    desk.journal.grant("local", "ann", "see_case", "case", "demo", ["child"])
    case = desk.case(Actor("ann", "Ann", frozenset(), frozenset()), "demo")
    for word in ("AD", "AR_comp"):
        with pytest.raises(RefusedError):
            case.count((Filter("inheritance:child", "in", (word,)),))


@pytest.mark.parametrize("swapped", [False, True])
def test_samples_that_do_not_fit_their_names_make_it_not_determinable(
    tmp_path: Path, swapped: bool
) -> None:
    made = world(50_000, 5, tuple(range(1, 25)))
    father, mother, other = made.person(), made.person(), made.person()
    child = made.child(father, mother)
    people = [observed(made, child, x=1, y=1), observed(made, other if swapped else father, x=1, y=1), observed(made, mother, x=2, y=0)]  # fmt: skip # noqa: E501
    desk = open_desk(tmp_path, table_of(made, people))
    steps = parse_filters(
        "qual~ge~0~keep;de_novo:child~eq~strict~keep;inheritance:child~in~AR_comp|XD;inheritance:child~in~AD"
    )
    notes = [s.note for s in desk.case(LOCAL, "demo").funnel(steps)]
    told = [n.startswith("Not determinable: the samples do not fit their names") for n in notes]
    assert told == [False, False, swapped, swapped, False]
    assert all(n == "" for n, t in zip(notes, told, strict=True) if not t)
    desk.close()
