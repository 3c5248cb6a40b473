"""Signals, segments and arcs of people who are withheld: not listed, not drawn, not exported."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.linking.services import LoopbackSignIn, Services
from data_layer.errors import InputError, JournalError, NorrskenError, NotFoundError
from data_layer.journal import default_url, open_journal
from data_layer.lake import open_lake
from data_layer.query.access import LOCAL, Actor, CaseQuery
from data_layer.query.arcs import ARC_CLASSES
from data_layer.query.desk import Desk
from data_layer.schema import SIGNALS
from data_layer.settings import Settings
from tests.query_rows import BUILD, plain, variant_table
from tests.served import served
from tests.signals_made import HAVE, signal_desk, write_signal_case

VARIANTS = variant_table(3000, seed=8)
TOP = sum(BUILD.sizes)
ADA = Actor("ada", "Ada", frozenset())
MINE = ("child", "mum")
#: Rows that the child or the mother carries, or nobody was called in.
SEEN = {
    r["row_id"] for r in plain(VARIANTS) if max(r["gt"][0], r["gt"][2]) >= 1 or max(r["gt"]) < 0
}

Made = tuple[Desk, dict[tuple[str, str], pa.Table]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    desk, points = signal_desk(tmp_path_factory.mktemp("lake"), VARIANTS)
    desk.journal.grant("local", "ada", "see_case", "case", "demo", list(MINE))
    yield desk, points
    desk.close()


@pytest.fixture
def whole(made: Made) -> CaseQuery:
    """The administrator asks first, so that whatever is cached could leak."""
    case = made[0].case(LOCAL, "demo")
    for person, names in HAVE.items():
        for name in names:
            case.signal_grid(person, name, x0=0, x1=TOP, w=10, h=10)
    case.segments("cnv", None, 0, TOP, 100)
    case.arcs((), 0, TOP, 100)
    case.segment_infos()
    return case


@pytest.fixture
def case(made: Made, whole: CaseQuery) -> CaseQuery:
    return made[0].case(ADA, "demo")


def problem(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(NorrskenError) as found:
        call()
    said = found.value.problem
    return said.code, said.message


def test_the_whole_family_is_there_for_who_may_see_it(whole: CaseQuery) -> None:
    assert {(s.sample, s.signal) for s in whole.signals()} == {
        (p, s) for p, names in HAVE.items() for s in names
    }
    assert {s.sample for s in whole.segment_infos()} == {"child", "dad", "mum"}
    files = {f.name: (f.format, f.gives) for f in whole.info.files}
    assert files["dad.baf.bed.gz"] == ("Gens BED", "baf of dad")
    assert files["mum.cns"] == ("CNVkit", "cnv segments of mum")
    assert files["a.vcf"] == ("vcf", "")


def test_signals_and_segments_of_others_are_not_listed(case: CaseQuery) -> None:
    assert {s.sample for s in case.signals()} == set(MINE)
    assert {s.sample for s in case.segment_infos()} == set(MINE)
    assert [f for f in case.info.files if "dad" in f.name] == []


def test_own_signals_are_drawn(made: Made, case: CaseQuery) -> None:
    for person in MINE:
        for name in HAVE[person]:
            grid = case.signal_grid(person, name, x0=0, x1=TOP, w=50, h=20)
            assert int(grid.counts.sum()) == grid.rows == made[1][person, name].num_rows


@pytest.mark.parametrize("signal", ["coverage", "baf", *(s for s in SIGNALS if s == "roh")])
def test_anothers_signal_reads_like_one_that_is_not_there(case: CaseQuery, signal: str) -> None:
    view = {"x0": 0, "x1": TOP, "w": 5, "h": 5}
    said = [
        problem(lambda who=who, what=what: case.signal_grid(who, what, **view))  # type: ignore[misc]
        for who, what in (("dad", signal), ("nobody", signal), ("child", "methylation"))
    ]
    assert said[0] == said[1] == said[2] == ("SIGNAL", "no such signal in this case")
    out = io.BytesIO()
    export = [
        problem(lambda who=who: case.signal_export(who, signal, None, 0, TOP, "csv", out))  # type: ignore[misc]
        for who in ("dad", "nobody")
    ]
    assert export == said[:2]
    assert out.getvalue() == b""


def test_anothers_segments_read_like_those_of_nobody(case: CaseQuery) -> None:
    said = [
        problem(lambda who=who: case.segments("cnv", who, 0, TOP, 100))  # type: ignore[misc]
        for who in ("dad", "nobody")
    ]
    assert said[0] == said[1]
    assert said[0][1] == "nobody of that name is in this case"


def test_segments_of_all_are_those_in_sight(case: CaseQuery, whole: CaseQuery) -> None:
    mine = case.segments("cnv", None, 0, TOP, 5000)
    every = whole.segments("cnv", None, 0, TOP, 5000)
    assert {s["sample"] for s in mine.segments} == set(MINE)
    assert mine.of == sum(i.rows for i in case.segment_infos() if i.kind == "cnv") < every.of
    assert len(mine.segments) + sum(n for _, n in mine.narrow) == mine.total == mine.of


def test_arcs_are_those_of_calls_in_sight(case: CaseQuery, whole: CaseQuery) -> None:
    events = [r["row_id"] for r in plain(VARIANTS) if r["class"] in ARC_CLASSES]
    assert whole.arcs((), 0, TOP, 100).of == len(events)
    mine = case.arcs((), 0, TOP, 1_000_000)
    assert mine.of == len(SEEN & set(events)) < len(events)
    assert {a.row_id for a in mine.arcs} <= SEEN


def test_an_event_tells_of_people_in_sight(case: CaseQuery, whole: CaseQuery) -> None:
    events = {r["row_id"] for r in plain(VARIANTS) if r["class"] in ARC_CLASSES}
    mine = min(events & SEEN)
    found = case.event(mine)
    assert {p["sample"] for p in found.people} == {s.sample for s in found.signals} == set(MINE)
    assert {s["sample"] for s in found.segments} <= set(MINE)
    assert {c["row_id"] for c in found.calls} <= SEEN
    assert {p["sample"] for p in whole.event(mine).people} == {"child", "dad", "mum"}
    hidden = min(events - SEEN)
    assert whole.event(hidden).row_id == hidden
    said = [problem(lambda row=row: case.event(row)) for row in (hidden, 10_000_000)]  # type: ignore[misc]
    assert said[0] == said[1]


def test_files_of_the_family_are_not_named(tmp_path: Path) -> None:
    """A file of calls is the whole family's, and so is its name."""
    rows = plain(variant_table(40, seed=8))
    loss = {"class": "sv", "svtype": "DEL", "alt": "<DEL>", "chrom": 1, "gt": [1, 1, 0]}
    for at in (0, 1):
        start = 1_000_000 + at
        rows[at] |= loss | {"start": start, "end": 1_010_000, "gpos": start, "svlen": -10_000}
    desk, _ = signal_desk(tmp_path, pa.Table.from_pylist(rows, VARIANTS.schema), each=5)
    desk.journal.grant("local", "ada", "see_case", "case", "demo", list(MINE))
    (told,) = desk.case(LOCAL, "demo").event(0).calls
    (mine,) = desk.case(ADA, "demo").event(0).calls
    desk.close()
    assert (told["row_id"], told["file"] in ("a.vcf", "b.vcf")) == (1, True)
    assert (mine["row_id"], mine["file"]) == (1, None)


def test_findings_are_those_of_people_in_sight(case: CaseQuery) -> None:
    found = case.detect()
    assert {p["sample"] for p in found["people"]} == set(MINE)
    assert "dad" not in json.dumps(found)


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_exports_hold_nothing_of_others(case: CaseQuery, fmt: str) -> None:
    out = io.BytesIO()
    written = case.signal_export(None, None, "roh", 0, TOP, fmt, out)
    text = out.getvalue().decode("latin-1")
    assert "dad" not in text
    assert "1 of 3 people" in text
    if fmt == "parquet":
        table = pq.read_table(io.BytesIO(out.getvalue()))
        assert set(table["sample"].to_pylist()) == set(MINE)
        assert table.num_rows == written


EXPORT = "/api/signal-export?case=demo&sample=mum&signal=coverage&x0=0&x1=3000000000&format=csv"


def test_an_export_is_in_the_ledger(made: Made) -> None:
    desk = made[0]
    with served(Services(desk, desk.settings, LoopbackSignIn())) as server:
        assert server.get(EXPORT).status == 200
    taken = [a for a in desk.journal.accesses(case_id="demo") if a.kind == "export"]
    assert taken[-1].actor_id == LOCAL.id
    told = taken[-1].detail
    assert (told["sample"], told["signal"], told["format"]) == ("mum", "coverage", "csv")
    assert told["region"] == [0, 3_000_000_000]


def test_a_broken_ledger_gives_nothing(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> int:
        raise JournalError("JOURNAL-WRITE", "the journal", "it cannot be written")

    desk = made[0]
    monkeypatch.setattr(desk.journal, "record_access", broken)
    with served(Services(desk, desk.settings, LoopbackSignIn())) as server:
        answer = server.get(EXPORT)
    assert json.loads(answer.body)["error"]["code"] == "JOURNAL-WRITE"
    assert b"chr1" not in answer.body
    assert "Content-Disposition" not in answer.headers


@pytest.mark.parametrize("what", ["signal=%22%0d%0aX-Odd:%201", "kind=../../etc", "signal=", ""])
def test_an_export_of_no_signal_is_refused(made: Made, what: str) -> None:
    desk = made[0]
    with served(Services(desk, desk.settings, LoopbackSignIn())) as server:
        answer = server.get(f"/api/signal-export?case=demo&x0=0&x1=9&format=csv&{what}")
    assert answer.status == 400
    assert "X-Odd" not in answer.headers


def test_the_source_itself_refuses(case: CaseQuery) -> None:
    source = case._source
    assert {f["sample_id"] for f in source.feeds} == set(MINE)
    for read in (
        source.segments,
        lambda i: source.points(i, "coverage"),
        lambda i: source.cells(i, "baf"),
    ):
        assert read(0).sql
        said = []
        for index in (1, 77):
            with pytest.raises(NotFoundError) as found:
                read(index)
            said.append(found.value.problem.message)
        assert said[0] == said[1]


def test_files_of_another_case_cannot_be_named(case: CaseQuery) -> None:
    for odd in ("../coverage", "coverage' or 1=1 --", "signal=baf", ""):
        with pytest.raises((NotFoundError, InputError)):
            case.signal_grid("child", odd, x0=0, x1=TOP, w=5, h=5)


def test_a_case_of_signals_alone_opens(tmp_path: Path) -> None:
    settings = Settings(lake=str(tmp_path), threads=2)
    lake = open_lake(str(tmp_path), settings=settings, create=True)
    points = write_signal_case(lake, "waves", None, each=20)
    desk = Desk(lake, open_journal(default_url(tmp_path)), settings)
    found = desk.case(LOCAL, "waves")
    assert found.info.total == 0
    assert found.page((), (), 0, 10).rows == []
    assert found.arcs((), 0, TOP, 10).of == 0
    assert (
        found.signal_grid(None, "baf", x0=0, x1=TOP, w=4, h=4).rows
        == points["child", "baf"].num_rows
    )
    assert json.dumps([s.chrom_rows for s in found.signals()])
    desk.close()
