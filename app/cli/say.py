"""How every command answers: a sentence or JSON, and one line for what went wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from app.linking.opening import open_desk
from data_layer.errors import NorrskenError, shown
from data_layer.query.desk import Desk
from data_layer.settings import Settings

P = ParamSpec("P")
JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
FILE = click.Path(path_type=Path)


def say(value: object, text: str, *, as_json: bool) -> None:
    """Print the JSON form or the sentence."""
    click.echo(json.dumps(value, default=_plain) if as_json else shown(text, len(text)))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Turn a foreseen error into its line on stderr and its exit code.

    With ``--json`` the object goes to both streams: to stdout so that a reader of the answer
    always gets one, to stderr because that is where errors belong.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except NorrskenError as error:
            if kwargs.get("as_json"):
                answer = json.dumps({"error": error.problem.as_json()})
                click.echo(answer)
                click.echo(answer, err=True)
            else:
                click.echo(f"error: {error.problem.line()}", err=True)
            sys.exit(error.exit_code)

    return run


@contextmanager
def the_desk(*, create: bool = False) -> Iterator[Desk]:
    """Open the lake and journal of the settings for one command."""
    desk = open_desk(Settings.load(), create=create)
    try:
        yield desk
    finally:
        desk.close()
