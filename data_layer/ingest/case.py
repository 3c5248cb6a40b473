"""The order of work for one case: manifest, headers, people, rows, commit."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data_layer.errors import InputError, UsageError
from data_layer.ingest.assembly import decide, evidence
from data_layer.ingest.columns import field_map
from data_layer.ingest.consequences_sql import SOURCES, entry_fields
from data_layer.ingest.genotypes_sql import Seat
from data_layer.ingest.header import VcfHeader
from data_layer.ingest.macros import add_macros
from data_layer.ingest.manifest.contract import CaseFile, Manifest
from data_layer.ingest.manifest.scout import read_scout
from data_layer.ingest.mapping import Chunk, Mapper
from data_layer.ingest.ped import read_ped
from data_layer.ingest.people import Family, gather, is_normal_name, is_tumour_name, sample_rows
from data_layer.ingest.progress import Progress, Silent
from data_layer.ingest.report import FileReport, IngestReport
from data_layer.ingest.source import Warning
from data_layer.ingest.staging import Finisher
from data_layer.ingest.text import open_vcf
from data_layer.ingest.variants_sql import FilePlan
from data_layer.lake import IngestWriter, Lake, case_exists
from data_layer.region import Build
from data_layer.schema import CASES, SAMPLES
from data_layer.settings import Settings

#: Samples that a case may have; more is a cohort.
MOST_SAMPLES = 100
#: Rows or bytes of text that one statement maps, when the reader's batches are smaller.
STATEMENT_ROWS = 40_960
STATEMENT_BYTES = 64 << 20


@dataclass(frozen=True)
class CaseRequest:
    """What a person asks to ingest; what is left out comes from the manifest or the files.

    Attributes:
        replace: ingest a case that is there already anew.
        skip_bad: set records that break a rule aside instead of refusing the file.
        skip_missing: go on without VCFs that the manifest names and that are not there.
    """

    paths: tuple[Path, ...] = ()
    case_id: str | None = None
    manifest: Path | None = None
    build: Build | None = None
    ped: Path | None = None
    skip_bad: bool = False
    kind: str | None = None
    name: str | None = None
    replace: bool = False
    skip_missing: bool = False
    institute: str | None = None


@dataclass(frozen=True)
class _Case:
    """Everything decided before the first row is read."""

    case_id: str
    name: str
    kind: str
    build: Build
    family: Family
    manifest: Manifest | None
    files: tuple[CaseFile, ...]
    headers: tuple[VcfHeader, ...]
    warnings: tuple[Warning, ...]


def ingest_case(
    lake: Lake,
    request: CaseRequest,
    *,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> IngestReport:
    """Read the files of one case into the lake; nothing is visible before all of it is.

    Raises:
        InputError: a file, manifest or pedigree breaks a rule, the build is unclear, or
            CASE-EXISTS when the case is there and ``request.replace`` is false.
        LakeError: the lake cannot be written.
    """
    began, created = time.monotonic(), datetime.now(UTC)
    shown = progress or Silent()
    chosen = settings or Settings.load()
    try:
        case = _decided(lake, request)
        with lake.begin(case.case_id, build=case.build) as writer:
            reports, sources, tables = _rows(case, request, writer, shown, chosen)
            shown.note("writing the case")
            tables |= _people(lake, case, writer)
            row = _case_row(case, request, writer.ingest_id, sources, tables["variants"], created)
            tables |= {"cases": writer.add("cases", row)}
            shown.note("committing")
            version = writer.commit(replace=request.replace)
    finally:
        shown.end()
    seconds = time.monotonic() - began
    return IngestReport(
        case.case_id, writer.ingest_id, version, tables, tuple(reports), seconds, case.warnings
    )


def _decided(lake: Lake, request: CaseRequest) -> _Case:
    manifest = (
        read_scout(request.manifest, skip_missing=request.skip_missing)
        if request.manifest
        else None
    )
    files = (*(manifest.files if manifest else ()), *(CaseFile(p) for p in request.paths))
    if not files:
        raise UsageError("INGEST", "files", "there is no VCF to read", "Name one, or a manifest.")
    headers = tuple(_header(f.path) for f in files)
    samples = list(dict.fromkeys(s for h in headers for s in h.samples))
    if len(samples) > MOST_SAMPLES:
        raise InputError(
            "CASE-SAMPLES",
            ", ".join(f.path.name for f in files),
            f"{len(samples)} samples are too many for a case of at most {MOST_SAMPLES}",
            "Take out the family with `bcftools view -S`.",
        )
    kind = request.kind or (manifest.kind if manifest else _kind(samples, request.ped))
    family = gather(
        samples,
        manifest.people if manifest else (),
        read_ped(request.ped) if request.ped else None,
        cancer=kind == "cancer",
    )
    asked, source = request.build, "--build"
    if asked is None and manifest is not None:
        asked, source = manifest.build, manifest.name
    build = decide(
        asked, source, [evidence(h, f.path.name) for h, f in zip(headers, files, strict=True)]
    )
    case_id = request.case_id or (manifest.case_id if manifest else _stem(files[0].path))
    if not request.replace and lake.snapshot().has(case_id):
        raise case_exists(case_id)
    name = request.name or (manifest.title if manifest else case_id)
    warnings = (*(manifest.warnings if manifest else ()), *family.warnings)
    return _Case(case_id, name, kind, build, family, manifest, files, headers, warnings)


def _header(path: Path) -> VcfHeader:
    with open_vcf(path, threads=1) as reader:
        return reader.header


def _kind(samples: Sequence[str], ped: Path | None) -> str:
    tumours = any(is_tumour_name(s) for s in samples)
    others = all(is_tumour_name(s) or is_normal_name(s) for s in samples)
    return "cancer" if tumours and others and ped is None else "rare"


def _stem(path: Path) -> str:
    word = re.sub(r"(\.vcf|\.bcf|\.vcf\.gz|\.vcf\.bgz)$", "", path.name)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", word).lstrip("._-")[:64] or "case"


@contextmanager
def _database(writer: IngestWriter, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    spill = writer.staging / "spill"
    con = duckdb.connect(
        config={
            "threads": settings.threads,
            "memory_limit": f"{settings.memory_mb}MiB",
            "temp_directory": str(spill),
        }
    )
    try:
        add_macros(con)
        yield con
    finally:
        con.close()


def _rows(
    case: _Case, request: CaseRequest, writer: IngestWriter, progress: Progress, settings: Settings
) -> tuple[list[FileReport], list[dict[str, Any]], dict[str, int]]:
    chunks: list[Chunk] = []
    reports, sources = [], []
    with _database(writer, settings) as con:
        for index in range(len(case.files)):
            report, source = _one_file(con, case, index, request.skip_bad, writer, progress, chunks)
            reports.append(report)
            sources.append(source)
        progress.note("sorting and writing")
        tables = Finisher(con, writer).finish(chunks)
    return reports, sources, tables


def _one_file(
    con: duckdb.DuckDBPyConnection,
    case: _Case,
    index: int,
    skip_bad: bool,
    writer: IngestWriter,
    progress: Progress,
    chunks: list[Chunk],
) -> tuple[FileReport, dict[str, Any]]:
    file, header = case.files[index], case.headers[index]
    plan = FilePlan(
        file_index=index,
        build=case.build,
        fields=field_map(header),
        seats=_seats(case.family, header.samples),
        file_class=file.file_class,
        family=case.family.family or (case.manifest.family if case.manifest else None),
    )
    first = chunks[-1].first + chunks[-1].rows if chunks else 0
    made = len(chunks)
    mapper = Mapper(con, writer.staging, header, plan, first=first)
    with open_vcf(file.path, skip_bad=skip_bad) as reader:
        progress.begin(file.path.name, reader.bytes_total)
        for batch in _ahead(_grouped(reader.batches())):
            chunk = mapper.add(batch)
            if chunk is not None:
                chunks.append(chunk)
            progress.update(reader.bytes_read, mapper.rows)
        if (chunk := mapper.flush()) is not None:
            chunks.append(chunk)
        rows = sum(c.rows for c in chunks[made:])
        warnings = [*reader.warnings, *mapper.warnings()]
        report = FileReport(
            str(file.path),
            _format(file.path),
            reader.records,
            rows,
            reader.rejected_count,
            tuple(warnings),
            file.file_class,
            file.research,
        )
        source = _source(file, report, reader.sha256, header, mapper)
    return report, source


def _grouped(batches: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Put small batches together: each statement costs time to plan, whatever its rows."""
    held: list[pa.Table] = []
    for batch in batches:
        held.append(batch)
        rows, size = sum(b.num_rows for b in held), sum(b.nbytes for b in held)
        if rows >= STATEMENT_ROWS or size >= STATEMENT_BYTES:
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)


def _ahead(batches: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Give the batches, the next one being read in a thread meanwhile."""
    with ThreadPoolExecutor(1, thread_name_prefix="reader") as pool:
        waiting = pool.submit(next, batches, None)
        while (batch := waiting.result()) is not None:
            waiting = pool.submit(next, batches, None)
            yield batch


def _seats(family: Family, samples: Sequence[str]) -> tuple[Seat, ...]:
    at = {name: i for i, name in enumerate(samples)}
    return tuple(Seat(at.get(p.sample_id), p.sex) for p in family.people)


def _format(path: Path) -> str:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if path.suffix == ".bcf":
        return "bcf"
    return "vcf.gz" if packed else "vcf"


def _source(
    file: CaseFile, report: FileReport, sha256: str, header: VcfHeader, mapper: Mapper
) -> dict[str, Any]:
    """The file's entry in ``cases.sources``."""
    return {
        "file_index": mapper.plan.file_index,
        "name": file.path.name,
        "sha256": sha256,
        "format": report.format,
        "class": file.file_class,
        "key": file.key,
        "research": file.research,
        "records": report.records,
        "rows": report.rows,
        "rejected": report.rejected,
        "samples": list(header.samples),
        "consequence_fields": {
            s: list(entry_fields(s, mapper.csq)) for s in SOURCES if s in mapper.csq
        },
        "mapping": mapper.plan.fields.mapping,
        "warnings": [asdict(w) for w in report.warnings],
        "header": header.text,
    }


def _people(lake: Lake, case: _Case, writer: IngestWriter) -> dict[str, int]:
    snapshot = lake.snapshot()
    before = snapshot.samples(case.case_id) if snapshot.has(case.case_id) else []
    rows = sample_rows(case.family.people, before, cancer=case.kind == "cancer")
    fields = [f for f in SAMPLES.stored if f.name != "schema_version"]
    return {"samples": writer.add("samples", pa.Table.from_pylist(rows, schema=pa.schema(fields)))}


def _case_row(
    case: _Case,
    request: CaseRequest,
    ingest_id: str,
    sources: list[dict[str, Any]],
    rows: int,
    created: datetime,
) -> pa.Table:
    manifest = case.manifest
    described = (
        dict(manifest.content)
        if manifest
        else {
            "kind": "command",
            "files": [{"key": None, "found": f.path.name} for f in case.files],
            "ped": request.ped.name if request.ped else None,
        }
    )
    row = {
        "case_id": case.case_id,
        "ingest_id": ingest_id,
        "name": case.name,
        "kind": case.kind,
        "build": case.build.value,
        "institute": request.institute or (manifest.institute if manifest else None),
        "created": created,
        "hpo": list(manifest.hpo) if manifest else [],
        "hpo_excluded": [],
        "panels": list(manifest.panels) if manifest else [],
        "rows": rows,
        "manifest": json.dumps(described, ensure_ascii=False),
        "sources": json.dumps(sources, ensure_ascii=False),
    }
    skip = ("schema_version", "supersedes")
    fields = [f for f in CASES.arrow if f.name not in skip]
    return pa.Table.from_pylist([row], schema=pa.schema(fields))
