"""Transcripts: exons, coding parts, numbering along both strands."""

from __future__ import annotations

from itertools import pairwise

import pytest

from data_layer.reference.transcripts import (
    RULES,
    Transcript,
    transcript,
    transcript_table,
    transcripts,
    transcripts_in,
)
from data_layer.region import Build


def made(strand: int) -> Transcript:
    return Transcript(
        1, 100, 160, strand, "MADE", "ENSG0", "ENST0", "", "", "", "MANE Select",
        (105, 153), ((100, 110), (120, 140), (150, 160)),
    )  # fmt: skip


def test_coding_parts() -> None:
    t = made(1)
    assert t.coding == ((105, 110), (120, 140), (150, 153))
    assert (t.cds_length, t.protein_length) == (28, 9)


def test_numbering_forward_and_reverse() -> None:
    plus, minus = made(1), made(-1)
    assert [plus.exon_number(p) for p in (99, 100, 110, 120, 159, 160)] == [
        None,
        1,
        None,
        2,
        3,
        None,
    ]
    assert [minus.exon_number(p) for p in (100, 159)] == [3, 1]
    assert [plus.coding_offset(p) for p in (104, 105, 109, 110, 120, 152, 153)] == [
        None,
        0,
        4,
        None,
        5,
        27,
        None,
    ]
    assert [minus.coding_offset(p) for p in (152, 150, 139, 105)] == [0, 2, 3, 27]


def test_without_cds() -> None:
    rows = [x for x in transcript_table(Build.GRCH37) if x.cds is None]
    assert rows
    assert (rows[0].coding, rows[0].cds_length, rows[0].protein_length) == ((), 0, 0)
    assert rows[0].coding_offset(rows[0].start) is None
    assert {t.rule for t in rows} == {"MANE Select, no CDS", "Longest"}


@pytest.mark.parametrize("build", list(Build))
def test_by_symbol_alias_and_id(build: Build) -> None:
    found = transcripts(build, "stxbp1")
    assert found[0].rule == "MANE Select"
    assert found == transcripts(build, "MUNC18-1")
    assert transcript(build, "NM_001032221.6") == found[0]
    assert transcript(build, "nm_001032221") == found[0]
    assert transcript(build, "ENST00000373299") == found[0]
    assert transcript(build, "ENST99999999999") is None
    assert transcripts(build, "NOSUCHGENE") == ()
    assert found[0] in transcripts_in(build, 9, found[0].start, found[0].start + 1)
    assert found[0] not in transcripts_in(build, 9, found[0].end, found[0].end + 1)


def test_plus_clinical_comes_second() -> None:
    rules = [t.rule for t in transcripts(Build.GRCH38, "STXBP1")]
    assert rules == ["MANE Select", "MANE Plus Clinical"]


@pytest.mark.parametrize("build", list(Build))
def test_every_row_is_sound(build: Build) -> None:
    table = transcript_table(build)
    assert len(table) > 19_000
    places = [(t.chrom, t.start) for t in table]
    assert places == sorted(places)
    for t in table:
        assert t.rule in RULES
        assert t.strand in (-1, 1)
        assert t.exons[0][0] == t.start
        assert t.exons[-1][1] == t.end <= build.size(t.chrom)
        assert all(a < b for a, b in t.exons)
        assert all(x[1] + 20 <= y[0] for x, y in pairwise(t.exons)), t.enst
        if t.cds:
            assert t.start <= t.cds[0] < t.cds[1] <= t.end
            assert t.coding[0][0] == t.cds[0], t.enst
            assert t.coding[-1][1] == t.cds[1], t.enst
