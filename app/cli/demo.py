"""``norrsken demo``: a lake to look at, made here, without a network."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import click

from app.cli.say import JSON, guarded, say, the_desk
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.ingest.progress import progress_for
from data_layer.query.access import LOCAL
from data_layer.query.desk import Desk
from data_layer.region import Build
from data_layer.settings import asset_path
from data_layer.simulate import simulate_trio

#: Calls of the simulated trio; a family of three has about five million in a whole genome.
SCALES = {"small": 20_000, "genome": 1_000_000}
#: Bases of a coverage bin at each scale: 100, as real files have them, is 27 million bins a person.
BINS = {"small": 25_000, "genome": 100}
SEED = 7


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@JSON
@guarded
def demo(scale: str, as_json: bool) -> None:
    """Fill the lake with a simulated trio and the packaged real case; skip what is there."""
    began = time.monotonic()
    name = f"demo-trio-{scale}"
    with the_desk(create=True) as desk, tempfile.TemporaryDirectory() as folder:
        there = {c.case_id for c in desk.cases(LOCAL)}
        if name not in there:
            _trio(desk, name, Path(folder), scale)
        for manifest in sorted(asset_path("demo").glob("*.yaml")):
            if manifest.stem not in there:
                request = CaseRequest(paths=(), case_id=manifest.stem, manifest=manifest)
                _ingest(desk, request)
        found = [
            {"case_id": c.case_id, "name": c.name, "variants": c.total} for c in desk.cases(LOCAL)
        ]
        where, version = desk.lake.url, desk.lake.version()
    lines = [f"{c['case_id']:<24}{c['variants']:>12,} variants" for c in found]
    lines.append(f"Lake {where}, version {version}. Now: norrsken serve")
    answer = {
        "lake": where,
        "lake_version": version,
        "cases": found,
        "seconds": round(time.monotonic() - began, 1),
    }
    say(answer, "\n".join(lines), as_json=as_json)


def _trio(desk: Desk, name: str, folder: Path, scale: str) -> None:
    variants, width = SCALES[scale], BINS[scale]
    said = f"{variants:,} variants, coverage in bins of {width:,} bases, and BAF"
    click.echo(f"Simulating a trio of {said} …", err=True)
    report = simulate_trio(
        folder, variants=variants, seed=SEED, build=Build.GRCH38, coverage_bin=width
    )
    manifest = next(p for p in report.files if p.suffix == ".yaml")
    title = f"Simulated trio, {variants:,} variants"
    request = CaseRequest(paths=(), case_id=name, manifest=manifest, name=title)
    _ingest(desk, request)


def _ingest(desk: Desk, request: CaseRequest) -> None:
    shown = progress_for(sys.stderr)
    report = ingest_case(desk.lake, request, progress=shown, settings=desk.settings)
    detail = {"version": report.lake_version, "demo": True}
    desk.journal.record_access(LOCAL.id, "ingest", report.case_id, detail)
