"""Columns of text built by whole columns: numbers, choices from a list, alleles, joins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_layer.simulate.codons import ASCII, Ints
from data_layer.simulate.sites import DELETION, INSERTION, SNV, Sites

#: A column of text, or a constant.
Part: TypeAlias = Any


def join(parts: Sequence[Part]) -> pa.Array:
    """Concatenate columns and constants row by row."""
    return pc.binary_join_element_wise(*[pa.scalar(p) if isinstance(p, str) else p for p in parts], "")  # fmt: skip # noqa: E501


def raw(lines: pa.Array) -> bytes:
    """Return the rows' bytes one behind the other."""
    edges = np.frombuffer(lines.buffers()[1], dtype=np.int32)
    return memoryview(lines.buffers()[2])[: int(edges[len(lines)])].tobytes()


def number(values: NDArray[np.signedinteger]) -> pa.Array:
    """Whole numbers as text."""
    return pa.array(values).cast(pa.string())


def choice(words: pa.Array | Sequence[str], index: NDArray[np.integer]) -> pa.Array:
    """Words by their number."""
    listed = words if isinstance(words, pa.Array) else pa.array(words, pa.string())
    return listed.take(pa.array(index))


def when(test: NDArray[np.bool_], values: pa.Array) -> pa.Array:
    """Return the text where the test holds, empty elsewhere."""
    return pc.if_else(pa.array(test), values, "")


def scattered(size: int, where: Ints, values: Sequence[str] | pa.Array) -> pa.Array:
    """Text at some rows, empty at the others."""
    index = np.zeros(size, dtype=np.int64)
    index[where] = np.arange(1, len(where) + 1)
    listed = values.to_pylist() if isinstance(values, pa.Array) else list(values)
    return choice(["", *listed], index)


def grouped(values: pa.Array, first: Ints) -> pa.Array:
    """Join neighbouring rows: group i runs from ``first[i]`` to ``first[i + 1]``."""
    if values.null_count or values.offset:
        values = pa.concat_arrays([values])
    _, offsets, data = values.buffers()
    edges = np.frombuffer(offsets, dtype=np.int32)[: len(values) + 1]
    starts = np.append(edges[first], edges[-1]).astype(np.int32)
    return pa.StringArray.from_buffers(len(first), pa.py_buffer(starts), data)


def _ragged(lead: Ints | None, tail: NDArray[np.int8], rows: Ints, length: Ints) -> pa.Array:
    """Sequences: an optional first base, then ``length`` bases of a row of ``tail``."""
    head = 0 if lead is None else 1
    size = head + np.where(rows >= 0, length, 0)
    edges = np.concatenate([[0], np.cumsum(size)])
    data = np.empty(int(edges[-1]), dtype=np.uint8)
    if lead is not None:
        data[edges[:-1]] = ASCII[lead]
    where = np.flatnonzero((rows >= 0) & (length > 0))
    if len(where):
        wanted = np.arange(tail.shape[1])[None, :] < length[where][:, None]
        at = edges[:-1][where][:, None] + head + np.arange(tail.shape[1])[None, :]
        data[at[wanted]] = ASCII[tail[rows[where]][wanted]]
    return pa.StringArray.from_buffers(
        len(size), pa.py_buffer(edges.astype(np.int32)), pa.py_buffer(data)
    )


_LETTERS = pa.array(["A", "C", "G", "T"])


def ref_text(sites: Sites) -> pa.Array:
    """REF column."""
    rows = np.where(sites.kind == DELETION, sites.tail_row, -1)
    return _ragged(sites.ref, sites.tail, rows, sites.length)


def alt_text(sites: Sites, other: Ints) -> pa.Array:
    """ALT column; a second allele stands behind a comma."""
    lead = np.where(sites.kind == SNV, sites.alt, sites.ref)
    rows = np.where(sites.kind == INSERTION, sites.tail_row, -1)
    first = _ragged(lead, sites.tail, rows, sites.length)
    where = np.flatnonzero(other >= 0)
    second = choice(_LETTERS, other[where])
    again = first.take(pa.array(where))
    grown = pc.if_else(pa.array(sites.kind[where] == INSERTION), join([again, second]), second)
    return join([first, scattered(sites.count, where, join([",", grown]))])


def vep_allele(sites: Sites, site: Ints, allele: Ints, other: Ints) -> pa.Array:
    """CSQ allele: the base, the inserted bases, or ``-`` for a deletion."""
    lead = _letters_of(sites, site, allele, other)
    inserted = _inserted(sites, site, allele, other)
    kind = pa.array(sites.kind[site])
    plain = pc.if_else(pc.equal(kind, DELETION), "-", lead)
    return pc.if_else(pc.equal(kind, INSERTION), inserted, plain)


def _letters_of(sites: Sites, site: Ints, allele: Ints, other: Ints) -> pa.Array:
    return choice(_LETTERS, np.where(allele == 2, np.maximum(other[site], 0), sites.alt[site]))


def _inserted(sites: Sites, site: Ints, allele: Ints, other: Ints) -> pa.Array:
    rows = np.where(sites.kind[site] == INSERTION, sites.tail_row[site], -1)
    body = _ragged(None, sites.tail, rows, sites.length[site])
    extra = choice(["", "A", "C", "G", "T"], np.where(allele == 2, other[site] + 1, 0))
    return join([body, extra])


def spoken_insert(sites: Sites, site: int, allele: int, other: int, forward: bool) -> str:
    """Inserted bases of one site in the direction of transcription."""
    row = sites.tail[sites.tail_row[site], : sites.length[site]].astype(np.int64)
    bases = np.append(row, other) if allele == 2 else row
    if not forward:
        bases = 3 - bases[::-1]
    return ASCII[bases].tobytes().decode()
