"""Memory does not grow with the file: four times the records, about the same peak."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import resource, sys
from pathlib import Path
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.lake import open_lake
from data_layer.region import Build
from data_layer.settings import Settings

path, folder = Path(sys.argv[1]), sys.argv[2]
lake = open_lake(folder, settings=Settings(lake=folder), create=True)
asked = CaseRequest(paths=(path,), case_id="c", build=Build.GRCH38)
report = ingest_case(lake, asked, settings=Settings())
print(report.tables["variants"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
HEADER = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=248956422>\n"
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele|Consequence|SYMBOL">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tkid\tdad\tmum\n"
)


def written(path: Path, records: int) -> Path:
    cells = "\t".join(["0/1:12,9:21:40"] * 3)
    with path.open("w") as out:
        out.write(HEADER)
        for begin in range(0, records, 10_000):
            out.writelines(
                f"chr1\t{100 * i + 1}\trs{i}\tA\tG\t50\tPASS\tX={i};{'Y=pad;' * 20}"
                f"CSQ=G|missense_variant|GENE{i},G|intron_variant|GENE{i}\tGT:AD:DP:GQ\t{cells}\n"
                for i in range(begin, min(begin + 10_000, records))
            )
    return path


def peak_mb(folder: Path, records: int) -> int:
    folder.mkdir()
    path = written(folder / "a.vcf", records)
    out = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(folder / "lake")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows, peak = map(int, out.stdout.split())
    assert rows == records
    return peak


@pytest.mark.slow
def test_peak_memory_is_flat(tmp_path: Path) -> None:
    short = peak_mb(tmp_path / "short", 300_000)
    long = peak_mb(tmp_path / "long", 1_200_000)
    assert long < 1.2 * short, f"{short} MB for 300,000 records, {long} MB for 1,200,000"
