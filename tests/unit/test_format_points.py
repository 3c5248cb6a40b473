"""Tables of points: mosdepth, bedGraph, CNVkit bins, GATK ratios and UPD sites."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import pytest

from data_layer.errors import InputError
from tests.format_read import feeds_of, read, rows_of

CNR = (
    "chromosome\tstart\tend\tgene\tlog2\tdepth\tweight\n"
    "1\t100\t200\tTP53\t-0.5\t30.25\t0.9\n"
    "1\t200\t9000\tAntitarget\t\t0\t0.5\n"
    "X\t5\t10\t-\t1.25\t60\t1\n"
)
GATK = (
    "@HD\tVN:1.6\n@SQ\tSN:1\tLN:249250621\n@RG\tID:GATKCopyNumber\tSM:NA12878\n"
    "CONTIG\tSTART\tEND\tLOG2_COPY_RATIO\n1\t1\t1000\t-0.25\n1\t1001\t2000\tNaN\n"
)


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def test_mosdepth_regions_with_and_without_names(tmp_path: Path) -> None:
    plain = write(tmp_path, "s.regions.bed.gz", "chr1\t0\t500\t31.20\nchrM\t0\t500\t0.00\n")
    named = write(tmp_path, "n.regions.bed.gz", "1\t5\t9\tBRCA2;x\t7.5\n1\t9\t12\t\t8\n")
    assert read(plain) == [("chr1", 0, 500, pytest.approx(31.2)), ("chrM", 0, 500, 0.0)]
    assert read(named) == [("1", 5, 9, 7.5), ("1", 9, 12, 8.0)]
    (feed,) = feeds_of(plain)
    assert (feed.format, feed.name) == ("mosdepth regions", "depth")


def test_mosdepth_per_base(tmp_path: Path) -> None:
    path = write(tmp_path, "s.per-base.bed.gz", "1\t0\t9999\t0\n1\t9999\t10003\t12\n")
    assert read(path) == [("1", 0, 9999, 0.0), ("1", 9999, 10003, 12.0)]
    assert feeds_of(path)[0].format == "mosdepth per-base"


@pytest.mark.parametrize(
    ("name", "line", "why"),
    [
        ("s.quantized.bed.gz", "1\t0\t10\t0:1\n", "ranges of depth"),
        ("s.thresholds.bed.gz", "#chrom\tstart\tend\tregion\t1X\n", "counts the bases"),
    ],
)  # fmt: skip
def test_mosdepths_other_files_are_refused_in_words(
    tmp_path: Path, name: str, line: str, why: str
) -> None:
    with pytest.raises(InputError, match="MOSDEPTH-KIND") as error:
        feeds_of(write(tmp_path, name, line))
    assert why in error.value.problem.message
    assert "regions.bed.gz" in error.value.problem.fix


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "track type=bedGraph name=x\nchr1\t0\t10\t1.5\nchr1\t10\t20\t-inf\n"),
        ("a.txt", 'browser x\n# y\ntrack type="bedGraph"\nchr1 0 10 1.5\nchr1  10 20\t-inf\n'),
        ("a.bedgraph", "chr1\t0\t10\t1.5\nchr1\t10\t20\t-inf\n"),
        ("a.bdg.gz", "chr1\t0\t10\t1.5\nchr1\t10\t20\t-inf\n"),
        ("a.wig", "track type=wiggle_0\nchr1 0 10 1.5\nchr1 10 20 -inf\n"),
    ],
)
def test_bedgraph_by_track_line_or_name(tmp_path: Path, name: str, text: str) -> None:
    path = write(tmp_path, name, text)
    assert feeds_of(path)[0].format == "bedGraph"
    assert read(path) == [("chr1", 0, 10, 1.5), ("chr1", 10, 20, -math.inf)]


def test_bedgraph_signal_follows_from_name_and_values(tmp_path: Path) -> None:
    said = {
        "s.depth.bedgraph": "1\t0\t1\t-1\n",
        "s.bedgraph": "1\t0\t1\t5\n",
        "r.bedgraph": "1\t0\t1\t5\n1\t1\t2\t-0.5\n",
        "s.coverage.bedgraph": "1\t0\t1\t-0.5\n",
        "s.maf.bedgraph": "1\t0\t1\t0.3\n",
    }
    names = [feeds_of(write(tmp_path, name, text))[0].name for name, text in said.items()]
    assert names == ["depth", "depth", "log2", "coverage", "maf"]


def test_copy_numbers_in_a_bedgraph_are_not_a_signal(tmp_path: Path) -> None:
    path = write(tmp_path, "HG002.copynum.bedgraph", "chr1\t0\t10\t2\n")
    assert [f.kind for f in feeds_of(path)] == ["segments"]


def test_cnvkit_bins_give_ratio_and_depth(tmp_path: Path) -> None:
    path = write(tmp_path, "tumour.cnr", CNR)
    assert [(f.name, f.kind) for f in feeds_of(path)] == [("log2", "signal"), ("depth", "signal")]
    assert read(path, 0) == [
        ("1", 100, 200, -0.5), ("1", 200, 9000, None), ("X", 5, 10, 1.25),
    ]  # fmt: skip
    assert [v for *_, v in read(path, 1)] == [30.25, 0.0, 60.0]


def test_cnvkit_bins_of_old_have_no_depth_and_segments_are_others(tmp_path: Path) -> None:
    old = "\n".join(
        "\t".join(np for i, np in enumerate(x.split("\t")) if i != 5) for x in CNR.split("\n")
    )
    assert [f.name for f in feeds_of(write(tmp_path, "a.cnr", old))] == ["log2"]
    segments = "chromosome\tstart\tend\tgene\tlog2\tdepth\tprobes\tweight\n1\t1\t2\t-\t0\t1\t3\t1\n"
    assert [f.kind for f in feeds_of(write(tmp_path, "a.cns", segments))] == ["segments"]


def test_gatk_ratios_count_from_one_and_name_sample_and_build(tmp_path: Path) -> None:
    path = write(tmp_path, "s.denoisedCR.tsv", GATK)
    (feed,) = feeds_of(path)
    assert (feed.format, feed.name) == ("GATK denoised copy ratios", "log2")
    assert (feed.sample, feed.build) == ("NA12878", "GRCh37")
    assert read(path) == [("1", 0, 1000, -0.25), ("1", 1000, 2000, None)]
    standardised = write(tmp_path, "s.standardizedCR.tsv", GATK)
    assert feeds_of(standardised)[0].format == "GATK standardised copy ratios"


def test_gatk_allelic_counts_become_fractions_where_reads_suffice(tmp_path: Path) -> None:
    head = (
        GATK.split("CONTIG")[0]
        + "CONTIG\tPOSITION\tREF_COUNT\tALT_COUNT\tREF_NUCLEOTIDE\tALT_NUCLEOTIDE\n"
    )
    body = "1\t100\t15\t5\tA\tC\n1\t200\t4\t5\tA\tC\n2\t7\t0\t10\tG\tT\n"
    path = write(tmp_path, "s.allelicCounts.tsv", head + body)
    assert read(path) == [("1", 99, 100, 0.25), ("2", 6, 7, 1.0)]
    (feed,) = feeds_of(path)
    assert (feed.format, feed.name, feed.sample) == ("GATK allelic counts", "baf", "NA12878")
    path.write_text(head + "1\t100\t15\t.\tA\tC\n")
    with pytest.raises(InputError, match=r"ALT_COUNT is '\.'"):
        read(path)


def test_hdf5_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "s.counts.hdf5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(InputError, match="GATK-HDF5"):
        feeds_of(path)


def test_upd_sites_become_codes(tmp_path: Path) -> None:
    kinds = [
        "UNINFORMATIVE", "UPD_MATERNAL_ORIGIN", "UPD_PATERNAL_ORIGIN", "ANTI_UPD",
        "PB_HOMOZYGOUS", "PB_HETEROZYGOUS",
    ]  # fmt: skip
    path = write(
        tmp_path, "s.upd.bed", "".join(f"1\t{i}\t{i + 1}\t{k}\n" for i, k in enumerate(kinds))
    )
    assert (feeds_of(path)[0].format, feeds_of(path)[0].name) == ("UPD sites", "upd")
    assert read(path) == [("1", i, i + 1, v) for i, v in enumerate([None, 1.0, 2.0, 0.0, 3.0, 3.0])]


def test_an_unknown_kind_of_site_is_refused_or_set_aside(tmp_path: Path) -> None:
    path = write(tmp_path, "s.bed", "1\t0\t1\tANTI_UPD\n1\t1\t2\tODD\n1\t2\t3\tANTI_UPD\n")
    with pytest.raises(InputError, match=r"UPD-KIND at s\.bed line 2: kind is 'ODD'"):
        read(path)
    with feeds_of(path)[0].open(True) as reader:
        assert len(rows_of(reader)) == 2
        assert (reader.records, reader.rejected_count) == (3, 1)


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [
        ("s.regions.bed", "1\t0\t10\t3\n1\t10\t20\tx\n", "depth is 'x'"),
        ("s.regions.bed", "1\t0\t10\t3\n1\tten\t20\t3\n", "start is 'ten'"),
        ("s.bedgraph", "1\t0\t10\t3\n1\t10\t2_0\t3\n", "end is '2_0'"),
        ("s.cnr", CNR.replace("1.25", "1,25"), "log2 is '1,25'"),
        ("s.denoisedCR.tsv", GATK.replace("-0.25", "low"), "LOG2_COPY_RATIO is 'low'"),
    ],
)
def test_a_wrong_number_is_refused_with_line_field_and_value(
    tmp_path: Path, name: str, text: str, field: str
) -> None:
    path = write(tmp_path, name, "track type=bedGraph\n" + text if "bedgraph" in name else text)
    with pytest.raises(InputError, match="TEXT-NUMBER") as error:
        read(path)
    assert field in error.value.problem.message
    assert f"{name} line " in error.value.problem.where


@pytest.mark.parametrize("name", ["s.per-base.bed.gz", "s.bedgraph.gz", "s.cnr.gz"])
def test_a_cut_file_is_refused(tmp_path: Path, name: str) -> None:
    lines = [f"1\t{i}\t{i + 1}\t{i % 30}\n" for i in range(2000)]
    if ".cnr" in name:
        head, *_ = CNR.split("\n")
        lines = [head + "\n"] + [f"1\t{i}\t{i + 1}\t-\t0.1\t{i}\t1\n" for i in range(2000)]
    path = write(tmp_path, name, "".join(lines))
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(InputError, match="TEXT-TRUNCATED"):
        read(path)
