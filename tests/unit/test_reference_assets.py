"""Packaged tables, fonts and icons are what their lists say, small, and fetch nothing."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from data_layer.settings import asset_path

TABLES = sorted(asset_path("reference").glob("*.parquet"))
ICONS = sorted(asset_path("icons").glob("*.svg"))
#: Licences whose facts may be packaged.
FREE = {"MIT", "CC0-1.0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"}


def sources() -> list[dict[str, str]]:
    with asset_path("reference", "sources.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_every_table_has_sources_and_every_source_a_table() -> None:
    assert {r["file"] for r in sources()} == {p.name for p in TABLES}


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.name)
def test_table_is_the_one_that_was_listed(path: Path) -> None:
    mine = [r for r in sources() if r["file"] == path.name]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = pq.ParquetFile(path).metadata.num_rows
    assert {(r["sha256"], int(r["rows"])) for r in mine} == {(digest, rows)}
    assert path.stat().st_size < 3_000_000


def test_sources_are_pinned_free_and_cited() -> None:
    for row in sources():
        assert re.fullmatch(r"[\w.-]+(==|@)\d+\.\d+(\.\d+)?", row["package"]), row
        assert row["licence"] in FREE
        assert re.fullmatch(r"[0-9a-f]{64}", row["package_sha256"])
        assert row["what"]
        assert row["data"]
        assert "://" not in "".join(row.values())


def test_tables_together_are_small() -> None:
    assert sum(p.stat().st_size for p in TABLES) < 8_000_000


def test_fonts_are_local_small_and_licensed() -> None:
    folder = asset_path("fonts")
    css = (folder / "fonts.css").read_text(encoding="utf-8")
    named = set(re.findall(r'url\("\./([^"]+)"\)', css))
    assert css.count("url(") == len(re.findall(r'url\("\./', css))
    assert named == {p.name for p in folder.glob("*.woff2")}
    assert all((folder / n).read_bytes()[:4] == b"wOF2" for n in named)
    assert sum((folder / n).stat().st_size for n in named) < 600_000
    for name in ("OFL-Inter.txt", "OFL-JetBrainsMono.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("family", "weight", "style"),
    [
        ("Inter", 400, "normal"),
        ("Inter", 500, "normal"),
        ("Inter", 600, "normal"),
        ("Inter", 400, "italic"),
        ("Inter", 600, "italic"),
        ("JetBrains Mono", 400, "normal"),
        ("JetBrains Mono", 600, "normal"),
    ],
)
def test_face_is_declared(family: str, weight: int, style: str) -> None:
    css = asset_path("fonts", "fonts.css").read_text(encoding="utf-8")
    rule = f'font-family: "{family}";\n  font-style: {style};\n  font-weight: {weight};'
    assert css.count(rule) == 1


def test_the_rail_has_its_icons() -> None:
    wanted = (
        "norrsken home case tumour cohort compare gene filter journal moon sun help person "
        "search alert clock refresh close download columns"
    )
    assert {p.stem for p in ICONS} == set(wanted.split())


@pytest.mark.parametrize("path", ICONS, ids=lambda p: p.stem)
def test_icon_is_plain(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    assert root.get("viewBox") == "0 0 24 24"
    tags = {e.tag.rpartition("}")[2] for e in root.iter()}
    assert tags <= {"svg", "path", "circle", "rect", "title"}
    for element in root.iter():
        for value in element.attrib.values():
            assert "href" not in value
            assert not value.startswith("#"), f"{path.name}: a fixed colour would break a theme"
    text = path.read_text(encoding="utf-8")
    assert "currentColor" in text or path.stem == "norrsken"
