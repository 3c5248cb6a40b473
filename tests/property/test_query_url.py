"""Any filter survives its address, whatever its values hold."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from hypothesis import given
from hypothesis import strategies as st

from data_layer.query.fields import FIELDS
from data_layer.query.filters import Filter, filters_url, parse_filters

WORDS = st.text(min_size=1, max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    spec = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    op = draw(st.sampled_from(spec.ops))
    name = f"{spec.name}:{draw(WORDS)}" if spec.per_person else spec.name
    many = op in ("in", "notin", "overlaps")
    value: object
    if op == "between":
        value = tuple(sorted(draw(st.tuples(NUMBERS, NUMBERS))))
    elif spec.kind == "number":
        value = tuple(draw(st.lists(NUMBERS, min_size=1, max_size=4))) if many else draw(NUMBERS)
    elif spec.kind == "genotype":
        value = draw(st.sampled_from(spec.choices))
    else:
        value = (
            tuple(draw(st.lists(WORDS.filter(str.strip), min_size=1, max_size=4)))
            if many
            else draw(WORDS.filter(str.strip))
        )
    return Filter(name, op, value, draw(st.sampled_from(["keep", "drop"])))


@given(st.lists(filters(), max_size=4))
def test_address_round_trip(items: list[Filter]) -> None:
    text = filters_url(items)
    assert parse_filters(text) == tuple(items)
    carried = parse_qs(urlencode({"f": text}), keep_blank_values=True)["f"][0]
    assert parse_filters(carried) == tuple(items)


@given(filters())
def test_every_filter_speaks(item: Filter) -> None:
    said = item.sentence()
    assert said.endswith(".")
    assert item.person in said
    if item.op in ("<", "<=", ">", ">=") and item.field not in ("row", "file"):
        assert ("kept" if item.missing == "keep" else "left out") in said
