"""The folders that a table's files lie in, named by the table's partition columns."""

from __future__ import annotations

import re
from collections.abc import Mapping

from data_layer.errors import LakeError
from data_layer.schema import TABLES

#: What may stand in a folder's name: words that no storage takes for anything else.
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def keys_of(
    table: str, case_id: str, ingest_id: str, given: Mapping[str, str] | None
) -> dict[str, str]:
    """Return the values of a table's partition columns, in their order.

    ``given`` names those that are neither the case nor the ingest.

    Raises:
        LakeError: LAKE-KEYS when a value is missing, unknown, or no word.
    """
    known = {"case_id": case_id, "ingest_id": ingest_id}
    more = dict(given or {})
    wanted = TABLES[table].partition
    odd = [k for k in more if k in known or k not in wanted]
    absent = [k for k in wanted if k not in known and not WORD.fullmatch(more.get(k, ""))]
    if odd or absent:
        raise LakeError(
            "LAKE-KEYS",
            f"table {table}",
            f"its rows are kept by {', '.join(wanted)}; got {more}",
            "Give each of these one word of letters, digits, '.', '_' or '-'.",
        )
    return {k: more.get(k) or known[k] for k in wanted}


def folder(keys: Mapping[str, str]) -> str:
    """Return the folder of rows with these keys, relative to the table."""
    return "/".join(f"{name}={value}" for name, value in keys.items())
