"""The text of a file of any kind, plain or compressed, in whole lines and checked on the way."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from data_layer.errors import InputError
from data_layer.ingest.lines import whole_lines
from data_layer.ingest.text import open_stream

_LONGEST = 16 << 20
_VCF = "VCF-"


class TextStream:
    """A file's text; ``sha256`` and ``bytes_read`` are of the file as it lies.

    Raises:
        InputError: TEXT-OPEN, TEXT-TRUNCATED, TEXT-CORRUPT, TEXT-LINE.
    """

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        self._path = path
        with _as_text(path):
            self._stream = open_stream(path, threads)
        self.bytes_total = self._stream.bytes_total

    @property
    def bytes_read(self) -> int:
        """Bytes of the file read so far."""
        return self._stream.bytes_read

    @property
    def sha256(self) -> str:
        """Digest of what was read so far, in hexadecimal."""
        return self._stream.sha256

    def pieces(self) -> Generator[bytes, None, None]:
        """Give the text, inflated, in pieces that end with a line's end."""
        with _as_text(self._path):
            yield from whole_lines(self._stream.chunks(), longest=_LONGEST)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


def text_pieces(path: Path, *, threads: int = 2) -> Generator[bytes, None, None]:
    """Give a file's text in pieces of whole lines, and close it."""
    with closing(TextStream(path, threads=threads)) as stream:
        yield from stream.pieces()


@contextmanager
def _as_text(path: Path) -> Generator[None, None, None]:
    """Give errors of the streams below, which speak of VCF, the codes of a table of text."""
    try:
        yield
    except InputError as error:
        said = error.problem
        if not said.code.startswith(_VCF):
            raise
        where, fix = said.where, said.fix
        if said.code == "VCF-LINE":
            where, fix = path.name, "Give a table of text; this is something else."
        code = "TEXT-" + said.code.removeprefix(_VCF)
        raise InputError(code, where, said.message, fix) from error
