"""Runs of homozygosity as ``bcftools roh`` calls them on the same genotypes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from data_layer.analysis import roh
from data_layer.region import NAMES, chrom_code
from tests.kin_made import BUILD, Copies, World, copies, world

#: Share of the bases in runs that the two may place differently, and the shortest run compared.
APART, LEAST = 0.02, 1_000_000
Span = tuple[int, int, int]


def called(path: Path, *options: str) -> dict[str, list[Span]]:
    """What bcftools calls, by sample."""
    command = ["bcftools", "roh", "-G30", *options, "-O", "r", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    out: dict[str, list[Span]] = {}
    for line in said.splitlines():
        cells = line.split("\t")
        if cells[0] == "RG" and int(cells[5]) >= LEAST:
            out.setdefault(cells[1], []).append(
                (chrom_code(cells[2]), int(cells[3]) - 1, int(cells[4]))
            )
    return out


def shared(ours: list[Span], theirs: list[Span]) -> int:
    return sum(
        max(0, min(a[2], b[2]) - max(a[1], b[1])) for a in ours for b in theirs if a[0] == b[0]
    )


def total(spans: list[Span]) -> int:
    return sum(end - start for _, start, end in spans)


def write_vcf(path: Path, made: World, genotypes: Copies) -> None:
    kept = np.flatnonzero(genotypes >= 0)
    words = np.array(["0/0", "0/1", "1/1"])[genotypes[kept]]
    head = [
        "##fileformat=VCFv4.2",
        *(f"##contig=<ID={n},length={s}>" for n, s in zip(NAMES[:25], BUILD.sizes, strict=False)),
        '##INFO=<ID=AF,Number=1,Type=Float,Description="Frequency">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tkid",
    ]
    rows = zip(made.chrom[kept], made.start[kept], made.frequency[kept], words, strict=True)
    body = [f"chr{c}\t{s + 1}\t.\tA\tG\t.\tPASS\tAF={f:.4f}\tGT\t{w}" for c, s, f, w in rows]
    path.write_text("\n".join([*head, *body]) + "\n")


@pytest.mark.parametrize("seed", [8, 9])
def test_child_of_cousins(tmp_path: Path, seed: int) -> None:
    made = world(200_000, seed)
    grand = made.person(), made.person()
    parents = [made.child(made.child(*grand), made.person()) for _ in range(2)]
    kid = made.spoiled(copies(made.child(parents[0], parents[1])), 0.001)
    write_vcf(tmp_path / "kid.vcf", made, kid)
    theirs = called(tmp_path / "kid.vcf", "--AF-tag", "AF")["kid"]
    found = roh.runs(made.chrom, made.start, kid, made.frequency.astype(np.float32))
    ours = [(r.chrom, r.start, r.end) for r in found]
    assert total(theirs) > 50_000_000
    both = shared(ours, theirs)
    assert both >= (1 - APART) * total(theirs)
    assert both >= (1 - APART) * total(ours)
