"""A simulated trio looks like a genome, is well-formed, and holds what its truth table says."""

import gzip
import hashlib
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import yaml

from data_layer.errors import UsageError
from data_layer.region import Build, chrom_code
from data_layer.simulate import SimulationReport, calls, simulate_trio
from data_layer.simulate.family import EVENTS, _without_copies

VARIANTS = 60_000
FULL = 5_000_000


@dataclass
class Record:
    chrom: str
    pos: int
    ref: str
    alts: list[str]
    filter: str
    info: dict[str, str]
    format: list[str]
    samples: list[list[str]]

    def genotype(self, person: int) -> list[str]:
        return self.samples[person][0].replace("|", "/").split("/")

    @property
    def score(self) -> int:
        return int(self.info["RankScore"].partition(":")[2])


def read(path: Path) -> list[Record]:
    out = []
    with gzip.open(path, "rt") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            c = line.rstrip("\n").split("\t")
            info = dict(x.partition("=")[::2] for x in c[7].split(";"))
            out.append(
                Record(
                    c[0], int(c[1]), c[3], c[4].split(","), c[6], info, c[8].split(":"),
                    [s.split(":") for s in c[9:]],
                )
            )  # fmt: skip
    return out


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> SimulationReport:
    return simulate_trio(
        tmp_path_factory.mktemp("trio"), variants=VARIANTS, seed=11, coverage=False
    )


@pytest.fixture(scope="module")
def folder(report: SimulationReport) -> Path:
    return report.truth_path.parent


@pytest.fixture(scope="module")
def records(folder: Path) -> list[Record]:
    return read(folder / "simtrio11_snv_ranked.vcf.gz")


@pytest.fixture(scope="module")
def truth(report: SimulationReport) -> list[dict[str, str]]:
    head, *rows = report.truth_path.read_text().splitlines()
    return [dict(zip(head.split("\t"), r.split("\t"), strict=True)) for r in rows]


def planted(record: Record) -> bool:
    return record.score >= 30


def autosomal(record: Record) -> bool:
    return chrom_code(record.chrom) < 23


def inside_event(record: Record) -> bool:
    code = chrom_code(record.chrom)
    return any(e.chrom == code and e.start < record.pos <= e.end for e in EVENTS)


def test_every_record_asked_for_is_there(records: list[Record], report: SimulationReport) -> None:
    assert len(records) == VARIANTS == report.counts["records"]


def test_bcftools_reads_every_file_without_a_word(report: SimulationReport) -> None:
    for path in (f for f in report.files if f.name.endswith(".vcf.gz")):
        done = subprocess.run(["bcftools", "view", path], capture_output=True, check=True)
        assert done.stderr == b""
        rows = sum(not line.startswith(b"#") for line in done.stdout.splitlines())
        assert rows > 0


def test_sorted_and_unique(records: list[Record]) -> None:
    places = [(chrom_code(r.chrom), r.pos) for r in records]
    assert places == sorted(set(places))


def test_counts_and_lists_have_the_right_length(records: list[Record]) -> None:
    for r in records:
        called = [a for p in range(3) for a in r.genotype(p) if a != "."]
        assert int(r.info["AN"]) == len(called)
        assert [int(x) for x in r.info["AC"].split(",")] == [
            called.count(str(i + 1)) for i in range(len(r.alts))
        ]
        assert sum(a != "0" for a in called) > 0
        for sample in r.samples:
            cell = dict(zip(r.format, sample, strict=True))
            assert len(cell["AD"].split(",")) == len(r.alts) + 1
            assert sum(map(int, cell["AD"].split(","))) == int(cell["DP"])
            if cell.get("PL", ".") != ".":
                n, ploidy = len(r.alts) + 1, len(cell["GT"].replace("|", "/").split("/"))
                assert len(cell["PL"].split(",")) == (n if ploidy == 1 else n * (n + 1) // 2)


def test_rank_score_is_the_sum_of_its_parts(records: list[Record]) -> None:
    assert all(sum(map(int, r.info["RankResult"].split("|"))) == r.score for r in records)


def test_csq_entries_have_the_fields_of_the_header(folder: Path, records: list[Record]) -> None:
    with gzip.open(folder / "simtrio11_snv_ranked.vcf.gz", "rt") as lines:
        line = next(x for x in lines if x.startswith("##INFO=<ID=CSQ"))
    fields = line.partition("Format: ")[2].count("|")
    assert all(e.count("|") == fields for r in records for e in r.info["CSQ"].split(","))


def test_transitions_to_transversions(records: list[Record]) -> None:
    pairs = [(r.ref, a) for r in records for a in r.alts if len(r.ref) == len(a) == 1]
    turns = sum({a, b} in ({"A", "G"}, {"C", "T"}) for a, b in pairs)
    assert 1.95 < turns / (len(pairs) - turns) < 2.15


def test_het_to_hom_of_the_child(records: list[Record]) -> None:
    kinds = Counter(
        len({*g}) for r in records if autosomal(r) and {*(g := r.genotype(0))} - {"0", "."}
    )
    assert 1.4 < kinds[2] / kinds[1] < 1.7


def test_most_calls_are_common_with_a_rare_tail(records: list[Record]) -> None:
    f = [float(r.info.get("GNOMADAF", "0").partition(",")[0]) for r in records]
    assert 0.02 < sum(x < 0.01 for x in f) / len(f) < 0.10
    assert 0.001 < sum(x < 0.001 for x in f) / len(f) < 0.03
    assert sum(x > 0.05 for x in f) / len(f) > 0.8


def test_consequences_of_the_child_scale_to_a_genome(report: SimulationReport) -> None:
    def scaled(*words: str) -> float:
        found = sum(
            n for k, n in report.counts.items()
            if k.startswith("proband_") and any(w in k for w in words)
        )  # fmt: skip
        return found * FULL / VARIANTS

    assert 8_500 < scaled("synonymous") < 14_500
    assert 7_500 < scaled("missense") < 14_000
    assert scaled("stop_gained", "frameshift", "splice_donor", "splice_acceptor") < 900


def test_inheritance_holds_but_for_a_small_error_rate(records: list[Record]) -> None:
    broken = seen = 0
    for r in records:
        child, father, mother = (r.genotype(p) for p in range(3))
        if not autosomal(r) or inside_event(r) or planted(r) or "." in child + father + mother:
            continue
        seen += 1
        one, two = child
        broken += not ((one in father and two in mother) or (two in father and one in mother))
    assert seen > 50_000
    assert 0 < broken / seen < 0.0015


def test_x_and_y_and_m_follow_sex(records: list[Record]) -> None:
    build = Build.GRCH38
    for r in records:
        code = chrom_code(r.chrom)
        sizes = [len(r.genotype(p)) for p in range(3)]
        if code == 23:
            assert sizes == ([2, 2, 2] if build.in_par(23, r.pos - 1) else [1, 1, 2])
        elif code == 24:
            assert sizes[:2] == [1, 1]
            assert r.genotype(2) == ["."]
            assert not build.in_par(24, r.pos - 1)
        elif code == 25 and not planted(r):
            assert r.genotype(0) == r.genotype(2)


def test_overlapping_records_agree_on_the_reference(records: list[Record]) -> None:
    last: dict[int, str] = {}
    chrom, agreed = "", 0
    for r in records:
        if r.chrom != chrom:
            chrom, last = r.chrom, {}
        for i, base in enumerate(r.ref):
            agreed += r.pos + i in last
            assert last.get(r.pos + i, base) == base
            last[r.pos + i] = base
    assert agreed > 0


def test_planted_variants_are_there_and_lead_the_list(
    records: list[Record], truth: list[dict[str, str]]
) -> None:
    small = [t for t in truth if t["ref"] != "N"]
    assert len(small) == 9
    by_place = {(r.chrom, r.pos): r for r in records}
    for row in small:
        record = by_place[(row["chrom"], int(row["pos"]))]
        assert (record.ref, record.alts) == (row["ref"], [row["alt"]])
        assert f"|{row['gene']}|" in record.info["CSQ"]
        carriers = [
            p for i, p in enumerate(("proband", "father", "mother")) if "1" in record.genotype(i)
        ]
        assert ",".join(carriers) == row["people"]
    ranked = sorted(records, key=lambda r: -r.score)[:9]
    assert {(r.chrom, r.pos) for r in ranked} == {(t["chrom"], int(t["pos"])) for t in small}


def test_planted_names_are_the_published_ones(records: list[Record]) -> None:
    names = " ".join(r.info["CSQ"] for r in records if planted(r))
    for name in (
        "c.1217G>A", "p.Arg406His", "p.Lys329Glu", "p.Tyr67His", "p.Arg464Ter", "p.Gln188Arg",
        "p.Asp227Glu", "c.1521_1523del", "p.Phe508del", "p.His1047Arg",
    ):  # fmt: skip
        assert name in names


def test_mosaic_and_heteroplasmic_fractions(records: list[Record]) -> None:
    mosaic = next(r for r in records if (r.chrom, r.pos) == ("chr3", 179234297))
    reads = [int(x) for x in mosaic.samples[0][1].split(",")]
    assert 0.1 < reads[1] / sum(reads) < 0.2
    mito = next(r for r in records if (r.chrom, r.pos) == ("chrM", 3243))
    assert [round(float(mito.samples[p][2]), 1) for p in (0, 2)] == [0.4, 0.1]


def test_no_copy_of_the_father_in_planted_losses(records: list[Record]) -> None:
    upd = [r for r in records if r.chrom == "chr14" and 80_000_000 < r.pos <= 106_880_000]
    hets = [r for r in upd if len({*r.genotype(0)}) == 2]
    assert len(upd) > 300
    assert len(hets) / len(upd) < 0.01


def test_structural_file_holds_the_deletions(folder: Path, truth: list[dict[str, str]]) -> None:
    calls = read(folder / "simtrio11_sv_ranked.vcf.gz")
    wanted = [t for t in truth if t["alt"] == "<DEL>"]
    genotypes = {
        "de_novo": [["0", "1"], ["0", "0"], ["0", "0"]],
        "AR_hom": [["1", "1"], ["0", "1"], ["0", "1"]],
    }
    assert sorted(t["inheritance"] for t in wanted) == ["AR_hom", "de_novo", "de_novo"]
    for row in wanted:
        call = next(c for c in calls if c.chrom == row["chrom"] and c.pos == int(row["pos"]))
        assert call.info["END"] == row["end"]
        assert [call.genotype(p) for p in range(3)] == genotypes[row["inheritance"]]
        assert (
            call.info["GeneticModels"]
            == f"simtrio11:{row['inheritance'].replace('de_novo', 'AD_dn')}"
        )
        assert call.score >= 30
    mates = {c.info["MATEID"] for c in calls if "MATEID" in c.info}
    assert len(mates) == sum(c.info["SVTYPE"] == "BND" for c in calls)


def test_who_has_no_copy_has_no_call(truth: list[dict[str, str]]) -> None:
    (row,) = (t for t in truth if t["inheritance"] == "AR_hom" and t["alt"] == "<DEL>")
    assert row["people"] == "proband,father,mother"
    first, last = int(row["pos"]) - 1, int(row["end"])
    pos = np.array([first - 1, first, last - 1, last])
    founders = np.array([[0, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 1, 1]], dtype=np.int8)
    het = np.full(4, calls.HET, dtype=np.int8)
    child, father, mother = _without_copies(
        chrom_code(row["chrom"]), (het, het, het), founders, pos
    )
    assert child.tolist() == [calls.HET, calls.MISSING, calls.MISSING, calls.HET]
    assert father.tolist() == [calls.HET, calls.LONE_ALT, calls.LONE_ALT, calls.HET]
    assert mother.tolist() == [calls.HET, calls.LONE_REF, calls.LONE_ALT, calls.HET]
    elsewhere = _without_copies(1, (het, het, het), founders, pos)
    assert all((kind == calls.HET).all() for kind in elsewhere)


def test_repeats_and_mobile_elements(folder: Path) -> None:
    loci = {r.info["REPID"]: r for r in read(folder / "simtrio11_str.vcf.gz")}
    assert "pre_mutation" in loci["FMR1"].info["STR_STATUS"]
    assert len(loci["FMR1"].genotype(0)) == 1
    assert all(r.info["MEINFO"].count(",") == 3 for r in read(folder / "simtrio11_mei.vcf.gz"))


def test_manifest_and_pedigree_name_what_is_there(folder: Path) -> None:
    manifest = yaml.safe_load((folder / "simtrio11_load_config.yaml").read_text())
    for key in ("vcf_snv", "vcf_sv", "vcf_str", "vcf_mei"):
        assert (folder / manifest[key]).is_file()
    rows = [x.split("\t") for x in (folder / "simtrio11.ped").read_text().splitlines()[1:]]
    assert [r[1] for r in rows] == [s["sample_id"] for s in manifest["samples"]]
    assert rows[0][2:] == [rows[1][1], rows[2][1], "1", "2"]


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    digests = []
    for i, seed in enumerate((5, 5, 6)):
        made = simulate_trio(tmp_path / str(i), variants=3000, seed=seed, coverage=False)
        digests.append([hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(made.files)])
    assert digests[0] == digests[1]
    assert digests[0][2] != digests[2][2]


def test_refuses_what_it_cannot_make(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="GRCh38"):
        simulate_trio(tmp_path, variants=5000, seed=1, build=Build.GRCH37)
    with pytest.raises(UsageError, match="fewer than"):
        simulate_trio(tmp_path, variants=10, seed=1)
