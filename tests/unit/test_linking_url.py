"""The address holds the whole state, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linking.url import Entry, PageState, decode, encode, parse_span, span_regions, span_text
from data_layer.errors import InputError
from data_layer.region import Build

BUILD = Build.GRCH38
TOP = sum(BUILD.sizes)
WORDS = st.text(min_size=1, max_size=12).filter(lambda t: not t.startswith("!"))
#: The text of one filter: what joins filters cannot stand inside one.
ONE = WORDS.filter(lambda t: ";" not in t and bool(t.strip()))
#: Column names as the lake has them.
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
STATES = st.builds(
    PageState,
    region=st.sampled_from(["", "chr9:1-1,000", "chr1:5-chr3:9"]),
    brush=st.sampled_from(["", "chrX:7-9"]),
    filters=st.lists(st.builds(Entry, ONE, st.booleans()), max_size=4).map(tuple),
    recipe=st.sampled_from(["", "rare-de-novo"]),
    sort=st.sampled_from(["", "gpos:asc", "vaf:a b&c:desc"]),
    page=st.integers(1, 10**6),
    size=st.sampled_from([50, 100, 200]),
    columns=st.lists(NAMES, max_size=5).map(tuple),
    person=st.text(max_size=8),
    row=st.none() | st.integers(0, 10**9),
    theme=st.sampled_from(["", "light", "dark"]),
    picture=st.sampled_from(["all", "kept"]),
    version=st.none() | st.integers(0, 999),
    picked=st.lists(st.integers(0, 10**6), max_size=5).map(tuple),
    tracks=st.lists(
        st.sampled_from(["coverage", "baf:tall", "runs", "rank:medium", "none"]), max_size=6
    ).map(tuple),
    tab=st.sampled_from(["", "sv"]),
)


@given(STATES)
def test_round_trip(state: PageState) -> None:
    assert decode(encode(state)) == state


def test_joined_filters_are_a_step_each() -> None:
    found = decode("f=cadd%3E%3D20%3Bgnomad_af~lt~0.01~keep&f=!qual%3E%3D5%3B%20")
    assert found.filters == (
        Entry("cadd>=20"),
        Entry("gnomad_af~lt~0.01~keep"),
        Entry("qual>=5", on=False),
    )


def test_standard_state_has_an_empty_address() -> None:
    assert encode(PageState()) == ""
    assert decode("") == PageState()


@pytest.mark.parametrize(
    "text",
    ["page=0", "page=-1", "page=x", "size=51", "theme=pink", "picture=none", "row=1.5", "v=²",
     "picked=1,x", f"row={'9' * 40}", "tab=x", "tracks=A", "tracks=baf:huge",
     f"tracks={','.join(['baf'] * 41)}"],
)  # fmt: skip
def test_what_no_page_writes_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError) as told:
        decode(text)
    assert told.value.problem.where == text.partition("=")[0]


@pytest.mark.parametrize("text", ["f=qual>=1&" * 201, "f=" + "qual>=1;" * 201])
def test_an_address_holds_at_most_so_many_steps(text: str) -> None:
    with pytest.raises(InputError, match="at most 200"):
        decode(text)


@given(st.integers(0, TOP - 2), st.integers(1, TOP))
def test_spans_round_trip(x0: int, wide: int) -> None:
    x1 = min(x0 + wide, TOP)
    text = span_text(BUILD, x0, x1)
    expected = (0, TOP) if not text else (x0, x1)
    assert parse_span(BUILD, text) == expected
    assert text or x0 == 0


def test_span_over_two_chromosomes() -> None:
    edge = BUILD.offsets[1]
    assert span_text(BUILD, edge - 10, edge + 10) == "chr1:248,956,413-chr2:10"
    first, second = span_regions(BUILD, edge - 10, edge + 10)
    assert (first.chrom, first.start, first.end) == (1, 248956412, 248956422)
    assert (second.chrom, second.start, second.end) == (2, 0, 10)


def test_regions_cover_the_span_once() -> None:
    regions = span_regions(BUILD, 5, BUILD.genome_size)
    assert sum(r.end - r.start for r in regions) == BUILD.genome_size - 5
    assert len(regions) == 25


@pytest.mark.parametrize("text", ["chr9:5-chr2:9", "nowhere:1-2", "chr9:x-y"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_span(BUILD, text)
