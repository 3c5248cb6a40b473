"""Reads with the reference and with the allele, and the fraction, of every writer of FORMAT."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.numbers import fractions, integers
from data_layer.ingest.samplefields import Listed, SampleFields


class Reads:
    """Reads of each sample and allele, from the first of its fields that has the allele's.

    AD (reference first; or VarScan's lone AD with RD), AO with RO (FreeBayes), the base or indel
    tiers of Strelka, PR plus SR (Manta), DV plus RV with DR and RR (Delly, TIDDIT, Sniffles), VD
    with DP (VarDict). ``reference``, ``allele`` and ``total`` are NaN where not known; ``source``
    is a place in ``sources``, -1 for none.
    """

    def __init__(
        self,
        fields: SampleFields,
        cell: np.ndarray,
        allele: np.ndarray,
        count: np.ndarray,
    ) -> None:
        self._fields = fields
        self._cell, self._index, self._count = cell, allele, count
        self.reference, self.allele, self.total = (np.full(len(cell), np.nan) for _ in range(3))
        self.source = np.full(len(cell), -1)
        self.sources: list[str] = []

    def fill(self, ref: pa.Array, alt: pa.Array) -> None:
        """Look at each way of writing reads in turn; ``ref`` and ``alt`` are each row's alleles."""
        keys = self._fields.keys
        if "AD" in keys:
            self._depths()
        if "AO" in keys:
            observed = Listed(self._fields.field("AO"))
            mine = observed.own(self._cell, self._index, self._count)
            reference = self._one("RO")
            self._take("AO", mine, reference, observed.total()[self._cell] + reference)
        if "AU" in keys:
            mine, reference = self._base(alt), self._base(ref)
            self._take("AU/CU/GU/TU", mine, reference, mine + reference)
        if "TIR" in keys:
            mine, reference = self._part("TIR", 0), self._part("TAR", 0)
            self._take("TIR", mine, reference, mine + reference)
        self._supports()
        if "VD" in keys:
            mine, depth = self._one("VD"), self._one("DP")
            self._take("VD", mine, depth - mine, depth)
        if "AD" in keys:
            alone = (self.source < 0) & (self._count == 0)
            first = np.where(alone, self._part("AD", 0), np.nan)
            self.reference[alone] = self.total[alone] = first[alone]

    def _depths(self) -> None:
        listed = Listed(self._fields.field("AD"))
        size = listed.size[self._cell]
        full = (size == self._count + 1) & (self._index > 0)
        lone = (size == 1) & (self._count == 1)
        first = listed.at(self._cell, 0)
        mine = np.where(full, listed.at(self._cell, self._index), np.where(lone, first, np.nan))
        reference = np.where(full, first, np.where(lone, self._one("RD"), np.nan))
        total = np.where(full, listed.total()[self._cell], mine + reference)
        self._take("AD", mine, reference, total)

    def _supports(self) -> None:
        """Pairs and split reads of structural callers."""
        for own, other in ((("PR", "SR"), None), (("DV", "RV"), ("DR", "RR"))):
            named = [k for k in own if k in self._fields.keys]
            if not named:
                continue
            if other is None:
                mine = _plus(*(self._part(k, self._index) for k in own))
                reference = _plus(*(self._part(k, 0) for k in own))
            else:
                mine = _plus(*(self._one(k) for k in own))
                whole = _plus(*(self._one(k) for k in other))
                reference = np.where(np.isnan(whole), self._one("DP") - mine, whole)
            self._take("/".join(named), mine, reference, mine + reference)

    def _take(
        self, source: str, mine: np.ndarray, reference: np.ndarray, total: np.ndarray
    ) -> None:
        new = (self.source < 0) & ~np.isnan(mine)
        self.allele[new], self.reference[new] = mine[new], reference[new]
        self.total[new], self.source[new] = total[new], len(self.sources)
        self.sources.append(source)

    def _one(self, key: str) -> np.ndarray:
        values: np.ndarray = integers(self._fields.field(key))[self._cell]
        return values

    def _part(self, key: str, place: np.ndarray | int) -> np.ndarray:
        return Listed(self._fields.field(key)).at(self._cell, place)

    def _base(self, bases: pa.Array) -> np.ndarray:
        out = np.full(len(self._cell), np.nan)
        for base in "ACGT":
            here = pc.equal(bases, base).to_numpy(zero_copy_only=False)
            here = np.tile(here, len(self._cell) // max(1, len(here)))
            out[here] = self._part(f"{base}U", 0)[here]
        return out


def vaf(
    fields: SampleFields,
    cell: np.ndarray,
    allele: np.ndarray,
    count: np.ndarray,
    keys: Sequence[str],
    reads: Reads,
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The caller's own fraction, else reads over reads; its source's place, and their names."""
    out, source = np.full(len(cell), np.nan), np.full(len(cell), -1)
    names = [key for key in keys if key in fields.keys]
    for place, key in enumerate(names):
        listed = Listed(fields.field(key), fractions)
        given = listed.own(cell, allele, count, reference=True)
        new = np.isnan(out) & (given >= 0) & (given <= 1)
        out[new], source[new] = given[new], place
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = reads.allele / reads.total
    new = np.isnan(out) & (reads.total != 0) & (ratio >= 0) & (ratio <= 1)
    out[new], source[new] = ratio[new], reads.source[new] + len(names)
    return out, source, [*names, *reads.sources]


def _plus(*parts: np.ndarray) -> np.ndarray:
    known = np.logical_or.reduce([~np.isnan(p) for p in parts])
    total: np.ndarray = np.where(known, sum(np.nan_to_num(p) for p in parts), np.nan)
    return total
