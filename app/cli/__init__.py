"""The command line: ``norrsken …``. Exit 0 done, 1 failed, 2 wrong use, 3 refused."""

from __future__ import annotations

import logging
import os
from importlib.metadata import version as installed_version

import click

from app.cli.audit import audit, grant, revoke
from app.cli.demo import demo
from app.cli.doctor import doctor
from app.cli.ingest import ingest
from app.cli.lake import lake
from app.cli.query import funnel, query
from app.cli.serve import serve_command
from app.cli.simulate import simulate
from app.cli.tiles import tiles


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(installed_version("norrsken"), prog_name="norrsken")
@click.option("--verbose", is_flag=True, help="Log what happens to stderr.")
def main(verbose: bool) -> None:
    """Whole genomes at full resolution, from one lake of Parquet."""
    # Lake, journal and exports hold patients: nobody else on the machine reads them.
    os.umask(0o077)
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )


for command in (
    demo, serve_command, ingest, query, funnel, lake, tiles, simulate, audit, grant, revoke, doctor
):  # fmt: skip
    main.add_command(command)
