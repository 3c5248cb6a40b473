"""A trio's repeat expansions, as ExpansionHunter and stranger write them, and mobile elements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_layer.region import Build, chrom_name
from data_layer.simulate import header, spread
from data_layer.simulate.codons import BASES
from data_layer.simulate.genome import genome
from data_layer.simulate.spectrum import GRID, NEUTRAL, draw


@dataclass(frozen=True)
class Locus:
    """A repeat locus: GRCh38 place (0-based half-open), unit, usual and harmful lengths."""

    name: str
    chrom: int
    start: int
    end: int
    unit: str
    normal_max: int
    harmful_min: int
    disease: str
    hgnc: int
    mode: str


# Places and limits as published for these loci (stranger's catalogue, MIT).
LOCI: tuple[Locus, ...] = (
    Locus("AR", 23, 67545316, 67545385, "GCA", 35, 38, "SBMA", 644, "XR"),
    Locus("ATN1", 12, 6936716, 6936773, "CAG", 35, 48, "DRPLA", 3033, "AD"),
    Locus("ATXN1", 6, 16327633, 16327723, "TGC", 35, 39, "SCA1", 10548, "AD"),
    Locus("ATXN3", 14, 92071010, 92071034, "GCT", 44, 60, "SCA3", 7106, "AD"),
    Locus("C9ORF72", 9, 27573528, 27573546, "GGCCCC", 25, 31, "FTDALS1", 28337, "AD"),
    Locus("DMPK", 19, 45770204, 45770264, "CAG", 37, 50, "DM1", 2933, "AD"),
    Locus("FMR1", 23, 147912050, 147912110, "CGG", 54, 200, "FragileX", 3775, "XR"),
    Locus("FXN", 9, 69037286, 69037304, "GAA", 35, 51, "FRDA", 3951, "AR"),
    Locus("HTT", 4, 3074876, 3074933, "CAG", 35, 40, "HD", 4851, "AD"),
    Locus("CACNA1A", 19, 13207858, 13207897, "CTG", 18, 20, "SCA6", 1388, "AD"),
)
INFO: tuple[header.Line, ...] = (
    ("END", "1", "Integer", "Last base of the repeat"),
    ("REF", "1", "Integer", "Units in the reference"),
    ("REPID", "1", "String", "Name of the locus"),
    ("VARID", "1", "String", "Name of the variant"),
    ("RL", "1", "Integer", "Reference length in bases"),
    ("RU", "1", "String", "Repeat unit"),
    ("SVTYPE", "1", "String", "Type of event"),
    ("STR_STATUS", "A", "String", "normal, pre_mutation or full_mutation"),
    ("STR_NORMAL_MAX", "1", "Integer", "Most units that are normal"),
    ("STR_PATHOLOGIC_MIN", "1", "Integer", "Fewest units that cause disease"),
    ("Disease", "1", "String", "Disease of the locus"),
    ("HGNCId", "1", "Integer", "HGNC number of the gene"),
    ("InheritanceMode", "1", "String", "How the disease is inherited"),
    ("RankScore", ".", "String", "Rank score of the variant in this family, family_id:score"),
)
FORMAT: tuple[header.Line, ...] = (
    ("GT", "1", "String", "Genotype"),
    ("SO", "1", "String", "Kind of reads that support each allele"),
    ("REPCN", "1", "String", "Units of each allele"),
    ("REPCI", "1", "String", "Interval of units of each allele"),
    ("ADSP", "1", "String", "Spanning reads of each allele"),
    ("ADFL", "1", "String", "Flanking reads of each allele"),
    ("ADIR", "1", "String", "Reads inside the repeat of each allele"),
    ("LC", "1", "Float", "Coverage of the locus"),
)
FILTERS = {"PASS": "All filters passed", "LowDepth": "Fewer than ten reads over the locus"}
_PREMUTATION = 82


def repeats(build: Build, seed: int, case_id: str) -> tuple[list[str], tuple[int, ...]]:
    """Return sorted data lines and every length seen; the mother carries an FMR1 premutation."""
    rng = np.random.default_rng([seed, 102])
    lines, seen = [], set()
    for locus in sorted(LOCI, key=lambda x: (x.chrom, x.start)):
        unit = len(locus.unit)
        reference = (locus.end - locus.start) // unit
        people = _lengths(rng, locus, reference)
        alts = sorted({n for lengths in people for n in lengths if n != reference})
        seen.update(alts)
        base = BASES[int(genome(build, locus.chrom).bases(np.array([locus.start - 1]))[0])]
        status = ",".join(_status(locus, n) for n in alts)
        info = (
            f"END={locus.end};REF={reference};REPID={locus.name};VARID={locus.name};"
            f"RL={locus.end - locus.start};RU={locus.unit};SVTYPE=STR;"
            + (f"STR_STATUS={status};" if alts else "")
            + f"STR_NORMAL_MAX={locus.normal_max};STR_PATHOLOGIC_MIN={locus.harmful_min};"
            f"Disease={locus.disease};HGNCId={locus.hgnc};InheritanceMode={locus.mode};"
            f"RankScore={case_id}:{_score(locus, alts)}"
        )
        alt = ",".join(f"<STR{n}>" for n in alts) or "."
        samples = "\t".join(_sample(rng, lengths, reference, alts) for lengths in people)
        lines.append(
            f"{chrom_name(locus.chrom)}\t{locus.start}\t.\t{base}\t{alt}\t.\tPASS\t{info}\t"
            f"GT:SO:REPCN:REPCI:ADSP:ADFL:ADIR:LC\t{samples}\n"
        )
    return lines, tuple(sorted(seen))


def _score(locus: Locus, lengths: list[int]) -> int:
    states = {_status(locus, n) for n in lengths}
    return 20 if "full_mutation" in states else 10 if "pre_mutation" in states else 0


def _status(locus: Locus, length: int) -> str:
    if length >= locus.harmful_min:
        return "full_mutation"
    return "pre_mutation" if length > locus.normal_max else "normal"


def _lengths(rng: np.random.Generator, locus: Locus, reference: int) -> list[list[int]]:
    """Allele lengths of son, father, mother."""
    spread_of = max(2, min(reference, locus.normal_max - reference) // 2)

    def usual() -> int:
        return int(
            np.clip(reference + rng.integers(-spread_of, spread_of + 1), 3, locus.normal_max)
        )

    father, mother = [usual(), usual()], [usual(), usual()]
    if locus.name == "FMR1":
        mother = [mother[0], _PREMUTATION]
        return [[mother[0]], father[:1], mother]
    if locus.chrom == 23:
        return [mother[:1], father[:1], mother]
    return [sorted([father[0], mother[0]]), sorted(father), sorted(mother)]


def _sample(rng: np.random.Generator, lengths: list[int], reference: int, alts: list[int]) -> str:
    codes = [0 if n == reference else alts.index(n) + 1 for n in lengths]
    order = sorted(range(len(codes)), key=lambda i: codes[i])
    sizes = [lengths[i] for i in order]
    kinds = "/".join("SPANNING" if n < 45 else "INREPEAT" for n in sizes)
    wide = "/".join(f"{n}-{n}" if n < 45 else f"{n - 8}-{n + 14}" for n in sizes)
    spanning = "/".join(str(rng.poisson(14) if n < 45 else 0) for n in sizes)
    flanking = "/".join(str(rng.poisson(9)) for _ in sizes)
    inside = "/".join("0" if n < 45 else str(rng.poisson(12)) for n in sizes)
    genotype = "/".join(str(codes[i]) for i in order)
    counts = "/".join(map(str, sizes))
    return (
        f"{genotype}:{kinds}:{counts}:{wide}:{spanning}:{flanking}:{inside}:{rng.normal(34, 3):.2f}"
    )


MEI_INFO: tuple[header.Line, ...] = (
    ("SVTYPE", "1", "String", "Type of event"),
    ("MEINFO", "4", "String", "Element, first and last base of it, strand"),
    ("END", "1", "Integer", "Last base of the event"),
    ("SVLEN", ".", "Integer", "Length of the inserted element"),
    ("swegen_alu_FRQ", "1", "Float", "Frequency in SweGen (simulated)"),
    ("swegen_l1_FRQ", "1", "Float", "Frequency in SweGen (simulated)"),
    ("swegen_sva_FRQ", "1", "Float", "Frequency in SweGen (simulated)"),
    ("RankScore", ".", "String", "Rank score of the variant in this family, family_id:score"),
)
MEI_FILTERS = {"PASS": "All filters passed"}
MEI_FORMAT: tuple[header.Line, ...] = (
    ("GT", "1", "String", "Genotype"),
    ("GQ", "1", "Integer", "Genotype quality"),
    ("FL", "1", "Integer", "Call status, 8 is best"),
    ("SP", "1", "Float", "Pairs that span the breakpoint"),
    ("CLIP5", "1", "Float", "Clipped reads before the breakpoint"),
    ("CLIP3", "1", "Float", "Clipped reads behind the breakpoint"),
)
_ELEMENTS = (("ALU", "alu", 281), ("L1", "l1", 6019), ("SVA", "sva", 1316))


def mobile(build: Build, seed: int, case_id: str, variants: int) -> list[str]:
    """Return sorted data lines of mobile element insertions."""
    rng = np.random.default_rng([seed, 103])
    rows = []
    for _ in range(max(20, round(variants / 4000))):
        chrom = int(rng.integers(1, 23))
        pieces = spread.allowed(build, chrom)
        first, last = pieces[int(rng.integers(0, len(pieces)))]
        pos = int(rng.integers(first, last))
        name, key, full = _ELEMENTS[int(rng.choice(3, p=[0.82, 0.13, 0.05]))]
        grid, mask = draw(rng, np.full(1, NEUTRAL, dtype=np.int8), 15)
        founders = [(int(mask[0]) >> i) & 1 for i in range(4)]
        child = founders[int(rng.integers(0, 2))] + founders[2 + int(rng.integers(0, 2))]
        copies = (child, sum(founders[:2]), sum(founders[2:]))
        frequency = float(GRID[int(grid[0])])
        length = full if rng.random() < 0.5 else int(rng.integers(full // 5, full))
        base = BASES[int(genome(build, chrom).bases(np.array([pos]))[0])]
        score = -3 if frequency > 0.01 else 4
        info = (
            f"SVTYPE=INS;MEINFO={name},{full - length},{full},{'+-'[int(rng.integers(0, 2))]};"
            f"END={pos + 1};SVLEN={length};swegen_{key}_FRQ={frequency:.4f};"
            f"RankScore={case_id}:{score}"
        )
        samples = "\t".join(_mobile_sample(rng, c) for c in copies)
        text = f"{chrom_name(chrom)}\t{pos + 1}\t.\t{base}\t<INS:ME:{name}>\t.\tPASS\t{info}\t"
        rows.append((chrom, pos, f"{text}GT:GQ:FL:SP:CLIP5:CLIP3\t{samples}\n"))
    rows.sort()
    return [r[2] for r in rows]


def _mobile_sample(rng: np.random.Generator, copies: int) -> str:
    genotype = ("0/0", "0/1", "1/1")[copies]
    reads = [int(rng.poisson(9 * copies)) for _ in range(2)]
    spanning = int(rng.poisson(16 * (2 - copies) / 2 + 0.2))
    return f"{genotype}:{int(rng.integers(20, 99))}:{8 if copies else 3}:{spanning}:{reads[0]}:{reads[1]}"  # noqa: E501
