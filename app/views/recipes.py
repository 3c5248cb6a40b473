"""The recipe chooser: saved filters that fit a case, in words."""

from __future__ import annotations

from data_layer.query.info import CaseInfo
from data_layer.query.recipes import recipes_for


def offered(info: CaseInfo) -> list[dict[str, object]]:
    """Return the recipes meant for a case with version, state, expected band and steps in words."""
    out: list[dict[str, object]] = []
    for item in recipes_for(info):
        words = " ".join(f.sentence() for f in item.filters_for(info))
        out.append(
            {
                "name": item.name,
                "title": item.title,
                "version": item.version,
                "state": item.state,
                "band": list(item.band) if item.band else None,
                "words": words,
            }
        )
    return out
