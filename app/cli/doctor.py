"""``norrsken doctor``: what is in order, and what to do about what is not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path

import click

from app.cli.say import JSON, guarded, say
from app.linking.opening import open_desk
from data_layer.errors import NorrskenError
from data_layer.lake.store import REMOTE, open_store
from data_layer.settings import Settings, asset_path

LEAST_FREE = 1 << 30
LIBRARIES = ("panel", "bokeh", "holoviews", "datashader", "duckdb", "deltalake", "pyarrow")


@dataclass(frozen=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


def settings_check() -> Check:
    """Settings can be read."""
    settings = Settings.load()
    return Check("settings", True, f"lake {settings.lake}, {settings.threads} threads")


def lake_and_journal_check() -> Check:
    """Lake and journal open, and the journal's chains hold."""
    desk = open_desk(Settings.load())
    try:
        found = desk.journal.verify()
        detail = f"lake version {desk.lake.version()}, journal position {desk.journal.position()}"
        return Check("lake and journal", found.ok, detail, "" if found.ok else str(found))
    finally:
        desk.close()


def disk_check() -> Check:
    """There is room where the lake lies."""
    settings = Settings.load()
    if settings.lake.partition("://")[0] in REMOTE:
        return Check("disk", True, "the lake lies in an object store")
    place = open_store(settings.lake, settings).root or Path()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    ok = free > LEAST_FREE
    return Check("disk", ok, f"{free / 1e9:.1f} GB free", "" if ok else "Make room for the lake.")


def assets_check() -> Check:
    """Tables, fonts and scripts are installed."""
    missing = [n for n in ("reference", "fonts", "css", "js") if not asset_path(n).is_dir()]
    if missing:
        return Check("assets", False, f"missing: {', '.join(missing)}", "Install Norrsken again.")
    return Check("assets", True, "all there")


def versions_check() -> Check:
    """Which libraries run."""
    return Check("versions", True, ", ".join(f"{n} {installed_version(n)}" for n in LIBRARIES))


CHECKS: tuple[Callable[[], Check], ...] = (
    settings_check, lake_and_journal_check, disk_check, assets_check, versions_check
)  # fmt: skip


@click.command()
@JSON
@guarded
def doctor(as_json: bool) -> None:
    """Check settings, stores, disk and versions; exit 1 if anything is wrong."""
    found = []
    for check in CHECKS:
        name = check.__name__.removesuffix("_check").replace("_", " ")
        try:
            found.append(check())
        except NorrskenError as error:
            told = error.problem
            detail = f"{told.code} at {told.where}: {told.message}"
            found.append(Check(name, False, detail, told.fix))
        except Exception as error:  # one check that breaks must not hide the others
            found.append(Check(name, False, f"{type(error).__name__}: {error}", "Report this."))
    ok = all(c.ok for c in found)
    lines = [f"{'ok  ' if c.ok else 'FAIL'} {c.name}: {c.detail} {c.fix}".rstrip() for c in found]
    say({"ok": ok, "checks": [vars(c) for c in found]}, "\n".join(lines), as_json=as_json)
    if not ok:
        sys.exit(1)
