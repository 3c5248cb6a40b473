"""``norrsken serve``."""

from __future__ import annotations

import errno

import click

from app.cli.say import guarded
from data_layer.errors import UsageError
from data_layer.settings import Settings


@click.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Default 5006.")
@guarded
def serve_command(port: int | None) -> None:
    """Serve the pages of the lake on this machine."""
    from app.main import serve  # the web is loaded by the one command that serves it

    settings = Settings.load(port=port)
    click.echo(f"Norrsken: http://localhost:{settings.port}  (lake {settings.lake}; Ctrl+C stops)")
    try:
        serve(settings)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise UsageError(
            "PORT", f"port {settings.port}", str(error.strerror), "Pass --port with another."
        ) from error
