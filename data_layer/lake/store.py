"""Where a lake lies: a folder here, or an object store behind a URL."""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from data_layer.errors import LakeError, UsageError
from data_layer.lake.failure import disk, missing
from data_layer.settings import Settings

REMOTE = ("az", "s3")


@dataclass(frozen=True)
class Stored:
    """A file as storage lists it: size in bytes, time of change in seconds since 1970."""

    size: int
    changed: float


class Store(ABC):
    """The storage of one lake; file names are relative to its root and use ``/``."""

    url: str
    root: Path | None
    scratch: Path
    options: dict[str, str] | None

    @property
    def is_remote(self) -> bool:
        """Say whether files have to be fetched before they can be read."""
        return self.root is None

    def uri(self, table: str) -> str:
        """Return the address of a table's folder, for deltalake."""
        return f"{self.url}/{table}" if self.root is None else str(self.root / table)

    @abstractmethod
    def has(self, name: str) -> bool:
        """Say whether a file exists, at the cost of one look."""

    @abstractmethod
    def place(self, source: Path, name: str) -> None:
        """Move a local file to its place in the lake; nothing is seen there until it is whole."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Delete a file; no error when it is gone."""

    @abstractmethod
    def listed(self, folder: str) -> dict[str, Stored]:
        """Every file under a folder, by name."""

    @abstractmethod
    def local(self, name: str, size: int) -> Path:
        """Return a local path that holds the file.

        Raises:
            LakeError: LAKE-READ with the name, when the file is gone or has another size.
        """


class FolderStore(Store):
    """A lake in a local folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.url = str(root)
        self.scratch = root / ".staging"
        self.options = None

    def _at(self, name: str) -> Path:
        assert self.root is not None
        return self.root / name

    def has(self, name: str) -> bool:
        """Say whether a file exists."""
        return self._at(name).exists()

    def place(self, source: Path, name: str) -> None:
        """Rename into place after the bytes are on the disk."""
        target = self._at(name)
        with disk(name):
            target.parent.mkdir(parents=True, exist_ok=True)
            _sync(source)
            os.utime(source)
            os.replace(source, target)
            _sync(target.parent)

    def remove(self, name: str) -> None:
        """Delete a file and the folders that it leaves empty."""
        path = self._at(name)
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if "=" not in folder.name or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()

    def listed(self, folder: str) -> dict[str, Stored]:
        """Every file under a folder."""
        assert self.root is not None
        out: dict[str, Stored] = {}
        for path in self._at(folder).rglob("*"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            if path.is_file():
                name = path.relative_to(self.root).as_posix()
                out[name] = Stored(status.st_size, status.st_mtime)
        return out

    def local(self, name: str, size: int) -> Path:
        """Return the file itself."""
        path = self._at(name)
        try:
            whole = path.stat().st_size == size
        except OSError:
            whole = False
        if not whole:
            raise missing(name)
        return path


def open_store(url: str, settings: Settings) -> Store:
    """Return the storage behind a folder name or URL.

    Raises:
        UsageError: the address is of a kind that the lake cannot use.
        LakeError: the object store cannot be reached.
    """
    scheme = urlsplit(url).scheme if "://" in url else ""
    if scheme in REMOTE:
        from data_layer.lake.remote import ObjectStore

        return ObjectStore(url.rstrip("/"), settings)
    if scheme not in ("", "file"):
        raise UsageError(
            "LAKE-URL", url, f"{scheme}:// is not a lake's address", "Use a folder, az:// or s3://."
        )
    text = unquote(urlsplit(url).path) if scheme else url
    if not text.strip():
        raise UsageError("LAKE-URL", "setting lake", "no folder is named", "Set NORRSKEN_LAKE.")
    return FolderStore(Path(text).expanduser().absolute())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move(source: Path, target: Path) -> None:
    """Move a file, across disks too; LAKE-FULL when the target's disk has no room."""
    if not source.is_file():
        raise LakeError("LAKE-WRITE", source.name, "there is no such file to take over")
    with disk(target.name):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
