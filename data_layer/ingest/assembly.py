"""Which genome build files are on: from contig lengths first, then from what headers say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data_layer.errors import InputError
from data_layer.ingest.header import VcfHeader
from data_layer.region import OTHER, Build, chrom_code, chrom_name

_WORDS = {
    Build.GRCH38: re.compile(r"grch38|hg38|hs38|(?<![a-z0-9])b38", re.I),
    Build.GRCH37: re.compile(r"grch37|hg19|hs37|g1k_v37|(?<![a-z0-9])b37", re.I),
}
_CHRM = 25


@dataclass(frozen=True)
class Evidence:
    """What one file says of its build, and by which contig or line."""

    file: str
    build: Build | None
    by_length: bool
    detail: str


def evidence(header: VcfHeader, file: str) -> Evidence:
    """Read one header: contig lengths decide; else the words of reference and tool lines."""
    for name, length in header.contigs:
        code = chrom_code(name)
        if length is None or code in (OTHER, _CHRM):
            continue
        for build in Build:
            if build.size(code) == length:
                return Evidence(file, build, True, f"contig {name} is {length:,} bases long")
    lines = [line for line in header.text.splitlines() if line.startswith("##") and _tells(line)]
    for build, words in _WORDS.items():
        said = next((line for line in lines if words.search(line)), None)
        others = any(w.search(line) for b, w in _WORDS.items() if b != build for line in lines)
        if said and not others:
            return Evidence(file, build, False, said[:80])
    return Evidence(file, None, False, "")


def _tells(line: str) -> bool:
    return line[2:].split("=", 1)[0].lower() in (
        "reference", "assembly", "contig", "vep", "dragencommandline", "source", "genome",
    )  # fmt: skip


def decide(asked: Build | None, source: str, files: Sequence[Evidence]) -> Build:
    """Return the build of the case.

    Args:
        asked: the build that ``source`` (``--build`` or the manifest) gives, if any.

    Raises:
        InputError: BUILD-MISMATCH, lengths are of another build; BUILD-UNKNOWN, nothing tells.
    """
    measured = [e for e in files if e.by_length and e.build]
    wanted = asked or (measured[0].build if measured else None)
    for found in measured:
        if found.build != wanted and wanted is not None:
            raise _mismatch(found, wanted, source if asked else measured[0].file)
    said = {e.build for e in files if e.build}
    if wanted is not None:
        return wanted
    if len(said) == 1:
        (only,) = said
        assert only is not None
        return only
    raise InputError(
        "BUILD-UNKNOWN",
        ", ".join(e.file for e in files) or "no file",
        "no contig length and no reference line tells the genome build"
        if not said
        else "the files' headers name both builds",
        "Pass --build GRCh37 or --build GRCh38.",
    )


def _mismatch(found: Evidence, wanted: Build, source: str) -> InputError:
    name = found.detail.split()[1] if found.detail.startswith("contig ") else ""
    code = chrom_code(name)
    return InputError(
        "BUILD-MISMATCH",
        found.file,
        f"{found.detail}, as in {found.build}; {source} says {wanted}, where"
        f" {chrom_name(code)} is {wanted.size(code):,} bases long",
        f"Pass --build {found.build}, or give files of one build.",
    )
