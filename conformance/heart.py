"""The heartbeats of the station that the tool plays: a CSMS may take a silent one for gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

OWN_INTERVAL: Final = 300.0
GLANCE: Final = 1.0


class Heart:
    """Beats whenever nothing was sent for the interval (1.6: 4.6; 2.0.1: G02), if it may.

    It beats for as long as `beat` returns true. While a case plays the station it must not: what
    is sent then is the case's business, and a CSMS does not miss a beat so soon.
    """

    def __init__(self, beat: Callable[[], Awaitable[bool]], may_beat: Callable[[], bool]) -> None:
        self._beat, self._may_beat = beat, may_beat
        self._interval = OWN_INTERVAL
        self._last = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self, interval: float) -> None:
        """Beat from now on; an interval of 0 leaves it to the station."""
        self.stop()
        self.set(interval)
        self.sent()
        self._task = asyncio.create_task(self._go_on())

    def set(self, interval: float) -> None:
        """Take another interval."""
        self._interval = interval if interval > 0 else OWN_INTERVAL

    def sent(self) -> None:
        """Take note that something was sent just now."""
        self._last = asyncio.get_running_loop().time()

    def stop(self) -> None:
        """Beat no more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _go_on(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            wait = self._last + self._interval - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            elif not self._may_beat():
                await asyncio.sleep(GLANCE)
            elif await self._beat():
                self.sent()
            else:
                return
