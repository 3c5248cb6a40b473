"""What every manifest gives, whatever system wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_layer.ingest.people import Person
from data_layer.ingest.source import Warning
from data_layer.region import Build


@dataclass(frozen=True)
class CaseFile:
    """A VCF of the case: its class when the manifest gives one, and whether it is for research."""

    path: Path
    file_class: str | None = None
    research: bool = False
    key: str | None = None


@dataclass(frozen=True)
class FeedFile:
    """A file of a signal or segments that a manifest names for a sample, under ``key``."""

    path: Path
    sample: str
    key: str


@dataclass(frozen=True)
class Manifest:
    """A case as a manifest describes it; ``content`` is the manifest itself, JSON-able."""

    name: str
    case_id: str
    title: str
    kind: str
    build: Build | None
    institute: str | None
    family: str | None
    people: tuple[Person, ...]
    hpo: tuple[str, ...]
    panels: tuple[str, ...]
    files: tuple[CaseFile, ...]
    feeds: tuple[FeedFile, ...] = ()
    content: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Warning, ...] = ()
