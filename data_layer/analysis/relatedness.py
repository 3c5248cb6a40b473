"""How two people are related, and whether a child is of its parents, from genotypes alone.

KING-robust (Manichaikul et al. 2010, Bioinformatics 26:2867, doi:10.1093/bioinformatics/btq559,
equation 11), where N(Aa,Aa) counts sites at which both are heterozygous, N(AA,aa) sites at which
they are opposite homozygotes (no allele alike: IBS0), N(Aa) the heterozygous sites of one and
the smaller of the two stands below:

    kinship = (N(Aa,Aa) - 2 N(AA,aa)) / (2 min N(Aa)) + 1/2
              - (N(Aa) of one + N(Aa) of the other) / (4 min N(Aa))

Sites that neither carries change nothing, so a family's own sites will do. No allele frequency
enters. Limits: calls must be joint (a site missing in one file is not a homozygous reference);
it says nothing of who is the older; relations beyond the third degree read as unrelated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Calls = NDArray[np.int8]

SOURCE = "Manichaikul et al. 2010, doi:10.1093/bioinformatics/btq559 (KING-robust, eq. 11)"
FORMULA = "(N(Aa,Aa) - 2 N(AA,aa)) / (2 min N(Aa)) + 1/2 - (N(Aa) + N'(Aa)) / (4 min N(Aa))"
#: Lowest kinship of each relation (KING's own criteria: powers of two at half steps).
SAME, FIRST, SECOND, THIRD = 0.354, 0.177, 0.0884, 0.0442
#: A parent shares an allele with a child everywhere; above this share of IBS0 it is a sibling.
PARENT_IBS0 = 0.02
#: Heterozygous sites that each of the two must have.
FEWEST = 300
#: Share of Mendelian errors over the sites of a trio that a true one stays under.
TRIO_ERRORS = 0.02

SAME_PERSON, PARENT_CHILD, SIBLINGS = "same person or twin", "parent and child", "full siblings"
SECOND_DEGREE, THIRD_DEGREE = "second degree", "third degree"
UNRELATED = "unrelated"


@dataclass(frozen=True)
class Pair:
    """What the genotypes of two people count to.

    Attributes:
        sites: sites called in both and carried by one at least.
        both_het: N(Aa,Aa).
        opposite: N(AA,aa).
        het: heterozygous sites of each.
        both_hom: sites at which both are homozygous for the allele.
    """

    sites: int
    both_het: int
    opposite: int
    het: tuple[int, int]
    both_hom: int

    @property
    def kinship(self) -> float | None:
        """KING-robust kinship; None with too few heterozygous sites in one of them."""
        least = min(self.het)
        if least < FEWEST:
            return None
        return (self.both_het - 2 * self.opposite) / (2 * least) + 0.5 - sum(self.het) / (4 * least)

    @property
    def ibs0(self) -> float:
        """Share of opposite ones among sites at which both are homozygous."""
        homozygous = self.opposite + self.both_hom
        return self.opposite / homozygous if homozygous else 0.0

    @property
    def relation(self) -> str | None:
        """The relation that kinship and IBS0 speak for; None when undetermined."""
        kinship = self.kinship
        if kinship is None:
            return None
        if kinship > SAME:
            return SAME_PERSON
        if kinship >= FIRST:
            return PARENT_CHILD if self.ibs0 < PARENT_IBS0 else SIBLINGS
        if kinship >= SECOND:
            return SECOND_DEGREE
        return THIRD_DEGREE if kinship >= THIRD else UNRELATED


@dataclass(frozen=True)
class Trio:
    """Mendel's rule over the sites of three people.

    Attributes:
        sites: sites called in all three and carried by one at least.
        errors: sites at which the child's genotype cannot come from the two.
        no_father: sites at which the child has no allele of the father, so ``no_mother``.
    """

    sites: int
    errors: int
    no_father: int
    no_mother: int

    @property
    def share(self) -> float:
        """Share of sites that break the rule."""
        return self.errors / self.sites if self.sites else 0.0


def pair(one: Calls, other: Calls) -> Pair:
    """Count the autosomal biallelic sites of two people; copies 0, 1, 2, and -1 for no call."""
    return _pair(_counts([one, other]))


def trio(child: Calls, father: Calls, mother: Calls) -> Trio:
    """Count the autosomal sites of a child and two people said to be its parents."""
    return _trio(_counts([child, father, mother]))


def error_shares(one: Calls, two: Calls, three: Calls) -> tuple[float, float, float]:
    """Return the share of Mendelian errors were each of three the child of the other two."""
    counts = _counts([one, two, three])
    return (
        _trio(counts).share,
        _trio(counts.transpose(1, 0, 2)).share,
        _trio(counts.transpose(2, 0, 1)).share,
    )


def agrees(expected: str, found: str) -> bool:
    """Say whether what was found is what the pedigree expects; cousins may pass as unrelated."""
    if expected == UNRELATED:
        return found in (UNRELATED, THIRD_DEGREE)
    return expected == found


def _counts(calls: Sequence[Calls]) -> NDArray[np.int64]:
    """Count combinations: one axis of 4 a person, for no call and 0, 1, 2 copies."""
    code = np.zeros(len(calls[0]), np.uint8)
    for each in calls:
        code = code * np.uint8(4) + (np.clip(each, -1, 2) + 1).astype(np.uint8)
    found = np.bincount(code, minlength=4 ** len(calls))
    return found.reshape((4,) * len(calls))


def _pair(counts: NDArray[np.int64]) -> Pair:
    called = counts[1:, 1:]
    return Pair(
        sites=int(called.sum() - called[0, 0]),
        both_het=int(called[1, 1]),
        opposite=int(called[0, 2] + called[2, 0]),
        het=(int(called[1].sum()), int(called[:, 1].sum())),
        both_hom=int(called[2, 2]),
    )


def _trio(counts: NDArray[np.int64]) -> Trio:
    called = counts[1:, 1:, 1:]
    gives = ((0,), (0, 1), (1,))
    errors = no_father = no_mother = 0
    for child, father, mother in np.ndindex(3, 3, 3):
        n = int(called[child, father, mother])
        if child not in {a + b for a in gives[father] for b in gives[mother]}:
            errors += n
        no_father += n * (abs(child - father) == 2)
        no_mother += n * (abs(child - mother) == 2)
    return Trio(int(called.sum() - called[0, 0, 0]), errors, no_father, no_mother)
