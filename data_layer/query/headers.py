"""The files' own header text: what their INFO and FORMAT fields say they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LINE = re.compile(r"^##(INFO|FORMAT|FILTER|ALT)=<(.*)>\s*$")
_DEFINING = frozenset({"INFO", "FORMAT", "FILTER", "ALT", "contig"})
_PAIR = re.compile(r'([A-Za-z0-9_]+)=("(?:[^"\\]|\\.)*"|[^,]*)')


@dataclass(frozen=True)
class Meaning:
    """What a header says of a field."""

    number: str = ""
    type: str = ""
    description: str = ""


def meanings(header: str, kind: str) -> dict[str, Meaning]:
    """Return the fields of one kind (INFO, FORMAT, FILTER) with what the header says of them."""
    out: dict[str, Meaning] = {}
    for line in header.splitlines():
        found = _LINE.match(line)
        if found is None or found.group(1) != kind:
            continue
        pairs = {k: _unquoted(v) for k, v in _PAIR.findall(found.group(2))}
        if "ID" in pairs:
            said = Meaning(pairs.get("Number", ""), pairs.get("Type", ""), pairs.get("Description", ""))  # fmt: skip # noqa: E501
            out.setdefault(pairs["ID"], said)
    return out


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text


def header_of(files: Sequence[Mapping[str, Any]], index: int) -> str:
    """Return the header text of a file of the case; empty when it has none."""
    if not 0 <= index < len(files):
        return ""
    return str(files[index].get("header") or "")


def info_fields(text: str, header: str) -> list[dict[str, Any]]:
    """Return an INFO text as its fields in order: key, value (True for a flag), description."""
    said = meanings(header, "INFO")
    out: list[dict[str, Any]] = []
    for part in text.split(";"):
        if not part or part == ".":
            continue
        key, equals, value = part.partition("=")
        meant = said.get(key, Meaning())
        out.append(
            {
                "key": key,
                "value": value if equals else True,
                "description": meant.description,
                "type": meant.type,
            }
        )
    return out


def format_fields(keys: str | None, text: str | None, header: str) -> list[dict[str, Any]]:
    """Return one sample's text as FORMAT fields; fields dropped at the end are left out."""
    if not keys or text is None:
        return []
    said = meanings(header, "FORMAT")
    pairs = zip(keys.split(":"), text.split(":"), strict=False)
    return [
        {"key": k, "value": v, "description": said.get(k, Meaning()).description} for k, v in pairs
    ]


def merged(headers: Iterable[str], *, only_fields: bool = False) -> list[str]:
    """Return the ``##`` lines of several headers as one: the first definition of an ID stands.

    With ``only_fields`` those alone that define fields and contigs: the others (commands,
    pedigrees, samples) may name people.
    """
    lines: list[str] = []
    seen: set[str] = set()
    for header in headers:
        for raw in header.splitlines():
            line = raw.rstrip("\r\n")
            if not line.startswith("##") or line.startswith("##fileformat"):
                continue
            found = re.match(r"^##(\w+)=<ID=([^,>]+)", line)
            if only_fields and (found is None or found.group(1) not in _DEFINING):
                continue
            key = f"{found.group(1)}:{found.group(2)}" if found else line
            if key not in seen:
                seen.add(key)
                lines.append(line)
    return lines


def file_format(headers: Iterable[str]) -> str:
    """Return the newest ``##fileformat`` line among headers, VCF 4.2 when none says."""
    found = [
        line.strip()
        for header in headers
        for line in header.splitlines()[:1]
        if line.startswith("##fileformat=VCFv")
    ]
    return max(found, default="##fileformat=VCFv4.2")
