"""What a pair of calls is judged by: place, loss, phase, and the genes that each call hits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.analysis.compound import Hits, Spots
from data_layer.query.info import SampleInfo
from data_layer.query.source import Source
from data_layer.reference.genes import genes_in

Cells = dict[str, NDArray[Any]]
_LARGE = "\"class\" in ('sv', 'cnv', 'mei', 'bnd', 'str', 'fusion')"
_LOSS = "(\"class\" in ('sv', 'cnv') and coalesce(svtype, '') in ('DEL', 'LOSS'))"
#: Terms of a gene that a call lies beside, not in.
_BESIDE = "['upstream_gene_variant', 'downstream_gene_variant', 'intergenic_variant']"
#: Large calls without a gene that are looked up, and the longest such.
_MOST, _LONGEST = 5000, 10_000_000
#: The one phase set of calls that are phased without any (VCF 4.3, 1.6.2).
_WHOLE = 1 << 40
#: Cells of a call that ``spots_of`` and ``hits_of`` read.
PAIR_CELLS = {
    "chrom": "chrom",
    "start": "start",
    '"end"': '"end"',
    "loss": _LOSS,
    "large": _LARGE,
    "gene": "coalesce(gene, '')",
}


def phase_cells(person: SampleInfo) -> dict[str, str]:
    """Return the cell that says whether a person's genotype is phased."""
    return {"phased": f"coalesce(phased[{person.index + 1}], false)"}


def read_rows(source: Source, cells: dict[str, str], rows: NDArray[np.intp]) -> Cells:
    """Return cells of rows by number, in their order; none of the cells may be null."""
    held = source.variants
    listed = ", ".join(f"{sql} as {name}" for name, sql in cells.items())
    some = f"select * from {held.sql} where row_id in (select row_id from asked)"
    sql = f"select {listed} from ({some}) order by row_id"
    return source.database.arrays(sql, held.params, {"asked": pa.table({"row_id": rows})})


def spots_of(source: Source, person: SampleInfo, rows: NDArray[np.intp], held: Cells) -> Spots:
    """Return where calls lie and how a person's are phased."""
    block, side = np.full(len(rows), -1, np.int64), np.zeros(len(rows), np.int8)
    phased = np.flatnonzero(held["phased"])
    if len(phased):
        at = person.index + 1
        genotype = f"split_part(sample_text[{at}], ':', 1)"
        first, second = (f"(split_part({genotype}, '|', {k}) = alt_index::varchar)" for k in (1, 2))
        told = f"coalesce({first} <> {second}, false)"
        cells = {
            "block": f"case when {told} then coalesce(ps[{at}], {_WHOLE}) else -1 end",
            "side": f"coalesce(not {first}, false)::tinyint",
        }
        found = read_rows(source, cells, rows[phased])
        block[phased], side[phased] = found["block"], found["side"]
    return Spots(held["chrom"], held["start"], held["end"], held["loss"], block, side)


def hits_of(source: Source, rows: NDArray[np.intp], held: Cells) -> Hits:
    """Return the genes of calls: the best transcript's, others changed, all of a large one.

    A large call whose file names none hits those of the reference under it.
    """
    own = np.flatnonzero(held["gene"] != "")
    calls, genes = [own], [held["gene"][own].astype(str)]
    others = source.cached(("other genes",), lambda: _others(source))
    here = np.isin(others.rows, rows)
    calls.append(np.searchsorted(rows, others.rows[here]))
    genes.append(others.names[others.codes[here]])
    bare = np.flatnonzero(held["large"] & (held["gene"] == ""))
    bare = np.setdiff1d(bare, calls[1])
    for call, gene in _under(source, bare[:_MOST], held):
        calls.append(np.array([call]))
        genes.append(np.array([gene]))
    numbers = np.unique(np.concatenate(genes), return_inverse=True)[1]
    both = np.unique(np.stack([numbers, np.concatenate(calls)]), axis=1)
    return Hits(both[0].astype(np.int64), both[1].astype(np.intp))


@dataclass(frozen=True)
class _Named:
    rows: NDArray[np.int64]
    codes: NDArray[np.intp]
    names: NDArray[np.str_]

    @property
    def nbytes(self) -> int:
        return int(self.rows.nbytes + self.codes.nbytes + self.names.nbytes)


def _others(source: Source) -> _Named:
    """Return the genes of a case's calls beside that of the best transcript, read once."""
    held, told = source.variants, source.consequences
    sql = f"""
        select distinct row_id, gene from {told.sql}
        where gene is not null and (impact in ('HIGH', 'MODERATE')
            or (not list_has_all({_BESIDE}, consequence)
                and row_id in (select row_id from {held.sql} where {_LARGE})))
    """
    found = source.database.arrays(sql, {**held.params, **told.params})
    names, codes = np.unique(found["gene"].astype(str), return_inverse=True)
    return _Named(found["row_id"], codes, names)


def _under(source: Source, calls: NDArray[np.intp], held: Cells) -> Iterator[tuple[int, str]]:
    for call in calls:
        chrom, start, end = (int(held[n][call]) for n in ("chrom", "start", "end"))
        if end - start <= _LONGEST:
            for gene in genes_in(source.info.reference, chrom, start, max(end, start + 1)):
                yield int(call), gene.symbol
