"""Human Phenotype Ontology: terms by id, by descent, by what people type, and their genes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from sys import intern

import pyarrow.parquet as pq

from data_layer.settings import asset_path

SOURCE = "Human Phenotype Ontology, 2026-02-16"
GENE_SOURCE = "HPO annotations, 2025-01-16"
#: Branches of the ontology that stand directly under its root.
ROOT, PHENOTYPE = "HP:0000001", "HP:0000118"
_COLUMNS = ("id", "name", "obsolete", "replaced_by", "parents", "former")
_ID = re.compile(r"^\s*(?:HP[:_ ]?)?(\d{1,7})\s*$", re.I)
#: Letters by which a synonym counts as longer in a search.
_OTHER_NAME = 6
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class HpoTerm:
    """One term, such as ``HP:0001250 Seizure``.

    Attributes:
        parents: ids of the terms directly above.
        obsolete: whether the ontology has given the term up.
        replaced_by: the id to use in its place, when the ontology names one.
    """

    id: str
    name: str
    parents: tuple[str, ...]
    obsolete: bool
    replaced_by: str | None


@dataclass(frozen=True, slots=True)
class HpoName:
    """A name of a term in use: ``scope`` is name, exact, narrow, broad or related."""

    id: str
    text: str
    scope: str
    kind: str


@dataclass(frozen=True, slots=True)
class HpoHit:
    """A term found by a search, and the name of it that matched."""

    term: HpoTerm
    matched: str


@dataclass(frozen=True, eq=False)
class Ontology:
    """All terms, with the present id of every former one."""

    terms: dict[str, HpoTerm]
    former: dict[str, str]
    names: tuple[HpoName, ...]

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """Terms directly below each term."""
        found: dict[str, list[str]] = {}
        for term in self.terms.values():
            for parent in term.parents:
                found.setdefault(parent, []).append(term.id)
        return {k: tuple(v) for k, v in found.items()}

    @cached_property
    def by_word(self) -> tuple[tuple[str, int], ...]:
        """Every word of every name, sorted, with the row in ``names``."""
        pairs = ((w, i) for i, n in enumerate(self.names) for w in set(_words(n.text)))
        return tuple(sorted(pairs))

    @cached_property
    def words_of(self) -> tuple[tuple[str, ...], ...]:
        """The words of each row in ``names``."""
        return tuple(tuple(_words(n.text)) for n in self.names)


@cache
def ontology() -> Ontology:
    """Load the terms and their names, once for each process (about a second)."""
    table = pq.read_table(asset_path("reference", "hpo.parquet"))
    cells = [table[f].to_pylist() for f in _COLUMNS]
    texts = {n: _text(n) for n in cells[0]}
    terms: dict[str, HpoTerm] = {}
    former: dict[str, str] = {}
    for number, name, obsolete, later, parents, old in zip(*cells, strict=True):
        mine = texts[number]
        above = tuple(texts[p] for p in parents)
        terms[mine] = HpoTerm(mine, name, above, obsolete, None if later is None else texts[later])
        former |= {_text(f): mine for f in old}
    names = [HpoName(t.id, t.name, "name", "") for t in terms.values() if not t.obsolete]
    others = pq.read_table(asset_path("reference", "hpo_synonyms.parquet"))
    cells = [others[f].to_pylist() for f in ("id", "text", "scope", "kind")]
    for number, text, scope, kind in zip(*cells, strict=True):
        names.append(HpoName(texts[number], text, intern(scope), intern(kind)))
    return Ontology(terms, {f: t for f, t in former.items() if f not in terms}, tuple(names))


def hpo_id(text: str) -> str | None:
    """Return the id that a text spells, as ``HP:0001250``; None when it spells none."""
    found = _ID.match(text)
    return _text(int(found[1])) if found else None


def term(identifier: str) -> HpoTerm | None:
    """Return a term by its id or by a former id that was merged into it; None when unknown.

    An obsolete term is returned as such: see ``current``.
    """
    table, key = ontology(), hpo_id(identifier)
    return table.terms.get(table.former.get(key, key)) if key else None


def name_of(identifier: str) -> str:
    """Return the name of a term, or of the one that a former id was merged into; else empty."""
    found = term(identifier)
    return found.name if found else ""


def current(identifier: str) -> HpoTerm | None:
    """Return the term in use for an id: merged and replaced ids lead to their heir.

    None for an unknown id, and for an obsolete one that nothing replaced.
    """
    found, seen = term(identifier), set[str]()
    while found is not None and found.obsolete:
        if found.replaced_by is None or found.id in seen:
            return None
        seen.add(found.id)
        found = term(found.replaced_by)
    return found


def ancestors(identifier: str) -> frozenset[str]:
    """Return the ids above a term in use, up to the root, without its own; empty when unknown."""
    first = current(identifier)
    found: set[str] = set()
    ahead = list(first.parents) if first else []
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead.extend(ontology().terms[one].parents)
    return frozenset(found)


def descendants(identifier: str) -> frozenset[str]:
    """Return the ids below a term in use, without its own; empty when unknown."""
    first = current(identifier)
    found: set[str] = set()
    ahead = [first.id] if first else []
    while ahead:
        for child in ontology().children.get(ahead.pop(), ()):
            if child not in found:
                found.add(child)
                ahead.append(child)
    return frozenset(found)


def names(identifier: str) -> tuple[str, ...]:
    """Return every name of a term in use, its own first."""
    first = current(identifier)
    return _names_by_id().get(first.id, ()) if first else ()


def search_terms(text: str, limit: int = 20) -> tuple[HpoHit, ...]:
    """Return terms for what a person typed: an id, or the beginnings of words of one name.

    Best first: a name that equals the text, then names that begin with it, then shorter names;
    a term's own name counts as a little shorter than a synonym.
    """
    key = hpo_id(text) if not text.strip().isalpha() else None
    if key:
        found = term(key)
        return (HpoHit(found, key),) if found else ()
    words = _words(text)
    if not words or limit < 1:
        return ()
    table = ontology()
    best: dict[str, tuple[tuple[int, int, str], str]] = {}
    for row in _rows_with(table, max(words, key=len)):
        if not _fits(words, table.words_of[row]):
            continue
        name = table.names[row]
        length = len(name.text) + (_OTHER_NAME if name.scope != "name" else 0)
        rank = (_nearness(words, table.words_of[row]), length, name.id)
        if name.id not in best or rank < best[name.id][0]:
            best[name.id] = (rank, name.text)
    chosen = sorted(best.items(), key=lambda b: b[1][0])[:limit]
    return tuple(HpoHit(table.terms[i], matched) for i, (_, matched) in chosen)


def genes_of(identifier: str) -> tuple[str, ...]:
    """Return symbols of the genes annotated with a term or a term below it, sorted."""
    first = current(identifier)
    if first is None:
        return ()
    table = _genes()
    found = {g for i in (first.id, *descendants(first.id)) for g in table.get(i, ())}
    return tuple(sorted(found))


@cache
def _names_by_id() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name in ontology().names:
        found.setdefault(name.id, []).append(name.text)
    return {k: tuple(v) for k, v in found.items()}


@cache
def _genes() -> dict[str, tuple[str, ...]]:
    columns = pq.read_table(asset_path("reference", "hpo_genes.parquet")).to_pydict()
    found: dict[str, list[str]] = {}
    for number, gene in zip(columns["id"], columns["gene"], strict=True):
        found.setdefault(_text(number), []).append(gene)
    return {k: tuple(v) for k, v in found.items()}


def _text(number: int) -> str:
    return f"HP:{number:07d}"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _rows_with(table: Ontology, start: str) -> Iterable[int]:
    at, seen = bisect_left(table.by_word, (start, -1)), set[int]()
    while at < len(table.by_word) and table.by_word[at][0].startswith(start):
        if table.by_word[at][1] not in seen:
            seen.add(table.by_word[at][1])
            yield table.by_word[at][1]
        at += 1


def _fits(asked: list[str], words: tuple[str, ...]) -> bool:
    return all(any(w.startswith(a) for w in words) for a in asked)


def _nearness(asked: list[str], words: tuple[str, ...]) -> int:
    if list(words) == asked:
        return 0
    starts = len(words) >= len(asked) and all(w.startswith(a) for w, a in zip(words, asked))  # noqa: B905
    return 1 if starts else 2
