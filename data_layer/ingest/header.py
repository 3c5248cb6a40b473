"""A VCF's header: definitions, samples, and the names of consequence fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from data_layer.errors import InputError
from data_layer.ingest.meta import MetaLine, check_meta, parse_meta
from data_layer.ingest.source import Warning, WarningLog

__all__ = ["FieldDef", "VcfHeader", "Warning", "csq_fields", "header_end", "parse_header"]

COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
#: INFO keys that hold consequences: VEP, SnpEff and others, bcftools csq.
CONSEQUENCE_KEYS = ("CSQ", "ANN", "BCSQ")
_BOM = "\ufeff"
_FIX = "Fix the header, for example with `bcftools reheader`."


@dataclass(frozen=True)
class FieldDef:
    """One INFO or FORMAT definition, as the header gives it."""

    id: str
    number: str
    type: str
    description: str


@dataclass
class VcfHeader:
    """The header of a VCF.

    Attributes:
        text: every header line as in the file, the ``#CHROM`` line last.
        fileformat: the value of ``##fileformat``; empty when there is none.
        csq: for each of CSQ, ANN and BCSQ that is defined, its sub-field names in order.
        meta: values of every other ``##key=`` line, in file order.
        line_count: lines of the file that the header takes.
    """

    text: str
    fileformat: str = ""
    info: dict[str, FieldDef] = field(default_factory=dict)
    formats: dict[str, FieldDef] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)
    contigs: list[tuple[str, int | None]] = field(default_factory=list)
    samples: tuple[str, ...] = ()
    has_format: bool = False
    warnings: list[Warning] = field(default_factory=list)
    csq: dict[str, tuple[str, ...]] = field(default_factory=dict)
    meta: dict[str, list[str]] = field(default_factory=dict)
    line_count: int = 0


def header_end(text: bytes) -> int | None:
    """Return where the header ends: after ``#CHROM``, or before the first line without ``#``."""
    at = 3 if text.startswith(b"\xef\xbb\xbf") else 0
    while at < len(text):
        end = text.find(b"\n", at) + 1
        if not end:
            return None
        line = text[at:end]
        if line.startswith((b"#CHROM", b"#chrom")):
            return end
        if not line.startswith(b"#") and line.strip(b"\r\n"):
            return at
        at = end
    return None


def parse_header(raw: bytes, name: str, log: WarningLog) -> VcfHeader:
    """Read the header's lines.

    Args:
        raw: the bytes up to and with the ``#CHROM`` line.
        name: the file's name, for messages.

    Raises:
        InputError: no ``#CHROM`` line, wrong columns, duplicate samples, a version before 4.0,
            or bytes that are not UTF-8.
    """
    text = _decoded(raw, name).replace("\r\n", "\n")
    if text.startswith(_BOM):
        log.add(1, "VCF-BOM", "the file begins with a byte order mark")
        text = text.removeprefix(_BOM)
    lines = text.rstrip("\n").split("\n")
    if not lines[-1].upper().startswith("#CHROM"):
        raise InputError(
            "VCF-HEADER",
            f"{name} line {len(lines) + 1}",
            "the header has no #CHROM line, or a line in it does not begin with #",
            _FIX,
        )
    header = VcfHeader(text=text, line_count=raw.count(b"\n"))
    _columns(header, lines[-1], f"{name} line {len(lines)}", log)
    for number, line in enumerate(lines[:-1], 1):
        if not line:
            log.add(number, "VCF-BLANK-LINE", "an empty line was passed over")
        elif not line.startswith("##") or "=" not in line:
            log.add(number, "VCF-META", f"this header line is not ##key=value: {line[:60]}")
        else:
            _take(header, parse_meta(line, number), log)
    _fileformat(header, lines[0], name, log)
    header.warnings = log.listed()
    return header


def csq_fields(description: str) -> tuple[str, ...]:
    """Return the sub-field names that a consequence field's description lists, or none."""
    after = re.search(r"Format:\s*(.*)", description, re.S)
    listed = after.group(1) if after else description
    quoted = re.search(r"'([^']*\|[^']*)'", listed)
    if quoted:
        listed = quoted.group(1)
    elif not after:
        found = re.search(r"\S*\|.*", listed, re.S)
        listed = found.group(0) if found else ""
    if "|" not in listed:
        return ()
    return tuple(part.strip().strip("'\"").removeprefix("[*]") for part in listed.split("|"))


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as e:
        line = raw.count(b"\n", 0, e.start) + 1
        raise InputError(
            "VCF-UTF8",
            f"{name} line {line}",
            f"the header holds bytes that are not UTF-8 (0x{raw[e.start]:02x})",
            "Convert the file, for example with `iconv -f latin1 -t utf-8`.",
        ) from e


def _columns(header: VcfHeader, line: str, where: str, log: WarningLog) -> None:
    names = line.split("\t")
    if tuple(names[:8]) != COLUMNS:
        wrong = next((i for i, c in enumerate(COLUMNS) if i >= len(names) or names[i] != c), 0)
        have = repr(names[wrong][:40]) if wrong < len(names) else "missing"
        raise InputError(
            "VCF-HEADER",
            where,
            f"column {wrong + 1} must be {COLUMNS[wrong]} and is {have}; a tab ends each column",
            _FIX,
        )
    if len(names) == 8:
        return
    if names[8] != "FORMAT":
        raise InputError("VCF-HEADER", where, f"column 9 must be FORMAT and is {names[8]!r}", _FIX)
    header.has_format = True
    header.samples = tuple(names[9:])
    if not header.samples:
        log.add(header.line_count, "VCF-NO-SAMPLES", "there is a FORMAT column but no sample")
    for sample in header.samples:
        if not sample.strip():
            raise InputError("VCF-SAMPLES", where, "a sample has no name", _FIX)
        if header.samples.count(sample) > 1:
            raise InputError("VCF-SAMPLES", where, f"sample {sample!r} stands twice", _FIX)


def _take(header: VcfHeader, meta: MetaLine, log: WarningLog) -> None:
    for code, message in check_meta(meta):
        log.add(meta.line, code, message)
    ident = meta.fields.get("ID", "")
    if meta.key == "fileformat":
        header.fileformat = header.fileformat or meta.value.strip()
    elif meta.key in ("INFO", "FORMAT"):
        known = header.info if meta.key == "INFO" else header.formats
        if ident in known:
            log.add(meta.line, "VCF-META-TWICE", f"{meta.key} {ident} is defined again; first kept")
        elif ident:
            known[ident] = FieldDef(
                ident,
                meta.fields.get("Number", "."),
                meta.fields.get("Type", "String"),
                meta.fields.get("Description", ""),
            )
            if meta.key == "INFO" and ident in CONSEQUENCE_KEYS:
                header.csq[ident] = csq_fields(known[ident].description)
    elif meta.key == "FILTER" and ident:
        header.filters.setdefault(ident, meta.fields.get("Description", ""))
    elif meta.key == "contig" and ident:
        length = meta.fields.get("length", "")
        header.contigs.append((ident, int(length) if length.isdecimal() else None))
    else:
        header.meta.setdefault(meta.key, []).append(meta.value)


def _fileformat(header: VcfHeader, first: str, name: str, log: WarningLog) -> None:
    if not first.startswith("##fileformat="):
        log.add(1, "VCF-FILEFORMAT", "the first line is not ##fileformat; read as VCF 4")
    version = re.fullmatch(r"VCFv(\d+)\.(\d+)", header.fileformat)
    said = first.removeprefix("##fileformat=")
    if first != said and (version is None or said != header.fileformat):
        log.add(1, "VCF-FILEFORMAT", f"##fileformat says {said!r}; read as VCF 4")
    if version is None:
        return
    if version.group(1) != "4":
        raise InputError(
            "VCF-VERSION",
            f"{name} line 1",
            f"{header.fileformat} is not read here; versions 4.0 to 4.5 are",
            "Convert the file with `bcftools view`.",
        )
    if int(version.group(2)) > 5:
        log.add(1, "VCF-FILEFORMAT", f"{header.fileformat} is newer than 4.5; read as 4.5")
