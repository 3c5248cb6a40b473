"""The header of a VCF: definitions, consequence fields, samples, and what is odd in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest.header import FieldDef, VcfHeader, csq_fields, header_end
from data_layer.ingest.text import open_vcf
from tests.vcf_made import HEAD, META, vcf, write


def header(tmp_path: Path, *meta: str, head: tuple[str, ...] = HEAD) -> VcfHeader:
    with open_vcf(write(tmp_path / "a.vcf", vcf(meta=meta, head=head))) as reader:
        return reader.header


def codes(found: VcfHeader) -> list[tuple[int, str]]:
    return [(w.line, w.code) for w in found.warnings]


def test_definitions(tmp_path: Path) -> None:
    found = header(
        tmp_path,
        "##fileformat=VCFv4.3",
        '##INFO=<ID=1000G-AF+x.y,Number=A,Type=Float,Description="a, \\"b\\" = <c>",Source="x">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FILTER=<ID=q10,Description="low">',
        "##contig=<ID=chr1,length=100,assembly=x>",
        "##contig=<ID=chrUn>",
        "##NrCases=3236",
        "##bcftools_viewCommand=view -i 'A=1' x",
        "##bcftools_viewCommand=view y",
    )
    assert found.fileformat == "VCFv4.3"
    assert found.info == {"1000G-AF+x.y": FieldDef("1000G-AF+x.y", "A", "Float", 'a, "b" = <c>')}
    assert found.formats["GT"] == FieldDef("GT", "1", "String", "Genotype")
    assert found.filters == {"q10": "low"}
    assert found.contigs == [("chr1", 100), ("chrUn", None)]
    assert found.samples == ("kid", "dad")
    assert found.meta["NrCases"] == ["3236"]
    assert found.meta["bcftools_viewCommand"] == ["view -i 'A=1' x", "view y"]
    assert found.warnings == []
    assert found.line_count == 10
    assert found.text.startswith("##fileformat=VCFv4.3\n")
    assert found.text.endswith("FORMAT\tkid\tdad\n")


@pytest.mark.parametrize(
    ("description", "fields"),
    [
        (
            "Consequence annotations from Ensembl VEP. Format: Allele|Consequence|IMPACT",
            ("Allele", "Consequence", "IMPACT"),
        ),
        (
            "Functional annotations: 'Allele | Annotation | ERRORS / WARNINGS / INFO' ",
            ("Allele", "Annotation", "ERRORS / WARNINGS / INFO"),
        ),
        (
            "Local consequence annotation from BCFtools/csq, see http://x for details. "
            "Format: [*]Consequence|gene|transcript",
            ("Consequence", "gene", "transcript"),
        ),
        ("Format: 'A|B'", ("A", "B")),
        ("no list of fields", ()),
    ],
)
def test_consequence_fields(description: str, fields: tuple[str, ...]) -> None:
    assert csq_fields(description) == fields


def test_consequence_keys(tmp_path: Path) -> None:
    lines = [
        f'##INFO=<ID={key},Number=.,Type=String,Description="Format: {key}a|b">'
        for key in ("CSQ", "ANN", "BCSQ", "OTHER")
    ]
    assert header(tmp_path, "##fileformat=VCFv4.2", *lines).csq == {
        "CSQ": ("CSQa", "b"),
        "ANN": ("ANNa", "b"),
        "BCSQ": ("BCSQa", "b"),
    }


@pytest.mark.parametrize("version", ["4.0", "4.1", "4.2", "4.3", "4.4", "4.5"])
def test_versions_that_are_read(tmp_path: Path, version: str) -> None:
    assert header(tmp_path, f"##fileformat=VCFv{version}").warnings == []


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("##source=x", "the first line is not ##fileformat"),
        ("##fileformat=VCF v4.1", "says 'VCF v4.1'"),
        ("##fileformat=VCFv4.2\t", "says 'VCFv4.2\\t'"),
        ("##fileformat=VCFv4.9", "is newer than 4.5"),
    ],
)
def test_versions_that_are_warned_of(tmp_path: Path, first: str, said: str) -> None:
    (warning,) = header(tmp_path, first).warnings
    assert (warning.line, warning.code) == (1, "VCF-FILEFORMAT")
    assert said in warning.message


def test_a_version_before_four_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="VCF-VERSION"):
        header(tmp_path, "##fileformat=VCFv3.3")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("##some text", "VCF-META"),
        ("# a remark", "VCF-META"),
        ("##reference=", "VCF-META"),
        ('##INFO=<ID=A,Number=1,Type=String,Description="x"', "VCF-META"),
        ('##INFO=<ID=A,Number=1,Type=String,Description="x "y" z">', "VCF-META"),
        ('##INFO=<ID=A B,Number=1,Type=String,Description="x">', "VCF-META-ID"),
        ('##INFO=<Number=1,Type=String,Description="x">', "VCF-META-ID"),
        ('##INFO=<ID=A,Number=N,Type=String,Description="x">', "VCF-META-NUMBER"),
        ('##INFO=<ID=A,Number=1,Type=Int,Description="x">', "VCF-META-TYPE"),
        ('##FORMAT=<ID=A,Number=0,Type=Flag,Description="x">', "VCF-META-TYPE"),
        ("##INFO=<ID=A,Number=1,Type=String,Description=x>", "VCF-META-DESCRIPTION"),
        ('##INFO=<ID=A,Type=String,Number=1,Description="x">', "VCF-META-ORDER"),
        ('##INFO=<ID=END,Number=1,Type=String,Description="x">', "VCF-META-RESERVED"),
        ('##ALT=<ID=ODD,Description="x">', "VCF-META-ALT"),
        ("##contig=<length=5>", "VCF-META-ID"),
        ("", "VCF-BLANK-LINE"),
    ],
)
def test_odd_lines_are_warned_of(tmp_path: Path, line: str, code: str) -> None:
    assert codes(header(tmp_path, META[0], line)) == [(2, code)]


def test_quotes_that_do_not_pair_keep_the_text(tmp_path: Path) -> None:
    found = header(
        tmp_path,
        META[0],
        '##INFO=<ID=CSQ,Number=.,Type=String,Description="so-called "VEP". Format: A|B">',
    )
    assert found.csq == {"CSQ": ("A", "B")}


def test_a_key_defined_twice_keeps_the_first(tmp_path: Path) -> None:
    lines = [f'##INFO=<ID=A,Number=1,Type={t},Description="x">' for t in ("Integer", "String")]
    found = header(tmp_path, META[0], *lines)
    assert found.info["A"].type == "Integer"
    assert codes(found) == [(3, "VCF-META-TWICE")]


@pytest.mark.parametrize(
    ("head", "code", "said"),
    [
        ((*HEAD[:9], "kid", "kid"), "VCF-SAMPLES", "'kid' stands twice"),
        ((*HEAD[:9], "kid", ""), "VCF-SAMPLES", "has no name"),
        (HEAD[:7], "VCF-HEADER", "column 8 must be INFO and is missing"),
        (("#CHROM", "POSITION", *HEAD[2:]), "VCF-HEADER", "column 2 must be POS"),
        ((*HEAD[:8], "kid"), "VCF-HEADER", "column 9 must be FORMAT"),
        (("#CHROM POS ID REF ALT QUAL FILTER INFO",), "VCF-HEADER", "a tab ends each column"),
    ],
)
def test_wrong_columns_are_refused(
    tmp_path: Path, head: tuple[str, ...], code: str, said: str
) -> None:
    with pytest.raises(InputError) as e:
        header(tmp_path, META[0], head=head)
    assert e.value.problem.code == code
    assert e.value.problem.where == "a.vcf line 2"
    assert said in e.value.problem.message


def test_a_header_line_without_its_sign_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"VCF-HEADER at a\.vcf line 2"):
        header(tmp_path, META[0], "INFO=<ID=A>")


def test_a_header_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", vcf(meta=(META[0], "##x=\xe5")).encode("latin1"))
    with pytest.raises(InputError, match=r"VCF-UTF8 at a\.vcf line 2: .*0xe5"):
        open_vcf(path)


def test_format_without_samples_is_warned_of(tmp_path: Path) -> None:
    found = header(tmp_path, META[0], head=HEAD[:9])
    assert found.has_format
    assert found.samples == ()
    assert codes(found) == [(2, "VCF-NO-SAMPLES")]


def test_where_a_header_ends() -> None:
    text = b"##a=b\n#CHROM\tPOS\n1\t2\n"
    assert header_end(text) == 17
    assert header_end(text[:16]) is None
    assert header_end(text[:8]) is None
    assert header_end(b"##a=b\nx\n") == 6
