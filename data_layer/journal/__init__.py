"""What people decided and what they saw: two append-only ledgers, chained and sealed."""

from __future__ import annotations

from data_layer.journal.grants import RIGHTS, SCOPES, Grant
from data_layer.journal.journal import Journal
from data_layer.journal.ledger import Head
from data_layer.journal.opening import open_journal
from data_layer.journal.place import default_url
from data_layer.journal.records import Access, Decision
from data_layer.journal.verification import Erased, LedgerCheck, Verification

__all__ = [
    "RIGHTS",
    "SCOPES",
    "Access",
    "Decision",
    "Erased",
    "Grant",
    "Head",
    "Journal",
    "LedgerCheck",
    "Verification",
    "default_url",
    "open_journal",
]
