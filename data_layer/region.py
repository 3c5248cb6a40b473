"""Builds, chromosomes, regions and variant identity: the one place that knows coordinates.

Inside, positions are 0-based half-open and chromosomes are small integers in the build's
order (``1`` to ``22``, then X 23, Y 24, M 25); ``OTHER`` (26) holds every contig that is not
one of the build's 25, under the name the file gave it. 1-based text appears only here, at the
edge: ``Region.parse`` and ``Region.text``, ``vid`` and ``parse_vid``.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from data_layer.errors import InputError

#: Chromosome code of every contig outside the build's 25.
OTHER = 26
#: Width in bases of the lane that pictures give to ``OTHER`` behind chrM.
OTHER_SIZE = 10_000_000
NAMES: tuple[str, ...] = (*(f"chr{i}" for i in range(1, 23)), "chrX", "chrY", "chrM", "other")

# Lengths: GRC assemblies as in UCSC chromInfo, read from bioframe 0.8.0 (MIT).
_GRCH38 = (
    248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636,
    138394717, 133797422, 135086622, 133275309, 114364328, 107043718, 101991189, 90338345,
    83257441, 80373285, 58617616, 64444167, 46709983, 50818468, 156040895, 57227415, 16569,
)  # fmt: skip
_GRCH37 = (
    249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022,
    141213431, 135534747, 135006516, 133851895, 115169878, 107349540, 102531392, 90354753,
    81195210, 78077248, 59128983, 63025520, 48129895, 51304566, 155270560, 59373566, 16569,
)  # fmt: skip
#: Length of hg19's chrM (NC_001807), which UCSC files carry instead of the rCRS.
HG19_CHRM = 16571

# Pseudo-autosomal regions, 0-based half-open (GRC; 1-based 10001-2781479 and so on).
_PAR = {
    "GRCh38": {23: ((10000, 2781479), (155701382, 156030895)),
               24: ((10000, 2781479), (56887902, 57217415))},
    "GRCh37": {23: ((60000, 2699520), (154931043, 155260560)),
               24: ((10000, 2649520), (59034049, 59363566))},
}  # fmt: skip

_ALIASES = {"X": 23, "Y": 24, "M": 25, "MT": 25, "23": 23, "24": 24, "25": 25}
_NUMBER = r"([\d,_]+(?:\.\d+)?[kKmM]?[bB]?)"
_REGION = re.compile(rf"^\s*([^\s:]+)(?:\s*:\s*{_NUMBER}\s*(?:(?:-|\.\.)\s*{_NUMBER})?)?\s*$")
MAX_VID = 80


class Build(StrEnum):
    """A human reference assembly."""

    GRCH37 = "GRCh37"
    GRCH38 = "GRCh38"

    @classmethod
    def parse(cls, text: str) -> Build:
        """Read ``38``, ``hg38``, ``GRCh38``, ``37``, ``hg19`` and the like."""
        word = text.strip().lower().removeprefix("grch").removeprefix("hg").removeprefix("b")
        match word.split(".")[0]:
            case "38":
                return cls.GRCH38
            case "37" | "19":
                return cls.GRCH37
        raise InputError("BUILD", "genome build", f"{text!r} is not a build", "Use 37 or 38.")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Lengths in bases of codes 1 to 26; the last is the lane for other contigs."""
        return (*(_GRCH38 if self is Build.GRCH38 else _GRCH37), OTHER_SIZE)

    @property
    def offsets(self) -> tuple[int, ...]:
        """``gpos`` at which codes 1 to 26 begin."""
        out, total = [], 0
        for size in self.sizes:
            out.append(total)
            total += size
        return tuple(out)

    @property
    def genome_size(self) -> int:
        """Bases in chromosomes 1 to 22, X, Y and M."""
        return sum(self.sizes[:-1])

    def size(self, chrom: int) -> int:
        """Length in bases of one chromosome code."""
        return self.sizes[chrom - 1]

    def gpos(self, chrom: int, start: int) -> int:
        """Place on the genome-wide axis of a 0-based position; other contigs share one lane."""
        edge = self.size(chrom) - 1
        return self.offsets[chrom - 1] + max(0, min(start, edge))

    def locate(self, gpos: int) -> tuple[int, int]:
        """Return ``(chrom, start)`` for a place on the genome-wide axis."""
        offsets = self.offsets
        chrom = max(i for i, o in enumerate(offsets) if o <= max(gpos, 0)) + 1
        return chrom, min(max(gpos, 0) - offsets[chrom - 1], self.size(chrom) - 1)

    def in_par(self, chrom: int, start: int) -> bool:
        """Say whether a 0-based position lies in a pseudo-autosomal region of X or Y."""
        return any(a <= start < b for a, b in _PAR[self.value].get(chrom, ()))

    def par(self, chrom: int) -> tuple[tuple[int, int], ...]:
        """Pseudo-autosomal intervals of a chromosome, 0-based half-open."""
        return _PAR[self.value].get(chrom, ())


def chrom_code(name: str) -> int:
    """Return the code of a contig as any file names it; ``OTHER`` for what is not one of 25."""
    word = name.strip()
    if word[:3].lower() == "chr":
        word = word[3:]
    if re.fullmatch(r"[1-9][0-9]?", word) and int(word) <= 22:
        return int(word)
    return _ALIASES.get(word.upper(), OTHER)


def chrom_name(code: int) -> str:
    """Return the ``chr``-prefixed name of a code."""
    return NAMES[code - 1]


@dataclass(frozen=True)
class Region:
    """An interval of one chromosome, 0-based half-open."""

    build: Build
    chrom: int
    start: int
    end: int

    @classmethod
    def parse(cls, text: str, build: Build) -> Region:
        """Read what people type, 1-based inclusive: ``7:55,019,017-55,211,628``, ``chrX``, ``6:1kb-2M``.

        Raises:
            InputError: the text is no region, or lies outside the chromosome.
        """  # noqa: E501
        found = _REGION.match(text)
        code = chrom_code(found.group(1)) if found else OTHER
        if not found or code == OTHER:
            raise InputError("REGION", repr(text), "not a region", "Write chr7:55,019,017-55,211,628.")  # fmt: skip # noqa: E501
        size = build.size(code)
        if found.group(2) is None:
            return cls(build, code, 0, size)
        first = _bases(found.group(2))
        last = _bases(found.group(3)) if found.group(3) else first
        if not (1 <= first <= last and first <= size):
            raise InputError("REGION", repr(text), f"outside {chrom_name(code)}, 1 to {size:,}")
        return cls(build, code, first - 1, min(last, size))

    @property
    def gpos(self) -> tuple[int, int]:
        """The interval on the genome-wide axis, half-open."""
        first = self.build.gpos(self.chrom, self.start)
        return first, first + (self.end - self.start)

    def text(self) -> str:
        """Return the 1-based text that ``parse`` reads back."""
        return f"{chrom_name(self.chrom)}:{self.start + 1:,}-{self.end:,}"


def _bases(text: str) -> int:
    word = text.replace(",", "").replace("_", "").lower().removesuffix("b")
    factor = {"k": 1_000, "m": 1_000_000}.get(word[-1:], 1)
    try:
        return round(float(word.rstrip("km")) * factor)
    except (ValueError, OverflowError):
        raise InputError("REGION", repr(text), "not a position", "Write 55,019,017.") from None


def vid(build: Build, chrom: str, start: int, ref: str, alt: str) -> str:
    """Identity of a small variant: ``build-chrom-pos-ref-alt``, 1-based, sha256 when over 80."""
    return _short(f"{build}-{chrom}-{start + 1}-{ref}-{alt}")


def sv_vid(build: Build, chrom: str, start: int, end: int, svtype: str, mate: str) -> str:
    """Identity of a structural variant: ``build-chrom-start-end-type-mate``, start 1-based."""
    return _short(f"{build}-{chrom}-{start + 1}-{end}-{svtype}-{mate}")


def _short(text: str) -> str:
    return text if len(text) <= MAX_VID else hashlib.sha256(text.encode()).hexdigest()
