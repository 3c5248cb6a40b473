"""The bounded cache: what fails to be made leaves nothing behind."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from data_layer.query.cache import ByteCache


def test_a_failed_making_is_tried_again_and_leaves_no_lock() -> None:
    cache = ByteCache(1 << 20)

    def broken() -> NDArray[np.int64]:
        raise ValueError("broken")

    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            cache.get("key", broken)
    assert cache._making == {}
    assert cache.get("key", lambda: np.arange(3)).tolist() == [0, 1, 2]
