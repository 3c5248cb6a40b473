"""Whether an answer rests on who is whose parent while the samples do not fit their names."""

from __future__ import annotations

from data_layer.query.detect import detect
from data_layer.query.fields import COMPOUND, mode_of
from data_layer.query.filters import Filter
from data_layer.query.source import Source


def identity_note(source: Source, item: Filter) -> str:
    """Return why a step on new calls or pairs is not determinable; empty where nothing says so."""
    if not _rests_on_parents(item) or source.restricted:
        return ""
    found = detect(source)["identity"]
    if found["status"] != "warn":
        return ""
    reasons = "; ".join(str(r) for r in found["reasons"][:3])
    return f"Not determinable: {found['verdict']} ({reasons})."


def _rests_on_parents(item: Filter) -> bool:
    name = item.spec.name
    if name != "inheritance":
        return name in ("de_novo", "recessive")
    modes = (mode_of(str(v))[0] for v in item.values)
    return any(m == COMPOUND or m.endswith("_dn") for m in modes)
