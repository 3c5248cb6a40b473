"""``norrsken simulate``: made-up genomes with a table of what was planted."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.say import FILE, JSON, guarded, say
from data_layer.region import Build
from data_layer.simulate import simulate_cohort, simulate_trio, simulate_tumour

VARIANTS = click.option("--variants", type=click.IntRange(1000), default=100_000, show_default=True)
SEED = click.option("--seed", type=int, default=1, show_default=True)
OUT = click.option("-o", "--output", type=FILE, required=True, help="A folder.")
BUILD = click.option("--build", default="GRCh38", show_default=True)


@click.group()
def simulate() -> None:
    """Make VCF, ped and bed files, and the truth about them."""


@simulate.command()
@VARIANTS
@SEED
@BUILD
@click.option("--coverage/--no-coverage", default=False, help="Coverage and BAF beds as well.")
@OUT
@JSON
@guarded
def trio(variants: int, seed: int, build: str, coverage: bool, output: Path, as_json: bool) -> None:
    """A child and both parents, with planted findings."""
    report = simulate_trio(
        output, variants=variants, seed=seed, build=Build.parse(build), coverage=coverage
    )
    say(report.as_json(), f"Truth: {report.truth_path}", as_json=as_json)


@simulate.command()
@VARIANTS
@SEED
@BUILD
@OUT
@JSON
@guarded
def tumour(variants: int, seed: int, build: str, output: Path, as_json: bool) -> None:
    """A tumour and its normal."""
    report = simulate_tumour(output, variants=variants, seed=seed, build=Build.parse(build))
    say(report.as_json(), f"Truth: {report.truth_path}", as_json=as_json)


@simulate.command()
@VARIANTS
@click.option("--samples", type=click.IntRange(2), default=50, show_default=True)
@SEED
@BUILD
@OUT
@JSON
@guarded
def cohort(variants: int, samples: int, seed: int, build: str, output: Path, as_json: bool) -> None:
    """Many people in one joint VCF."""
    report = simulate_cohort(
        output, variants=variants, samples=samples, seed=seed, build=Build.parse(build)
    )
    say(report.as_json(), f"Truth: {report.truth_path}", as_json=as_json)
