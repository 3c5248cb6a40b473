"""Genotypes, reads and fractions of every writer of FORMAT, seen from each allele."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.ingested import Ingested, ingest_text, vcf_text

ALL = '##FORMAT=<ID=VF,Number=1,Type=Integer,Description="fragments">\n'


def one(folder: Path, line: str, header: str = "") -> list[dict[str, Any]]:
    return ingest_text(folder, vcf_text([line], samples=["s"], header=header)).rows()


@pytest.mark.parametrize(
    ("gt", "copies"),
    [
        ("0/0", (0, 0, 0)), ("0/1", (1, 0, 0)), ("1/2", (1, 1, 0)), ("1/3", (1, 0, 1)),
        ("2/2", (0, 2, 0)), ("./.", (-1, -1, -1)), (".", (-1, -1, -1)), ("0/.", (-1, -1, -1)),
        ("./1", (1, -1, -1)), ("1/.", (1, -1, -1)), ("1", (1, 0, 0)), ("0", (0, 0, 0)),
        ("0|2", (0, 1, 0)), ("/0/1", (1, 0, 0)), ("0/1/1", (2, 0, 0)), ("3|3", (0, 0, 2)),
    ],
)  # fmt: skip
def test_copies_of_each_allele(tmp_path: Path, gt: str, copies: tuple[int, ...]) -> None:
    rows = one(tmp_path, f"chr1 100 . A C,G,T . . . GT {gt}")
    assert tuple(r["gt"][0] for r in rows) == copies
    assert [r["alt"] for r in rows] == ["C", "G", "T"]
    assert [r["alt_index"] for r in rows] == [1, 2, 3]
    assert {r["alt_count"] for r in rows} == {3}
    assert {r["record"] for r in rows} == {0}


def test_ten_alleles_are_not_mixed_up(tmp_path: Path) -> None:
    alts = ",".join("C" * i for i in range(2, 13))
    rows = one(tmp_path, f"chr1 100 . A {alts} . . . GT 1/11")
    assert [r["gt"][0] for r in rows] == [1, *[0] * 9, 1]


def test_haploid_and_phase(tmp_path: Path) -> None:
    lines = [
        "chr1 100 . A C . . . GT:PS 1:.",
        "chr1 101 . A C . . . GT:PS 0|1:77",
        "chr1 102 . A C . . . GT 0/1",
    ]
    rows = ingest_text(tmp_path, vcf_text(lines, samples=["s"])).rows()
    assert [r["hemizygous"] for r in rows] == [[True], [False], [False]]
    assert [r["phased"] for r in rows] == [[False], [True], [False]]
    assert [r["ps"] for r in rows] == [[None], [77], [None]]


def test_a_male_is_hemizygous_on_x_outside_the_shared_regions(tmp_path: Path) -> None:
    ped = tmp_path / "one.ped"
    ped.write_text("f\ts\t0\t0\t1\t2\n")
    lines = ["chrX 20000 . A C . . . GT 1/1", "chrX 50000000 . A C . . . GT 1/1"]
    rows = ingest_text(tmp_path, vcf_text(lines, samples=["s"]), ped=ped).rows()
    assert [r["hemizygous"] for r in rows] == [[False], [True]]


@pytest.mark.parametrize(
    ("fmt", "cell", "reads", "vaf", "source"),
    [
        ("GT:AD", "0/1:30,10", (30, 10), 0.25, "AD"),
        ("GT:AD:AF", "0/1:30,10:0.3", (30, 10), 0.3, "AF"),
        ("GT:AD:VAF", "0/1:30,10:0.31", (30, 10), 0.31, "VAF"),
        ("GT:DP:RD:AD:FREQ", "0/1:40:30:10:25.5%", (30, 10), 0.255, "FREQ"),
        ("GT:RO:AO", "0/1:30:10", (30, 10), 0.25, "AO"),
        ("GT:PR:SR", "0/1:10,3:20,7", (30, 10), 0.25, "PR/SR"),
        ("PR", "10,3", (10, 3), 3 / 13, "PR"),
        ("GT:DR:DV:RR:RV", "0/1:10:3:20:7", (30, 10), 0.25, "DV/RV"),
        ("GT:DP:VD", "0/1:40:10", (30, 10), 0.25, "VD"),
        ("GT:DV:RV", "./1:4:1", (None, 5), None, None),
        ("DP:AU:CU:GU:TU", "40:30,31:10,11:0,0:0,0", (30, 10), 0.25, "AU/CU/GU/TU"),
        ("GT:AD:VF", "0/1:30,10:29", (30, 10), 0.25, "AD"),
        ("GT:AD", "0/0:0,0", (0, 0), None, None),
        ("GT:AD", "0/1:30,10,5", (None, None), None, None),
        ("GT:AD", "./.:.", (None, None), None, None),
        ("GT:AD:AF", "0/1:30,10:1.7", (30, 10), 0.25, "AD"),
    ],
)  # fmt: skip
def test_reads_and_fraction(
    tmp_path: Path,
    fmt: str,
    cell: str,
    reads: tuple[int | None, ...],
    vaf: float | None,
    source: str | None,
) -> None:
    (row,) = one(tmp_path, f"chr1 100 . A C . . . {fmt} {cell}", ALL)
    assert (row["ad_ref"][0], row["ad_alt"][0]) == reads
    assert row["vaf"][0] == (None if vaf is None else pytest.approx(vaf))
    assert row["vaf_source"][0] == source


def test_each_allele_has_its_own_reads(tmp_path: Path) -> None:
    rows = one(tmp_path, "chr1 100 . A C,G . . . GT:AD:AF 1/2:5,10,15:0.3,0.5")
    assert [r["ad_alt"][0] for r in rows] == [10, 15]
    assert [r["ad_ref"][0] for r in rows] == [5, 5]
    assert [r["vaf"][0] for r in rows] == [pytest.approx(0.3), pytest.approx(0.5)]


def test_no_genotype_at_all(tmp_path: Path) -> None:
    (row,) = one(tmp_path, "chr1 100 . A C . . . DP:GQ 12:30.5")
    assert row["gt"] == [-1]
    assert row["dp"] == [12]
    assert row["gq"] == [30.5]
    assert row["format"] == "DP:GQ"
    assert row["sample_text"] == ["12:30.5"]


def test_a_line_without_alt(tmp_path: Path) -> None:
    rows = one(tmp_path, "chr1 100 . A . . . . GT:AD:DP 0/0:9:9")
    assert [(r["alt"], r["alt_index"], r["alt_count"], r["gt"]) for r in rows] == [(".", 0, 0, [0])]
    assert rows[0]["ad_ref"] == [9]


def two_files(tmp_path: Path) -> Ingested:
    from tests.ingested import ingest_files

    a, b = tmp_path / "a.vcf", tmp_path / "b.vcf"
    a.write_text(vcf_text(["chr1 200 . A C . . . GT 0/1 1/1"], samples=["kid", "dad"]))
    b.write_text(vcf_text(["chr1 100 . A T . . . GT 0/0 0/1"], samples=["mum", "kid"]))
    return ingest_files(tmp_path, a, b, case_id="both")


def test_files_with_other_people_in_other_orders(tmp_path: Path) -> None:
    case = two_files(tmp_path)
    assert [s["sample_id"] for s in case.rows("samples")] == ["kid", "dad", "mum"]
    first, second = case.rows()
    assert (first["file_index"], first["gt"], first["sample_text"]) == (
        1,
        [1, -1, 0],
        ["0/1", None, "0/0"],
    )
    assert (second["file_index"], second["gt"]) == (0, [1, 2, -1])
    assert [r["row_id"] for r in (first, second)] == [0, 1]
