"""The guide shows pictures that exist and are small, and promises the keys of the help dialog."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from data_layer.settings import asset_path

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "guide.md").read_text(encoding="utf-8")
SHOWN = set(re.findall(r"pictures/([\w-]+\.png)", GUIDE))


def test_every_picture_is_there_and_small() -> None:
    assert 4 <= len(SHOWN) <= 6
    assert {p.name for p in (DOCS / "pictures").iterdir()} == SHOWN
    for name in SHOWN:
        data = (DOCS / "pictures" / name).read_bytes()
        assert len(data) < 250_000
        width, height = struct.unpack(">II", data[16:24])
        assert width >= 300, name
        assert height >= 150, name


def test_the_guide_promises_only_keys_of_the_help() -> None:
    table = GUIDE.partition("## Keys")[2]
    promised = {
        k for row in re.findall(r"^\| (`.*?) \|", table, re.M) for k in re.findall("`(.+?)`", row)
    }
    source = asset_path("js", "help.js").read_text(encoding="utf-8")
    listed = {k for cell in re.findall(r'\["([^"]+)", "', source) for k in re.split(" +", cell)}
    assert promised
    assert promised <= listed
