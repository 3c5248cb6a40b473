"""The packaged tables can be made again, byte for byte, from the pinned packages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from data_layer.settings import asset_path


@pytest.mark.slow
def test_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = asset_path("reference")
    code = f"import build; from pathlib import Path; build.main(Path({str(tmp_path)!r}))"
    paths = os.pathsep.join([str(folder), str(folder.parents[1])])
    env = os.environ | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)  # fmt: skip # noqa: E501
    assert done.returncode == 0, done.stderr
    made = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    kept = [p for p in folder.iterdir() if p.suffix in {".parquet", ".tsv"}]
    assert made.keys() == {p.name for p in kept}
    assert [p.name for p in kept if made[p.name] != p.read_bytes()] == []
