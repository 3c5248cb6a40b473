"""A lake in an object store: fsspec moves the files, deltalake keeps the log."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from data_layer.errors import LakeError, NorrskenError, UsageError
from data_layer.lake.cache import FileCache
from data_layer.lake.failure import disk, missing, said
from data_layer.lake.store import Store, Stored
from data_layer.settings import Settings

#: The storage emulator's public account, the same in every installation of it.
_EMULATOR_ACCOUNT = "devstoreaccount1"
_EMULATOR_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
_PACKAGES = {"az": ("adlfs", "azure"), "s3": ("s3fs", "s3")}


class ObjectStore(Store):
    """A lake behind ``az://container/path`` or ``s3://bucket/path``."""

    def __init__(self, url: str, settings: Settings, env: Mapping[str, str] | None = None) -> None:
        env = os.environ if env is None else env
        parts = urlsplit(url)
        if not parts.netloc:
            raise UsageError("LAKE-URL", url, "no container is named", "Write az://container/lake.")
        self.url = url
        self.root = None
        self._base = f"{parts.netloc}{parts.path}".rstrip("/")
        if parts.scheme == "az":
            self.options, self._fs = _azure(env)
        else:
            self.options, self._fs = _s3(env)
        folder = Path(settings.files_cache or _cache_home(env)).expanduser()
        self.scratch = folder / "staging"
        self._mine = hashlib.sha256(url.encode()).hexdigest()[:16]
        self.cache = FileCache(folder / "files", settings.files_cache_mb << 20)

    def _at(self, name: str) -> str:
        return f"{self._base}/{name}"

    def _key(self, name: str) -> str:
        return f"{self._mine}/{name}"

    def has(self, name: str) -> bool:
        """Say whether a file exists; a local copy of a data file is answer enough."""
        if name.endswith(".parquet") and self.cache.held(self._key(name)):
            return True
        with _storage(name, "LAKE-READ"):
            try:
                self._fs.info(self._at(name))
            except FileNotFoundError:
                return False
        return True

    def place(self, source: Path, name: str) -> None:
        """Upload; the object appears when its last byte is there."""
        with _storage(name):
            self._fs.put_file(str(source), self._at(name))
        source.unlink()

    def remove(self, name: str) -> None:
        """Delete the object and its local copy."""
        self.cache.drop(self._key(name))
        with _storage(name):
            try:
                self._fs.rm_file(self._at(name))
            except FileNotFoundError:
                return

    def listed(self, folder: str) -> dict[str, Stored]:
        """Every object under a folder."""
        with _storage(folder, "LAKE-READ"):
            self._fs.invalidate_cache()
            try:
                found = self._fs.find(self._at(folder), detail=True)
            except FileNotFoundError:
                return {}
        out = {}
        for path, info in found.items():
            changed = info.get("last_modified") or info.get("LastModified")
            name = path.removeprefix(f"{self._base}/")
            out[name] = Stored(int(info["size"]), changed.timestamp() if changed else 0.0)
        return out

    def local(self, name: str, size: int) -> Path:
        """Return the local copy, fetched when needed."""

        def fetch(path: Path) -> None:
            try:
                self._fs.get_file(self._at(name), str(path))
            except FileNotFoundError:
                raise missing(name) from None

        with _storage(name, "LAKE-READ"):
            return self.cache.local(self._key(name), size, fetch)


@contextmanager
def _storage(where: str, code: str = "LAKE-WRITE") -> Iterator[None]:
    """Turn whatever a storage client raises into ``LakeError``; signed queries are not shown."""
    try:
        with disk(where, code):
            yield
    except NorrskenError:
        raise
    except Exception as error:
        raise LakeError(
            code, where, said(error), "Check the storage address and its keys."
        ) from error


def _azure(env: Mapping[str, str]) -> tuple[dict[str, str], Any]:
    options = {k.lower(): v for k, v in env.items() if k.startswith("AZURE_")}
    endpoint = env.get("AZURITE_BLOB_STORAGE_URL", "")
    if endpoint or options.get("azure_storage_use_emulator", "").lower() in ("true", "1"):
        account = options.get("azure_storage_account_name", _EMULATOR_ACCOUNT)
        key = options.get("azure_storage_account_key", _EMULATOR_KEY)
        options = {"account_name": account, "account_key": key, "use_emulator": "true"}
        address = f"{endpoint or 'http://127.0.0.1:10000'}/{account}"
        text = f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};BlobEndpoint={address};"  # noqa: E501
        return options, _filesystem("az", connection_string=text)
    joined = options.pop("azure_storage_connection_string", "")
    if joined:
        pairs = dict(item.split("=", 1) for item in joined.split(";") if "=" in item)
        names = {
            "AccountName": "azure_storage_account_name",
            "AccountKey": "azure_storage_account_key",
            "BlobEndpoint": "azure_storage_endpoint",
        }
        options |= {names[k]: v for k, v in pairs.items() if k in names}
        return options, _filesystem("az", connection_string=joined)
    return options, _filesystem("az", anon=False)


def _s3(env: Mapping[str, str]) -> tuple[dict[str, str], Any]:
    options = {k: v for k, v in env.items() if k.startswith("AWS_")}
    if options.get("AWS_S3_ALLOW_UNSAFE_RENAME", "").lower() in ("true", "1"):
        raise UsageError(
            "LAKE-URL",
            "AWS_S3_ALLOW_UNSAFE_RENAME",
            "two writers could overwrite each other's commits",
            "Unset it.",
        )
    endpoint = options.get("AWS_ENDPOINT_URL")
    if endpoint and endpoint.startswith("http://"):
        options.setdefault("AWS_ALLOW_HTTP", "true")
    return options, _filesystem("s3", endpoint_url=endpoint)


def _filesystem(kind: str, **how: Any) -> Any:
    package, extra = _PACKAGES[kind]
    try:
        module = import_module(package)
    except ImportError:
        raise UsageError(
            "LAKE-URL",
            f"{kind}://",
            f"the package {package!r} is not installed",
            f"Install it with: pip install 'norrsken[{extra}]'",
        ) from None
    maker = module.AzureBlobFileSystem if kind == "az" else module.S3FileSystem
    return maker(use_listings_cache=False, skip_instance_cache=True, **how)


def _cache_home(env: Mapping[str, str]) -> str:
    return f"{env.get('XDG_CACHE_HOME') or '~/.cache'}/norrsken"
