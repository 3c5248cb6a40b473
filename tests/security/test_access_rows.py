"""Who may see which rows: grants, groups, members of a family, revocation."""

from __future__ import annotations

import ast
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

import data_layer.query as room
from data_layer.errors import InputError, NotFoundError, RefusedError
from data_layer.query import access
from data_layer.query.access import LOCAL, Actor
from data_layer.query.desk import Desk
from data_layer.query.filters import Filter
from data_layer.schema import PER_PERSON
from tests.query_rows import BUILD, consequence_table, open_desk, plain, variant_table, write_case

N = 2000
VARIANTS = variant_table(N, seed=21)
ROWS = plain(VARIANTS)
ADA = Actor("ada", "Ada", frozenset({"genetics"}))
TOP = sum(BUILD.sizes)
#: Rows that a scope of the child alone may show: the child carries them, or nobody was called.
SEEN = {r["row_id"] for r in ROWS if r["gt"][0] >= 1 or max(r["gt"]) < 0}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(access, "AUTHORITY_AGE", 0.0)
    made = open_desk(tmp_path / "lake", VARIANTS, consequences=consequence_table(VARIANTS))
    write_case(made.lake, "other", VARIANTS.slice(0, 50), institute="elsewhere")
    yield made
    made.close()


def seen(desk: Desk, actor: Actor) -> list[str]:
    return [c.case_id for c in desk.cases(actor)]


def test_nobody_sees_anything_unasked(desk: Desk) -> None:
    assert seen(desk, ADA) == []
    with pytest.raises(RefusedError):
        desk.case(ADA, "demo")
    assert not desk.scope(ADA).allows("demo")
    assert "No grant" in desk.scope(ADA).reason("demo")


def test_an_absent_case_and_a_forbidden_one_read_the_same(desk: Desk) -> None:
    said = []
    for name in ("demo", "nosuch"):
        with pytest.raises(RefusedError) as found:
            desk.case(ADA, name)
        said.append((found.value.problem.code, found.value.problem.message))
    assert said[0] == said[1]
    with pytest.raises(NotFoundError):
        desk.case(LOCAL, "nosuch")


@pytest.mark.parametrize(
    ("to", "kind", "place", "cases"),
    [
        ("ada", "case", "demo", ["demo"]),
        ("ada", "institute", "elsewhere", ["other"]),
        ("ada", "lake", "", ["demo", "other"]),
        ("group:genetics", "case", "demo", ["demo"]),
        ("group:cardiology", "case", "demo", []),
        ("genetics", "case", "demo", []),
        ("bob", "lake", "", []),
    ],
)
def test_a_grant_gives_what_it_says(
    desk: Desk, to: str, kind: str, place: str, cases: list[str]
) -> None:
    desk.journal.grant("local", to, "see_case", kind, place)
    assert seen(desk, ADA) == cases
    for name in ("demo", "other"):
        assert desk.scope(ADA).allows(name) == (name in cases)
        if name in cases:
            assert desk.case(ADA, name).info.reason


@pytest.mark.parametrize("right", ["see_aggregates", "classify", "sign", "share"])
def test_other_rights_show_no_rows(desk: Desk, right: str) -> None:
    desk.journal.grant("local", "ada", right, "case", "demo")
    with pytest.raises(RefusedError):
        desk.case(ADA, "demo")


def test_administrators_see_all(desk: Desk) -> None:
    desk.journal.grant("local", "ada", "administer", "lake", "")
    assert seen(desk, ADA) == ["demo", "other"]
    assert desk.case(ADA, "demo").info.total == N
    assert seen(desk, LOCAL) == ["demo", "other"]


def test_a_revoked_right_ends(desk: Desk) -> None:
    desk.journal.grant("local", "ada", "see_case", "case", "demo")
    assert desk.case(ADA, "demo").count(()) == N
    desk.journal.revoke("local", "ada", "see_case", "case", "demo")
    with pytest.raises(RefusedError):
        desk.case(ADA, "demo")


def test_authority_is_at_most_two_seconds_old() -> None:
    assert 0 < access.AUTHORITY_AGE < 2


def test_opening_and_reading_are_in_the_ledger(desk: Desk) -> None:
    desk.open(LOCAL, "demo")
    kinds = [a.kind for a in desk.journal.accesses(case_id="demo")]
    assert "open" in kinds


class TestOneMember:
    """Ada may see the child only; father and mother are withheld."""

    @pytest.fixture
    def case(self, desk: Desk) -> access.CaseQuery:
        desk.journal.grant("local", "ada", "see_case", "case", "demo", ["child"])
        return desk.case(ADA, "demo")

    def test_people(self, case: access.CaseQuery) -> None:
        assert [s.id for s in case.info.samples] == ["child"]
        assert case.info.samples[0].father is None
        assert case.info.withheld == 2
        assert "Only for child" in case.info.reason

    def test_calls_that_only_others_carry_are_withheld(self, case: access.CaseQuery) -> None:
        page = case.page((), (), 0, N, None)
        assert {r["row_id"] for r in page.rows} == SEEN
        assert page.of == page.total == case.info.total == len(SEEN) < N
        assert case.funnel(())[0].after == len(SEEN)
        assert sum(case.info.class_counts.values()) == len(SEEN)
        for picture in ("density", "vaf", "rank"):
            grid = case.grid(picture, x0=0, x1=TOP, w=50, h=20)
            assert int(grid.counts.sum()) == grid.rows == len(SEEN)

    def test_entries_of_others_are_null(self, case: access.CaseQuery) -> None:
        rows = case.page((), (), 0, N, PER_PERSON).rows
        for row in rows:
            for name in PER_PERSON:
                assert row[name] is None or row[name][1:] == [None, None]
            assert row["gt"][0] == ROWS[row["row_id"]]["gt"][0]

    def test_family_columns_are_withheld(self, case: access.CaseQuery) -> None:
        names = ["info", "models", "compounds", "rank_score", "rank_parts"]
        for row in case.page((), (("rank_score", True),), 0, N, names).rows:
            assert [row[n] for n in names] == [".", None, None, None, None]
        assert case.info.score_max is None

    def test_rows_held_for_an_administrator_are_not_given_on(
        self, desk: Desk, case: access.CaseQuery
    ) -> None:
        few = min(200, len(SEEN))
        names = ["row_id", "gt", "info"]
        whole = desk.case(LOCAL, "demo").page((), (), 0, few, names).rows
        assert any(r["gt"][1] is not None for r in whole)
        mine = case.page((), (), 0, few, names).rows
        assert [r["row_id"] for r in mine] == sorted(SEEN)[:few]
        assert all(r["gt"][1:] == [None, None] and r["info"] == "." for r in mine)
        assert desk.case(LOCAL, "demo").page((), (), 0, few, names).rows == whole

    def test_others_cannot_be_asked_about(self, case: access.CaseQuery) -> None:
        for item in (Filter("gt:dad", "in", "het"), Filter("vaf:mum", ">", 0.1)):
            with pytest.raises(InputError, match="nobody of that name"):
                case.count([item])
        with pytest.raises(InputError, match="nobody of that name"):
            case.grid("vaf", sample="dad", x0=0, x1=TOP, w=5, h=5)
        with pytest.raises(InputError, match="nobody of that name"):
            case.page((), (("gt:dad", False),), 0, 5)
        for item in (
            Filter("de_novo:child", "=", "called"),
            Filter("model", "in", "AD"),
            Filter("recessive:child", "=", "strict"),
        ):
            with pytest.raises(RefusedError):
                case.count([item])

    def test_withheld_calls_cannot_be_reached(self, case: access.CaseQuery) -> None:
        hidden = next(r for r in ROWS if r["row_id"] not in SEEN)
        with pytest.raises(NotFoundError):
            case.variant(hidden["row_id"])
        assert case.place(hidden["row_id"], (), ()) is None
        assert [h for h in case.find(hidden["vid"]) if h.kind == "variant"] == []
        told = case.why(hidden["vid"], ())
        assert (told.row_id, told.matches) == (None, 0)
        shown = case.variant(min(SEEN))
        assert [p["sample_id"] for p in shown["people"]] == ["child"]
        assert shown["info_fields"] == []

    @pytest.mark.parametrize("fmt", ["csv", "json", "parquet", "vcf"])
    def test_exports_hold_nothing_of_others(self, case: access.CaseQuery, fmt: str) -> None:
        out = io.BytesIO()
        written = case.export((), (), None, fmt, out)
        assert written == len(SEEN)
        text = out.getvalue().decode("latin-1")
        assert "dad" not in text
        assert "mum" not in text
        if fmt == "json":
            for line in text.splitlines():
                assert json.loads(line)["gt"][1:] == [None, None]
        if fmt == "parquet":
            table = pq.read_table(io.BytesIO(out.getvalue()))
            assert all(g[1:] == [None, None] for g in table["gt"].to_pylist())
        if fmt == "vcf":
            body = [x for x in text.splitlines() if not x.startswith("##")]
            assert body[0].split("\t")[9:] == ["child"]
            assert {x.split("\t")[7] for x in body[1:]} == {"."}

    def test_scopes_do_not_share_caches(self, desk: Desk, case: access.CaseQuery) -> None:
        items = [Filter("qual", ">", 20)]
        few, all_ = case.count(items), desk.case(LOCAL, "demo").count(items)
        assert few < all_
        assert case.count(items) == few

    def test_two_grants_add_up(self, desk: Desk, case: access.CaseQuery) -> None:
        desk.journal.grant("local", "group:genetics", "see_case", "case", "demo", ["mum"])
        both = desk.case(ADA, "demo")
        assert [s.id for s in both.info.samples] == ["child", "mum"]
        assert len(SEEN) < both.info.total < N
        assert both.info.samples[0].mother == "mum"


def test_phenotype_goes_with_the_affected(desk: Desk) -> None:
    desk.journal.grant("local", "ada", "see_case", "case", "demo", ["mum"])
    assert desk.case(ADA, "demo").info.hpo == ()
    assert [c.hpo for c in desk.cases(ADA)] == [()]
    desk.journal.grant("local", "ada", "see_case", "case", "demo", ["mum", "child"])
    assert desk.case(ADA, "demo").info.hpo == ("HP:0001250",)


def test_members_who_are_not_in_the_case_give_nothing(desk: Desk) -> None:
    desk.journal.grant("local", "ada", "see_case", "case", "demo", ["stranger"])
    assert seen(desk, ADA) == []
    with pytest.raises(RefusedError):
        desk.case(ADA, "demo")


def _modules() -> list[Path]:
    return sorted(Path(room.__path__[0]).glob("*.py"))


def test_only_the_door_scans() -> None:
    """Nothing in the room but access.py reaches the lake's rows, or makes a Source."""
    for path in _modules():
        tree = ast.parse(path.read_text())
        called = {
            n.func.attr if isinstance(n.func, ast.Attribute) else getattr(n.func, "id", "")
            for n in ast.walk(tree)
            if isinstance(n, ast.Call)
        }
        if path.name != "access.py":
            assert not called & {"scan", "Source"}, path.name
            imported = [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
            assert path.name == "desk.py" or "data_layer.lake" not in imported, path.name


def test_every_reader_takes_an_actor_or_a_source() -> None:
    """A public function that reads has the actor's Source, an actor, or stands behind one."""
    given = {"source", "actor", "self", "cls"}
    readers = []
    for path in _modules():
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            text = ast.unparse(node)
            if ".database." in text or ".scan(" in text or "read_parquet" in text:
                readers.append(node.name)
                assert {a.arg for a in node.args.args} & given, f"{path.name}:{node.name}"
    assert len(readers) >= 4


@pytest.mark.parametrize("method", ["case", "cases", "open", "scope"])
def test_the_desk_asks_who(method: str) -> None:
    first: Any = getattr(Desk, method).__code__.co_varnames[1]
    assert first == "actor"


def test_present_rows_follow_the_members(desk: Desk) -> None:
    desk.journal.grant("local", "ada", "see_case", "case", "demo", ["child"])
    case = desk.case(ADA, "demo")
    present = case._source.present()
    assert set(np.flatnonzero(present).tolist()) == SEEN
