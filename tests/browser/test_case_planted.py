"""What the simulator plants is seen from the whole genome: three lost bins, a mosaic arm, a UPD."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.region import Build
from data_layer.simulate.coverage import Levels, _alleles, _coverage, levels_from
from data_layer.simulate.family import EVENTS
from data_layer.simulate.stream import write_pieces
from tests.browser.conftest import House, Visit
from tests.browser.test_case_signals import ROW, still

pytestmark = pytest.mark.browser
BUILD = Build.GRCH38
PLANTED = {e.kind: e for e in EVENTS}
CHROMS = (7, 14, 18)


@pytest.fixture(scope="module")
def name(house: House, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The simulated son's beds in bins of 100 bases, of the chromosomes that hold the events."""
    folder: Path = tmp_path_factory.mktemp("beds")
    levels, files = levels_from(100), []
    for kind, job in (("cov", _coverage), ("baf", _alleles)):
        path = folder / f"son_gens.{kind}.bed.gz"
        # The coarser levels would be read over by the ingest; they are not written.
        jobs = [partial(job, BUILD, 7, 0, c, levels, Levels()) for c in CHROMS]
        write_pieces(path, "", jobs, 0)
        files.append(path)
    ingest_case(house.desk.lake, CaseRequest(paths=tuple(files), case_id="planted", build=BUILD))
    return "planted"


def shades(visit: Visit, key: str) -> NDArray[Any]:
    """The grid that is drawn, without the lane of missing values, top row first."""
    w, high, lane = visit.js(f"(r => [r.last.at.w, r.last.at.h, r.last.lane])({ROW.format(key)})")
    flat = np.array(visit.js(f"Array.from({ROW.format(key)}.last.bytes)"))
    drawn: NDArray[Any] = flat.reshape(high, w)[: high - lane]
    return drawn


def columns(kind: str, w: int) -> tuple[int, int]:
    event = PLANTED[kind]
    total = sum(BUILD.sizes)
    low, high = BUILD.gpos(event.chrom, event.start), BUILD.gpos(event.chrom, event.end - 1)
    return low * w // total, high * w // total


def test_the_planted_events_are_seen_from_the_whole_genome(name: str, visit: Visit) -> None:
    page = visit.open(f"/case/{name}")
    page.wait_for_function("window.norrsken && norrsken.table.answer !== null")
    still(visit)
    assert visit.js("norrsken.genome.isWhole()")
    coverage, baf = shades(visit, "coverage"), shades(visit, "baf")
    high, w = coverage.shape

    # Three bins of 4.4 million: lost altogether, they lie beyond the axis, in its edge row.
    at = columns("deletion_inherited", w)[0]
    assert coverage[-1, at] > 0
    assert "beyond the axis" in page.locator("[data-track=coverage] .track-clip").inner_text()
    seen = visit.js(
        f"""(() => {{
        const row = {ROW.format("coverage")}, ctx = row.canvas.getContext("2d");
        const cell = norrsken.genome.width() / row.last.at.w;
        const y = row.yAt(row.ends[0]) - 1;
        const look = (x) => [...ctx.getImageData(Math.floor(120 + x * cell), Math.floor(y), 1, 1).data].join();
        return [look({at}), look({at} + 3), look({at} - 3)];
    }})()"""  # noqa: E501
    )
    assert seen[0] not in seen[1:]

    # 20 % of the cells have lost 18q: its darkest row lies below that of 18p.
    a, b = columns("mosaic_loss", w)
    short_arm = int(BUILD.gpos(18, 1_000_000) * w // sum(BUILD.sizes))
    darkest = coverage.argmax(axis=0)
    assert np.median(darkest[a + 1 : b]) - np.median(darkest[short_arm : short_arm + 4]) >= 1

    # 14q is one maternal chromosome twice: its middle band is empty.
    a, b = columns("upd_maternal", w)
    middle = baf[int(high * 0.4) : int(high * 0.6)]
    elsewhere = int(BUILD.gpos(14, 40_000_000) * w // sum(BUILD.sizes))
    assert (middle[:, a + 1 : b] > 0).mean() < 0.05
    assert (middle[:, elsewhere : elsewhere + 10] > 0).mean() > 0.8
