"""Any intervals that are written in a text format come back as they were."""

from __future__ import annotations

import gzip
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.format_read import Point, read

VALUES = st.one_of(
    st.none(), st.floats(width=32, allow_nan=False), st.just(math.inf), st.just(-math.inf)
)
CONTIGS = st.sampled_from(["1", "chrX", "MT", "GL000192.1", "HLA-A*01:01"])
POINT = st.tuples(CONTIGS, st.integers(1, 10**9), st.integers(1, 10**6), VALUES)
POINTS = st.lists(POINT, min_size=1, max_size=40)
STEPS = st.tuples(
    CONTIGS, st.integers(1, 10**6), st.integers(1, 500), st.lists(VALUES, max_size=30)
)


def bedgraph(points: list[Point]) -> str:
    return "track type=bedGraph\n" + table(points)


def spaced(points: list[Point]) -> str:
    return "track type=bedGraph\n" + table(points).replace("\t", "  ")


def table(points: list[Point]) -> str:
    return "".join(f"{c}\t{s}\t{e}\t{said(v)}\n" for c, s, e, v in points)


def named(points: list[Point]) -> str:
    return "".join(f"{c}\t{s}\t{e}\tname of it\t{said(v)}\n" for c, s, e, v in points)


def cnr(points: list[Point]) -> str:
    head = "chromosome\tstart\tend\tgene\tdepth\tlog2\tweight\n"
    return head + "".join(f"{c}\t{s}\t{e}\t-\t7\t{said(v)}\t1\n" for c, s, e, v in points)


def gatk(points: list[Point]) -> str:
    head = "@HD\tVN:1.6\nCONTIG\tSTART\tEND\tLOG2_COPY_RATIO\n"
    return head + "".join(f"{c}\t{s + 1}\t{e}\t{said(v)}\n" for c, s, e, v in points)


def variable(points: list[Point]) -> str:
    return "".join(
        f"variableStep chrom={c} span={e - s}\n{s + 1} {said(v)}\n" for c, s, e, v in points
    )


def fixed(points: list[Point]) -> str:
    return "".join(
        f"fixedStep chrom={c} start={s + 1} step={e - s} span={e - s}\n{said(v)}\n"
        for c, s, e, v in points
    )


def said(value: float | None) -> str:
    return "NaN" if value is None else repr(float(value))


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.txt", bedgraph), ("a.bedgraph", spaced), ("a.regions.bed.gz", table),
        ("a.per-base.bed", table), ("a.regions.bed", named), ("a.cnr", cnr),
        ("a.denoisedCR.tsv", gatk), ("a.wig", variable), ("a.wig.gz", fixed),
    ],
)  # fmt: skip
@settings(max_examples=25, deadline=None)
@given(points=POINTS)
def test_any_points_come_back(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    write: Callable[[list[Point]], str],
    points: list[tuple[str, int, int, float | None]],
) -> None:
    whole: list[Point] = [(c, s, s + size, v) for c, s, size, v in points]
    path: Path = tmp_path_factory.mktemp("points") / name
    text = write(whole).encode()
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    assert read(path) == [
        (c, s, e, None if v is None else float(np.float32(v))) for c, s, e, v in whole
    ]


@settings(max_examples=40, deadline=None)
@given(blocks=st.lists(STEPS, min_size=1, max_size=6))
def test_any_fixed_steps_come_back(
    tmp_path_factory: pytest.TempPathFactory,
    blocks: list[tuple[str, int, int, list[float | None]]],
) -> None:
    path = tmp_path_factory.mktemp("steps") / "a.wig"
    text, want = "", []
    for contig, start, step, values in blocks:
        text += f"fixedStep chrom={contig} start={start} step={step} span={step}\n"
        text += "".join(f"{said(v)}\n" for v in values)
        want += [
            (contig, start - 1 + i * step, start - 1 + (i + 1) * step, v)
            for i, v in enumerate(values)
        ]
    path.write_text(text)
    assert read(path) == want
