"""Makes the packaged real case from an installable package: one person of 1000 Genomes.

The package peddy (MIT) carries genotypes of the 2,504 people of 1000 Genomes phase 3 at 23,770
exonic sites, one byte each, for principal components. The person is the first whose genotypes
are complete; the frequency is that of all 2,504. Run: python assets/demo/build.py
"""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_layer.region import Build, chrom_code, chrom_name

HERE = Path(__file__).resolve().parent
PACKAGE, VERSION = "peddy", "0.4.8"
PEOPLE = 2504
NAME = "1000-genomes-person"
TEXT = {0: "0/0", 1: "0/1", 2: "1/1"}


def fetch(folder: Path) -> tuple[list[str], NDArray[np.uint8], str]:
    """Download the package by name; return its sites, genotypes (site, person) and licence."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
               "--no-binary", ":all:",
               "--no-build-isolation", "--dest", str(folder), f"{PACKAGE}=={VERSION}"]  # fmt: skip
    subprocess.run(command, check=True)
    root = f"{PACKAGE}-{VERSION}"
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:

        def read(name: str) -> bytes:
            member = archive.extractfile(f"{root}/{name}")
            if member is None:
                raise FileNotFoundError(name)
            return member.read()

        sites = read("peddy/GRCH38.sites").decode().split()
        raw = np.frombuffer(gzip.decompress(read("peddy/GRCH38.sites.bin.gz")), dtype=np.uint8)
        licence = read("LICENSE").decode()
    return sites, raw.reshape(-1, PEOPLE), licence


def header(build: Build) -> str:
    """The VCF header."""
    contigs = "\n".join(f"##contig=<ID={chrom_name(c)},length={build.size(c)}>" for c in range(1, 23))  # fmt: skip # noqa: E501
    return (
        "##fileformat=VCFv4.2\n"
        f"##source={PACKAGE} {VERSION}: 1000 Genomes phase 3 genotypes at exonic sites\n"
        f"{contigs}\n"
        '##INFO=<ID=AC,Number=A,Type=Integer,Description="Alleles among the 2,504 people">\n'
        '##INFO=<ID=AN,Number=1,Type=Integer,Description="Alleles read among the 2,504 people">\n'
        '##INFO=<ID=1000GAF,Number=A,Type=Float,Description="Frequency among the 2,504 people">\n'
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tperson\n"
    )


def body(sites: list[str], genotypes: NDArray[np.uint8]) -> str:
    """Data lines of the sites where the person carries the alternate allele."""
    complete = np.flatnonzero((genotypes <= 2).all(axis=0))
    person = int(complete[0]) if len(complete) else 0
    rows = []
    for site, calls in zip(sites, genotypes, strict=True):
        carried = TEXT.get(int(calls[person]))
        chrom, pos, ref, alt = site.split(":")[:4]
        if carried in (None, "0/0") or chrom_code(chrom) > 22:
            continue
        known = calls[calls <= 2]
        ac, an = int(known.sum()), 2 * len(known)
        info = f"AC={ac};AN={an};1000GAF={ac / an:.6g}"
        rows.append((chrom_code(chrom), int(pos), f"{ref}\t{alt}\t.\t.\t{info}\tGT\t{carried}"))
    rows.sort(key=lambda r: r[:2])
    return "".join(f"{chrom_name(c)}\t{p}\t.\t{rest}\n" for c, p, rest in rows)


def manifest() -> str:
    """A load-config that names the case."""
    return (
        f"family: {NAME}\nfamily_name: One person of 1000 Genomes\nowner: norrsken\n"
        "human_genome_build: '38'\nsynopsis: Real genotypes at 23,770 exonic sites.\n"
        "samples:\n  - sample_id: person\n    sex: unknown\n    phenotype: unknown\n"
        "    father: '0'\n    mother: '0'\n    analysis_type: wgs\n"
        f"vcf_snv: {NAME}.vcf.gz\n"
    )


def build() -> None:
    """Write the VCF, its manifest and its licence."""
    with tempfile.TemporaryDirectory() as folder:
        sites, genotypes, licence = fetch(Path(folder))
    text = header(Build.GRCH38) + body(sites, genotypes)
    held = io.BytesIO()
    with gzip.GzipFile(fileobj=held, mode="wb", compresslevel=9, mtime=0, filename="") as out:
        out.write(text.encode())
    (HERE / f"{NAME}.vcf.gz").write_bytes(held.getvalue())
    (HERE / f"{NAME}.yaml").write_text(manifest())
    note = (
        f"{NAME}.vcf.gz: derived from {PACKAGE} {VERSION}, licence below.\n"
        "Genotypes: The 1000 Genomes Project Consortium, Nature 526:68 (2015), open data.\n\n"
    )
    (HERE / "LICENCE.txt").write_text(note + licence)


if __name__ == "__main__":
    build()
