"""Damaged files of points: always an error that names the file, never another, never a hang."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pybigtools
import pytest

from data_layer.errors import InputError, Problem
from tests.d4_made import Contig, write_d4
from tests.format_read import feeds_of, read

TRIES = 60


def d4(path: Path) -> None:
    depth = [i * i % 61 for i in range(900)]
    write_d4(
        path, [Contig("1", depth), Contig("X", [3] * 200)], dictionary=range(16), as_range=True
    )


def d4_deflated(path: Path) -> None:
    write_d4(path, [Contig("1", [i * i % 7 for i in range(1200)])], deflate=True)


def bigwig(path: Path) -> None:
    rows = [("chr1", i * 10, i * 10 + 10, i % 7 + 0.5) for i in range(900)]
    pybigtools.open(str(path), "w").write({"chr1": 10_000, "chr2": 500}, rows)


def wiggle(path: Path) -> None:
    values = "".join(f"{i % 13}\n" for i in range(600))
    path.write_text(f"fixedStep chrom=1 start=1 step=10 span=10\n{values}")


def bedgraph(path: Path) -> None:
    rows = "".join(f"1\t{i * 10}\t{i * 10 + 10}\t{i % 9}\n" for i in range(600))
    path.write_bytes(gzip.compress(rows.encode()))


KINDS = [
    ("a.d4", d4), ("b.d4", d4_deflated), ("a.bw", bigwig), ("a.wig", wiggle),
    ("a.bedgraph.gz", bedgraph),
]  # fmt: skip


@pytest.mark.parametrize(("name", "write"), KINDS)
def test_changed_bytes_give_rows_or_an_input_error(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    path = tmp_path / name
    write(path)
    whole = path.read_bytes()
    chance = random.Random(name)
    refused: list[Problem] = []
    for _ in range(TRIES):
        raw = bytearray(whole)
        for _ in range(chance.choice((1, 4))):
            raw[chance.randrange(min(len(raw), 1 << 14))] = chance.choice((0, 1, 127, 255))
        path.write_bytes(raw)
        try:
            for which in range(len(feeds_of(path))):
                read(path, which)
        except InputError as error:
            refused.append(error.problem)
    assert refused
    assert [p for p in refused if name not in p.where or not p.fix] == []


@pytest.mark.parametrize(("name", "write"), KINDS)
def test_a_whole_file_of_each_kind_is_read(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    path = tmp_path / name
    write(path)
    assert len(read(path)) > 100
