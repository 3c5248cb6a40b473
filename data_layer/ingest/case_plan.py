"""Everything about a case that is decided before its first row is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data_layer.errors import InputError, UsageError
from data_layer.ingest.assembly import Evidence, decide, evidence
from data_layer.ingest.feeds import CaseFeed, Known, feeds_of, owner, without_doubles
from data_layer.ingest.formats.signal_name import as_listed
from data_layer.ingest.formats.vcf_baf import baf_feeds
from data_layer.ingest.header import VcfHeader
from data_layer.ingest.manifest.contract import CaseFile, Manifest
from data_layer.ingest.manifest.scout import read_scout
from data_layer.ingest.ped import Pedigree, read_ped
from data_layer.ingest.people import Family, gather, is_normal_name, is_tumour_name
from data_layer.ingest.request import CaseRequest
from data_layer.ingest.shared_files import Shared
from data_layer.ingest.source import Warning
from data_layer.ingest.text import open_vcf
from data_layer.lake import Lake, case_exists
from data_layer.region import Build

#: Samples that a case may have; more is a cohort.
MOST_SAMPLES = 100


@dataclass(frozen=True)
class CasePlan:
    """A case: who and what; ``headers`` are those of ``files``, every feed has its sample."""

    case_id: str
    name: str
    kind: str
    build: Build
    family: Family
    manifest: Manifest | None
    files: tuple[CaseFile, ...]
    headers: tuple[VcfHeader, ...]
    feeds: tuple[CaseFeed, ...]
    warnings: tuple[Warning, ...]


@dataclass(frozen=True)
class _Files:
    """The files of a case by what they are."""

    calls: tuple[CaseFile, ...]
    headers: tuple[VcfHeader, ...]
    listed: tuple[CaseFeed, ...]
    given: tuple[CaseFeed, ...]
    warnings: tuple[Warning, ...]


def plan(lake: Lake, request: CaseRequest) -> CasePlan:
    """Look at the manifest, the pedigree and the beginning of every file.

    Raises:
        InputError: a file, manifest or pedigree breaks a rule, the build is unclear, or
            CASE-EXISTS when the case is there and ``request.replace`` is false.
    """
    manifest = (
        read_scout(request.manifest, skip_missing=request.skip_missing)
        if request.manifest
        else None
    )
    files = _sorted_out(request, manifest)
    pedigree = read_ped(request.ped) if request.ped else None
    called = list(dict.fromkeys(s for h in files.headers for s in h.samples))
    feeds, odd = _owned(files, called, manifest, pedigree, request)
    samples = list(dict.fromkeys([*called, *(f.sample for f in feeds if f.sample)]))
    if len(samples) > MOST_SAMPLES:
        raise _too_many(files, len(samples))
    kind = request.kind or (manifest.kind if manifest else _kind(samples, request.ped))
    listed = manifest.people if manifest else ()
    family = gather(samples, listed, pedigree, cancer=kind == "cancer")
    case_id = request.case_id or (manifest.case_id if manifest else _named(files, samples))
    if not request.replace and lake.snapshot().has(case_id):
        raise case_exists(case_id)
    return CasePlan(
        case_id=case_id,
        name=request.name or (manifest.title if manifest else case_id),
        kind=kind,
        build=_build(request, manifest, files, feeds),
        family=family,
        manifest=manifest,
        files=files.calls,
        headers=files.headers,
        feeds=tuple(feeds),
        warnings=(
            *(manifest.warnings if manifest else ()), *files.warnings, *odd, *family.warnings,
        ),
    )  # fmt: skip


def _sorted_out(request: CaseRequest, manifest: Manifest | None) -> _Files:
    calls = list(manifest.files) if manifest else []
    listed: list[CaseFeed] = []
    given: list[CaseFeed] = []
    warnings: list[Warning] = []
    for file in manifest.feeds if manifest else ():
        try:
            found = feeds_of(file.path) or ()
        except InputError as error:
            if error.problem.code != "FORMAT-UNKNOWN":
                raise
            found = ()
        if not found:
            text = f"{file.key}: {file.path.name} is in no format that is known here; left out"
            warnings.append(Warning(0, "MANIFEST-FEED", text))
        listed += [CaseFeed(as_listed(f, file.key), file.sample, file.key) for f in found]
    for path in request.paths:
        found_here = feeds_of(path)
        if found_here is None:
            calls.append(CaseFile(path))
        else:
            given += [CaseFeed(f) for f in found_here]
    given += [CaseFeed(f) for path in request.baf for f in baf_feeds(path)]
    if not (calls or listed or given):
        raise UsageError("INGEST", "files", "there is no file to read", "Name one, or a manifest.")
    headers = tuple(_header(f.path) for f in calls)
    return _Files(tuple(calls), headers, tuple(listed), tuple(given), tuple(warnings))


def _header(path: Path) -> VcfHeader:
    with open_vcf(path, threads=1) as reader:
        return reader.header


def _owned(
    files: _Files,
    called: Sequence[str],
    manifest: Manifest | None,
    pedigree: Pedigree | None,
    request: CaseRequest,
) -> tuple[list[CaseFeed], list[Warning]]:
    """Say whose each feed is; a signal of one sample comes from one file."""
    people = manifest.people if manifest else ()
    rows = pedigree.rows.values() if pedigree else ()
    ids = dict.fromkeys([*called, *(p.sample_id for p in people), *(r.sample_id for r in rows)])
    known = Known(
        samples=tuple(ids),
        names={p.name: p.sample_id for p in people if p.name and p.name not in ids},
        asked=request.samples,
        closed=bool(ids),
    )
    _require_files(files, request)
    chosen: list[CaseFeed] = []
    warnings: list[Warning] = []
    taken: dict[tuple[str, str], CaseFeed] = {}
    shared = Shared.of([f.feed for f in (*files.listed, *files.given)])
    for case_feed, must in _by_weight(files):
        if shared.leaves_out(case_feed.feed, known):
            continue
        feed = case_feed.feed
        whose = CaseFeed(feed, shared.own(feed, known) or owner(case_feed, known), case_feed.key)
        key = (whose.sample or "", case_feed.feed.name)
        if case_feed.feed.kind == "signal" and key in taken:
            other = taken[key].feed.path.name
            if must:
                raise _twice(whose, other)
            place = f"{whose.key}: {feed.path.name}" if whose.key else feed.path.name
            text = f"{place}: {key[1]} of {key[0]} left out; {other} gives it"
            warnings.append(Warning(0, "SIGNAL-TWICE", text))
            continue
        taken[key] = whose
        chosen.append(whose)
    return chosen, [*warnings, *shared.warnings()]


def _by_weight(files: _Files) -> list[tuple[CaseFeed, bool]]:
    """Feeds in the order in which they are taken, and whether one may not be left out.

    Files that were named come before those of the manifest, those of one signal before those
    of several, which can spare one that another file gives.
    """
    both = without_doubles(files.listed, files.given)
    signals = Counter((f.feed.path, f.feed.sample) for f in both if f.feed.kind == "signal")

    def several(case_feed: CaseFeed) -> bool:
        return signals[case_feed.feed.path, case_feed.feed.sample] > 1

    ordered = sorted(both, key=lambda f: (f.key is not None, several(f)))
    return [(f, f.key is None and not several(f)) for f in ordered]


def _require_files(files: _Files, request: CaseRequest) -> None:
    """Refuse a ``--sample`` for a file that is not there."""
    feeds = [*files.listed, *files.given]
    names = {w for f in feeds for w in (str(f.feed.path), f.feed.path.name)}
    for name in request.samples:
        if name not in names:
            raise UsageError(
                "FEED-SAMPLE",
                f"--sample {name}",
                "no file of this name gives a signal or segments",
                f"Such files are {', '.join(f.feed.path.name for f in feeds) or 'none'}.",
            )


def _twice(case_feed: CaseFeed, other: str) -> InputError:
    feed = case_feed.feed
    return InputError(
        "SIGNAL-TWICE",
        f"{other} and {feed.path.name}",
        f"both give {feed.name} of {case_feed.sample}",
        f"Leave one out, or say whose it is with --sample {feed.path.name}=SAMPLE.",
    )


def _too_many(files: _Files, count: int) -> InputError:
    return InputError(
        "CASE-SAMPLES",
        ", ".join(f.path.name for f in files.calls) or "the files",
        f"{count} samples are too many for a case of at most {MOST_SAMPLES}",
        "Take out the family with `bcftools view -S`.",
    )


def _build(
    request: CaseRequest, manifest: Manifest | None, files: _Files, feeds: Sequence[CaseFeed]
) -> Build:
    asked, source = request.build, "--build"
    if asked is None and manifest is not None:
        asked, source = manifest.build, manifest.name
    pairs = zip(files.headers, files.calls, strict=True)
    said = [evidence(h, f.path.name) for h, f in pairs]
    said += [
        Evidence(f.feed.path.name, Build(f.feed.build), False, f.feed.build)
        for f in feeds
        if f.feed.build
    ]
    names = [f.feed.path.name for f in feeds if not f.feed.build]
    said += [Evidence(name, None, False, "") for name in names]
    return decide(asked, source, said)


def _kind(samples: Sequence[str], ped: Path | None) -> str:
    tumours = any(is_tumour_name(s) for s in samples)
    others = all(is_tumour_name(s) or is_normal_name(s) for s in samples)
    return "cancer" if tumours and others and ped is None else "rare"


def _named(files: _Files, samples: Sequence[str]) -> str:
    if not files.calls:
        return _word(samples[0]) if samples else "case"
    return _word(re.sub(r"(\.vcf|\.bcf|\.vcf\.gz|\.vcf\.bgz)$", "", files.calls[0].path.name))


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).lstrip("._-")[:64] or "case"
