"""``norrsken hpo`` and ``norrsken phenotext``: terms by name, and out of a clinical text."""

from __future__ import annotations

from typing import TextIO

import click

from app.cli.say import JSON, guarded, say
from data_layer.query import phenotype

SIGNS = {"present": "+", "excluded": "-", "family": "f", "not in family": "n"}


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=20, help="Most terms shown.")
@JSON
@guarded
def hpo(words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find HPO terms by id or by the beginnings of WORDS."""
    found = phenotype.search(" ".join(words), limit)
    lines = [
        f"{t['id']}  {t['name']}"
        + (f" (obsolete, now {t['replaced_by'] or 'nothing'})" if t["obsolete"] else "")
        + ("" if t["matched"] in (t["name"], t["id"]) else f'  "{t["matched"]}"')
        + f"  {t['genes']:,} genes"
        for t in found
    ]
    answer = {"terms": found, "source": phenotype.TERMS_SOURCE}
    say(answer, "\n".join(lines) or "No term has such a name.", as_json=as_json)


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@JSON
@guarded
def phenotext(file: TextIO, as_json: bool) -> None:
    """Suggest HPO terms for the clinical text in FILE, or on standard input; nothing is saved.

    Each line: + present, - excluded, f in the family, n not in the family; ? where the text is
    not certain or its words name several terms.
    """
    found = phenotype.read_text(file.read(phenotype.LONGEST_TEXT + 1))
    lines = [
        f"{SIGNS[s['status']]}{' ' if s['certain'] and s['among'] == 1 else '?'} "
        f'{s["id"]}  {s["name"]}  "{s["words"]}"' + (f'  by "{s["cue"]}"' if s["cue"] else "")
        for s in found
    ]
    answer = {"suggestions": found, "source": phenotype.SOURCE, "method": phenotype.METHOD}
    say(answer, "\n".join(lines) or "No term was recognised.", as_json=as_json)
