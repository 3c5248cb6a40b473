"""Where a journal may lie: a SQLite file on a local disk, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from data_layer.errors import JournalError

#: File systems on which SQLite's locks and shared memory cannot be trusted.
NETWORK = frozenset(
    {"nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ncpfs"}
    | {"fuse.sshfs", "fuse.s3fs", "fuse.blobfuse", "fuse.blobfuse2", "fuse.rclone", "fuse.gcsfuse"}
)
MOUNTS = Path("/proc/mounts")


def default_url(lake_root: Path) -> str:
    """Return the SQLAlchemy URL of ``journal.db`` inside a lake folder."""
    return file_url(lake_root.resolve() / "journal.db").render_as_string(hide_password=False)


def file_url(path: Path) -> URL:
    """Return the SQLAlchemy URL of a SQLite file."""
    return URL.create("sqlite", database=str(path))


def read_url(text: str) -> URL:
    """Read a journal address.

    Raises:
        JournalError: it is no address, or of a database that a journal cannot live in.
    """
    fix = "Give sqlite:///folder/journal.db or postgresql://user@host/database."
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise JournalError(
            "JOURNAL-URL", "NORRSKEN_JOURNAL", "this is not a database address", fix
        ) from error
    kind = url.get_backend_name().replace("postgres", "postgresql", 1)
    if kind.startswith("postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise JournalError("JOURNAL-URL", "NORRSKEN_JOURNAL", f"{kind} cannot hold a journal", fix)
    if url.database in (None, "", ":memory:") or str(url.database).startswith("file:"):
        raise JournalError(
            "JOURNAL-URL", "NORRSKEN_JOURNAL", "a journal in memory is lost when we stop", fix
        )
    return url.set(drivername="sqlite")


def sqlite_file(url: URL) -> Path | None:
    """Return the file of a SQLite journal, or None for a server."""
    if url.get_backend_name() != "sqlite":
        return None
    return Path(str(url.database)).expanduser().resolve()


def refuse_network_disk(path: Path, mounts: Path | None = None) -> None:
    """Refuse a SQLite journal on a network disk.

    Raises:
        JournalError: the disk under ``path`` is NFS, SMB or the like.
    """
    table = mounts or MOUNTS
    if not table.is_file():
        return
    kind = disk_kind(path, table.read_text(encoding="utf-8", errors="surrogateescape"))
    if kind in NETWORK:
        raise JournalError(
            "JOURNAL-DISK",
            str(path),
            f"this is a network disk ({kind}), where SQLite can lose rows",
            "Set NORRSKEN_JOURNAL to a PostgreSQL address, or to a file on a local disk.",
        )


def disk_kind(path: Path, mounts: str) -> str:
    """Return the file system under ``path`` by a mount table; empty when none fits."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(_unescape(fields[1]))
        depth = len(point.parts)
        if depth >= best and (path == point or point in path.parents):
            best, kind = depth, fields[2].lower()
    return kind


def _unescape(text: str) -> str:
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, letter)
    return text
