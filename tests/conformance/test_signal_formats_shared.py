"""Real files of points: rows and values equal what the files hold, counted another way."""

from __future__ import annotations

import gzip
import itertools
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_layer.ingest.feed import Feed
from data_layer.ingest.formats.vcf_baf import baf_feeds
from data_layer.region import Build, chrom_code
from tests.format_read import feeds_of, read, rows_of

pytestmark = pytest.mark.shared

D4 = ("chanjo2/src/chanjo2/demo/panelapp_109_example.d4", "scout/ADM1059A1.d4",
      "scout/ADM1059A2.d4", "scout/ADM1059A3.d4")  # fmt: skip
WIG = tuple(
    f"reference/more/github/ichorCNA/{name}"
    for name in ("MBC_315.ctDNA.reads.wig", "MBC_315_T2.ctDNA.reads.wig",
                 "gc_hg19_1000kb.wig.gz", "gc_hg38_50kb.wig.gz", "map_hg38_500kb.wig.gz")
)  # fmt: skip
GENS_FILES = "balsamic/tests/test_data/gens_files"


def find(shared: Path, name: str) -> Path:
    path = shared / name
    if not path.exists():
        pytest.skip(f"{name} is not there")
    return path


def lines(path: Path) -> list[str]:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode().splitlines()


@pytest.mark.parametrize("name", D4)
def test_d4_rows_tile_each_contig_and_hold_its_depth(shared: Path, name: str) -> None:
    path = find(shared, name)
    held = _Depths(path.read_bytes())
    contigs: dict[str, list[np.ndarray]] = {}
    (feed,) = feeds_of(path)
    assert (feed.format, feed.name) == ("D4", "depth")
    with feed.open(False) as reader:
        for batch in reader.batches():
            contig = batch["contig"][0].as_py()
            columns = [batch[n].to_numpy().astype(np.float64) for n in ("start", "end", "value")]
            contigs.setdefault(contig, []).append(np.stack(columns))
        given = sum(piece.shape[1] for pieces in contigs.values() for piece in pieces)
        assert reader.records == given + len(held.sizes) - len(contigs)
    for contig, pieces in contigs.items():
        start, end, value = np.concatenate(pieces, axis=1)
        assert start[0] == 0
        assert end[-1] == held.sizes[contig]
        assert (start[1:] == end[:-1]).all()
        assert (value[1:] != value[:-1]).all()
        assert float(((end - start) * value).sum()) == held.sums[contig]
        assert float(value.max()) == held.highest[contig]
    assert all(held.sums[c] == 0 for c in held.sizes if c not in contigs)


def test_d4_mean_depth_of_a_panels_genes_is_that_of_a_genome(shared: Path) -> None:
    path = find(shared, D4[0])
    genes = [x.split("\t") for x in lines(find(shared, "chanjo2/src/chanjo2/demo/109_green.bed"))]
    rows = read(path)
    for contig, first, last, _, symbol in (g for g in genes if not g[0].startswith("#")):
        low, high = int(first), int(last)
        covered = [
            (min(e, high) - max(s, low), v)
            for c, s, e, v in rows
            if c == contig and s < high and e > low
        ]
        assert sum(size for size, _ in covered) == high - low, symbol
        mean = sum(size * v for size, v in covered) / (high - low)
        assert 20 < mean < 25, (symbol, mean)


@pytest.mark.parametrize("name", WIG)
def test_wig_values_stand_in_order_and_fill_the_chromosomes(shared: Path, name: str) -> None:
    path = find(shared, name)
    rows = read(path)
    values = [x for x in lines(path) if not x.startswith("fixedStep")]
    assert [v for *_, v in rows] == [float(np.float32(x)) for x in values]
    declared = [
        dict(w.split("=") for w in x.split()[1:]) for x in lines(path) if x.startswith("fixed")
    ]
    assert list(dict.fromkeys(c for c, *_ in rows)) == [d["chrom"] for d in declared]
    build = Build.GRCH38 if "hg38" in name else Build.GRCH37
    step = int(declared[0]["step"])
    for contig, group in itertools.groupby(rows, key=lambda r: r[0]):
        placed = list(group)
        assert [(s, e) for _, s, e, _ in placed] == [
            (i * step, (i + 1) * step) for i in range(len(placed))
        ]
        assert 0 <= placed[-1][2] - build.size(chrom_code(str(contig))) < step, contig


@pytest.mark.parametrize(
    "name",
    ["balsamic/tests/test_data/cnv_report/tumor.merged.cnr", f"{GENS_FILES}/tumor.merged.cnr"],
)
def test_cnvkit_bins_are_the_files(shared: Path, name: str) -> None:
    path = find(shared, name)
    table = [x.split("\t") for x in lines(path)]
    ratio, depth = feeds_of(path)
    for feed, column in ((ratio, "log2"), (depth, "depth")):
        at = table[0].index(column)
        assert _all(feed) == [
            (f[0], int(f[1]), int(f[2]), float(np.float32(f[at]))) for f in table[1:]
        ]


def test_gatk_ratios_are_the_files(shared: Path) -> None:
    path = find(shared, f"{GENS_FILES}/dummy.denoisedCR.tsv")
    (feed,) = feeds_of(path)
    assert (feed.sample, feed.build) == ("TUMOR", "GRCh37")
    fields = [x.split("\t") for x in lines(path) if not x.startswith(("@", "CONTIG"))]
    assert _all(feed) == [(c, int(s) - 1, int(e), float(np.float32(v))) for c, s, e, v in fields]


def test_gens_own_gvcf_gives_the_fractions_of_its_rule(shared: Path) -> None:
    path = find(shared, "gens/tests/data/generate_gens_data/sample.g.vcf")
    assert read(path) == [("1", 9, 10, pytest.approx(0.2)), ("1", 19, 20, 0.0)]


def test_a_vcf_cut_to_common_sites_gives_fractions_when_asked(shared: Path) -> None:
    path = find(shared, f"{GENS_FILES}/SNV.germline.dummy.dnascope_gnomad_af5.vcf")
    want = []
    for fields in (x.split("\t") for x in lines(path) if not x.startswith("#")):
        depths = dict(zip(fields[8].split(":"), fields[9].split(":"), strict=False)).get("AD", ".")
        if len(fields[3]) == len(fields[4]) == 1 and depths.count(",") == 1:
            ref, alt = map(int, depths.split(","))
            if ref + alt >= 10:
                place = int(fields[1])
                want.append((fields[0], place - 1, place, float(np.float32(alt / (ref + alt)))))
    (feed,) = baf_feeds(path)
    assert feed.sample == "TUMOR"
    assert want
    assert _all(feed) == want
    assert feeds_of(path) == ()


def _all(feed: Feed) -> list[tuple[object, ...]]:
    with feed.open(False) as reader:
        return rows_of(reader)


class _Depths:
    """What a D4 whose codes have no bits holds, read whole by a second, plainer way."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        root = self._folder(8)
        meta = json.loads(self._stream(*root[".metadata"]).rstrip(b"\0"))
        self.sizes = {c["name"]: c["size"] for c in meta["chrom_list"]}
        default = meta["dictionary"]["SimpleRange"]["low"]
        assert meta["dictionary"]["SimpleRange"]["high"] == default + 1
        self.sums = {name: float(size * default) for name, size in self.sizes.items()}
        self.highest = dict.fromkeys(self.sizes, 0.0)
        table = self._folder(root[".stab"][0])
        parts: dict[str, Any] = json.loads(self._stream(*table[".metadata"]).rstrip(b"\0"))
        at = dict.fromkeys(self.sizes, 0)
        for number, (contig, _, _) in enumerate(parts["partitions"]):
            for left, more, value in self._records(table[str(number)], parts["compression"]):
                end = left + more
                self.sums[contig] += (end - max(left - 1, at[contig])) * (value - default)
                self.highest[contig] = max(self.highest[contig], float(value))
                at[contig] = end

    def _records(self, place: tuple[int, int], compression: Any) -> list[tuple[int, int, int]]:
        if compression == "NoCompression":
            raw = self._stream(*place)
            found = struct.iter_unpack("<IHi", raw[: len(raw) // 10 * 10])
            return list(itertools.takewhile(lambda r: r[0] > 0, found))
        out = []
        for i, frame in enumerate(self._frames(*place)):
            body = frame[1:] if i == 0 else frame
            count = struct.unpack_from("<I", body, 8)[0]
            if count:
                out += struct.iter_unpack("<IHi", zlib.decompressobj(-15).decompress(body[12:]))
        return out

    def _folder(self, at: int) -> dict[str, tuple[int, int]]:
        text, out, i = self._stream(at, 512), {}, 0
        while i < len(text) and text[i]:
            place, size = struct.unpack_from("<QQ", text, i + 2)
            end = text.index(b"\0", i + 18)
            out[text[i + 18 : end].decode()] = (at + place, size)
            i = end + 1
        return out

    def _stream(self, at: int, size: int) -> bytes:
        return b"".join(self._frames(at, size))

    def _frames(self, at: int, size: int) -> list[bytes]:
        out = []
        while True:
            step, more = struct.unpack_from("<qQ", self._raw, at)
            out.append(self._raw[at + 16 : at + size])
            if not step:
                return out
            at, size = at + step, more
