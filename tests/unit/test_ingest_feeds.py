"""What a file is, and whose: by content, by what is said, by its name."""

from __future__ import annotations

import gzip
from functools import partial
from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed
from data_layer.ingest.feeds import CaseFeed, Known, feeds_of, owner, read_head
from data_layer.ingest.formats import FORMATS, NAMES
from data_layer.simulate import bgzf
from tests.ingested import vcf_text

TRIO = Known(("simtrio_kid", "simtrio_dad"), {"Kim": "simtrio_kid"})


def feed(name: str, sample: str | None = None) -> CaseFeed:
    return CaseFeed(
        Feed(Path(name), "x", "signal", "coverage", sample, partial(pytest.fail, "opened"))
    )


def test_every_format_has_a_name_for_people() -> None:
    assert [m.__name__.rpartition(".")[2] for m in FORMATS] == list(NAMES)  # type: ignore[attr-defined]


def test_an_unknown_file_is_refused_with_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague,\nplease find enclosed nothing at all.\n")
    with pytest.raises(InputError, match=r"FORMAT-UNKNOWN at letter.txt") as caught:
        feeds_of(path)
    for word in ("VCF", "Gens", "mosdepth", "bigWig", "PURPLE", "BED"):
        assert word in caught.value.problem.fix
    with pytest.raises(InputError, match=r"FILE-OPEN at gone.bed"):
        feeds_of(tmp_path / "gone.bed")
    with pytest.raises(InputError, match="FILE-OPEN"):
        feeds_of(tmp_path)


def test_a_vcf_is_known_by_its_text_or_name(tmp_path: Path) -> None:
    text = vcf_text(["chr1 5 . A C . . . GT 0/1"], samples=["s"])
    plain, packed = tmp_path / "calls.txt", tmp_path / "calls.gz"
    plain.write_text(text)
    packed.write_bytes(gzip.compress(text.encode()))
    broken = tmp_path / "broken.vcf.gz"
    broken.write_bytes(b"nothing")
    assert [feeds_of(p) for p in (plain, packed, broken, tmp_path / "gone.vcf")] == [None] * 4


def test_a_gvcf_gives_fractions_where_it_has_depths(tmp_path: Path) -> None:
    path = tmp_path / "s.g.vcf"
    depths = '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">\n'
    path.write_text(vcf_text(["chr1 5 . A C . . . GT:AD 0/1:5,5"], samples=["s"], header=depths))
    (found,) = feeds_of(path) or ()
    assert (found.name, found.sample, found.build) == ("baf", "s", "GRCh38")
    path.write_text(vcf_text(["chr1 5 . A C . . . GT 0/1"], samples=["s"]))
    assert feeds_of(path) is None


def test_the_head_of_packed_files(tmp_path: Path) -> None:
    text = "".join(f"1\t{i}\t{i + 1}\t0.5\n" for i in range(9000))
    for name, data in (
        ("a.gz", gzip.compress(text.encode())),
        ("b.gz", bgzf.blocks(text.encode()) + bgzf.END),
        ("c.gz", gzip.compress(text.encode())[:900]),
        ("d.txt", text.encode()),
    ):
        (tmp_path / name).write_bytes(data)
        head = read_head(tmp_path / name)
        assert head.text
        assert text.startswith(head.text)
    (tmp_path / "e.gz").write_bytes(b"\x1f\x8bnonsense")
    assert read_head(tmp_path / "e.gz").text == ""


@pytest.mark.parametrize(
    ("case_feed", "asked", "want"),
    [
        (feed("simtrio_kid_gens.cov.bed.gz"), {}, "simtrio_kid"),
        (feed("simtrio_kid.cov.bed"), {}, "simtrio_kid"),
        (feed("Kim.cov.bed"), {}, "simtrio_kid"),
        (feed("x.cov.bed", "simtrio_dad"), {}, "simtrio_dad"),
        (feed("x.cov.bed", "Kim"), {}, "simtrio_kid"),
        (feed("simtrio_kid.cov.bed", "simtrio_dad"), {}, "simtrio_dad"),
        (feed("in/x.cov.bed"), {"x.cov.bed": "simtrio_dad"}, "simtrio_dad"),
        (feed("in/x.cov.bed"), {"in/x.cov.bed": "simtrio_dad"}, "simtrio_dad"),
        (feed("x.cov.bed", "simtrio_kid"), {"x.cov.bed": "simtrio_dad"}, "simtrio_dad"),
    ],
)
def test_whose_a_file_is(case_feed: CaseFeed, asked: dict[str, str], want: str) -> None:
    assert owner(case_feed, Known(TRIO.samples, TRIO.names, asked)) == want


def test_the_longest_name_wins_and_ends_with_a_word() -> None:
    both = Known(("kid", "kid_2"))
    assert owner(feed("kid_2.cov.bed"), both) == "kid_2"
    assert owner(feed("kid.cov.bed"), both) == "kid"
    with pytest.raises(InputError, match="FEED-SAMPLE"):
        owner(feed("kid22.cov.bed"), both)


@pytest.mark.parametrize(
    ("case_feed", "asked"),
    [
        (feed("other.cov.bed"), {}),
        (feed("other.cov.bed", "stranger"), {}),
        (feed("other.cov.bed"), {"other.cov.bed": "stranger"}),
    ],
)
def test_nobody_is_guessed(case_feed: CaseFeed, asked: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"FEED-SAMPLE at other.cov.bed") as caught:
        owner(case_feed, Known(TRIO.samples, TRIO.names, asked))
    assert "simtrio_kid, simtrio_dad" in caught.value.problem.fix
    assert "--sample other.cov.bed=SAMPLE" in caught.value.problem.fix


def test_the_only_sample_and_a_case_without_any() -> None:
    assert owner(feed("other.cov.bed"), Known(("kid",))) == "kid"
    alone = Known((), closed=False)
    assert owner(feed("kid_gens.cov.bed.gz"), alone) == "kid"
    assert owner(feed("x.seg", "TUMOUR"), alone) == "TUMOUR"
