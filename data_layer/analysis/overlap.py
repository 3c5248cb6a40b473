"""Which intervals are one event, by their reciprocal overlap.

Reciprocal overlap is the shared bases over the longer of the two. At half or more, two calls
count as one event: the rule of the 1000 Genomes structural variants (Mills et al. 2011, Nature
470:59, doi:10.1038/nature09708).

Limits: insertions and break-ends have no length to share.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

SOURCE = "Mills et al. 2011, doi:10.1038/nature09708 (50 % reciprocal overlap)"
#: Share that both must have in common to count as one event.
HALF = 0.5


def shared(start: int, end: int, starts: Ints, ends: Ints) -> Ints:
    """Return the bases that an interval shares with each of many; 0 where they are apart."""
    common: Ints = np.maximum(np.minimum(end, ends) - np.maximum(start, starts), 0)
    return common


def reciprocal(start: int, end: int, starts: Ints, ends: Ints) -> NDArray[np.float64]:
    """Return the reciprocal overlap of an interval with each of many, 0 to 1."""
    longer = np.maximum(np.maximum(ends - starts, end - start), 1)
    share: NDArray[np.float64] = shared(start, end, starts, ends) / longer
    return share
