"""What each interval format says in its own way: samples, calls, colours, alleles, kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_layer.ingest.feed import Feed
from data_layer.ingest.formats import FORMATS, bcftools_roh, bed, gatk_segments, purecn, purple, seg
from data_layer.ingest.formats import ascat as ascat_format
from data_layer.ingest.formats import rhocall as rhocall_format
from data_layer.ingest.formats import scarhrd as scarhrd_format
from data_layer.ingest.formats import upd_regions as upd_format
from tests.segments_made import (
    SAM,
    Row,
    caveman,
    feeds_of,
    gatk_called,
    gatk_model,
    head_of,
    hiphase,
    purecn_loh,
    purple_somatic,
    rows_of,
    scarhrd,
)
from tests.segments_made import (
    seg as seg_text,
)


def one(module: object, path: Path, text: str) -> Feed:
    (feed,) = feeds_of(module, path, text)  # type: ignore[arg-type]
    return feed


def test_gatk_reads_its_sam_header_and_names_its_calls(tmp_path: Path) -> None:
    rows = [Row("chr1", 0, 9, major=2), Row("chr1", 9, 19, minor=0), Row("chr1", 19, 29)]
    feed = one(gatk_segments, tmp_path / "a.called.seg", gatk_called(rows))
    assert (feed.sample, feed.build, feed.format) == ("kid", "GRCh38", "GATK called segments")
    assert [r["call"] for r in rows_of(feed)] == ["AMP", "DEL", "NEUTRAL"]
    assert [r["text"].split("\t")[-1] for r in rows_of(feed)] == ["+", "-", "0"]


def test_gatk_model_gives_the_medians(tmp_path: Path) -> None:
    rows = [Row("chr1", 0, 9, log2=None, baf=0.25), Row("chr1", 9, 19, log2=-1.5, baf=None)]
    feed = one(gatk_segments, tmp_path / "a.modelFinal.seg", gatk_model(rows))
    assert [(r["log2"], r["baf"]) for r in rows_of(feed)] == [(None, 0.25), (-1.5, None)]
    assert "call" not in rows_of(feed)[0]


def test_gatk_with_two_samples_or_an_unknown_length_says_neither(tmp_path: Path) -> None:
    text = gatk_called([Row("chr1", 0, 9)])
    two = text.replace("SM:kid\n", "SM:kid\n@RG\tID:b\tSM:mum\n").replace("248956422", "1000")
    feed = one(gatk_segments, tmp_path / "a.called.seg", two)
    assert (feed.sample, feed.build) == (None, None)
    lengths = SAM.replace("248956422", "249250621")
    feed = one(gatk_segments, tmp_path / "a.called.seg", text.replace(SAM, lengths))
    assert feed.build == "GRCh37"


def test_gatk_allele_fractions_in_seg_are_not_log2(tmp_path: Path) -> None:
    feed = one(seg, tmp_path / "kid.af.igv.seg", seg_text([Row("1", 0, 9, log2=0.4)]))
    (row,) = rows_of(feed)
    assert row["baf"] == 0.4
    assert "log2" not in row


@pytest.mark.parametrize(
    "names",
    [
        "ID chrom loc.start loc.end num.mark seg.mean",
        "Sample Chromosome Start End Num_Probes Segment_Mean",
        "Sample Chromosome Start.bp End.bp Num.Markers Seg.CN",
        "sample chr start end markers log2",
        "'ID chrom loc.start loc.end num.mark seg.mean",
    ],
)
def test_seg_by_any_of_its_headings(names: str, tmp_path: Path) -> None:
    lines = seg_text([Row("23", 4, 9, log2=-0.5)]).split("\n")
    text = "\n".join(["#track type=seg", names.replace(" ", "\t").lstrip("'"), *lines[1:]])
    (row,) = rows_of(one(seg, tmp_path / "a.txt", text))
    assert (row["contig"], row["start"], row["end"], row["log2"]) == ("23", 4, 9, -0.5)


def test_seg_in_igv_manner_names_its_columns_as_it_likes(tmp_path: Path) -> None:
    text = "who\twhere\tfrom\tto\thow many\tvalue\nkid\t1\t5\t9\t7\t-0.5\n"
    (row,) = rows_of(one(seg, tmp_path / "a.seg", text))
    assert (row["start"], row["end"], row["points"], row["log2"]) == (4, 9, 7, -0.5)
    assert feeds_of(seg, tmp_path / "a.tsv", text) == ()


def test_purple_takes_its_sample_from_the_name(tmp_path: Path) -> None:
    text = purple_somatic([Row("1", 0, 9)])
    assert one(purple, tmp_path / "T1.a.purple.cnv.somatic.tsv", text).sample == "T1.a"
    assert one(purple, tmp_path / "copies.tsv", text).sample is None


def test_purple_with_a_hash_before_its_heading(tmp_path: Path) -> None:
    """Versions of before 2019 begin the heading with a #."""
    text = "#" + purple_somatic([Row("1", 0, 9), Row("2", 5, 8)])
    rows = rows_of(one(purple, tmp_path / "T1.purple.cnv.somatic.tsv", text))
    assert [r["start"] for r in rows] == [0, 5]


def test_copies_of_the_major_allele_are_what_the_minor_leaves(tmp_path: Path) -> None:
    row = Row("1", 0, 9, major=3, minor=1)
    (got,) = rows_of(one(ascat_format, tmp_path / "T.caveman.csv", caveman([row])))
    assert (got["cn"], got["cn_major"], got["cn_minor"]) == (4, 3, 1)


def test_scarhrd_alleles_in_either_order(tmp_path: Path) -> None:
    text = scarhrd([Row("chr1", 0, 9, major=1, minor=0), Row("chr1", 9, 19, major=0, minor=5)])
    rows = rows_of(one(scarhrd_format, tmp_path / "a.txt", text))
    assert [(r["cn_major"], r["cn_minor"]) for r in rows] == [(1, 0), (5, 0)]


def test_purecn_regions_are_copies_and_those_with_a_type_losses_too(tmp_path: Path) -> None:
    text = purecn_loh([Row("1", 0, 9), Row("1", 9, 19, minor=0), Row("2", 0, 4)])
    copies, lost = feeds_of(purecn, tmp_path / "T_loh.csv", text)
    assert (copies.name, lost.name) == ("cnv", "loh")
    assert [r["call"] for r in rows_of(copies)] == [None, "LOH", None]
    assert [(r["start"], r["record"]) for r in rows_of(lost)] == [(9, 1)]
    assert rows_of(copies)[0]["contig"] == "1"
    assert rows_of(copies)[0]["text"].startswith('"kid","1",1,9,"p"')


def test_purecn_without_quotes_and_with_empty_minor_copies(tmp_path: Path) -> None:
    text = purecn_loh([Row("1", 0, 9), Row("1", 9, 19)]).replace('"', "")
    text = text.replace(",2,1,", ",2,NA,", 1)
    copies, lost = feeds_of(purecn, tmp_path / "T_loh.csv", text)
    assert [(r["cn_major"], r["cn_minor"]) for r in rows_of(copies)] == [(None, None), (1, 1)]
    assert rows_of(lost) == []


def test_rhocall_passes_over_what_is_not_autozygous(tmp_path: Path) -> None:
    text = "#chr\tstart\tend\tAZ\tqual\n1\t101\t200\t1\t50.00\n1\t201\t300\t0\t9.00\n"
    feed = one(rhocall_format, tmp_path / "a.bed", text)
    with feed.open(False) as reader:
        rows = [r for b in reader.batches() for r in b.to_pylist()]
        assert reader.records == 2
    assert [(r["start"], r["end"], r["score"]) for r in rows] == [(100, 200, 50.0)]


def test_rhocall_by_its_track_line_or_by_name_only(tmp_path: Path) -> None:
    plain = "1\t101\t200\n"
    track = 'track name=rhocall description="regions of autoztgosity"\n'
    assert rows_of(one(rhocall_format, tmp_path / "a.bed", track + plain))[0]["start"] == 100
    assert rows_of(one(rhocall_format, tmp_path / "k_rhocallviz.bed", plain))[0]["start"] == 100
    assert rhocall_format.feeds(head_of(tmp_path / "a.bed", plain)) == ()
    assert rows_of(one(rhocall_format, tmp_path / "k_rhocallviz.bed", track)) == []


def test_bcftools_roh_counts_regions_not_sites(tmp_path: Path) -> None:
    text = (
        "# This file was produced by: bcftools roh(1.16+htslib-1.16)\n"
        "ST\tkid\t1\t10\t0\t3.0\nST\tkid\t1\t20\t1\t35.5\nRG\tkid\t1\t20\t30\t11\t7\t78.7\n"
    )
    feed = one(bcftools_roh, tmp_path / "a.roh", text)
    assert feed.sample == "kid"
    with feed.open(False) as reader:
        (row,) = [r for b in reader.batches() for r in b.to_pylist()]
        assert reader.records == 1
    assert (row["start"], row["end"], row["points"], row["score"]) == (19, 30, 7, 78.7)
    assert row["text"].startswith("RG\tkid")


@pytest.mark.parametrize(
    ("origin", "kind", "call"),
    [
        ("PATERNAL", "HETERODISOMY", "hetero paternal"),
        ("MATERNAL", "HOMODISOMY/DELETION", "iso maternal or deletion"),
        ("MATERNAL", "ISODISOMY/DELETION", "iso maternal or deletion"),
        ("PATERNAL", "HETERODISOMY/DELETION", "hetero paternal or deletion"),
        ("PATERNAL", "SOMETHING", "SOMETHING paternal"),
    ],
)
def test_upd_says_type_and_parent(origin: str, kind: str, call: str, tmp_path: Path) -> None:
    text = f"15\t22958103\t101910550\tORIGIN={origin};TYPE={kind};LOW_SIZE=7;INF_SITES=182\n"
    (row,) = rows_of(one(upd_format, tmp_path / "a.bed", text))
    assert (row["call"], row["points"]) == (call, 182)
    assert (row["start"], row["end"]) == (22958103, 101910550)


def test_upd_sites_are_not_regions(tmp_path: Path) -> None:
    assert feeds_of(upd_format, tmp_path / "kid_upd_sites.bed", "1\t9\t10\tANTI_UPD\n") == ()
    assert rows_of(one(upd_format, tmp_path / "kid_upd_regions.bed", "")) == []


def test_hiphase_as_csv(tmp_path: Path) -> None:
    text = hiphase([Row("chr1", 10491, 31295, name="10492", points=58)]).replace("\t", ",")
    feed = next(f for m in FORMATS if (f := m.feeds(_written(tmp_path / "b.csv", text))))[0]
    (row,) = rows_of(feed)
    assert (row["start"], row["end"], row["name"], row["points"]) == (10491, 31295, "10492", 58)


def _written(path: Path, text: str):  # type: ignore[no-untyped-def] # noqa: ANN202
    path.write_text(text)
    return head_of(path, text)


@pytest.mark.parametrize(
    ("line", "name", "score", "colour"),
    [
        ("chr1\t5\t9", None, None, None),
        ("chr1\t5\t9\tPAR1", "PAR1", None, None),
        ("chr1\t5\t9\t.\t960\t+", None, 960.0, None),
        ("chr1\t5\t9\tp36.33\tgneg", "p36.33", None, None),
        ("chr1\t5\t9\ta b\t0\t.\t5\t9\t255,0,16", "a b", 0.0, "255,0,16"),
        ("chr1\t5\t9\ta\t0\t.\t5\t9\t0", "a", 0.0, None),
        ("chr1 5 9 a 7", "a", 7.0, None),
        ("chr1\t5\t9\ta\t1.5\t+\t5\t9\t1,2,3\t2\t1,1\t0,3", "a", 1.5, "1,2,3"),
        ("chr1\t5\t9\ta\t1\t+\t5\t9\t1,2,3\t2\t1,1\t0,3\tmore\tyet", "a", 1.0, "1,2,3"),
    ],
)
def test_bed_of_any_width(
    line: str, name: str | None, score: float | None, colour: str | None, tmp_path: Path
) -> None:
    (row,) = rows_of(one(bed, tmp_path / "a.bed", f"browser position chr1\n{line}\n"))
    assert (row["contig"], row["start"], row["end"]) == ("chr1", 5, 9)
    assert (row.get("name"), row.get("score"), row.get("colour")) == (name, score, colour)
    assert row["text"] == line


def test_bed_track_names_its_caller(tmp_path: Path) -> None:
    text = 'track name="My targets" itemRgb=On\nchr1\t5\t9\n'
    (row,) = rows_of(one(bed, tmp_path / "targets.txt", text))
    assert row["caller"] == "My targets"


def test_bed_of_pairs_is_not_taken(tmp_path: Path) -> None:
    assert feeds_of(bed, tmp_path / "a.bed", "8\t5\t9\t14\t57\t99\n") == ()
    assert feeds_of(bed, tmp_path / "a.txt", "8\t5\t9\n") == ()


def test_aed_of_a_chromosome_analysis(tmp_path: Path) -> None:
    heading = (
        "bio:sequence(aed:String)\tbio:start(aed:Integer)\tbio:end(aed:Integer)\t"
        "aed:name(aed:String)\taed:value(aed:String)\taed:category(aed:String)\t"
        "style:color(aed:Color)\n"
    )
    about = "\t\t\taffx:ucscGenomeVersion(aed:String)\thg19\t\t\n"
    text = f"{heading}{about}chr1\t5\t9\tregion\t\tcopynumber/loss\trgb(255,0,7)\n"
    feed = one(bed, tmp_path / "a.aed", text)
    (row,) = rows_of(feed)
    assert (feed.build, feed.format) == ("GRCh37", "AED")
    assert (row["start"], row["end"], row["name"]) == (5, 9, "region")
    assert (row["call"], row["colour"]) == ("copynumber/loss", "255,0,7")
