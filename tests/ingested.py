"""A case ingested from text or files, with its rows as dicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.ingest.report import IngestReport
from data_layer.lake import Lake, open_lake
from data_layer.region import Build
from data_layer.settings import Settings

CONTIGS = "##contig=<ID=chr1,length=248956422>\n##contig=<ID=chrX,length=156040895>\n"


def vcf_text(
    records: Sequence[str], *, samples: Sequence[str] = (), header: str = "", contigs: str = CONTIGS
) -> str:
    """A VCF with the given data lines; blanks in them stand for tabs."""
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    columns += ["FORMAT", *samples] if samples else []
    lines = ["\t".join(r.split()) for r in records]
    return (
        "##fileformat=VCFv4.2\n" + contigs + header + "\n".join(["\t".join(columns), *lines]) + "\n"
    )


@dataclass
class Ingested:
    """A lake with one case, and what its ingest said."""

    lake: Lake
    report: IngestReport

    def rows(self, table: str = "variants", columns: str = "*") -> list[dict[str, Any]]:
        """Rows in the order of their ids."""
        if table == "cases":
            return [self.lake.snapshot().case(self.report.case_id)]
        if table == "samples":
            return self.lake.snapshot().samples(self.report.case_id)
        scan = self.lake.snapshot().scan(table, self.report.case_id)
        order = "row_id" if table == "variants" else "row_id, source, ordinal"
        found = duckdb.connect().sql(
            f"select {columns} from {scan.sql} order by {order}", params=scan.params
        )
        return found.to_arrow_table().to_pylist()


def a_lake(folder: Path) -> Lake:
    return open_lake(
        str(folder / "lake"), settings=Settings(lake=str(folder / "lake")), create=True
    )


def ingest_files(folder: Path, *paths: Path, **request: Any) -> Ingested:
    """Ingest files into a lake under ``folder``."""
    lake = a_lake(folder)
    asked = CaseRequest(paths=paths, **request)
    return Ingested(lake, ingest_case(lake, asked, settings=Settings()))


def ingest_text(folder: Path, text: str, **request: Any) -> Ingested:
    """Ingest a VCF given as text."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "case.vcf"
    path.write_text(text)
    return ingest_files(folder, path, **({"build": Build.GRCH38} | request))
