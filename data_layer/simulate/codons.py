"""The genetic code and base arithmetic as small numpy tables; bases are 0 A, 1 C, 2 G, 3 T."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

BASES = "ACGT"
#: ASCII of the four bases.
ASCII: Bytes = np.frombuffer(b"ACGT", dtype=np.uint8)
# Standard code (NCBI table 1) in the order of bases A, C, G, T at each place.
_AMINO = "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF"
AMINO: Bytes = np.frombuffer(_AMINO.encode(), dtype=np.uint8)
STOP = ord("*")
THREE = {
    "A": "Ala", "R": "Arg", "N": "Asn", "D": "Asp", "C": "Cys", "Q": "Gln", "E": "Glu",
    "G": "Gly", "H": "His", "I": "Ile", "L": "Leu", "K": "Lys", "M": "Met", "F": "Phe",
    "P": "Pro", "S": "Ser", "T": "Thr", "W": "Trp", "Y": "Tyr", "V": "Val", "*": "Ter",
}  # fmt: skip
#: Codon numbers that are no stop, and the three that are.
SENSE: Ints = np.flatnonzero(AMINO != STOP).astype(np.int64)
STOPS: Ints = np.flatnonzero(AMINO == STOP).astype(np.int64)
ATG = 14


def codon_number(text: str) -> int:
    """Return the number, 0 to 63, of a codon written with A, C, G, T."""
    first, second, third = (BASES.index(base) for base in text)
    return 16 * first + 4 * second + third


def codon_base(codon: Ints, place: Ints) -> Ints:
    """Return the base at place 0, 1 or 2 of codon numbers."""
    shifted: Ints = (codon >> (4 - 2 * place)) & 3
    return shifted


def with_base(codon: Ints, place: Ints, base: Ints) -> Ints:
    """Return codon numbers with one base replaced."""
    shift = 4 - 2 * place
    replaced: Ints = (codon & ~(3 << shift)) | (base << shift)
    return replaced


def transition(base: Ints) -> Ints:
    """Return the transition partner: A with G, C with T."""
    partner: Ints = base ^ 2
    return partner


def codon_text(codon: int, place: int) -> str:
    """Write a codon as VEP does: lower case, the changed base in upper case."""
    letters = [BASES[(codon >> s) & 3].lower() for s in (4, 2, 0)]
    letters[place] = letters[place].upper()
    return "".join(letters)
