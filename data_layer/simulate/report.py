"""What a simulation wrote, and the truth it planted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

TRUTH_COLUMNS = (
    "kind", "chrom", "pos", "end", "ref", "alt", "gene", "people", "inheritance", "file",
    "sentence",
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """One planted thing; ``pos`` and ``end`` are 1-based inclusive."""

    kind: str
    chrom: str
    pos: int
    end: int
    ref: str
    alt: str
    gene: str
    people: str
    inheritance: str
    file: str
    sentence: str

    def line(self) -> str:
        """Return the row of ``truth.tsv``."""
        return "\t".join(str(getattr(self, c)) for c in TRUTH_COLUMNS)


@dataclass
class SimulationReport:
    """Files written, the truth table, and counts of what is in them."""

    kind: str
    case_id: str
    seed: int
    files: list[Path] = field(default_factory=list)
    truth_path: Path = Path("truth.tsv")
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def as_json(self) -> dict[str, object]:
        """Return the object that ``simulate --json`` prints."""
        return {
            "kind": self.kind,
            "case_id": self.case_id,
            "seed": self.seed,
            "files": [str(f) for f in self.files],
            "truth": str(self.truth_path),
            "counts": self.counts,
            "seconds": round(self.seconds, 2),
        }


def write_truth(path: Path, rows: Iterable[Truth]) -> None:
    """Write the truth table with its header line."""
    lines = ["\t".join(TRUTH_COLUMNS), *(row.line() for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
