"""A search inside one case: gene, region, position, HGVS, rs number, identity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from data_layer.errors import InputError
from data_layer.query.clauses import span
from data_layer.query.marks import label
from data_layer.query.source import Source
from data_layer.query.variants import plain_rows
from data_layer.reference import hpo
from data_layer.reference.bands import band_span
from data_layer.reference.genes import search_genes
from data_layer.region import OTHER, chrom_code, chrom_name

LIMIT = 20
#: Phenotype terms that are shown, and fewest and most letters of their search.
TERMS, LEAST, LONGEST_TERM = 3, 4, 200
#: Longest text that is searched for, and most digits of a position.
LONGEST, _DIGITS = 2_000, 12
_VARIANT = re.compile(
    r"^(?:GRCh3[78][-:])?(?P<chrom>[^\s:-]+)[-:\s]+(?P<pos>\d[\d,_]*)[-:\s]*(?P<ref>[ACGTN]+)[->:/\s]+(?P<alt>[ACGTN*]+)$",
    re.I,
)
_CHROM = re.compile(r"(?:chr)?(?:[1-9]|1\d|2[0-2]|X|Y|M|MT)", re.I)
_PLACE = re.compile(r"^(?P<chrom>[^\s:-]+)[-:\s]+(?P<pos>\d[\d,_]*)$")
_CELLS = ("row_id", "vid", "class", "chrom", "start", "end", "gpos", "ref", "alt", "gene",
          "hgvsc", "hgvsp", "svtype", "svlen", "id", "rank_score")  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """Something found: its kind, its part of the axis (half-open), its row when it is a call.

    A phenotype term has no place; its ``count`` is the calls in genes known for it.
    """

    kind: str
    label: str
    x0: int | None
    x1: int | None
    row_id: int | None = None
    vid: str | None = None
    count: int | None = None


def find(source: Source, text: str) -> list[Hit]:
    """Return what a text names in the case: calls first, then genes and regions."""
    words = _words(text)
    if not words:
        return []
    hits = [_hit(row) for row in calls(source, words)]
    terms = _terms(source, words)
    hits += _genes(source, words)[: LIMIT - len(terms)]
    return (_spans(source, words) + hits + terms + _region(source, words))[:LIMIT]


def _spans(source: Source, text: str) -> list[Hit]:
    """Return the chromosome or the band that a text names."""
    build = source.info.reference
    if _CHROM.fullmatch(text):
        code = chrom_code(text)
        x0 = build.gpos(code, 0)
        return [Hit("chromosome", chrom_name(code), x0, x0 + build.size(code))]
    if (found := band_span(build, text)) is not None:
        chrom, start, end = found
        x0 = build.gpos(chrom, start)
        name = text.lower().removeprefix("chr")
        return [Hit("band", name[0].upper() + name[1:], x0, x0 + end - start)]
    return []


def calls(source: Source, text: str) -> list[dict[str, Any]]:
    """Return the calls that a text names exactly: by identity, place, HGVS or identifier."""
    words = _words(text)
    exact = _VARIANT.match(words)
    if exact and len(exact["pos"]) <= _DIGITS:
        params = _place(source, exact) | {"ref": exact["ref"].upper(), "alt": exact["alt"].upper()}
        test = "gpos = $gpos and start = $start and upper(ref) = $ref and upper(alt) = $alt"
        return _rows(source, test, params)
    found = _rows(source, "vid = $vid", {"vid": words})
    if found:
        return found
    place = _PLACE.match(words)
    if place and chrom_code(place["chrom"]) != OTHER and len(place["pos"]) <= _DIGITS:
        return _rows(source, "gpos = $gpos and start = $start", _place(source, place))
    if re.fullmatch(r"rs\d+", words, re.I):
        test = "list_contains(string_split(lower(id), ';'), $id)"
        return _rows(source, test, {"id": words.lower()})
    if re.search(r"(^|:)[cgnmp]\.", words):
        return _hgvs(source, words)
    return []


def _words(text: str) -> str:
    """Return the text without space around it.

    Raises:
        InputError: it is longer than any name of a call.
    """
    words = text.strip()
    if len(words) > LONGEST:
        raise InputError("SEARCH", "search", f"{len(words):,} letters, at most {LONGEST:,}")
    return words


def gene_calls(source: Source, text: str) -> list[dict[str, Any]]:
    """Return the calls of a gene by its symbol, the highest ranked first."""
    return _rows(source, "upper(gene) = $gene", {"gene": text.strip().upper()}, limit=1000)


def _place(source: Source, found: re.Match[str]) -> dict[str, object]:
    code = chrom_code(found["chrom"])
    start = int(found["pos"].replace(",", "").replace("_", "")) - 1
    return {"gpos": source.info.reference.gpos(code, start), "start": start}


def _hgvs(source: Source, text: str) -> list[dict[str, Any]]:
    """Match HGVS on any transcript; a text without a transcript matches any, versions may differ."""  # noqa: E501
    name, colon, change = text.strip().rpartition(":")
    bare = change.replace("(", "").replace(")", "").lower()
    stem = name.partition(".")[0].upper() if colon else ""
    params: dict[str, object] = {"end": f":{bare}", "bare": bare, "stem": stem}
    tests = " or ".join(_matches(c) for c in ("hgvsc", "hgvsp"))
    rows = source.consequences
    inner = f"select row_id from {rows.sql} where {tests}"
    found = _rows(source, f"{tests} or row_id in ({inner})", params | dict(rows.params))
    if found or not stem:
        return found
    ends = " or ".join(_ends(c) for c in ("hgvsc", "hgvsp"))
    return _rows(source, f"upper(gene) = $stem and ({ends})", params)


def _plain(column: str) -> str:
    return f"lower(replace(replace({column}, '(', ''), ')', ''))"


def _ends(column: str) -> str:
    return f"(ends_with({_plain(column)}, $end) or {_plain(column)} = $bare)"


def _matches(column: str) -> str:
    return f"({_ends(column)} and ($stem = '' or starts_with(upper({column}), $stem)))"


def _rows(
    source: Source, test: str, params: dict[str, object], limit: int = LIMIT
) -> list[dict[str, Any]]:
    rows = source.variants
    cells = ", ".join(f'"{c}"' for c in _CELLS)
    sql = (
        f"select {cells} from {rows.sql} where {test} "
        f"order by rank_score desc nulls last, row_id limit {int(limit)}"
    )
    return plain_rows(source.database.table(sql, dict(rows.params) | params))


def _hit(row: dict[str, Any]) -> Hit:
    width = max(1, int(row["end"]) - int(row["start"]))
    x0 = int(row["gpos"])
    return Hit("variant", label(row), x0, x0 + width, int(row["row_id"]), row["vid"])


def _genes(source: Source, text: str) -> list[Hit]:
    """Return genes by what people type, where the reference has them, with the case's calls."""
    rows = source.variants
    sql = (
        "select gene, min(gpos) as x0, max(gpos) + 1 as x1, count(*) as n "
        f"from {rows.sql} where starts_with(upper(gene), $prefix) "
        "or list_contains($known::varchar[], gene) group by gene order by len(gene), gene limit 20"
    )
    known = search_genes(source.info.reference, text, 10)
    bound = {"prefix": text.upper(), "known": [g.symbol for g in known]}
    found = source.database.rows(sql, dict(rows.params) | bound)
    called = {gene: Hit("gene", gene, int(a), int(b), count=int(n)) for gene, a, b, n in found}
    build = source.info.reference
    out = []
    for gene in known:
        mine = called.pop(gene.symbol, None)
        x0 = build.gpos(gene.chrom, gene.start)
        count = mine.count if mine is not None else 0
        out.append(Hit("gene", gene.symbol, x0, x0 + gene.end - gene.start, count=count))
    return out + list(called.values())


def _terms(source: Source, text: str) -> list[Hit]:
    """Return phenotype terms by name or id, the case's own first, with the calls in their genes."""
    # A bare number is a position here, not an id.
    if not LEAST <= len(text) <= LONGEST_TERM or not any(c.isalpha() for c in text):
        return []
    mine = {_now(i): "excluded in this case" for i in source.info.hpo_excluded}
    mine |= {_now(i): "of this case" for i in source.info.hpo}
    found = sorted((h.term for h in hpo.search_terms(text, LIMIT)), key=lambda t: t.id not in mine)
    known = [(t.id, gene) for t in found[:TERMS] for gene in hpo.genes_of(t.id)]
    rows = source.variants
    sql = (
        "select t.id, count(*) from (select unnest($ids::varchar[]) as id, "
        "unnest($genes::varchar[]) as gene) t "
        f"join (select gene from {rows.sql}) r on r.gene = t.gene group by t.id"
    )
    bound = {"ids": [i for i, _ in known], "genes": [g for _, g in known]}
    counts = dict(source.database.rows(sql, dict(rows.params) | bound)) if known else {}
    out = []
    for term in found[:TERMS]:
        words = " · ".join(filter(None, (f"{term.name} {term.id}", mine.get(term.id))))
        out.append(Hit("phenotype", words, None, None, count=int(counts.get(term.id, 0))))
    return out


def _now(identifier: str) -> str:
    found = hpo.current(identifier)
    return found.id if found else identifier


def _region(source: Source, text: str) -> list[Hit]:
    try:
        x0, x1 = span(source.info.reference, text)
    except InputError:
        return []
    return [Hit("region", text, x0, x1)]
