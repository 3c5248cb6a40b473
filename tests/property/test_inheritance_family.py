"""Whatever family is drawn: nothing new where nothing was planted, order of people is nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from data_layer.analysis.inheritance import NO, SURE, Calls, M, X, places
from data_layer.analysis.modes import MODES
from data_layer.analysis.pedigree import Family, Member
from data_layer.region import Build
from tests.inheritance_made import fits, trio
from tests.kin_made import copies, world

seeds = st.integers(0, 2**32 - 1)
BUILD = Build.GRCH38
statuses = st.sampled_from(["affected", "unaffected", "unknown"])
members = st.builds(
    Member,
    st.just("p"),
    st.sampled_from(["male", "female", "unknown"]),
    statuses,
)


def _states(gt: NDArray[np.int8]) -> NDArray[np.uint8]:
    return np.where(gt < 0, 3, np.minimum(gt, 2)).astype(np.uint8)


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from(["male", "female"]), st.floats(0, 0.1), statuses)
def test_a_true_family_has_nothing_new(seed: int, sex: str, missing: float, father: str) -> None:
    made = world(4_000, seed, tuple(range(1, 24)))
    dad, mum = made.person(), made.person()
    child = made.child(dad, mum)
    where = places(made.chrom, made.start, {23: BUILD.par(23)})
    three = [copies(p) for p in (child, dad, mum)]
    # A man's X outside PAR is the one copy that his mother gave.
    for place, haplotypes in ((0, child if sex == "male" else None), (1, dad)):
        if haplotypes is not None:
            three[place] = np.where(where == X, haplotypes[1] * 2, three[place])
    if sex == "female":
        three[0] = np.where(where == X, (dad[1] + child[1]), three[0])
    gone = [np.where(made.rng.random(len(g)) < missing, -1, g).astype(np.int8) for g in three]
    n = len(where)
    full = [np.full(n, 60.0)] * 3
    made_calls = Calls(where, [_states(g) for g in gone], full, full, [np.zeros(n)] * 3, [np.full(n, 0.5)] * 3)  # fmt: skip # noqa: E501
    family = trio(sex, father=father)
    for mode in ("AD_dn", "X_dn"):
        assert not (fits(mode, family, made_calls) == SURE).any()
    recessive = fits("AR_hom", family, made_calls) == SURE
    assert not (recessive & (three[0] != 2)).any()


@settings(max_examples=60, deadline=None)
@given(st.lists(members, min_size=1, max_size=6), st.data())
def test_any_family_is_answered_and_its_order_does_not_matter(
    drawn: list[Member], data: st.DataObject
) -> None:
    size = len(drawn)
    parent = st.one_of(st.none(), st.integers(0, size - 1))
    people = [
        Member(f"p{i}", p.sex, p.affected, data.draw(parent), data.draw(parent))
        for i, p in enumerate(drawn)
    ]
    order = data.draw(st.permutations(range(size)))
    back = {old: new for new, old in enumerate(order)}

    def moved(place: int | None) -> int | None:
        return None if place is None else back[place]

    turned = tuple(
        Member(p.name, p.sex, p.affected, moved(p.father), moved(p.mother))
        for p in (people[o] for o in order)
    )
    rng = np.random.default_rng(data.draw(seeds))
    states = [rng.integers(0, 4, 64).astype(np.uint8) for _ in range(size)]
    for place in (0, X, M):
        where = np.full(64, place, np.uint8)
        one = Calls(where, states)
        other = Calls(where, [states[o] for o in order])
        for mode in MODES:
            found = fits(mode, Family(tuple(people), 0), one)
            assert np.array_equal(found, fits(mode, Family(turned, back[0]), other))
            assert not (found[(states[0] == 0) | (states[0] == 3)] > NO).any()


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_what_is_lost_of_a_call_never_makes_it_surer_nor_out_of_the_question(seed: int) -> None:
    rng = np.random.default_rng(seed)
    family = trio()
    states = [rng.integers(0, 3, 200).astype(np.uint8) for _ in range(3)]
    lost = [
        states[0],
        *(np.where(rng.random(200) < 0.3, 3, s).astype(np.uint8) for s in states[1:]),
    ]
    full = [np.full(200, 60.0)] * 3
    reads, share = [np.zeros(200)] * 3, [np.full(200, 0.5)] * 3
    for place in (0, X, M):
        where = np.full(200, place, np.uint8)
        for mode in MODES:
            whole = fits(mode, family, Calls(where, states, full, full, reads, share))
            less = fits(mode, family, Calls(where, lost, full, full, reads, share))
            unread = fits(mode, family, Calls(where, states))
            touched = (lost[1] == 3) | (lost[2] == 3)
            assert ((less > NO) >= (whole > NO)).all()
            assert (less[~touched] == whole[~touched]).all()
            assert ((unread > NO) == (whole > NO)).all()
            assert (unread <= whole).all()
