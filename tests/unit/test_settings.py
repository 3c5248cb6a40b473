"""Settings: file under environment under arguments."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from data_layer.errors import UsageError
from data_layer.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent


def test_order_of_sources(tmp_path: Path) -> None:
    file = tmp_path / "norrsken.toml"
    file.write_text('lake = "a"\nport = 7000\nthreads = 3\n')
    found = Settings.load({"NORRSKEN_PORT": "7001", "NORRSKEN_THREADS": "4"}, file, threads=5)
    assert (found.lake, found.port, found.threads) == ("a", 7001, 5)


@pytest.mark.parametrize("value", ["none", "-1", "0", "1.5"])
def test_wrong_numbers_are_named(tmp_path: Path, value: str) -> None:
    with pytest.raises(UsageError, match="NORRSKEN_PORT"):
        Settings.load({"NORRSKEN_PORT": value}, tmp_path / "none")


def test_unknown_setting_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "norrsken.toml"
    file.write_text('lakke = "a"\n')
    with pytest.raises(UsageError, match="lakke"):
        Settings.load({}, file)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "norrsken.toml"
    file.write_text("lake = a\n")
    with pytest.raises(UsageError, match=r"norrsken\.toml"):
        Settings.load({}, file)


def test_each_setting_is_documented() -> None:
    text = (ROOT / "README.md").read_text()
    missing = [f.name for f in fields(Settings) if f"`NORRSKEN_{f.name.upper()}`" not in text]
    assert missing == []
