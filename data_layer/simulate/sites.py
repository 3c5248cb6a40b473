"""The variants of a chromosome as arrays: where they lie and what they change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.simulate.codons import BASES, Ints
from data_layer.simulate.models import Flags
from data_layer.simulate.spectrum import NEUTRAL

SNV, INSERTION, DELETION = range(3)
#: Longest insertion or deletion.
LONGEST = 40


@dataclass
class Sites:
    """Sites of one chromosome, sorted by ``pos`` (0-based anchor or base).

    ``ref`` and ``alt`` are base codes, of the anchor for indels; ``tail`` holds the inserted or
    deleted bases of the indels, one row each, ``tail_row`` says which (-1 for SNVs); ``other``
    is a second alternate base (-1 for none); ``plant`` the number of a planted variant or -1.
    """

    pos: Ints
    kind: NDArray[np.int8]
    ref: Ints
    alt: Ints
    other: Ints
    length: Ints
    tail: NDArray[np.int8]
    tail_row: Ints
    selection: NDArray[np.int8]
    plant: Ints

    @property
    def count(self) -> int:
        """Number of sites."""
        return len(self.pos)


def snvs(pos: Ints, ref: Ints, alt: Ints, selection: int) -> Sites:
    """Substitutions of one selection class."""
    n = len(pos)
    return Sites(
        pos,
        np.zeros(n, dtype=np.int8),
        ref,
        alt,
        np.full(n, -1, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        np.zeros((0, LONGEST), dtype=np.int8),
        np.full(n, -1, dtype=np.int64),
        np.full(n, selection, dtype=np.int8),
        np.full(n, -1, dtype=np.int64),
    )


def empty_sites() -> Sites:
    """No sites."""
    none = np.zeros(0, dtype=np.int64)
    return snvs(none, none, none, NEUTRAL)


def take(sites: Sites, which: Ints | Flags) -> Sites:
    """Return some of the sites; ``tail`` stays shared."""
    return Sites(
        sites.pos[which],
        sites.kind[which],
        sites.ref[which],
        sites.alt[which],
        sites.other[which],
        sites.length[which],
        sites.tail,
        sites.tail_row[which],
        sites.selection[which],
        sites.plant[which],
    )


def merge(parts: list[Sites]) -> Sites:
    """Join sites and sort them by position."""
    shift = np.cumsum([0, *(len(p.tail) for p in parts)])
    rows = [
        np.where(p.tail_row >= 0, p.tail_row + s, -1) for p, s in zip(parts, shift, strict=False)
    ]
    pos = np.concatenate([p.pos for p in parts])
    order = np.argsort(pos, kind="stable")
    return Sites(
        pos[order],
        np.concatenate([p.kind for p in parts])[order],
        np.concatenate([p.ref for p in parts])[order],
        np.concatenate([p.alt for p in parts])[order],
        np.concatenate([p.other for p in parts])[order],
        np.concatenate([p.length for p in parts])[order],
        np.concatenate([p.tail for p in parts]),
        np.concatenate(rows)[order],
        np.concatenate([p.selection for p in parts])[order],
        np.concatenate([p.plant for p in parts])[order],
    )


def planted_sites(plants: list[tuple[int, int, str, str]]) -> Sites:
    """Make sites of planted variants: 0-based position, number, REF, ALT."""
    made = []
    for pos, number, ref, alt in plants:
        site = snvs(
            np.array([pos]), np.array([BASES.index(ref[0])]), np.array([BASES.index(alt[0])]),
            NEUTRAL,
        )  # fmt: skip
        site.plant[:] = number
        longer = max(ref, alt, key=len)
        if len(longer) > 1:
            site.kind[:] = INSERTION if len(alt) > len(ref) else DELETION
            site.length[:] = len(longer) - 1
            site.tail = np.zeros((1, LONGEST), dtype=np.int8)
            site.tail[0, : len(longer) - 1] = [BASES.index(b) for b in longer[1:]]
            site.tail_row = np.zeros(1, dtype=np.int64)
        made.append(site)
    return merge(made) if made else empty_sites()
