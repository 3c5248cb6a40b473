"""Room for pictures under way: readers who take nothing cannot fill the server's memory."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from data_layer.errors import NorrskenError

#: Bytes that the pictures of one person hold at most, from when they are counted until taken.
MOST = 256 << 20
#: Seconds that a picture waits for those before it.
PATIENCE = 30.0
_STEP = 0.02


class BusyError(NorrskenError):
    """There is no room just now; the same request may do later."""

    status = 503


class Room:
    """Bytes held for each person; asked and changed in the server's loop only."""

    def __init__(self, most: int = MOST, patience: float = PATIENCE) -> None:
        self.most = most
        self.patience = patience
        self.held: Counter[str] = Counter()

    @asynccontextmanager
    async def take(self, person: str, size: int) -> AsyncIterator[None]:
        """Hold ``size`` bytes for a person, once those before leave room for them.

        Raises:
            BusyError: they did not in time.
        """
        end = time.monotonic() + self.patience
        while self.held[person] and self.held[person] + size > self.most:
            if time.monotonic() > end:
                raise BusyError(
                    "BUSY", "pictures", "too many are under way", "Take those asked for first."
                )
            await asyncio.sleep(_STEP)
        self.held[person] += size
        try:
            yield
        finally:
            self.held[person] -= size
            if not self.held[person]:
                del self.held[person]


#: The room of this process.
ROOM = Room()
