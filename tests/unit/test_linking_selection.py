"""Clauses by source, and a view that is never filtered by its own brush."""

from __future__ import annotations

from app.linking.selection import Clause, Selection
from data_layer.query.filters import Filter

RARE = Filter("gnomad_af", "<", 0.001, "keep")
HIGH = Filter("impact", "in", ("HIGH",))
SPAN = Filter("region", "in", ("chr9:1-1000",))


def two() -> Selection:
    selection = Selection(("brush", "filters"))
    selection.update(Clause("filters", "x", (RARE, HIGH)))
    selection.update(Clause("brush", "chr9:1-1000", (SPAN,), frozenset({"pictures"})))
    return selection


def test_sources_apply_in_the_given_order() -> None:
    assert two().filters() == (SPAN, RARE, HIGH)


def test_a_view_is_exempt_from_its_own_clause() -> None:
    assert two().filters("pictures") == (RARE, HIGH)
    assert two().filters("table") == (SPAN, RARE, HIGH)


def test_a_source_has_one_clause() -> None:
    selection = two()
    selection.update(Clause("filters", "y", (HIGH,)))
    assert selection.filters() == (SPAN, HIGH)


def test_an_equal_clause_changes_nothing() -> None:
    selection, seen = two(), []
    selection.listen(lambda: seen.append(selection.version))
    assert not selection.update(Clause("filters", "x", (RARE, HIGH)))
    assert seen == []
    assert selection.update(Clause("filters", "x", (RARE,)))
    assert seen == [selection.version]


def test_two_clauses_at_once_are_one_change() -> None:
    selection, seen = Selection(), []
    selection.listen(lambda: seen.append(1))
    selection.update(Clause("a", 1, (RARE,)), Clause("b", 2, (HIGH,)))
    assert seen == [1]
    assert selection.version == 1


def test_clear_and_unlisten() -> None:
    selection, seen = two(), []
    stop = selection.listen(lambda: seen.append(1))
    assert selection.clear("brush")
    assert not selection.clear("brush")
    assert selection.clause("brush") is None
    assert seen == [1]
    stop()
    selection.clear("filters")
    assert seen == [1]
