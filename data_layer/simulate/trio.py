"""A simulated trio: an affected son and his unaffected parents."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_layer.errors import InputError, UsageError
from data_layer.reference.genes import genes
from data_layer.region import Build, chrom_name
from data_layer.simulate import bgzf, calls, header, plants, repeats, spread, structural
from data_layer.simulate.annotated import annotate
from data_layer.simulate.case_files import Member, write_manifest, write_ped
from data_layer.simulate.consequence import TERMS
from data_layer.simulate.coverage import write_beds
from data_layer.simulate.family import EVENTS, PEOPLE, family
from data_layer.simulate.genome import genome
from data_layer.simulate.placing import place_sites
from data_layer.simulate.rank import rank
from data_layer.simulate.records import Chromosome, slice_text
from data_layer.simulate.report import SimulationReport, Truth, write_truth
from data_layer.simulate.sites import Sites
from data_layer.simulate.stream import Piece, Progress, write_pieces

#: Records made into text at once.
SLICE = 25_000
FEWEST = 2_000


def chromosome(
    build: Build,
    chrom: int,
    *,
    variants: int,
    count: int,
    seed: int,
    case_id: str,
) -> Chromosome:
    """Decide everything about one chromosome of a trio."""
    rng = np.random.default_rng([seed, chrom])
    planted = plants.TRIO
    made = genome(build, chrom, plants.patches(build, planted, chrom))
    here = [(p.pos - 1, i, p.ref, p.alt) for i, p in enumerate(planted) if p.chrom == chrom]
    scale = spread.coding_share(build, chrom) * variants if chrom < 24 else 0.0
    sites = place_sites(rng, made, spread.allowed(build, chrom), count, here, scale)
    people = family(rng, build, sites, chrom, variants)
    _set_plants(sites, people.kind, planted)
    people.passed[sites.plant >= 0] = True
    people.phased[sites.plant >= 0] = False
    base = annotate(rng, build, made, sites, people.other, people.frequency, people.new, planted)
    scored = rank(sites, people, base.evidence, chrom, planted)
    return Chromosome(**vars(base), family=people, rank=scored, case_id=case_id)


_KINDS = {
    "0/0": calls.REF, "0/1": calls.HET, "1/1": calls.HOM, "0": calls.HAP_REF, "1": calls.HAP_ALT,
}  # fmt: skip


def _set_plants(
    sites: Sites, kinds: tuple[NDArray[np.int8], ...], planted: tuple[plants.Plant, ...]
) -> None:
    """Give planted sites their genotypes, in place."""
    for i in np.flatnonzero(sites.plant >= 0).tolist():
        plant = planted[int(sites.plant[i])]
        for person, text in enumerate(plant.genotypes):
            kind = _KINDS[text]
            if plant.chrom == 25 and kind in (calls.HAP_REF, calls.HAP_ALT):
                kind = calls.MT_REF if kind == calls.HAP_REF else calls.MT_ALT
            kinds[person][i] = kind


def _piece(build: Build, chrom: int, variants: int, count: int, seed: int, case_id: str) -> Piece:
    """Make one chromosome's records and count what is in them."""
    made = chromosome(build, chrom, variants=variants, count=count, seed=seed, case_id=case_id)
    piece = Piece(records=made.sites.count)
    rng = np.random.default_rng([seed, chrom, 1])
    for low in range(0, made.sites.count, SLICE):
        piece.add(slice_text(rng, made, low, min(low + SLICE, made.sites.count)))
    piece.counts = _counted(made, chrom)
    return piece


def _counted(made: Chromosome, chrom: int) -> dict[str, int]:
    child = calls.COPIES_1[made.family.kind[0]] + calls.COPIES_2[made.family.kind[0]]
    here = made.evidence.term[child > 0]
    out = {
        f"proband_{term}": int(n)
        for (term, _), n in zip(TERMS, np.bincount(here, minlength=len(TERMS)), strict=True)
        if n
    }
    out["de_novo_background"] = int(made.family.new.sum())
    out["multi_allelic"] = int((made.family.other >= 0).sum())
    out["not_passed"] = int((~made.family.passed).sum())
    out["phased"] = int(made.family.phased.sum())
    if chrom < 23:
        out["proband_het"] = int((child == 1).sum())
        out["proband_hom"] = int((child == 2).sum())
    return out


def simulate_trio(
    out: Path,
    *,
    variants: int,
    seed: int,
    build: Build = Build.GRCH38,
    coverage: bool = True,
    coverage_bin: int | None = None,
    progress: Progress | None = None,
) -> SimulationReport:
    """Write a trio's files to a folder: VCFs, pedigree, Scout-style manifest, beds, truth table.

    ``coverage_bin`` is the finest bin of the beds, 100 to 100,000 bases; by default it follows the
    number of variants.

    Raises:
        UsageError: the build is not GRCh38, or too few variants are asked for.
        InputError: the folder cannot be written.
    """
    began = time.monotonic()
    check(out, variants, build, FEWEST)
    case_id = f"simtrio{seed}"
    report = SimulationReport("trio", case_id, seed)
    small = out / f"{case_id}_snv_ranked.vcf.gz"
    samples = [f"{case_id}_{p}" for p in PEOPLE]
    head = header.header(build, samples, header.SMALL_INFO, header.SMALL_FORMAT, header.FILTERS)
    jobs = [
        partial(_piece, build, c, variants, n, seed, case_id)
        for c, n in enumerate(spread.counts(build, variants), start=1)
    ]
    warm(build)
    report.counts = write_pieces(small, head, jobs, variants, progress)
    report.files.append(small)
    beds: list[Path] = []
    if coverage:
        width = coverage_bin or _bin_for(variants)
        beds = write_beds(out / "gens", build, seed, samples, bin_size=width, progress=progress)
    _others(out, report, build, samples, variants, beds)
    report.files += beds
    report.truth_path = out / "truth.tsv"
    write_truth(report.truth_path, _truths(case_id))
    report.files.append(report.truth_path)
    report.seconds = time.monotonic() - began
    return report


def _bin_for(variants: int) -> int:
    """Finest coverage bin that suits a file of so many variants."""
    return 100 if variants >= 1_000_000 else 1000 if variants >= 100_000 else 25_000


def warm(build: Build) -> None:
    """Load what threads share, once."""
    for chrom in range(1, 26):
        genome(build, chrom)
    genes(build)
    calls.pools()


def _others(
    out: Path,
    report: SimulationReport,
    build: Build,
    samples: list[str],
    variants: int,
    beds: list[Path],
) -> None:
    """Write structural, repeat and mobile element VCFs, pedigree and manifest."""
    case_id, seed = report.case_id, report.seed
    rows, count = structural.structural(build, seed, case_id, variants)
    loci, lengths = repeats.repeats(build, seed, case_id)
    moved = repeats.mobile(build, seed, case_id, variants)
    report.counts |= {"sv_records": count, "str_records": len(loci), "mei_records": len(moved)}
    units = [(f"STR{n}", f"Allele of {n} repeat units") for n in lengths]
    elements = [(f"INS:ME:{e}", f"Insertion of {e}") for e in ("ALU", "L1", "SVA")]
    heads = (
        ("sv_ranked", rows, structural.INFO, structural.FORMAT, structural.FILTERS,
         structural.ALTS),
        ("str", loci, repeats.INFO, repeats.FORMAT, repeats.FILTERS, units),
        ("mei", moved, repeats.MEI_INFO, repeats.MEI_FORMAT, repeats.MEI_FILTERS,
         elements),
    )  # fmt: skip
    keys = {"vcf_snv": f"{case_id}_snv_ranked.vcf.gz"}
    for name, lines, info, formats, filters, alts in heads:
        path = out / f"{case_id}_{name}.vcf.gz"
        head = header.header(build, samples, info, formats, filters, alts=alts)
        path.write_bytes(bgzf.blocks((head + "".join(lines)).encode()) + bgzf.END)
        keys[f"vcf_{name.partition('_')[0]}"] = path.name
        report.files.append(path)
    child, father, mother = samples
    members = [
        Member(child, "male", True, father, mother),
        Member(father, "male", False),
        Member(mother, "female", False),
    ]
    members = [replace(m, files=_beds_of(m.sample, beds)) for m in members]
    ped, manifest = out / f"{case_id}.ped", out / f"{case_id}_load_config.yaml"
    write_ped(ped, case_id, members)
    write_manifest(manifest, case_id, members, keys, track="rare", hpo=["HP:0001250", "HP:0001263"])
    report.files += [ped, manifest]


def _beds_of(sample: str, beds: list[Path]) -> dict[str, str]:
    """A person's beds by the manifest's key, named from the manifest's folder."""
    keys = {".cov.": "gens_coverage", ".baf.": "gens_baf"}
    return {
        key: f"{bed.parent.name}/{bed.name}"
        for bed in beds
        for word, key in keys.items()
        if bed.name.startswith(f"{sample}_gens{word}")
    }


def check(out: Path, variants: int, build: Build, fewest: int, purity: float = 1.0) -> None:
    """Refuse what cannot be simulated, and make the folder."""
    if build is not Build.GRCH38:
        raise UsageError(
            "SIM-BUILD", str(build), "planted variants are known on GRCh38 only", "Use GRCh38."
        )
    if variants < fewest:
        raise UsageError(
            "SIM-VARIANTS", f"--variants {variants}", f"fewer than {fewest:,}",
            f"Ask for {fewest:,} or more.",
        )  # fmt: skip
    if not 0 < purity <= 1:
        raise UsageError("SIM-PURITY", f"purity {purity}", "not above 0 and at most 1")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            "SIM-OUT", str(out), str(error), "Choose a folder you may write."
        ) from error


def _truths(case_id: str) -> list[Truth]:
    """Everything planted in a trio, small variants first."""
    small = f"{case_id}_snv_ranked.vcf.gz"
    rows = []
    for plant in plants.TRIO:
        carriers = [p for p, g in zip(PEOPLE, plant.genotypes, strict=True) if "1" in g]
        rows.append(
            Truth(
                plant.kind, chrom_name(plant.chrom), plant.pos, plant.pos + len(plant.ref) - 1,
                plant.ref, plant.alt, plant.gene, ",".join(carriers), plant.inheritance, small,
                plant.sentence,
            )
        )  # fmt: skip
    for event in EVENTS:
        deleted = event.kind.startswith("deletion")
        people = ",".join(p for p, n in zip(PEOPLE, event.copies, strict=True) if n)
        file = f"{case_id}_sv_ranked.vcf.gz" if deleted else small
        rows.append(
            Truth(
                event.kind, chrom_name(event.chrom), event.start + 1, event.end, "N",
                "<DEL>" if deleted else ".", event.gene, people, event.inheritance, file,
                event.sentence,
            )
        )  # fmt: skip
    rows.append(
        Truth(
            "repeat_premutation", "chrX", 147912051, 147912110, "N", "<STR82>", "FMR1", "mother",
            "XR", f"{case_id}_str.vcf.gz",
            "The mother carries 82 units in FMR1; the son got the other X",
        )
    )  # fmt: skip
    return rows
