"""Any order of ingests, failures, compactions and re-openings reads back as a plain dict would."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from data_layer.lake import Lake, open_lake
from data_layer.region import Build
from data_layer.settings import Settings
from tests.lake_made import case_row, rows, starts

CASES = ("a", "B.1", "c_c")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ingest"), st.sampled_from(CASES), st.integers(0, 3)),
        st.tuples(st.just("ingest"), st.sampled_from(CASES), st.integers(0, 3)),
        st.tuples(st.just("abort"), st.sampled_from(CASES), st.integers(0, 3)),
        st.tuples(st.just("crash"), st.sampled_from(CASES), st.integers(1, 3)),
        st.tuples(st.just("compact"), st.just(""), st.just(0)),
        st.tuples(st.just("reopen"), st.just(""), st.just(0)),
    ),
    min_size=1,
    max_size=9,
)
Model = dict[str, list[int]]


def write(lake: Lake, what: str, case_id: str, count: int, mark: int) -> None:
    """Ingest row by row, so that there is something to compact; or stop on the way."""
    with lake.begin(case_id, build=Build.GRCH38) as writer:
        table = rows("variants", count, mark=mark)
        for i in range(count):
            writer.add("variants", table.slice(i, 1))
        writer.add("cases", case_row(count))
        if what == "crash":
            writer._append("variants", writer._parts["variants"])
        elif what == "ingest":
            writer.commit()


@settings(max_examples=20, deadline=None)
@given(STEPS)
def test_every_version_equals_the_model(steps: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = open_lake(folder, settings=Settings(), create=True)
        models: list[Model] = [{}]
        for mark, (what, case_id, count) in enumerate(steps, 1):
            if what == "compact":
                lake.compact(grace_hours=0)
            elif what == "reopen":
                lake = open_lake(folder, settings=Settings())
            else:
                write(lake, what, case_id, count, mark)
            if what == "ingest":
                mine = [1000 * mark + i for i in range(count)]
                models.append({**models[-1], case_id: mine})
            assert lake.newest() == len(models) - 1
        for version, model in enumerate(models):
            snapshot = lake.snapshot(version)
            assert [c["case_id"] for c in snapshot.cases()] == sorted(model)
            assert {c: starts(snapshot, c) for c in model} == model
        assert {p.code for p in lake.verify()} <= {"LAKE-ORPHAN"}
        assert not list(Path(folder).glob(".staging/*"))
