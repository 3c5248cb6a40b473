"""Wiggle: where each value lies, what is no value, and what is refused."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest import table_text
from tests.format_read import feeds_of, read, rows_of


def write(tmp_path: Path, text: str, name: str = "a.wig") -> Path:
    path = tmp_path / name
    raw = text.encode()
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path


def test_fixed_and_variable_steps_in_one_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "browser position chr1\n# made by hand\ntrack type=wiggle_0 name=x\n"
        "fixedStep chrom=chr1 start=101 step=10 span=5\n1\n2.5\n-3e2\n"
        "variableStep chrom=chrX span=7\n1 4\n20\t5\n"
        "variableStep chrom=MT\n9 .5\n"
        "fixedStep  chrom=2\tstart=1 step=2\n8\n9\n",
        "a.wig.gz",
    )
    assert read(path) == [
        ("chr1", 100, 105, 1.0), ("chr1", 110, 115, 2.5), ("chr1", 120, 125, -300.0),
        ("chrX", 0, 7, 4.0), ("chrX", 19, 26, 5.0), ("MT", 8, 9, 0.5),
        ("2", 0, 1, 8.0), ("2", 2, 3, 9.0),
    ]  # fmt: skip
    (feed,) = feeds_of(path)
    assert (feed.format, feed.kind, feed.name, feed.sample) == ("wiggle", "signal", "depth", None)


def test_words_of_no_value_are_null_and_infinities_stay(tmp_path: Path) -> None:
    words = ["NaN", "nan", "-nan", "NA", ".", "inf", "-Inf", "+1"]
    path = write(tmp_path, "fixedStep chrom=1 start=1 step=1\n" + "\n".join(words) + "\n")
    values = [None] * 5 + [math.inf, -math.inf, 1.0]
    assert read(path) == [("1", i, i + 1, v) for i, v in enumerate(values)]


def test_a_step_goes_on_over_the_edges_of_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_layer.ingest.gzip_stream._READ", 64)
    body = "".join(f"{i}\n" for i in range(500))
    path = write(tmp_path, f"fixedStep chrom=1 start=1 step=100 span=100\n{body}")
    assert read(path) == [("1", i * 100, i * 100 + 100, float(i)) for i in range(500)]


def test_tiddit_bins_are_as_wide_as_the_step_and_its_quality_is_passed_over(
    tmp_path: Path,
) -> None:
    path = write(
        tmp_path,
        'track type=wiggle_0 name="Coverage" description="Per bin average coverage"\n'
        "fixedStep chrom=1 start=1 step=500\n30.5\n0\n"
        'track type=wiggle_0 name="MapQ" description="Per bin average mapping quality"\n'
        "fixedStep chrom=1 start=1 step=500\n60\n60\n",
        "s1_tidditcov.wig",
    )
    (feed,) = feeds_of(path)
    assert (feed.format, feed.name) == ("TIDDIT coverage", "depth")
    with feed.open(False) as reader:
        assert rows_of(reader) == [("1", 0, 500, 30.5), ("1", 500, 1000, 0.0)]
        assert reader.records == 4
        assert [(w.line, w.code) for w in reader.warnings] == [(5, "WIG-SKIPPED")]


def test_rhocallviz_is_autozygosity_with_no_value_where_sites_are_few(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'track type=wiggle_0 description="Fraction of homozygous snps"\n'
        "fixedStep chrom=1 start=1 step=10000\nNaN\n0.75\n",
        "output.wig",
    )
    (feed,) = feeds_of(path)
    assert (feed.format, feed.name) == ("rhocallviz", "roh")
    assert read(path) == [("1", 0, 10000, None), ("1", 10000, 20000, 0.75)]


@pytest.mark.parametrize(
    ("text", "code", "line", "why"),
    [
        ("fixedStep chrom=1 start=1 step=1\n1\nx7\n", "WIG-VALUE", 3, "x7"),
        ("fixedStep chrom=1 start=1 step=1\n1 2\n", "WIG-VALUE", 2, "1 2"),
        ("variableStep chrom=1\n5\n", "WIG-VALUE", 2, "a place, from 1, and a value"),
        ("variableStep chrom=1\n0 5\n", "WIG-VALUE", 2, "a place, from 1"),
        ("variableStep chrom=1\n-4 5\n", "WIG-VALUE", 2, "-4 5"),
        ("fixedStep start=1 step=1\n1\n", "WIG-DECLARATION", 1, "no chrom="),
        ("fixedStep chrom=1 step=1\n1\n", "WIG-DECLARATION", 1, "no start="),
        ("fixedStep chrom=1 start=0 step=1\n1\n", "WIG-DECLARATION", 1, "start is '0'"),
        ("fixedStep chrom=1 start=1 step=x\n1\n", "WIG-DECLARATION", 1, "step is 'x'"),
        ("variableStep chrom=1 span=0\n1 1\n", "WIG-DECLARATION", 1, "span is '0'"),
        (
            "track type=wiggle_0\nfixedStep chrom=1 start=1 step=1\n1\ntrack type=wiggle_0\n",
            "WIG-TRACKS", 4, "second track",
        ),
        (
            "fixedStep chrom=1 start=1 step=1\n1\ntrack type=wiggle_0\n2\n",
            "WIG-DECLARATION", 4, "before any",
        ),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_with_its_line(
    tmp_path: Path, text: str, code: str, line: int, why: str
) -> None:
    with pytest.raises(InputError) as error:
        read(write(tmp_path, text))
    problem = error.value.problem
    assert (problem.code, problem.where) == (code, f"a.wig line {line}")
    assert why in problem.message
    assert problem.fix


def test_a_value_set_aside_keeps_the_places_of_the_others(tmp_path: Path) -> None:
    path = write(tmp_path, "fixedStep chrom=1 start=1 step=10 span=10\n1\noops\n3\n")
    with feeds_of(path)[0].open(True) as reader:
        assert rows_of(reader) == [("1", 0, 10, 1.0), ("1", 20, 30, 3.0)]
        assert (reader.records, reader.rejected_count) == (3, 1)
    assert "oops" in (tmp_path / "a.wig.rejected").read_text()


def test_a_cut_gzip_is_refused(tmp_path: Path) -> None:
    values = "".join(f"{i % 97}\n" for i in range(5000))
    path = write(tmp_path, f"fixedStep chrom=1 start=1 step=1\n{values}", "a.wig.gz")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match=r"TEXT-TRUNCATED at a\.wig\.gz"):
        read(path)


def test_lines_that_end_as_on_windows(tmp_path: Path) -> None:
    path = write(tmp_path, "fixedStep chrom=1 start=1 step=1\r\n1\r\n2\r\n")
    assert read(path) == [("1", 0, 1, 1.0), ("1", 1, 2, 2.0)]


def test_the_reader_leaves_other_files_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "chr1\t0\t10\t1\n", "a.wig")
    assert feeds_of(path) == ()


def test_words_of_no_value_are_the_tables(tmp_path: Path) -> None:
    lines = "\n".join(w for w in table_text.NOTHING if w)
    path = write(tmp_path, f"fixedStep chrom=1 start=1 step=1\n{lines}\n")
    assert {value for *_, value in read(path)} == {None}
