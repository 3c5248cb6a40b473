"""B-allele fractions from a VCF: which sites count, and how a gVCF is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_layer.errors import InputError
from data_layer.ingest.feeds import read_head
from data_layer.ingest.formats.vcf_baf import baf_feeds, is_gvcf
from tests.format_read import feeds_of, read, rows_of

HEADER = (
    "##fileformat=VCFv4.2\n"
    "##contig=<ID=1,length=249250621>\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">\n'
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">\n'
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">\n'
    '##ALT=<ID=NON_REF,Description="any other allele">\n'
    '##INFO=<ID=END,Number=1,Type=Integer,Description="x">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{}\n"
)


def write(tmp_path: Path, records: list[str], *, name: str, samples: str = "kid") -> Path:
    path = tmp_path / name
    body = "".join("\t".join(r.split(" ")) + "\n" for r in records)
    path.write_text(HEADER.format("\t".join(samples.split(","))) + body)
    return path


def test_sites_of_a_gvcf(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        [
            "1 100 . A <NON_REF> . . END=199 GT:DP 0/0:30",
            "1 200 . A C,<NON_REF> . . . GT:AD:DP 0/1:15,5,0:20",
            "1 300 . a <*>,c . . . GT:AD:DP 0/1:15,0,5:20",
            "1 400 . AT A,<NON_REF> . . . GT:AD:DP 0/1:15,5,0:20",
            "1 500 . A C,G,<NON_REF> . . . GT:AD:DP 1/2:0,9,9,0:18",
            "1 600 . A T,<NON_REF> . . . GT:AD:DP 1/1:0,9,4:30",
            "1 700 . A T,<NON_REF> . . . GT:DP:AD 1/1:30:0,10,0",
            "1 800 . G T,<*> . . . GT:AD ./.:.",
            "1 900 . G T,<*> . . . GT:AD 0/0:12,0,0",
            "1 950 . G <DEL> . . . GT:AD 0/1:12,3",
            "1 960 . G * . . . GT:AD 0/1:12,3",
        ],
        name="kid.vcf",
    )
    (feed,) = feeds_of(path)
    assert (feed.kind, feed.name, feed.sample, feed.build) == ("signal", "baf", "kid", "GRCh37")
    with feed.open(False) as reader:
        assert rows_of(reader) == [
            ("1", 199, 200, 0.25), ("1", 699, 700, 1.0), ("1", 899, 900, 0.0),
        ]  # fmt: skip
        assert reader.records == 11
        assert len(reader.sha256) == 64


def test_each_sample_has_its_own_depths(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ["1 10 . A C . . . GT:AD 0/1:8,8 0/0:20,0", "1 20 . A C . . . GT:AD 0/1:4,4 1/1:1,19"],
        name="trio.vcf",
        samples="kid,mother",
    )
    kid, mother = baf_feeds(path)
    with kid.open(False) as reader:
        assert rows_of(reader) == [("1", 9, 10, 0.5)]
    with mother.open(False) as reader:
        assert rows_of(reader) == [("1", 9, 10, 0.0), ("1", 19, 20, pytest.approx(0.95))]


def test_a_genotyped_vcf_is_no_gvcf_though_its_header_came_from_one(tmp_path: Path) -> None:
    records = ["1 10 . A C . . . GT:AD 0/1:8,8"]
    assert not is_gvcf(read_head(write(tmp_path, records, name="kid.vcf")))
    assert feeds_of(tmp_path / "kid.vcf") == ()
    assert is_gvcf(read_head(write(tmp_path, records, name="kid.g.vcf")))
    assert is_gvcf(read_head(write(tmp_path, records, name="kid.hard-filtered.gvcf")))


def test_a_record_of_the_reference_alone_makes_a_gvcf(tmp_path: Path) -> None:
    path = write(tmp_path, ["1 10 . A <NON_REF> . . END=20 GT:AD:DP 0/0:.:30"], name="kid.vcf")
    assert is_gvcf(read_head(path))
    assert read(path) == []


def test_a_vcf_without_depths_or_samples_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ["1 10 . A C . . . GT 0/1"], name="kid.g.vcf")
    with pytest.raises(InputError, match=r"BAF-DEPTHS at kid\.g\.vcf.*FORMAT AD"):
        rows_of(baf_feeds(path)[0].open(False))
    path.write_text(path.read_text().replace("ID=AD", "ID=XX"))
    with pytest.raises(InputError, match=r"BAF-DEPTHS at kid\.g\.vcf.*FORMAT AD"):
        baf_feeds(path)
    path.write_text(HEADER.removesuffix("\tFORMAT\t{}\n") + "\n")
    with pytest.raises(InputError, match=r"BAF-DEPTHS at kid\.g\.vcf.*samples"):
        baf_feeds(path)


def test_depths_count_though_the_header_does_not_declare_them(tmp_path: Path) -> None:
    path = write(tmp_path, ["1 10 . A C . . . GT:AD 0/1:8,8"], name="kid.g.vcf")
    path.write_text(path.read_text().replace("ID=AD", "ID=XX"))
    assert read(path) == [("1", 9, 10, 0.5)]


def test_broken_records_are_set_aside_in_a_file_of_their_own(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ["1 10 . A C . . . GT:AD 0/1:8,8", "1 x . A C . . . GT:AD 0/1:8,8"],
        name="kid.g.vcf",
    )
    with pytest.raises(InputError, match="VCF-POS"):
        read(path)
    with feeds_of(path)[0].open(True) as reader:
        assert rows_of(reader) == [("1", 9, 10, 0.5)]
        assert reader.rejected_count == 1
    assert (tmp_path / "kid.g.vcf.baf.rejected").exists()
