"""Any segments that can be written in a format are read back equal, sample by sample."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed
from data_layer.ingest.formats import FORMATS
from tests.segments_made import MADE, Made, Row, head_of, rows_of
from tests.vcf_made import write

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUE = st.floats(-20, 20, allow_nan=False).map(lambda f: round(f, 6))
NAME = st.text(st.sampled_from("abcXYZ019_.-"), min_size=2, max_size=8).filter(
    lambda w: w.strip("-.") != "" and w.lower() not in ("na", "nan", "null", "none")
)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    start = draw(st.integers(0, 248_000_000))
    return Row(
        contig=draw(st.sampled_from(["chr1", "1", "X", "23", "GL000.1", "chrUn_KI270742v1"])),
        start=start,
        end=start + draw(st.integers(1, 40_000_000)),
        sample=draw(st.sampled_from(["kid", "mum", "TCGA-A2-A04P-01"])),
        log2=draw(st.one_of(st.none(), VALUE)),
        baf=draw(st.one_of(st.none(), st.floats(0, 1).map(lambda f: round(f, 4)))),
        major=draw(st.integers(1, 9)),
        minor=draw(st.integers(0, 1)),
        points=draw(st.integers(0, 10**9)),
        score=draw(st.floats(0, 999).map(lambda f: round(f, 2))),
        name=draw(NAME),
    )


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
@QUICK
@given(segments=st.lists(rows(), min_size=1, max_size=8), kind=st.sampled_from(["plain", "gzip", "bgzf"]), crlf=st.booleans())  # fmt: skip # noqa: E501
def test_read_back_equal(made: Made, segments: list[Row], kind: str, crlf: bool) -> None:
    text = made.write(segments)
    data = text.replace("\n", "\r\n") if crlf else text
    with tempfile.TemporaryDirectory() as folder:
        name = made.name + {"plain": "", "gzip": ".gz", "bgzf": ".gz"}[kind]
        path = write(Path(folder) / name, data, kind, 500)
        head = head_of(path, data)
        feeds = [f for f in made.module.feeds(head) if f.name == made.kind]
        first = next(f for m in FORMATS if (f := m.feeds(head)))
        assert first[0].format == feeds[0].format
        names = list(dict.fromkeys(r.sample for r in segments)) if made.by_sample else [None]
        if made.by_sample:
            assert [f.sample for f in feeds] == names
        for feed, sample in zip(feeds, names, strict=True):
            mine = [(i, r) for i, r in enumerate(segments) if sample in (None, r.sample)]
            got = rows_of(feed)
            assert [{k: g[k] for k in made.want(r)} for g, (_, r) in zip(got, mine, strict=True)] == [made.want(r) for _, r in mine]  # fmt: skip # noqa: E501
            assert [g["record"] for g in got] == [i for i, _ in mine]
            assert all(g["text"] in text.split("\n") for g in got)


def tried(feed: Feed, skip_bad: bool) -> tuple[list[dict[str, Any]], InputError | None]:
    try:
        return rows_of(feed, skip_bad=skip_bad), None
    except InputError as error:
        return [], error


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
@QUICK
@given(data=st.data())
def test_damage_is_refused_in_words_or_set_aside(made: Made, data: st.DataObject) -> None:
    """Bytes changed anywhere: rows that obey the rules, or an error that names the file."""
    text = made.write([Row("chr1", 9, 20), Row("chr2", 0, 30, minor=0), Row("X", 5, 6)]).encode()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 6))
        new = data.draw(st.one_of(st.binary(max_size=4), st.sampled_from([b"\t", b"\n", b"-1", b'"', b"1e9", b"nan", b","])))  # fmt: skip # noqa: E501
        text = text[:at] + new + text[at + gone :]
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / made.name, text)
        for feed in made.module.feeds(head_of(path, text.decode("utf-8", "replace"))):
            for skip_bad in (False, True):
                got, refused = tried(feed, skip_bad)
                assert refused is None or refused.problem.where.startswith(made.name)
                assert all(0 <= r["start"] <= r["end"] for r in got)
                assert all(r["contig"] for r in got)
