"""Runs of homozygosity from the program itself, on a family with one planted."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

from data_layer.ingest.formats import FORMATS, bcftools_roh
from tests.ingested import vcf_text
from tests.segments_made import head_of, rows_of

PLANTED = (5_000_000, 10_000_000)
STEP = 5_000


def family(path: Path) -> Path:
    """A kid without heterozygous sites from 5 to 10 Mb, and a father with them everywhere."""
    draw = random.Random(1)
    records = []
    for pos in range(10_000, 15_000_000, STEP):
        kid, dad = (draw.choice(["0/1", "0/0", "1/1", "0/1"]) for _ in range(2))
        if PLANTED[0] <= pos < PLANTED[1]:
            kid = "1/1"
        records.append(f"chr1 {pos} . A G 50 PASS . GT {kid} {dad}")
    genotype = '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    path.write_text(vcf_text(records, samples=("kid", "dad"), header=genotype))
    return path


def test_the_planted_run_is_read_where_the_program_says(tmp_path: Path) -> None:
    vcf = family(tmp_path / "family.vcf")
    words = ["bcftools", "roh", "-G30", "--AF-dflt", "0.4", str(vcf)]
    told = subprocess.run(words, capture_output=True, check=True, text=True).stdout
    path = tmp_path / "family.roh"
    path.write_text(told)
    head = head_of(path, told)
    (feed,) = next(f for m in FORMATS if (f := m.feeds(head)))
    assert (feed.format, feed.sample) == ("bcftools roh", "kid")
    assert bcftools_roh.feeds(head)[0].name == feed.name == "roh"
    regions = [x.split("\t") for x in told.splitlines() if x.startswith("RG\t")]
    rows = rows_of(feed)
    assert [(r["start"] + 1, r["end"], r["points"], r["score"]) for r in rows] == [
        (int(x[3]), int(x[4]), int(x[6]), float(x[7])) for x in regions
    ]
    (run,) = rows
    assert abs(run["start"] - PLANTED[0]) < 10 * STEP
    assert abs(run["end"] - PLANTED[1]) < 10 * STEP
    assert run["end"] - run["start"] == int(regions[0][5])
