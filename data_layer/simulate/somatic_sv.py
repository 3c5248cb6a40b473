"""A tumour's copy-number segments and structural variants, planted and random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_layer.region import Build, chrom_name
from data_layer.simulate import header, spread
from data_layer.simulate.codons import BASES
from data_layer.simulate.genome import genome
from data_layer.simulate.report import Truth


@dataclass(frozen=True)
class Segment:
    """Copies in the tumour cells on a stretch, 0-based half-open."""

    chrom: int
    start: int
    end: int
    major: int
    minor: int
    gene: str
    sentence: str

    def truth(self, file: str) -> Truth:
        """Return the row of the truth table."""
        kind = "copy_number" if self.major + self.minor != 2 else "copy_neutral_loss"
        return Truth(
            kind, chrom_name(self.chrom), self.start + 1, self.end, "N",
            f"{self.major}+{self.minor}", self.gene, "tumour", "somatic", file, self.sentence,
        )  # fmt: skip


@dataclass(frozen=True)
class Fusion:
    """A planted translocation between two places, 0-based."""

    chrom: int
    pos: int
    mate_chrom: int
    mate_pos: int
    gene: str
    sentence: str

    def truth(self, file: str) -> Truth:
        """Return the row of the truth table."""
        return Truth(
            "fusion", chrom_name(self.chrom), self.pos + 1, self.pos + 1, "N",
            f"{chrom_name(self.mate_chrom)}:{self.mate_pos + 1}", self.gene, "tumour", "somatic",
            file, self.sentence,
        )  # fmt: skip


PLANTED: tuple[Segment | Fusion, ...] = (
    Segment(17, 10_000, 22_700_000, 1, 0, "TP53", "Loss of 17p with TP53: one copy left"),
    Segment(9, 21_950_000, 22_130_000, 0, 0, "CDKN2A", "Homozygous deletion of CDKN2A"),
    Segment(8, 127_500_000, 128_200_000, 7, 1, "MYC", "Amplification of MYC, eight copies"),
    Segment(10, 41_600_000, 133_780_000, 1, 0, "PTEN", "Loss of 10q with PTEN"),
    Segment(1, 143_200_000, 248_940_000, 2, 1, "", "Gain of 1q, three copies"),
    Segment(13, 18_000_000, 114_350_000, 2, 0, "RB1", "Copy-neutral loss of heterozygosity of 13"),
    Fusion(
        12, 11_870_000, 15, 87_940_000, "ETV6::NTRK3", "Translocation that joins ETV6 and NTRK3"
    ),
)
INFO: tuple[header.Line, ...] = (
    ("END", "1", "Integer", "Last base of the event"),
    ("SVTYPE", "1", "String", "Type of event"),
    ("SVLEN", ".", "Integer", "Length of the event, negative for loss"),
    ("CN", "1", "Integer", "Copies in the tumour cells"),
    ("MATEID", ".", "String", "Id of the other end"),
    ("SOMATIC", "0", "Flag", "Called as somatic"),
    ("SOMATICSCORE", "1", "Integer", "Quality of the somatic call"),
)
FORMAT: tuple[header.Line, ...] = (
    ("PR", ".", "Integer", "Spanning pairs for reference and alternate"),
    ("SR", ".", "Integer", "Split reads for reference and alternate"),
)
SV_FILTERS = {"PASS": "All filters passed", "MinSomaticScore": "Somatic score under 30"}
ALTS = (("DEL", "Deletion"), ("DUP", "Duplication"), ("INV", "Inversion"), ("CNV", "Copy number"))
_TYPES = ("DEL", "DUP", "INV", "BND")


def structural(build: Build, seed: int, count: int, purity: float) -> list[str]:
    """Return sorted data lines, the normal first and without genotypes, as Manta writes them."""
    rng = np.random.default_rng([seed, 401])
    rows: list[tuple[int, int, str]] = []
    for number, event in enumerate(PLANTED):
        if isinstance(event, Fusion):
            ends = ((event.chrom, event.pos), (event.mate_chrom, event.mate_pos))
            rows += _pair(rng, build, f"MantaBND:P{number}", ends, purity / 2, 99)
        elif event.major + event.minor != 2:
            total = event.major + event.minor
            word = "DEL" if total < 2 else "DUP"
            rows.append(
                _span(rng, build, f"P{number}", event.chrom, event.start, event.end, word,
                      purity / 2, 99, total)
            )  # fmt: skip
    for number in range(count):
        chrom = int(rng.integers(1, 23))
        start = _somewhere(rng, build, chrom)
        word = _TYPES[int(rng.choice(4, p=[0.45, 0.2, 0.15, 0.2]))]
        score = int(rng.integers(12, 140))
        share = purity / 2 * float(rng.choice([1.0, 0.35]))
        if word == "BND":
            other = int(rng.integers(1, 23))
            ends = ((chrom, start), (other, _somewhere(rng, build, other)))
            rows += _pair(rng, build, f"MantaBND:{number}", ends, share, score)
            continue
        end = min(start + int(np.exp(rng.normal(9.5, 2))) + 50, build.size(chrom) - 1)
        rows.append(_span(rng, build, str(number), chrom, start, end, word, share, score, None))
    rows.sort()
    return [r[2] for r in rows]


def segments(build: Build, purity: float) -> str:
    """Copy-number segments over the genome in CNVkit's ``.cns`` columns."""
    lines = ["chromosome\tstart\tend\tgene\tlog2\tbaf\tcn\tcn1\tcn2\tdepth\tprobes\tweight"]
    known = [s for s in PLANTED if isinstance(s, Segment)]
    for chrom in range(1, 24):
        for first, last in spread.allowed(build, chrom):
            at = first
            for s in sorted((s for s in known if s.chrom == chrom), key=lambda s: s.start):
                start, end = max(s.start, first), min(s.end, last)
                if start >= end:
                    continue
                if start > at:
                    lines.append(_segment(chrom, at, start, 1, 1, "-", purity))
                lines.append(_segment(chrom, start, end, s.major, s.minor, s.gene or "-", purity))
                at = end
            if at < last:
                lines.append(_segment(chrom, at, last, 1, 1, "-", purity))
    return "\n".join(lines) + "\n"


def _segment(
    chrom: int, start: int, end: int, major: int, minor: int, gene: str, purity: float
) -> str:
    total = purity * (major + minor) + 2 * (1 - purity)
    baf = (purity * minor + 1 - purity) / total
    probes = max(1, (end - start) // 20_000)
    return (
        f"{chrom_name(chrom)}\t{start}\t{end}\t{gene}\t{np.log2(total / 2):.4f}\t{baf:.3f}\t"
        f"{major + minor}\t{major}\t{minor}\t{95 * total / 2:.1f}\t{probes}\t{probes * 0.9:.1f}"
    )


def _somewhere(rng: np.random.Generator, build: Build, chrom: int) -> int:
    first, last = max(spread.allowed(build, chrom), key=lambda p: p[1] - p[0])
    return int(rng.integers(first, last))


def _base(build: Build, chrom: int, pos: int) -> str:
    return BASES[int(genome(build, chrom).bases(np.array([pos]))[0])]


def _samples(rng: np.random.Generator, share: float) -> str:
    out = []
    for fraction, depth in ((0.0, 38), (share, 95)):
        counts = []
        for scale in (1.0, 0.8):
            total = int(rng.poisson(depth * scale)) + 5
            alt = int(rng.binomial(total, fraction))
            counts.append(f"{total - alt},{alt}")
        out.append(":".join(counts))
    return "PR:SR\t" + "\t".join(out) + "\n"


def _span(
    rng: np.random.Generator,
    build: Build,
    name: str,
    chrom: int,
    start: int,
    end: int,
    word: str,
    share: float,
    score: int,
    total: int | None,
) -> tuple[int, int, str]:
    length = start - end if word == "DEL" else end - start
    extra = f";CN={total}" if total is not None else ""
    info = f"END={end};SVTYPE={word};SVLEN={length}{extra};SOMATIC;SOMATICSCORE={score}"
    kept = "PASS" if score >= 30 else "MinSomaticScore"
    return chrom, start, (
        f"{chrom_name(chrom)}\t{start + 1}\tManta{word}:{name}\t{_base(build, chrom, start)}\t"
        f"<{word}>\t.\t{kept}\t{info}\t{_samples(rng, share)}"
    )  # fmt: skip


def _pair(
    rng: np.random.Generator,
    build: Build,
    name: str,
    ends: tuple[tuple[int, int], tuple[int, int]],
    share: float,
    score: int,
) -> list[tuple[int, int, str]]:
    kept = "PASS" if score >= 30 else "MinSomaticScore"
    samples = _samples(rng, share)
    out = []
    for side, (here, there) in enumerate((ends, ends[::-1])):
        base = _base(build, *here)
        far = f"{chrom_name(there[0])}:{there[1] + 1}"
        alt = f"{base}[{far}[" if side == 0 else f"]{far}]{base}"
        info = f"SVTYPE=BND;MATEID={name}:{1 - side};SOMATIC;SOMATICSCORE={score}"
        text = f"{chrom_name(here[0])}\t{here[1] + 1}\t{name}:{side}\t{base}\t{alt}\t.\t{kept}\t"
        out.append((here[0], here[1], f"{text}{info}\t{samples}"))
    return out
