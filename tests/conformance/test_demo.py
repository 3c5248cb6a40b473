"""The demo's trio has coverage and allele fractions, whole down to the last point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from data_layer.lake import open_lake
from data_layer.settings import Settings


def test_the_small_demo_shows_signals_of_three_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(tmp_path / "lake")
    monkeypatch.setenv("NORRSKEN_LAKE", url)
    done = CliRunner().invoke(main, ["demo", "--scale", "small", "--json"])
    assert done.exit_code == 0, done.output
    case = open_lake(url, settings=Settings(lake=url)).snapshot().case("demo-trio-small")
    entries: list[dict[str, Any]] = [e for e in json.loads(case["sources"]) if "signal" in e]
    assert {(e["sample_id"], e["signal"]) for e in entries} == {
        (f"simtrio7_{person}", signal)
        for person in ("proband", "father", "mother")
        for signal in ("coverage", "baf")
    }
    rows = {(e["sample_id"], e["signal"]): e["rows"] for e in entries}
    assert rows["simtrio7_mother", "coverage"] < rows["simtrio7_father", "coverage"]
    assert all(100_000 < n < 120_000 for (_, s), n in rows.items() if s == "coverage")
    checked = CliRunner().invoke(main, ["tiles", "verify", "demo-trio-small"])
    assert checked.exit_code == 0, checked.output
