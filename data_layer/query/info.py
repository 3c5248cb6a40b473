"""What a case and its people are, as far as the actor may know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data_layer.region import Build


@dataclass(frozen=True)
class SampleInfo:
    """A person's or tumour's sample; ``index`` is its place in the per-sample lists.

    A parent whom the actor may not see is None here.
    """

    index: int
    id: str
    name: str
    sex: str
    affected: str
    role: str | None = None
    father: str | None = None
    mother: str | None = None
    is_tumour: bool = False
    tissue: str | None = None
    purity: float | None = None
    ploidy: float | None = None
    timepoint: str | None = None
    analysis_type: str | None = None
    qc: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FileInfo:
    """A file of a case as its ingest read it.

    Attributes:
        records: data lines read, the rejected ones included.
        rows: rows of the lake made from them; one for each alternate allele.
        warning_count: everything that the reader complained of.
        warnings: the first of these, ``line N: CODE, message``.
        format: the file's format, in the words of whoever read it.
        gives: what it gave the case, such as ``coverage of child``; empty for calls.
    """

    name: str
    format: str
    sha256: str
    records: int | None
    rows: int | None
    rejected: int | None
    research: bool = False
    warning_count: int = 0
    warnings: tuple[str, ...] = ()
    gives: str = ""


@dataclass(frozen=True)
class CaseInfo:
    """A case at a lake version.

    Attributes:
        total: calls that this actor may see.
        class_counts: calls by class; filled in for an opened case only.
        score_min: lowest rank score; None without one, and before the case is opened.
        score_max: highest rank score, likewise.
        reason: in words, why the actor may see it.
        withheld: people of the case whom the actor may not see.
        files: the files it was read from; none for who may not see the whole family.
    """

    case_id: str
    name: str
    kind: str
    build: str
    institute: str | None
    created: datetime
    hpo: tuple[str, ...]
    hpo_excluded: tuple[str, ...]
    panels: tuple[str, ...]
    samples: tuple[SampleInfo, ...]
    lake_version: int
    ingest_id: str
    total: int
    class_counts: dict[str, int] = field(default_factory=dict)
    has_rank: bool = False
    score_max: float | None = None
    reason: str = ""
    withheld: int = 0
    score_min: float | None = None
    files: tuple[FileInfo, ...] = ()

    @property
    def reference(self) -> Build:
        """The build as the coordinate code knows it."""
        return Build(self.build)

    @property
    def genome_size(self) -> int:
        """Bases on the genome-wide axis, the lane of other contigs included."""
        return sum(self.reference.sizes)

    def person(self, name: str) -> SampleInfo | None:
        """Return a visible person by sample id, else by the name shown."""
        by_id = next((s for s in self.samples if s.id == name), None)
        return by_id or next((s for s in self.samples if s.name == name), None)

    @property
    def proband(self) -> SampleInfo | None:
        """The proband; else the first affected person, the first tumour, the first person."""
        for test in (_is_proband, _is_affected, _is_tumour, _anyone):
            found = next((s for s in self.samples if test(s)), None)
            if found is not None:
                return found
        return None


def _is_proband(sample: SampleInfo) -> bool:
    return sample.role == "proband"


def _is_affected(sample: SampleInfo) -> bool:
    return sample.affected == "affected"


def _is_tumour(sample: SampleInfo) -> bool:
    return sample.is_tumour


def _anyone(sample: SampleInfo) -> bool:
    return True


def sample_info(row: Mapping[str, Any], visible: frozenset[str] | None) -> SampleInfo:
    """Read a row of ``samples``; ``visible`` are the sample ids the actor may know of."""

    def seen(name: str | None) -> str | None:
        return name if name and (visible is None or name in visible) else None

    return SampleInfo(
        index=int(row["sample_index"]),
        id=row["sample_id"],
        name=row.get("name") or row["sample_id"],
        sex=row["sex"],
        affected=row["affected"],
        role=row.get("role"),
        father=seen(row.get("father")),
        mother=seen(row.get("mother")),
        is_tumour=bool(row["is_tumour"]),
        tissue=row.get("tissue"),
        purity=row.get("purity"),
        ploidy=row.get("ploidy"),
        timepoint=row.get("timepoint"),
        analysis_type=row.get("analysis_type"),
        qc=_object(row.get("qc")),
    )


def case_info(
    row: Mapping[str, Any],
    samples: tuple[SampleInfo, ...],
    *,
    version: int,
    total: int,
    reason: str,
    withheld: int,
) -> CaseInfo:
    """Read a row of ``cases``; its phenotype is the affected's, so it goes with one of them."""
    told = not withheld or any(s.affected == "affected" for s in samples)
    return CaseInfo(
        case_id=row["case_id"],
        name=row["name"],
        kind=row["kind"],
        build=row["build"],
        institute=row.get("institute"),
        created=row["created"],
        hpo=tuple(row.get("hpo") or ()) if told else (),
        hpo_excluded=tuple(row.get("hpo_excluded") or ()) if told else (),
        panels=tuple(row.get("panels") or ()),
        samples=samples,
        lake_version=version,
        ingest_id=row["ingest_id"],
        total=total,
        reason=reason,
        withheld=withheld,
        files=() if withheld else _files(row.get("sources")),
    )


#: Warnings of a file that are told in words; the rest are counted.
TOLD = 20


def _files(sources: object) -> tuple[FileInfo, ...]:
    found = json.loads(sources) if isinstance(sources, str) and sources else []
    entries = found if isinstance(found, list) else []
    return tuple(_file(f) for f in entries if isinstance(f, dict))


def _file(source: Mapping[str, Any]) -> FileInfo:
    warnings = [w for w in source.get("warnings") or () if isinstance(w, dict)]
    told = tuple(f"line {w.get('line')}: {w.get('code')}, {w.get('message')}" for w in warnings)
    return FileInfo(
        name=str(source.get("name", "")),
        format=str(source.get("format", "")),
        sha256=str(source.get("sha256", "")),
        records=source.get("records"),
        rows=source.get("rows"),
        rejected=source.get("rejected"),
        research=bool(source.get("research")),
        warning_count=len(warnings),
        warnings=told[:TOLD],
        gives=_gives(source),
    )


def _gives(source: Mapping[str, Any]) -> str:
    kind = str(source.get("kind") or "variants")
    if kind == "variants":
        return ""
    name = source.get("signal") or source.get("segment_kind") or kind
    what = str(name).replace("_", " ") + ("" if kind == "signal" else " segments")
    return f"{what} of {source['sample_id']}" if source.get("sample_id") else what


def _object(text: object) -> dict[str, Any]:
    if not isinstance(text, str) or not text:
        return {}
    found = json.loads(text)
    return found if isinstance(found, dict) else {"value": found}
