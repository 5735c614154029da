"""The requests that a charging station has still to send, in the order in which they arose."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ocpp.exceptions import OCPPError

from conformance.reference.link_201 import LOG, Link

Answer: TypeAlias = "asyncio.Future[Any]"  # the response, or None when there will be none


@dataclass(frozen=True)
class _Letter:
    request: Any
    keep: bool
    answer: Answer


class Outbox:
    """A queue that outlives connections; what is not to be kept is dropped while offline.

    `retries()` returns how often a kept request is tried and the seconds between the attempts,
    which grow with each attempt (E13.FR.01 to E13.FR.03). `hangs_up` ends a connection on which
    no answer comes (Part 2, 3.2).
    """

    def __init__(self, retries: Callable[[], tuple[int, float]], *, hangs_up: bool = False) -> None:
        self._letters: deque[_Letter] = deque()
        self._arrived = asyncio.Event()
        self._retries, self._hangs_up = retries, hangs_up
        self.online = False

    def put(self, request: Any, *, keep: bool = False) -> Answer:  # noqa: ANN401
        """Queue a request; a kept one waits for the connection, another is then not sent."""
        answer: Answer = asyncio.get_running_loop().create_future()
        if not (self.online or keep):
            answer.set_result(None)
            return answer
        self._letters.append(_Letter(request, keep, answer))
        self._arrived.set()
        return answer

    async def pump(self, link: Link) -> None:
        """Send what is queued over `link`, one request at a time; raise ConnectionError at its end.

        The caller sets `online` before, so that what arises in between is queued; when it is unset
        nothing more is sent, until the next pump.
        """
        while True:
            while not (self._letters and self.online):
                self._arrived.clear()
                await self._arrived.wait()
            letter = self._letters[0]
            response = await self._deliver(link, letter)
            if self._letters and self._letters[0] is letter:  # else dropped by going offline
                self._letters.popleft()
            if not letter.answer.done():
                letter.answer.set_result(response)

    def last(self) -> Answer:
        """Return the answer to the request that was queued last, None when all are answered."""
        if self._letters:
            return self._letters[-1].answer
        answered: Answer = asyncio.get_running_loop().create_future()
        answered.set_result(None)
        return answered

    def waits_for(self, transaction: str | None) -> bool:
        """Say whether events wait, of one transaction or of any (E14)."""
        infos = [getattr(letter.request, "transaction_info", None) for letter in self._letters]
        return any(i and transaction in {None, i["transaction_id"]} for i in infos)

    def stamp(self, now: str) -> None:
        """Say of what is still to be sent that it is of `now`."""
        for letter in self._letters:
            if hasattr(letter.request, "timestamp"):
                letter.request.timestamp = now

    def offline(self) -> None:
        """Drop what is not worth keeping."""
        self.online = False
        dropped = [letter for letter in self._letters if not letter.keep]
        self._letters = deque(letter for letter in self._letters if letter.keep)
        for letter in dropped:
            if not letter.answer.done():
                letter.answer.set_result(None)

    async def _deliver(self, link: Link, letter: _Letter) -> Any:  # noqa: ANN401
        attempts, interval = self._retries() if letter.keep else (1, 0.0)
        for attempt in range(1, max(attempts, 1) + 1):
            if attempt > 1:
                await asyncio.sleep(interval * (attempt - 1))
            try:
                return await link.ask(letter.request)
            except (TimeoutError, OCPPError) as error:
                LOG.info("%s failed: %s", type(letter.request).__name__, error)
                if self._hangs_up and isinstance(error, TimeoutError):
                    raise ConnectionError("given up: no answer came") from error
        return None
