"""The container's recipe: what it copies is there, what it installs is only what running needs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
RECIPE = (ROOT / "Dockerfile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def steps() -> list[str]:
    """The recipe's instructions, continued lines joined, comments left out."""
    text = re.sub(r"^#.*\n", "", RECIPE, flags=re.M).replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip()]


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(r).name) for r in requirements}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Packages that the recipe's own filter leaves of the lock."""
    (command,) = re.findall(r"(sed .+? requirements\.lock) > run\.lock", RECIPE)
    out = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {canonicalize_name(n) for n in re.findall(r"^([A-Za-z0-9._-]+)==", out.stdout, re.M)}


def test_the_recipe_is_clean() -> None:
    command = [str(Path(sys.executable).with_name("hadolint")), "--no-color", "Dockerfile"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (out.returncode, out.stdout) == (0, "")


def test_what_it_copies_is_there() -> None:
    copied = [s.split()[1:] for s in steps() if s.startswith("COPY ") and "--from" not in s]
    sources = [source for words in copied for source in words[:-1]]
    assert "requirements.lock" in sources
    assert [s for s in sources if not (ROOT / s).exists()] == []
    built = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = [*built["packages"], *built["force-include"], *PROJECT["project"]["license-files"]]
    assert [n for n in needed if n not in sources] == []


def test_it_runs_as_nobody_in_particular() -> None:
    users = [s.split()[1] for s in steps() if s.startswith("USER ")]
    assert users
    assert users[-1].isdecimal()
    assert int(users[-1]) > 0
    after = steps()[steps().index(f"USER {users[-1]}") + 1 :]
    assert not any(s.startswith(("USER", "RUN", "COPY", "ADD", "FROM")) for s in after)


def test_it_installs_nothing_of_development(installed: set[str]) -> None:
    wanted = PROJECT["project"]
    extras = [r for rs in wanted["optional-dependencies"].values() for r in rs]
    running = names(wanted["dependencies"] + extras)
    assert running <= installed
    development = names(PROJECT["dependency-groups"]["dev"]) - running
    assert development
    assert development & installed == set()


def needed(roots: set[str]) -> Iterator[str]:
    """Every package that these need here, by what the installed ones say of themselves."""
    waiting = [(name, frozenset[str]()) for name in roots]
    waiting += [
        (canonicalize_name(r.name), frozenset(r.extras))
        for r in map(Requirement, PROJECT["project"]["optional-dependencies"]["postgres"])
    ]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        yield name
        for text in metadata.requires(name) or []:
            requirement = Requirement(text)
            marked = requirement.marker
            if marked is None or any(marked.evaluate({"extra": e}) for e in (*extras, "")):
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))


def test_it_installs_all_that_running_needs(installed: set[str]) -> None:
    roots = names(PROJECT["project"]["dependencies"])
    assert set(needed(roots)) - installed == set()


def test_the_program_imports_nothing_else(installed: set[str]) -> None:
    owners = metadata.packages_distributions()
    imported = set()
    for path in [*(ROOT / "app").rglob("*.py"), *(ROOT / "data_layer").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {a.name.split(".")[0] for a in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.split(".")[0])
    third = imported - set(sys.stdlib_module_names) - {"app", "data_layer"}
    assert {"duckdb", "pyarrow"} <= third
    missing = {
        name
        for name in third
        if not {canonicalize_name(d) for d in owners.get(name, [name])} & installed
    }
    assert missing == set()
