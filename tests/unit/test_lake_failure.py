"""What storage raises becomes an error that a person can act on."""

from __future__ import annotations

import errno

import pytest
from deltalake.exceptions import CommitFailedError, DeltaError

from data_layer.errors import LakeError
from data_layer.lake import disk


def raised(error: Exception, code: str = "LAKE-WRITE") -> LakeError:
    with pytest.raises(LakeError) as found, disk("table variants", code):
        raise error
    assert found.value.__cause__ is error
    assert found.value.problem.where == "table variants"
    return found.value


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError(errno.EFBIG, "File too large"),
        OSError("[errno 28] Error writing bytes"),
        DeltaError("Generic LocalFileSystem error: No space left on device (os error 28)"),
        RuntimeError("IO Error: Could not write file: No space left on device"),
    ],
)
def test_a_full_disk_is_said_as_such(error: Exception) -> None:
    assert raised(error).problem.code == "LAKE-FULL"
    assert "Free some space" in raised(error).problem.fix


def test_other_storage_errors_keep_their_words_and_no_secrets() -> None:
    error = raised(
        DeltaError(
            "Generic error \x1b[31m>\x1b[0m GET https://h/c?sig=S3CRET&x=1 failed.\n<Error>"
        ),
        "LAKE-READ",
    )
    assert error.problem.code == "LAKE-READ"
    assert error.problem.message == "Generic error > GET https://h/c failed"
    assert raised(PermissionError(errno.EACCES, "Permission denied")).problem.code == "LAKE-WRITE"


@pytest.mark.parametrize("error", [ValueError("28"), CommitFailedError("somebody came first")])
def test_what_is_no_storage_error_passes_through(error: Exception) -> None:
    with pytest.raises(type(error)), disk("x"):
        raise error
