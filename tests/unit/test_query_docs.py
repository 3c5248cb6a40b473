"""docs/filters.md tells of every field and operator, and of nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from data_layer.query.fields import FIELDS
from data_layer.query.filters import Filter, parse_filters
from data_layer.query.recipes import RECIPES

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "filters.md").read_text(encoding="utf-8")
TABLE = re.findall(
    r"^\| `([a-z_]+)(?::SAMPLE)?` \| ([^|]*) \|",
    TEXT.partition("## Fields")[2].partition("## Recipes")[0],
    re.M,
)


def test_fields_and_operators_are_documented() -> None:
    documented = {name: set(re.findall(r"`([^`]+)`", ops)) for name, ops in TABLE}
    assert documented == {name: set(spec.ops) for name, spec in FIELDS.items()}


def test_recipes_are_documented() -> None:
    assert [name for name in RECIPES if f"`{name}`" not in TEXT] == []


def test_examples_are_filters() -> None:
    examples = re.findall(r"^    ([a-z_]+[:~].*)$", TEXT, re.M)
    assert len(examples) >= 3
    for text in examples:
        assert all(isinstance(f, Filter) for f in parse_filters(text))
