"""The requests that a charge point has still to send, in the order in which they arose."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.reference.link_16 import LOG, Failure, Link


@dataclass(frozen=True)
class _Letter:
    make: Callable[[], Any]
    keep: bool
    heard: Callable[[Any], None] | None


class Outbox:
    """A queue that outlives connections; what is not to be kept is dropped while offline.

    Kept are the transaction-related messages (section 3.7). `retries()` returns how often one is
    tried and the seconds before the second time, which grow with each attempt (section 3.7.1).
    """

    def __init__(self, retries: Callable[[], tuple[int, float]]) -> None:
        self._letters: deque[_Letter] = deque()
        self._arrived = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._retries = retries
        self.online = False

    def put(
        self,
        make: Callable[[], Any],
        *,
        keep: bool = False,
        heard: Callable[[Any], None] | None = None,
    ) -> None:
        """Queue the request that `make` builds when its turn has come."""
        if self.online or keep:
            self._letters.append(_Letter(make, keep, heard))
            self._emptied.clear()
            self._arrived.set()

    async def empty(self) -> None:
        """Return when everything is answered or given up."""
        await self._emptied.wait()

    async def pump(self, link: Link) -> None:
        """Send what is queued over `link`, one by one; raise ConnectionError at its end."""
        while True:
            while not self._letters:
                self._emptied.set()
                self._arrived.clear()
                await self._arrived.wait()
            letter = self._letters[0]
            await self._deliver(link, letter)
            # What is kept may be sent twice if the connection drops before the answer is there:
            # better than never (section 3.7).
            self._letters.popleft()

    def offline(self) -> None:
        """Drop what is not worth keeping."""
        self.online = False
        self._letters = deque(letter for letter in self._letters if letter.keep)
        if not self._letters:
            self._emptied.set()

    async def _deliver(self, link: Link, letter: _Letter) -> None:
        attempts, interval = self._retries() if letter.keep else (1, 0.0)
        for attempt in range(1, max(attempts, 1) + 1):
            if attempt > 1:
                await asyncio.sleep(interval * (attempt - 1))
            try:
                await link.ask(letter.make(), letter.heard)
            except Failure as error:
                LOG.info("attempt %d failed: %s", attempt, error)
            else:
                return
