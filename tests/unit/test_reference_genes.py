"""Genes by symbol, id, alias, place and free text."""

from __future__ import annotations

import time

import pytest

from data_layer.reference.genes import gene, genes, genes_in, search_genes
from data_layer.region import Build

BUILDS = list(Build)


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize(
    "text", ["STXBP1", "stxbp1", " Stxbp1 ", "ENSG00000136854", "HGNC:11444", "MUNC18-1"]
)
def test_one_gene_by_any_name(build: Build, text: str) -> None:
    found = gene(build, text)
    assert found is not None
    assert (found.symbol, found.hgnc_id, found.entrez) == ("STXBP1", "HGNC:11444", 6812)
    assert (found.chrom, found.strand, found.coding) == (9, 1, True)
    assert found.name == "syntaxin binding protein 1"


def test_versioned_id() -> None:
    found = gene(Build.GRCH38, "ENSG00000136854.25")
    assert found is not None
    assert found.symbol == "STXBP1"


@pytest.mark.parametrize("build", BUILDS)
def test_an_alias_of_two_genes_names_neither(build: Build) -> None:
    assert gene(build, "MLL2") is None
    assert {g.symbol for g in search_genes(build, "MLL2")[:2]} == {"KMT2B", "KMT2D"}


@pytest.mark.parametrize("text", ["", "   ", "NOSUCHGENE", "%", "9:127"])
def test_no_gene(text: str) -> None:
    assert gene(Build.GRCH38, text) is None
    assert search_genes(Build.GRCH38, text) == ()


def test_a_symbol_beats_another_genes_alias() -> None:
    found = gene(Build.GRCH38, "HGF")
    assert found is not None
    assert found.symbol == "HGF"
    assert (
        "HGF" in next(g for g in search_genes(Build.GRCH38, "HGF", 50) if g.symbol == "IL6").aliases
    )


def test_par_gene_is_on_x_first() -> None:
    found = gene(Build.GRCH38, "SHOX")
    assert found is not None
    assert found.chrom == 23
    assert {g.chrom for g in search_genes(Build.GRCH38, "SHOX") if g.symbol == "SHOX"} == {23, 24}


@pytest.mark.parametrize("build", BUILDS)
def test_former_symbols_of_the_other_build_are_found(build: Build) -> None:
    found = gene(build, "GAS8")
    assert found is not None
    assert found.symbol == "DRC4"


def test_search_order() -> None:
    symbols = [g.symbol for g in search_genes(Build.GRCH38, "brca", 5)]
    assert symbols[:2] == ["BRCA1", "BRCA2"]
    assert search_genes(Build.GRCH38, "brca1", 3)[0].symbol == "BRCA1"
    assert search_genes(Build.GRCH38, "syntaxin binding", 5)[0].symbol == "STXBP1"
    assert search_genes(Build.GRCH38, "binding  SYNTAXIN protein 1", 1)[0].symbol == "STXBP1"


def test_search_limit() -> None:
    assert len(search_genes(Build.GRCH38, "a", 7)) == 7
    assert search_genes(Build.GRCH38, "a", 0) == ()


@pytest.mark.parametrize("build", BUILDS)
def test_genes_in_agrees_with_a_full_scan(build: Build) -> None:
    for chrom, start, end in (
        (9, 127_000_000, 128_000_000),
        (23, 31_500_000, 31_500_001),
        (25, 0, 16_569),
    ):
        every = [g for g in genes(build) if g.chrom == chrom and g.start < end and g.end > start]
        found = genes_in(build, chrom, start, end)
        assert list(found) == every
        assert every
        assert genes_in(build, chrom, start, end, coding=True) == tuple(
            g for g in every if g.coding
        )


def test_genes_in_reaches_back_to_a_long_gene() -> None:
    inside = genes_in(Build.GRCH38, 23, 33_300_000, 33_300_001)
    assert "DMD" in {g.symbol for g in inside}


def test_other_contigs_have_no_genes() -> None:
    assert genes_in(Build.GRCH38, 26, 0, 10_000_000) == ()


@pytest.mark.parametrize("build", BUILDS)
def test_rows_are_sorted_and_inside_their_chromosome(build: Build) -> None:
    table = genes(build)
    places = [(g.chrom, g.start) for g in table]
    assert places == sorted(places)
    assert len(table) > 60_000
    for g in table:
        assert 1 <= g.chrom <= 25
        assert 0 <= g.start < g.end <= build.size(g.chrom), g
        assert g.strand in (-1, 0, 1)
        assert g.symbol
        assert g.ensg.startswith("ENSG")


def test_loaded_once_and_frozen() -> None:
    assert genes(Build.GRCH38) is genes(Build.GRCH38)
    with pytest.raises(AttributeError):
        genes(Build.GRCH38).rows[0].symbol = "X"  # type: ignore[misc]


def test_typing_stays_quick() -> None:
    search_genes(Build.GRCH38, "warm")
    before = time.perf_counter()
    for text in ("s", "st", "stx", "stxb", "epilep", "munc18", "dystrophin", "zzz"):
        search_genes(Build.GRCH38, text)
    assert time.perf_counter() - before < 1.0
