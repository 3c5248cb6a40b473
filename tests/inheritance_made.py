"""Families and their calls as arrays, written as people write genotypes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data_layer.analysis.compound import Hits, Spots, pair_levels
from data_layer.analysis.inheritance import (
    AUTOSOME,
    Calls,
    Levels,
    levels,
)
from data_layer.analysis.modes import MODES
from data_layer.analysis.pedigree import Family, Member

_WORDS = {"0/0": 0, "0": 0, "0/1": 1, "1/1": 2, "1": 2, "./.": 3, ".": 3}


def trio(sex: str = "male", father: str = "unaffected", mother: str = "unaffected") -> Family:
    """A child with both parents."""
    return Family(
        (
            Member("kim", sex, "affected", 1, 2),
            Member("dad", "male", father),
            Member("mum", "female", mother),
        ),
        0,
    )


def single(sex: str = "male") -> Family:
    """A person alone."""
    return Family((Member("kim", sex, "affected"),), 0)


def calls(
    rows: Sequence[str],
    place: int = AUTOSOME,
    *,
    gq: float = 60,
    dp: float = 30,
    share: Sequence[Sequence[float]] | None = None,
    measured: bool = True,
) -> Calls:
    """Calls whose rows are genotypes by person, ``0/1 0/0 0/0``; reads follow the genotypes."""
    states = np.array([[_WORDS[w] for w in row.split()] for row in rows], np.uint8).T
    part = np.array([0.0, 0.5, 1.0, np.nan])[states] if share is None else np.array(share).T
    each = list(states)
    where = np.full(len(rows), place, np.uint8)
    if not measured:
        return Calls(where, each)
    full = [np.full(len(rows), dp) for _ in each]
    quality = [np.full(len(rows), gq) for _ in each]
    return Calls(where, each, quality, full, list(np.nan_to_num(part) * dp), list(part))


def level(mode: str, family: Family, row: str, place: int = AUTOSOME, **more: object) -> int:
    """The level of one call."""
    return int(fits(mode, family, calls([row], place, **more))[0])  # type: ignore[arg-type]


def fits(mode: str, family: Family, made: Calls) -> Levels:
    """The levels of calls in a mode."""
    return levels(MODES[mode].plan(family), family, made)


def pairs(
    family: Family,
    made: Calls,
    genes: str,
    *,
    phase: Sequence[tuple[int, int]] | None = None,
    loss: Sequence[int] = (),
) -> list[int]:
    """Levels as compound pairs; ``genes`` names each call's gene by a letter.

    Calls lie ten bases apart; a loss reaches over those around it. ``phase`` holds block and side.
    """
    n = len(made)
    start = np.arange(n) * 10 + 1000
    lost = np.isin(np.arange(n), loss)
    block, side = np.array(phase or [(-1, 0)] * n).T
    spots = Spots(
        np.ones(n, np.int64),
        np.where(lost, 0, start),
        np.where(lost, 9999, start + 1),
        lost,
        block.astype(np.int64),
        side.astype(np.int8),
    )
    hits = Hits(np.array([ord(g) for g in genes], np.int64), np.arange(n))
    return [int(v) for v in pair_levels(family, made, spots, hits)]
