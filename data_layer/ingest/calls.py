"""Per-sample columns of ``variants``: each allele's genotype, depth, reads and fraction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data_layer.ingest.numbers import integers, nullable, reals
from data_layer.ingest.reads import Reads, vaf
from data_layer.ingest.samplefields import SampleFields
from data_layer.region import Build
from data_layer.schema import VARIANTS

_NO_CALL = ("./.", ".", ".|.", "")


@dataclass(frozen=True)
class Seat:
    """One of the case's samples: its column in this file (None when absent) and its sex."""

    column: int | None
    sex: str = "unknown"


@dataclass(frozen=True)
class Alleles:
    """The rows that a batch becomes, one an allele.

    Attributes:
        record: each one's row in the batch.
        index: allele from 1; 0 where the line has no ALT.
        count: alleles on the line.
        ref: reference allele.
        alt: the allele.
        code: chromosome.
        start: first base, 0-based.
    """

    record: np.ndarray
    index: np.ndarray
    count: np.ndarray
    ref: pa.Array
    alt: pa.Array
    code: np.ndarray
    start: np.ndarray


class Calls:
    """The lists over samples of one batch."""

    def __init__(
        self,
        batch: pa.Table,
        seats: Sequence[Seat],
        alleles: Alleles,
        build: Build,
        vaf_keys: Sequence[str],
    ) -> None:
        self._seats = seats
        self._alleles = alleles
        self._build = build
        self._vaf_keys = vaf_keys
        present = [s.column for s in seats if s.column is not None]
        self._place = {c: i for i, c in enumerate(present)}
        self._records, self._rows = batch.num_rows, len(alleles.record)
        self._fields = SampleFields(batch, present)
        block = np.arange(len(present)) * self._records
        self._cell = (block[:, None] + alleles.record[None, :]).ravel()
        self._index = np.tile(alleles.index, len(present))
        self._count = np.tile(alleles.count, len(present))

    def columns(self) -> dict[str, pa.Array]:
        """Every per-sample column by name."""
        reads = Reads(self._fields, self._cell, self._index, self._count)
        reads.fill(self._alleles.ref, self._alleles.alt)
        fraction, source, names = vaf(
            self._fields, self._cell, self._index, self._count, self._vaf_keys, reads
        )
        numbers = {
            "ps": self._number("PS", integers),
            "dp": self._number("DP", integers),
            "gq": self._number("GQ", reals),
            "ad_ref": reads.reference,
            "ad_alt": reads.allele,
            "vaf": fraction,
        }
        out = {name: self._list(name, self._spread(v)) for name, v in numbers.items()}
        out["vaf_source"] = self._words(self._spread(np.where(source < 0, np.nan, source)), names)
        cells = self._spread(self._cell.astype(np.float64))
        out["sample_text"] = self._listed(self._fields.text.take(nullable(cells, pa.int64())))
        return out | self._genotypes()

    def _number(self, key: str, read: object) -> np.ndarray:
        values: np.ndarray = read(self._fields.field(key))[self._cell]  # type: ignore[operator]
        return values

    def _genotypes(self) -> dict[str, pa.Array]:
        """Copies, phase and ploidy: read once for each way in which a genotype is written."""
        coded = self._fields.field("GT").dictionary_encode()
        words = coded.dictionary.to_pylist()
        code = coded.indices.fill_null(len(words)).to_numpy()[self._cell]
        most = int(self._alleles.count.max(initial=0))
        table = np.array([*([copies(w, i) for i in range(most + 1)] for w in words), [-1] * (most + 1)])  # fmt: skip # noqa: E501
        phased = np.array([*(float("|" in w) for w in words), np.nan])
        haploid = np.array([*(is_haploid(w) for w in words), False])[code]
        once = self._spread(haploid.astype(np.float64))
        expected = self._expected()
        for seat, who in enumerate(self._seats):
            if who.column is not None and who.sex == "male":
                once[seat :: len(self._seats)] = np.maximum(
                    once[seat :: len(self._seats)], expected
                )
        gt = self._spread(table[code, self._index].astype(np.float64), absent=-1)
        return {
            "gt": self._list("gt", gt),
            "phased": self._listed(_flags(self._spread(phased[code]))),
            "hemizygous": self._listed(_flags(once)),
        }

    def _expected(self) -> np.ndarray:
        """Rows on X or Y outside the pseudo-autosomal regions, where a male has one copy."""
        code, start = self._alleles.code, self._alleles.start
        out = np.zeros(len(code), dtype=bool)
        for chrom in (23, 24):
            here = code == chrom
            for low, high in self._build.par(chrom):
                here &= ~((start >= low) & (start < high))
            out |= here
        return out.astype(np.float64)

    def _spread(self, values: np.ndarray, absent: float = np.nan) -> np.ndarray:
        """Values of the samples in the file, as one a seat and row, row by row."""
        out = np.full((len(self._seats), self._rows), absent)
        by_sample = values.reshape(len(self._place), self._rows)
        for seat, who in enumerate(self._seats):
            if who.column is not None:
                out[seat] = by_sample[self._place[who.column]]
        return np.ascontiguousarray(out.T).ravel()

    def _list(self, name: str, values: np.ndarray) -> pa.Array:
        return self._listed(nullable(values, VARIANTS.column(name).type.value_type))

    def _words(self, places: np.ndarray, names: Sequence[str]) -> pa.Array:
        return self._listed(pa.array(names, pa.string()).take(nullable(places, pa.int64())))

    def _listed(self, values: pa.Array) -> pa.Array:
        offsets = np.arange(self._rows + 1, dtype=np.int32) * np.int32(len(self._seats))
        return pa.ListArray.from_arrays(pa.array(offsets), values)


def copies(genotype: str, allele: int) -> int:
    """Copies of an allele: one seen counts though another is missing; 0 only when none is."""
    if genotype in _NO_CALL:
        return -1
    parts = genotype.lstrip("/|").replace("|", "/").split("/")
    seen = parts.count(str(allele)) if allele else 0
    return seen or (-1 if "." in parts else 0)


def is_haploid(genotype: str) -> bool:
    """Say whether a genotype is of one copy."""
    return genotype not in (".", "") and not set(genotype.lstrip("/|")) & set("/|")


def _flags(values: np.ndarray) -> pa.Array:
    holes = np.isnan(values)
    return pa.array(np.where(holes, 0, values).astype(bool), mask=holes)
