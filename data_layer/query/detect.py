"""What a case shows of itself: sex, copies, homozygosity, disomy, kinship; and if names fit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from data_layer.query.cnv_evidence import cnv_evidence
from data_layer.query.detect_family import family_facts
from data_layer.query.detect_person import Person, person_facts
from data_layer.query.measured import Measured
from data_layer.query.sites import Sites, sex_counts, sites_of
from data_layer.query.source import Source

__all__ = ["cnv_evidence", "detect"]


@dataclass(frozen=True)
class _Held:
    value: dict[str, Any]

    @property
    def nbytes(self) -> int:
        return len(json.dumps(self.value))


def detect(source: Source) -> dict[str, Any]:
    """Return the findings of a case, worked out once for all who see the same of it.

    ``people`` hold ``sex``, ``copies`` and ``roh`` each; ``relatedness`` every two of them,
    ``trios`` and ``upd`` each child; ``identity`` says whether the names on the samples fit.
    Every finding has ``value``, ``unit``, ``formula``, ``source``, ``limit``, ``verdict`` and
    ``status`` (ok, warn, unknown). Only people in sight take part.
    """
    return source.cached(("detect",), lambda: _Held(_detect(source))).value


def _detect(source: Source) -> dict[str, Any]:
    sites, measured = sites_of(source), Measured(source)
    counted = sex_counts(source)
    people = list(_side_by_side(source, sites, measured, counted))
    family = family_facts(source.info, sites, measured, people)
    reasons = list(family.reasons)
    for person in people:
        sex = person.facts["sex"]
        known = sex["estimated"] is not None and sex["reported"] in ("male", "female")
        if known and sex["estimated"] != sex["reported"]:
            reasons.append(f"{person.info.name}: {sex['verdict']}")
    return {
        "people": [p.facts for p in people],
        "relatedness": family.pairs,
        "trios": family.trios,
        "upd": family.disomy,
        "identity": _identity(reasons, family.checked, source),
        "sites": len(sites.chrom),
        "withheld": source.info.withheld,
    }


def _side_by_side(
    source: Source,
    sites: Sites,
    measured: Measured,
    counted: dict[int, tuple[int, int, int, int]],
) -> Iterator[Person]:
    """Work out two people at a time: arrays of millions let go of the interpreter."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(
            lambda p: person_facts(source, sites, measured, p, counted[p.index]),
            source.info.samples,
        )


def _identity(reasons: list[str], checked: bool, source: Source) -> dict[str, Any]:
    alone = len(source.info.samples) < 2
    if reasons:
        verdict, status = "the samples do not fit their names", "warn"
    elif checked or alone:
        verdict = "nothing to compare with" if alone else "the samples fit their names"
        status = "unknown" if alone else "ok"
    else:
        verdict, status = "not determinable: too few sites to compare people by", "unknown"
    return {"verdict": verdict, "status": status, "reasons": reasons}
