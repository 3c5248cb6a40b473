"""The VCFs of a case to ``variants`` and ``consequences``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import duckdb
import pyarrow as pa

from data_layer.ingest.calls import Seat
from data_layer.ingest.case_plan import CasePlan
from data_layer.ingest.columns import field_map
from data_layer.ingest.entries import SOURCES, entry_fields
from data_layer.ingest.header import VcfHeader
from data_layer.ingest.macros import add_macros
from data_layer.ingest.manifest.contract import CaseFile
from data_layer.ingest.mapping import Chunk, Mapper
from data_layer.ingest.people import Family
from data_layer.ingest.progress import Progress
from data_layer.ingest.report import FileReport
from data_layer.ingest.staging import Finisher
from data_layer.ingest.text import open_vcf
from data_layer.ingest.variants_sql import FilePlan
from data_layer.lake import IngestWriter
from data_layer.settings import Settings

#: Rows or bytes of text that one statement maps, when the reader's batches are smaller.
STATEMENT_ROWS = 40_960
STATEMENT_BYTES = 64 << 20


def write_calls(
    case: CasePlan, writer: IngestWriter, progress: Progress, settings: Settings, *, skip_bad: bool
) -> tuple[list[FileReport], list[dict[str, Any]], dict[str, int]]:
    """Write the calls of all VCFs; return each file's report and entry, and rows by table."""
    if not case.files:
        return [], [], {"variants": 0, "consequences": 0}
    chunks: list[Chunk] = []
    reports, sources = [], []
    with _database(writer, settings) as con:
        for index in range(len(case.files)):
            report, source = _one_file(con, case, index, skip_bad, writer, progress, chunks)
            reports.append(report)
            sources.append(source)
        progress.note("sorting and writing")
        tables = Finisher(con, writer).finish(chunks)
    return reports, sources, tables


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


def _one_file(
    con: duckdb.DuckDBPyConnection,
    case: CasePlan,
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
    with (
        Mapper(con, writer.staging, header, plan, first=first) as mapper,
        open_vcf(file.path, skip_bad=skip_bad) as reader,
    ):
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
            reader.format,
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
