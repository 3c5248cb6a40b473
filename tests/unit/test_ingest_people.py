"""Pedigrees, people, roles, keys and builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest.assembly import decide, evidence
from data_layer.ingest.header import VcfHeader
from data_layer.ingest.ped import read_ped
from data_layer.ingest.people import Person, gather, sample_rows
from data_layer.region import Build

TRIO = "f\tkid\tdad\tmum\t1\t2\nf\tdad\t0\t0\t1\t1\nf\tmum\t0\t0\t2\t1\n"


def ped(folder: Path, text: str) -> Path:
    path = folder / "a.ped"
    path.write_text(text)
    return path


def test_a_trio_has_its_roles(tmp_path: Path) -> None:
    family = gather(
        ["mum", "kid", "dad"], (), read_ped(ped(tmp_path, "#fam\n" + TRIO)), cancer=False
    )
    assert [(p.sample_id, p.role, p.sex, p.affected) for p in family.people] == [
        ("mum", "mother", "female", "unaffected"),
        ("kid", "proband", "male", "affected"),
        ("dad", "father", "male", "unaffected"),
    ]
    assert family.family == "f"


def test_spaces_headings_and_extra_columns_are_read(tmp_path: Path) -> None:
    text = "family_id sample_id p m sex phenotype\n1 kid 0 0 2 affected extra\n"
    row = read_ped(ped(tmp_path, text)).rows["kid"]
    assert (row.sex, row.affected, row.father) == ("female", "affected", None)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("f\tkid\t0\t0\t1\n", "PED-COLUMNS", 1),
        (TRIO + "f\tkid\t0\t0\t1\t2\n", "PED-DUPLICATE", 4),
        (TRIO.replace("dad\t0\t0\t1", "dad\t0\t0\t2"), "PED-SEX", 1),
        (TRIO.replace("mum\t0\t0\t2", "mum\t0\t0\t1"), "PED-SEX", 1),
        (TRIO.replace("f\tmum", "f\tother"), "PED-PARENT", 1),
        (TRIO.replace("dad\t0\t0\t1", "dad\tkid\t0\t1"), "PED-CYCLE", 1),
        ("f\tkid\tkid\t0\t1\t2\n", "PED-CYCLE", 1),
    ],
)
def test_a_wrong_pedigree_names_its_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        read_ped(ped(tmp_path, text))
    assert caught.value.problem.code == code
    assert caught.value.problem.where == f"a.ped line {line}"


def test_a_long_chain_of_ancestors_is_no_cycle(tmp_path: Path) -> None:
    rows = [f"f\tp{i}\tp{i + 1}\t0\t1\t1" for i in range(3000)] + ["f\tp3000\t0\t0\t1\t1"]
    assert len(read_ped(ped(tmp_path, "\n".join(rows) + "\n")).rows) == 3001


def test_someone_of_the_pedigree_who_is_in_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        gather(["kid", "dad"], (), read_ped(ped(tmp_path, TRIO)), cancer=False)
    assert caught.value.problem.code == "PED-SAMPLE"
    assert caught.value.problem.where == "a.ped line 3"
    assert "'kid'" in caught.value.problem.message


def test_someone_of_the_files_who_is_not_in_the_pedigree_is_a_relative(tmp_path: Path) -> None:
    family = gather(["kid", "dad", "mum", "aunt"], (), read_ped(ped(tmp_path, TRIO)), cancer=False)
    assert family.people[3].role == "relative"
    assert [w.code for w in family.warnings] == ["SAMPLE-EXTRA"]


def test_tumour_and_normal_are_one_person() -> None:
    family = gather(["TUMOR", "NORMAL"], (), None, cancer=True)
    rows = sample_rows(family.people, (), cancer=True)
    assert [(r["role"], r["is_tumour"]) for r in rows] == [("tumour", True), ("normal", False)]
    assert rows[0]["person_key"] == rows[1]["person_key"]
    assert rows[0]["sample_key"] != rows[1]["sample_key"]
    assert "TUMOR" not in rows[0]["person_key"]


def test_subjects_of_a_manifest_are_persons() -> None:
    people = (Person("a", subject="s1"), Person("b", subject="s1"), Person("c"))
    rows = sample_rows(gather(["a", "b", "c"], people, None, cancer=False).people, (), cancer=False)
    assert rows[0]["person_key"] == rows[1]["person_key"] != rows[2]["person_key"]


def test_a_manifest_s_sample_that_no_file_has_is_an_error() -> None:
    with pytest.raises(InputError, match="MANIFEST-SAMPLE"):
        gather(["kid"], (Person("kidd"),), None, cancer=False)
    gather(["kid"], (Person("kid"), Person("rna", analysis_type="wts")), None, cancer=False)


def header(*contigs: tuple[str, int | None], text: str = "") -> VcfHeader:
    return VcfHeader(text=text, contigs=list(contigs))


def test_build_from_lengths_then_words() -> None:
    by_length = evidence(header(("1", 249250621)), "a.vcf")
    assert (by_length.build, by_length.by_length) == (Build.GRCH37, True)
    assert evidence(header(("M", 16571), ("chr1", 248956422)), "a.vcf").build == Build.GRCH38
    words = evidence(header(text="##reference=file:///ref/hg38.fa\n"), "a.vcf")
    assert (words.build, words.by_length) == (Build.GRCH38, False)
    assert evidence(header(text="##note=hg38\n"), "a.vcf").build is None
    assert decide(None, "", [words]) == Build.GRCH38


def test_lengths_of_the_other_build_are_refused_with_both() -> None:
    found = evidence(header(("1", 249250621)), "a.vcf")
    with pytest.raises(InputError) as caught:
        decide(Build.GRCH38, "--build", [found])
    problem = caught.value.problem
    assert problem.code == "BUILD-MISMATCH"
    assert "249,250,621" in problem.message
    assert "248,956,422" in problem.message
    with pytest.raises(InputError, match="BUILD-MISMATCH"):
        decide(None, "", [found, evidence(header(("1", 248956422)), "b.vcf")])


def test_no_word_of_the_build_asks_for_it() -> None:
    with pytest.raises(InputError, match="Pass --build") as caught:
        decide(None, "", [evidence(header(), "a.vcf")])
    assert caught.value.problem.code == "BUILD-UNKNOWN"
    assert decide(Build.GRCH37, "--build", [evidence(header(), "a.vcf")]) == Build.GRCH37


def test_the_only_sample_of_a_cancer_case_is_its_tumour() -> None:
    (person,) = gather(["888-88"], (), None, cancer=True).people
    assert (person.is_tumour, person.role) == (True, "tumour")
    unclear = gather(["a", "b"], (), None, cancer=True).people
    assert [p.role for p in unclear] == [None, None]
