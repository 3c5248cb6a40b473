"""A Scout load-config YAML, as it is (keys: Scout's guide, "Load config")."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from data_layer.errors import InputError
from data_layer.ingest.manifest.contract import CaseFile, FeedFile, Manifest
from data_layer.ingest.manifest.panel import panel_files
from data_layer.ingest.people import Person
from data_layer.ingest.source import Warning
from data_layer.region import Build

#: VCF keys and the class that the whole file has, if it has one.
VCF_KEYS: dict[str, str | None] = {
    "vcf_snv": None,
    "vcf_sv": "sv",
    "vcf_str": "str",
    "vcf_mei": "mei",
    "vcf_cancer": None,
    "vcf_cancer_sv": "sv",
    "vcf_fusion": "fusion",
}
#: Keys of a sample whose file is a signal or segments, those that are taken first, first: where two
#: give one signal, the smaller file does. The last two are ours, for the beds that Gens is given.
FEED_KEYS: tuple[str, ...] = (
    "tiddit_coverage_wig",
    "d4_path",
    "minor_allele_frequency_wig",
    "rhocall_bed",
    "rhocall_wig",
    "upd_regions_bed",
    "upd_sites_bed",
    "phase_blocks",
    "gens_coverage",
    "gens_baf",
)
_RESEARCH = "_research"
_FILE = re.compile(r"[^\s{}]*[^\s{}/]\.[A-Za-z0-9]{1,12}(?:\.gz)?")
_HPO = re.compile(r"HP:\d{7}")
_NOT_FILES = ("synopsis", "description", "title", "version", "sample_name", "sample_id")
_QC = ("tmb", "msi", "hrd")
#: Largest file in bytes, most values and deepest nesting of a load config; real ones have hundreds.
_LARGEST, _MOST, _DEEPEST = 8 << 20, 200_000, 50


def read_scout(path: Path, *, skip_missing: bool = False) -> Manifest:
    """Read a load config and find its files.

    A path is tried as given, beside the manifest, then with leading folders dropped.

    Raises:
        InputError: MANIFEST-OPEN, MANIFEST-FORMAT, MANIFEST-SAMPLE; MANIFEST-FILE for a VCF that is
            not there, unless ``skip_missing``.
    """
    raw = _load(path)
    case_id = str(raw.get("family") or "").strip()
    if not case_id:
        raise InputError(
            "MANIFEST-FORMAT", path.name, "it has no family", "Give a Scout load config."
        )
    cancer = str(raw.get("track", "")) == "cancer" or any(k.startswith("vcf_cancer") for k in raw)
    warnings: list[Warning] = []
    files = list(_vcfs(raw, path, skip_missing, warnings))
    others = _others(raw, path, warnings)
    panels = [str(p) for p in _listed(raw, "gene_panels", path)]
    given = raw.get("human_genome_build")
    return Manifest(
        name=path.name,
        case_id=case_id,
        title=str(raw.get("family_name") or case_id),
        kind="cancer" if cancer else "rare",
        build=Build.parse(str(given)) if given else None,
        institute=str(raw["owner"]) if raw.get("owner") else None,
        family=case_id,
        people=tuple(_person(s, i, path) for i, s in enumerate(_samples(raw, path))),
        hpo=tuple(_terms(raw, path)),
        panels=tuple(panels),
        files=tuple(files),
        feeds=tuple(_feeds(raw, path)),
        content={
            "kind": "scout",
            "file": path.name,
            "content": _plain(raw),
            "files": [*({"key": f.key, "found": f.path.name} for f in files), *others],
            "panels": panel_files(path.parent, panels),
        },
        warnings=tuple(warnings),
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise _too_much(path)
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise InputError(
            "MANIFEST-OPEN", path.name, f"it cannot be read ({e.strerror})", "Check the path."
        ) from e
    except RecursionError:
        raise _too_much(path) from None
    except (yaml.YAMLError, ValueError) as e:
        why = str(e).splitlines()[0]
        raise InputError("MANIFEST-FORMAT", path.name, f"it is no YAML ({why})", "Fix it.") from e
    if _is_bomb(raw):
        raise _too_much(path)
    if not isinstance(raw, dict):
        raise InputError(
            "MANIFEST-FORMAT", path.name, "it is not a mapping", "Give a Scout load config."
        )
    return {str(k): v for k, v in raw.items()}


def _too_much(path: Path) -> InputError:
    why = "it holds far more than a load config does"
    return InputError(
        "MANIFEST-FORMAT", path.name, why, "Write out what & and * repeat, or fix it."
    )


def _is_bomb(raw: Any) -> bool:
    """Say whether a document, its aliases written out, is endless, or absurdly large or deep."""
    waiting, seen = [(raw, 0)], 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if seen > _MOST or depth > _DEEPEST:
            return True
        if isinstance(value, Mapping):
            waiting += [(v, depth + 1) for v in value.values()]
        elif isinstance(value, list | tuple | set):
            waiting += [(v, depth + 1) for v in value]
    return False


def find(given: str, manifest: Path) -> Path | None:
    """Return where a manifest's path lies, or None."""
    wanted = Path(given)
    tries = [wanted, manifest.parent / wanted]
    parts = wanted.parts
    tries += [manifest.parent.joinpath(*parts[i:]) for i in range(1, len(parts))]
    return next((t for t in tries if _is_file(t)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _vcfs(
    raw: Mapping[str, Any], path: Path, skip_missing: bool, warnings: list[Warning]
) -> Iterator[CaseFile]:
    for key, file_class in VCF_KEYS.items():
        for suffix in ("", _RESEARCH):
            given = raw.get(key + suffix)
            if not given:
                continue
            found = find(str(given), path)
            if found is not None:
                yield CaseFile(found, file_class, bool(suffix), key + suffix)
                continue
            if not skip_missing:
                raise InputError(
                    "MANIFEST-FILE",
                    f"{path.name} {key}{suffix}",
                    f"{given} is not there, nor beside the manifest",
                    "Put the file there, or pass --skip-missing to go on without it.",
                )
            message = f"{key}{suffix}: {given} is not there; gone on without it"
            warnings.append(Warning(0, "MANIFEST-FILE", message))


def _feeds(raw: Mapping[str, Any], path: Path) -> Iterator[FeedFile]:
    """Files of signals and segments that are there; ``_others`` warns of those that are not."""
    for key in FEED_KEYS:
        for sample in _samples(raw, path):
            given = sample.get(key)
            found = find(str(given), path) if given else None
            if found is not None:
                yield FeedFile(found, str(sample.get("sample_id") or "").strip(), key)


def _others(raw: Mapping[str, Any], path: Path, warnings: list[Warning]) -> list[dict[str, Any]]:
    """Every other file that the manifest names, with what was found where."""
    out = []
    for key, given in _named(raw, ""):
        found = find(given, path)
        out.append({"key": key, "given": given, "found": found.name if found else None})
        if found is None:
            message = f"{key}: {given} is not there"
            warnings.append(Warning(0, "MANIFEST-MISSING", message))
    return out


def _named(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if str(name) not in _NOT_FILES and not str(name).startswith("vcf_"):
                yield from _named(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _named(inner, f"{key}[{i}]")
    elif isinstance(value, str) and "/" in value and "://" not in value and _FILE.fullmatch(value):
        yield key, value


def _samples(raw: Mapping[str, Any], path: Path) -> list[Mapping[str, Any]]:
    samples = raw.get("samples") or []
    if not isinstance(samples, list) or not all(isinstance(s, Mapping) for s in samples):
        raise InputError(
            "MANIFEST-FORMAT", path.name, "samples is not a list of mappings", "Fix it."
        )
    return samples


def _person(sample: Mapping[str, Any], index: int, path: Path) -> Person:
    name = str(sample.get("sample_id") or "").strip()
    if not name:
        raise InputError(
            "MANIFEST-SAMPLE", f"{path.name} samples[{index}]", "it has no sample_id", "Add it."
        )

    def text(key: str) -> str | None:
        value = sample.get(key)
        return None if value in (None, "", "0", 0) else str(value)

    sex = str(sample.get("sex", "unknown")).lower()
    affected = str(sample.get("phenotype", "unknown")).lower()
    return Person(
        sample_id=name,
        name=text("sample_name"),
        sex=sex if sex in ("male", "female") else "unknown",
        affected=affected if affected in ("affected", "unaffected") else "unknown",
        father=text("father"),
        mother=text("mother"),
        tissue=text("tissue_type"),
        purity=_fraction(sample.get("tumor_purity"), name, path),
        analysis_type=text("analysis_type"),
        subject=text("subject_id"),
        qc={k: {"value": sample[k], "source": path.name} for k in _QC if sample.get(k) is not None},
    )


def _fraction(value: Any, name: str, path: Path) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= 1:
        raise InputError(
            "MANIFEST-SAMPLE",
            f"{path.name} {name}",
            f"tumor_purity {value!r} is no fraction",
            "Write it from 0 to 1.",
        )
    return number


def _terms(raw: Mapping[str, Any], path: Path) -> list[str]:
    terms = _listed(raw, "phenotype_terms", path)
    return list(dict.fromkeys(m for t in terms for m in _HPO.findall(str(t))))


def _listed(raw: Mapping[str, Any], key: str, path: Path) -> list[Any]:
    value = raw.get(key) or []
    if isinstance(value, list):
        return value
    raise InputError("MANIFEST-FORMAT", path.name, f"{key} is not a list", "Fix it.")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(v) for v in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    finite = not isinstance(value, float) or math.isfinite(value)
    plain = value is None or isinstance(value, str | int | float | bool)
    return value if plain and finite else str(value)
