"""CSQ, ANN and BCSQ of a batch cut into entries, each given to the alleles that it names.

An entry that names no allele of its line stays on all of them, marked as not fitting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SOURCES = ("CSQ", "ANN", "BCSQ")
#: Sub-fields that feed each column, by the names that VEP, SnpEff and bcftools csq give them.
ENTRY_KEYS: dict[str, tuple[str, ...]] = {
    "allele": ("Allele",),
    "raw": ("Consequence", "Annotation"),
    "impact": ("IMPACT", "Annotation_Impact"),
    "gene": ("SYMBOL", "Gene_Name", "HGNC"),
    "gene_id": ("Gene", "Gene_ID"),
    "hgnc_id": ("HGNC_ID",),
    "transcript": ("Feature", "Feature_ID"),
    "feature_type": ("Feature_type",),
    "biotype": ("BIOTYPE", "Transcript_BioType"),
    "exon": ("EXON",),
    "intron": ("INTRON",),
    "rank": ("Rank",),
    "hgvsc": ("HGVSc", "HGVS.c"),
    "hgvsp": ("HGVSp", "HGVS.p"),
    "cdna_position": ("cDNA_position", "cDNA.pos / cDNA.length"),
    "cds_position": ("CDS_position", "CDS.pos / CDS.length"),
    "protein_position": ("Protein_position", "AA.pos / AA.length"),
    "amino_acids": ("Amino_acids",),
    "codons": ("Codons",),
    "canonical": ("CANONICAL",),
    "mane_select": ("MANE_SELECT",),
    "mane_plus": ("MANE_PLUS_CLINICAL",),
    "mane_any": ("MANE",),
    "sift": ("SIFT",),
    "polyphen": ("PolyPhen",),
    "number": ("ALLELE_NUM",),
}
#: Order of sub-fields when the header does not give it.
DEFAULT_FIELDS: dict[str, tuple[str, ...]] = {
    "CSQ": (
        "Allele", "Consequence", "IMPACT", "SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE",
        "EXON", "INTRON", "HGVSc", "HGVSp", "cDNA_position", "CDS_position", "Protein_position",
        "Amino_acids", "Codons",
    ),
    "ANN": (
        "Allele", "Annotation", "Annotation_Impact", "Gene_Name", "Gene_ID", "Feature_Type",
        "Feature_ID", "Transcript_BioType", "Rank", "HGVS.c", "HGVS.p", "cDNA.pos / cDNA.length",
        "CDS.pos / CDS.length", "AA.pos / AA.length",
    ),
    "BCSQ": ("Consequence", "SYMBOL", "Feature", "BIOTYPE", "strand", "Amino_acids", "dna_change"),
}  # fmt: skip


def entry_fields(source: str, header: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Sub-field names of a source: the header's, else the tool's usual ones."""
    if source == "BCSQ":
        return DEFAULT_FIELDS[source]
    return header.get(source, ()) or DEFAULT_FIELDS[source]


@dataclass(frozen=True)
class Records:
    """What entries need of their lines: ids, allele counts, ALT, and names where ALT has several.

    Attributes:
        first: row id of each line's first allele.
        n_alt: alternate alleles of each line.
        alt: ALT as in the file.
        names: names of each allele of lines with several; null for the others.
    """

    first: np.ndarray
    n_alt: np.ndarray
    alt: pa.Array
    names: pa.Array


class Entries:
    """Entries of one source, once for each allele they belong to, in the order of the file."""

    def __init__(
        self, source: str, listed: pa.Array, fields: tuple[str, ...], records: Records
    ) -> None:
        self.source = source
        self._at = {name.lower(): i for i, name in reversed(list(enumerate(fields)))}
        given = pc.fill_null(pc.invert(pc.is_in(listed, value_set=pa.array(["", "."]))), False)
        given = pc.and_(given, pc.is_valid(listed))
        rows = np.flatnonzero(given.to_numpy(zero_copy_only=False))
        entries = pc.split_pattern(listed.take(pa.array(rows)), ",")
        offsets = entries.offsets.to_numpy().astype(np.int64)
        self._texts = entries.flatten()
        self._record = np.repeat(rows, np.diff(offsets))
        self._ordinal = np.arange(len(self._texts)) - np.repeat(offsets[:-1], np.diff(offsets))
        parts = pc.split_pattern(self._texts, "|")
        self._begin = parts.offsets.to_numpy().astype(np.int64)
        self._pieces = parts.flatten()
        self._lengths = pc.binary_length(self._pieces).to_numpy(zero_copy_only=False)
        self._entry, self._allele, self.fits = self._placed(records)
        self.row_id = records.first[self._record[self._entry]] + np.maximum(self._allele, 1) - 1

    @property
    def ordinal(self) -> np.ndarray:
        """Place of each among its line's entries."""
        places: np.ndarray = self._ordinal[self._entry]
        return places

    @property
    def texts(self) -> pa.Array:
        """Each as in the file."""
        return self._texts.take(pa.array(self._entry))

    def column(self, name: str) -> pa.Array | None:
        """A column of ``ENTRY_KEYS``; null where empty, None when the source has no such field."""
        found = self.fields(ENTRY_KEYS[name])
        return found[0] if found else None

    def fields(self, names: Iterable[str]) -> list[pa.Array]:
        """The sub-fields of these names that the source has."""
        places = [self._at[n.lower()] for n in names if n.lower() in self._at]
        return [self._field(place, self._entry) for place in places]

    def _field(self, place: int, entry: np.ndarray) -> pa.Array:
        at = self._begin[entry] + place
        missing = at >= self._begin[entry + 1]
        at[missing] = 0
        missing |= self._lengths[at] == 0 if len(self._lengths) else True
        if missing.all():
            return pa.nulls(len(at), pa.string())
        return self._pieces.take(pa.array(at, mask=missing))

    def _placed(self, records: Records) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Entry, allele from 1, and whether it fits, for every pair that belongs together."""
        every = np.arange(len(self._texts))
        allele = self._own("allele", every)
        alt = records.alt.take(pa.array(self._record))
        short = pc.utf8_slice_codeunits(records.alt, 1)
        short = pc.if_else(pc.equal(short, ""), "-", short).take(pa.array(self._record))
        same = pc.or_(pc.equal(allele, alt), pc.equal(allele, short))
        fits = pc.fill_null(same, True).to_numpy(zero_copy_only=False)
        alleles = np.ones(len(every), dtype=np.int64)
        several = np.flatnonzero(records.n_alt[self._record] > 1)
        if not len(several):
            return every, alleles, fits
        owners = self._owners(several, allele, records)
        entry, place, kept = [], [], []
        for i, (mine, count) in zip(several.tolist(), owners, strict=True):
            found = mine or list(range(1, count + 1))
            entry += [i] * len(found)
            place += found
            kept += [bool(mine)] * len(found)
        one = np.delete(every, several)
        entries = np.concatenate([one, np.array(entry, dtype=np.int64)])
        order = np.argsort(entries, kind="stable")
        return (
            entries[order],
            np.concatenate([alleles[one], np.array(place, dtype=np.int64)])[order],
            np.concatenate([fits[one], np.array(kept, dtype=bool)])[order],
        )

    def _own(self, name: str, entry: np.ndarray) -> pa.Array:
        for key in ENTRY_KEYS[name]:
            if key.lower() in self._at:
                return self._field(self._at[key.lower()], entry)
        return pa.nulls(len(entry), pa.string())

    def _owners(
        self, several: np.ndarray, allele: pa.Array, records: Records
    ) -> list[tuple[list[int], int]]:
        """For entries of lines with several ALTs: the alleles that they name, and how many are."""
        record = self._record[several]
        counts = records.n_alt[record].tolist()
        said = allele.take(pa.array(several)).to_pylist()
        numbers = self._own("number", several).to_pylist()
        at, back = np.unique(record, return_inverse=True)
        names = records.names.take(pa.array(at)).to_pylist()
        out = []
        for name, number, count, line in zip(said, numbers, counts, back.tolist(), strict=True):
            if number is not None:
                given = int(number) if number.strip().isdecimal() else 0
                mine = [given] if 1 <= given <= count else []
            elif name is None:
                mine = []
            else:
                mine = [i + 1 for i, known in enumerate(names[line]) if name in known]
            out.append((mine, count))
        return out
