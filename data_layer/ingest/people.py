"""Who a case is of: pedigree, manifest and VCF samples put together, with roles and keys."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from data_layer.errors import InputError
from data_layer.ingest.ped import Pedigree
from data_layer.ingest.source import Warning

_TUMOUR = re.compile(r"(?:^|[_.\-\s])tumou?r(?:$|[_.\-\s\d])", re.I)
_NORMAL = re.compile(r"(?:^|[_.\-\s])(?:normal|ref|control|germline)(?:$|[_.\-\s\d])", re.I)
#: Kinds of analysis that need not stand in a VCF.
WITHOUT_CALLS = ("wts", "ogm")


@dataclass(frozen=True)
class Person:
    """One sample of the case, before it has its keys."""

    sample_id: str
    name: str | None = None
    sex: str = "unknown"
    affected: str = "unknown"
    father: str | None = None
    mother: str | None = None
    role: str | None = None
    tissue: str | None = None
    is_tumour: bool = False
    purity: float | None = None
    ploidy: float | None = None
    timepoint: str | None = None
    analysis_type: str | None = None
    subject: str | None = None
    family: str | None = None
    qc: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Family:
    """The people in the order of ``samples``, the family's id, and what was odd."""

    people: tuple[Person, ...]
    family: str | None
    warnings: tuple[Warning, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Sample ids in order."""
        return tuple(p.sample_id for p in self.people)


def is_tumour_name(name: str) -> bool:
    """Say whether a sample is named as a tumour (TUMOR, tumor_sample …)."""
    return bool(_TUMOUR.search(name))


def is_normal_name(name: str) -> bool:
    """Say whether a sample is named as the normal beside a tumour."""
    return bool(_NORMAL.search(name))


def gather(
    in_files: Sequence[str],
    listed: Sequence[Person],
    pedigree: Pedigree | None,
    *,
    cancer: bool,
) -> Family:
    """Put the people together, those of the files first, in the files' order.

    Args:
        in_files: sample names of all files, by first appearance.
        listed: the manifest's samples.
        cancer: whether it is a cancer case.

    Raises:
        InputError: PED-SAMPLE or MANIFEST-SAMPLE, someone is in no file.
    """
    warnings: list[Warning] = []
    known: dict[str, Person] = {p.sample_id: p for p in listed}
    if pedigree is not None:
        _check_in_files(pedigree, in_files, known)
        known = _with_pedigree(pedigree, known)
    for person in listed:
        if person.sample_id not in in_files and person.analysis_type not in WITHOUT_CALLS:
            raise InputError(
                "MANIFEST-SAMPLE",
                f"sample {person.sample_id!r}",
                f"the manifest lists it, no VCF has it; they have {_some(in_files)}",
                "Correct sample_id in the manifest, or the sample name in the VCF.",
            )
    order = [*in_files, *(s for s in known if s not in in_files)]
    people = []
    for name in order:
        if name not in known and known:
            warnings.append(
                Warning(0, "SAMPLE-EXTRA", f"{name!r} is in the VCF only; taken as a relative")
            )
        people.append(known.get(name, Person(name)))
    people = [_as_tumour(p) for p in people] if cancer else people
    people = _with_roles(people, cancer=cancer)
    family = next((p.family for p in people if p.role == "proband" and p.family), None)
    return Family(tuple(_inside(people)), family, tuple(warnings))


def _check_in_files(
    pedigree: Pedigree, in_files: Sequence[str], listed: Mapping[str, Person]
) -> None:
    for row in pedigree.rows.values():
        if row.sample_id not in in_files and row.sample_id not in listed:
            raise InputError(
                "PED-SAMPLE",
                pedigree.where(row),
                f"{row.sample_id!r} is in no VCF; they have {_some(in_files)}",
                "Correct the name, or take the line out.",
            )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(n) for n in names[:5]) or "no samples"
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _with_pedigree(pedigree: Pedigree, known: Mapping[str, Person]) -> dict[str, Person]:
    out = dict(known)
    for row in pedigree.rows.values():
        person = out.get(row.sample_id, Person(row.sample_id))
        out[row.sample_id] = replace(
            person,
            sex=row.sex if row.sex != "unknown" else person.sex,
            affected=row.affected if row.affected != "unknown" else person.affected,
            father=row.father or person.father,
            mother=row.mother or person.mother,
            family=row.family or person.family,
        )
    return out


def _as_tumour(person: Person) -> Person:
    named = is_tumour_name(person.sample_id) or person.affected == "affected"
    return replace(person, is_tumour=named and not is_normal_name(person.sample_id))


def _with_roles(people: Iterable[Person], *, cancer: bool) -> list[Person]:
    people = list(people)
    if cancer:
        if len(people) == 1 and not is_normal_name(people[0].sample_id):
            return [replace(people[0], is_tumour=True, role="tumour")]
        if not any(p.is_tumour for p in people):
            return people
        return [replace(p, role="tumour" if p.is_tumour else "normal") for p in people]
    proband = _proband(people)
    if proband is None:
        return people

    def role(person: Person) -> str:
        if person.sample_id == proband.sample_id:
            return "proband"
        if person.sample_id == proband.father:
            return "father"
        if person.sample_id == proband.mother:
            return "mother"
        shared = {person.father, person.mother} & {proband.father, proband.mother} - {None}
        return "sibling" if shared else "relative"

    return [replace(p, role=role(p)) for p in people]


def _proband(people: Sequence[Person]) -> Person | None:
    affected = [p for p in people if p.affected == "affected"]
    child = next((p for p in affected if p.father or p.mother), None)
    if child or affected:
        return child or affected[0]
    return people[0] if len(people) == 1 else None


def _inside(people: Sequence[Person]) -> list[Person]:
    """Parents who are not among the samples are left out."""
    names = {p.sample_id for p in people}
    return [
        replace(
            p,
            father=p.father if p.father in names else None,
            mother=p.mother if p.mother in names else None,
        )
        for p in people
    ]


def sample_rows(
    people: Sequence[Person], before: Iterable[Mapping[str, Any]], *, cancer: bool
) -> list[dict[str, Any]]:
    """Return the rows of ``samples``; keys of the case's earlier ingest are kept.

    Samples of one subject share a person; so do the tumours and normals of a cancer case whose
    manifest names no subjects.
    """
    earlier = {row["sample_id"]: row for row in before}
    persons: dict[str, str] = {}
    for person in people:
        if person.sample_id in earlier:
            persons.setdefault(_subject(person, cancer), earlier[person.sample_id]["person_key"])
    rows = []
    for index, person in enumerate(people):
        old = earlier.get(person.sample_id)
        key = persons.setdefault(_subject(person, cancer), uuid.uuid4().hex)
        rows.append(
            {
                "sample_index": index,
                "sample_key": old["sample_key"] if old else uuid.uuid4().hex,
                "sample_id": person.sample_id,
                "name": person.name or person.sample_id,
                "person_key": old["person_key"] if old else key,
                "sex": person.sex,
                "affected": person.affected,
                "role": person.role,
                "father": person.father,
                "mother": person.mother,
                "tissue": person.tissue,
                "is_tumour": person.is_tumour,
                "purity": person.purity,
                "ploidy": person.ploidy,
                "timepoint": person.timepoint,
                "analysis_type": person.analysis_type,
                "qc": json.dumps(dict(person.qc), sort_keys=True) if person.qc else None,
            }
        )
    return rows


def _subject(person: Person, cancer: bool) -> str:
    if person.subject:
        return f"subject {person.subject}"
    return "the patient" if cancer else f"sample {person.sample_id}"
