"""The wheel, alone in an empty environment elsewhere, makes the demo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
UV = Path(sys.executable).with_name("uv")


def run(*words: str | Path, cwd: Path, **env: str) -> str:
    done = subprocess.run(
        [str(w) for w in words],
        cwd=cwd,
        env=os.environ | env,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    run(UV, "build", "--quiet", "--wheel", "--out-dir", folder / "dist", ROOT, cwd=folder)
    run(UV, "venv", "--quiet", "--python", sys.executable, folder / "env", cwd=folder)
    python = folder / "env" / "bin" / "python"
    lock = ROOT / "requirements.lock"
    run(UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock, cwd=folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    run(UV, "pip", "install", "--quiet", "--no-deps", "--python", python, wheel, cwd=folder)
    return folder


def test_demo_runs_from_the_wheel(elsewhere: Path) -> None:
    norrsken = elsewhere / "env" / "bin" / "norrsken"
    lake = str(elsewhere / "lake")
    found = json.loads(
        run(norrsken, "demo", "--scale", "small", "--json", cwd=elsewhere, NORRSKEN_LAKE=lake)
    )
    counts = {c["case_id"]: c["variants"] for c in found["cases"]}
    assert counts["1000-genomes-person"] == 5371
    assert counts["demo-trio-small"] > 20_000
    checked = json.loads(run(norrsken, "doctor", "--json", cwd=elsewhere, NORRSKEN_LAKE=lake))
    assert checked["ok"] is True
    where = run(
        elsewhere / "env" / "bin" / "python", "-c", "import app; print(app.__file__)", cwd=elsewhere
    )
    assert str(ROOT) not in where


def test_demo_again_changes_nothing(elsewhere: Path) -> None:
    norrsken = elsewhere / "env" / "bin" / "norrsken"
    lake = str(elsewhere / "lake")
    words = (norrsken, "demo", "--scale", "small", "--json")
    assert json.loads(run(*words, cwd=elsewhere, NORRSKEN_LAKE=lake))["lake_version"] == 2
