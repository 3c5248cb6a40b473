"""The specification's own test files and real files, against what docs/reading-vcf.md promises."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest.rules import RULES
from data_layer.ingest.text import open_vcf
from tests.vcf_made import lines_of

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reading-vcf.md"
PROJECTS = ("scout", "colo829", "balsamic", "genmod", "slivar", "stranger", "raredisease")


def tables(text: str) -> dict[str, list[list[str]]]:
    """The rows of each table of a Markdown text, by the first cell of its head."""
    found: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            rows = []
            continue
        cells = [c.strip() for c in line.strip("|").split("|")]
        if not rows:
            rows = found.setdefault(cells[0], [])
            rows.append([])
        elif set(line) - set("|- "):
            rows.append(cells)
    return {k: [r for r in v if r] for k, v in found.items()}


def listing(text: str) -> dict[str, frozenset[str]]:
    """File -> codes that the docs say we warn of."""
    out: dict[str, frozenset[str]] = {}
    for warned, rule, why, files in tables(text)["we warn"]:
        assert rule
        assert why
        codes = frozenset() if warned == "nothing" else frozenset(warned.split(", "))
        for name in files.split():
            assert name not in out, f"{name} is listed twice"
            out[name] = codes
    return out


def behaviour(path: Path) -> tuple[str, frozenset[str], int]:
    """Code of the refusal or nothing, codes of the warnings, records."""
    try:
        with open_vcf(path) as reader:
            kept = sum(t.num_rows for t in reader.batches())
            assert kept == reader.records
            return "", frozenset(reader.warning_counts), kept
    except InputError as e:
        problem = e.problem
    assert problem.message
    assert problem.fix
    assert path.name in problem.where
    return problem.code, frozenset(), 0


def breaks(listed: dict[str, frozenset[str]], folder: Path) -> list[str]:
    """Every way in which the docs and the reader disagree about the failed files."""
    out = []
    seen = set()
    for path in sorted(folder.glob("*/failed/*.vcf")):
        name = f"{path.parent.parent.name}/{path.stem.removeprefix('failed_')}"
        seen.add(name)
        code, warned, _ = behaviour(path)
        if code and name in listed:
            out.append(f"{name} is listed as read and is refused with {code}")
        elif not code and name not in listed:
            out.append(f"{name} is read and not listed; it warns {sorted(warned)}")
        elif not code and warned != listed[name]:
            out.append(f"{name} warns {sorted(warned)}, listed {sorted(listed[name])}")
    return out + [f"{name} is listed and is no file" for name in sorted(set(listed) - seen)]


@pytest.fixture(scope="module")
def specs(shared: Path) -> Path:
    return shared / "hts-specs" / "test" / "vcf"


@pytest.mark.shared
def test_every_passed_file_is_read(specs: Path) -> None:
    files = sorted(specs.glob("*/passed/*.vcf"))
    assert len(files) == 50
    refused = [(p.name, code) for p in files if (code := behaviour(p)[0])]
    assert refused == []


@pytest.mark.shared
def test_every_failed_file_is_refused_or_listed(specs: Path) -> None:
    text = DOCS.read_text(encoding="utf-8")
    listed = listing(text)
    assert breaks(listed, specs) == []
    files = len(list(specs.glob("*/failed/*.vcf")))
    said = re.search(r"Of the (\d+) in `failed`, (\d+) are refused and (\d+) are read", text)
    assert said is not None
    assert [int(n) for n in said.groups()] == [files, files - len(listed), len(listed)]


@pytest.mark.shared
def test_a_wrong_listing_is_found(specs: Path) -> None:
    listed = listing(DOCS.read_text(encoding="utf-8"))
    read = "4.1/body_id_000"
    refused = "4.1/body_pos_000"
    assert read in listed
    assert refused not in listed
    without = {k: v for k, v in listed.items() if k != read}
    assert len(breaks(without, specs)) == 1
    assert len(breaks(listed | {refused: frozenset({"VCF-POS"})}, specs)) == 1
    assert len(breaks(listed | {read: frozenset({"VCF-ORDER"})}, specs)) == 1
    assert len(breaks(listed | {read: frozenset()}, specs)) == 1
    assert len(breaks(listed | {"4.1/body_id_999": frozenset()}, specs)) == 1


def real_files(shared: Path) -> list[Path]:
    ends = (".vcf", ".vcf.gz", ".bcf")
    return [
        path
        for project in PROJECTS
        for path in sorted((shared / project).rglob("*"))
        if path.name.endswith(ends)
    ]


def data_lines(path: Path) -> list[bytes]:
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    return [line.rstrip(b"\r") for line in raw.split(b"\n") if line.strip() and line[:1] != b"#"]


@pytest.mark.shared
def test_real_files_give_back_each_line_or_are_listed(shared: Path) -> None:
    listed = {name: code for name, code, _ in tables(DOCS.read_text(encoding="utf-8"))["file"]}
    files = real_files(shared)
    assert len(files) > 60
    refused = {}
    total = 0
    for path in files:
        name = str(path.relative_to(shared))
        want = data_lines(path)
        try:
            with open_vcf(path) as reader:
                got = [line.encode() for line in lines_of(reader)]
                assert reader.records == len(want), name
                assert reader.rejected_count == 0
        except InputError as e:
            refused[name] = e.problem.code
            continue
        assert got == want, name
        total += len(got)
    assert refused == listed
    assert total > 30_000


def test_docs_name_every_rule() -> None:
    rows = tables(DOCS.read_text(encoding="utf-8"))["code"]
    assert [(c, s) for c, s in rows] == [(r.code, r.sentence) for r in RULES.values()]


def test_tables_are_read_as_they_stand() -> None:
    text = "a\n\n| x | y |\n| - | - |\n| 1 | 2 |\n| 3 | |\n\n| z |\n|---|\n| 4 |\n"
    assert tables(text) == {"x": [["1", "2"], ["3", ""]], "z": [["4"]]}
