"""One ``##`` line of a VCF header: its parts, and what is odd about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

#: Reserved INFO keys, sections 1.6.1 and 3 of the VCF 4.1 to 4.5 specifications: Number, Type.
RESERVED_INFO: dict[str, tuple[str, str]] = {
    "AA": ("1", "String"),
    "AC": ("A", "Integer"),
    "AF": ("A", "Float"),
    "AN": ("1", "Integer"),
    "BQ": ("1", "Float"),
    "CIGAR": ("A", "String"),
    "DB": ("0", "Flag"),
    "DP": ("1", "Integer"),
    "END": ("1", "Integer"),
    "H2": ("0", "Flag"),
    "H3": ("0", "Flag"),
    "MQ": ("1", ""),
    "MQ0": ("1", "Integer"),
    "NS": ("1", "Integer"),
    "SOMATIC": ("0", "Flag"),
    "VALIDATED": ("0", "Flag"),
    "1000G": ("0", "Flag"),
}
#: Reserved FORMAT keys, section 1.6.2 of the same.
RESERVED_FORMAT: dict[str, tuple[str, str]] = {
    "AD": ("R", "Integer"),
    "DP": ("1", "Integer"),
    "EC": ("A", "Integer"),
    "FT": ("1", "String"),
    "GL": ("G", "Float"),
    "GLE": ("G", "String"),
    "GP": ("G", "Float"),
    "GQ": ("1", "Integer"),
    "GT": ("1", "String"),
    "HQ": ("2", "Integer"),
    "MQ": ("1", "Integer"),
    "PL": ("G", "Integer"),
    "PQ": ("1", "Integer"),
    "PS": ("1", "Integer"),
}
TYPES = {"Integer", "Float", "Flag", "Character", "String"}
_NUMBER = re.compile(r"[ARG.PM]|L[ARG]|\d+")
_ID = re.compile(r"[A-Za-z0-9_.+-]+")
_ALT = re.compile(r"(?:DEL|INS|DUP|INV|CNV|BND|TRA|STR\d*|NON_REF|\*|CN\d+)(?::[^\s,<>]+)*")
_KEY = re.compile(r"[^\s=,<>\"]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass
class MetaLine:
    """A header line ``##key=value``; ``fields`` are the parts of ``<...>``, quotes taken off."""

    line: int
    key: str
    value: str
    fields: dict[str, str] = field(default_factory=dict)
    quoted: set[str] = field(default_factory=set)
    structured: bool = False
    broken: str = ""


def parse_meta(text: str, line: int) -> MetaLine:
    """Split a line; what cannot be split is said in ``broken`` and what could be is kept."""
    key, _, value = text[2:].partition("=")
    meta = MetaLine(line, key, value)
    if value.startswith("<"):
        meta.structured = True
        body = value[1:]
        if body.endswith(">"):
            body = body[:-1]
        else:
            meta.broken = "it does not end with >"
        _parts(meta, body)
    return meta


def _parts(meta: MetaLine, body: str) -> None:
    at = 0
    while at < len(body):
        key = _KEY.match(body, at)
        if key is None or body[key.end() : key.end() + 1] != "=":
            meta.broken = meta.broken or f"no key=value at {body[at : at + 20]!r}"
            return
        at = key.end() + 1
        quoted = _QUOTED.match(body, at)
        if quoted and body[quoted.end() : quoted.end() + 1] in ("", ","):
            meta.fields.setdefault(key.group(), re.sub(r'\\(["\\])', r"\1", quoted.group(1)))
            meta.quoted.add(key.group())
            at = quoted.end() + 1
        elif body[at : at + 1] == '"':
            meta.broken = meta.broken or f"the quotation marks of {key.group()} do not pair"
            end = body.rfind('"')
            meta.fields.setdefault(key.group(), body[at + 1 : end if end > at else None])
            meta.quoted.add(key.group())
            return
        else:
            end = body.find(",", at)
            end = len(body) if end < 0 else end
            value = body[at:end]
            if "<" in value or ">" in value:
                meta.broken = meta.broken or f"{key.group()} holds an angle bracket"
            meta.fields.setdefault(key.group(), value)
            at = end + 1


def check_meta(meta: MetaLine) -> Iterator[tuple[str, str]]:
    """Give code and sentence for whatever is odd; none of it changes how records are read."""
    if not _KEY.fullmatch(meta.key):
        yield "VCF-META", f"the key {meta.key[:40]!r} holds blanks or signs"
    if not meta.value.strip() or meta.value == "<>":
        yield "VCF-META", f"##{meta.key} has no value"
        return
    if meta.broken:
        yield "VCF-META", f"##{meta.key}: {meta.broken}"
    if meta.key in ("INFO", "FORMAT", "ALT"):
        yield from _definition(meta)
    elif meta.key in ("FILTER", "contig") and meta.structured:
        yield from _ident(meta)
    elif meta.key in ("assembly", "pedigreeDB"):
        yield from _address(meta)
    elif meta.key == "PEDIGREE":
        wrong = [v for v in meta.fields.values() if re.search(r"[\s:;]", v)]
        if wrong:
            yield "VCF-META", f"##PEDIGREE: {wrong[0]!r} is no sample name"
    elif meta.key == "SAMPLE":
        yield from _sample(meta)


def _ident(meta: MetaLine) -> Iterator[tuple[str, str]]:
    ident = meta.fields.get("ID", "")
    if not ident:
        yield "VCF-META-ID", f"##{meta.key} has no ID"
    elif re.search(r"\s", ident):
        yield "VCF-META-ID", f"##{meta.key}: the ID {ident!r} holds a blank"


def _definition(meta: MetaLine) -> Iterator[tuple[str, str]]:
    kind, fields = meta.key, meta.fields
    yield from _ident(meta)
    ident = fields.get("ID", "")
    number, of_type = fields.get("Number"), fields.get("Type")
    if kind == "ALT":
        if ident and not _ALT.fullmatch(ident):
            yield "VCF-META-ALT", f"##ALT {ident} is none of the types that the specification names"
    elif ident and not _ID.fullmatch(ident) and not re.search(r"\s", ident):
        yield "VCF-META-ID", f"##{kind}: the ID {ident!r} holds signs"
    required = kind != "ALT"
    if (number is None and required) or (number is not None and not _NUMBER.fullmatch(number)):
        yield "VCF-META-NUMBER", f"##{kind} {ident}: Number is {number or 'missing'}"
    wrong_type = of_type not in TYPES or (kind == "FORMAT" and of_type == "Flag")
    if (of_type is None and required) or (of_type is not None and wrong_type):
        yield "VCF-META-TYPE", f"##{kind} {ident}: Type is {of_type or 'missing'}"
    if "Description" not in meta.quoted:
        yield "VCF-META-DESCRIPTION", f"##{kind} {ident}: Description is missing or not quoted"
    order = [k for k in fields if k in ("ID", "Number", "Type", "Description")]
    if order != sorted(order, key=("ID", "Number", "Type", "Description").index):
        yield "VCF-META-ORDER", f"##{kind} {ident}: ID, Number, Type, Description is the order"
    yield from _reserved(meta, ident, number, of_type)


def _reserved(
    meta: MetaLine, ident: str, number: str | None, of_type: str | None
) -> Iterator[tuple[str, str]]:
    known = {"INFO": RESERVED_INFO, "FORMAT": RESERVED_FORMAT}.get(meta.key, {}).get(ident)
    if known is None:
        return
    if (number or "", of_type or "") != (known[0], known[1] or of_type or ""):
        want = f"Number={known[0]}" + (f",Type={known[1]}" if known[1] else "")
        yield (
            "VCF-META-RESERVED",
            f"##{meta.key} {ident} is Number={number},Type={of_type}; the specification has {want}",
        )


def _address(meta: MetaLine) -> Iterator[tuple[str, str]]:
    host = urlsplit(meta.value.strip("<>")).hostname
    if host is not None and host.isdigit():
        yield "VCF-META", f"##{meta.key}: {host!r} is no host name"


def _sample(meta: MetaLine) -> Iterator[tuple[str, str]]:
    loose = sorted(meta.quoted - {"Description"})
    if loose:
        yield "VCF-META", f"##SAMPLE: {loose[0]} stands in quotation marks"
    if "Mixture" in meta.fields and "Genomes" not in meta.fields:
        yield "VCF-META", "##SAMPLE has Mixture without Genomes"
