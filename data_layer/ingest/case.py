"""The order of work for one case: plan, people, calls, signals and segments, commit."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from data_layer.ingest.case_calls import write_calls
from data_layer.ingest.case_feeds import write_feeds
from data_layer.ingest.case_plan import CasePlan, plan
from data_layer.ingest.people import sample_rows
from data_layer.ingest.progress import Progress, Silent
from data_layer.ingest.report import IngestReport
from data_layer.ingest.request import CaseRequest
from data_layer.lake import IngestWriter, Lake
from data_layer.schema import CASES, SAMPLES
from data_layer.settings import Settings

__all__ = ["CaseRequest", "ingest_case"]


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
    bad = request.skip_bad
    try:
        case = plan(lake, request)
        people = _people(lake, case)
        keys = {row["sample_id"]: row["sample_key"] for row in people}
        with lake.begin(case.case_id, build=case.build) as writer:
            reports, sources, tables = write_calls(case, writer, shown, chosen, skip_bad=bad)
            measured = write_feeds(case, keys, writer, shown, chosen, skip_bad=bad)
            reports, sources = [*reports, *measured.reports], [*sources, *measured.sources]
            tables |= measured.tables
            shown.note("writing the case")
            tables |= {"samples": writer.add("samples", _sample_table(people))}
            row = _case_row(case, request, writer, sources, tables["variants"], created)
            tables |= {"cases": writer.add("cases", row)}
            shown.note("committing")
            version = writer.commit(replace=request.replace)
    finally:
        shown.end()
    seconds = time.monotonic() - began
    return IngestReport(
        case.case_id, writer.ingest_id, version, tables, tuple(reports), seconds, case.warnings
    )


def _people(lake: Lake, case: CasePlan) -> list[dict[str, Any]]:
    snapshot = lake.snapshot()
    before = snapshot.samples(case.case_id) if snapshot.has(case.case_id) else []
    return sample_rows(case.family.people, before, cancer=case.kind == "cancer")


def _sample_table(rows: list[dict[str, Any]]) -> pa.Table:
    fields = [f for f in SAMPLES.stored if f.name != "schema_version"]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def _case_row(
    case: CasePlan,
    request: CaseRequest,
    writer: IngestWriter,
    sources: list[dict[str, Any]],
    rows: int,
    created: datetime,
) -> pa.Table:
    manifest = case.manifest
    feeds = dict.fromkeys(f.feed.path.name for f in case.feeds)
    names = [*(f.path.name for f in case.files), *feeds]
    described = (
        dict(manifest.content)
        if manifest
        else {
            "kind": "command",
            "files": [{"key": None, "found": name} for name in names],
            "ped": request.ped.name if request.ped else None,
        }
    )
    row = {
        "case_id": case.case_id,
        "ingest_id": writer.ingest_id,
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
