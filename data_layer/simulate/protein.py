"""HGVS names of protein changes, from codons."""

from __future__ import annotations

import numpy as np

from data_layer.simulate.codons import AMINO, BASES, STOP, THREE, codon_text
from data_layer.simulate.genome import Genome

_REACH = 600


def substitution(before: int, after: int, number: int) -> str:
    """Name a substitution at amino acid ``number``, from 1."""
    old, new = chr(AMINO[before]), chr(AMINO[after])
    if number == 1 and old != new:
        return "p.Met1?"
    if old == new:
        return f"p.{THREE[old]}{number}%3D"
    if old == "*":
        return f"p.Ter{number}{THREE[new]}extTer?"
    return f"p.{THREE[old]}{number}{THREE[new]}"


def substitution_fields(before: int, after: int, place: int) -> tuple[str, str]:
    """Amino_acids and Codons as VEP writes them; ``place`` is 0, 1 or 2."""
    old, new = chr(AMINO[before]), chr(AMINO[after])
    acids = old if old == new else f"{old}/{new}"
    return acids, f"{codon_text(before, place)}/{codon_text(after, place)}"


def indel(genome: Genome, tx: int, first: int, removed: int, added: str) -> tuple[str, int]:
    """Name an indel at coding place ``first`` (0-based), and the first changed amino acid.

    ``added`` is in the direction of transcription.
    """
    start = max(0, first - first % 3 - 3)
    room = int(genome.models.cds_length[tx]) - start
    place = np.arange(start, start + min(room, _REACH + removed))
    spoken = genome.spoken(np.full(len(place), tx), place)
    at = first - start
    bases = np.array([BASES.index(b) for b in added], dtype=np.int64)
    changed = np.concatenate([spoken[:at], bases, spoken[at + removed :]])
    old, new = _peptide(spoken), _peptide(changed)
    offset = start // 3
    if (len(added) - removed) % 3:
        return _frameshift(old, new, offset)
    if new.endswith("*") and len(new) != len(old) + (len(added) - removed) // 3:
        return _early_stop(old, new, offset)
    return _in_frame(old, new, offset)


def _peptide(bases: np.ndarray[tuple[int], np.dtype[np.int64]]) -> str:
    whole = bases[: len(bases) // 3 * 3].reshape(-1, 3)
    letters = AMINO[16 * whole[:, 0] + 4 * whole[:, 1] + whole[:, 2]]
    stop = np.flatnonzero(letters == STOP)
    end = int(stop[0]) + 1 if len(stop) else len(letters)
    return str(letters[:end].tobytes().decode())


def _frameshift(old: str, new: str, offset: int) -> tuple[str, int]:
    same = 0
    while same < min(len(old), len(new)) - 1 and old[same] == new[same]:
        same += 1
    number = offset + same + 1
    if new[same] == "*":
        return f"p.{THREE[old[same]]}{number}Ter", number
    stop = new.find("*", same)
    tail = str(stop - same + 1) if stop >= 0 else "?"
    return f"p.{THREE[old[same]]}{number}{THREE[new[same]]}fsTer{tail}", number


def _early_stop(old: str, new: str, offset: int) -> tuple[str, int]:
    same = 0
    while old[same] == new[same]:
        same += 1
    number = offset + same + 1
    come = "".join(THREE[a] for a in new[same:])
    word = "" if come == "Ter" else "delins"
    return f"p.{THREE[old[same]]}{number}{word}{come}", number


def _in_frame(old: str, new: str, offset: int) -> tuple[str, int]:
    left = 0
    while left < min(len(old), len(new)) and old[left] == new[left]:
        left += 1
    right = 0
    room = min(len(old), len(new)) - left
    while right < room and old[len(old) - 1 - right] == new[len(new) - 1 - right]:
        right += 1
    gone, come = old[left : len(old) - right], new[left : len(new) - right]
    first, last = offset + left + 1, offset + left + len(gone)
    added = "".join(THREE[a] for a in come)
    if not gone:
        before, after = THREE[old[left - 1]], THREE[old[min(left, len(old) - 1)]]
        return f"p.{before}{first - 1}_{after}{first}ins{added}", first
    span = f"{THREE[gone[0]]}{first}"
    if len(gone) > 1:
        span += f"_{THREE[gone[-1]]}{last}"
    return (f"p.{span}del" if not come else f"p.{span}delins{added}"), first
