"""VCF export: the files' own headers and records, each record once with all of its alleles."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from data_layer.query.columns import axis
from data_layer.query.filters import Filter
from data_layer.query.headers import file_format, merged
from data_layer.query.source import Source
from data_layer.query.variants import plain_rows
from data_layer.query.verdict import verdict
from data_layer.region import OTHER

#: What an export is written to.
Sink = BinaryIO | io.RawIOBase
#: Rows of the case looked at in one piece.
PIECE = 50_000
#: Stands for an allele that only people out of sight carry.
HIDDEN = "<WITHHELD>"
_CELLS = ("row_id", "file_index", "record", "alt_index", "alt_count", "chrom", "contig", "start",
          "ref", "alt", "id", "qual", "filter", "info", "format", "sample_text")  # fmt: skip


def write_vcf(
    source: Source, filters: Sequence[Filter], notes: Mapping[str, str], out: Sink
) -> int:
    """Write the records of the kept calls along the genome and return how many."""
    names = [s.id for s in source.info.samples]
    indexes = [s.index for s in source.info.samples]
    out.write(_header(source, notes, names).encode())
    count = 0
    for rows in _pieces(source, verdict(source, filters).kept):
        lines = [_line(record, indexes) for record in _records(source, rows)]
        if lines:
            out.write(("\n".join(lines) + "\n").encode())
        count += len(lines)
    return count


def _header(source: Source, notes: Mapping[str, str], names: Sequence[str]) -> str:
    texts = [str(f.get("header") or "") for f in source.files]
    lines = [file_format(texts), *merged(texts, only_fields=source.restricted)]
    known = {line.partition("##contig=<ID=")[2].partition(",")[0].rstrip(">") for line in lines}
    rows = source.variants
    found = source.database.rows(
        f"select contig, chrom, min(row_id) as first from {rows.sql} "
        "group by contig, chrom order by chrom, contig",
        rows.params,
    )
    lines += [f"##contig=<ID={contig}>" for contig, _, _ in found if contig not in known]
    if source.restricted:
        lines.append(f'##ALT=<ID={HIDDEN[1:-1]},Description="Allele of a person who is withheld">')
    lines += [f"##norrsken_{k}={' '.join(v.split()).lstrip('<')}" for k, v in notes.items()]
    tail = ["FORMAT", *names] if names else []
    fixed = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    return "\n".join([*lines, "\t".join(fixed + tail)]) + "\n"


def _pieces(source: Source, kept: NDArray[np.bool_]) -> Iterator[list[dict[str, Any]]]:
    """Yield all rows of places where something is kept, never cutting a place in two.

    Contigs outside the build share one lane, so they come in one piece, contig by contig.
    """
    gpos, index = axis(source)
    lane = int(np.searchsorted(gpos, source.info.reference.offsets[OTHER - 1]))
    first = 0
    while first < len(gpos):
        last = min(first + PIECE, len(gpos))
        last = int(np.searchsorted(gpos, gpos[last - 1], "right"))
        last = len(gpos) if last > lane else last
        ids = np.arange(first, last) if index is None else index[first:last].astype(np.int64)
        if kept[ids].any():
            yield _kept_records(source, ids, kept)
        first = last


def _kept_records(
    source: Source, ids: NDArray[np.int64], kept: NDArray[np.bool_]
) -> list[dict[str, Any]]:
    rows = source.variants
    cells = ", ".join(f'"{c}"' for c in _CELLS)
    low, high = int(ids.min()), int(ids.max())
    sql = (
        f"select {cells} from {rows.sql} where row_id between $low and $high "
        "order by chrom, case when chrom = $other then contig end, start, file_index, record, "
        "alt_index"
    )
    bound = dict(rows.params) | {"low": low, "high": high, "other": OTHER}
    table = source.database.table(sql, bound)
    numbers = table.column("row_id").to_numpy()
    wanted = kept[numbers]
    several = table.column("alt_count").to_numpy() > 1
    found = plain_rows(table.filter(wanted | several))
    asked = {(r["file_index"], r["record"]) for r in found if kept[r["row_id"]]}
    return [r for r in found if (r["file_index"], r["record"]) in asked]


def _records(
    source: Source, rows: list[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yield each record once: its first row and the alleles of the line in their order."""
    alleles: dict[tuple[int, int], dict[int, str]] = {}
    for row in rows:
        alleles.setdefault((row["file_index"], row["record"]), {})[row["alt_index"]] = row["alt"]
    done: set[tuple[int, int]] = set()
    for row in rows:
        key = (row["file_index"], row["record"])
        if key in done:
            continue
        done.add(key)
        have = alleles[key]
        if row["alt_index"] == 0:
            yield row, ["."]
            continue
        if len(have) < row["alt_count"] and not source.restricted:
            have = have | _siblings(source, key)
        yield row, [have.get(i, HIDDEN) for i in range(1, row["alt_count"] + 1)]


def _siblings(source: Source, key: tuple[int, int]) -> dict[int, str]:
    rows = source.variants
    sql = f"select alt_index, alt from {rows.sql} where file_index = $file and record = $record"
    bound = dict(rows.params) | {"file": key[0], "record": key[1]}
    return {int(i): str(alt) for i, alt in source.database.rows(sql, bound)}


def _line(record: tuple[dict[str, Any], list[str]], indexes: Sequence[int]) -> str:
    row, alts = record
    qual = "." if row["qual"] is None else f"{row['qual']:.10g}"
    cells = [
        row["contig"],
        str(row["start"] + 1),
        row["id"] or ".",
        row["ref"],
        ",".join(alts),
        qual,
        ";".join(row["filter"] or ["."]),
        row["info"] or ".",
    ]
    if indexes:
        texts = row["sample_text"] or []
        shown = [texts[i] if i < len(texts) else None for i in indexes]
        keys = row["format"] if row["format"] and any(t is not None for t in shown) else None
        if keys is None:
            cells += ["GT", *("./." for _ in indexes)]
        else:
            cells += [keys, *(t if t is not None else "." for t in shown)]
    return "\t".join(cells)
