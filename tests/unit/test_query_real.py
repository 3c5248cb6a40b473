"""Real cases through the whole way: ingest, ask, export, and the file comes back as it was."""

from __future__ import annotations

import gzip
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.journal import default_url, open_journal
from data_layer.lake import open_lake
from data_layer.query.access import LOCAL, CaseQuery
from data_layer.query.desk import Desk
from data_layer.query.filters import parse_filters
from data_layer.query.recipes import recipes_for
from data_layer.region import Build
from data_layer.settings import Settings

pytestmark = pytest.mark.shared
RARE = tuple(f"643594.clinical.{kind}vcf.gz" for kind in ("", "SV.", "str.", "mei."))
SETS = {
    "rare": (RARE, "643594.ped"),
    "cancer": (("cancer_test.vcf.gz",), None),
    "fusion": (("fusion_data.vcf.gz",), None),
    "empty": (("empty.clinical.SV.vcf.gz",), None),
}


@pytest.fixture(scope="module", params=list(SETS))
def real(
    request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[CaseQuery, list[Path]]]:
    names, ped = SETS[request.param]
    paths = [shared / "scout" / name for name in names]
    root = tmp_path_factory.mktemp("lake")
    settings = Settings(lake=str(root))
    lake = open_lake(str(root), settings=settings, create=True)
    build = Build.GRCH38 if request.param == "fusion" else Build.GRCH37
    known = shared / "scout" / ped if ped else None
    ingest_case(lake, CaseRequest(tuple(paths), request.param, None, build, known))
    desk = Desk(lake, open_journal(default_url(root)), settings)
    yield desk.case(LOCAL, request.param), paths
    desk.close()


def lines(paths: list[Path]) -> list[list[str]]:
    out = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            out += [x.rstrip("\n").split("\t") for x in file if not x.startswith("#")]
    return out


def comparable(cells: list[str]) -> tuple[object, ...]:
    qual = cells[5] if cells[5] == "." else float(cells[5])
    return (*cells[:5], qual, *cells[6:])


def test_vcf_gives_the_files_back(real: tuple[CaseQuery, list[Path]], tmp_path: Path) -> None:
    case, paths = real
    path = tmp_path / "out.vcf"
    with path.open("wb") as out:
        records = case.export((), (), None, "vcf", out)
    found = [x.split("\t") for x in path.read_text().splitlines() if not x.startswith("#")]
    want = lines(paths)
    assert records == len(found) == len(want)
    assert sorted(map(comparable, found), key=str) == sorted(map(comparable, want), key=str)
    done = subprocess.run(
        ["bcftools", "view", "-H", str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("\n") == len(want)


def test_every_question_is_answered(real: tuple[CaseQuery, list[Path]]) -> None:
    case, _ = real
    info = case.info
    assert sum(info.class_counts.values()) == info.total
    for picture in ("density", "vaf", "rank"):
        grid = case.grid(picture, x0=0, x1=info.genome_size, w=200, h=60)
        assert int(grid.counts.sum()) == grid.rows == info.total
    assert case.marks((), 0, info.genome_size, 1500).total <= info.total
    for item in recipes_for(info):
        steps = case.funnel(item.filters_for(info))
        assert [s.after for s in steps] == sorted((s.after for s in steps), reverse=True)
    for row in case.page((), (("rank_score", True),), 0, 20).rows:
        told = case.variant(row["row_id"])
        assert told["info_fields"]
        assert row["row_id"] in {h.row_id for h in case.find(row["vid"])}
        if row["hgvsc"]:
            assert row["row_id"] in {h.row_id for h in case.find(row["hgvsc"])}
    for fmt in ("csv", "json", "parquet"):
        assert case.export((), (), None, fmt, io.BytesIO()) == info.total


def test_ped_gives_the_trio(real: tuple[CaseQuery, list[Path]]) -> None:
    case, _ = real
    if case.info.case_id != "rare":
        assert case.count(parse_filters("class~notin~snv")) <= case.info.total
        return
    child = case.info.proband
    assert child is not None
    assert child.father
    assert child.mother
    assert case.count(parse_filters(f"de_novo:{child.id}~eq~called")) < case.info.total
