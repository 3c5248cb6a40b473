"""Every table of the lake: its columns, their units and meaning, and the check at the door.

A row's lists over samples follow ``samples.sample_index`` of the same ingest. Text as the file
gave it is always kept beside typed columns, so a field nobody typed can be read later.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from data_layer.errors import LakeError

SCHEMA_VERSION = 1

#: Variant classes in the order in which pictures stack their lanes, bottom first.
CLASSES: tuple[str, ...] = ("snv", "indel", "sv", "cnv", "str", "mei", "fusion", "bnd")
#: Kinds of case.
KINDS: tuple[str, ...] = ("rare", "cancer", "cohort")
#: VEP impact, strongest first.
IMPACTS: tuple[str, ...] = ("HIGH", "MODERATE", "LOW", "MODIFIER")

_TEXT = pa.string()
_TEXTS = pa.list_(pa.string())


@dataclass(frozen=True)
class Column:
    """One column: Arrow type, unit (empty when none), meaning, and whether null is allowed."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    required: bool = False

    @property
    def kind(self) -> str:
        """What a value is to a reader: ``text``, ``number``, ``flag`` or ``list``."""
        if pa.types.is_list(self.type):
            return "list"
        if pa.types.is_boolean(self.type):
            return "flag"
        is_number = pa.types.is_integer(self.type) or pa.types.is_floating(self.type)
        return "number" if is_number else "text"


@dataclass(frozen=True)
class Table:
    """One lake table and the columns its folders are partitioned by."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    partition: tuple[str, ...] = ("case_id", "ingest_id")

    @property
    def arrow(self) -> pa.Schema:
        """Arrow schema, partition columns included."""
        return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in self.columns])

    @property
    def stored(self) -> pa.Schema:
        """Arrow schema of the files themselves: without the partition columns."""
        return pa.schema([f for f in self.arrow if f.name not in self.partition])

    def column(self, name: str) -> Column:
        """Return one column's description; ``KeyError`` when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


_KEYS = (
    Column("case_id", _TEXT, "the case, as people name it in addresses", required=True),
    Column("ingest_id", _TEXT, "the ingest that wrote the row", required=True),
    Column("schema_version", pa.int16(), "version of this schema", required=True),
)

#: Names of the columns that every per-case table begins with; they say nothing of a row.
KEYS = frozenset(c.name for c in _KEYS)

CASES = Table(
    "cases",
    "an ingest of a case; the newest at a version is the case",
    (
        *_KEYS,
        Column("supersedes", _TEXT, "ingest_id of the same case that this one replaces"),
        Column("name", _TEXT, "name shown to people", required=True),
        Column("kind", _TEXT, "rare, cancer or cohort", required=True),
        Column("build", _TEXT, "GRCh37 or GRCh38", required=True),
        Column("institute", _TEXT, "owner as the manifest names it"),
        Column("created", pa.timestamp("us", tz="UTC"), "when the ingest began", required=True),
        Column("hpo", _TEXTS, "HPO ids observed in the affected"),
        Column("hpo_excluded", _TEXTS, "HPO ids looked for and absent"),
        Column("panels", _TEXTS, "gene panels ordered, as named by the manifest"),
        Column("rows", pa.int64(), "rows of this ingest in variants", "rows", required=True),
        Column("manifest", _TEXT, "JSON: the manifest or command that described the case"),
        Column("sources", _TEXT, "JSON: per file name, sha256, format, class, header text, counts"),
    ),
)

SAMPLES = Table(
    "samples",
    "a person's or tumour's sample in a case",
    (
        *_KEYS,
        Column("sample_index", pa.int16(), "place in the per-sample lists", required=True),
        Column("sample_key", _TEXT, "opaque id of the sample, lake-wide", required=True),
        Column("sample_id", _TEXT, "name in the files", required=True),
        Column("name", _TEXT, "name shown to people; the sample_id when nothing else is given"),
        Column("person_key", _TEXT, "opaque id of the person, lake-wide", required=True),
        Column("sex", _TEXT, "male, female or unknown, as reported", required=True),
        Column("affected", _TEXT, "affected, unaffected or unknown", required=True),
        Column("role", _TEXT, "proband, father, mother, sibling, tumour, normal, relative"),
        Column("father", _TEXT, "sample_id of the father"),
        Column("mother", _TEXT, "sample_id of the mother"),
        Column("tissue", _TEXT, "tissue type as given"),
        Column("is_tumour", pa.bool_(), "true for a tumour sample", required=True),
        Column("purity", pa.float64(), "tumour cell fraction", "fraction"),
        Column("ploidy", pa.float64(), "mean copies over the genome", "copies"),
        Column("timepoint", _TEXT, "diagnosis, relapse or a date"),
        Column("analysis_type", _TEXT, "wgs, wes, panel, wts, ..."),
        Column("qc", _TEXT, "JSON: QC values with their source"),
    ),
)

VARIANTS = Table(
    "variants",
    "a variant of a case, small or structural, as called; one row per alternate allele",
    (
        *_KEYS,
        Column(
            "row_id", pa.int64(), "place in the ingest, sorted by chrom and start", required=True
        ),
        Column("file_index", pa.int16(), "file in cases.sources", required=True),
        Column("record", pa.int64(), "data line in that file, from 0", required=True),
        Column("alt_index", pa.int16(), "allele of the line, from 1; 0 has no ALT", required=True),
        Column("alt_count", pa.int16(), "alleles on the line", required=True),
        Column("vid", _TEXT, "identity across ingests and cases", required=True),
        Column("class", _TEXT, "snv indel sv cnv str mei fusion bnd", required=True),
        Column("chrom", pa.int8(), "1 to 22, X 23, Y 24, M 25, other 26", required=True),
        Column("contig", _TEXT, "contig as the file names it", required=True),
        Column("start", pa.int64(), "first base, 0-based; -1 is the telomere", "bp", required=True),
        Column("end", pa.int64(), "one past the last base", "bp", required=True),
        Column("gpos", pa.int64(), "place on the genome-wide axis", "bp", required=True),
        Column("ref", _TEXT, "reference allele", required=True),
        Column("alt", _TEXT, "this alternate allele, '.' when none", required=True),
        Column("id", _TEXT, "ID column; null when '.'"),
        Column("qual", pa.float64(), "QUAL", "Phred"),
        Column("filter", _TEXTS, "FILTER entries; null when '.', ['PASS'] when passed"),
        Column("svtype", _TEXT, "SVTYPE, else from the symbolic ALT"),
        Column("svlen", pa.int64(), "length of the event, negative for loss", "bp"),
        Column("mate", _TEXT, "MATEID, else the breakend's partner position"),
        Column("callers", _TEXTS, "callers that reported it"),
        Column("gt", pa.list_(pa.int8()), "copies of this allele per sample; -1 no call", "copies"),
        Column("phased", pa.list_(pa.bool_()), "genotype written with |"),
        Column("ps", pa.list_(pa.int64()), "phase set"),
        Column("hemizygous", pa.list_(pa.bool_()), "one copy expected or called"),
        Column("dp", pa.list_(pa.int32()), "read depth", "reads"),
        Column("gq", pa.list_(pa.float32()), "genotype quality", "Phred"),
        Column("ad_ref", pa.list_(pa.int32()), "reads with the reference allele", "reads"),
        Column("ad_alt", pa.list_(pa.int32()), "reads with this allele", "reads"),
        Column("vaf", pa.list_(pa.float32()), "fraction of reads with this allele", "fraction"),
        Column("vaf_source", _TEXTS, "FORMAT field that vaf comes from"),
        Column("gene", _TEXT, "gene symbol of the best transcript"),
        Column("hgnc_id", pa.int32(), "HGNC number of that gene"),
        Column("consequence", _TEXT, "most severe SO term of the best transcript"),
        Column("impact", _TEXT, "HIGH MODERATE LOW MODIFIER"),
        Column("hgvsc", _TEXT, "HGVS on the transcript, as the file wrote it"),
        Column("hgvsp", _TEXT, "HGVS on the protein"),
        Column("transcript", _TEXT, "best transcript with version"),
        Column("mane", _TEXT, "MANE Select, MANE Plus Clinical, canonical; null else"),
        Column("af_max", pa.float64(), "highest population frequency in the file", "fraction"),
        Column("af_max_source", _TEXT, "field that af_max comes from"),
        Column("gnomad_af", pa.float64(), "gnomAD frequency as the file gives it", "fraction"),
        Column("gnomad_hom", pa.int32(), "gnomAD homozygotes as the file gives them", "people"),
        Column("local_obs", pa.int32(), "observations in the caller's own collection", "people"),
        Column("cadd", pa.float32(), "CADD", "Phred"),
        Column("revel", pa.float32(), "REVEL score, not its rank score", "0 to 1"),
        Column("spliceai", pa.float32(), "highest SpliceAI delta score", "0 to 1"),
        Column("clinvar_sig", _TEXT, "ClinVar significance as the file gives it, in words"),
        Column("clinvar_stars", pa.int8(), "ClinVar review stars", "0 to 4"),
        Column("rank_score", pa.float32(), "the caller's rank score for this family"),
        Column("rank_parts", _TEXTS, "parts of the rank score, 'name=value'"),
        Column("models", _TEXTS, "inheritance models as the file gives them"),
        Column("compounds", _TEXT, "Compounds as the file gives them"),
        Column("info", _TEXT, "INFO column as in the file", required=True),
        Column("format", _TEXT, "FORMAT column as in the file; null when absent"),
        Column("sample_text", _TEXTS, "each sample's column as in the file; null when absent"),
    ),
)

#: Columns of ``variants`` that hold a list over the case's samples.
PER_PERSON: tuple[str, ...] = (
    "gt", "phased", "ps", "hemizygous", "dp", "gq", "ad_ref", "ad_alt", "vaf", "vaf_source",
    "sample_text",
)  # fmt: skip

CONSEQUENCES = Table(
    "consequences",
    "a transcript consequence of a variant, from CSQ, ANN or BCSQ",
    (
        *_KEYS,
        Column("row_id", pa.int64(), "the variant", required=True),
        Column("source", _TEXT, "INFO key it comes from: CSQ, ANN or BCSQ", required=True),
        Column("ordinal", pa.int32(), "place among the record's entries, from 0", required=True),
        Column("best", pa.bool_(), "the entry that variants' columns come from", required=True),
        Column("allele", _TEXT, "allele as the annotator writes it"),
        Column("consequence", _TEXTS, "SO terms, most severe first"),
        Column("impact", _TEXT, "HIGH MODERATE LOW MODIFIER"),
        Column("gene", _TEXT, "symbol"),
        Column("gene_id", _TEXT, "Ensembl or Entrez gene id"),
        Column("hgnc_id", pa.int32(), "HGNC number"),
        Column("transcript", _TEXT, "feature id with version"),
        Column("feature_type", _TEXT, "Transcript, RegulatoryFeature, ..."),
        Column("biotype", _TEXT, "transcript biotype"),
        Column("exon", _TEXT, "number/total"),
        Column("intron", _TEXT, "number/total"),
        Column("hgvsc", _TEXT, "HGVS on the transcript"),
        Column("hgvsp", _TEXT, "HGVS on the protein"),
        Column("cdna_position", _TEXT, "place in the transcript, 1-based", "bp"),
        Column("cds_position", _TEXT, "place in the coding sequence, 1-based", "bp"),
        Column("protein_position", _TEXT, "place in the protein, 1-based", "aa"),
        Column("amino_acids", _TEXT, "change of amino acids"),
        Column("codons", _TEXT, "change of codons"),
        Column("canonical", pa.bool_(), "marked canonical"),
        Column("mane", _TEXT, "MANE Select, MANE Plus Clinical; null else"),
        Column("sift", _TEXT, "SIFT as given"),
        Column("polyphen", _TEXT, "PolyPhen as given"),
        Column("text", _TEXT, "the entry as in the file; names stand in cases.sources"),
    ),
)

_SAMPLE_KEYS = (
    Column("sample_key", _TEXT, "the sample, lake-wide", required=True),
    Column("ingest_id", _TEXT, "the ingest that wrote the row", required=True),
    Column("schema_version", pa.int16(), "version of this schema", required=True),
)
_SIGNAL_KEYS = (
    Column("signal", _TEXT, "what was measured: a name of SIGNALS", required=True),
    *_SAMPLE_KEYS,
)
_PLACE = (
    Column("chrom", pa.int8(), "1 to 22, X 23, Y 24, M 25, other 26", required=True),
    Column("start", pa.int64(), "first base, 0-based", "bp", required=True),
    Column("end", pa.int64(), "one past the last base", "bp", required=True),
    Column("gpos", pa.int64(), "place on the genome-wide axis", "bp", required=True),
)

SIGNALS_TABLE = Table(
    "signals",
    "a measured point of a sample, sorted by chrom and start",
    (
        *_SIGNAL_KEYS,
        *_PLACE,
        Column("value", pa.float32(), "the value in the signal's unit; null is no value"),
    ),
    ("sample_key", "signal", "ingest_id"),
)

SIGNAL_TILES = Table(
    "signal_tiles",
    "a count cell of the pyramid over signals, sorted by level, chrom, x and y",
    (
        *_SIGNAL_KEYS,
        Column("level", pa.int8(), "a cell is 2**level bases wide", required=True),
        Column("chrom", pa.int8(), "as in signals", required=True),
        Column("x", pa.int32(), "start >> level", required=True),
        Column("y", pa.int16(), "step of the value's range; see STEPS", required=True),
        Column("n", pa.int32(), "rows of signals in the cell", "rows", required=True),
        Column("min", pa.float32(), "lowest value in the cell; null without values"),
        Column("max", pa.float32(), "highest value in the cell"),
    ),
    ("sample_key", "signal", "ingest_id"),
)

SEGMENTS = Table(
    "segments",
    "a called interval of a sample, sorted by kind, chrom and start",
    (
        *_SAMPLE_KEYS,
        Column("file_index", pa.int16(), "file in cases.sources", required=True),
        Column("record", pa.int64(), "data line in that file, from 0", required=True),
        Column("kind", _TEXT, "a name of SEGMENT_KINDS", required=True),
        *_PLACE,
        Column("contig", _TEXT, "contig as the file names it", required=True),
        Column("caller", _TEXT, "program or format that called it"),
        Column("call", _TEXT, "what it is, in the field's words: DEL, AMP, iso maternal, ..."),
        Column("name", _TEXT, "name or id that the file gives it"),
        Column("cn", pa.float64(), "copies in all", "copies"),
        Column("cn_major", pa.float64(), "copies of the more frequent allele", "copies"),
        Column("cn_minor", pa.float64(), "copies of the less frequent allele", "copies"),
        Column("log2", pa.float64(), "log2 copy ratio"),
        Column("baf", pa.float64(), "B-allele fraction as the caller gives it", "fraction"),
        Column("points", pa.int64(), "bins or sites that the call stands on"),
        Column("score", pa.float64(), "the caller's own score or quality"),
        Column("colour", _TEXT, "colour that a BED asks for, as r,g,b"),
        Column("text", _TEXT, "the line as in the file", required=True),
    ),
    ("sample_key", "ingest_id"),
)

#: Kinds of segment.
SEGMENT_KINDS: tuple[str, ...] = ("cnv", "roh", "upd", "loh", "phase_block", "sv", "region")


@dataclass(frozen=True)
class Signal:
    """What is measured along the genome: its words, unit, and the range a picture starts with.

    ``high`` None means that the range's top is taken from the data at ingest; ``codes`` are the
    words of a signal whose values 0, 1, 2 … are categories.
    """

    name: str
    title: str
    unit: str
    meaning: str
    low: float
    high: float | None
    codes: tuple[str, ...] = ()


SIGNALS: dict[str, Signal] = {
    s.name: s
    for s in (
        Signal("coverage", "Coverage", "log2 ratio", "depth against a normal panel", -3.0, 3.0),
        Signal("log2", "Copy ratio", "log2 ratio", "copy ratio as its caller gives it", -3.0, 3.0),
        Signal("baf", "BAF", "fraction", "reads with the B allele at common sites", 0.0, 1.0),
        Signal("maf", "Minor allele", "fraction", "reads with the rarer allele", 0.0, 0.5),
        Signal("depth", "Depth", "reads", "reads over each base or bin", 0.0, None),
        Signal("roh", "Autozygosity", "fraction", "homozygous share around a site", 0.0, 1.0),
        Signal("methylation", "Methylation", "fraction", "methylated reads of a site", 0.0, 1.0),
        Signal(
            "upd", "UPD sites", "parent", "whose alleles a site shows", -0.5, 4.5,
            ("biparental", "maternal", "paternal", "either parent", "neither parent"),
        ),
    )
}  # fmt: skip

#: Steps that a signal's range is cut into, from 0 at its low end; the top belongs to the last.
STEPS = 256
#: ``y`` of a value below the range, above it, and of a row without a value.
BELOW, ABOVE, NO_VALUE = -1, STEPS, -2

TABLES: dict[str, Table] = {
    t.name: t
    for t in (CASES, SAMPLES, VARIANTS, CONSEQUENCES, SIGNALS_TABLE, SIGNAL_TILES, SEGMENTS)
}
#: Order of commits: a case becomes visible only with its row in ``cases``.
COMMIT_ORDER: tuple[str, ...] = (
    "variants", "consequences", "signals", "signal_tiles", "segments", "samples", "cases",
)  # fmt: skip


def check(table: str, schema: pa.Schema) -> None:
    """Refuse a file whose columns are not exactly the table's stored columns.

    Raises:
        LakeError: a column is missing, unknown, or of another type.
    """
    want = TABLES[table].stored
    have = {f.name: f.type for f in schema}
    problems = [f"{f.name} missing" for f in want if f.name not in have]
    problems += [f"{n} unknown" for n in have if n not in want.names]
    problems += [
        f"{f.name} is {have[f.name]}, expected {f.type}"
        for f in want
        if f.name in have and not _same(have[f.name], f.type)
    ]
    if problems:
        raise LakeError("LAKE-SCHEMA", f"table {table}", "; ".join(problems))


def _same(have: pa.DataType, want: pa.DataType) -> bool:
    if pa.types.is_list(have) and pa.types.is_list(want):
        return _same(have.value_type, want.value_type)
    if pa.types.is_large_string(have):
        have = pa.string()
    if pa.types.is_timestamp(have) and pa.types.is_timestamp(want):
        return bool(have.unit == want.unit)
    return bool(have.equals(want))
