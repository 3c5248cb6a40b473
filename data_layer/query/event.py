"""A structural event with what stands beside it: signals, segments, other calls, genes, reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_layer.analysis.overlap import reciprocal, shared
from data_layer.errors import InputError
from data_layer.query.arcs import ARC_CLASSES, TYPES, event_kind, events_of, partner_of
from data_layer.query.beneath import Beneath, beneath
from data_layer.query.cnv_evidence import cnv_evidence
from data_layer.query.detail import detail
from data_layer.query.genes_hit import Break, GenesHit, genes_hit
from data_layer.query.marks import label
from data_layer.query.segments import lane_of
from data_layer.query.source import Source
from data_layer.query.variants import plain_rows, rows_by_id
from data_layer.region import OTHER
from data_layer.schema import SEGMENT_KINDS

#: Overlapping segments and calls told one by one; the rest are counted.
TOLD = 100
#: Breakends closer than this at both ends are called the same junction by two callers.
NEAR = 1_000
#: FORMAT fields that hold the reads or copies behind a structural call.
EVIDENCE: tuple[str, ...] = (
    "GT", "CN", "PR", "SR", "PE", "DR", "DV", "RR", "RV", "VF", "BVF", "RP", "REF", "REFPAIR",
    "SU", "RO", "AO", "AD", "DP", "VAF", "CNQ", "GQ", "BC", "MCN", "FT",
)  # fmt: skip
#: INFO fields likewise.
INFO_EVIDENCE: tuple[str, ...] = (
    "SUPPORT", "SU", "PE", "SR", "PR", "CIPOS", "CIEND", "HOMLEN", "HOMSEQ", "IMPRECISE",
    "PRECISE", "MATEID", "EVENT", "SOMATICSCORE", "SUPP", "SUPP_VEC", "LDR", "LFA", "LTE", "COVM",
    "PROBES", "FOLD_CHANGE", "FOLD_CHANGE_LOG", "CN", "natorRD", "SCOUT_CUSTOM", "svdb_origin",
)  # fmt: skip
_SEGMENT = ("call", "name", "caller", "cn", "cn_major", "cn_minor", "log2", "baf", "points")


@dataclass(frozen=True)
class Event:
    """An event and its surroundings; ``segments_total`` and ``calls_total`` count all of them.

    ``points`` are those of the ACMG/ClinGen rules for a loss or gain, each with its rule; None
    for other events. ``known`` holds dosage judgements and population variants in its place.
    """

    row_id: int
    type: str
    label: str
    chrom: int
    start: int
    end: int
    size: int | None
    partner: dict[str, int] | None
    callers: list[str]
    signals: list[Beneath]
    segments: list[dict[str, Any]]
    segments_total: int
    calls: list[dict[str, Any]]
    calls_total: int
    genes: GenesHit
    points: dict[str, Any] | None
    known: dict[str, Any]
    people: list[dict[str, Any]]
    info: dict[str, Any]


def event(source: Source, row_id: int) -> Event:
    """Return a structural call with its surroundings.

    Raises:
        NotFoundError: there is no such row among those the actor may see.
        InputError: the row is no structural call.
    """
    row = detail(source, row_id)
    if row["class"] not in ARC_CLASSES:
        said = f"a call of class {row['class']} has no extent"
        raise InputError("EVENT", f"row {row_id}", said, "Ask for an sv, cnv or bnd.")
    chrom, start, end = int(row["chrom"]), max(0, int(row["start"])), int(row["end"])
    kind = event_kind(row)
    partner = partner_of(row) if row["class"] == "bnd" else None
    segments, segments_total = _segments(source, row, start, end)
    calls, calls_total = _calls(source, row_id)
    first, well = _first(start, end), _healthy(source, row)
    known = cnv_evidence(source.info.reference, chrom, first, end, kind, healthy_carrier=well)
    return Event(
        row_id=row_id,
        type=kind,
        label=label(row),
        chrom=chrom,
        start=start,
        end=end,
        size=abs(int(row["svlen"])) if row["svlen"] else None,
        partner=None if partner is None else {"chrom": partner[0], "start": partner[1]},
        callers=list(row["callers"] or ()),
        signals=beneath(source, chrom, start, end),
        segments=segments,
        segments_total=segments_total,
        calls=calls,
        calls_total=calls_total,
        genes=_genes(source, kind, row, partner),
        points=_points(known.pop("points")),
        known=known,
        people=[_person(p) for p in row["people"]],
        info={f["key"]: f["value"] for f in row["info_fields"] if f["key"] in INFO_EVIDENCE},
    )


def _points(scored: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return points as the page names them: rules that gave some, and what is left to a person."""
    if scored is None:
        return None
    rules = [c for c in scored["criteria"] if c["points"] is not None]
    told = {n: scored[n] for n in ("total", "open", "notes", "limit")}
    return told | {
        "verdict": scored["classification"],
        "guideline": scored["source"],
        "rules": rules,
    }


def _healthy(source: Source, row: Mapping[str, Any]) -> bool:
    """Say whether an unaffected person in sight carries the call."""
    copies = row["gt"] or ()
    return any(
        s.affected == "unaffected" and (copies[s.index] or 0) >= 1
        for s in source.info.samples
        if s.index < len(copies)
    )


def _person(person: Mapping[str, Any]) -> dict[str, Any]:
    said = {f["key"]: f["value"] for f in person["fields"] if f["key"] in EVIDENCE}
    return {"sample": person["sample_id"], "name": person["name"], "evidence": said}


def _genes(
    source: Source, kind: str, row: Mapping[str, Any], partner: tuple[int, int] | None
) -> GenesHit:
    """An inversion and a junction break genes; a loss or a gain takes the bases between too."""
    build, chrom = source.info.reference, int(row["chrom"])
    start, end = max(0, int(row["start"])), int(row["end"])
    if kind == "BND":
        return genes_hit(build, None, _cuts(chrom, start, str(row["alt"]), partner))
    first = _first(start, end)
    if kind == "INS":
        return genes_hit(build, None, [Break(chrom, start + 1)])
    breaks = [Break(chrom, first), Break(chrom, end)]
    span = None if kind == "INV" else (chrom, first, max(end, first + 1))
    return genes_hit(build, span, breaks)


def _first(start: int, end: int) -> int:
    """Return the first base of an event: that of a symbolic call stands before it."""
    return start + 1 if end - start > 1 else start


def _cuts(chrom: int, start: int, alt: str, partner: tuple[int, int] | None) -> list[Break]:
    """Return where a junction cuts: behind its base unless the partner is written before it.

    ``[p[`` is the part that begins with base p of the partner, ``]p]`` the one that ends with it.
    """
    cuts = [Break(chrom, start if alt[:1] in "[]" else start + 1)]
    if partner is not None:
        cuts.append(Break(partner[0], partner[1] + ("]" in alt)))
    return cuts


def _segments(
    source: Source, row: Mapping[str, Any], start: int, end: int
) -> tuple[list[dict[str, Any]], int]:
    """Return the segments that overlap most, and how many do at all."""
    found: list[dict[str, Any]] = []
    total = 0
    for person in source.info.samples:
        for kind in SEGMENT_KINDS:
            lane = lane_of(source, kind, person.index)
            starts, ends = lane.rows["start"].to_numpy(), lane.rows["end"].to_numpy()
            here = _beside(lane.rows, row)
            at = np.flatnonzero(here & (starts < end) & (ends > start))
            shares = _shares(start, end, starts[at], ends[at])
            best = _best(-shares[1])
            rows = plain_rows(lane.rows.take(pa.array(at[best], pa.int64())))
            for found_row, bases, share in zip(rows, *(s[best] for s in shares), strict=True):
                told = {n: found_row[n] for n in ("chrom", "start", "end", *_SEGMENT)}
                found.append(told | _share(bases, share) | {"sample": person.id, "kind": kind})
            total += len(at)
    found.sort(key=lambda r: -r["reciprocal"])
    return found[:TOLD], total


def _calls(source: Source, row_id: int) -> tuple[list[dict[str, Any]], int]:
    """Return other structural calls that overlap this one, or join the same two places."""
    events = events_of(source)
    mine = int(np.flatnonzero(events.row_id == row_id)[0])
    x0, x1, kind = int(events.x0[mine]), int(events.x1[mine]), TYPES[events.kind[mine]]
    junction = events.kind == TYPES.index("BND")
    if kind == "BND":
        straight = np.maximum(np.abs(events.x0 - x0), np.abs(events.x1 - x1))
        crossed = np.maximum(np.abs(events.x0 - x1), np.abs(events.x1 - x0))
        order = np.minimum(straight, crossed)
        chosen = junction & (order <= NEAR)
    else:
        ends = np.maximum(events.x1, events.x0 + 1)
        bases, share = _shares(x0, max(x1, x0 + 1), events.x0, ends)
        order, chosen = -share, ~junction & (bases > 0)
    chosen[mine] = False
    chosen &= _beside(events.rows, events.rows.slice(mine, 1).to_pylist()[0]) | (kind == "BND")
    at = np.flatnonzero(chosen)
    best = at[_best(order[at])]
    rows = rows_by_id(source, [int(i) for i in events.row_id[best]], _CALL)
    found = []
    for place in best:
        told = _call(source, rows[int(events.row_id[place])], TYPES[events.kind[place]])
        beside = (
            {"distance": int(order[place])} if kind == "BND" else _share(bases[place], share[place])
        )
        found.append(told | beside)
    return found, len(at)


_CALL = ("class", "chrom", "start", "end", "svtype", "svlen", "callers", "ref", "alt", "gene",
         "hgvsp", "hgvsc", "file_index")  # fmt: skip


def _beside(rows: pa.Table, row: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Say which rows lie on a call's chromosome; contigs outside the build are told by name."""
    here: NDArray[np.bool_] = rows["chrom"].to_numpy() == row["chrom"]
    if row["chrom"] != OTHER:
        return here
    here &= pc.equal(rows["contig"], row["contig"]).to_numpy()
    return here


def _shares(
    start: int, end: int, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the bases that intervals share with [start, end), and the share of the longer one."""
    return shared(start, end, starts, ends), reciprocal(start, end, starts, ends)


def _share(bases: int, share: float) -> dict[str, Any]:
    return {"bases": int(bases), "reciprocal": round(float(share), 6)}


def _best(order: NDArray[Any]) -> NDArray[np.int64]:
    """Return the places of the smallest values, in order, as many as are told."""
    found: NDArray[np.int64] = np.argsort(order, kind="stable")[:TOLD]
    return found


def _call(source: Source, row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    at = int(row["file_index"])
    # A file's name may name those who are withheld.
    known = at < len(source.files) and not source.restricted
    file = source.files[at] if known else {}
    kept = {n: row[n] for n in ("row_id", "class", "chrom", "start", "end", "svlen", "callers")}
    return kept | {"type": kind, "label": label(row), "file": file.get("name")}
