"""Rules on records: what each refuses or warns of, and that a right record is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest.rules import RULES
from data_layer.ingest.source import LISTED, Warning, WarningLog
from data_layer.ingest.text import open_vcf
from tests.vcf_made import META, lines_of, row, vcf, write

MORE = (
    *META,
    '##INFO=<ID=FLAG,Number=0,Type=Flag,Description="x">',
    '##INFO=<ID=ONE,Number=1,Type=Integer,Description="x">',
    '##INFO=<ID=CHAR,Number=1,Type=Character,Description="x">',
    '##INFO=<ID=ADP,Number=R,Type=Integer,Description="x">',
    '##FORMAT=<ID=PL,Number=G,Type=Integer,Description="x">',
    '##FORMAT=<ID=CH,Number=1,Type=Character,Description="x">',
    '##FORMAT=<ID=F,Number=2,Type=Float,Description="x">',
)


def warned(tmp_path: Path, *rows: str, meta: tuple[str, ...] = MORE) -> dict[str, int]:
    with open_vcf(write(tmp_path / "a.vcf", vcf(*rows, meta=meta))) as reader:
        assert lines_of(reader) == list(rows)
        return reader.warning_counts


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"chrom": ""}, "VCF-CHROM", "CHROM is empty"),
        ({"chrom": "chr 1"}, "VCF-CHROM", "'chr 1'"),
        ({"chrom": "<1"}, "VCF-CHROM", "'<1'"),
        ({"chrom": "1,2"}, "VCF-CHROM", "'1,2'"),
        ({"pos": "."}, "VCF-POS", "'.'"),
        ({"pos": ""}, "VCF-POS", "POS is empty"),
        ({"pos": "-1"}, "VCF-POS", "'-1'"),
        ({"pos": "1.0"}, "VCF-POS", "'1.0'"),
        ({"pos": "2147483647"}, "VCF-POS", "from 0 to 2,147,483,646"),
        ({"pos": "3000000000"}, "VCF-POS", "'3000000000'"),
        ({"pos": "99999999999999999999"}, "VCF-POS", "whole numbers from 0"),
        ({"ref": "Z"}, "VCF-REF", "'Z'"),
        ({"ref": "."}, "VCF-REF", "'.'"),
        ({"ref": "A,C"}, "VCF-REF", "'A,C'"),
        ({"ref": "<DEL>"}, "VCF-REF", "'<DEL>'"),
        ({"alt": ""}, "VCF-ALT", "ALT is empty"),
        ({"alt": "A C"}, "VCF-ALT", "'A C'"),
        ({"alt": "C,,G"}, "VCF-ALT", "'C,,G'"),
        ({"alt": "C,."}, "VCF-ALT", "'C,.'"),
        ({"alt": "<DEL"}, "VCF-ALT", "'<DEL'"),
        ({"alt": "[1:100["}, "VCF-ALT", "'[1:100['"),
        ({"alt": "A[1:x["}, "VCF-ALT", "'A[1:x['"),
        ({"alt": "A[1:10]"}, "VCF-ALT", "'A[1:10]'"),
        ({"qual": "good"}, "VCF-QUAL", "'good'"),
        ({"qual": ""}, "VCF-QUAL", "QUAL is empty"),
        ({"qual": "1e"}, "VCF-QUAL", "'1e'"),
        ({"filter": "my filter"}, "VCF-FILTER", "'my filter'"),
        ({"filter": "PASS;"}, "VCF-FILTER", "'PASS;'"),
        ({"filter": ""}, "VCF-FILTER", "''"),
        ({"format": "GT:AD:GT", "kid": "0/1", "dad": "."}, "VCF-FORMAT-TWICE", "twice"),
        ({"kid": "0/1:1,2:3"}, "VCF-SUBFIELDS", "sample kid has 3 fields, FORMAT names 2"),
        ({"kid": "0/C:1,2"}, "VCF-GT", "sample kid: '0/C'"),
        ({"dad": "0//1"}, "VCF-GT", "sample dad: '0//1'"),
        ({"dad": ""}, "VCF-GT", "sample dad: ''"),
        ({"dad": "0/"}, "VCF-GT", "'0/'"),
        ({"kid": "0.5"}, "VCF-GT", "'0.5'"),
        ({"dad": "0/2"}, "VCF-GT-ALLELE", "sample dad: allele 2 of 0/2 is not in ALT"),
        ({"alt": "C,G", "kid": "2/3"}, "VCF-GT-ALLELE", "allele 3 of 2/3"),
        ({"alt": ".", "kid": "0/2", "dad": "0/0"}, "VCF-GT-ALLELE", "allele 2"),
        ({"format": "AD:GT", "kid": "1,2:0/5", "dad": "."}, "VCF-GT-ALLELE", "allele 5"),
    ],
)
def test_refused(tmp_path: Path, change: dict[str, str], code: str, said: str) -> None:
    good = [row(pos="10"), row(pos="2147483600")]
    path = write(tmp_path / "a.vcf", vcf(good[0], row(**change), good[1], meta=MORE))
    with pytest.raises(InputError) as e, open_vcf(path) as reader:
        list(reader.batches())
    assert (e.value.problem.code, e.value.problem.where) == (code, f"a.vcf line {len(MORE) + 3}")
    assert said in e.value.problem.message
    assert RULES[code].refuse
    with open_vcf(path, skip_bad=True) as reader:
        assert lines_of(reader) == good
        assert reader.rejected_count == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"chrom": "a:1"}, "VCF-CHROM-COLON"),
        ({"id": "rs 1"}, "VCF-ID"),
        ({"id": "rs1;"}, "VCF-ID"),
        ({"ref": "R"}, "VCF-IUPAC"),
        ({"alt": "c,Y", "info": "."}, "VCF-IUPAC"),
        ({"alt": "A"}, "VCF-ALT-IS-REF"),
        ({"qual": "-3"}, "VCF-QUAL-RANGE"),
        ({"qual": "inf"}, "VCF-QUAL-RANGE"),
        ({"filter": "PASS;q10"}, "VCF-FILTER-MIX"),
        ({"filter": "0"}, "VCF-FILTER-MIX"),
        ({"filter": "q10;."}, "VCF-FILTER-MIX"),
        ({"info": "DB;;AC=2"}, "VCF-INFO"),
        ({"info": "AC=2;"}, "VCF-INFO"),
        ({"info": "=2"}, "VCF-INFO"),
        ({"info": ""}, "VCF-INFO"),
        ({"info": "A*=2"}, "VCF-INFO-KEY"),
        ({"info": "X=a b"}, "VCF-INFO-BLANK"),
        ({"info": "AC=-1"}, "VCF-INFO-TYPE"),
        ({"info": "X=1;END=1.5;Y=2"}, "VCF-INFO-TYPE"),
        ({"info": "AF=high"}, "VCF-INFO-TYPE"),
        ({"info": "FLAG=yes"}, "VCF-INFO-TYPE"),
        ({"info": "DB=2"}, "VCF-INFO-TYPE"),
        ({"info": "ONE=1,2"}, "VCF-INFO-TYPE"),
        ({"info": "CHAR=ab"}, "VCF-INFO-TYPE"),
        ({"info": "AC=1,2"}, "VCF-INFO-NUMBER"),
        ({"info": "ADP=1"}, "VCF-INFO-NUMBER"),
        ({"info": "ADP=1,2,3"}, "VCF-INFO-NUMBER"),
        ({"alt": "C,G", "info": "AC=1", "format": "GT"}, "VCF-INFO-NUMBER"),
        ({"format": "GT:A D"}, "VCF-FORMAT"),
        ({"format": "GT::AD", "kid": "0/1", "dad": "."}, "VCF-FORMAT"),
        ({"format": "AD:GT", "kid": "1,2:0/1", "dad": "."}, "VCF-FORMAT-GT"),
        ({"alt": ".", "info": ".", "kid": "0/1", "dad": "0/0"}, "VCF-GT-NO-ALT"),
        ({"kid": "0/1:1"}, "VCF-VALUES"),
        ({"kid": "0/1:1,x"}, "VCF-VALUES"),
        ({"alt": ",".join("CGTCGTCGTCG"), "info": ".", "kid": "0/11:1,2"}, "VCF-VALUES"),
        ({"format": "GT:PL", "kid": "0/1:1,2", "dad": "0:1,2"}, "VCF-VALUES"),
        ({"format": "GT:PL", "kid": "0/1:1,2,3", "dad": "0:1,2,3"}, "VCF-VALUES"),
        ({"format": "GT:CH", "kid": "0/1:ab", "dad": "0:a"}, "VCF-VALUES"),
        ({"format": "GT:F", "kid": "0/1:1.5", "dad": "0"}, "VCF-VALUES"),
        ({"format": "F", "kid": "1.5", "dad": "1,2"}, "VCF-VALUES"),
    ],
)
def test_read_with_a_warning(tmp_path: Path, change: dict[str, str], code: str) -> None:
    if change.get("format", "GT:AD") == "GT:AD" and "," in change.get("alt", ""):
        change = {"kid": "0/1", "dad": "0/0", **change}
    if change.get("format") == "GT":
        change = {"kid": "0/1", "dad": "0/0", **change}
    assert warned(tmp_path, row(**change)) == {code: 1}
    assert not RULES[code].refuse


@pytest.mark.parametrize(
    "change",
    [
        {"chrom": "<ctg1>"},
        {"chrom": "HLA-A*01:01:01:01"},
        {"pos": "0"},
        {"pos": "2147483646"},
        {"id": "rs1;rs2"},
        {"ref": "acgtn"},
        {"alt": "<DUP:TANDEM>"},
        {"alt": "<*>"},
        {"alt": "*"},
        {"alt": "G]17:198982]"},
        {"alt": "]13:123456]AGT"},
        {"alt": "C[<ctg1>:7["},
        {"alt": "C<ctg1>"},
        {"alt": ".TGCA"},
        {"alt": "TGCA."},
        {"alt": "<NON_REF>"},
        {"qual": "."},
        {"qual": "1.5e-10"},
        {"qual": "-0.00"},
        {"filter": "."},
        {"filter": "q10;s50"},
        {"info": "."},
        {"info": "1000GAF=0.1;X-1=2;DB;FLAG;CADD=11.85"},
        {"info": "AC=.;AF=1e-5;END=5;CHAR=a;ONE=-2;DB=1"},
        {"info": "ADP=1,2"},
        {"kid": "."},
        {"kid": "./."},
        {"kid": "0/."},
        {"kid": "1"},
        {"kid": "/0/1"},
        {"kid": "|0|1"},
        {"kid": "0|1|1:."},
        {"kid": "0/1:.,3"},
        {"format": "GT:PL", "kid": "0/1:1,2,3", "dad": "1:1,2"},
        {"format": "GT:PL", "kid": "0/1/1:1,2,3,4", "dad": ".:1,2,3"},
        {"format": "GT:F", "kid": "0/1:1.5e-3,nan", "dad": "0"},
        {"format": "UNKNOWN", "kid": "a,b", "dad": "."},
        {"alt": "<DEL>", "format": "GT:F:UNKNOWN", "kid": "1/1:.:x", "dad": "0/0"},
        {"alt": ".", "info": ".", "kid": "0/0:5", "dad": "./."},
    ],
)
def test_left_alone(tmp_path: Path, change: dict[str, str]) -> None:
    assert warned(tmp_path, row(**change)) == {}


def test_blanks_in_info_are_right_from_version_4_3(tmp_path: Path) -> None:
    meta = ("##fileformat=VCFv4.3", *MORE[1:])
    assert warned(tmp_path, row(info="X=a b"), meta=meta) == {}


def test_many_alleles(tmp_path: Path) -> None:
    alts = [a + b for a in "ACGT" for b in "CGTA"][:12]
    depths = ",".join("1" * 13)
    good = row(alt=",".join(alts), info=".", kid=f"0/12:{depths}", dad="10|11")
    assert warned(tmp_path, good) == {}
    bad = good.replace("10|11", "10|13")
    with (
        pytest.raises(InputError, match=r"VCF-GT-ALLELE .*allele 13"),
        open_vcf(write(tmp_path / "b.vcf", vcf(bad))) as reader,
    ):
        list(reader.batches())


def test_order(tmp_path: Path) -> None:
    rows = [row(chrom=c, pos=p) for c, p in (("1", "5"), ("1", "4"), ("2", "9"), ("1", "6"))]
    assert warned(tmp_path, *rows) == {"VCF-ORDER": 1, "VCF-CONTIGUOUS": 1}


def test_order_and_duplicates_over_batches(tmp_path: Path) -> None:
    pad = "AC=1;X=" + "x" * 900
    rows = [row(pos=str(n), info=pad) for n in range(1, 40_001)]
    path = write(tmp_path / "a.vcf.gz", vcf(*rows), "bgzf")
    with open_vcf(path) as reader:
        first = next(reader.batches()).num_rows
    assert 0 < first < 40_000
    back = [*rows[:first], row(pos=str(first - 5), info=pad), row(pos=str(first - 5), info=pad)]
    path = write(tmp_path / "b.vcf.gz", vcf(*back), "bgzf")
    with open_vcf(path) as reader:
        lines_of(reader)
        found = [(w.line, w.code) for w in reader.warnings]
    assert found == [(first + 6, "VCF-ORDER"), (first + 7, "VCF-DUPLICATE")]


def test_duplicates(tmp_path: Path) -> None:
    rows = [row(alt="C"), row(alt="G"), row(alt="C"), row(pos="101", alt="C")]
    assert warned(tmp_path, *rows) == {"VCF-DUPLICATE": 1}
    assert warned(tmp_path, row(alt="<INS>"), row(alt="<INS>")) == {}
    assert warned(tmp_path, row(chrom="1"), row(chrom="2")) == {}


def test_repeated_warnings_are_counted(tmp_path: Path) -> None:
    rows = [row(pos=str(n), info="A;;B") for n in range(1, 101)]
    with open_vcf(write(tmp_path / "a.vcf", vcf(*rows))) as reader:
        list(reader.batches())
        assert reader.warning_counts == {"VCF-INFO": 100}
        assert len(reader.warnings) == LISTED + 1
        assert [w.line for w in reader.warnings[:LISTED]] == list(range(6, 6 + LISTED))
        assert reader.warnings[-1].message.endswith("; and 80 more")


def test_a_key_that_is_always_wrong_is_given_up_in_words(tmp_path: Path) -> None:
    rows = [row(pos=str(n), info="ADP=1", kid="0/1:1") for n in range(1, 3001)]
    path = write(tmp_path / "a.vcf.gz", vcf(*rows, meta=MORE), "bgzf")
    with open_vcf(path) as reader:
        assert lines_of(reader) == rows
        assert reader.warning_counts == {"VCF-VALUES": 1000, "VCF-INFO-NUMBER": 1000}
        ends = [w.message for w in reader.warnings if w.message.endswith(" more")]
    assert len(ends) == 2
    assert all(m.endswith(f"; and at least {1000 - LISTED} more") for m in ends)


def test_warning_log() -> None:
    log = WarningLog()
    log.add(3, "A", "x")
    log.add_many("B", [1, 2], lambda i: f"b{i}")
    log.add_many("B", [], lambda i: "never")
    assert log.listed() == [Warning(3, "A", "x"), Warning(1, "B", "b0"), Warning(2, "B", "b1")]
    assert log.counts == {"A": 1, "B": 2}
