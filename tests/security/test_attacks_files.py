"""Attacks by files that somebody else wrote: manifests that swell, nest, or name odd paths."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest.manifest.panel import panel_files
from data_layer.ingest.manifest.scout import find, read_scout

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)


@pytest.mark.parametrize(
    "text",
    [
        "family: fam\n" + LAUGHS,
        "family: fam\nloop: &l [*l]\n",
        "family: fam\nloop: &l {again: *l}\n",
        "family: fam\ndeep: " + "[" * 200 + "]" * 200,
        "family: fam\ndeep: " + "[" * 20_000 + "]" * 20_000,
        "family: fam\nwhen: 2020-99-99\n",
        "family: fam\nrun: !!python/object/apply:os.system ['touch ran']\n",
        "family: fam\ngene_panels: 5\n",
        "family: fam\nphenotype_terms: {a: b}\n",
        'family: fam\nnul: "\\0"\nvcf_snv: "\\0.vcf"\n',
    ],
    ids=[
        "laughs",
        "loop",
        "loop-map",
        "deep",
        "deeper",
        "date",
        "python",
        "panels",
        "terms",
        "nul",
    ],
)
def test_a_hostile_manifest_is_refused_soon(tmp_path: Path, text: str) -> None:
    path = tmp_path / "load.yaml"
    path.write_text(text)
    began = time.monotonic()
    with pytest.raises(InputError):
        read_scout(path)
    assert time.monotonic() - began < 10
    assert not (tmp_path / "ran").exists()


def test_a_huge_manifest_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "load.yaml"
    with path.open("wb") as out:
        out.truncate(9 << 20)
    with pytest.raises(InputError, match="far more"):
        read_scout(path)


def test_every_value_can_be_kept_as_json(tmp_path: Path) -> None:
    path = tmp_path / "load.yaml"
    path.write_text(
        "family: f\nraw: !!binary aGk=\nnot: .nan\nmany: !!set {a, b}\nday: 2020-01-02\n"
    )
    content = read_scout(path).content
    assert "2020-01-02" in json.dumps(content, allow_nan=False)


@pytest.mark.parametrize("given", ["x" * 5000, "\0", "a/" * 3000, "/dev/zero", "/dev/stdin"])
def test_an_odd_path_is_simply_not_there(tmp_path: Path, given: str) -> None:
    assert find(given, tmp_path / "load.yaml") is None


def test_a_pipe_beside_the_manifest_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "panel.txt")
    (tmp_path / "real.txt").write_text("##panel_id=p\n" + "9" * 6000 + "\tABC\n")
    found = panel_files(tmp_path, ["p"])
    assert [p["genes"] for p in found] == [[[None, "ABC"]]]
