"""A PostgreSQL of our own for tests: made in a folder, stopped and removed after."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))


class Postgres:
    """One server on a free port; PostgreSQL refuses root, so root starts it as ``postgres``."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="pg-"))
        self.data = self.root / "data"
        self.log = self.root / "log"
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            who = pwd.getpwnam("postgres")
            os.chown(self.root, who.pw_uid, who.pw_gid)
            self._as = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._call("initdb", "-U", "norrsken", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")  # fmt: skip # noqa: E501
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -k {self.root} -c listen_addresses=127.0.0.1"
        self._call("pg_ctl", "-w", "-t", "60", "-l", str(self.log), "-o", options, "start")

    def kill(self) -> None:
        """End the postmaster with SIGKILL and wait until it is gone."""
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        for _ in range(500):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.02)
        raise AssertionError("the postmaster would not go")

    def restart_after_kill(self) -> None:
        """Start again; the shared memory of the killed one may take a moment to be free."""
        for attempt in range(50):
            try:
                self.start()
            except subprocess.CalledProcessError:
                assert attempt < 49, self.log.read_text()
                time.sleep(0.1)
            else:
                return

    def stop(self, *, remove: bool = True) -> None:
        subprocess.run(
            [str(BIN[-1] / "pg_ctl"), "-D", str(self.data), "-m", "immediate", "-w", "stop"],
            cwd="/",
            check=False,
            capture_output=True,
            **self._as,
        )
        if remove:
            shutil.rmtree(self.root)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://norrsken@127.0.0.1:{self.port}/{database}"

    def database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        self._make(f"CREATE DATABASE {name}")
        return self.url(name)

    def schema(self, name: str) -> str:
        """Make an empty schema, quicker than a database, and return its URL."""
        self._make(f"CREATE SCHEMA {name}")
        return f"{self.url()}?options=-csearch_path%3D{name}"

    def _make(self, statement: str) -> None:
        engine = sa.create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()

    def _call(self, program: str, *options: str) -> None:
        command = [str(BIN[-1] / program), "-D", str(self.data), *options]
        env = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
        subprocess.run(command, check=True, cwd="/", env=env, stdout=subprocess.DEVNULL, **self._as)
