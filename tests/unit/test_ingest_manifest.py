"""A Scout load config and the files around it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest.manifest.scout import find, read_scout
from data_layer.region import Build
from tests.ingested import ingest_files, vcf_text

YAML = """
owner: cust000
family: fam
family_name: 'The family'
human_genome_build: '38'
phenotype_terms: [HP:0001250, 'HP:0001298 - Encephalopathy']
gene_panels: [panel1]
delivery_report: scout/demo/delivery.html
samples:
  - {sample_id: kid, sample_name: Kid, sex: male, phenotype: affected, father: dad, mother: '0', tumor_purity: 0.4, tmb: 7}
  - {sample_id: dad, sex: male, phenotype: unaffected}
vcf_snv: scout/demo/snv.vcf
vcf_snv_research: scout/demo/snv_research.vcf
vcf_str: scout/demo/str.vcf
"""  # noqa: E501


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    samples = ["kid", "dad"]
    line = "chr1 100 . A C . . RankScore=fam:5 GT 0/1 0/0"
    (tmp_path / "snv.vcf").write_text(vcf_text([line], samples=samples))
    (tmp_path / "snv_research.vcf").write_text(vcf_text([line], samples=samples))
    (tmp_path / "str.vcf").write_text(
        vcf_text(["chr1 50 . A AC . . HGNCId=1541 GT 0/1 0/0"], samples=samples)
    )
    (tmp_path / "panel_1.txt").write_text(
        "##panel_id=panel1\n##version=1.0\n#hgnc_id\n7481\tMT-TF\n"
    )
    path = tmp_path / "load.yaml"
    path.write_text(YAML)
    return path


def test_a_load_config_is_read_as_it_is(manifest: Path) -> None:
    found = read_scout(manifest)
    assert (found.case_id, found.title, found.institute, found.build, found.kind) == (
        "fam", "The family", "cust000", Build.GRCH38, "rare",
    )  # fmt: skip
    assert found.hpo == ("HP:0001250", "HP:0001298")
    assert [(f.key, f.file_class, f.research) for f in found.files] == [
        ("vcf_snv", None, False), ("vcf_snv_research", None, True), ("vcf_str", "str", False),
    ]  # fmt: skip
    kid = found.people[0]
    assert (kid.name, kid.sex, kid.father, kid.mother, kid.purity) == (
        "Kid",
        "male",
        "dad",
        None,
        0.4,
    )
    assert kid.qc["tmb"]["value"] == 7
    assert found.content["panels"][0]["genes"] == [[7481, "MT-TF"]]
    assert [w.code for w in found.warnings] == ["MANIFEST-MISSING"]


def test_all_its_files_are_ingested(tmp_path: Path, manifest: Path) -> None:
    case = ingest_files(tmp_path, manifest=manifest)
    rows = case.rows()
    assert [(r["start"], r["file_index"], r["class"]) for r in rows] == [
        (49, 2, "str"),
        (99, 0, "snv"),
        (99, 1, "snv"),
    ]
    assert (rows[0]["hgnc_id"], rows[0]["gene"]) == (1541, "CBL")
    assert rows[1]["rank_score"] == 5.0
    row = case.rows("cases")[0]
    assert [s["research"] for s in json.loads(row["sources"])] == [False, True, False]
    assert json.loads(row["manifest"])["content"]["family"] == "fam"
    assert (row["hpo"], row["panels"]) == (["HP:0001250", "HP:0001298"], ["panel1"])
    assert [s["role"] for s in case.rows("samples")] == ["proband", "father"]


def test_a_missing_vcf_is_an_error_unless_skipped(manifest: Path) -> None:
    (manifest.parent / "str.vcf").unlink()
    with pytest.raises(InputError, match="--skip-missing") as caught:
        read_scout(manifest)
    assert caught.value.problem.where == "load.yaml vcf_str"
    found = read_scout(manifest, skip_missing=True)
    assert len(found.files) == 2
    assert "MANIFEST-FILE" in {w.code for w in found.warnings}


def test_paths_are_found_as_given_beside_and_with_folders_dropped(manifest: Path) -> None:
    deep = manifest.parent / "demo" / "x.tsv"
    deep.parent.mkdir()
    deep.write_text("x")
    assert find(str(deep), manifest) == deep
    assert find("demo/x.tsv", manifest) == deep
    assert find("scout/demo/x.tsv", manifest) == deep
    assert find("scout/other.tsv", manifest) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "MANIFEST-FORMAT"), ("- 1", "MANIFEST-FORMAT"), ("owner: x", "MANIFEST-FORMAT"),
        ("family: f\nsamples: 5", "MANIFEST-FORMAT"), ("family: f\nsamples: [{sex: male}]", "MANIFEST-SAMPLE"),  # noqa: E501
        ("family: f\nsamples: [{sample_id: a, tumor_purity: 3}]", "MANIFEST-SAMPLE"),
        ("!!python/object/apply:os.getcwd []", "MANIFEST-FORMAT"),
    ],
)  # fmt: skip
def test_a_wrong_manifest_says_what(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_scout(path)
    assert caught.value.problem.code == code
