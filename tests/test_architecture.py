"""House rules 1 to 4, read from the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted(p for room in ("app", "data_layer") for p in (ROOT / room).rglob("*.py"))
SCRIPTS = sorted((ROOT / "assets").rglob("*.py")) + sorted((ROOT / "docs").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

#: Each room may import the rooms of the rows above it, never its own row's neighbours or below.
DATA_ROWS: tuple[tuple[str, ...], ...] = (
    ("errors", "region"),
    ("schema", "settings"),
    ("analysis", "compute"),
    ("reference", "lake", "journal"),
    ("simulate",),
    ("tiles",),
    ("ingest", "query"),
    ("sharing",),
)
APP_ROWS: tuple[tuple[str, ...], ...] = (
    ("theme",),
    ("linking",),
    ("views",),
    ("pages", "slides", "api"),
    ("main",),
    ("cli",),
)
#: region may name errors: they stand in one row of the design and neither imports back.
NEIGHBOURS = {("region", "errors")}
WEB = {"panel", "param", "bokeh", "holoviews", "app", "tornado", "panel_material_ui"}
MAX_FILE, MAX_FUNCTION = 400, 60


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module a file imports, relative ones spelled out, with its line."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((a.name, node.lineno) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level] if node.level else ()
            stem = ".".join((*base, *((node.module or "").split(".") if node.module else ())))
            yield from ((f"{stem}.{a.name}", node.lineno) for a in node.names)


def room(name: str) -> str:
    """The room of a dotted module name: its second part."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def row_of(rows: tuple[tuple[str, ...], ...], name: str) -> int | None:
    return next((i for i, row in enumerate(rows) if name in row), None)


def order_breaks(path: Path, top: str, rows: tuple[tuple[str, ...], ...]) -> list[str]:
    here = path.relative_to(ROOT / top).parts[0].removesuffix(".py")
    mine = row_of(rows, here)
    if here == "__init__":
        return []
    if mine is None:
        return [f"{path.relative_to(ROOT)} stands in a room that the design does not name"]
    out = []
    for name, line in imports(path):
        if not name.startswith(f"{top}."):
            continue
        there = room(name)
        theirs = row_of(rows, there)
        if there == here or (here, there) in NEIGHBOURS:
            continue
        if theirs is None or theirs >= mine:
            out.append(f"{path.relative_to(ROOT)}:{line} {here} imports {name}")
    return out


def test_there_is_code_to_read() -> None:
    assert len(CODE) > 20


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    top = path.relative_to(ROOT).parts[0]
    rows = DATA_ROWS if top == "data_layer" else APP_ROWS
    assert order_breaks(path, top, rows) == []


def test_data_layer_knows_no_web() -> None:
    breaks = [
        f"{p.relative_to(ROOT)}:{line} imports {name}"
        for p in CODE
        if p.is_relative_to(ROOT / "data_layer")
        for name, line in imports(p)
        if name.split(".")[0] in WEB
    ]
    assert breaks == []


def test_views_never_import_views() -> None:
    breaks = []
    for path in (ROOT / "app" / "views").rglob("*.py"):
        me = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name, line in imports(path):
            if name.startswith("app.views.") and not (name == me or name.startswith(me + ".")):
                breaks.append(f"{path.name}:{line} imports {name}")
    assert breaks == []


_VERBS = r"select|with|insert\s+into|delete\s+from|update|create\s+(?:table|view)|copy"
_LINKS = r"from|FROM|values|VALUES|set|SET|as|AS|to|TO"
SQL = re.compile(
    rf"^\s*(?:{_VERBS}|{_VERBS.upper().replace('S+', 's+')})\s.*\b(?:{_LINKS})\b|read_parquet",
    re.S,
)
LAKE_LIBRARIES = {"duckdb", "deltalake", "pyarrow", "sqlalchemy"}


def strings(path: Path) -> Iterator[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(n.body[0].value)
        for n in ast.walk(tree)
        if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and n.body
        and isinstance(n.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value, node.lineno


def test_app_writes_no_sql_and_opens_no_lake_file() -> None:
    breaks = []
    for path in (p for p in CODE if p.is_relative_to(ROOT / "app")):
        breaks += [f"{path.name}:{n} {t[:40]!r}" for t, n in strings(path) if SQL.search(t)]
        breaks += [
            f"{path.name}:{line} imports {name}"
            for name, line in imports(path)
            if name.split(".")[0] in LAKE_LIBRARIES
        ]
    assert breaks == []


def test_sql_pattern_finds_sql() -> None:
    assert SQL.search("select a, b\n from t")
    assert SQL.search("SELECT 1 FROM x")
    assert not SQL.search("Select a row from the list")
    assert not SQL.search("Open the case and select a row from the list")


@pytest.mark.parametrize(
    ("library", "rooms"),
    [("deltalake", {"lake"}), ("sqlalchemy", {"journal"}), ("alembic", {"journal"})],
)
def test_each_store_has_one_room(library: str, rooms: set[str]) -> None:
    breaks = [
        f"{p.relative_to(ROOT)}:{line}"
        for p in CODE
        for name, line in imports(p)
        if name.split(".")[0] == library and room(".".join(p.relative_to(ROOT).parts)) not in rooms
    ]
    assert breaks == []


def test_rows_leave_through_one_door() -> None:
    """Only the lake itself and query/access.py call ``scan``: access is decided in one place.

    The upkeep of pyramids reads signals whole and gives nobody their values.
    """
    allowed = {
        "scan": ROOT / "data_layer" / "query" / "access.py",
        "signal_files": ROOT / "data_layer" / "tiles" / "upkeep.py",
    }
    breaks = [
        f"{p.relative_to(ROOT)}:{node.lineno}"
        for p in CODE
        if not p.is_relative_to(ROOT / "data_layer" / "lake")
        for node in ast.walk(ast.parse(p.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in allowed
        and p != allowed[node.func.attr]
    ]
    assert breaks == []


@pytest.mark.parametrize("path", CODE + SCRIPTS + TESTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_size(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE
    long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize(
    "path",
    sorted(p for kind in ("*.js", "*.css") for p in (ROOT / "assets").rglob(kind)),
    ids=lambda p: p.name,
)
def test_own_scripts_and_styles_are_short_and_offline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE
    assert re.findall(r"(?:src|href|import|url|fetch)\W{1,3}https?://", text) == []


def test_names_say_nouns() -> None:
    bad = {"utils", "helpers", "manager", "base2", "misc", "common"}
    assert [str(p.relative_to(ROOT)) for p in CODE if p.stem in bad] == []


def test_top_level_is_the_given_shape() -> None:
    given = {"pyproject.toml", "README.md", "Dockerfile", "app", "data_layer", "tests", "assets"}
    besides = {"docs", "Makefile", "requirements.lock", "CHANGELOG.md", "CONTRIBUTING.md"}
    listed = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}
    assert given <= listed
    built = {"norrsken-lake", "node_modules", "dist"}
    extra = {n for n in listed - given - besides - built if not n.startswith("bench-")}
    assert extra == set()
