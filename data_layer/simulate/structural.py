"""A trio's structural variants, as a merged Manta-like VCF."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_layer.reference.genes import gene
from data_layer.reference.transcripts import Transcript, transcripts_in
from data_layer.region import Build, chrom_name
from data_layer.simulate import header, spread
from data_layer.simulate.codons import BASES
from data_layer.simulate.csq import FIELDS
from data_layer.simulate.family import EVENTS, Event, haplotypes_of
from data_layer.simulate.genome import genome
from data_layer.simulate.spectrum import GRID, NEUTRAL, draw

PARTS = (
    "variant_length", "Variant_call_quality_filter", "Inheritance_Models", "Consequence",
    "variant_type", "Gene_intolerance_prediction", "allele_frequency",
)  # fmt: skip
INFO: tuple[header.Line, ...] = (
    ("END", "1", "Integer", "Last base of the event"),
    ("SVTYPE", "1", "String", "Type of event"),
    ("SVLEN", ".", "Integer", "Length of the event, negative for loss"),
    ("CIPOS", "2", "Integer", "Interval around POS"),
    ("CIEND", "2", "Integer", "Interval around END"),
    ("IMPRECISE", "0", "Flag", "Breakpoints are not exact"),
    ("MATEID", ".", "String", "Id of the other end"),
    ("EVENT", "1", "String", "Id of the event that both ends belong to"),
    ("set", "1", "String", "Callers that found the event"),
    ("gnomad_svAF", "1", "Float", "Frequency in gnomAD-SV (simulated)"),
    ("swegenAF", "1", "Float", "Frequency in SweGen (simulated)"),
    ("swegenOCC", "1", "Integer", "Carriers in SweGen (simulated)"),
    *(h if h[0] != "RankResult" else ("RankResult", ".", "String", "|".join(PARTS)) for h in header.RANKED),  # noqa: E501
    ("CSQ", ".", "String", f"Consequence annotations from Ensembl VEP. Format: {FIELDS}"),
)  # fmt: skip
FORMAT: tuple[header.Line, ...] = (
    ("GT", "1", "String", "Genotype"),
    ("FT", "1", "String", "Sample filter"),
    ("GQ", "1", "Integer", "Genotype quality"),
    ("PL", "G", "Integer", "Phred-scaled genotype likelihoods"),
    ("PR", ".", "Integer", "Spanning pairs for reference and alternate"),
    ("SR", ".", "Integer", "Split reads for reference and alternate"),
)
FILTERS = {
    "PASS": "All filters passed",
    "MinQUAL": "QUAL is low",
    "MaxDepth": "Depth is far above the mean",
    "NoPairSupport": "No spanning pair supports the event",
}
ALTS = (
    ("DEL", "Deletion"), ("DUP", "Duplication"), ("DUP:TANDEM", "Tandem duplication"),
    ("INV", "Inversion"), ("INS", "Insertion"),
)  # fmt: skip
_TYPES = ("DEL", "INS", "DUP", "INV", "BND")
_MOST_GENES = 40
#: Structural variants in the file for each small variant asked for.
PER_SITE = 1 / 500


@dataclass(frozen=True)
class Call:
    """One structural event before it is written; ``mate`` is another place for breakends."""

    chrom: int
    start: int
    end: int
    svtype: str
    genotypes: tuple[str, str, str]
    frequency: float
    passed: bool
    mate: tuple[int, int] | None = None
    score: int | None = None
    model: str = ""


def structural(build: Build, seed: int, case_id: str, variants: int) -> tuple[list[str], int]:
    """Return sorted data lines of the trio's structural variants, and how many."""
    rng = np.random.default_rng([seed, 101])
    count = max(60, round(variants * PER_SITE))
    calls = [_planted(e) for e in EVENTS if e.kind.startswith("deletion")]
    calls += _draw(rng, build, count)
    rows: list[tuple[int, int, str]] = []
    for number, call in enumerate(calls):
        rows += _lines(rng, build, case_id, number, call)
    rows.sort()
    return [r[2] for r in rows], len(rows)


def _planted(event: Event) -> Call:
    child, father, mother = (("0/0", "0/1", "1/1")[n] for n in event.copies)
    return Call(
        event.chrom, event.start, event.end, "DEL", (child, father, mother), 0.0, True,
        score=38 if event.end - event.start > 100_000 else 32,
        model="AD_dn" if event.inheritance == "de_novo" else event.inheritance,
    )  # fmt: skip


def _draw(rng: np.random.Generator, build: Build, count: int) -> list[Call]:
    weight = np.array([sum(b - a for a, b in spread.allowed(build, c)) for c in range(1, 24)])
    chroms = rng.choice(np.arange(1, 24), count, p=weight / weight.sum())
    types = rng.choice(len(_TYPES), count, p=[0.46, 0.34, 0.1, 0.03, 0.07])
    size = np.exp(rng.normal(np.log(350), 1.5, count))
    alu = rng.random(count) < 0.25
    size[alu] = rng.normal(310, 12, int(alu.sum()))
    size = np.clip(size, 50, 2_000_000).astype(int)
    out = []
    for chrom, kind, length in zip(chroms.tolist(), types.tolist(), size.tolist(), strict=True):
        start = _somewhere(rng, build, chrom, length)
        if any(e.chrom == chrom and e.start < start + length and start < e.end for e in EVENTS):
            continue
        present = haplotypes_of(build, chrom, np.array([start]))
        grid, mask = draw(rng, np.full(1, NEUTRAL, dtype=np.int8), int(present[0]))
        svtype = _TYPES[kind]
        mate = None
        if svtype == "BND":
            other = int(rng.integers(1, 23))
            mate = (other, _somewhere(rng, build, other, 1))
        end = start + (1 if svtype in ("INS", "BND") else length)
        haploid = chrom == 23 and int(present[0]) != 15
        out.append(
            Call(
                chrom, start, end if svtype != "INS" else start + length, svtype,
                _genotypes(rng, int(mask[0]), haploid), float(GRID[int(grid[0])]),
                bool(rng.random() > 0.08), mate,
            )
        )  # fmt: skip
    return out


def _somewhere(rng: np.random.Generator, build: Build, chrom: int, length: int) -> int:
    pieces = spread.allowed(build, chrom)
    sizes = np.array([max(1, b - a - length) for a, b in pieces], dtype=float)
    piece = int(rng.choice(len(pieces), p=sizes / sizes.sum()))
    return int(pieces[piece][0] + rng.integers(0, int(sizes[piece])))


def _genotypes(rng: np.random.Generator, mask: int, haploid: bool) -> tuple[str, str, str]:
    """Genotypes of son, father and mother from the founders' haplotypes."""
    founders = [(mask >> i) & 1 for i in range(4)]
    maternal = founders[2 + int(rng.integers(0, 2))]
    if haploid:
        return str(maternal), str(founders[0]), _pair(founders[2], founders[3])
    paternal = founders[int(rng.integers(0, 2))]
    return _pair(paternal, maternal), _pair(*founders[:2]), _pair(*founders[2:])


def _pair(one: int, two: int) -> str:
    return f"{min(one, two)}/{max(one, two)}"


def _sample(rng: np.random.Generator, genotype: str) -> str:
    alleles = [int(a) for a in genotype.split("/")]
    share = sum(alleles) / len(alleles)
    pairs, splits = int(rng.poisson(30)) + 4, int(rng.poisson(24)) + 4
    pr, sr = int(rng.binomial(pairs, share)), int(rng.binomial(splits, share))
    best = {"0/0": 0, "0/1": 1, "1/1": 2, "0": 0, "1": 1}[genotype]
    likely = [0 if i == best else int(rng.integers(40, 900)) for i in range(len(alleles) + 1)]
    quality = min(99, sorted(likely)[1])
    return f"{genotype}:PASS:{quality}:{','.join(map(str, likely))}:{pairs - pr},{pr}:{splits - sr},{sr}"  # noqa: E501


def _lines(
    rng: np.random.Generator, build: Build, case_id: str, number: int, call: Call
) -> list[tuple[int, int, str]]:
    """One data line, two for a pair of breakends."""
    samples = "\t".join(_sample(rng, g) for g in call.genotypes)
    name = f"Manta{call.svtype}:{number}:0:1:0:0"
    quality = int(rng.integers(200, 1000)) if call.passed else int(rng.integers(5, 40))
    word = "PASS" if call.passed else str(rng.choice(list(FILTERS)[1:]))
    info = _info(rng, build, case_id, call)
    tail = f"GT:FT:GQ:PL:PR:SR\t{samples}\n"
    ref = _base(build, call.chrom, call.start)
    if call.mate is None:
        alt = "<DUP:TANDEM>" if call.svtype == "DUP" else f"<{call.svtype}>"
        text = f"{chrom_name(call.chrom)}\t{call.start + 1}\t{name}\t{ref}\t{alt}\t{quality}\t{word}\t{info}\t{tail}"  # noqa: E501
        return [(call.chrom, call.start, text)]
    out = []
    ends = ((call.chrom, call.start), call.mate)
    right = bool(rng.integers(0, 2))
    for side, (here, there) in enumerate((ends, ends[::-1])):
        base = _base(build, *here)
        far = f"{chrom_name(there[0])}:{there[1] + 1}"
        forward = right == (side == 0)
        alt = f"{base}[{far}[" if forward else f"]{far}]{base}"
        mates = f"SVTYPE=BND;MATEID={name}:{1 - side};EVENT={name}"
        text = f"{chrom_name(here[0])}\t{here[1] + 1}\t{name}:{side}\t{base}\t{alt}\t{quality}\t{word}\t{mates};{info}\t{tail}"  # noqa: E501
        out.append((here[0], here[1], text))
    return out


def _base(build: Build, chrom: int, pos: int) -> str:
    return BASES[int(genome(build, chrom).bases(np.array([pos]))[0])]


def _info(rng: np.random.Generator, build: Build, case_id: str, call: Call) -> str:
    length = call.end - call.start
    parts = []
    if call.mate is None:
        signed = -length if call.svtype == "DEL" else length
        end = call.start + 1 if call.svtype == "INS" else call.end
        parts += [f"END={end}", f"SVTYPE={call.svtype}", f"SVLEN={signed}"]
        if rng.random() < 0.5 and call.score is None:
            wide = int(rng.integers(10, 200))
            parts += ["IMPRECISE", f"CIPOS=-{wide},{wide}", f"CIEND=-{wide},{wide}"]
    parts.append(f"set={rng.choice(['manta', 'manta|tiddit', 'tiddit', 'manta|tiddit|cnvnator'])}")
    if call.frequency > 5e-5:
        parts += [f"gnomad_svAF={call.frequency:.4g}", f"swegenAF={call.frequency:.3f}"]
        parts.append(f"swegenOCC={round(call.frequency * 2000)}")
    rows = transcripts_in(build, call.chrom, call.start, max(call.end, call.start + 1))
    entries = [_entry(call, row, build) for row in rows[:_MOST_GENES]]
    severe = min((e[0] for e in entries), default=3)
    points = _points(call, length, severe)
    model = call.model or _model(call.genotypes)
    if model:
        parts.append(f"GeneticModels={case_id}:{model}")
    parts += [f"RankScore={case_id}:{sum(points)}", f"RankResult={'|'.join(map(str, points))}"]
    allele = {"DEL": "deletion", "DUP": "duplication", "INS": "insertion", "INV": "inversion"}
    word = allele.get(call.svtype, "BND")
    blank = f"{word}|intergenic_variant|MODIFIER{'|' * (FIELDS.count('|') - 2)}"
    parts.append("CSQ=" + (",".join(f"{word}|{e[1]}" for e in entries) or blank))
    return ";".join(parts)


def _model(genotypes: tuple[str, str, str]) -> str:
    child, father, mother = (g.count("1") for g in genotypes)
    if child == 1 and father == 0 and mother == 0:
        return "AD_dn"
    return "AR_hom" if child == 2 and father == 1 and mother == 1 else ""


def _points(call: Call, length: int, severe: int) -> list[int]:
    """Points in the order of ``PARTS``; a planted event is raised in variant_type."""
    f = call.frequency
    rarity = 4 if f < 0.0001 else 2 if f < 0.01 else -12
    model = call.model or _model(call.genotypes)
    points = [
        3 if length > 100_000 else 1 if length > 1000 else 0,
        2 if call.passed else 0,
        3 if model == "AD_dn" else 1 if model else -12,
        (8, 5, 0, 0)[severe],
        1 if call.svtype in ("DEL", "DUP") else 0,
        0,
        rarity,
    ]
    if call.score is not None:
        points[4] += call.score - sum(points)
    return points


def _entry(call: Call, row: Transcript, build: Build) -> tuple[int, str]:
    """Severity (0 worst) and the CSQ entry behind the allele."""
    whole = call.start <= row.start and row.end <= call.end and call.svtype in ("DEL", "DUP")
    exonic = any(a < call.end and call.start < b for a, b in row.exons)
    known = gene(build, row.symbol)
    change = "feature_elongation" if call.svtype in ("DUP", "INS") else "feature_truncation"
    if whole:
        level, term = 0, "transcript_ablation|HIGH"
        if call.svtype == "DUP":
            term = "transcript_amplification|HIGH"
    elif exonic and call.svtype != "BND":
        level, term = 1, f"coding_sequence_variant&{change}|HIGH"
    elif exonic:
        level, term = 1, "coding_sequence_variant|MODIFIER"
    else:
        level, term = 2, f"intron_variant&{change}|MODIFIER"
    hgnc = known.hgnc_id if known else ""
    refseq = row.refseq if row.rule.startswith("MANE Select") else ""
    fixed = f"{row.symbol}|{row.ensg.partition('.')[0]}|Transcript|{row.enst}|protein_coding"
    tail = f"{row.strand}|{hgnc}|YES|{refseq}"
    return level, f"{term}|{fixed}{'|' * 10}{tail}{'|' * 9}Ensembl"
