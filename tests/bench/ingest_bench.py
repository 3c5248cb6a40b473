"""Ingest against bcftools reading the same fields as text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from data_layer.region import Build
from data_layer.simulate import simulate_trio
from tests.bench.clock import Row, timed

CASE = "bench"
FIELDS = (
    "%CHROM\t%POS\t%ID\t%REF\t%ALT\t%QUAL\t%FILTER\t%INFO"
    "[\t%GT\t%AD\t%DP\t%GQ]\t%Consequence\t%SYMBOL\t%IMPACT\t%HGVSc\t%HGVSp\n"
)


def ingest_rows(folder: Path, variants: int) -> list[Row]:
    """Time the command ``norrsken ingest`` and its peer on one simulated VCF."""
    lake, files = folder / "lake", folder / "files"
    if lake.exists():
        return []
    report = simulate_trio(files, variants=variants, seed=5, build=Build.GRCH38, coverage=False)
    vcf = max((p for p in report.files if p.name.endswith(".vcf.gz")), key=lambda p: p.stat().st_size)  # fmt: skip # noqa: E501
    ped = next(p for p in report.files if p.suffix == ".ped")
    ours = [sys.executable, "-m", "app.cli", "ingest", str(vcf), "--ped", str(ped), "--case", CASE]
    peer = ["bcftools", "+split-vep", "-d", "-f", FIELDS, str(vcf)]
    env = os.environ | {"NORRSKEN_LAKE": str(lake)}

    def run(command: list[str]) -> None:
        subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip # noqa: E501

    peer_seconds = timed(lambda: run(peer))
    seconds = timed(lambda: run(ours))
    return [Row(f"ingest {variants:,} records", "bcftools +split-vep", seconds, seconds, peer_seconds)]  # fmt: skip # noqa: E501
