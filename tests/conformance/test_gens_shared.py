"""Gens' own example made into beds by its documented rule, then read."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_layer.ingest.feed import FeedReader
from data_layer.ingest.feeds import feeds_of
from data_layer.ingest.formats.gens import GensReader
from tests.gens_made import Bin, Site, coverage_lines, fraction_lines, write

pytestmark = pytest.mark.shared
#: Reads that a site needs; the default of Gens' generator.
LEAST_READS = 10


@pytest.fixture
def example(shared: Path) -> Path:
    return shared / "gens" / "tests" / "data" / "generate_gens_data"


def lines_of(path: Path) -> list[list[str]]:
    return [x.split("\t") for x in path.read_text().splitlines() if x and not x.startswith("#")]


def bins_of(folder: Path) -> list[Bin]:
    return [
        (contig.removeprefix("chr"), int(first), int(last), float(value))
        for contig, first, last, value in lines_of(folder / "coverage.tsv")
    ]


def sites_of(folder: Path) -> list[Site]:
    """Listed positions at which the gVCF has enough reads: alternate reads over depth."""
    listed = {(contig, base) for contig, base in lines_of(folder / "baf_positions.tsv")}
    sites = []
    for fields in lines_of(folder / "sample.g.vcf"):
        sample = dict(zip(fields[8].split(":"), fields[9].split(":"), strict=True))
        depth = int(sample["DP"])
        if (fields[0], fields[1]) in listed and depth >= LEAST_READS:
            reads = [int(n) for n in sample["AD"].split(",")]
            sites.append((fields[0], int(fields[1]), reads[1] / depth))
    return sites


def read(path: Path) -> tuple[FeedReader, list[tuple[object, ...]]]:
    (feed,) = feeds_of(path) or ()
    with feed.open(False) as reader:
        rows = [tuple(r.values())[:4] for b in reader.batches() for r in b.to_pylist()]
    return reader, rows


def test_beds_of_the_example_are_read_as_the_rule_wrote_them(example: Path, tmp_path: Path) -> None:
    coverage, fractions = coverage_lines(bins_of(example)), fraction_lines(sites_of(example))
    assert (coverage, len(fractions)) == (["d_1\t49\t50\t0.15000000000000002"], 6)
    reader, rows = read(write(tmp_path / "sample.cov.bed.gz", coverage))
    assert (reader.records, rows) == (1, [("1", 49, 50, pytest.approx(0.15))])
    reader, rows = read(write(tmp_path / "sample.baf.bed.gz", fractions))
    assert isinstance(reader, GensReader)
    assert reader.records == len(fractions)
    assert reader.levels == {"o": 1, "a": 1, "b": 1, "c": 1, "d": 2}
    assert rows == [("1", 9, 10, pytest.approx(0.2)), ("1", 19, 20, 0.0)]


def test_the_gvcf_gives_what_the_bed_made_of_it_gives(example: Path, tmp_path: Path) -> None:
    _, from_bed = read(write(tmp_path / "sample.baf.bed.gz", fraction_lines(sites_of(example))))
    _, from_gvcf = read(example / "sample.g.vcf")
    assert from_gvcf == from_bed
