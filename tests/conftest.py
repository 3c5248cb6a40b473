"""Fixtures that every suite may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real input beside the project; its absence is a failure in CI, a skip elsewhere."""
    root = Path(__file__).resolve().parent.parent
    path = Path(os.environ.get("NORRSKEN_SHARED", root.parent / "shared")).resolve() / "data"
    if not path.is_dir():
        reason = f"no real input at {path}: set NORRSKEN_SHARED to run this test"
        if os.environ.get("CI") and "NORRSKEN_SHARED" in os.environ:
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI, with real input at hand, a skipped test is a failed one."""
    if not (os.environ.get("CI") and os.environ.get("NORRSKEN_SHARED")):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("A test was skipped: with real input at hand, CI takes that as failed.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
