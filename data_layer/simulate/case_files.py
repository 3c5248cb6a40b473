"""Pedigree and manifest beside a simulated case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Member:
    """A person of a case; ``father`` and ``mother`` are sample ids or ``0``.

    ``files`` are the person's own, by the manifest's key, beside the manifest.
    """

    sample: str
    sex: str
    affected: bool
    father: str = "0"
    mother: str = "0"
    tumour: bool = False
    purity: float = 0.0
    files: dict[str, str] = field(default_factory=dict)


def write_ped(path: Path, family: str, members: Sequence[Member]) -> None:
    """Write a pedigree: sex 1 male, 2 female; phenotype 2 affected, 1 not."""
    lines = ["#family_id\tsample_id\tfather\tmother\tsex\tphenotype"]
    lines += [
        f"{family}\t{m.sample}\t{m.father}\t{m.mother}\t{1 if m.sex == 'male' else 2}\t{1 + m.affected}"  # noqa: E501
        for m in members
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_manifest(
    path: Path,
    family: str,
    members: Sequence[Member],
    files: Mapping[str, str],
    *,
    track: str,
    hpo: Sequence[str] = (),
) -> None:
    """Write a load configuration with Scout's keys; file paths are beside it."""
    samples = []
    for member in members:
        one: dict[str, object] = {
            "sample_id": member.sample,
            "sample_name": member.sample,
            "sex": member.sex,
            "phenotype": "affected" if member.affected else "unaffected",
            "father": member.father,
            "mother": member.mother,
            "analysis_type": "wgs",
            "tissue_type": "tumor" if member.tumour else "blood",
        }
        if member.purity:
            one["tumor_purity"] = member.purity
        samples.append(one | member.files)
    config: dict[str, object] = {
        "owner": "simulated",
        "family": family,
        "family_name": family,
        "synopsis": ["Made-up data from norrsken simulate"],
        "phenotype_terms": list(hpo),
        "samples": samples,
        **files,
        "human_genome_build": "38",
        "track": track,
        "rank_score_threshold": -100,
        "gene_panels": [],
    }
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
