"""The lake on S3, as its emulator answers: the same contract as on Azure."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_layer.errors import LakeError, UsageError
from data_layer.lake import Lake, open_lake
from data_layer.lake.remote import ObjectStore
from data_layer.settings import Settings
from tests.conformance import test_lake_azurite as contract
from tests.served import free_port

pytestmark = pytest.mark.services


def wait(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/moto-api/", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the S3 emulator did not start")


@pytest.fixture(scope="module")
def s3() -> Iterator[None]:
    port = free_port()
    command = str(Path(sys.executable).with_name("moto_server"))
    process = subprocess.Popen(
        [command, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", address)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_REGION", "eu-north-1")
        patch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
        try:
            wait(address, process)
            ObjectStore("s3://lake", Settings())._fs.mkdir("lake", region_name="eu-north-1")
            yield
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(files_cache=str(tmp_path / "cache"))


@pytest.fixture
def lake(s3: None, settings: Settings, request: pytest.FixtureRequest) -> Lake:
    return open_lake(f"s3://lake/sites/{request.node.name}", settings=settings, create=True)


def test_ingest_and_read_by_version(lake: Lake, tmp_path: Path, settings: Settings) -> None:
    assert lake.url.startswith("s3://")
    contract.test_ingest_and_read_by_version(lake, tmp_path, settings)


def test_two_writers_of_one_case(lake: Lake, tmp_path: Path) -> None:
    contract.test_two_writers_of_one_case(lake, tmp_path)


def test_leftovers_and_lost_files(lake: Lake, settings: Settings, tmp_path: Path) -> None:
    contract.test_leftovers_and_lost_files(lake, settings, tmp_path)


def test_the_local_copies_stay_within_their_size(lake: Lake, tmp_path: Path) -> None:
    contract.test_the_local_copies_stay_within_their_size(lake, tmp_path)


def test_no_lake_and_no_bucket(s3: None, settings: Settings) -> None:
    with pytest.raises(LakeError, match="LAKE-NONE"):
        open_lake("s3://lake/nothing/here", settings=settings)
    with pytest.raises(LakeError):
        open_lake("s3://nowhere/lake", settings=settings, create=True)


def test_writers_that_would_overwrite_each_other_are_refused(
    s3: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_S3_ALLOW_UNSAFE_RENAME", "true")
    with pytest.raises(UsageError, match="overwrite"):
        open_lake("s3://lake/unsafe", settings=settings, create=True)
