"""Local copies: whole, shared by processes, and within their size."""

from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path

import pytest

from data_layer.errors import LakeError
from data_layer.lake.cache import FileCache


def writes(data: bytes) -> object:
    return lambda path: path.write_bytes(data)


def get(cache: FileCache, key: str, size: int = 10) -> Path:
    return cache.local(key, size, lambda path: path.write_bytes(key.encode()[:1] * size) and None)


def names(cache: FileCache) -> set[str]:
    return {p.name for p in cache.folder.iterdir() if p.name != ".lock"}


def test_a_copy_is_fetched_once(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 100)
    calls = []

    def fetch(path: Path) -> None:
        calls.append(path)
        path.write_bytes(b"0123456789")

    for _ in range(3):
        assert cache.local("a/b", 10, fetch).read_bytes() == b"0123456789"
    assert FileCache(tmp_path, 100).local("a/b", 10, fetch) == tmp_path / "a" / "b"
    assert len(calls) == 1


def test_the_copy_used_longest_ago_goes_first(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 30, in_use=0)
    for key in ("a", "b", "c"):
        get(cache, key)
        time.sleep(0.02)
    get(cache, "a")
    time.sleep(0.02)
    get(cache, "d")
    assert names(cache) == {"a", "c", "d"}
    get(cache, "e", 20)
    assert names(cache) == {"d", "e"}


def test_a_copy_in_use_stays(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 20, in_use=60)
    paths = [get(cache, key) for key in "abc"]
    assert all(path.exists() for path in paths)


def test_a_file_larger_than_the_cache_is_refused(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 20)
    with pytest.raises(LakeError, match=r"LAKE-CACHE.*NORRSKEN_FILES_CACHE_MB"):
        get(cache, "a", 21)


def test_half_a_file_is_never_seen(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 100)

    def broken(path: Path) -> None:
        path.write_bytes(b"012")
        raise OSError("the line went dead")

    with pytest.raises(LakeError, match="LAKE-READ"):
        cache.local("a", 10, broken)
    with pytest.raises(LakeError, match="LAKE-READ"):
        cache.local("a", 10, lambda path: path.write_bytes(b"012") and None)
    assert names(cache) == set()
    assert cache._fetching == {}
    (tmp_path / "a").write_bytes(b"012")
    assert get(cache, "a").read_bytes() == b"a" * 10


def test_threads_share_one_fetch(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 100)
    calls = []

    def fetch(path: Path) -> None:
        calls.append(path)
        time.sleep(0.05)
        path.write_bytes(b"0123456789")

    threads = [threading.Thread(target=cache.local, args=("a", 10, fetch)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1


def hammer(folder: Path, seed: int) -> int:
    cache = FileCache(folder, 60, in_use=0)
    wrong = 0
    for i in range(150):
        key = "abcdefghijkl"[(i * (seed + 1)) % 12]
        try:
            wrong += get(cache, key).read_bytes() != key.encode() * 10
        except FileNotFoundError:
            continue
    return wrong


def test_two_processes_share_a_folder(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.starmap(hammer, [(tmp_path, 4), (tmp_path, 6)]) == [0, 0]
    cache = FileCache(tmp_path, 60, in_use=0)
    cache.make_room(0)
    assert sum(p.stat().st_size for p in tmp_path.glob("?")) <= 60
    assert not list(tmp_path.glob("*.part"))
