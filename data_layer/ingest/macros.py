"""Small SQL functions that every statement of an ingest shares."""

from __future__ import annotations

import duckdb

_BODIES = {
    "num(x)": "case when isfinite(try_cast(x as double)) then try_cast(x as double) end",
    # A value of this allele: a lone value is every allele's, a list must have one for each.
    "own(x, ai, n)": """case when x is null or x = '.' then null
        when not contains(x, ',') then x
        when ai > 0 and len(string_split(x, ',')) = n then string_split(x, ',')[ai] end""",
    # The same where the reference may come first, as in Number=R.
    "own_r(x, ai, n)": """case when x is null or x = '.' then null
        when not contains(x, ',') then x
        when ai > 0 and len(string_split(x, ',')) = n then string_split(x, ',')[ai]
        when len(string_split(x, ',')) = n + 1 then string_split(x, ',')[ai + 1] end""",
    "fraction(x)": """case when ends_with(x, '%') then num(x[:-2]) / 100 else num(x) end""",
    "unit(x)": "case when x between 0 and 1 then x end",
    "alleles(g)": "string_split(replace(ltrim(g, '/|'), '|', '/'), '/')",
    # Copies of allele ai in a genotype: an allele seen counts though another is missing;
    # an allele not seen is 0 only when none is missing.
    "copies(g, ai)": """case
        when g is null or g in ('./.', '.', '.|.', '') then -1
        when g in ('0/0', '0|0') then 0
        when g in ('0/1', '0|1', '1|0') then (ai = 1)::int
        when g in ('1/1', '1|1') then 2 * (ai = 1)::int
        when ai > 0 and list_contains(alleles(g), ai::varchar)
          then len(list_filter(alleles(g), lambda x: x = ai::varchar))
        when list_contains(alleles(g), '.') then -1 else 0 end""",
    "haploid(g)": """not contains(ltrim(g, '/|'), '/') and not contains(ltrim(g, '/|'), '|')
        and g not in ('.', '')""",
    # The part of a 'family:value' list that is this family's, else the first.
    "family_part(x, fam)": """coalesce(
        list_filter(string_split(x, ','), lambda y: starts_with(y, fam || ':'))[1],
        string_split(x, ',')[1])""",
    "after_family(x)": "case when contains(x, ':') then x[instr(x, ':') + 1:] else x end",
    "highest(x)": """list_max(list_filter(list_transform(string_split_regex(x, '[&,]'),
        lambda y: num(y)), lambda y: y is not null))""",
}


def add_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Define the functions in a connection."""
    for head, body in _BODIES.items():
        con.execute(f"create or replace temp macro {head} as {body}")
