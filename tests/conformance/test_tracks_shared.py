"""Real files on the page: segments, arcs and points lie where the files say, none lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from app.linking.opening import open_desk
from data_layer.query.access import LOCAL, CaseQuery
from data_layer.query.arcs import ARC_CLASSES
from data_layer.query.desk import Desk
from data_layer.region import Build, chrom_code
from data_layer.settings import Settings

pytestmark = pytest.mark.shared
FINE = 1 << 31
Opened = Callable[..., CaseQuery]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Ingest files as ``norrsken ingest`` does and open the case."""
    url = str(tmp_path / "lake")
    monkeypatch.setenv("NORRSKEN_LAKE", url)
    desks: list[Desk] = []

    def run(case_id: str, *words: str | Path) -> CaseQuery:
        asked = ["ingest", *map(str, words), "--case", case_id, "--json"]
        done = CliRunner().invoke(main, asked, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        desks.append(open_desk(Settings(lake=url)))
        return desks[-1].case(LOCAL, case_id)

    yield run
    for desk in desks:
        desk.close()


def top(case: CaseQuery) -> int:
    return case.info.genome_size


def table(path: Path) -> list[dict[str, str]]:
    lines = path.read_text().splitlines()
    names = lines[0].split("\t")
    return [dict(zip(names, x.split("\t"), strict=True)) for x in lines[1:]]


def test_a_tumours_copy_numbers_are_drawn_where_the_file_says(shared: Path, opened: Opened) -> None:
    folder = shared / "colo829" / "purple"
    copies = folder / "tumor_sample.purple.cnv.somatic.tsv"
    case = opened("colo829", folder / "tumor_sample.purple.sv.vcf", copies)
    build, lines = case.info.reference, table(copies)
    whole = case.segments("cnv", "tumor_sample", 0, top(case), 1600)
    assert whole.total == whole.of == len(lines)
    assert len(whole.segments) + sum(n for _, n in whole.narrow) == whole.total
    found = []
    for first, size in zip(build.offsets, build.sizes, strict=True):
        found += case.segments("cnv", None, first, first + size, size).segments
    want = sorted(
        (build.gpos(chrom_code(x["chromosome"]), int(x["start"]) - 1), float(x["copyNumber"]))
        for x in lines
    )
    drawn = sorted((s["x0"], s["cn"]) for s in found)
    assert [d[0] for d in drawn] == [w[0] for w in want]
    assert [d[1] for d in drawn] == pytest.approx([w[1] for w in want])
    ends = {(s["chrom"], s["end"]) for s in found}
    assert ends == {(chrom_code(x["chromosome"]), int(x["end"])) for x in lines}


PARTNER = re.compile(r"[\[\]](.+):(\d+)[\[\]]")


def records(path: Path) -> list[list[str]]:
    return [x.split("\t") for x in path.read_text().splitlines() if x and not x.startswith("#")]


def ends_of(build: Build, record: list[str]) -> tuple[int, int]:
    """Both ends of a junction on the axis; a single breakend has the same one twice."""
    start = build.gpos(chrom_code(record[0]), int(record[1]) - 1)
    found = PARTNER.search(record[4])
    far = build.gpos(chrom_code(found[1]), int(found[2]) - 1) if found else start
    return start, far


def test_junctions_join_the_places_that_the_file_joins(shared: Path, opened: Opened) -> None:
    path = shared / "colo829" / "purple" / "tumor_sample.purple.sv.vcf"
    case = opened("colo829", path)
    build, lines = case.info.reference, records(path)
    rows = {r["row_id"]: r for r in case.page((), (), 0, 1000, ["record", "class", "mate"]).rows}
    joined = [r for r in rows.values() if r["class"] in ARC_CLASSES]
    found = case.arcs((), 0, top(case), FINE)
    assert found.total == found.of == len(joined) > 50
    assert len(found.arcs) + sum(n for *_, n in found.narrow) == found.total
    junctions = 0
    for arc in found.arcs:
        if arc.type == "BND":
            assert (arc.x0, arc.x1) == ends_of(build, lines[rows[arc.row_id]["record"]])
            junctions += 1
    assert junctions > 20


def test_both_lines_of_a_junction_find_each_other(shared: Path, opened: Opened) -> None:
    path = shared / "colo829" / "purple" / "tumor_sample.purple.sv.vcf"
    case = opened("colo829", path)
    rows: list[dict[str, Any]] = case.page((), (), 0, 1000, ["id", "class", "mate"]).rows
    by_id = {r["id"]: r["row_id"] for r in rows}
    pairs = [r for r in rows if r["class"] == "bnd" and r["mate"] in by_id][:12]
    assert pairs
    for row in pairs:
        found = case.event(row["row_id"])
        assert by_id[row["mate"]] in [c["row_id"] for c in found.calls]
        assert {p["sample"] for p in found.people} == {"ref_sample", "tumor_sample"}


def test_depth_of_a_d4_is_counted_whole(shared: Path, opened: Opened) -> None:
    path = shared / "chanjo2" / "src" / "chanjo2" / "demo" / "panelapp_109_example.d4"
    case = opened("panel", path, "--build", "37")
    (info,) = case.signals()
    assert (info.signal, info.format.lower()[:2]) == ("depth", "d4")
    assert info.rows == sum(info.chrom_rows) > 1000
    build = case.info.reference
    for code in range(1, 27):
        x0 = build.offsets[code - 1]
        grid = case.signal_grid(None, "depth", x0=x0, x1=x0 + build.size(code), w=311, h=40)
        assert int(grid.counts.sum()) == grid.rows == info.chrom_rows[code]
    whole = case.signal_grid(None, "depth", x0=0, x1=top(case), w=1600, h=120)
    assert int(whole.counts.sum()) == whole.rows == info.rows
