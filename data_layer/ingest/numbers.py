"""Text to numbers, a column at a time; what is no number is null or NaN, never an error."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_WHOLE = r"^[-+]?\d{1,15}$"
_REAL = r"^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$"
_MOST = 2.0**62
_EMPTY = pa.array([".", ""])


def integers(texts: pa.Array) -> np.ndarray:
    """Whole numbers as float64, NaN for what is none; a fraction is rounded."""
    return _numpy(_cast(texts, _WHOLE, pa.int64(), _rounded))


def reals(texts: pa.Array) -> np.ndarray:
    """Finite numbers as float64, NaN for what is none."""
    return _numpy(_cast(texts, _REAL, pa.float64(), _finite))


def fractions(texts: pa.Array) -> np.ndarray:
    """Numbers as ``reals`` gives them; ``12.5%`` is 0.125."""
    percent = pc.fill_null(pc.ends_with(texts, "%"), False)
    if not pc.any(percent).as_py():
        return reals(texts)
    values = reals(pc.utf8_rtrim(texts, "%"))
    hundredths: np.ndarray = np.where(percent.to_numpy(zero_copy_only=False), values / 100, values)
    return hundredths


def highest(texts: pa.Array) -> np.ndarray:
    """The highest finite number of each ``a&b`` or ``a,b``."""
    return _numpy(_cast(texts, _REAL, pa.float64(), _highest))


def nullable(values: np.ndarray, to: pa.DataType) -> pa.Array:
    """Numbers as Arrow, null for NaN and for whole numbers that the type cannot hold."""
    holes = np.isnan(values)
    if pa.types.is_integer(to):
        limit = 2.0 ** (to.bit_width - 1)
        holes |= (values < -limit) | (values >= limit)
        return pa.array(np.where(holes, 0, values).astype(np.int64), mask=holes).cast(to)
    return pa.array(values, mask=holes).cast(to)


def _numpy(column: pa.Array) -> np.ndarray:
    values = column.to_numpy(zero_copy_only=False).astype(np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _cast(
    texts: pa.Array, plain: str, to: pa.DataType, odd: Callable[[str], float | None]
) -> pa.Array:
    if texts.null_count == len(texts):
        return pa.nulls(len(texts), to)
    given = pc.if_else(pc.is_in(texts, value_set=_EMPTY), pa.scalar(None, pa.string()), texts)
    try:
        return pc.cast(given, to)
    except pa.ArrowInvalid:
        fits = pc.fill_null(pc.match_substring_regex(given, plain), False)
    out = pc.cast(pc.if_else(fits, given, pa.scalar(None, pa.string())), to)
    rest = pc.and_(pc.invert(fits), pc.is_valid(given))
    found = [odd(text) for text in given.filter(rest).to_pylist()]
    return pc.replace_with_mask(out, rest, pa.array(found, to))


def _rounded(text: str) -> int | None:
    rough = _finite(text)
    if rough is None or abs(rough) >= _MOST:
        return None
    return int(Decimal(text.strip()).to_integral_value(ROUND_HALF_UP))


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def _highest(text: str) -> float | None:
    values = [_finite(part) for part in text.replace("&", ",").split(",")]
    return max((v for v in values if v is not None), default=None)
