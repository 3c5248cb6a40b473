"""Values for SQL: each gets a name to be bound, so that none is ever written into the text."""

from __future__ import annotations

import re

from data_layer.lake.snapshot import sql_type

__all__ = ["Binder", "sql_type"]


class Binder:
    """Collects values; ``binder(value)`` gives the ``$name`` that stands for it."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self._names: dict[tuple[str, str], str] = {}

    def __call__(self, value: object) -> str:
        """Return the name that stands for a value."""
        key = (type(value).__name__, repr(value))
        if key not in self._names:
            name = f"v{len(self._names)}"
            self._names[key] = name
            self.values[name] = value
        return f"${self._names[key]}"

    def used(self, sql: str) -> dict[str, object]:
        """The values that a statement names; DuckDB refuses others."""
        named = set(re.findall(r"\$(v\d+)\b", sql))
        return {name: value for name, value in self.values.items() if name in named}
