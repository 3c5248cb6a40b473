"""The made-up genome reads as proteins, and real places get their published names."""

import gzip
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from data_layer.region import Build
from data_layer.simulate import bgzf, plants
from data_layer.simulate.codons import AMINO, BASES, STOP
from data_layer.simulate.genome import genome
from data_layer.simulate.models import models

GRCH38 = Build.GRCH38


def one(value: int) -> np.ndarray:
    return np.array([value], dtype=np.int64)


@pytest.mark.parametrize(
    ("gene", "chrom", "pos", "coding"),
    [
        ("STXBP1", 9, 127675910, 1217),
        ("ACADM", 1, 75761161, 985),
        ("BRAF", 7, 140753336, 1799),
        ("TP53", 17, 7675088, 524),
        ("KRAS", 12, 25245350, 35),
        ("ABCD1", 23, 153736510, 1390),
        ("CFTR", 7, 117559591, 1520),
    ],
)
def test_published_places(gene: str, chrom: int, pos: int, coding: int) -> None:
    found = models(GRCH38, chrom)
    tx = one(found.index(gene))
    place = found.locate(tx, one(pos - 1))
    assert place.inside[0]
    assert place.coding[0] + 1 == coding
    assert found.genomic(tx, place.coding)[0] == pos - 1


def test_intron_offsets_count_from_both_edges() -> None:
    found = models(GRCH38, 9)
    tx = found.index("STXBP1")
    exon = found.first[tx]
    end, start = int(found.exon_end[exon]), int(found.exon_start[exon + 1])
    place = found.locate(np.full(2, tx), np.array([end, start - 1]))
    assert place.offset.tolist() == [1, -1]
    assert place.number.tolist() == [1, 1]
    assert place.coding[1] == place.coding[0] + 1


def test_coding_sequences_are_open() -> None:
    made = genome(GRCH38, 21)
    found = made.models
    whole = np.zeros(found.count, dtype=np.int64)
    np.add.at(whole, made.segments.tx, made.segments.end - made.segments.start)
    checked = 0
    for tx in np.flatnonzero(whole == found.cds_length).tolist():
        place = np.arange(0, found.cds_length[tx], 3)
        acids = AMINO[made.codon_at(np.full(len(place), tx), place)]
        assert acids[0] == ord("M")
        assert acids[-1] == STOP
        assert (acids[:-1] != STOP).all()
        checked += 1
    assert checked > 150


def test_bases_do_not_depend_on_how_they_are_asked() -> None:
    made = genome(GRCH38, 22)
    pos = np.random.default_rng(1).integers(0, 50_000_000, 5000)
    assert (made.bases(pos)[::-1] == made.bases(pos[::-1])).all()
    assert (made.bases(pos.reshape(50, 100)).ravel() == made.bases(pos)).all()
    share = np.isin(made.bases(np.arange(30_000_000, 30_200_000)), (1, 2)).mean()
    assert 0.38 < share < 0.46


@pytest.mark.parametrize("plant", plants.TRIO + plants.TUMOUR, ids=lambda p: f"{p.gene}-{p.pos}")
def test_planted_reference_bases_are_the_real_ones(plant: plants.Plant) -> None:
    group = plants.TRIO if plant in plants.TRIO else plants.TUMOUR
    made = genome(GRCH38, plant.chrom, plants.patches(GRCH38, group, plant.chrom))
    bases = made.bases(np.arange(plant.pos - 1, plant.pos - 1 + len(plant.ref)))
    assert "".join(BASES[b] for b in bases) == plant.ref


def test_bgzf_blocks_are_whole_and_end(tmp_path: Path) -> None:
    data = np.random.default_rng(2).integers(65, 90, 300_000).astype(np.uint8).tobytes()
    packed = bgzf.blocks(data) + bgzf.END
    assert gzip.decompress(packed) == data
    at, sizes = 0, []
    while at < len(packed):
        size = struct.unpack_from("<H", packed, at + 16)[0] + 1
        sizes.append(size)
        at += size
    assert at == len(packed)
    assert sizes[-1] == 28
    path = tmp_path / "x.gz"
    path.write_bytes(packed)
    subprocess.run(["bgzip", "-t", str(path)], check=True)
