"""Bands by place, and the pseudo-autosomal table against the coordinates in region."""

from __future__ import annotations

from itertools import pairwise

import pyarrow.parquet as pq
import pytest

from data_layer.reference.bands import band_at, band_span, bands, centromere
from data_layer.region import Build
from data_layer.settings import asset_path

BUILDS = list(Build)


@pytest.mark.parametrize("build", BUILDS)
def test_bands_tile_every_chromosome(build: Build) -> None:
    rows = bands(build)
    for chrom in range(1, 26):
        mine = [b for b in rows if b.chrom == chrom]
        assert mine[0].start == 0
        assert mine[-1].end == build.size(chrom)
        assert all(a.end == b.start for a, b in pairwise(mine))
    assert {b.chrom for b in rows} == set(range(1, 26))


@pytest.mark.parametrize("build", BUILDS)
def test_each_centromere_is_two_bands_between_the_arms(build: Build) -> None:
    for chrom in range(1, 25):
        found = [b for b in bands(build) if b.chrom == chrom and b.stain == "acen"]
        assert [b.name[0] for b in found] == ["p", "q"]
        assert centromere(build, chrom) == (found[0].start, found[1].end)
        arms = "".join(b.name[0] for b in bands(build) if b.chrom == chrom)
        assert arms == "p" * arms.count("p") + "q" * arms.count("q")
    assert centromere(build, 25) is None


@pytest.mark.parametrize("build", BUILDS)
def test_band_at_every_edge(build: Build) -> None:
    for b in bands(build):
        assert band_at(build, b.chrom, b.start) == b
        assert band_at(build, b.chrom, b.end - 1) == b
    assert band_at(build, 1, build.size(1)) is None
    assert band_at(build, 26, 5) is None


def test_band_text() -> None:
    found = band_at(Build.GRCH38, 9, 127_682_509)
    assert found is not None
    assert found.text == "9q34.11"
    assert {b.stain for b in bands(Build.GRCH38)} == {
        "gneg", "gpos25", "gpos50", "gpos75", "gpos100", "acen", "gvar", "stalk",
    }  # fmt: skip


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("chrom", [23, 24])
def test_par_table_says_what_region_says(build: Build, chrom: int) -> None:
    rows = pq.read_table(asset_path("reference", "par.parquet")).to_pylist()
    mine = [(r["start"], r["end"]) for r in rows if r["build"] == build and r["chrom"] == chrom]
    assert tuple(mine) == build.par(chrom)


@pytest.mark.parametrize("build", BUILDS)
def test_a_band_a_group_and_an_arm_have_a_span(build: Build) -> None:
    for band in bands(build):
        if band.name and "." in band.name:
            assert band_span(build, band.text) == (band.chrom, band.start, band.end)
    whole = band_span(build, "chr9q")
    group = band_span(build, "9q34")
    middle = centromere(build, 9)
    assert whole is not None
    assert group is not None
    assert middle is not None
    assert middle[0] < whole[1] < middle[1]
    assert group[2] == whole[2] == build.size(9)
    assert whole[1] < group[1]
    for text in ("q13", "9q99", "25p11", "9", "9q3 4", "9qq", ""):
        assert band_span(build, text) is None
