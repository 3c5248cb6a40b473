"""What storage raises, turned into the lake's own errors."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from deltalake.exceptions import CommitFailedError, DeltaError

from data_layer.errors import InputError, LakeError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_TEXT = re.compile(
    rf"\b(?:os error|errno) (?:{'|'.join(map(str, sorted(_FULL)))})\b|No space left|quota exceeded",
    re.IGNORECASE,
)


def is_full(error: BaseException) -> bool:
    """Say whether an error means that the disk, quota or file size limit is reached."""
    number = error.errno if isinstance(error, OSError) else None
    return number in _FULL or bool(_FULL_TEXT.search(str(error)))


@contextmanager
def disk(where: str, code: str = "LAKE-WRITE") -> Iterator[None]:
    """Turn storage errors of the block into ``LakeError``: LAKE-FULL when no room is left.

    A lost race (``CommitFailedError``) passes through: it is for the caller to try again.

    Raises:
        LakeError: LAKE-FULL, or ``code`` for every other storage error.
    """
    try:
        yield
    except LakeError:
        raise
    except Exception as error:
        if is_full(error):
            raise LakeError(
                "LAKE-FULL", where, "no room left to write", "Free some space and try again."
            ) from error
        if isinstance(error, OSError | DeltaError) and not isinstance(error, CommitFailedError):
            raise LakeError(code, where, said(error)) from error
        raise


def said(error: BaseException) -> str:
    """What an error says, on one line, without the queries of signed addresses."""
    text = re.sub(r"\x1b\[[0-9;]*m|\?\S+|<.*", "", " ".join(str(error).split()))
    return text[:300].rstrip(". ") or type(error).__name__


def missing(name: str) -> LakeError:
    """The error for a data file that the log names and storage does not have."""
    return LakeError(
        "LAKE-READ",
        name,
        "a data file of the lake is missing or damaged",
        "Run: norrsken lake verify, then ingest the case again.",
    )


def case_exists(case_id: str) -> InputError:
    """The error for a case that is there already and was not to be replaced."""
    return InputError(
        "CASE-EXISTS",
        f"case {case_id!r}",
        "there is such a case already",
        "Pass --replace to ingest it anew, or --case with another name.",
    )
