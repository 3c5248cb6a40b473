"""The lake on Azure Blob storage, as its emulator answers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from data_layer.errors import LakeError
from data_layer.lake import Lake, open_lake
from data_layer.lake.remote import ObjectStore
from data_layer.region import Build
from data_layer.settings import Settings
from data_layer.tiles import upkeep
from data_layer.tiles.build import CELLS
from data_layer.tiles.range import Range
from tests.lake_made import fetch, ingest, rows, starts
from tests.served import free_port
from tests.signal_rows import points, signal_case

pytestmark = pytest.mark.services
ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "azurite@3.35.0"
WRITER = """
import sys
from data_layer.lake import open_lake
from data_layer.settings import Settings
from tests.lake_made import ingest

lake = open_lake(sys.argv[1], settings=Settings(files_cache=sys.argv[2]))
for i in range(4):
    print(ingest(lake, "a", 1, mark=int(sys.argv[3]) + i))
"""


def program() -> Path:
    """Azurite's command, installed once beside the project's other caches."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, and Azurite comes with it")
    folder = ROOT / ".cache" / "azurite"
    command = folder / "node_modules" / ".bin" / "azurite-blob"
    if not command.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / ".gitignore").write_text("*\n")
        subprocess.run(
            [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", PACKAGE],
            check=True,
            capture_output=True,
            timeout=240,
        )
    return command


def wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("Azurite did not start")


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    port = free_port()
    command = [str(program()), "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    command += ["--location", str(tmp_path_factory.mktemp("blobs")), "--silent"]
    command += ["--skipApiVersionCheck", "--disableTelemetry"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AZURITE_BLOB_STORAGE_URL", f"http://127.0.0.1:{port}")
        try:
            wait(port, process)
            ObjectStore("az://lake", Settings())._fs.mkdir("lake")
            yield
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(files_cache=str(tmp_path / "cache"))


@pytest.fixture
def lake(azurite: None, settings: Settings, request: pytest.FixtureRequest) -> Lake:
    return open_lake(f"az://lake/sites/{request.node.name}", settings=settings, create=True)


def test_ingest_and_read_by_version(lake: Lake, tmp_path: Path, settings: Settings) -> None:
    assert lake.is_remote
    assert lake.root is None
    assert ingest(lake, "fam", 4, mark=1) == 1
    assert ingest(lake, "fam", 2, mark=3) == 2
    elsewhere = Settings(files_cache=str(tmp_path / "other"))
    for one in (lake, open_lake(lake.url, settings=elsewhere)):
        assert one.version() == 2
        assert starts(one.snapshot(), "fam") == [3000, 3001]
        assert starts(one.snapshot(1), "fam") == [1000, 1001, 1002, 1003]
        assert [s["sample_id"] for s in one.snapshot().samples("fam")] == ["t3", "t4"]
        assert [c["name"] for c in one.snapshot(1).cases()] == ["n1"]
        assert [c.version for c in one.history()] == [2, 1]
        assert one.info()["tables"]["variants"]["rows"] == 6
        assert one.verify() == []
    scan = lake.snapshot().scan("variants", "fam")
    (path,) = scan.params["variants_files"]  # type: ignore[misc]
    assert Path(path).is_relative_to(settings.files_cache)
    assert fetch(lake.snapshot(), "variants", "fam", "ref") == [
        (r,) for r in rows("variants", 2, mark=3)["ref"].to_pylist()
    ]
    assert list((Path(settings.files_cache) / "staging").iterdir()) == []


def test_the_local_copies_stay_within_their_size(lake: Lake, tmp_path: Path) -> None:
    for i in range(4):
        ingest(lake, f"c{i}", 3_000, mark=i)
    sizes = [f.size for g in lake.tables["variants"].index().values() for f in g]
    assert min(sizes) > 200_000
    small = open_lake(
        lake.url, settings=Settings(files_cache=str(tmp_path / "small"), files_cache_mb=1)
    )
    cache = small.store.cache  # type: ignore[attr-defined]
    cache._in_use = 0.0
    for turn in range(2):
        for i in range(4):
            assert starts(small.snapshot(), f"c{i}")[0] == 1000 * i, turn
            held = sum(p.stat().st_size for p in cache.folder.rglob("*.parquet"))
            assert held <= 1 << 20


def test_two_writers_of_one_case(lake: Lake, tmp_path: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, lake.url, str(tmp_path / "both"), str(10 * i)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for i in range(2)
    ]
    out = [process.communicate(timeout=120)[0].split() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sorted(int(v) for versions in out for v in versions) == list(range(1, 9))
    time.sleep(1.1)
    assert lake.version() == 8
    last = 3 if "8" in out[0] else 13
    assert starts(lake.snapshot(), "a") == [1000 * last]
    assert lake.verify() == []


def test_leftovers_and_lost_files(lake: Lake, settings: Settings, tmp_path: Path) -> None:
    ingest(lake, "a", 2, mark=1)
    with lake.begin("a", build=Build.GRCH38) as writer:
        for part in (rows("variants", 4).slice(0, 2), rows("variants", 4).slice(2)):
            writer.add("variants", part)
        writer._append("variants", writer._parts["variants"])
    assert {p.code for p in lake.verify()} == {"LAKE-ORPHAN"}
    assert lake.compact() == {"joined": 0, "orphans": 0, "files": 0, "bytes": 0}
    assert lake.compact(grace_hours=0)["files"] == 2
    assert lake.verify() == []
    assert starts(lake.snapshot(), "a") == [1000, 1001]

    ((file,),) = lake.tables["variants"].index().values()
    lake.store.remove(file.name)
    with pytest.raises(LakeError, match=f"LAKE-READ at {file.name}"):
        lake.snapshot().scan("variants", "a")
    assert [(p.code, p.where) for p in lake.verify()] == [("LAKE-READ", file.name)]


def test_signals_fetch_the_files_of_their_sample_only(
    lake: Lake, tmp_path: Path, settings: Settings
) -> None:
    spec = Range(-3.0, 3.0)
    tracks = {("child", "coverage"): (points(900, 1, spec=spec), spec),
              ("father", "coverage"): (points(700, 2, spec=spec), spec)}  # fmt: skip
    signal_case(lake, "fam", tracks, with_tiles=False)
    elsewhere = Settings(files_cache=str(tmp_path / "other"))
    reader = open_lake(lake.url, settings=elsewhere)
    scan = reader.snapshot().scan("signals", "fam", sample_key="key-father", signal="coverage")
    with duckdb.connect() as con:
        assert con.execute(f"SELECT count(*) FROM {scan.sql}", scan.params).fetchall() == [(700,)]
    copies = [p.name for p in Path(elsewhere.files_cache).rglob("signals/*/*/*/*.parquet")]
    assert len(copies) == 1
    cells = pa.table([[18], [1], [0], [0], [3], [0.5], [0.5]], schema=CELLS)
    keys = {"sample_key": "key-child", "signal": "coverage"}
    assert lake.put_tiles("fam", keys, cells.to_reader()) == 1
    assert lake.put_tiles("fam", keys, cells.to_reader()) == 0
    assert {p.code for p in upkeep.verify(lake, settings)[1]} == {"TILES-COUNT"}
    assert [o.rows for o in upkeep.make(lake, settings, again=True)] == [900, 700]
    assert lake.compact(grace_hours=0)["files"] == 1
    assert lake.verify() == []


def test_a_lake_without_the_tables_of_signals(lake: Lake, settings: Settings) -> None:
    ingest(lake, "old", 2)
    for table in ("signals", "signal_tiles", "segments"):
        for name in lake.store.listed(table):
            lake.store.remove(name)
    again = open_lake(lake.url, settings=settings)
    assert again.snapshot().scan("signals", "old", sample_key="s").params == {}
    assert again.info()["tables"]["segments"]["files"] == 0
    ingest(again, "new", 1)
    assert again.store.listed("signals")


def test_no_lake_and_no_container(azurite: None, settings: Settings) -> None:
    with pytest.raises(LakeError, match="LAKE-NONE"):
        open_lake("az://lake/nothing/here", settings=settings)
    with pytest.raises(LakeError):
        open_lake("az://nowhere/lake", settings=settings, create=True)
