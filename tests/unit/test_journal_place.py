"""Where a journal may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_layer.errors import JournalError
from data_layer.journal import default_url, open_journal, place
from data_layer.journal.place import disk_kind, read_url, refuse_network_disk

MOUNTS = """/dev/vda / ext4 rw 0 0
proc /proc proc rw 0 0
server:/vol /mnt/nfs nfs4 rw 0 0
//server/s /mnt/my\\040share cifs rw 0 0
/dev/vdb /mnt/nfs/local xfs rw 0 0
//server/t /srv smb3 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/x/journal.db", "ext4"),
        ("/mnt/nfs/lake/journal.db", "nfs4"),
        ("/mnt/nfs/local/journal.db", "xfs"),
        ("/mnt/nfsbutnot/journal.db", "ext4"),
        ("/mnt/my share/journal.db", "cifs"),
        ("/srv/journal.db", "smb3"),
    ],
)
def test_disk_kind(path: str, kind: str) -> None:
    assert disk_kind(Path(path), MOUNTS) == kind


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs"])
def test_network_disks_are_refused(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/vol {tmp_path}/lake {kind} rw 0 0\n")
    with pytest.raises(JournalError, match=r"JOURNAL-DISK.*network disk.*PostgreSQL"):
        refuse_network_disk(tmp_path / "lake" / "journal.db", mounts)
    refuse_network_disk(tmp_path / "other" / "journal.db", mounts)


def test_opening_asks_the_mount_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/vol {tmp_path}/lake nfs rw 0 0\n")
    monkeypatch.setattr(place, "MOUNTS", mounts)
    with pytest.raises(JournalError, match="JOURNAL-DISK"):
        open_journal(default_url(tmp_path / "lake"))
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("name", ["plain", "with space", "a?b#c%20d", "åäö", "100%"])
def test_the_default_lies_in_the_lake(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    with open_journal(default_url(root)) as journal:
        journal.decide("a", "k", "s", {})
    assert sorted(p.name for p in root.iterdir()) == ["journal.db", "journal.db.key"]


@pytest.mark.parametrize(
    "url", ["", "journal.db", "sqlite://", "sqlite:///:memory:", "mysql://h/d", "oracle://h/d"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(JournalError, match="JOURNAL-URL"):
        open_journal(url, key="long enough for a key")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_by_any_name(scheme: str) -> None:
    assert read_url(f"{scheme}://u@h/d").drivername == "postgresql+psycopg"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="JOURNAL-DISK"):
        open_journal(default_url(tmp_path / "file" / "lake"))


def test_something_else_lies_there(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(JournalError, match="JOURNAL-OPEN"):
        open_journal(default_url(tmp_path), key="long enough for a key")
