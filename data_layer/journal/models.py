"""The journal's three tables: ledger rows, erasable text beside them, and the heads."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, Text, TypedColumns

#: The two ledgers, in the order in which they are verified.
LEDGERS: tuple[str, ...] = ("decisions", "access")
#: The newest migration, and where a database notes its own.
REVISION, VERSION_TABLE = "0001", "ledger_version"
#: The hash before the first row of a ledger.
GENESIS = "0" * 64
#: Every trigger that keeps the tables append-only, by database; ``verify`` asks for each.
_EVERYWHERE = ("ledger_rows_keep", "ledger_rows_keep_all", "ledger_erasable_keep", "ledger_heads_keep", "ledger_heads_step")  # fmt: skip # noqa: E501
GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        *_EVERYWHERE,
        "ledger_rows_insert",
        "ledger_erasable_insert",
        "ledger_heads_insert",
    ),
    "postgresql": (*_EVERYWHERE, "ledger_erasable_keep_all", "ledger_heads_keep_all"),
}

metadata = MetaData()


class RowColumns(TypedColumns):
    """A ledger row: ``text`` is what the hash covers, the columns before it are for finding."""

    chain = Column(String(16), primary_key=True)
    position = Column(BigInteger, primary_key=True, autoincrement=False)
    event_id = Column(String(128), nullable=False, unique=True)
    at = Column(String(27), nullable=False)
    actor_id = Column(Text, nullable=False)
    kind = Column(Text, nullable=False)
    subject = Column(Text, nullable=False)
    text = Column(Text, nullable=False)
    prev = Column(String(64), nullable=False)
    hash = Column(String(64), nullable=False)


class ErasableColumns(TypedColumns):
    """A value that a person may have erased; the ledger row holds only its salted digest."""

    chain = Column(String(16), primary_key=True)
    position = Column(BigInteger, primary_key=True, autoincrement=False)
    name = Column(String(128), primary_key=True)
    subject = Column(Text, nullable=False)
    salt = Column(String(64), nullable=False)
    text = Column(Text, nullable=False)


class HeadColumns(TypedColumns):
    """The newest position and hash of a ledger, sealed with the key."""

    chain = Column(String(16), primary_key=True)
    position = Column(BigInteger, nullable=False)
    hash = Column(String(64), nullable=False)
    mac = Column(String(64), nullable=False)


rows: Table[RowColumns] = Table(
    "ledger_rows",
    metadata,
    RowColumns,
    Index("ledger_rows_subject", "chain", "subject", "position"),
    Index("ledger_rows_kind", "chain", "kind", "position"),
    Index("ledger_rows_actor", "chain", "actor_id", "position"),
)
erasable: Table[ErasableColumns] = Table(
    "ledger_erasable", metadata, ErasableColumns, Index("ledger_erasable_subject", "subject")
)
heads: Table[HeadColumns] = Table("ledger_heads", metadata, HeadColumns)
