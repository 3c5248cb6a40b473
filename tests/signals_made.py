"""A case with signals and segments of three people, seeded, with nulls and infinities."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data_layer.journal import default_url, open_journal
from data_layer.lake import Lake, open_lake
from data_layer.query.desk import Desk
from data_layer.region import OTHER
from data_layer.schema import CASES, SAMPLES, SEGMENTS, SIGNALS, SIGNALS_TABLE
from data_layer.settings import Settings
from data_layer.tiles.build import build_tiles
from data_layer.tiles.range import Range
from tests.query_rows import BUILD, HEADER, PEOPLE, sample_rows, variant_table

#: Codes that a test's signals have points on; chromosomes 21 and Y have none. Contigs of ``other``
#: are longer here than the lane that pictures give them.
CODES = tuple(c for c in range(1, 27) if c not in (21, 24))
#: Who has which signal in the made case.
HAVE = {"child": ("coverage", "baf", "depth"), "dad": ("coverage", "baf"), "mum": ("coverage",)}
BIN = 100


def points(name: str, each: int = 400, seed: int = 1) -> pa.Table:
    """``each`` points a chromosome: most inside the range, some outside, null or infinite."""
    rng = np.random.default_rng(seed)
    signal = SIGNALS[name]
    high = 60.0 if signal.high is None else signal.high
    tables = []
    for code in CODES:
        size = BUILD.size(code) if code < OTHER else 30_000_000
        n = min(each, size // (2 * BIN))
        start = np.sort(rng.choice(size // BIN, n, replace=False)) * BIN
        spread = (high - signal.low) / 5
        value = rng.normal((signal.low + high) / 2, spread, n).astype(np.float32)
        value[rng.random(n) < 0.01] = np.inf
        value[rng.random(n) < 0.01] = -np.inf
        value[rng.random(n) < 0.02] = np.float32(high)
        value[rng.random(n) < 0.02] = np.float32(signal.low)
        columns = {
            "schema_version": pa.array(np.ones(n, np.int16)),
            "chrom": pa.array(np.full(n, code, np.int8)),
            "start": pa.array(start.astype(np.int64)),
            "end": pa.array((start + BIN).astype(np.int64)),
            "gpos": pa.array(BUILD.offsets[code - 1] + np.minimum(start, BUILD.size(code) - 1)),
            "value": pa.array(value, mask=rng.random(n) < 0.03),
        }
        stored = SIGNALS_TABLE.stored
        tables.append(pa.table([columns[f.name] for f in stored], schema=stored))
    return pa.concat_tables(tables)


def segment(kind: str, chrom: int, start: int, end: int, **cells: Any) -> dict[str, Any]:
    """One row of ``segments``."""
    return {
        "schema_version": 1, "file_index": 2, "record": start, "kind": kind, "chrom": chrom,
        "start": start, "end": end, "gpos": BUILD.gpos(chrom, start), "contig": f"chr{chrom}",
        "text": f"{chrom}\t{start}\t{end}", **cells,
    }  # fmt: skip


def segment_rows(seed: int = 3, many: int = 300) -> list[dict[str, Any]]:
    """Segments of one person: cnv along the genome from 500 bases to 50 Mb, and a few ROH."""
    rng = np.random.default_rng(seed)
    out = []
    for at in range(many):
        chrom = int(rng.integers(1, 26))
        length = int(10 ** rng.uniform(2.7, 7.7))
        start = int(rng.integers(0, max(1, BUILD.size(chrom) - length)))
        end = start + min(length, BUILD.size(chrom))
        kind = "roh" if at % 5 == 0 else "cnv"
        cells = {"caller": "cnvkit" if at % 2 else "gatk", "call": "=DEL", "log2": float(at) / 100}
        out.append(segment(kind, chrom, start, end, **cells))
    names = ("kind", "chrom", "start", "end")
    return sorted(out, key=lambda r: tuple(r[n] for n in names))


def source_of(name: str, sample: str, table: pa.Table) -> dict[str, Any]:
    """The file's entry in ``cases.sources``."""
    chrom = table["chrom"].to_numpy()
    signal = SIGNALS[name]
    return {
        "file_index": 3, "name": f"{sample}.{name}.bed.gz", "sha256": "a" * 64,
        "format": "Gens BED", "class": None, "kind": "signal", "sample_id": sample,
        "signal": name, "low": signal.low, "high": 60.0 if signal.high is None else signal.high,
        "unit": signal.unit, "records": table.num_rows, "rows": table.num_rows, "rejected": 0,
        "warnings": [], "missing": table["value"].null_count,
        "chrom_rows": np.bincount(chrom, minlength=27).tolist(),
    }  # fmt: skip


def write_signal_case(
    lake: Lake,
    case_id: str,
    variants: pa.Table | None = None,
    *,
    each: int = 400,
    have: dict[str, tuple[str, ...]] | None = None,
    planted: dict[tuple[str, str], pa.Table] | None = None,
) -> dict[tuple[str, str], pa.Table]:
    """Commit a case with signals, those of ``planted`` as they are; return all the points."""
    made: dict[tuple[str, str], pa.Table] = {}
    sources: list[dict[str, Any]] = []
    with lake.begin(case_id, build=BUILD) as writer:
        if variants is not None:
            writer.add("variants", variants)
            sources += [{"name": n, "format": "vcf", "header": HEADER} for n in ("a.vcf", "b.vcf")]
        for at, person in enumerate(PEOPLE):
            keys = {"sample_key": f"s{at}"}
            for signal in (have or HAVE).get(person, ()):
                table = (planted or {}).get((person, signal))
                if table is None:
                    table = points(signal, each, seed=10 * at + len(signal))
                made[person, signal] = table
                both = keys | {"signal": signal}
                writer.add("signals", table, both)
                path = writer.staging / "points.parquet"
                pq.write_table(table, path)
                spec = Range(SIGNALS[signal].low, SIGNALS[signal].high or 60.0)
                tiles = build_tiles(
                    path, spec, build=BUILD, room=writer.staging, settings=Settings()
                )
                writer.add("signal_tiles", tiles, both)
                sources.append(source_of(signal, person, table))
            rows = segment_rows(seed=at, many=300 if at == 0 else 40)
            writer.add("segments", pa.Table.from_pylist(rows, SEGMENTS.stored), keys)
            sources.append({
                "file_index": 2, "name": f"{person}.cns", "sha256": "b" * 64, "format": "CNVkit",
                "kind": "segments", "segment_kind": "cnv", "sample_id": person, "rows": len(rows),
            })  # fmt: skip
        writer.add("samples", pa.Table.from_pylist(sample_rows(), SAMPLES.stored))
        case = {
            "schema_version": 1, "name": f"Case {case_id}", "kind": "rare", "build": BUILD.value,
            "institute": "clinic", "created": datetime.now(UTC),
            "rows": 0 if variants is None else variants.num_rows, "sources": json.dumps(sources),
        }  # fmt: skip
        writer.add("cases", pa.Table.from_pylist([case], CASES.stored))
        writer.commit()
    return made


def signal_desk(
    folder: Path, variants: pa.Table | None = None, **case: Any
) -> tuple[Desk, dict[tuple[str, str], pa.Table]]:
    """A desk over a lake with the one case ``demo``, and its points by person and signal."""
    settings = Settings(lake=str(folder), threads=2)
    lake = open_lake(str(folder), settings=settings, create=True)
    table = variant_table(500, seed=5) if variants is None else variants
    made = write_signal_case(lake, "demo", table, **case)
    return Desk(lake, open_journal(default_url(folder)), settings), made
