"""Coordinates and identity at the edge."""

from __future__ import annotations

import bioframe
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_layer.errors import InputError
from data_layer.region import (
    MAX_VID,
    NAMES,
    OTHER,
    Build,
    Region,
    chrom_code,
    chrom_name,
    sv_vid,
    vid,
)


@pytest.mark.parametrize(("build", "ucsc"), [(Build.GRCH38, "hg38"), (Build.GRCH37, "hg19")])
def test_sizes_are_those_of_the_assembly(build: Build, ucsc: str) -> None:
    sizes = bioframe.assembly_info(ucsc).seqinfo.set_index("name").length
    mine = dict(zip(NAMES, build.sizes, strict=True))
    assert {c: mine[c] for c in NAMES[:24]} == {c: int(sizes[c]) for c in NAMES[:24]}
    assert mine["chrM"] == 16569


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("7:55,019,017-55,211,628", 55019016, 55211628),
        ("chr7:55019017..55211628", 55019016, 55211628),
        ("chr7:1kb-2M", 999, 2_000_000),
        ("chr7:100", 99, 100),
        ("7", 0, 159345973),
    ],
)
def test_parse_reads_what_people_type(text: str, start: int, end: int) -> None:
    region = Region.parse(text, Build.GRCH38)
    assert (region.chrom, region.start, region.end) == (7, start, end)


@pytest.mark.parametrize(
    "text", ["", "chr99:1-2", "7:0-5", "7:9-5", "7:999999999", "BRCA1", "7:a-b", "7:" + "9" * 400]
)
def test_parse_refuses_with_a_way_out(text: str) -> None:
    with pytest.raises(InputError):
        Region.parse(text, Build.GRCH38)


def test_a_name_of_digits_alone_is_some_other_contig() -> None:
    assert [chrom_code(n) for n in ("22", "chr1", "0", "01", "26", "9" * 5000)] == [
        22, 1, OTHER, OTHER, OTHER, OTHER
    ]  # fmt: skip


@given(st.integers(1, 25), st.data())
def test_genome_axis_goes_both_ways(chrom: int, data: st.DataObject) -> None:
    build = data.draw(st.sampled_from(list(Build)))
    start = data.draw(st.integers(0, build.size(chrom) - 1))
    assert build.locate(build.gpos(chrom, start)) == (chrom, start)


@given(st.integers(1, 25), st.data())
def test_region_text_reads_back(chrom: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, Build.GRCH37.size(chrom) - 1))
    end = data.draw(st.integers(start + 1, Build.GRCH37.size(chrom)))
    region = Region(Build.GRCH37, chrom, start, end)
    assert Region.parse(region.text(), Build.GRCH37) == region


def test_codes_of_names() -> None:
    assert [chrom_code(n) for n in ("1", "chr22", "X", "chrY", "MT", "chrM", "M")] == [
        1, 22, 23, 24, 25, 25, 25,
    ]  # fmt: skip
    assert {chrom_code(n) for n in ("GL000192.1", "chrUn_KI270302v1", "0", "01", "26", "")} == {
        OTHER
    }
    assert chrom_name(23) == "chrX"


def test_identity_is_one_based_and_short() -> None:
    assert vid(Build.GRCH38, "chr9", 127682509, "G", "A") == "GRCh38-chr9-127682510-G-A"
    long = vid(Build.GRCH38, "chr9", 0, "A" * 200, "C")
    assert len(long) == 64 <= MAX_VID
    assert long != vid(Build.GRCH38, "chr9", 0, "A" * 201, "C")
    assert sv_vid(Build.GRCH37, "chr15", 30, 90, "DEL", "") == "GRCh37-chr15-31-90-DEL-"


def test_par_is_diploid_ground() -> None:
    assert Build.GRCH38.in_par(23, 10000)
    assert not Build.GRCH38.in_par(23, 2781479)
    assert not Build.GRCH38.in_par(7, 10000)


def test_build_names() -> None:
    assert {Build.parse(t) for t in ("38", "hg38", "GRCh38", "GRCh38.p14")} == {Build.GRCH38}
    assert {Build.parse(t) for t in ("37", "hg19", "b37", "grch37")} == {Build.GRCH37}
    with pytest.raises(InputError):
        Build.parse("T2T")
