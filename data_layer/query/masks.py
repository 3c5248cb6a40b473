"""Masks from columns held as arrays: places, classes, numbers, genotypes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_layer.query.clauses import person_of, span
from data_layer.query.columns import CLASS, axis, copies_code, number
from data_layer.query.fields import GENOTYPES
from data_layer.query.filters import Filter
from data_layer.query.source import Source, Stored
from data_layer.schema import CLASSES

Mask = NDArray[np.bool_]
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


def array_masks(source: Source, steps: Sequence[Filter]) -> dict[Filter, Mask]:
    """Return by row_id which rows pass, for the steps that arrays can answer.

    Columns that are not held yet are read together in one pass; after that a step costs
    milliseconds, whatever its value. The answers are those of the SQL in ``clauses.py``.
    """
    needed = {s: stored for s in steps if (stored := _stored(source, s)) is not None}
    wanted = list(dict.fromkeys(needed.values()))
    arrays = dict(zip(wanted, source.columns(wanted), strict=True))
    out = {s: _mask(arrays[stored], s) for s, stored in needed.items()}
    for step in steps:
        if step.spec.name == "region" and step.op != "overlaps":
            out[step] = _region(source, step)
    return out


def _stored(source: Source, step: Filter) -> Stored | None:
    """Return the column that answers a step; None when the step takes more than one."""
    spec = step.spec
    if spec.name == "class":
        return CLASS
    if spec.kind == "number":
        return number(spec, person_of(source.info, step.person) if spec.per_person else None)
    if spec.name == "gt":
        return copies_code(person_of(source.info, step.person))
    return None


def _mask(values: NDArray[Any], step: Filter) -> Mask:
    if step.spec.kind == "number":
        return _number(values, step)
    words = list(GENOTYPES) if step.spec.name == "gt" else list(CLASSES)
    table = np.zeros(256, np.bool_)
    table[: len(words)] = [w in step.values for w in words]
    passed: Mask = table[values]
    return ~passed if step.op == "notin" else passed


def _region(source: Source, step: Filter) -> Mask:
    gpos, index = axis(source)
    out = np.zeros(source.size, np.bool_)
    for text in step.values:
        low, high = np.searchsorted(gpos, span(source.info.reference, str(text)))
        if index is None:
            out[low:high] = True
        else:
            out[index[low:high]] = True
    return ~out if step.op == "notin" else out


def _number(values: NDArray[Any], step: Filter) -> Mask:
    missing: Mask = np.isnan(values)
    if step.op == "is-missing":
        return missing
    exact = values.astype(np.float64, copy=False)
    bounds = [float(v) for v in step.values]
    passed: Mask
    if step.op in _COMPARISONS:
        passed = _COMPARISONS[step.op](exact, bounds[0])
    elif step.op == "between":
        passed = (exact >= bounds[0]) & (exact <= bounds[1])
    else:
        passed = np.isin(exact, bounds)
        passed = ~passed & ~missing if step.op == "notin" else passed
    return passed | missing if step.missing == "keep" else passed
