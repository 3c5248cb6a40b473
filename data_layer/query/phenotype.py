"""Phenotype terms for what people write: a search by name, and suggestions from clinical text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from typing import Any

from data_layer.analysis.phenotext import Lexicon, Phrase, suggest
from data_layer.errors import InputError
from data_layer.reference import hpo
from data_layer.settings import asset_path

#: Most letters of a text that is read, and of a search.
LONGEST_TEXT, LONGEST_SEARCH = 20_000, 200
#: Fewest letters of an abbreviation that is read.
LEAST_ABBREVIATION = 3
TERMS_SOURCE = hpo.SOURCE
SOURCE = f"{hpo.SOURCE}; Swedish names: Norrsken's own translation"
METHOD = "whole words, longest name first; no language model"
_REMARK = re.compile(r"\s*\([^()]*\)$")
_LISTS = {"sv": "swedish.tsv", "en": "english.tsv"}


def search(text: str, limit: int = 20) -> list[dict[str, Any]]:
    """Return terms by id or by the beginnings of words, each with how many genes it has.

    Raises:
        InputError: the text is longer than any name.
    """
    if len(text) > LONGEST_SEARCH:
        raise InputError(
            "SEARCH", "phenotype", f"{len(text):,} letters, at most {LONGEST_SEARCH:,}"
        )
    return [
        {
            "id": hit.term.id, "name": hit.term.name, "matched": hit.matched,
            "obsolete": hit.term.obsolete, "replaced_by": hit.term.replaced_by,
            "genes": len(hpo.genes_of(hit.term.id)),
        }
        for hit in hpo.search_terms(text, limit)
    ]  # fmt: skip


def read_text(text: str) -> list[dict[str, Any]]:
    """Return the terms that a clinical text names, each with its words; keeps nothing.

    Raises:
        InputError: the text is longer than ``LONGEST_TEXT``; the message holds none of it.
    """
    if len(text) > LONGEST_TEXT:
        raise InputError(
            "TEXT", "phenotype", f"{len(text):,} letters, at most {LONGEST_TEXT:,}",
            "Paste the part that tells of the patient.",
        )  # fmt: skip
    return [asdict(s) | {"name": hpo.name_of(s.id)} for s in suggest(text, lexicon())]


@cache
def lexicon() -> Lexicon:
    """Make the index of every name of a phenotypic abnormality, once for each process."""
    return Lexicon(_phrases())


def _phrases() -> Iterator[Phrase]:
    told = {hpo.PHENOTYPE, *hpo.descendants(hpo.PHENOTYPE)}
    for name in hpo.ontology().names:
        # Two letters stand for too much: BO is body odor, and branchio-oto.
        short = name.kind == "abbreviation" and len(name.text) < LEAST_ABBREVIATION
        if name.id in told and not short:
            yield Phrase(name.id, name.text, "en", name.scope)
    yield from _shortened(told)
    for language, file in _LISTS.items():
        with asset_path("phenotype", file).open(encoding="utf-8") as lines:
            rows = csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t")
            for row in rows:
                for words in row["words"].split("|"):
                    yield Phrase(row["id"], words, language, "own")


def _shortened(told: set[str]) -> Iterator[Phrase]:
    """Give names without a remark in brackets at their end, where that leaves one term."""
    found: dict[str, set[str]] = {}
    for name in hpo.ontology().names:
        short = _REMARK.sub("", name.text)
        if name.id in told and short != name.text and " " in short:
            found.setdefault(short, set()).add(name.id)
    for short, ids in found.items():
        if len(ids) == 1:
            yield Phrase(ids.pop(), short, "en", "related")
