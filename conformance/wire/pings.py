"""The pings of the other side (RFC 6455, 5.5.2), which the WebSocket itself answers."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

_KEPT: Final = 100


class Pings:
    """When the last pings came in from the wire, by the event loop's clock."""

    def __init__(self) -> None:
        self._at: deque[float] = deque(maxlen=_KEPT)
        self._came = asyncio.Event()

    def note(self) -> None:
        """Take note of one that has come now."""
        self._at.append(asyncio.get_running_loop().time())
        self._came.set()

    async def after(self, moment: float) -> float:
        """Wait for the first one after `moment`; return when it came."""
        while not self._at or self._at[-1] <= moment:
            self._came.clear()
            await self._came.wait()
        return next(at for at in self._at if at > moment)
