"""What a person asks to ingest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data_layer.region import Build


@dataclass(frozen=True)
class CaseRequest:
    """What a person asks to ingest; what is left out comes from the manifest or the files.

    Attributes:
        paths: files of any known format.
        baf: VCFs, gVCF or not, that are read for B-allele fractions instead of variants.
        samples: whose a file is, by its path or name, where neither tells.
        replace: ingest a case that is there already anew.
        skip_bad: set records that break a rule aside instead of refusing the file.
        skip_missing: go on without VCFs that the manifest names and that are not there.
    """

    paths: tuple[Path, ...] = ()
    case_id: str | None = None
    manifest: Path | None = None
    build: Build | None = None
    ped: Path | None = None
    skip_bad: bool = False
    kind: str | None = None
    name: str | None = None
    replace: bool = False
    skip_missing: bool = False
    institute: str | None = None
    baf: tuple[Path, ...] = ()
    samples: Mapping[str, str] = field(default_factory=dict)
