"""Whatever the seed: sites are counted, sorted, on the genome's bases, and written one way."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_layer.region import Build
from data_layer.simulate import protein, spread
from data_layer.simulate.codons import AMINO, THREE, with_base
from data_layer.simulate.consequence import CODE, effects
from data_layer.simulate.genome import genome
from data_layer.simulate.placing import place_sites
from data_layer.simulate.sites import DELETION, INSERTION, SNV, Sites

CHROM = 21
MADE = genome(Build.GRCH38, CHROM)
ALLOWED = spread.allowed(Build.GRCH38, CHROM)


def drawn(seed: int, count: int) -> Sites:
    rng = np.random.default_rng(seed)
    return place_sites(rng, MADE, ALLOWED, count, [], 60_000.0)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(200, 3000))
def test_sites_are_counted_sorted_and_allowed(seed: int, count: int) -> None:
    sites = drawn(seed, count)
    assert sites.count == count
    assert (np.diff(sites.pos) > 0).all()
    assert all(any(a <= p < b for a, b in ALLOWED) for p in sites.pos.tolist())
    assert (sites.ref == MADE.bases(sites.pos)).all()
    snv = sites.kind == SNV
    assert (sites.alt[snv] != sites.ref[snv]).all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_indels_cannot_slide(seed: int) -> None:
    sites = drawn(seed, 1500)
    for i in np.flatnonzero(sites.kind != SNV).tolist():
        n, pos = int(sites.length[i]), int(sites.pos[i])
        tail = sites.tail[sites.tail_row[i], :n]
        around = MADE.bases(np.arange(pos, pos + n + 2))
        if sites.kind[i] == DELETION:
            assert (tail == around[1 : n + 1]).all()
            assert around[n] != around[0]
            assert around[n + 1] != around[1]
        else:
            assert sites.kind[i] == INSERTION
            assert tail[-1] != around[0]
            assert tail[0] != around[1]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_terms_agree_with_the_translation(seed: int) -> None:
    sites = drawn(seed, 1500)
    found = effects(MADE, sites, np.full(sites.count, -1))
    coding = np.flatnonzero(found.before >= 0)
    assert len(coding) > 50
    for i in coding.tolist():
        old, new = AMINO[found.before[i]], AMINO[found.after[i]]
        silent = found.term[i] in (
            CODE["synonymous_variant"], CODE["splice_region_variant&synonymous_variant"],
            CODE["stop_retained_variant"],
        )  # fmt: skip
        assert silent == (old == new)


@given(
    codon=st.integers(0, 63), place=st.integers(0, 2), base=st.integers(0, 3), n=st.integers(2, 900)
)
def test_substitution_names_read_back(codon: int, place: int, base: int, n: int) -> None:
    after = int(with_base(np.array([codon]), np.array([place]), np.array([base]))[0])
    name = protein.substitution(codon, after, n)
    found = re.match(r"^p\.([A-Z][a-z]{2})(\d+)(%3D|[A-Z][a-z]{2})(extTer\?)?$", name)
    assert found
    assert found[1] == THREE[chr(AMINO[codon])]
    assert int(found[2]) == n
    assert (found[3] == "%3D") == (AMINO[codon] == AMINO[after])


@pytest.mark.parametrize(
    ("removed", "added", "shape"),
    [
        (1, "", r"^p\.[A-Z][a-z]{2}\d+([A-Z][a-z]{2}fs)?Ter(\d+|\?)?$"),
        (3, "", r"^p\.[A-Z][a-z]{2}\d+(_[A-Z][a-z]{2}\d+)?(del|delins[A-Za-z]+|Ter)$"),
        (0, "GCA", r"^p\.[A-Z][a-z]{2}\d+(_[A-Z][a-z]{2}\d+)?((ins|delins)[A-Za-z]+|Ter)$"),
    ],
)
def test_indel_names_have_hgvs_form(removed: int, added: str, shape: str) -> None:
    tx = int(np.argmax(MADE.models.cds_length))
    for first in range(30, 90):
        name, number = protein.indel(MADE, tx, first, removed, added)
        assert re.match(shape, name), name
        assert number >= first // 3


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_in_frame_indels_bring_no_stop(seed: int) -> None:
    sites = drawn(seed, 1500)
    found = effects(MADE, sites, np.full(sites.count, -1))
    kinds = (CODE["inframe_insertion"], CODE["inframe_deletion"])
    drawn_from = MADE.models.select[np.maximum(found.tx, 0)]
    for i in np.flatnonzero(np.isin(found.term, kinds) & drawn_from).tolist():
        site, tx = int(found.site[i]), int(found.tx[i])
        n, forward = int(sites.length[site]), MADE.models.strand[tx] > 0
        edge = found.first if forward else found.last
        row = sites.tail[sites.tail_row[site], :n].astype(np.int64)
        cut = n if sites.kind[site] == DELETION else 0
        added = "" if cut else "".join("ACGT"[b] for b in (row if forward else 3 - row[::-1]))
        place = int(edge.coding[i]) + (0 if cut else 1)
        assert "Ter" not in protein.indel(MADE, tx, place, cut, added)[0]
