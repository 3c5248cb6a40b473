"""Looking after a lake: what is amiss, joining small files, sweeping up leftovers."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction

from data_layer.errors import LakeError, Problem
from data_layer.lake.delta import DataFile, LogTable
from data_layer.lake.derived import removals
from data_layer.lake.failure import disk, missing
from data_layer.lake.parquet import count, join
from data_layer.lake.partition import folder
from data_layer.lake.snapshot import superseded_by
from data_layer.lake.store import Store, Stored

Tables = Mapping[str, LogTable]


def verify(store: Store, tables: Tables) -> list[Problem]:
    """Compare the log with storage: files, their sizes and rows, chains, and leftovers."""
    known = _known(tables)
    problems = [*_chains(store, tables["cases"]), *_counts(tables)]
    for log in tables.values():
        listed = _data_files(store, log)
        for ingest_id, files in log.index().items():
            problems += [p for f in files for p in _file(store, f, listed.get(f.name))]
            if ingest_id not in known:
                problems.append(_orphan(files[0].name, "committed without its case"))
        named = {f.name for files in log.index().values() for f in files}
        problems += [_orphan(name, "not in the log") for name in sorted(listed.keys() - named)]
    return problems + [_orphan(room.name, "staged files") for room in _staged(store)]


def _known(tables: Tables) -> set[str]:
    """Ingests in ``cases``, read after the other tables so that none is taken for an orphan."""
    for log in tables.values():
        log.refresh()
    tables["cases"].refresh()
    return set(tables["cases"].index())


def _data_files(store: Store, log: LogTable) -> dict[str, Stored]:
    inner = f"{log.name}/_"
    return {n: s for n, s in store.listed(log.name).items() if not n.startswith(inner)}


def _file(store: Store, file: DataFile, found: Stored | None) -> Iterator[Problem]:
    if found is None or found.size != file.size:
        yield missing(file.name).problem
    elif not store.is_remote:
        try:
            rows = count(store.local(file.name, file.size))
        except LakeError:
            yield missing(file.name).problem
        else:
            if rows != file.rows:
                yield Problem(
                    "LAKE-ROWS", file.name, f"the log says {file.rows} rows, the file has {rows}"
                )


def _counts(tables: Tables) -> Iterator[Problem]:
    variants = tables["variants"].index()
    for ingest_id, files in tables["cases"].index().items():
        said = files[-1].variants
        have = sum(f.rows for f in variants.get(ingest_id, ()))
        if said is not None and said != have:
            yield Problem(
                "LAKE-ROWS",
                f"case {files[-1].case_id}, ingest {ingest_id}",
                f"cases says {said} variants, the table has {have}",
                "Ingest the case again.",
            )


def _chains(store: Store, cases: LogTable) -> Iterator[Problem]:
    heads: dict[str, list[str]] = {}
    index = cases.index()
    gone = superseded_by(index, store)
    for ingest_id, files in index.items():
        if ingest_id not in gone:
            heads.setdefault(files[-1].case_id, []).append(ingest_id)
    for case_id, ingests in heads.items():
        if len(ingests) > 1:
            yield Problem(
                "LAKE-CHAIN",
                f"case {case_id}",
                f"{len(ingests)} ingests claim to be the newest",
                "Ingest the case again.",
            )


def _orphan(where: str, what: str) -> Problem:
    return Problem(
        "LAKE-ORPHAN",
        where,
        f"{what}: left by an ingest that did not finish, or that is still running",
        "norrsken lake compact removes it after 24 hours.",
    )


def _staged(store: Store) -> list[Path]:
    return sorted(store.scratch.iterdir()) if store.scratch.is_dir() else []


def compact(store: Store, tables: Tables, grace_hours: float) -> dict[str, int]:
    """Join each ingest's files, and delete leftovers and replaced files older than the grace.

    ``cases`` is never touched, so the lake's version stays and every old version reads as before.
    """
    done = {"joined": 0, "orphans": 0, "files": 0, "bytes": 0}
    known = _known(tables)
    for log in tables.values():
        if log.name == "cases":
            continue
        for ingest_id, files in list(log.index().items()):
            if ingest_id not in known:
                done["orphans"] += _forget(log, files, grace_hours)
                continue
            for together in _by_folder(files):
                if len(together) > 1:
                    done["joined"] += _join(store, log, together)
    for log in tables.values():
        _sweep(store, log, grace_hours, done)
    for room in _staged(store):
        newest = max((p.stat().st_mtime for p in (room, *room.rglob("*"))), default=0.0)
        if _is_old(newest, grace_hours):
            shutil.rmtree(room, ignore_errors=True)
            done["orphans"] += 1
    return done


def _is_old(changed: float, grace_hours: float) -> bool:
    return time.time() - changed >= grace_hours * 3600


def _forget(log: LogTable, files: tuple[DataFile, ...], grace_hours: float) -> int:
    """Take the files of an ingest that never got its case out of the log."""
    if not all(_is_old(f.changed, grace_hours) for f in files):
        return 0
    try:
        with disk(f"table {log.name}"):
            log.commit(list(removals(files, log, change=True)))
    except CommitFailedError:
        log.refresh()
        return 0
    return 1


def _by_folder(files: tuple[DataFile, ...]) -> list[tuple[DataFile, ...]]:
    out: dict[str, list[DataFile]] = {}
    for file in files:
        out.setdefault(folder(file.keys), []).append(file)
    return [tuple(group) for group in out.values()]


def _join(store: Store, log: LogTable, files: tuple[DataFile, ...]) -> int:
    keys = dict(files[0].keys)
    stamp = f"{time.time_ns():x}"
    name = f"{folder(keys)}/joined-{stamp}.parquet"
    room = store.scratch / f"join-{stamp}"
    room.mkdir(parents=True, mode=0o700)
    try:
        sources = [store.local(f.name, f.size) for f in files]
        part = join(log.name, sources, room / "joined.parquet")
        store.place(part.path, f"{log.name}/{name}")
        add = AddAction(name, part.size, keys, int(time.time() * 1000), False, part.stats)
        with disk(f"table {log.name}"):
            log.commit([add, *removals(files, log, change=False)])
    except CommitFailedError:
        log.refresh()
        store.remove(f"{log.name}/{name}")
        return 0
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return 1


def _sweep(store: Store, log: LogTable, grace_hours: float, done: dict[str, int]) -> None:
    """Delete files that the log no longer names: replaced ones, and those never committed.

    A file's age counts from when the log let go of it, so a reader keeps its files for the grace.
    """
    log.refresh()
    index = log.index()
    named = {f.name for files in index.values() for f in files}
    released = log.released(time.time() - grace_hours * 3600)
    for name, found in sorted(_data_files(store, log).items()):
        if name in named or not _is_old(max(found.changed, released.get(name, 0.0)), grace_hours):
            continue
        # Old versions of ``cases`` are read for good, whoever rewrote its newest one.
        if log.name == "cases" and _ingest_of(name) in index:
            continue
        store.remove(name)
        done["files"] += 1
        done["bytes"] += found.size


def _ingest_of(name: str) -> str:
    return next((p.partition("=")[2] for p in name.split("/") if p.startswith("ingest_id=")), "")
