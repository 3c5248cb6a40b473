"""Simulated coverage and B-allele beds show the planted events and keep Gens' form."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from data_layer.region import Build
from data_layer.simulate.coverage import LEVELS, Levels, _coverage, levels_from, write_beds
from data_layer.simulate.family import EVENTS, Event

WIDTH = 5000
SAMPLES = ("child", "father", "mother")
ROWS = dict[str, np.ndarray]


def event(kind: str) -> Event:
    return next(e for e in EVENTS if e.kind == kind)


def read(path: Path) -> ROWS:
    out: dict[str, list[tuple[int, float]]] = {}
    with gzip.open(path, "rt") as lines:
        for line in lines:
            name, start, end, value = line.split("\t")
            assert int(end) == int(start) + 1
            out.setdefault(name, []).append((int(start), float(value)))
    return {k: np.array(v) for k, v in out.items()}


@pytest.fixture(scope="module")
def beds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ROWS]:
    folder = tmp_path_factory.mktemp("beds") / "gens"
    files = write_beds(folder, Build.GRCH38, 3, SAMPLES, bin_size=WIDTH)
    return {f.name.removesuffix(".bed.gz").replace("_gens.", " "): read(f) for f in files}


def within(rows: np.ndarray, kind: str) -> np.ndarray:
    e = event(kind)
    return rows[(rows[:, 0] > e.start + WIDTH) & (rows[:, 0] < e.end - WIDTH), 1]


def test_six_files_with_the_levels_asked_for(beds: dict[str, ROWS]) -> None:
    assert len(beds) == 6
    for rows in beds.values():
        assert {name[0] for name in rows} == {"b", "a", "o"}
        assert all((np.diff(v[:, 0]) > 0).all() for v in rows.values())


def test_no_y_in_the_mother(beds: dict[str, ROWS]) -> None:
    assert "b_Y" in beds["father cov"]
    assert not any(name.endswith("_Y") for name in beds["mother cov"] | beds["mother baf"])


@pytest.mark.parametrize(("kind", "name", "shift"), [
    ("deletion_large", "b_15", -1.0), ("mosaic_loss", "b_18", np.log2(0.9)),
    ("upd_maternal", "b_14", 0.0),
])  # fmt: skip
def test_coverage_of_events(beds: dict[str, ROWS], kind: str, name: str, shift: float) -> None:
    assert within(beds["child cov"][name], kind).mean() == pytest.approx(shift, abs=0.02)
    assert within(beds["father cov"][name], kind).mean() == pytest.approx(0, abs=0.02)


def test_alleles_of_events(beds: dict[str, ROWS]) -> None:
    def middle(values: np.ndarray) -> float:
        return float(((values > 0.25) & (values < 0.75)).mean())

    for kind, name in (("deletion_large", "b_15"), ("upd_maternal", "b_14")):
        assert middle(within(beds["child baf"][name], kind)) < 0.02
        assert middle(within(beds["father baf"][name], kind)) > 0.2
    mosaic = within(beds["child baf"]["b_18"], "mosaic_loss")
    normal = within(beds["father baf"]["b_18"], "mosaic_loss")
    bands = [np.abs(v[(v > 0.25) & (v < 0.75)] - 0.5).mean() for v in (mosaic, normal)]
    assert bands[0] > bands[1] + 0.005


def test_small_deletion_is_three_bins_wide() -> None:
    e = event("deletion_small")
    kept = Levels()
    with_child = _coverage(Build.GRCH38, 3, 0, e.chrom, LEVELS, kept)
    text = gzip.decompress(b"".join(with_child.data)).decode().splitlines()
    near = [x.split("\t") for x in text if e.start - 100 <= int(x.split("\t")[1]) < e.end + 100]
    assert [int(x[1]) for x in near] == [e.start + 100 * i + 50 for i in range(-1, 4)]
    values = [float(x[3]) for x in near]
    assert np.mean(values[1:4]) < -0.5
    assert np.mean([values[0], values[4]]) > -0.5


def test_a_homozygous_loss_of_three_bins_stands_out_of_the_noise() -> None:
    e = event("deletion_inherited")
    assert e.end - e.start == 300

    def values(person: int) -> np.ndarray:
        made = _coverage(Build.GRCH38, 3, person, e.chrom, LEVELS, Levels())
        text = gzip.decompress(b"".join(made.data)).decode().splitlines()
        return np.array([(int(x.split("\t")[1]), float(x.split("\t")[3])) for x in text])

    child, father = values(0), values(1)
    inside = (child[:, 0] > e.start) & (child[:, 0] < e.end)
    assert inside.sum() == 3
    assert (child[inside, 1] < -3).all()
    assert (child[~inside, 1] > -3).all()
    assert -2 < father[inside, 1].mean() < -0.4


def test_a_bin_between_two_levels() -> None:
    assert levels_from(500) == [("d", 500, 1), *LEVELS[1:]]
    assert levels_from(1000) == list(LEVELS[1:])


def test_coarser_levels_are_means_of_finer_bins(beds: dict[str, ROWS]) -> None:
    fine, coarse = beds["child cov"]["b_7"], beds["child cov"]["a_7"]
    for centre, value in coarse[100:130]:
        bins = fine[(fine[:, 0] > centre - 12_500) & (fine[:, 0] < centre + 12_500), 1]
        assert len(bins) == 5
        assert value == pytest.approx(bins.mean(), abs=0.002)
