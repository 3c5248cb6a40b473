"""Sex and copies of each chromosome, from depth and from heterozygosity on X.

Copies of a chromosome from depth: ``2 x depth / median depth of the autosomes``; from log2
ratios against a panel: ``expected x 2 ** (log2 - median log2 of the autosomes)``, where expected
is what the panel has (a panel of the same sex has one X for a male). X and Y are judged outside
the pseudo-autosomal regions. A deviation over 0.1 copies from the nearest whole karyotype is
warned of, as Gens does.

Limits: a mosaic lies between whole numbers; two alike X (isodisomy) show no heterozygous call;
loss of Y in blood with age is common; capture panels bias depth by chromosome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

SOURCE = "Gens (SMD-Bioinformatics-Lund), warning at a deviation over 0.1 copies"
#: No paper is followed for the sex: its bounds are tried on simulated and on real families.
SEX_SOURCE = "bounds set here"
FORMULA_DEPTH = "2 x depth / median depth of the autosomes"
FORMULA_LOG2 = "expected x 2 ** (log2 - median log2 of the autosomes)"
X, Y = 23, 24
#: Copies away from a whole number that are warned of.
DEVIATION = 0.1
#: Share of heterozygous calls among those carried on X: from it on two X differ; up to it one.
HET_TWO, HET_ONE = 0.2, 0.06
#: Autosomes that the median of the autosomes needs.
AUTOSOMES = 10
#: Calls on X, and places on Y, that a verdict needs.
FEWEST = 30
#: Copies of Y by depth, and share of Y sites with a call, from which a Y is there.
Y_DEPTH, Y_CALLED, Y_ABSENT = 0.4, 0.5, 0.2
#: Two different X with fewer calls on Y than one in so many on X: there is no Y to call.
FEW_ON_Y = 100
#: Sex of each karyotype that has a name.
SEXES = {
    "XX": "female", "XY": "male", "X0": "female", "XXY": "male", "XYY": "male", "XXX": "female",
    "XXYY": "male", "XXXY": "male", "XXXX": "female",
}  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What speaks for a sex; None where nothing was measured.

    Attributes:
        x_carried: SNVs carried on X outside PAR; ``x_het`` of them heterozygous.
        y_sites: SNVs of the case on Y outside PAR; ``y_called`` of them called in the person.
        x_copies: copies of X by depth, likewise ``y_copies``.
    """

    x_carried: int = 0
    x_het: int = 0
    y_sites: int = 0
    y_called: int = 0
    x_copies: float | None = None
    y_copies: float | None = None

    @property
    def x_share(self) -> float | None:
        """Share of heterozygous calls on X; None with too few."""
        return self.x_het / self.x_carried if self.x_carried >= FEWEST else None


@dataclass(frozen=True)
class Sex:
    """A verdict on sex.

    Attributes:
        karyotype: ``XX``, ``XY``, ``X0``, ``XXY`` …; None when undetermined.
        doubts: what does not fit, in words.
    """

    karyotype: str | None
    x: int | None
    y: int | None
    doubts: tuple[str, ...] = ()

    @property
    def sex(self) -> str | None:
        """``male`` with a Y, else ``female``; None when undetermined."""
        if self.karyotype is None:
            return None
        return SEXES.get(self.karyotype, "male" if self.y else "female")


def centre(values: NDArray[np.float32]) -> float | None:
    """Return the mean of the values within half the median of it; None without values.

    Unlike a median of whole numbers of reads it moves with small changes of depth.
    """
    given = values[np.isfinite(values)]
    if not len(given):
        return None
    middle = float(np.median(given))
    if middle <= 0:
        return middle
    kept = given[(given >= 0.5 * middle) & (given <= 1.5 * middle)]
    return float(kept.mean(dtype=np.float64))


def copies_of_depth(depth: Mapping[int, float]) -> dict[int, float]:
    """Return copies by chromosome code from the depth of each; empty without ten autosomes."""
    autosomes = [d for c, d in depth.items() if c <= 22]
    if len(autosomes) < AUTOSOMES or median(autosomes) <= 0:
        return {}
    return {c: 2 * d / median(autosomes) for c, d in depth.items()}


def copies_of_log2(log2: Mapping[int, float], panel_sex: str | None) -> dict[int, float]:
    """Return copies by chromosome code from median log2 ratios against a panel of one sex.

    Without a panel's sex, X and Y are left out. Empty without ten autosomes.
    """
    autosomes = [v for c, v in log2.items() if c <= 22]
    if len(autosomes) < AUTOSOMES:
        return {}
    base = median(autosomes)
    expected: dict[int, int] = {}
    if panel_sex in ("male", "female"):
        expected = {X: 1 if panel_sex == "male" else 2, Y: 1 if panel_sex == "male" else 0}
    return {
        c: expected.get(c, 2) * float(2 ** (v - base))
        for c, v in log2.items()
        if c <= 22 or expected.get(c)
    }


def judge(evidence: Evidence) -> Sex:
    """Return the karyotype of X and Y that the evidence speaks for."""
    share = evidence.x_share
    x = _x_copies(evidence)
    y = _y_copies(evidence)
    doubts = []
    if x == 1 and share is not None and share >= HET_TWO:
        doubts.append("heterozygous calls on a single X: another person's DNA, or a mosaic")
    if x is not None and x >= 2 and share is not None and share <= HET_ONE:
        doubts.append("two X without a heterozygous call: alike, or a wrong depth")
    for name, copies in (("X", evidence.x_copies), ("Y", evidence.y_copies)):
        if copies is not None and abs(copies - round(copies)) > 2 * DEVIATION:
            doubts.append(f"{copies:.2f} copies of {name}: a mosaic, or uneven depth")
    if x is None or y is None:
        return Sex(None, x, y, tuple(doubts))
    return Sex("X0" if (x, y) == (1, 0) else "X" * x + "Y" * y, x, y, tuple(doubts))


def deviations(copies: Mapping[int, float], sex: Sex) -> dict[int, float]:
    """Return copies less the whole number expected, for chromosomes beyond ``DEVIATION``.

    Expected are two autosomes; of X and Y, one each for who has a Y and two X for who has none.
    """
    out = {}
    for code, value in copies.items():
        if code in (X, Y):
            if sex.y is None:
                continue
            expected = {X: 1 if sex.y else 2, Y: 1 if sex.y else 0}[code]
        else:
            expected = 2
        if abs(value - expected) > DEVIATION:
            out[code] = value - expected
    return out


def _x_copies(evidence: Evidence) -> int | None:
    if evidence.x_copies is not None:
        return max(1, round(evidence.x_copies))
    share = evidence.x_share
    if share is None or HET_ONE < share < HET_TWO:
        return None
    return 2 if share >= HET_TWO else 1


def _y_copies(evidence: Evidence) -> int | None:
    if evidence.y_copies is not None:
        return max(1, round(evidence.y_copies)) if evidence.y_copies >= Y_DEPTH else 0
    if evidence.y_sites < FEWEST:
        share_x = evidence.x_share
        stray = evidence.y_called * FEW_ON_Y < evidence.x_carried
        return 0 if share_x is not None and share_x >= HET_TWO and stray else None
    share = evidence.y_called / evidence.y_sites
    if share >= Y_CALLED:
        return 1
    return 0 if share <= Y_ABSENT else None
