"""Real interval files read whole: as many segments as lines, each where its line says."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed, Format, Head
from data_layer.ingest.formats import (
    FORMATS,
    ascat,
    battenberg,
    cnvkit_segments,
    phase_blocks,
    purple,
)
from data_layer.ingest.formats import bed as bed_format
from data_layer.ingest.formats import scarhrd as scarhrd_format
from data_layer.ingest.formats import seg as seg_format
from tests.segments_made import rows_of

pytestmark = pytest.mark.shared


def head_of(path: Path) -> Head:
    raw = path.read_bytes()
    text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    return Head(path, raw[:65536], text[:65536].decode())


def only(module: Format, path: Path) -> Feed:
    """The one feed of a file, which the registry's first format that knows it gives."""
    head = head_of(path)
    (feed,) = module.feeds(head)
    (found,) = next(f for m in FORMATS if (f := m.feeds(head)))
    assert (found.kind, found.name, found.format) == (feed.kind, feed.name, feed.format)
    return feed


def lines(path: Path, delimiter: str = "\t") -> list[dict[str, str]]:
    """Lines by column, read by the standard library alone."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    return list(csv.DictReader(text.splitlines(), delimiter=delimiter))


def places(rows: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    return [(r["contig"], r["start"], r["end"]) for r in rows]


@pytest.mark.parametrize(
    ("name", "copies", "baf", "count"),
    [
        ("tumor_sample.purple.cnv.somatic.tsv", "copyNumber", "baf", 222),
        ("tumor_sample.purple.segment.tsv", "tumorCopyNumber", "tumorBAF", 3565),
    ],
)
def test_purple(shared: Path, name: str, copies: str, baf: str, count: int) -> None:
    path = shared / "colo829" / "purple" / name
    feed = only(purple, path)
    rows, file = rows_of(feed), lines(path)
    assert feed.sample == "tumor_sample"
    assert len(rows) == len(file) == count
    assert places(rows) == [(x["chromosome"], int(x["start"]) - 1, int(x["end"])) for x in file]
    for row, line in zip(rows, file, strict=True):
        assert row["cn"] == float(line[copies])
        assert row["cn_major"] == float(line["majorAlleleCopyNumber"])
        assert row["cn_minor"] == float(line["minorAlleleCopyNumber"])
        assert row["baf"] == float(line[baf])
        assert row["points"] == int(line["bafCount"])
        assert row["text"].split("\t") == list(line.values())


def test_cnvkit(shared: Path) -> None:
    path = shared / "balsamic" / "tests" / "test_data" / "cnv_report" / "tumor.merged.cns"
    rows, file = rows_of(only(cnvkit_segments, path)), lines(path)
    assert len(rows) == len(file) == 2
    assert places(rows) == [(x["chromosome"], int(x["start"]), int(x["end"])) for x in file]
    assert [(r["log2"], r["baf"], r["cn"], r["points"]) for r in rows] == [
        (float(x["log2"]), float(x["baf"]), float(x["cn"]), int(x["probes"])) for x in file
    ]


def test_scarhrd(shared: Path, tmp_path: Path) -> None:
    """The file has a line that ends before it starts: refused, or set aside and the rest read."""
    path = tmp_path / "test2.txt"
    path.write_bytes((shared / "scarhrd" / "test2.txt").read_bytes())
    feed = only(scarhrd_format, path)
    assert feed.sample == "SamplePatient1"
    with pytest.raises(InputError, match=r"SEGMENT-PLACE at test2\.txt line 168: End_position"):
        rows_of(feed)
    with feed.open(True) as reader:
        rows = [row for batch in reader.batches() for row in batch.to_pylist()]
        assert (reader.records, reader.rejected_count) == (223, 1)
    file = [x for i, x in enumerate(lines(path), 2) if i != 168]
    assert len(rows) == len(file) == 222
    assert places(rows) == [
        (x["Chromosome"], int(x["Start_position"]) - 1, int(x["End_position"])) for x in file
    ]
    for row, line in zip(rows, file, strict=True):
        copies = sorted([float(line["A_cn"]), float(line["B_cn"])])
        assert [row["cn_minor"], row["cn_major"]] == copies
        assert row["cn"] == float(line["total_cn"]) == sum(copies)


def test_seg_of_a_study(shared: Path) -> None:
    path = shared / "cbioportal_study_es_0" / "data_cna_hg19.seg"
    feed = only(seg_format, path)
    rows, file = rows_of(feed), lines(path)
    assert feed.sample == "TCGA-A2-A04P-01"
    assert len(rows) == len(file) == 9
    assert [(*p, r["points"], r["log2"]) for p, r in zip(places(rows), rows, strict=True)] == [
        (x["chrom"], int(x["loc.start"]) - 1, int(x["loc.end"]), int(x["num.mark"]),
         float(x["seg.mean"]))
        for x in file
    ]  # fmt: skip


def test_seg_of_a_cohort_gives_each_sample_its_own(shared: Path) -> None:
    path = shared / "maftools" / "LAML_CBS_segments.tsv.gz"
    feeds = seg_format.feeds(head_of(path))
    file = lines(path)
    want = Counter(x["Sample"] for x in file)
    assert len(file) == 6470
    assert [f.sample for f in feeds] == list(want)
    for feed in (feeds[0], feeds[-1]):
        mine = [x for x in file if x["Sample"] == feed.sample]
        with feed.open(False) as reader:
            rows = [row for batch in reader.batches() for row in batch.to_pylist()]
            assert reader.records == len(file)
        assert places(rows) == [
            (x["Chromosome"], int(x["Start.bp"]) - 1, int(x["End.bp"])) for x in mine
        ]
        assert [r["record"] for r in rows] == [i for i, x in enumerate(file) if x in mine]


def test_ascat_tables(shared: Path) -> None:
    path = shared / "pcgr" / "T001-BRCA.grch38.cna.tsv"
    rows, file = rows_of(only(ascat, path)), lines(path)
    assert len(rows) == len(file) > 50
    assert places(rows) == [(x["Chromosome"], int(x["Start"]) - 1, int(x["End"])) for x in file]
    assert [r["cn"] for r in rows] == [float(x["nMajor"]) + float(x["nMinor"]) for x in file]
    path = (
        shared / "sigprofiler_matrixgenerator/CNV/example_input/all.breast.ascat.summary.sample.tsv"
    )
    feeds, file = ascat.feeds(head_of(path)), lines(path)
    assert [f.sample for f in feeds] == list(dict.fromkeys(x["Sample"] for x in file))
    rows = rows_of(feeds[0])
    mine = [x for x in file if x["Sample"] == feeds[0].sample]
    assert [(r["start"], r["cn"], r["cn_minor"]) for r in rows] == [
        (int(x["Start Position"]) - 1, float(x["Tumour TCN"]), float(x["Tumour BCN"])) for x in mine
    ]


def test_battenberg(shared: Path) -> None:
    path = shared / "sigprofiler_matrixgenerator/CNV/example_input/Battenberg_test.tsv"
    feeds, file = battenberg.feeds(head_of(path)), lines(path)
    assert [f.sample for f in feeds] == list(dict.fromkeys(x["sample"] for x in file))
    rows = rows_of(feeds[1])
    mine = [x for x in file if x["sample"] == feeds[1].sample]
    assert [(*p, r["cn"], r["log2"]) for p, r in zip(places(rows), rows, strict=True)] == [
        (x["chr"], int(x["startpos"]) - 1, int(x["endpos"]), float(x["ntot"]), float(x["LogR"]))
        for x in mine
    ]


def test_phase_blocks(shared: Path) -> None:
    path = shared / "scout" / "643594.hg38.blocks.gtf.gz"
    rows = rows_of(only(phase_blocks, path))
    file = [x.split("\t") for x in gzip.decompress(path.read_bytes()).decode().splitlines()]
    assert len(rows) == len(file) == 9389
    assert places(rows) == [(x[0], int(x[3]) - 1, int(x[4])) for x in file]
    assert rows[2]["name"] == "161613"


def test_gens_beds(shared: Path) -> None:
    data = shared / "gens" / "tests" / "data"
    rows = rows_of(only(bed_format, data / "standard.9.bed"))
    assert places(rows) == [("1", 809860, 1565798), ("1", 852889, 1616947)]
    assert [(r["colour"], r["name"], r["score"]) for r in rows] == [("0,0,255", None, None)] * 2
    rows = rows_of(only(bed_format, data / "stockholm.bed"))
    assert places(rows) == [("1", 809860, 1565798), ("1", 852889, 1616947)]
    assert [r["name"] for r in rows] == ["Cluster_01 0,0026", "Cluster_02 0,0034"]
    assert [r["colour"] for r in rows] == ["0,0,255"] * 2


@pytest.mark.parametrize("build", ["hg19", "hg38"])
def test_gens_annotations(shared: Path, build: str) -> None:
    path = shared / f"gens/docs/admin_guide/example_tracks/par_regions_{build}_pink.tsv"
    rows, file = rows_of(only(bed_format, path)), lines(path)
    assert places(rows) == [(x["chromosome"], int(x["start"]), int(x["stop"])) for x in file]
    assert [(r["name"], r["colour"]) for r in rows] == [(x["name"], "255,153,153") for x in file]


@pytest.mark.parametrize(
    ("name", "count", "build"),
    [
        ("chanjo2/src/chanjo2/resources/chrXY_exons_GRCh38_noPAR.bed", 15336, None),
        ("chanjo2/src/chanjo2/demo/109_green.bed", 4, "GRCh37"),
        ("reference/more/github/blacklist/hg38-blacklist.v2.bed.gz", 636, None),
        ("igv-reports/test/data/dups/dups.bed", 2, None),
        ("igv-reports/test/data/variants/variants.bed", 18, None),
        ("balsamic/tests/test_data/references/panel/panel.bed", 43, None),
    ],
)
def test_other_beds(shared: Path, name: str, count: int, build: str | None) -> None:
    path = shared / name
    feed = only(bed_format, path)
    rows = rows_of(feed)
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    file = [x.split("\t") for x in text.splitlines() if x and not x.startswith("#")]
    assert len(rows) == len(file) == count
    assert places(rows) == [(x[0], int(x[1]), int(x[2])) for x in file]
    assert feed.build == build


def test_what_is_not_intervals_is_not_taken_for_them(shared: Path) -> None:
    """Paired beds, summaries, driver lists and tables of genes are no one's."""
    mine = (ascat, bed_format, cnvkit_segments, phase_blocks, purple, scarhrd_format, seg_format)
    for name in (
        "igv-reports/test/data/variants/SKBR3_Sniffles_tra.bedpe",
        "chromoscope/SVTYPE_SV_test_tumor_normal_with_panel.bedpe",
        "colo829/purple/tumor_sample.purple.purity.tsv",
        "colo829/purple/tumor_sample.purple.driver.catalog.somatic.tsv",
        "colo829/purple/tumor_sample.purple.chromosome_arm.tsv",
        "colo829/purple/tumor_sample.purple.germline_amp_del.tsv",
        "colo829/linx/tumor_sample.linx.vis_sv_data.tsv",
        "balsamic/tests/test_data/cnv_report/tumor.merged.cnr",
        "balsamic/tests/test_data/cnv_report/CNV.somatic.case_id.purecn.purity.csv",
        "scout/643594.ped",
    ):
        assert [m for m in mine if m.feeds(head_of(shared / name))] == [], name
