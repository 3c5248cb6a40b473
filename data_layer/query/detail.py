"""Everything about one call: columns, the file's own fields, people, transcripts."""

from __future__ import annotations

from typing import Any

from data_layer.query.headers import format_fields, header_of, info_fields
from data_layer.query.source import Source
from data_layer.query.variants import check_row, plain_rows, rows_by_id
from data_layer.schema import CONSEQUENCES, KEYS, PER_PERSON, VARIANTS

_CONSEQUENCE = tuple(c.name for c in CONSEQUENCES.columns if c.name not in KEYS)


def detail(source: Source, row_id: int) -> dict[str, Any]:
    """Return every column of a call and, beside them:

    ``info_fields`` (key, value, description, type), ``people`` (who, the person's entry of each
    per-sample list, and ``fields`` of FORMAT with what they mean), ``consequences`` in the
    file's order, ``file`` by name.

    Raises:
        NotFoundError: there is no such row among those the actor may see.
    """
    check_row(source, row_id)
    names = [c.name for c in VARIANTS.columns if c.name not in KEYS]
    row = rows_by_id(source, [row_id], names)[row_id]
    header = header_of(source.files, row["file_index"])
    out = dict(row)
    out["info_fields"] = info_fields(row["info"] or "", header)
    out["people"] = [_person(source, row, header, i) for i in range(len(source.info.samples))]
    out["consequences"] = consequences(source, row_id)
    file = source.files[row["file_index"]] if row["file_index"] < len(source.files) else {}
    out["file"] = file.get("name")
    return out


def consequences(source: Source, row_id: int) -> list[dict[str, Any]]:
    """Return the transcript consequences of a call in the file's order."""
    rows = source.consequences
    cells = ", ".join(f'"{n}"' for n in _CONSEQUENCE)
    sql = f"select {cells} from {rows.sql} where row_id = $row_id order by source, ordinal"
    return plain_rows(source.database.table(sql, dict(rows.params) | {"row_id": row_id}))


def _person(source: Source, row: dict[str, Any], header: str, number: int) -> dict[str, Any]:
    sample = source.info.samples[number]
    entries = {n: _entry(row[n], sample.index) for n in PER_PERSON if n != "sample_text"}
    text = _entry(row["sample_text"], sample.index)
    return {
        "index": sample.index,
        "sample_id": sample.id,
        "name": sample.name,
        "role": sample.role,
        **entries,
        "text": text,
        "fields": format_fields(row["format"], text, header),
    }


def _entry(values: list[Any] | None, index: int) -> Any:
    return values[index] if values is not None and index < len(values) else None
