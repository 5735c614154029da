"""An event loop whose clock jumps to the next timer as soon as nothing else can happen."""

from __future__ import annotations

import asyncio
import selectors
from datetime import UTC, datetime, timedelta


class _JumpingSelector(selectors.DefaultSelector):
    loop: JumpingLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout == 0:
            return []  # something is ready to run: the system is asked when nothing is
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            return super().select(None)
        self.loop.now += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """For peers in memory only: a real socket would lose every race against this clock."""

    def __init__(self) -> None:
        self.now = 0.0
        # A full hour, so that runs are alike; near the machine's time, for what knows that only.
        self._began = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        selector = _JumpingSelector()
        super().__init__(selector)
        selector.loop = self

    def time(self) -> float:
        """Return the seconds that have passed on this clock."""
        return self.now

    def wall_clock(self) -> datetime:
        """Return the time of day, which passes as the clock does."""
        return self._began + timedelta(seconds=self.now)
