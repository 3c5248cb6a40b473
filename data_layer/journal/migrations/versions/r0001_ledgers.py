"""The two ledgers, their heads, the erasable text and the triggers that keep them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, String, Text

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

KEPT = "the journal is append-only"

SQLITE: tuple[str, ...] = (
    f"""CREATE TRIGGER ledger_rows_keep BEFORE UPDATE ON ledger_rows
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER ledger_rows_keep_all BEFORE DELETE ON ledger_rows
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER ledger_rows_insert BEFORE INSERT ON ledger_rows WHEN EXISTS
        (SELECT 1 FROM ledger_rows r WHERE (r.chain = NEW.chain AND r.position = NEW.position)
         OR r.event_id = NEW.event_id)
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER ledger_erasable_keep BEFORE UPDATE ON ledger_erasable
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER ledger_erasable_insert BEFORE INSERT ON ledger_erasable WHEN EXISTS
        (SELECT 1 FROM ledger_erasable e
         WHERE e.chain = NEW.chain AND e.position = NEW.position AND e.name = NEW.name)
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER ledger_heads_keep BEFORE DELETE ON ledger_heads
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER ledger_heads_step BEFORE UPDATE ON ledger_heads
        WHEN NEW.chain <> OLD.chain OR NEW.position <> OLD.position + 1
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER ledger_heads_insert BEFORE INSERT ON ledger_heads
        WHEN EXISTS (SELECT 1 FROM ledger_heads h WHERE h.chain = NEW.chain)
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
)

POSTGRESQL: tuple[str, ...] = (
    f"""CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$""",
    f"""CREATE FUNCTION ledger_step() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
          IF NEW.chain <> OLD.chain OR NEW.position <> OLD.position + 1 THEN
            RAISE EXCEPTION '{KEPT}';
          END IF;
          RETURN NEW;
        END $$""",
    """CREATE TRIGGER ledger_rows_keep BEFORE UPDATE OR DELETE ON ledger_rows
       FOR EACH ROW EXECUTE FUNCTION ledger_refuse()""",
    """CREATE TRIGGER ledger_rows_keep_all BEFORE TRUNCATE ON ledger_rows
       FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()""",
    """CREATE TRIGGER ledger_erasable_keep BEFORE UPDATE ON ledger_erasable
       FOR EACH ROW EXECUTE FUNCTION ledger_refuse()""",
    """CREATE TRIGGER ledger_erasable_keep_all BEFORE TRUNCATE ON ledger_erasable
       FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()""",
    """CREATE TRIGGER ledger_heads_keep BEFORE DELETE ON ledger_heads
       FOR EACH ROW EXECUTE FUNCTION ledger_refuse()""",
    """CREATE TRIGGER ledger_heads_keep_all BEFORE TRUNCATE ON ledger_heads
       FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()""",
    """CREATE TRIGGER ledger_heads_step BEFORE UPDATE ON ledger_heads
       FOR EACH ROW EXECUTE FUNCTION ledger_step()""",
)


def upgrade() -> None:
    """Make the tables, the indexes and the triggers."""
    _rows()
    op.create_table(
        "ledger_erasable",
        Column("chain", String(16), primary_key=True),
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("name", String(128), primary_key=True),
        Column("subject", Text, nullable=False),
        Column("salt", String(64), nullable=False),
        Column("text", Text, nullable=False),
    )
    op.create_index("ledger_erasable_subject", "ledger_erasable", ["subject"])
    op.create_table(
        "ledger_heads",
        Column("chain", String(16), primary_key=True),
        Column("position", BigInteger, nullable=False),
        Column("hash", String(64), nullable=False),
        Column("mac", String(64), nullable=False),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        op.execute(statement)


def _rows() -> None:
    op.create_table(
        "ledger_rows",
        Column("chain", String(16), primary_key=True),
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("event_id", String(128), nullable=False, unique=True),
        Column("at", String(27), nullable=False),
        Column("actor_id", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("prev", String(64), nullable=False),
        Column("hash", String(64), nullable=False),
    )
    op.create_index("ledger_rows_subject", "ledger_rows", ["chain", "subject", "position"])
    op.create_index("ledger_rows_kind", "ledger_rows", ["chain", "kind", "position"])
    op.create_index("ledger_rows_actor", "ledger_rows", ["chain", "actor_id", "position"])


def downgrade() -> None:
    """Refuse: a journal is never taken apart."""
    raise NotImplementedError(KEPT)
