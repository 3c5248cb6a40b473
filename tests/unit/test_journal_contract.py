"""The journal's promises on SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journal_contract import Contract
from tests.journal_place import Place
from tests.journal_tampering import Tampering


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place.in_folder(tmp_path)


class TestJournal(Contract):
    pass


class TestTampering(Tampering):
    pass
