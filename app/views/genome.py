"""The rows of the genome card: which pictures, signals and intervals a case has, and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from data_layer.query.info import CaseInfo, SampleInfo
from data_layer.query.segments import SegmentInfo
from data_layer.query.signals import SignalInfo
from data_layer.schema import CLASSES, SIGNALS

LANE = 12
#: Frame of a row of values, in CSS pixels: it divides a signal's 256 steps evenly.
FRAME = 64
#: People of a family whose rows can stand together; of more, one is shown at a time.
MOST_PEOPLE = 8
WORDS = {"snv": "SNV", "indel": "indel", "sv": "SV", "cnv": "CNV", "str": "STR", "mei": "MEI",
         "fusion": "fusion", "bnd": "BND"}  # fmt: skip
#: Classes whose calls have two ends and are drawn as arcs.
STRUCTURAL = ("sv", "cnv", "bnd")
#: Meaning of each place of the UPD signal, as a token of the style sheet.
#: The same in a word that fits beside the row.
CODE_NAMES = ("both", "mother", "father", "either", "neither")
CODE_COLOURS = ("cn-neutral", "from-mother", "from-father", "cn-loh", "de-novo")


@dataclass(frozen=True)
class Track:
    """A row of the genome card.

    Attributes:
        name: what the address and the menu call it.
        kind: ``picture`` (of the calls), ``signal``, ``segments``, ``copies``, ``arcs``,
            ``genes`` or ``population``: how the browser draws it.
        height: of its frame at the lowest size, in CSS pixels.
        lanes: class codes that it shows, bottom first.
        range: its lowest and highest value, where they are the case's own.
        kinds: kinds of segment that it shows.
        people: what each person's files give, by sample id; None when it is drawn for nobody.
        standard: whether it is shown unless the address or a saved layout says otherwise.
        build: whether it tells of the build, not of the case.
    """

    name: str
    title: str
    kind: str
    what: str = ""
    height: int = FRAME
    unit: str = ""
    meaning: str = ""
    lanes: tuple[int, ...] = ()
    lane_names: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    codes: tuple[str, ...] = ()
    code_names: tuple[str, ...] = ()
    code_colours: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    ticks: tuple[float, ...] | None = None
    people: dict[str, dict[str, Any]] | None = None
    standard: bool = True
    build: bool = False
    sizes: bool = field(default=True)


def tracks(
    info: CaseInfo, signals: Sequence[SignalInfo] = (), segments: Sequence[SegmentInfo] = ()
) -> tuple[Track, ...]:
    """Return every row that a case can show, in their standard order."""
    named = _by_name(signals)
    # Raw depth says less than the ratio made of it, and stands in the menu beside one.
    spare = {"methylation", "maf"} | ({"depth"} if {"coverage", "log2"} & named.keys() else set())
    measured = [_signal(n, found, standard=n not in spare) for n, found in named.items()]
    called = list(_called(segments))
    alone = not measured
    rows: list[Track] = [t for t in measured if t.name not in ("roh", "upd")]
    rows += [t for t in called if t.name in ("copies", "runs")]
    rows += [t for t in measured if t.name in ("roh", "upd")]
    if any(info.class_counts.get(c) for c in STRUCTURAL):
        rows.append(Track("arcs", "SV", "arcs", height=28, sizes=False, meaning="structural calls, from end to end"))  # fmt: skip # noqa: E501
    rows += _pictures(info, alone=alone)
    rows += [t for t in called if t.name not in ("copies", "runs")]
    rows.append(Track("genes", "Genes", "genes", height=54, sizes=False, build=True))
    rows.append(Track("population", "Population", "population", height=28, build=True, sizes=False, standard=False, kinds=("population",), meaning="copy-number variants that many people carry, with their frequency"))  # fmt: skip # noqa: E501
    return tuple(rows)


def _by_name(signals: Iterable[SignalInfo]) -> dict[str, list[SignalInfo]]:
    found: dict[str, list[SignalInfo]] = {name: [] for name in SIGNALS}
    for one in signals:
        found.setdefault(one.signal, []).append(one)
    return {name: some for name, some in found.items() if some}


def _signal(name: str, found: Sequence[SignalInfo], *, standard: bool) -> Track:
    first = found[0]
    people = {
        s.sample: {
            "rows": s.rows,
            "missing": s.missing,
            "low": s.low,
            "high": s.high,
            "chrom_rows": list(s.chrom_rows),
            "source": s.source,
            "format": s.format,
            "sha256": s.sha256,
        }
        for s in found
    }
    meaning = SIGNALS[name].meaning if name in SIGNALS else ""
    ratio = "log2" in first.unit
    return Track(
        name,
        first.title,
        "signal",
        "log2" if ratio else first.unit,
        LANE * (len(first.codes) + any(s.missing for s in found)) if first.codes else FRAME,
        unit=first.unit,
        meaning=meaning,
        codes=first.codes,
        code_names=CODE_NAMES[: len(first.codes)],
        code_colours=CODE_COLOURS[: len(first.codes)],
        ticks=(-2, 0, 2) if ratio else None,
        people=people,
        standard=standard,
    )


def _called(segments: Sequence[SegmentInfo]) -> Iterable[Track]:
    """One row for copy number, one for runs of homozygosity and UPD, one for each other kind."""
    wanted = (
        ("copies", "Copies", "copies", ("cnv",), 48, "copies as their caller gives them; the thin line is the minor allele"),  # noqa: E501
        ("runs", "ROH · UPD", "segments", ("roh", "upd", "loh"), 13, "runs of homozygosity, uniparental disomy, loss of heterozygosity"),  # noqa: E501
        ("calls", "SV regions", "segments", ("sv",), 18, "structural calls given as intervals"),
        ("phase", "Phase blocks", "segments", ("phase_block",), 14, "calls in a block have their haplotypes told apart"),  # noqa: E501
        ("regions", "Regions", "segments", ("region",), 22, "intervals of a BED that somebody gave"),  # noqa: E501
    )  # fmt: skip
    for name, title, kind, kinds, height, meaning in wanted:
        people: dict[str, dict[str, Any]] = {}
        for one in segments:
            if one.kind in kinds and one.rows:
                entry = people.setdefault(one.sample, {"rows": 0, "kinds": [], "callers": []})
                entry["rows"] += one.rows
                entry["kinds"].append(one.kind)
                entry["callers"] += [c for c in one.callers if c not in entry["callers"]]
        if not people:
            continue
        shown = tuple(k for k in kinds if any(k in p["kinds"] for p in people.values()))
        for entry in people.values():
            entry["kinds"] = [k for k in kinds if k in entry["kinds"]]
        tall = height * len(shown) if name == "runs" else height
        yield Track(
            name, title, kind, height=tall, kinds=shown, people=people, meaning=meaning,
            sizes=name in ("copies", "regions"), standard=name != "phase",
        )  # fmt: skip


def _pictures(info: CaseInfo, *, alone: bool) -> list[Track]:
    """Classes, allele fraction and, where given, rank score; beside signals only the last one."""
    if not info.total and not alone:
        return []
    class_counts = info.class_counts
    lanes = tuple(i for i, name in enumerate(CLASSES) if class_counts.get(name)) or (0,)
    high = max(48, LANE * len(lanes) + 4)
    names = tuple(WORDS[CLASSES[i]] for i in lanes)
    ranked = info.has_rank and info.score_min is not None and info.score_max is not None
    everyone: dict[str, dict[str, Any]] = {p.id: {} for p in info.samples}
    out = [
        Track("density", "Classes", "picture", "calls by class", high, lanes=lanes, lane_names=names, standard=alone),  # noqa: E501
        Track("vaf", "VAF", "picture", "alt fraction", people=everyone, standard=alone or not ranked),  # noqa: E501
    ]  # fmt: skip
    if ranked and info.score_min is not None and info.score_max is not None:
        span = (info.score_min, max(info.score_max, info.score_min + 1))
        out.append(Track("rank", "Rank", "picture", "by rank score", 80, range=span))
    return out


def person(sample: SampleInfo) -> dict[str, Any]:
    """Return what the browser needs to know of a person."""
    keep = ("index", "id", "name", "sex", "affected", "role", "father", "mother", "is_tumour")
    return {k: getattr(sample, k, None) for k in keep}
