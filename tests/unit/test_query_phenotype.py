"""A search in a case names phenotype terms, with the calls in genes known for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.query import phenotype
from data_layer.query.access import LOCAL
from data_layer.query.desk import Desk
from data_layer.query.find import Hit
from data_layer.reference import hpo
from tests.query_rows import open_desk, variant_table, write_case

CALLS = variant_table(4000)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("lake")
    desk = open_desk(folder, CALLS)
    write_case(desk.lake, "told", CALLS, hpo=("HP:0012469",), hpo_excluded=("HP:0000252",))
    yield desk
    desk.close()


def terms(desk: Desk, text: str) -> list[Hit]:
    return [h for h in desk.case(LOCAL, "told").find(text) if h.kind == "phenotype"]


def test_a_term_counts_the_calls_in_its_genes(desk: Desk) -> None:
    known = set(hpo.genes_of("HP:0012469"))
    expected = sum(g in known for g in CALLS["gene"].to_pylist())
    assert expected > 0
    first = terms(desk, "infantile spasms")[0]
    assert first.label == "Infantile spasms HP:0012469 · of this case"
    assert (first.count, first.x0, first.row_id) == (expected, None, None)


def test_terms_of_the_case_come_first_and_excluded_ones_say_so(desk: Desk) -> None:
    (found, *_) = terms(desk, "microceph")
    assert found.label == "Microcephaly HP:0000252 · excluded in this case"
    assert terms(desk, "HP:0001250")[0].label == "Seizure HP:0001250"


@pytest.mark.parametrize("text", ["mic", "STXBP1", "zzzzzz", "1", "100000", "a" * 500])
def test_other_searches_name_no_term(desk: Desk, text: str) -> None:
    assert terms(desk, text) == []


def test_what_is_too_long_is_refused_without_its_words() -> None:
    for call, most in ((phenotype.search, 200), (phenotype.read_text, 20_000)):
        assert call("x" * most) == []
        with pytest.raises(InputError) as refused:
            call("secret" * most)
        assert "secret" not in str(refused.value)
