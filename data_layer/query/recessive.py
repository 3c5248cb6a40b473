"""Both copies of a gene hit: asked of the calls that the steps before have left.

Rules (after genmod and slivar): two copies in an affected person and in no healthy one; or two
calls of one gene, one from each parent, of which no healthy person has both. A call that is new
in the person may stand for either parent's. On the X of a male one copy is enough, when no
healthy male has it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.query.clauses import person_of, refuse_family
from data_layer.query.filters import Filter
from data_layer.query.genotypes import copies, in_par
from data_layer.query.info import CaseInfo, SampleInfo
from data_layer.query.source import Source

_X = 23


def recessive_rows(source: Source, step: Filter, alive: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return by row_id which of the rows still alive fit, as ``step`` asks."""
    refuse_family(step, source.restricted)
    info = source.info
    person = person_of(info, step.person)
    father = info.person(person.father) if person.father else None
    mother = info.person(person.mother) if person.mother else None
    healthy = [s for s in info.samples if s.affected == "unaffected" and s.id != person.id]
    ids = np.flatnonzero(alive)
    out = np.zeros(source.size, np.bool_)
    if not len(ids):
        return out
    rows = source.variants
    sql = f"""
        with kept as (
            select row_id, gene, {_alone(person, healthy, info)} as alone,
                   ({copies(person)} = 1 and not coalesce(hemizygous[{person.index + 1}], false)) as het,
                   {_from(father, mother)} as paternal, {_from(mother, father)} as maternal,
                   {_new(father, mother)} as fresh
            from {rows.sql} where row_id in (select row_id from alive_rows)),
        pairs as (
            select gene, bool_or(het and paternal) as p, bool_or(het and maternal) as m,
                   count(*) filter (het and fresh) as n, count(*) filter (het) as hits
            from kept where gene is not null group by gene)
        select row_id from kept left join pairs using (gene)
        where alone or (het and coalesce({_pair(step, father, mother)}, false))
    """  # noqa: E501
    found = source.database.arrays(sql, rows.params, {"alive_rows": pa.table({"row_id": ids})})
    out[found["row_id"]] = True
    return out


def _alone(person: SampleInfo, healthy: list[SampleInfo], info: CaseInfo) -> str:
    """SQL: one call that hits every copy of the person and of no healthy one."""
    mine = f"{copies(person)} >= 2"
    if person.sex == "male":
        outside = f"(chrom = {_X} and not {in_par(info.reference, _X)})"
        mine = f"({mine} or ({outside} and {copies(person)} >= 1))"
    tests = [mine]
    for other in healthy:
        limit = f"{copies(other)} < 2"
        if other.sex == "male":
            outside = f"(chrom = {_X} and not {in_par(info.reference, _X)})"
            limit = f"case when {outside} then {copies(other)} < 1 else {limit} end"
        tests.append(f"({limit})")
    return f"({' and '.join(tests)})"


def _from(giver: SampleInfo | None, other: SampleInfo | None) -> str:
    """SQL: the call came from one parent and cannot have come from the other."""
    if giver is None or other is None:
        return "false"
    return f"({copies(giver)} >= 1 and {copies(other)} = 0)"


def _new(father: SampleInfo | None, mother: SampleInfo | None) -> str:
    if father is None or mother is None:
        return "false"
    return f"({copies(father)} = 0 and {copies(mother)} = 0)"


def _pair(step: Filter, father: SampleInfo | None, mother: SampleInfo | None) -> str:
    """SQL: what the gene's other calls must be for this one to be half of a pair."""
    sides = "((paternal and (m or n >= 1)) or (maternal and (p or n >= 1)) or (fresh and (p or m)))"
    if step.value == "possible" and (father is None or mother is None):
        return "hits >= 2"
    return sides
