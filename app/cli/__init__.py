"""The command line: ``norrsken …``. Exit 0 done, 1 failed, 2 wrong use, 3 refused."""

from __future__ import annotations

import logging
import os
from importlib import import_module
from importlib.metadata import version as installed_version

import click

#: Where each command stands; it is imported when it is asked for, for the pages take seconds.
COMMANDS = {
    "audit": "audit:audit",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "funnel": "query:funnel",
    "grant": "audit:grant",
    "hpo": "phenotype:hpo",
    "ingest": "ingest:ingest",
    "lake": "lake:lake",
    "phenotext": "phenotype:phenotext",
    "query": "query:query",
    "revoke": "audit:revoke",
    "serve": "serve:serve_command",
    "simulate": "simulate:simulate",
    "tiles": "tiles:tiles",
}


class Commands(click.Group):
    """A group that imports a command only to run it or to describe it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None when there is no such one."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(import_module(f"app.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
