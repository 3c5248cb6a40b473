"""What can go wrong, said so that a person can go on: a code, where, why, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Letters of a text that is told; a file may hold a value of megabytes.
_MOST = 2000
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def shown(text: str, most: int = _MOST) -> str:
    """Return a text as a screen may show it: cut, and what steers a terminal written out."""
    cut = text if len(text) <= most else f"{text[:most]} … ({len(text):,} letters)"
    return _HIDDEN.sub(lambda m: repr(m.group())[1:-1], cut)


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
        self.problem = Problem(code, *(shown(text) for text in (where, message, fix)))
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
