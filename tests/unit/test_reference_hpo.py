"""The ontology of phenotypes: known facts, descent, ids that changed, search and genes."""

from __future__ import annotations

import csv

import pytest

from data_layer.query.phenotype import lexicon
from data_layer.reference import hpo
from data_layer.settings import asset_path

SEIZURE, SPASMS = "HP:0001250", "HP:0012469"


def test_the_table_is_whole() -> None:
    table = hpo.ontology()
    assert len(table.terms) > 19_000
    in_use = [t for t in table.terms.values() if not t.obsolete]
    assert all(p in table.terms and not table.terms[p].obsolete for t in in_use for p in t.parents)
    assert [t.id for t in in_use if not t.parents] == [hpo.ROOT]
    assert all(not table.terms[n.id].obsolete for n in table.names)
    assert {n.scope for n in table.names} == {"name", "exact", "narrow", "broad", "related"}
    assert all(i not in table.terms for i in table.former)


def test_every_term_descends_from_the_root_and_never_from_itself() -> None:
    below = hpo.descendants(hpo.ROOT)
    in_use = {t.id for t in hpo.ontology().terms.values() if not t.obsolete}
    assert below == in_use - {hpo.ROOT}
    for one in sorted(in_use)[::500]:
        assert one not in hpo.ancestors(one)
        assert all(one in hpo.descendants(a) for a in hpo.ancestors(one))


def test_known_descent() -> None:
    assert SEIZURE in hpo.ancestors("HP:0007359")
    assert "HP:0000707" in hpo.ancestors(SPASMS)
    assert hpo.ancestors("HP:9999999") == frozenset()


@pytest.mark.parametrize(
    "text", ["HP:0001250", "hp:0001250", "1250", " HP_0001250 ", "HP 1250", "HP:0001275"]
)
def test_ids_as_people_write_them(text: str) -> None:
    assert hpo.name_of(text) == "Seizure"


@pytest.mark.parametrize("text", ["", "HP:", "seizure", "HP:12345678", "HP:0001250x", "HP:9999999"])
def test_what_is_no_id_has_no_term(text: str) -> None:
    assert hpo.term(text) is None
    assert hpo.current(text) is None
    assert hpo.name_of(text) == ""


def test_obsolete_terms_lead_to_their_heirs() -> None:
    old = hpo.term("HP:0000057")
    assert old is not None
    assert (old.obsolete, old.name, old.replaced_by) == (True, "Clitoromegaly", "HP:0008665")
    heir = hpo.current("HP:0000057")
    assert heir is not None
    assert not heir.obsolete
    lost = [t for t in hpo.ontology().terms.values() if t.obsolete and not t.replaced_by]
    assert lost
    assert all(hpo.current(t.id) is None for t in lost)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("seizure", SEIZURE),
        ("epilepsy", SEIZURE),
        ("spasms infant", SPASMS),
        ("Failure to thr", "HP:0001508"),
        ("HP:0001263", "HP:0001263"),
        ("ADHD", "HP:0007018"),
    ],
)
def test_a_search_finds_by_word_beginnings(text: str, first: str) -> None:
    assert hpo.search_terms(text)[0].term.id == first


def test_a_search_holds_its_limit_and_every_word() -> None:
    found = hpo.search_terms("focal seizure", 7)
    assert len(found) == len({h.term.id for h in found}) == 7
    assert all("focal" in h.matched.lower() and "seizure" in h.matched.lower() for h in found)
    assert hpo.search_terms("   ") == hpo.search_terms("zzzz") == ()
    assert hpo.search_terms("seizure", 0) == ()


def test_genes_of_a_term_hold_those_of_the_terms_below() -> None:
    mine, above = set(hpo.genes_of(SPASMS)), set(hpo.genes_of(SEIZURE))
    assert {"STXBP1", "CDKL5"} <= mine < above
    assert hpo.genes_of("HP:9999999") == ()


@pytest.mark.parametrize("file", ["swedish.tsv", "english.tsv"])
def test_our_own_words_name_terms_in_use(file: str) -> None:
    text = asset_path("phenotype", file).read_text(encoding="utf-8")
    assert "own" in text.splitlines()[0]
    rows = list(csv.DictReader(text.splitlines()[1:], delimiter="\t"))
    assert len({r["id"] for r in rows}) == len({r["term"] for r in rows})
    for row in rows:
        term = hpo.term(row["id"])
        assert term is not None
        assert (term.id, term.name, term.obsolete) == (row["id"], row["term"], False)
    words = [w for r in rows for w in r["words"].split("|")]
    assert len(words) == len(set(words))
    assert all(w == w.strip() and w for w in words)


def test_the_swedish_list_covers_the_common_features() -> None:
    text = asset_path("phenotype", "swedish.tsv").read_text(encoding="utf-8")
    assert len(text.splitlines()) - 2 >= 150
    assert lexicon() is lexicon()
