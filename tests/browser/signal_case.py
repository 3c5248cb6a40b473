"""A trio with coverage, BAF, intervals and structural calls, and what was planted in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from data_layer.lake import Lake
from data_layer.region import Build
from data_layer.schema import CASES, SAMPLES, SEGMENTS, SIGNALS, SIGNALS_TABLE
from tests.query_rows import HEADER, PEOPLE, sample_rows, variant_table

BUILD = Build.GRCH38
NAME = "signals"


def typed(rows: pa.Table) -> pa.Table:
    """Say of every call of class sv that it is a deletion."""
    at = rows.schema.get_field_index("svtype")
    words = ["DEL" if c == "sv" else None for c in rows["class"].to_pylist()]
    return rows.set_column(at, rows.schema.field(at), pa.array(words, pa.string()))


#: Bases between two bins, and of a bin.
APART, BIN = 20_000, 100
#: A homozygous deletion of three bins of the child, at a log2 that nothing else has.
HOLE = (7, 100_000_000, -2.5)
#: Y has no coverage of the mother and no BAF of anybody.
NO_Y = {("mum", "coverage"), ("child", "baf"), ("dad", "baf")}
HAVE = {"child": ("coverage", "baf"), "dad": ("coverage", "baf"), "mum": ("coverage",)}
VARIANTS = typed(variant_table(4000, seed=21))
#: One event of half a chromosome, and one far narrower than a pixel, both of the child.
ROH = (4, 30_000_000, 73_000_000)
SMALL = (9, 5_000_000, 5_000_900)


def points(person: str, signal: str) -> pa.Table:
    """Bins along every chromosome but ``other``; coverage near 0, BAF near a half."""
    rng = np.random.default_rng(hash_of(person, signal))
    tables = []
    for code in range(1, 26):
        if code == 24 and (person, signal) in NO_Y:
            continue
        start = np.arange(0, BUILD.size(code) - BIN, APART if code < 25 else BIN)
        value = rng.normal(0, 0.1, len(start)) if signal == "coverage" else rng.beta(40, 40, len(start))  # fmt: skip # noqa: E501
        value = np.clip(value, -1 if signal == "coverage" else 0, 1)
        missing = np.zeros(len(start), bool)
        missing[::997] = signal == "coverage"
        if (person, signal, code) == ("child", "coverage", HOLE[0]):
            hole = HOLE[1] + np.arange(3) * BIN
            at = np.searchsorted(start, hole)
            start = np.insert(start, at, hole)
            value, missing = np.insert(value, at, HOLE[2]), np.insert(missing, at, False)
        tables.append(_table(code, start, value, missing))
    return pa.concat_tables(tables)


def hash_of(*words: str) -> int:
    return sum(ord(c) * 31**i for i, c in enumerate("".join(words)[:6]))


def _table(code: int, start: Any, value: Any, missing: Any) -> pa.Table:
    columns = {
        "schema_version": pa.array(np.ones(len(start), np.int16)),
        "chrom": pa.array(np.full(len(start), code, np.int8)),
        "start": pa.array(start.astype(np.int64)),
        "end": pa.array((start + BIN).astype(np.int64)),
        "gpos": pa.array((BUILD.offsets[code - 1] + start).astype(np.int64)),
        "value": pa.array(value.astype(np.float32), mask=missing),
    }
    stored = SIGNALS_TABLE.stored
    return pa.table([columns[f.name] for f in stored], schema=stored)


def segments() -> list[dict[str, Any]]:
    """Copy number over three chromosomes, one ROH, one UPD, a phase block and a region."""
    rows = [
        segment("cnv", 1, 0, 100_000_000, cn=2.0, cn_minor=1.0, caller="cnvkit"),
        segment("cnv", 2, 0, 240_000_000, cn=3.0, cn_minor=1.0, caller="cnvkit", call="DUP"),
        segment("cnv", *SMALL, cn=0.0, cn_minor=0.0, caller="cnvkit", call="DEL"),
        segment("phase_block", 1, 0, 50_000_000, name="1"),
        segment("region", 3, 10_000_000, 60_000_000, name="<b>panel</b>", colour="200,80,20"),
        segment("roh", *ROH, caller="rhocall", call="ROH"),
        segment("upd", 15, 20_000_000, 90_000_000, caller="upd", call="maternal iso"),
    ]
    return sorted(rows, key=lambda r: (r["kind"], r["chrom"], r["start"]))


def segment(kind: str, chrom: int, start: int, end: int, **cells: Any) -> dict[str, Any]:
    """One row of ``segments``."""
    return {
        "schema_version": 1, "file_index": 2, "record": start, "kind": kind, "chrom": chrom,
        "start": start, "end": end, "gpos": BUILD.gpos(chrom, start), "contig": f"chr{chrom}",
        "text": f"{chrom}\t{start}\t{end}", **cells,
    }  # fmt: skip


def source_of(person: str, signal: str, table: pa.Table) -> dict[str, Any]:
    """A file's entry in ``cases.sources``."""
    known = SIGNALS[signal]
    return {
        "file_index": 3, "name": f"{person}.{signal}.bed.gz", "sha256": "a" * 64,
        "format": "Gens BED", "class": None, "kind": "signal", "sample_id": person,
        "signal": signal, "low": known.low, "high": known.high, "unit": known.unit,
        "records": table.num_rows, "rows": table.num_rows, "rejected": 0, "warnings": [],
        "missing": table["value"].null_count,
        "chrom_rows": np.bincount(table["chrom"].to_numpy(), minlength=27).tolist(),
    }  # fmt: skip


def write_signals(lake: Lake, case_id: str = NAME) -> dict[tuple[str, str], pa.Table]:
    """Commit the case; return the points by person and signal."""
    made: dict[tuple[str, str], pa.Table] = {}
    sources: list[dict[str, Any]] = [{"name": n, "format": "vcf", "header": HEADER, "sha256": "0" * 64} for n in ("a.vcf", "b.vcf")]  # fmt: skip # noqa: E501
    with lake.begin(case_id, build=BUILD) as writer:
        writer.add("variants", VARIANTS)
        for at, person in enumerate(PEOPLE):
            for signal in HAVE[person]:
                made[person, signal] = table = points(person, signal)
                writer.add("signals", table, {"sample_key": f"s{at}", "signal": signal})
                sources.append(source_of(person, signal, table))
        rows = segments()
        writer.add("segments", pa.Table.from_pylist(rows, SEGMENTS.stored), {"sample_key": "s0"})
        sources.append({
            "file_index": 2, "name": "child.cns", "sha256": "b" * 64, "format": "CNVkit",
            "kind": "segments", "segment_kind": "cnv", "sample_id": "child", "rows": len(rows),
        })  # fmt: skip
        writer.add("samples", pa.Table.from_pylist(sample_rows(), SAMPLES.stored))
        case = {
            "schema_version": 1, "name": f"Case {case_id}", "kind": "rare", "build": BUILD.value,
            "institute": "clinic", "created": datetime.now(UTC), "rows": VARIANTS.num_rows,
            "sources": json.dumps(sources),
        }  # fmt: skip
        writer.add("cases", pa.Table.from_pylist([case], CASES.stored))
        writer.commit()
    return made
