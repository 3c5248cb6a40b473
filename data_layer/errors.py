"""What can go wrong, said so that a person can go on: a code, where, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong: a stable ``code``, the place, the reason and the way out."""

    code: str
    where: str
    message: str
    fix: str = ""

    def line(self) -> str:
        """Return the one-line form that the command line prints after ``error:``."""
        tail = f" {self.fix}" if self.fix else ""
        return f"{self.code} at {self.where}: {self.message}.{tail}"

    def as_json(self) -> dict[str, str]:
        """Return the object that ``--json`` and the API give under ``error``."""
        return {
            "code": self.code,
            "where": self.where,
            "message": self.message,
            "fix": self.fix,
        }


class NorrskenError(Exception):
    """Base of every error raised on purpose; ``exit_code`` is what the command line returns."""

    exit_code = 1
    status = 500

    def __init__(self, code: str, where: str, message: str, fix: str = "") -> None:
        self.problem = Problem(code, where, message, fix)
        super().__init__(self.problem.line())


class InputError(NorrskenError):
    """A file or value from outside breaks a rule."""

    status = 400


class UsageError(NorrskenError):
    """The call itself is wrong."""

    exit_code = 2
    status = 400


class RefusedError(NorrskenError):
    """The actor may not do this; says why, never what is hidden."""

    exit_code = 3
    status = 403


class NotFoundError(NorrskenError):
    """No such case, variant or version among what the actor may see."""

    status = 404


class LakeError(NorrskenError):
    """The lake cannot be read or written as asked."""


class ConflictError(LakeError):
    """Another writer got there first, more often than the retries allow."""

    status = 409


class JournalError(NorrskenError):
    """A ledger cannot be appended to or does not verify."""
