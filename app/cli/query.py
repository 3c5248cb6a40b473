"""``norrsken query`` and ``norrsken funnel``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import click

from app.cli.say import FILE, JSON, guarded, say, the_desk
from data_layer.errors import InputError, UsageError
from data_layer.query.access import LOCAL
from data_layer.query.case import CaseQuery
from data_layer.query.filters import Filter, parse_filters
from data_layer.query.funnel import Step
from data_layer.query.orders import parse_sort
from data_layer.query.recipes import recipe

RECIPE = click.option("--recipe", "recipe_name", default=None, help="A saved filter by name.")
WHERE = click.option("--where", default=None, help="Filters as in a page's address.")


def chosen(case: CaseQuery, recipe_name: str | None, where: str | None) -> tuple[Filter, ...]:
    """Return the filters of a recipe or of the ``--where`` text."""
    if recipe_name and where:
        raise UsageError("FILTER", "command line", "--recipe and --where exclude each other")
    if recipe_name:
        return recipe(recipe_name).filters_for(case.info)
    return parse_filters(where or "")


def step_json(step: Step) -> dict[str, object]:
    """Return a step as ``funnel --json`` prints it."""
    return {
        "filter": step.filter_url,
        "sentence": step.sentence,
        "before": step.before,
        "after": step.after,
    } | ({"note": step.note} if step.note else {})


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its name only once all of it is written."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    except OSError as error:
        raise InputError(
            "OUTPUT", str(path), f"it cannot be written ({error.strerror})", "Name another file."
        ) from error
    finally:
        part.unlink(missing_ok=True)


@click.command()
@click.argument("case_id")
@RECIPE
@WHERE
@click.option("--sort", default="", help="column:desc,column:asc")
@click.option("--format", "form", type=click.Choice(["csv", "parquet", "vcf", "json"]), default="csv")  # fmt: skip # noqa: E501
@click.option("-o", "--output", type=FILE, default=None, help="A file; else standard output.")
@JSON
@guarded
def query(
    case_id: str,
    recipe_name: str | None,
    where: str | None,
    sort: str,
    form: str,
    output: Path | None,
    as_json: bool,
) -> None:
    """Write the variants of a case that pass the filters, every one of them."""
    with the_desk() as desk:
        case = desk.case(LOCAL, case_id)
        filters = chosen(case, recipe_name, where)
        order = parse_sort(sort)
        form = "json" if as_json else form
        detail = {"format": form, "filters": [f.to_url() for f in filters]}
        desk.journal.record_access(LOCAL.id, "export", case_id, detail)
        if output is None:
            case.export(filters, order, None, form, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        with _whole(output) as out:
            rows = case.export(filters, order, None, form, out)
        click.echo(f"{rows:,} variants written to {output}", err=True)


@click.command()
@click.argument("case_id")
@RECIPE
@WHERE
@click.option("--why", default=None, help="A variant: position, chrom-pos-ref-alt, HGVS or rs.")
@JSON
@guarded
def funnel(
    case_id: str, recipe_name: str | None, where: str | None, why: str | None, as_json: bool
) -> None:
    """Show what each filter removes, and what removed one variant."""
    with the_desk() as desk:
        case = desk.open(LOCAL, case_id)
        filters = chosen(case, recipe_name, where)
        steps = case.funnel(filters)
        answer: dict[str, Any] = {
            "case_id": case_id,
            "recipe": recipe_name or where or "",
            "lake_version": case.info.lake_version,
            "steps": [step_json(s) for s in steps],
        }
        lines = [f"{s.after:>12,}  {s.sentence} {s.note}".rstrip() for s in steps]
        if why:
            found = case.why(why, filters)
            answer["why"] = asdict(found)
            lines.append(found.sentence)
    say(answer, "\n".join(lines), as_json=as_json)
