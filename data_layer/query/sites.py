"""The small variants that detection stands on, as arrays along the genome; read in one pass.

A site is a passed substitution with one alternate allele, on chromosomes 1 to 22, X and Y. A
genotype counts with a quality of 20 and 8 reads, where the file gives them; else it is no call.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.analysis.karyotype import Evidence, centre
from data_layer.query.genotypes import in_par
from data_layer.query.info import SampleInfo
from data_layer.query.source import Source

#: Least genotype quality and reads of a genotype that counts.
LEAST_GQ, LEAST_READS = 20, 8
#: Sites of a chromosome that a depth needs, and those that a deviation of it needs: the mean of
#: 200 counts of 30 reads is sure to 0.03 copies.
DEPTH_LEAST, DEPTH_SURE = 20, 200
RULE = (
    f"passed substitutions with one alternate allele, genotype quality from {LEAST_GQ} and "
    f"{LEAST_READS} reads where given"
)
_X, _Y = 23, 24
_USED = (
    "class = 'snv' and alt_count = 1 and chrom <= 24 "
    "and (filter is null or list_contains(filter, 'PASS'))"
)
#: Fractions of reads of a call on X that has both alleles.
_HET = "between 0.2 and 0.8"


@dataclass(frozen=True)
class Sites:
    """Sites by chromosome and start.

    Attributes:
        chrom: code, int8; ``start`` is 0-based, int32.
        frequency: population frequency of the allele, NaN where the file gives none.
        copies: by sample index, int8: 0, 1, 2, and -1 for no call.
        reads: by sample index, int32; 0 where the file gives none.
        edges: first site of each chromosome 1 to 24, and one behind the last.
    """

    chrom: NDArray[np.int8]
    start: NDArray[np.int32]
    frequency: NDArray[np.float32]
    copies: dict[int, NDArray[np.int8]]
    reads: dict[int, NDArray[np.int32]]
    edges: NDArray[np.int64]

    @property
    def autosomal(self) -> int:
        """How many of the sites lie on autosomes; they come first."""
        return self.of(22)[1]

    def of(self, code: int) -> tuple[int, int]:
        """Return the first site of a chromosome and the one behind its last."""
        return int(self.edges[code - 1]), int(self.edges[code])

    def between(self, code: int, start: int, end: int) -> tuple[int, int]:
        """Return the same for a stretch of a chromosome."""
        first, past = self.of(code)
        here = self.start[first:past]
        low, high = np.searchsorted(here, np.array([start, end], np.int32))
        return first + int(low), first + int(high)

    def depth(self, person: int, first: int = 0, past: int | None = None) -> float | None:
        """Return the middle depth at sites that a person carries, in a range; None without reads.

        Sites that others carry are left out, so that the file's other people change nothing.
        """
        values = self.reads[person][first:past][self.copies[person][first:past] >= 1]
        return centre(values[values > 0].astype(np.float32))


def sites_of(source: Source) -> Sites:
    """Read the sites of a case; nothing is kept."""
    rows = source.variants
    people = source.info.samples
    cells = [cell for p in people for cell in _person(p)]
    known = "coalesce(gnomad_af, af_max, 'nan'::double)::float as af"
    listed = ", ".join(["chrom", "start::int as start", known, *cells])
    found = source.database.arrays(f"select {listed} from {rows.sql} where {_USED}", rows.params)
    chrom, start = found.pop("chrom"), found.pop("start")
    if np.any((chrom[1:] < chrom[:-1]) | ((chrom[1:] == chrom[:-1]) & (start[1:] < start[:-1]))):
        order = np.lexsort((start, chrom))
        chrom, start = chrom[order], start[order]
        found = {name: values[order] for name, values in found.items()}
    return Sites(
        chrom,
        start,
        found["af"],
        {p.index: found[f"g{p.index}"].astype(np.int8) for p in people},
        {p.index: found[f"d{p.index}"] for p in people},
        np.searchsorted(chrom, np.arange(1, _Y + 2, dtype=np.int8)),
    )


def _person(person: SampleInfo) -> list[str]:
    place = person.index + 1
    poor = f"gq[{place}] < {LEAST_GQ} or dp[{place}] < {LEAST_READS}"
    return [
        f"case when {poor} then -1 else coalesce(gt[{place}], -1) end as g{person.index}",
        f"coalesce(dp[{place}], 0) as d{person.index}",
    ]


def depths(source: Source, sites: Sites, person: SampleInfo) -> tuple[dict[int, float], set[int]]:
    """Return a person's middle depth by chromosome, and which of them stand on few sites.

    X and Y are taken outside PAR. Empty without reads.
    """
    out: dict[int, float] = {}
    few: set[int] = set()
    for code in range(1, _Y + 1):
        first, past = sites.of(code)
        reads = sites.reads[person.index][first:past]
        carried = (reads > 0) & (sites.copies[person.index][first:past] >= 1)
        for low, high in source.info.reference.par(code):
            at = sites.start[first:past]
            carried &= (at < low) | (at >= high)
        values = reads[carried].astype(np.float32)
        middle = centre(values) if len(values) >= DEPTH_LEAST else None
        if middle is not None:
            out[code] = middle
            few |= {code} if len(values) < DEPTH_SURE else set()
    return out, few


def sex_counts(source: Source) -> dict[int, tuple[int, int, int, int]]:
    """Count by sample index the calls on X and Y outside PAR, in one pass.

    Carried on X, of these with both alleles, sites on Y, of these called. Read fractions decide
    where the file has them, for a caller that expects a male writes one copy whatever it sees.
    """
    rows = source.variants
    build = source.info.reference
    on_x = f"(chrom = {_X} and not {in_par(build, _X)})"
    on_y = f"(chrom = {_Y} and not {in_par(build, _Y)})"
    cells = [cell for p in source.info.samples for cell in _sex_cells(p, on_x, on_y)]
    sql = f"select {', '.join(cells)} from {rows.sql} where chrom in ({_X}, {_Y}) and {_USED}"
    counted = [int(n) for n in source.database.rows(sql, rows.params)[0]]
    return {
        p.index: (counted[4 * i], counted[4 * i + 1], counted[4 * i + 2], counted[4 * i + 3])
        for i, p in enumerate(source.info.samples)
    }


def _sex_cells(person: SampleInfo, on_x: str, on_y: str) -> list[str]:
    place = person.index + 1
    poor = f"coalesce(gq[{place}] < {LEAST_GQ} or dp[{place}] < {LEAST_READS}, false)"
    called = f"(not {poor} and coalesce(gt[{place}], -1) >= 0)"
    carried = f"({called} and gt[{place}] >= 1)"
    both = (
        f"coalesce(vaf[{place}] {_HET}, "
        f"gt[{place}] = 1 and not coalesce(hemizygous[{place}], false))"
    )
    tests = (f"{on_x} and {carried}", f"{on_x} and {carried} and {both}", on_y, f"{on_y} and {called}")  # fmt: skip # noqa: E501
    return [f"count(*) filter ({test})" for test in tests]


def sex_evidence(counted: tuple[int, int, int, int], copies: dict[int, float]) -> Evidence:
    """Join a person's calls on X and Y with copies by depth.

    On Y, calls say more than depth: sites exist where a male of the case has them, so a
    female's few stray reads there are not a Y.
    """
    x_carried, x_het, y_sites, y_called = counted
    y_copies = copies.get(_Y)
    if y_sites and y_copies is not None and y_called < y_sites / 5:
        y_copies = 0.0
    return Evidence(x_carried, x_het, y_sites, y_called, copies.get(_X), y_copies)
