"""What an address takes and what it does not: sizes of pictures, widths of views, numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.api.grid import MAX_PIXELS, MAX_SIDE
from app.api.places import EXON_SPAN, GENE_SPAN
from app.linking.services import LoopbackSignIn, Services
from data_layer.reference.genes import gene
from data_layer.reference.transcripts import transcripts
from tests.query_rows import BUILD
from tests.served import Served, served
from tests.signals_made import signal_desk

GRID = "/api/grid?case=demo&sample=child&signal=coverage&x0=0&x1=3000000000"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    desk, _ = signal_desk(tmp_path_factory.mktemp("lake"), each=5)
    with served(Services(desk, desk.settings, LoopbackSignIn())) as running:
        yield running
    desk.close()


@pytest.mark.parametrize(
    ("size", "status"),
    [
        (f"w={MAX_SIDE}&h={MAX_PIXELS // MAX_SIDE}", 200),
        (f"w={MAX_SIDE}&h={MAX_PIXELS // MAX_SIDE + 1}", 400),
        (f"w={MAX_SIDE + 1}&h=1", 400),
        ("w=0&h=5", 400),
        ("w=nan&h=5", 400),
        ("w=1e400&h=5", 400),
        ("w=5&h=5&y0=inf", 400),
        ("w=5&h=5&y0=1&y1=1", 400),
    ],
)
def test_a_picture_has_a_size(server: Served, size: str, status: int) -> None:
    answer = server.get(f"{GRID}&{size}")
    assert answer.status == status
    if status == 400:
        assert {"code", "where", "message"} <= answer.json["error"].keys()


def test_genes_bring_exons_in_narrow_views(server: Served) -> None:
    nf1 = gene(BUILD, "NF1")
    assert nf1 is not None
    x0 = BUILD.gpos(nf1.chrom, nf1.start)
    best = transcripts(BUILD, "NF1")[0]
    for span, exons in ((EXON_SPAN - 1, True), (EXON_SPAN, False)):
        answer = server.get(f"/api/genes?build=38&x0={x0}&x1={x0 + span}").json
        mine = next(g for g in answer["genes"] if g["symbol"] == "NF1")
        assert mine["gpos"] == x0
        assert ("exons" in mine) == exons
        if exons:
            assert mine["exons"] == [list(e) for e in best.exons]
            assert mine["cds"] == list(best.cds or ())
    for span, wide in ((GENE_SPAN, False), (GENE_SPAN + 1, True)):
        answer = server.get(f"/api/genes?build=38&x0={x0}&x1={x0 + span}").json
        assert answer["too_wide"] == wide
        assert bool(answer["genes"]) != wide
