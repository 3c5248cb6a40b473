"""Writing a big file from chromosomes made in parallel, in order, with bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from data_layer.simulate import bgzf

#: Told of each finished step: what, how many records so far, how many in all.
Progress = Callable[[str, int, int], None]
THREADS = 2


@dataclass
class Piece:
    """A part of a file: compressed blocks, records in it, and what else was counted."""

    data: list[bytes] = field(default_factory=list)
    records: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, text: bytes) -> None:
        """Compress some text behind what is there."""
        self.data.append(bgzf.blocks(text))


def write_pieces(
    path: Path,
    head: str,
    jobs: Sequence[Callable[[], Piece]],
    total: int,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Write header and pieces to a BGZF file; return the pieces' counts added up.

    At most one more piece than there are threads is held at a time.
    """
    counts: dict[str, int] = {"records": 0}
    waiting = deque(jobs)
    running: deque[Future[Piece]] = deque()
    with path.open("wb") as out, ThreadPoolExecutor(THREADS) as pool:
        out.write(bgzf.blocks(head.encode()))
        while waiting or running:
            while waiting and len(running) <= THREADS:
                running.append(pool.submit(waiting.popleft()))
            piece = running.popleft().result()
            out.writelines(piece.data)
            counts["records"] += piece.records
            for key, value in piece.counts.items():
                counts[key] = counts.get(key, 0) + value
            if progress:
                progress(path.name, counts["records"], total)
        out.write(bgzf.END)
    return counts
