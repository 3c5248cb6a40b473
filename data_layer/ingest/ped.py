"""Pedigree files (PLINK .ped/.fam, first six columns): read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data_layer.errors import InputError

_NOBODY = {"0", "", ".", "-9", "none", "unknown"}
_SEX = {"1": "male", "2": "female", "male": "male", "female": "female", "m": "male", "f": "female"}
_AFFECTED = {"2": "affected", "1": "unaffected", "affected": "affected", "unaffected": "unaffected"}


@dataclass(frozen=True)
class PedRow:
    """One person of a pedigree; ``line`` is 1-based."""

    line: int
    family: str
    sample_id: str
    father: str | None
    mother: str | None
    sex: str
    affected: str


@dataclass(frozen=True)
class Pedigree:
    """The people of a pedigree file by sample id, in the order of the file."""

    name: str
    rows: Mapping[str, PedRow] = field(default_factory=dict)

    def where(self, row: PedRow) -> str:
        """Place of a row, for messages."""
        return f"{self.name} line {row.line}"


def read_ped(path: Path) -> Pedigree:
    """Read a pedigree.

    Raises:
        InputError: PED-OPEN, PED-COLUMNS, PED-DUPLICATE, PED-PARENT, PED-SEX or PED-CYCLE.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise InputError("PED-OPEN", path.name, f"it cannot be read ({e})", "Check it.") from e
    rows: dict[str, PedRow] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#") or _is_heading(line):
            continue
        row = _row(line, number, path.name)
        if row.sample_id in rows:
            first = rows[row.sample_id].line
            raise InputError(
                "PED-DUPLICATE",
                f"{path.name} line {number}",
                f"{row.sample_id!r} stands on line {first} too",
                "Keep one line a person.",
            )
        rows[row.sample_id] = row
    if not rows:
        raise InputError("PED-COLUMNS", path.name, "there is nobody in it", "Write six columns.")
    pedigree = Pedigree(path.name, rows)
    _check_parents(pedigree)
    _check_cycles(pedigree)
    return pedigree


def _is_heading(line: str) -> bool:
    return bool(re.match(r"(?i)fam(ily)?[_ ]?id\b", line))


def _row(line: str, number: int, name: str) -> PedRow:
    parts = line.rstrip("\n").split("\t") if "\t" in line else line.split()
    parts = [p.strip() for p in parts]
    if len(parts) < 6 or not parts[1]:
        raise InputError(
            "PED-COLUMNS",
            f"{name} line {number}",
            f"{len(parts)} columns where six are needed",
            "Write family, person, father, mother, sex (1 male, 2 female), affected (1 no, 2 yes).",
        )
    family, person, father, mother, sex, affected = parts[:6]
    return PedRow(
        number,
        family,
        person,
        None if father.lower() in _NOBODY else father,
        None if mother.lower() in _NOBODY else mother,
        _SEX.get(sex.lower(), "unknown"),
        _AFFECTED.get(affected.lower(), "unknown"),
    )


def _check_parents(pedigree: Pedigree) -> None:
    for row in pedigree.rows.values():
        where = pedigree.where(row)
        for parent, word, wrong in (
            (row.father, "father", "female"),
            (row.mother, "mother", "male"),
        ):
            if parent is None:
                continue
            if parent == row.sample_id:
                raise InputError("PED-CYCLE", where, f"{parent!r} is their own {word}", "Fix it.")
            found = pedigree.rows.get(parent)
            if found is None:
                raise InputError(
                    "PED-PARENT",
                    where,
                    f"the {word} {parent!r} has no line of their own",
                    "Add the line, or write 0 for a parent who is not in the files.",
                )
            if found.sex == wrong:
                raise InputError(
                    "PED-SEX",
                    where,
                    f"the {word} {parent!r} is {wrong} on line {found.line}",
                    "Swap the parents or correct the sex.",
                )


def _check_cycles(pedigree: Pedigree) -> None:
    """Walk up from each person; meeting someone whose walk is not over yet is a cycle."""
    over: dict[str, bool] = {}
    for start in pedigree.rows:
        stack = [(start, False)]
        while stack:
            person, returning = stack.pop()
            if returning:
                over[person] = True
            elif person not in over:
                over[person] = False
                row = pedigree.rows[person]
                stack.append((person, True))
                stack += [(p, False) for p in (row.father, row.mother) if p]
            elif not over[person]:
                raise InputError(
                    "PED-CYCLE",
                    pedigree.where(pedigree.rows[person]),
                    f"{person!r} is among their own ancestors",
                    "Correct the father and mother columns.",
                )
