"""What ``verify`` found, as data and in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Erased:
    """A value that is gone with an erasure's word for it (its position in ``decisions``)."""

    position: int
    name: str
    erased_at: int


@dataclass(frozen=True)
class LedgerCheck:
    """One ledger: rows found, the first position that does not hold, why, and what was erased.

    ``hash`` is that of the last row that holds: noted down elsewhere, it is a witness.
    """

    ledger: str
    rows: int
    first_bad: int | None
    why: str
    erased: tuple[Erased, ...] = ()
    hash: str = ""

    def __str__(self) -> str:
        """Say it in one sentence."""
        if self.first_bad is not None:
            return f"{self.ledger}: row {self.first_bad} does not hold: {self.why}."
        tail = f", {len(self.erased)} values erased" if self.erased else ""
        return f"{self.ledger}: {self.rows} rows hold{tail}."


@dataclass(frozen=True)
class Verification:
    """Whether both ledgers hold; ``problems`` are faults outside the rows."""

    ok: bool
    ledgers: tuple[LedgerCheck, ...]
    problems: tuple[str, ...] = ()

    @classmethod
    def of(cls, ledgers: tuple[LedgerCheck, ...], problems: tuple[str, ...]) -> Verification:
        """Sum up: all is well when no row and nothing around the rows is wrong."""
        whole = bool(ledgers) and all(c.first_bad is None for c in ledgers)
        return cls(whole and not problems, ledgers, problems)

    def __str__(self) -> str:
        """Say it in a few sentences."""
        said = [str(c) for c in self.ledgers]
        return " ".join(said + [p[0].upper() + p[1:] + "." for p in self.problems if p])
