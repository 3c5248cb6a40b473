"""A case's columns as arrays by row_id, for pictures, marks and quick filters; all cached."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.query.clauses import column_sql
from data_layer.query.fields import FIELDS, GENOTYPES, FieldSpec
from data_layer.query.genotypes import genotype
from data_layer.query.info import SampleInfo
from data_layer.query.source import Source, Stored
from data_layer.schema import CLASSES, VARIANTS

_CASES = " ".join(f"when '{name}' then {i}" for i, name in enumerate(CLASSES))
CLASS = Stored("class", f'(case "class" {_CASES} else 0 end)::utinyint', "uint8")


def axis(source: Source) -> tuple[NDArray[np.int64], NDArray[np.int32] | None]:
    """Return the rows' places on the axis, ascending, and their row_ids when these differ.

    Rows are numbered along the genome, so the second is None unless contigs outside the build
    interleave in their common lane.
    """
    gpos = places(source)
    if source.restricted:
        gpos = source.cached(("axis", "filled"), lambda: np.maximum.accumulate(gpos))
    ordered = source.cached(("axis", "ordered"), lambda: _is_sorted(gpos))
    if bool(ordered[0]):
        return gpos, None
    index = source.cached(
        ("axis", "index"), lambda: np.argsort(gpos, kind="stable").astype(np.int32)
    )
    return source.cached(("axis", "sorted"), lambda: gpos[index]), index


def places(source: Source) -> NDArray[np.int64]:
    """Return each row's place on the axis by row_id, -1 out of sight."""
    return source.column(Stored("gpos", "gpos", "int64", -1))


def _is_sorted(gpos: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.array([bool(np.all(gpos[1:] >= gpos[:-1]))])


def class_codes(source: Source) -> NDArray[np.uint8]:
    """Return each row's class as its place in ``CLASSES``."""
    return source.column(CLASS)


def number(spec: FieldSpec, person: SampleInfo | None) -> Stored:
    """Return how a numeric field is held: NaN where missing, exact for what the lake holds."""
    kind = VARIANTS.column(spec.column).type
    kind = kind.value_type if pa.types.is_list(kind) else kind
    small = kind in (pa.float32(), pa.int8(), pa.int16())
    name = spec.name if person is None else f"{spec.name}:{person.index}"
    sql_type = "float" if small else "double"
    sql = f"coalesce({column_sql(spec, person)}::{sql_type}, 'nan'::{sql_type})"
    return Stored(name, sql, "float32" if small else "float64", np.nan)


def copies_code(person: SampleInfo) -> Stored:
    """Return how a person's genotypes are held: the place in ``GENOTYPES`` of what is carried."""
    tests = [f"when {genotype(person, [word])} then {i}" for i, word in enumerate(GENOTYPES)]
    return Stored(f"gt:{person.index}", f"(case {' '.join(tests)} else 255 end)::utinyint", "uint8")


def fractions(source: Source, person: SampleInfo) -> NDArray[np.float32]:
    """Return each row's allele fraction in a person, NaN where there is none."""
    return source.column(number(FIELDS["vaf"], person))


def rank_scores(source: Source) -> NDArray[np.float32]:
    """Return each row's rank score, NaN where it has none."""
    return source.column(number(FIELDS["rank_score"], None))


def score_max(source: Source) -> float | None:
    """Return the highest rank score of the case, None when no call has one."""
    values = rank_scores(source)
    given = values[np.isfinite(values)]
    return float(given.max()) if len(given) else None


def score_range(source: Source) -> tuple[float, float]:
    """Return the lowest and highest rank score of the case; 0 and 1 when there is none."""
    values = rank_scores(source)
    found = source.cached(("range", "rank"), lambda: _range(values))
    return float(found[0]), float(found[1])


def _range(values: NDArray[np.float32]) -> NDArray[np.float64]:
    given = values[np.isfinite(values)]
    if not len(given):
        return np.array([0.0, 1.0])
    low, high = float(given.min()), float(given.max())
    return np.array([low, high if high > low else low + 1.0])
