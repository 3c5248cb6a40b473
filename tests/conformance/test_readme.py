"""Every command of the README runs as written, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


@pytest.fixture(scope="module")
def env() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "NORRSKEN_PORT": str(free_port())}


def answers(port: str, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as reply:
                return bool(reply.status == 200)
        except OSError:
            time.sleep(0.3)
    return False


def steps() -> Iterator[tuple[int, str]]:
    yield from ((i, c) for i, c in enumerate(COMMANDS) if not c.startswith("make"))


def test_the_readme_has_commands() -> None:
    assert {c for c in COMMANDS if c.startswith("make")} == {"make demo", "make test"}
    assert sum(c.startswith("norrsken") for c in COMMANDS) >= 10


@pytest.mark.parametrize(("number", "command"), list(steps()))
def test_command(number: int, command: str, folder: Path, env: dict[str, str]) -> None:
    if command.startswith("export "):
        name, _, value = command.removeprefix("export ").partition("=")
        env[name] = value
        return
    if command == "norrsken serve":
        process = subprocess.Popen(command.split(), cwd=folder, env=env, stderr=subprocess.PIPE)
        try:
            assert answers(env["NORRSKEN_PORT"], 60), "serve does not answer"
        finally:
            process.terminate()
            process.wait(20)
        return
    done = subprocess.run(command, shell=True, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("target", ["demo", "test", "test-all", "bench"])
def test_make_knows_its_targets(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_environment_that_make_made_has_the_command() -> None:
    """The README sources ``activate`` of the environment that these tests run in."""
    script = f". '{Path(sys.prefix) / 'bin' / 'activate'}' && command -v norrsken"
    bare = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(["bash", "-c", script], env=bare, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).parent == Path(sys.prefix) / "bin"
