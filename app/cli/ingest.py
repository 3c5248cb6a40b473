"""``norrsken ingest``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.cli.say import FILE, JSON, guarded, say, the_desk
from data_layer.errors import UsageError
from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.ingest.progress import progress_for
from data_layer.query.access import LOCAL
from data_layer.region import Build


@click.command()
@click.argument("paths", nargs=-1, type=FILE)
@click.option("--case", "case_id", default=None, help="Name of the case in addresses.")
@click.option("--manifest", type=FILE, default=None, help="A Scout load-config YAML, as it is.")
@click.option("--ped", type=FILE, default=None, help="Pedigree of the people in the files.")
@click.option(
    "--sample", "of", multiple=True, metavar="FILE=SAMPLE", help="Whose signal or segments FILE is."
)
@click.option("--baf", type=FILE, multiple=True, help="Read a VCF's allele depths as BAF instead.")
@click.option("--build", default=None, help="GRCh37 or GRCh38, where the files do not tell.")
@click.option("--kind", type=click.Choice(["rare", "cancer"]), default=None)
@click.option("--name", default=None, help="Name shown to people.")
@click.option("--replace", is_flag=True, help="Ingest a case anew; decisions stay attached.")
@click.option("--skip-bad", is_flag=True, help="Set unreadable records aside in a .rejected file.")
@click.option("--skip-missing", is_flag=True, help="Go on without VCFs that a manifest names.")
@click.option("--institute", default=None, help="Owner of the case, where no manifest tells.")
@JSON
@guarded
def ingest(
    paths: tuple[Path, ...],
    case_id: str | None,
    manifest: Path | None,
    ped: Path | None,
    of: tuple[str, ...],
    baf: tuple[Path, ...],
    build: str | None,
    kind: str | None,
    name: str | None,
    replace: bool,
    skip_bad: bool,
    skip_missing: bool,
    institute: str | None,
    as_json: bool,
) -> None:
    """Read the files of one case into the lake: VCF, VCF.gz or BCF, signals and segments."""
    files, manifest, ped = _sorted_out(paths, manifest, ped)
    if not (files or baf or manifest):
        raise UsageError("INGEST", "command line", "no file to read", "Name a file or a manifest.")
    request = CaseRequest(
        paths=files,
        case_id=case_id,
        manifest=manifest,
        build=Build.parse(build) if build else None,
        ped=ped,
        kind=kind,
        name=name,
        replace=replace,
        skip_bad=skip_bad,
        skip_missing=skip_missing,
        institute=institute,
        baf=baf,
        samples=dict(_pair(word) for word in of),
    )
    with the_desk(create=True) as desk:
        shown = progress_for(sys.stderr)
        report = ingest_case(desk.lake, request, progress=shown, settings=desk.settings)
        detail = {"version": report.lake_version}
        desk.journal.record_access(LOCAL.id, "ingest", report.case_id, detail)
    say(report.as_json(), report.text(), as_json=as_json)


def _sorted_out(
    paths: tuple[Path, ...], manifest: Path | None, ped: Path | None
) -> tuple[tuple[Path, ...], Path | None, Path | None]:
    """Tell a manifest and a pedigree among the paths by their endings."""
    files = []
    for path in paths:
        if path.suffix in (".yaml", ".yml") and manifest is None:
            manifest = path
        elif path.suffix in (".ped", ".fam") and ped is None:
            ped = path
        else:
            files.append(path)
    return tuple(files), manifest, ped


def _pair(word: str) -> tuple[str, str]:
    """Read ``FILE=SAMPLE``; a file's name may hold ``=``, a sample's may not."""
    file, _, sample = word.rpartition("=")
    if not file or not sample:
        raise UsageError("INGEST", f"--sample {word}", "it is not FILE=SAMPLE", "Write both names.")
    return file, sample
