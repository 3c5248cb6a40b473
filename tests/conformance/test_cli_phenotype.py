"""``norrsken hpo`` and ``norrsken phenotext``: terms without a lake."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from app.cli import main

TEXT = "Boy with ASD and possible ataxia. No seizures; mamma har migrän."


def norrsken(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, list(words), input=given, catch_exceptions=False)


def test_a_search_gives_names_ids_and_genes() -> None:
    lines = norrsken("hpo", "infantile", "spasms").stdout.splitlines()
    assert lines[0].startswith("HP:0012469  Infantile spasms  ")
    found = json.loads(norrsken("hpo", "HP:0000057", "--json").stdout)["terms"]
    assert [(t["id"], t["obsolete"], t["replaced_by"]) for t in found] == [
        ("HP:0000057", True, "HP:0008665")
    ]
    assert norrsken("hpo", "qqqq").stdout == "No term has such a name.\n"


def test_a_text_gives_terms_with_signs(tmp_path: Path) -> None:
    lines = norrsken("phenotext", given=TEXT).stdout.splitlines()
    assert lines == [
        '+? HP:0000729  Autistic behavior  "ASD"',
        '+? HP:0001631  Atrial septal defect  "ASD"',
        '+? HP:0001251  Ataxia  "ataxia"  by "possible"',
        '-  HP:0001250  Seizure  "seizures"  by "No"',
        'f  HP:0002076  Migraine  "migrän"  by "mamma"',
    ]
    file = tmp_path / "text.txt"
    file.write_text(TEXT, encoding="utf-8")
    answer = json.loads(norrsken("phenotext", str(file), "--json").stdout)
    assert [TEXT[s["start"] : s["end"]] for s in answer["suggestions"]] == [
        s["words"] for s in answer["suggestions"]
    ]


def test_a_text_that_is_too_long_is_refused_without_its_words() -> None:
    done = norrsken("phenotext", given="Lindqvist " * 3000)
    assert done.exit_code == 1
    assert done.stderr.startswith("error: TEXT at phenotype")
    assert "Lindqvist" not in done.output
