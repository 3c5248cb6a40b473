"""Sites of the ``upd`` tool (``upd sites``): whose alleles the child shows at each site.

A BED with the kind of the site in its fourth column. The words are those of the tool's README;
each becomes a code of the signal ``upd``:

- ``ANTI_UPD``: an allele from each parent, ``biparental``;
- ``UPD_MATERNAL_ORIGIN``, ``UPD_PATERNAL_ORIGIN``: both from one, ``maternal`` or ``paternal``;
- ``PB_HOMOZYGOUS``, ``PB_HETEROZYGOUS``: the site cannot tell, ``either parent``;
- ``UNINFORMATIVE``: left out by the tool, so no value.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import SIGNAL_BATCH, Feed, FeedReader, Head
from data_layer.ingest.formats.interval import data_lines
from data_layer.ingest.table_text import DRAWING, TextFeed, TextTable
from data_layer.schema import SIGNALS

_WORDS = SIGNALS["upd"].codes
#: Code of each kind of site; None is no value.
CODES: dict[str, float | None] = {
    "ANTI_UPD": float(_WORDS.index("biparental")),
    "UPD_MATERNAL_ORIGIN": float(_WORDS.index("maternal")),
    "UPD_PATERNAL_ORIGIN": float(_WORDS.index("paternal")),
    "PB_HOMOZYGOUS": float(_WORDS.index("either parent")),
    "PB_HETEROZYGOUS": float(_WORDS.index("either parent")),
    "UNINFORMATIVE": None,
}
_COLUMNS = ("contig", "start", "end", "kind")
_TYPES = {"start": pa.int64(), "end": pa.int64()}


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the sites of a file whose first line has one of the tool's words in column four."""
    first = next(iter(data_lines(head)), "").split("\t")
    if len(first) != len(_COLUMNS) or first[3].strip() not in CODES:
        return ()
    return (Feed(head.path, "UPD sites", "signal", "upd", None, partial(_open, head.path)),)


def _open(path: Path, skip_bad: bool) -> FeedReader:
    table = TextTable(path, _COLUMNS, types=_TYPES, skip_bad=skip_bad, comment=("#", *DRAWING))
    return TextFeed(table, partial(_shaped, table))


def _shaped(table: TextTable, batch: pa.Table) -> pa.Table:
    known = pa.array(list(CODES))
    at = pc.index_in(pc.utf8_trim_whitespace(batch.column("kind")), value_set=known)
    odd = np.flatnonzero(pc.is_null(at).to_numpy())
    if len(odd):
        words = batch.column("kind")
        kept = table.reject(
            batch,
            "UPD-KIND",
            {int(i): f"kind is {words[i].as_py()!r}; known are {', '.join(CODES)}" for i in odd},
        )
        return _shaped(table, kept)
    values = pa.array(list(CODES.values()), pa.float32()).take(at.combine_chunks())
    return pa.table([*(batch.column(n) for n in _COLUMNS[:3]), values], schema=SIGNAL_BATCH)
