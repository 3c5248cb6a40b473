"""Population copy-number variants and ClinGen's dosage items, from the pinned package."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from genes import Row, lines
from packages import CNVOYANT, Shelf

from data_layer.region import OTHER, Build, chrom_code

#: Least frequency and length of a population variant that is packaged.
LEAST_AF, LEAST_BASES = 0.001, 1000
_PLACE = re.compile(r"^([0-9XY]+):(\d+)-(\d+)$")
_SCORE = re.compile(r"^(0|1|2|3|30|40) \(")
_NOTHING = {"", "'-", "-", "‐"}


def population_rows(shelf: Shelf) -> list[Row]:
    """Deletions and duplications of gnomAD's structural variants, GRCh38, as its BED has them."""
    rows: list[Row] = []
    for chrom, start, end, kind, frequency in lines(shelf.read(CNVOYANT, "data/gnomad4.bed.gz")):
        code, first, past, af = chrom_code(chrom), int(start), int(end), float(frequency)
        if code != OTHER and past - first >= LEAST_BASES and af >= LEAST_AF:
            rows.append({"chrom": code, "start": first, "end": past, "type": kind, "af": af})
    return sorted(rows, key=lambda r: tuple(r.values()))


def dosage_rows(shelf: Shelf) -> list[Row]:
    """Genes and regions with ClinGen's scores, in both builds; the list's places are 1-based.

    An item that has no place in a build is left out there.
    """
    text = shelf.read(CNVOYANT, "data/hi_ts_regions.csv").decode("utf-8-sig")
    rows = [
        {"build": build.value, **place, **_item(cells)}
        for cells in csv.DictReader(io.StringIO(text))
        for build in Build
        for place in _place(cells[build.value])
    ]
    return sorted(rows, key=lambda r: (r["build"], r["chrom"], r["start"], r["end"], r["name"]))


def _place(text: str) -> Iterator[Row]:
    found = _PLACE.match(text.replace(" ", ""))
    if found:
        code, first, last = chrom_code(found[1]), int(found[2]), int(found[3])
        yield {"chrom": code, "start": first - 1, "end": last}


def _item(cells: dict[str, str]) -> Row:
    return {
        "name": cells["Gene/Region"].strip(),
        "kind": "region" if cells["HGNC/Dosage ID"].startswith("ISCA") else "gene",
        "id": cells["HGNC/Dosage ID"].strip(),
        "hi": _score(cells["HI Score"]),
        "ts": _score(cells["TS Score"]),
        "hi_disease": _word(cells["Haplo Disease"]),
        "ts_disease": _word(cells["Triplo Disease"]),
        "hi_index": _number(cells["%HI"]),
        "pli": _number(cells["pLI"]),
        "loeuf": _number(cells["LOEUF"]),
        "reviewed": _date(cells["Last Eval."]),
    }


def _score(text: str) -> int | None:
    found = _SCORE.match(text)
    return int(found[1]) if found else None


def _word(text: str) -> str:
    return "" if text.strip() in _NOTHING else text.strip()


def _number(text: str) -> float | None:
    return None if text.strip() in _NOTHING else float(text)


def _date(text: str) -> str:
    month, day, year = text.strip().split("/")
    return f"{year}-{month}-{day}"
