"""Gene panel files of Scout: ``##key=value`` lines, then one gene a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

#: Largest panel file in bytes: far more than a line for every gene.
_LARGEST = 32 << 20


def panel_files(folder: Path, wanted: Sequence[str]) -> list[dict[str, Any]]:
    """Return the panels among ``wanted`` whose file lies in ``folder``, with their genes."""
    out = []
    for path in sorted(folder.glob("*.txt")):
        found = read_panel(path)
        if found and found["panel_id"] in wanted:
            out.append(found)
    return out


def read_panel(path: Path) -> dict[str, Any] | None:
    """Read a panel; None when the file is no panel. Genes are ``[hgnc_id, symbol]`` pairs."""
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return None
    with path.open(encoding="utf-8", errors="replace") as file:
        if not file.readline(1000).startswith("##panel_id="):
            return None
    meta: dict[str, str] = {}
    genes: list[list[Any]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("##"):
            key, _, value = line[2:].partition("=")
            meta[key.strip()] = value.strip()
        elif line and not line.startswith("#"):
            number, *rest = line.split("\t")
            known = number.isdecimal() and len(number) < 10
            genes.append([int(number) if known else None, rest[0] if rest else ""])
    return {
        "panel_id": meta.get("panel_id", ""),
        "name": meta.get("display_name", meta.get("panel_id", "")),
        "version": meta.get("version"),
        "date": meta.get("date"),
        "institute": meta.get("institute"),
        "file": path.name,
        "genes": genes,
    }
