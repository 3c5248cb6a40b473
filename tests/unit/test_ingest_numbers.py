"""Text to numbers: what is no number is a hole, never an error."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from data_layer.ingest.numbers import fractions, highest, integers, nullable, reals

NAN = math.nan


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (integers, "12", 12), (integers, "-3", -3), (integers, "007", 7), (integers, "12.5", 13),
        (integers, "1e3", 1000), (integers, "x", NAN), (integers, "", NAN), (integers, ".", NAN),
        (integers, "9" * 40, NAN), (integers, "1e999999", NAN), (reals, "1e-05", 1e-05), (reals, ".5", 0.5), (reals, "5.", 5),  # noqa: E501
        (reals, "nan", NAN), (reals, "inf", NAN), (reals, "1_0", NAN), (reals, "1,2", NAN),
        (fractions, "12.5%", 0.125), (fractions, "0.2", 0.2), (fractions, "%", NAN),
        (highest, "0.1&0.3&.", 0.3), (highest, "0.1,0.2", 0.2), (highest, "&", NAN),
        (highest, "-1&-2", -1), (highest, "0.4", 0.4),
    ],
)  # fmt: skip
def test_one_value(read: Callable[[pa.Array], np.ndarray], text: str, value: float) -> None:
    for around in ([], ["1"], ["odd", "."]):
        found = read(pa.array([*around, text, None], pa.string()))
        assert found[len(around)] == pytest.approx(value, nan_ok=True)
        assert np.isnan(found[-1])


def test_a_number_too_large_for_its_column_is_null() -> None:
    values = np.array([2.0**31 - 1, 2.0**31, -(2.0**31), np.nan])
    assert nullable(values, pa.int32()).to_pylist() == [2**31 - 1, None, -(2**31), None]
    assert nullable(values[:1], pa.float32()).type == pa.float32()
