"""How a CDS is carried from MANE on GRCh38 to the same transcript on GRCh37."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from data_layer.settings import asset_path

BUILDERS = ("packages", "genes", "transcripts")


@pytest.fixture(scope="module")
def build() -> Iterator[ModuleType]:
    """The build script's transcript module, imported from its own folder."""
    folder = str(asset_path("reference"))
    sys.path.insert(0, folder)
    try:
        import transcripts

        yield transcripts
    finally:
        sys.path.remove(folder)
        for name in BUILDERS:
            sys.modules.pop(name, None)


def model(build: ModuleType, exons: Any, strand: int, cds: Any = None) -> Any:
    return build.Model("ENST1.1", "ENSG1.1", "MADE", 1, strand, tuple(exons), cds)


EXONS = ((100, 200), (300, 330), (400, 500))


def moved(by: int, left: int = 0, right: int = 0) -> list[tuple[int, int]]:
    """The same exons elsewhere; the outer two may be longer."""
    (a, b), mid, (c, d) = ((a + by, b + by) for a, b in EXONS)
    return [(a - left, b), mid, (c, d + right)]


@pytest.mark.parametrize("strand", [1, -1])
@pytest.mark.parametrize("left", [0, 7, -20])
@pytest.mark.parametrize("right", [0, 9, -20])
def test_ends_of_the_transcript_may_differ(
    build: ModuleType, strand: int, left: int, right: int
) -> None:
    mane = model(build, EXONS, strand, (150, 450))
    assert build.carry_cds(mane, model(build, moved(1000, left, right), strand)) == (1150, 1450)


@pytest.mark.parametrize("strand", [1, -1])
def test_one_coding_exon_in_the_middle(build: ModuleType, strand: int) -> None:
    mane = model(build, EXONS, strand, (303, 327))
    assert build.carry_cds(mane, model(build, moved(50, 5, 5), strand)) == (353, 377)


@pytest.mark.parametrize("strand", [1, -1])
@pytest.mark.parametrize("cds", [(110, 190), (410, 490)])
def test_one_coding_exon_at_an_end(build: ModuleType, strand: int, cds: tuple[int, int]) -> None:
    mane = model(build, EXONS, strand, cds)
    found = build.carry_cds(mane, model(build, moved(1000, 5, 5), strand))
    assert found == (cds[0] + 1000, cds[1] + 1000)


def test_a_longer_inner_exon_is_refused(build: ModuleType) -> None:
    mane = model(build, EXONS, 1, (150, 450))
    other = [(100, 200), (300, 331), (400, 500)]
    assert build.carry_cds(mane, model(build, other, 1)) is None


def test_a_start_codon_cut_off_is_refused(build: ModuleType) -> None:
    mane = model(build, EXONS, 1, (150, 450))
    assert build.carry_cds(mane, model(build, moved(0, -60), 1)) is None


def test_another_last_exon_is_refused(build: ModuleType) -> None:
    mane = model(build, EXONS, 1, (150, 450))
    far = [(100, 200), (300, 330), (9400, 9510)]
    assert build.carry_cds(mane, model(build, far, 1)) is None


def test_another_strand_is_refused(build: ModuleType) -> None:
    mane = model(build, EXONS, 1, (150, 450))
    assert build.carry_cds(mane, model(build, EXONS, -1)) is None


def test_an_extra_untranslated_exon_is_stepped_over(build: ModuleType) -> None:
    exons = (*EXONS, (600, 640), (700, 800))
    mane = model(build, exons, 1, (310, 750))
    assert build.carry_cds(mane, model(build, ((10, 20), *exons), 1)) == (310, 750)


def test_a_single_exon_must_be_the_same(build: ModuleType) -> None:
    mane = model(build, ((100, 400),), 1, (130, 160))
    assert build.carry_cds(mane, model(build, ((1100, 1400),), 1)) == (1130, 1160)
    assert build.carry_cds(mane, model(build, ((1100, 1401),), 1)) is None


def test_an_exon_cut_by_mapping_is_joined_but_carries_no_cds(build: ModuleType) -> None:
    joined, cuts = build.join_cuts([(400, 500), (100, 180), (180, 200), (300, 330)])
    assert (joined, cuts) == (EXONS, ((180, 180),))
    lift = build.replace(model(build, joined, 1), cuts=cuts)
    assert build.carry_cds(model(build, EXONS, 1, (150, 450)), lift) is None
    assert build.carry_cds(model(build, EXONS, 1, (190, 450)), lift) == (190, 450)


def test_a_short_intron_is_kept(build: ModuleType) -> None:
    assert build.join_cuts([(100, 180), (200, 300)]) == (((100, 180), (200, 300)), ())
    assert build.join_cuts([(100, 180), (199, 300)]) == (((100, 300),), ((180, 199),))
