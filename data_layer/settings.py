"""One frozen set of settings, from the environment over ``norrsken.toml``."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path

from data_layer.errors import UsageError


@dataclass(frozen=True)
class Settings:
    """Every setting; each is ``NORRSKEN_`` plus its name in capitals.

    Attributes:
        lake: folder or URL of the lake (``file://``, ``az://``, ``s3://``).
        journal: SQLAlchemy URL; empty means SQLite inside the lake folder.
        scheduler: address of a Dask scheduler; empty means threads here.
        threads: worker threads of DuckDB and of ingest.
        memory_mb: memory that DuckDB may use in one process, in MiB.
        cache_mb: memory for cached filter results and picture columns, in MiB.
        min_count: smallest group whose aggregate is shown.
        port: port that ``serve`` listens on.
        files_cache: folder for local copies of an object store's files.
        files_cache_mb: size of that folder, in MiB.
        journal_key: secret for the ledgers' HMAC; empty means a key file beside the journal.
    """

    lake: str = "norrsken-lake"
    journal: str = ""
    scheduler: str = ""
    threads: int = 2
    memory_mb: int = 1024
    cache_mb: int = 512
    min_count: int = 5
    port: int = 5006
    files_cache: str = ""
    files_cache_mb: int = 4096
    journal_key: str = ""

    @classmethod
    def load(
        cls, env: Mapping[str, str] | None = None, file: Path | None = None, **over: object
    ) -> Settings:
        """Read ``norrsken.toml`` (or ``file``), then the environment, then keyword arguments.

        Raises:
            UsageError: the file is not TOML, a name is unknown or a value is not of its kind.
        """
        path = file if file is not None else Path("norrsken.toml")
        raw: dict[str, object] = {}
        if path.exists():
            raw |= _read(path)
        source = os.environ if env is None else env
        known = {f.name: f for f in fields(cls)}
        for name in known:
            if f"NORRSKEN_{name.upper()}" in source:
                raw[name] = source[f"NORRSKEN_{name.upper()}"]
        raw |= {k: v for k, v in over.items() if v is not None}
        values: dict[str, object] = {}
        for name, value in raw.items():
            if name not in known:
                raise UsageError("SETTING", f"setting {name}", "no such setting")
            values[name] = _typed(name, value, known[name].default)
        return cls(**values)  # type: ignore[arg-type]


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            "SETTING", str(path), f"the file cannot be read as TOML ({error})", "Correct it."
        ) from error


def _typed(name: str, value: object, default: object) -> object:
    if isinstance(default, int):
        try:
            number = int(str(value))
        except ValueError:
            number = -1
        if number < 1:
            raise UsageError(
                "SETTING", f"NORRSKEN_{name.upper()}", f"{value!r} is not a positive whole number"
            )
        return number
    return str(value)


def asset_path(*parts: str) -> Path:
    """Return a file under ``assets/``, in a checkout or in an installed wheel."""
    beside = Path(__file__).resolve().parent.parent / "assets"
    if not beside.is_dir():
        spec = find_spec("norrsken_assets")
        if spec is None or not spec.submodule_search_locations:
            raise UsageError("ASSETS", "assets", "the packaged tables and fonts are not installed")
        beside = Path(next(iter(spec.submodule_search_locations)))
    return beside.joinpath(*parts)
