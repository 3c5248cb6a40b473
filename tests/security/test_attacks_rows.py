"""Attacks of a person with a right to one case: pictures, searches, exports, the ledger."""

from __future__ import annotations

import csv
import io
import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pytest

from app.api import export as exporting
from app.linking.services import Services
from data_layer.errors import InputError, JournalError, RefusedError
from data_layer.query import access
from data_layer.query.access import LOCAL, Actor
from data_layer.query.cache import MOST, ByteCache
from data_layer.query.desk import Desk
from data_layer.query.filters import Filter, parse_filters
from data_layer.schema import VARIANTS
from tests.query_rows import BUILD, open_desk, variant_table
from tests.security.test_routes import NamedSignIn
from tests.served import Served, served

N = 3000
ADA = Actor("ada", "Ada")
TOP = sum(BUILD.sizes)
EVIL = {
    0: "=HYPERLINK(\"http://evil.example\")",
    1: "@SUM(1)",
    2: "+cmd|' /C calc'!A0",
    3: "-2+3+cmd|x",
    4: "\t=1",
    5: "-0.5",
    6: "rs1,=1+1",
    7: "<script>alert(1)</script>",
}  # fmt: skip


def hostile(n: int) -> pa.Table:
    table = variant_table(n, seed=5)
    ids = [EVIL.get(i, f"rs{i}") for i in range(n)]
    at = VARIANTS.stored.get_field_index("id")
    return table.set_column(at, VARIANTS.stored.field(at), pa.array(ids))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = open_desk(tmp_path_factory.mktemp("rows") / "lake", hostile(N))
    made.journal.grant(LOCAL.id, "ada", "see_case", "case", "demo")
    yield made
    made.close()


@pytest.fixture(scope="module")
def house(desk: Desk) -> Iterator[Served]:
    with served(Services(desk, desk.settings, NamedSignIn())) as server:
        yield server


def ask(house: Served, path: str) -> tuple[int, Mapping[str, object]]:
    answer = house.get(path, **{"X-Person": "ada"})
    return answer.status, answer.json if b"{" in answer.body[:1] else {}


VIEW = f"/api/grid?case=demo&picture=vaf&x0=0&x1={TOP}"


@pytest.mark.parametrize(
    "rest",
    [
        "&w=50&h=20&y0=-inf&y1=inf",
        "&w=50&h=20&y0=0&y1=inf",
        "&w=50&h=20&y0=nan&y1=1",
        "&w=50&h=20&y0=0&y1=5e-324",
        "&w=50&h=20&y0=-1.7e308&y1=1.7e308",
        "&w=8192&h=8192",
        "&w=1000000000&h=1",
        "&w=nan&h=20",
        "&w=inf&h=20",
    ],
)
def test_a_picture_keeps_inside_its_memory(house: Served, rest: str) -> None:
    status, body = ask(house, VIEW + rest)
    assert (status, set(body)) == (400, {"error"})


@pytest.mark.parametrize(("y0", "y1"), [(float("-inf"), 1.0), (0.0, 5e-324), (-1.7e308, 1.7e308)])
def test_the_query_layer_refuses_the_same(desk: Desk, y0: float, y1: float) -> None:
    case = desk.case(ADA, "demo")
    with pytest.raises(InputError):
        case.grid("vaf", x0=0, x1=TOP, y0=y0, y1=y1, w=50, h=20)


def test_a_narrow_range_still_counts_every_row(desk: Desk) -> None:
    case = desk.case(ADA, "demo")
    whole = case.grid("vaf", x0=0, x1=TOP, w=50, h=20)
    close = case.grid("vaf", x0=0, x1=TOP, y0=0.4999, y1=0.5, w=50, h=20)
    assert int(close.counts.sum()) == close.rows == whole.rows == N


SLOW = 30_000


@pytest.mark.parametrize(
    "path",
    [
        f"/api/find?case=demo&q=1:1A{'+' * SLOW}!",
        f"/api/find?case=demo&q=1:1{'+' * SLOW}x",
        f"/api/why?case=demo&q=1:1A{'+' * SLOW}!",
        f"/api/funnel?case=demo&f=cadd%3D{'+x' + '+' * SLOW}x",
        f"/api/funnel?case=demo&f=gt:{'+' * SLOW}x",
        f"/api/funnel?case=demo&f=region~in~1:1{'+' * SLOW}x",
        f"/api/funnel?case=demo&f=region~overlaps~{'|'.join(['1:1'] * 12_000)}",
        f"/api/find?case=demo&q=chr1:{'9' * 5_000}",
        f"/api/funnel?case=demo&f=region~in~chr1:{'9' * 5_000}",
    ],
)
def test_no_text_holds_the_server_up(house: Served, path: str) -> None:
    # Each of these took seconds once; now its length alone is refused before it is read.
    status, body = ask(house, path)
    assert (status, set(body)) == (400, {"error"})
    assert not str(body["error"]["code"]).startswith("E-")  # type: ignore[index]


def test_a_long_position_is_simply_not_found(house: Served) -> None:
    assert ask(house, f"/api/find?case=demo&q=chr1:{'9' * 400}") == (200, {"hits": []})


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("cadd >= 20", Filter("cadd", ">=", 20.0)),
        (" gt:dad = het", Filter("gt:dad", "in", ("het",))),
        (" gt:dad > het", None),
        ("vaf:a b >0.2", Filter("vaf:a b", ">", 0.2)),
        ("clinvar_sig=Likely pathogenic ", Filter("clinvar_sig", "=", "Likely pathogenic")),
    ],
)
def test_typed_filters_read_as_before(text: str, want: Filter | None) -> None:
    if want is None:
        with pytest.raises(InputError):
            parse_filters(text)
    else:
        assert parse_filters(text) == (want,)


BAD = [
    "'; drop table x; --",
    '"; select 1; --',
    "x') or 1=1 --",
    "$1",
    "{{7*7}}",
    "%s",
    "🧬",
]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(
    "path",
    [
        "/api/rows?case=demo&size=5&sort={}:asc",
        "/api/rows?case=demo&size=5&columns={}",
        "/api/rows?case=demo&size=5&columns=vaf:{}",
        "/api/rows?case=demo&size=5&sort=vaf:{}:asc",
        "/api/funnel?case=demo&f={}~in~x",
        "/api/funnel?case=demo&f=gt:{}~in~het",
        "/api/funnel?case=demo&f=cadd~{}~1",
        "/api/funnel?case=demo&f=cadd~lt~{}",
        "/api/rows?case={}",
        "/api/grid?case=demo&picture={}&x0=0&x1=10&w=5&h=5",
        "/api/grid?case=demo&picture=vaf&sample={}&x0=0&x1=10&w=5&h=5",
        "/api/export?case=demo&format={}",
        "/api/bands?build={}",
    ],
)
def test_no_argument_becomes_sql(house: Served, path: str, bad: str) -> None:
    status, body = ask(house, path.format(quote(bad, safe="")))
    assert status in (400, 403)
    assert not str(body["error"]["code"]).startswith("E-")  # type: ignore[index]


@pytest.mark.parametrize("bad", BAD)
def test_values_are_only_values(desk: Desk, bad: str) -> None:
    case = desk.case(ADA, "demo")
    for item in (
        Filter("gene", "in", bad),
        Filter("text", "contains", bad),
        Filter("filter", "in", bad),
        Filter("any_gene", "in", bad),
        Filter("vid", "in", tuple([bad] * 20)),
    ):
        assert case.count([item]) == 0
    assert case.find(bad) == []
    assert case.why(bad, ()).row_id is None


def test_a_spreadsheet_runs_nothing(desk: Desk) -> None:
    out = io.BytesIO()
    case = desk.case(ADA, "demo")
    case.export((), (), ["row_id", "id", "alt", "vaf", "filter"], "csv", out)
    text = out.getvalue().decode()
    head = [x for x in text.splitlines() if x.startswith("#")]
    assert any("added '" in x for x in head)
    body = list(csv.reader(io.StringIO(text[sum(len(x) + 1 for x in head) :])))
    got = {int(r[0]): r[1] for r in body[1:]}
    for row in (0, 1, 2, 3, 4):
        assert got[row] == "'" + EVIL[row]
    for row in (5, 6, 7, 100):
        assert got[row] == EVIL.get(row, f"rs{row}")


def test_a_spreadsheet_runs_no_note(desk: Desk, tmp_path: Path) -> None:
    out = io.BytesIO()
    case = desk.case(ADA, "demo")
    items = [Filter("gene", "in", ("x, =1+1", "y;@SUM(1)", 'z,"=cmd|x"'))]
    case.export(items, (), ["id"], "csv", out)
    for line in out.getvalue().decode().splitlines():
        for cell in [c for part in line.split(";") for c in next(csv.reader([part]), [])]:
            assert cell.strip().strip('"')[:1] not in ("=", "@", "+"), line


def test_a_stalled_reader_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(exporting, "STALL", 1.0)
    caplog.set_level("INFO", "norrsken.api")
    desk = open_desk(tmp_path / "lake", variant_table(60_000, seed=3))
    with served(Services(desk, desk.settings, NamedSignIn())) as server:
        desk.journal.grant(LOCAL.id, "ada", "see_case", "case", "demo")
        port = int(server.base.rpartition(":")[2])
        stalled = []
        for _ in range(8):
            waiting = socket.socket()
            waiting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            waiting.connect(("127.0.0.1", port))
            path = "/api/export?case=demo&format=json"
            waiting.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Person: ada\r\n\r\n".encode())
            stalled.append(waiting)
        time.sleep(1)
        began = time.monotonic()
        assert server.get("/api/funnel?case=demo", **{"X-Person": "ada"}).status == 200
        assert time.monotonic() - began < 10
        _wait(lambda: "took nothing" in caplog.text)
        for waiting in stalled:
            waiting.close()
        _wait(lambda: caplog.text.count("went away") == len(stalled))
    desk.close()


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not done() and time.monotonic() < until:
        time.sleep(0.1)
    assert done()


def test_small_values_do_not_fill_memory_without_end() -> None:
    class Nothing:
        nbytes = 0

    cache = ByteCache(1000)
    for i in range(MOST + 100):
        cache.put(i, Nothing())
    assert cache.peek(0) is None
    assert cache.peek(MOST + 99) is not None


def test_a_person_named_like_a_group_is_no_group(desk: Desk) -> None:
    desk.journal.grant(LOCAL.id, "group:genetics", "see_case", "case", "demo")
    time.sleep(access.AUTHORITY_AGE + 0.1)
    with pytest.raises(RefusedError):
        desk.case(Actor("group:genetics", "Eve"), "demo")
    assert desk.case(Actor("eve", "Eve", frozenset({"genetics"})), "demo").info.total == N
    desk.journal.revoke(LOCAL.id, "group:genetics", "see_case", "case", "demo")


class TestNoAuditNoData:
    """Whoever reads is in the ledger before the data leave, by page or by address."""

    @pytest.fixture
    def fresh(self, tmp_path: Path) -> Iterator[Desk]:
        made = open_desk(tmp_path / "lake", variant_table(50))
        made.journal.grant(LOCAL.id, "ada", "see_case", "case", "demo")
        yield made
        made.close()

    def test_a_first_read_without_a_page_is_written_at_once(self, fresh: Desk) -> None:
        with served(Services(fresh, fresh.settings, NamedSignIn())) as server:
            assert ask(server, "/api/rows?case=demo")[0] == 200
            assert [(a.kind, a.actor_id) for a in fresh.journal.accesses()] == [("open", "ada")]
            assert ask(server, "/api/variant?case=demo&row=1")[0] == 200
            assert len(fresh.journal.accesses()) == 1
            fresh.journal.flush()
            reads = [a.detail["reads"] for a in fresh.journal.accesses() if a.kind == "read"]
            assert sum(int(str(n)) for n in reads) == 2

    def test_an_export_says_what_was_taken(self, fresh: Desk) -> None:
        with served(Services(fresh, fresh.settings, NamedSignIn())) as server:
            path = "/api/export?case=demo&format=csv&columns=gene&f=cadd~ge~20"
            assert server.get(path, **{"X-Person": "ada"}).status == 200
        row = next(a for a in fresh.journal.accesses() if a.kind == "export")
        assert (row.detail["columns"], row.detail["filters"]) == (["gene"], "cadd~ge~20")

    def test_the_list_of_cases_is_noted(self, fresh: Desk) -> None:
        assert fresh.cases(ADA)
        assert fresh.cases(Actor("bo", "Bo")) == []
        fresh.journal.flush()
        assert [(a.actor_id, a.case_id) for a in fresh.journal.accesses()] == [("ada", "*")]

    @pytest.mark.parametrize("path", ["/api/rows?case=demo", "/api/export?case=demo&format=csv", "/case/demo"])  # fmt: skip # noqa: E501
    def test_a_broken_ledger_gives_nothing(
        self, fresh: Desk, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: object, **kwargs: object) -> int:
            raise JournalError("JOURNAL-WRITE", "the journal", "it cannot be written")

        monkeypatch.setattr(fresh.journal, "record_access", broken)
        with served(Services(fresh, fresh.settings, NamedSignIn())) as server:
            answer = server.get(path, **{"X-Person": "ada"})
        assert b"rs1" not in answer.body
        assert b"Case demo" not in answer.body
        if path.startswith("/api"):
            assert json.loads(answer.body)["error"]["code"] == "JOURNAL-WRITE"
