"""The simulated trio with decoys: each planted finding is kept by its recipe, decoys are not."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.journal import default_url, open_journal
from data_layer.lake import open_lake
from data_layer.query.access import LOCAL, CaseQuery
from data_layer.query.desk import Desk
from data_layer.query.recipes import recipe
from data_layer.region import Build
from data_layer.settings import Settings
from data_layer.simulate.trio import simulate_trio
from tests.unit.test_query_inheritance import FREE, HET, HOM, ONLY, PEOPLE, line, opened

#: Which recipe keeps what the simulator says that it planted.
RECIPES = {
    "de_novo": "rare-coding-de-novo",
    "AD_dn": "rare-coding-de-novo",
    "AR_comp": "rare-recessive",
    "AR_hom": "rare-recessive",
    "AD": "rare-reduced-penetrance",
    "mitochondrial": "rare-mitochondrial",
}
STRICT = ("rare-dominant-strict", "rare-recessive", "rare-x-linked", "rare-de-novo", "rare-mitochondrial")  # fmt: skip # noqa: E501


@dataclass
class Simulated:
    """A desk over a simulated trio, and the truth about it."""

    case: CaseQuery
    truth: list[dict[str, str]]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    folder, root = tmp_path_factory.mktemp("trio"), tmp_path_factory.mktemp("lake")
    simulate_trio(folder, variants=3000, seed=3, build=Build.GRCH38, coverage=False)
    with (folder / "truth.tsv").open(encoding="utf-8") as file:
        truth = list(csv.DictReader(file, delimiter="\t"))
    settings = Settings(lake=str(root), threads=2)
    lake = open_lake(str(root), settings=settings, create=True)
    paths = tuple(sorted(folder.glob("*.vcf.gz")))
    ingest_case(lake, CaseRequest(paths, "sim", None, Build.GRCH38, next(folder.glob("*.ped"))))
    desk = Desk(lake, open_journal(default_url(root)), settings)
    yield Simulated(desk.case(LOCAL, "sim"), truth)
    desk.close()


def test_each_planted_finding_is_kept_by_its_recipe(simulated: Simulated) -> None:
    asked = 0
    for row in simulated.truth:
        name = RECIPES.get(row["inheritance"])
        if row["kind"] == "x_hemizygous":
            name = "rare-x-linked"
        if name is None:
            continue
        steps = recipe(name).filters_for(simulated.case.info)
        found = simulated.case.why(f"{row['chrom']}:{row['pos']}", steps)
        assert found.row_id is not None, row
        assert found.step is None, found.sentence
        asked += 1
    assert asked >= 11


def test_a_carrier_is_told_why_it_fell(simulated: Simulated) -> None:
    row = next(r for r in simulated.truth if r["kind"] == "recessive_carrier")
    for name in ("rare-recessive", "rare-recessive-permissive"):
        steps = recipe(name).filters_for(simulated.case.info)
        found = simulated.case.why(f"{row['chrom']}:{row['pos']}", steps)
        assert found.step == len(steps)
        assert "no other call of its gene makes a pair with it" in found.sentence


#: Decoys by kind: genotypes and reads of child, father and mother; ``pos`` sets them apart.
LOW, SOME = "0/0:27,3:30:60", "0/1:27,3:30:8"


def _decoys(rng: np.random.Generator, many: int) -> list[str]:
    """Cis pairs, low fractions in a parent, PAR, artefacts: each looks like a finding but one."""
    out = []
    for i in range(many):
        gene, at = f"D{i}", 10_000_000 + 1000 * i
        parent = int(rng.integers(0, 2))
        pair = [HET, FREE] if parent == 0 else [FREE, HET]
        kind = i % 4
        if kind == 0:
            out += [line("chr2", at, gene, HET, *pair), line("chr2", at + 9, gene, HET, *pair)]
        elif kind == 1:
            out.append(line("chr2", at, gene, HET, *([LOW, FREE] if parent == 0 else [FREE, LOW])))
        elif kind == 2:
            out.append(line("chrX", 100_000 + 10 * i, gene, HET, *pair))
        else:
            out.append(line("chr2", at, gene, SOME, FREE, FREE))
    return sorted(out, key=lambda r: (r.split()[0], int(r.split()[1])))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_two_hundred_decoys_99_of_100_fall(tmp_path: Path, seed: int) -> None:
    true = [
        line("chr1", 100, "NEW", HET, FREE, FREE),
        line("chr1", 200, "PAIR", HET, HET, FREE),
        line("chr1", 201, "PAIR", HET, FREE, HET),
        line("chr1", 300, "TWICE", HOM, HET, HET),
    ]
    later = [line("chrX", 50_000_000, "XG", ONLY, FREE, HET)]
    decoys = _decoys(np.random.default_rng(seed), 200)
    genes = {f"D{i}" for i in range(200)}
    desk = opened(tmp_path, PEOPLE, [*true, *decoys, *later], "f child dad mum 1 2\nf dad 0 0 1 1\nf mum 0 0 2 1\n")  # fmt: skip # noqa: E501
    case = desk.case(LOCAL, "demo")
    assert case.info.total == len(true) + len(decoys) + 1 > 200
    kept: set[str] = set()
    for name in STRICT:
        steps = recipe(name).filters_for(case.info)
        kept |= {r["gene"] for r in case.page(steps, (), 0, 999, ["gene"]).rows}
        for gone in ("chr2:10000000", "chr2:10001000"):
            told = case.why(gone, steps)
            assert told.step is None or told.value
    desk.close()
    assert {"NEW", "PAIR", "TWICE", "XG"} <= kept
    assert len(kept & genes) <= 2, sorted(kept & genes)
