"""Interval formats: each known by its content, its odd values and its broken lines told apart."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data_layer.errors import InputError
from data_layer.ingest.feed import SEGMENT_BATCH, Feed
from data_layer.ingest.formats import FORMATS
from data_layer.schema import SEGMENT_KINDS, SEGMENTS
from tests.segments_made import MADE, Made, Row, feeds_of, head_of, rows_of
from tests.vcf_made import write

ROWS = [Row("chr1", 999, 2000), Row("chr2", 0, 300, points=4), Row("X", 5, 6, minor=0)]
EACH = pytest.mark.parametrize("made", MADE.values(), ids=MADE)


def feed_of(made: Made, folder: Path, text: str) -> Feed:
    return next(f for f in feeds_of(made.module, folder / made.name, text) if f.name == made.kind)


def read(made: Made, folder: Path, text: str) -> list[dict[str, Any]]:
    return rows_of(feed_of(made, folder, text))


@EACH
def test_only_its_own_module_knows_a_file_first(made: Made, tmp_path: Path) -> None:
    text = made.write(ROWS)
    path = write(tmp_path / made.name, text)
    first = next(m for m in FORMATS if m.feeds(head_of(path, text)))
    assert first is made.module


@EACH
def test_a_batch_has_columns_of_the_table(made: Made, tmp_path: Path) -> None:
    feed = feed_of(made, tmp_path, made.write(ROWS))
    assert feed.kind == "segments"
    assert feed.name in SEGMENT_KINDS
    with feed.open(False) as reader:
        (batch,) = reader.batches()
    stored = {f.name: f.type for f in SEGMENTS.stored}
    for field in batch.schema:
        assert field.type == {f.name: f.type for f in SEGMENT_BATCH}.get(
            field.name, stored.get(field.name)
        ), field.name
    assert set(SEGMENT_BATCH.names) <= set(batch.column_names)


@EACH
def test_counts_and_digest(made: Made, tmp_path: Path) -> None:
    feed = feed_of(made, tmp_path, made.write(ROWS))
    with feed.open(False) as reader:
        list(reader.batches())
        assert (reader.records, reader.rejected_count, reader.warnings) == (3, 0, [])
        assert reader.bytes_read == reader.bytes_total == feed.path.stat().st_size
        assert len(reader.sha256) == 64


@EACH
def test_a_cut_file_is_refused(made: Made, tmp_path: Path) -> None:
    rows = [Row("chr1", i * 100, i * 100 + 50, points=i * 7919 % 1000) for i in range(3000)]
    text = made.write(rows)
    for kind in ("gzip", "bgzf"):
        path = write(tmp_path / f"{made.name}.gz", text, kind)
        path.write_bytes(path.read_bytes()[:-40])
        feed = next(f for f in made.module.feeds(head_of(path, text)) if f.name == made.kind)
        with pytest.raises(InputError) as caught:
            rows_of(feed)
        assert caught.value.problem.code in ("TEXT-TRUNCATED", "TEXT-CORRUPT")
        assert made.name in caught.value.problem.where


@EACH
@pytest.mark.parametrize(("start", "end"), [(500, 100), (-20, 100)])
def test_an_end_before_the_start_is_refused_or_set_aside(
    made: Made, start: int, end: int, tmp_path: Path
) -> None:
    good = made.write(ROWS)
    bad = made.write([*ROWS[:2], Row("chr7", start, end), ROWS[2]])
    path = write(tmp_path / made.name, bad)
    feed = next(f for f in made.module.feeds(head_of(path, good)) if f.name == made.kind)
    with pytest.raises(InputError) as caught:
        rows_of(feed)
    problem = caught.value.problem
    line = next(i for i, x in enumerate(bad.splitlines(), 1) if "chr7" in x and "ST\t" not in x)
    assert problem.code == "SEGMENT-PLACE"
    assert problem.where == f"{made.name} line {line}"
    assert " is less than " in problem.message or "before the chromosome" in problem.message
    assert "--skip-bad" in problem.fix
    with feed.open(True) as reader:
        kept = [row for batch in reader.batches() for row in batch.to_pylist()]
        assert (reader.records, reader.rejected_count) == (4, 1)
    assert [k["contig"] for k in kept] == ["chr1", "chr2", "X"]
    assert [k["record"] for k in kept] == [0, 1, 3]
    aside = path.with_name(path.name + ".rejected").read_text()
    assert f"# line {line} SEGMENT-PLACE" in aside
    assert "chr7" in aside


@EACH
def test_a_line_of_other_width_or_with_a_word_for_a_number_is_named(
    made: Made, tmp_path: Path
) -> None:
    text = made.write(ROWS)
    feed = feed_of(made, tmp_path, text)
    feed.path.write_text(text + "chr1\n")
    line = text.count("\n") + 1
    with pytest.raises(InputError, match=rf"TEXT-COLUMNS at {made.name} line {line}: .* 1 columns"):
        rows_of(feed)
    feed.path.write_text(text.replace("300", "3oo"))
    with pytest.raises(InputError, match=r"TEXT-NUMBER at .* line \d+: \S+ is '3oo'"):
        rows_of(feed)


def test_a_header_alone_is_a_feed_without_segments(tmp_path: Path) -> None:
    for name, made in MADE.items():
        if made.write([]):
            feed = feed_of(made, tmp_path, made.write([]))
            assert rows_of(feed) == [], name
            assert feed.sample in (None, "kid"), name


@pytest.mark.parametrize("word", ["NA", "NaN", "nan", "", ".", "NULL"])
def test_words_for_no_value_are_null(word: str, tmp_path: Path) -> None:
    for name in ("cns", "seg", "purecn seg"):
        text = MADE[name].write([Row("chr1", 1, 9, log2=0.125)]).replace("0.125", word)
        assert read(MADE[name], tmp_path, text)[0]["log2"] is None


def test_infinities_are_values(tmp_path: Path) -> None:
    text = MADE["seg"].write([Row("chr1", 1, 9, log2=0.125)]).replace("0.125", "-inf")
    assert read(MADE["seg"], tmp_path, text)[0]["log2"] == float("-inf")


def test_positions_as_r_writes_round_numbers(tmp_path: Path) -> None:
    """R's write.table turns 100000 into 1e+05; 1.5e+00 is no position."""
    text = MADE["seg"].write([Row("chr1", 99_999, 2_500_000)])
    (row,) = read(MADE["seg"], tmp_path, text.replace("\t100000\t", "\t1e+05\t"))
    assert (row["start"], row["end"]) == (99_999, 2_500_000)
    with pytest.raises(InputError, match=r"loc\.start is 1\.5, which is not a whole number"):
        read(MADE["seg"], tmp_path, text.replace("\t100000\t", "\t1.5e+00\t"))
    with pytest.raises(InputError, match=r"loc\.start is missing"):
        read(MADE["seg"], tmp_path, text.replace("\t100000\t", "\tNA\t"))


def test_a_first_base_of_zero_in_a_format_that_counts_from_one_is_told(tmp_path: Path) -> None:
    text = MADE["seg"].write([Row("chr1", 0, 500)]).replace("\t1\t500", "\t0\t500")
    feed = feed_of(MADE["seg"], tmp_path, text)
    with feed.open(False) as reader:
        (row,) = [r for b in reader.batches() for r in b.to_pylist()]
        assert [(w.line, w.code) for w in reader.warnings] == [(2, "SEGMENT-ZERO")]
    assert (row["start"], row["end"]) == (0, 500)


def test_a_file_of_several_samples_gives_a_feed_for_each(tmp_path: Path) -> None:
    rows = [Row("chr1", 10, 20), Row("chr1", 30, 40, sample="mum"), Row("chr2", 50, 60)]
    for name, made in MADE.items():
        if not made.by_sample:
            continue
        feeds = [
            f for f in feeds_of(made.module, tmp_path / made.name, made.write(rows))
            if f.name == made.kind
        ]  # fmt: skip
        assert [f.sample for f in feeds] == ["kid", "mum"], name
        assert [[r["start"] for r in rows_of(f)] for f in feeds] == [[10, 50], [30]], name


def test_an_empty_chromosome_is_refused(tmp_path: Path) -> None:
    text = MADE["seg"].write([Row("chr1", 10, 20)]).replace("chr1", "")
    with pytest.raises(InputError, match=r"SEGMENT-PLACE at kid\.seg line 2: chrom is empty"):
        read(MADE["seg"], tmp_path, text)


def test_a_byte_order_mark_and_gzip_do_not_hide_a_format(tmp_path: Path) -> None:
    text = "\ufeff" + MADE["cns"].write(ROWS)
    path = tmp_path / "kid.cns.gz"
    path.write_bytes(gzip.compress(text.encode()))
    (feed,) = MADE["cns"].module.feeds(head_of(path, text))
    assert [r["start"] for r in rows_of(feed)] == [999, 0, 5]


@pytest.mark.parametrize("word", ["12.5", "inf", "1e300"])
def test_a_count_of_markers_is_a_whole_number(word: str, tmp_path: Path) -> None:
    text = MADE["seg"].write([Row("chr1", 10, 20, points=777)])
    with pytest.raises(InputError, match=r"TEXT-NUMBER at kid\.seg line 2: num\.mark is "):
        read(MADE["seg"], tmp_path, text.replace("777", word))
    assert read(MADE["seg"], tmp_path, text.replace("777", "NA"))[0]["points"] is None


def test_columns_named_as_the_readers_own_or_twice_do_no_harm(tmp_path: Path) -> None:
    heading = "chromosome\tstart\tend\tname\tline\trecord\ttext\ttext\n"
    text = heading + "chr1\t5\t9\tx\tL\tR\tT\tU\n"
    (row,) = read(replace(MADE["bed"], name="kid.tsv"), tmp_path, text)
    assert (row["start"], row["record"], row["text"]) == (5, 0, text.splitlines()[1])


@pytest.mark.parametrize("value", [" NA", "nUlL", "\x0b3", "\u0663", "1.5e"])
def test_what_only_looks_like_a_number_is_named(value: str, tmp_path: Path) -> None:
    text = MADE["seg"].write([Row("chr1", 1, 9, log2=0.125)]).replace("0.125", value)
    with pytest.raises(InputError, match=r"TEXT-NUMBER at kid\.seg line 2: seg\.mean is "):
        read(MADE["seg"], tmp_path, text)


def test_battenberg_calls_a_second_clone_subclonal(tmp_path: Path) -> None:
    made = MADE["battenberg"]
    clonal = made.write(ROWS).replace("\t0.75\t2\t0\t0.25", "\t1\tNA\tNA\tNA", 1)
    found = [(r["score"], r["call"]) for r in read(made, tmp_path, clonal)]
    assert found == [(1.0, None), (0.75, "subclonal"), (0.75, "subclonal")]
