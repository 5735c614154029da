"""The requests that a charge point has still to send, in the order in which they arose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ocpp.v16 import call

from conformance.reference.connector_16 import Transaction
from conformance.reference.link_16 import LOG, Failure, Link

_UNKNOWN: Final = -1  # without an answer to StartTransaction there is no id (errata 3.18)


@dataclass(frozen=True, eq=False)
class Letter:
    """A transaction-related request: it is kept until it is delivered (section 3.7).

    The id of `transaction` goes into it when it is sent, as it may not be known before.
    """

    action: str
    fields: Mapping[str, Any]
    transaction: Transaction | None = None

    def request(self) -> Any:  # noqa: ANN401 - the package has no types
        """Return the request as it is to be sent now."""
        fields = dict(self.fields)
        if self.transaction and self.action != "StartTransaction":
            ident = self.transaction.ident
            fields["transaction_id"] = _UNKNOWN if ident is None else ident
        return getattr(call, self.action)(**fields)


@dataclass(frozen=True, eq=False)
class _Item:
    request: Callable[[], Any]
    heard: Callable[[Any], None]
    letter: Letter | None = None


def _stamped(item: _Item, now: str) -> _Item:
    if item.letter is None or "timestamp" not in item.letter.fields:
        return item
    letter = replace(item.letter, fields={**item.letter.fields, "timestamp": now})
    return _Item(letter.request, item.heard, letter)


class Outbox:
    """A queue that outlives connections; what is not a letter is dropped while offline.

    `retries()` returns how often a letter is tried and the seconds before the second time, which
    grow with each attempt (section 3.7.1). `urgent_first` sends what is no letter before all
    letters; `keeps_all` drops nothing; `hangs_up` ends a connection on which no answer comes.
    While it is `holding`, no letter is sent. `heard` gets what was answered to a letter; `changed`
    is called when there is another set of letters.
    """

    def __init__(
        self,
        retries: Callable[[], tuple[int, float]],
        *,
        urgent_first: bool = False,
        keeps_all: bool = False,
        hangs_up: bool = False,
    ) -> None:
        self.online = self.holding = False
        self.heard: Callable[[Letter, Any], None] = lambda *_: None
        self.changed: Callable[[], None] = lambda: None
        self._items: list[_Item] = []
        self._arrived = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._retries = retries
        self._urgent_first, self._keeps_all = urgent_first, keeps_all
        self._hangs_up = hangs_up

    @property
    def letters(self) -> Sequence[Letter]:
        """What has still to be delivered."""
        return [item.letter for item in self._items if item.letter]

    @property
    def takes_all(self) -> bool:
        """Whether a request is taken that is no letter."""
        return self.online or self._keeps_all

    def put(
        self, make: Callable[[], Any], *, heard: Callable[[Any], None] = lambda _: None
    ) -> None:
        """Queue the request that `make` builds when its turn has come."""
        if self.takes_all:
            self._add(_Item(make, heard))

    def keep(self, letter: Letter) -> None:
        """Queue a letter."""
        self._add(_Item(letter.request, lambda answer: self.heard(letter, answer), letter))
        self.changed()

    async def empty(self) -> None:
        """Return when everything is answered or given up."""
        await self._emptied.wait()

    async def pump(self, link: Link) -> None:
        """Send what is queued over `link`, one by one; raise ConnectionError at its end."""
        while True:
            if not self._items:
                self._emptied.set()
            self._arrived.clear()
            item = self._next()
            if item is None:
                await self._arrived.wait()
                continue
            await self._deliver(link, item)
            # A letter may be sent twice if the connection drops before the answer is there:
            # better than never (section 3.7).
            self._items.remove(item)
            if item.letter:
                self.changed()

    def release(self) -> None:
        """Hold letters no longer."""
        self.holding = False
        self._arrived.set()

    def spoil(self, faults: Collection[str], now: str) -> None:
        """Lose the letters, put them upside down, or say that they are of `now`: if so wanted."""
        if "stamps-when-sent" in faults:
            self._items = [_stamped(item, now) for item in self._items]
        letters = [item for item in self._items if item.letter]
        if "drops-queued-messages" in faults:
            self._items = [item for item in self._items if not item.letter]
        elif "queue-in-reverse" in faults:
            self._items = [*reversed(letters), *(i for i in self._items if not i.letter)]

    def offline(self) -> None:
        """Drop what is not worth keeping."""
        self.online = False
        if not self._keeps_all:
            self._items = [item for item in self._items if item.letter]
        if not self._items:
            self._emptied.set()

    def _add(self, item: _Item) -> None:
        self._items.append(item)
        self._emptied.clear()
        self._arrived.set()

    def _next(self) -> _Item | None:
        urgent = next((item for item in self._items if not item.letter), None)
        if self.holding or (self._urgent_first and urgent):
            return urgent
        return self._items[0] if self._items else None

    async def _deliver(self, link: Link, item: _Item) -> None:
        attempts, interval = self._retries() if item.letter else (1, 0.0)
        for attempt in range(1, max(attempts, 1) + 1):
            if attempt > 1:
                await asyncio.sleep(interval * (attempt - 1))
            try:
                await link.ask(item.request(), item.heard)
            except Failure as error:
                LOG.info("attempt %d failed: %s", attempt, error)
                if self._hangs_up and isinstance(error, TimeoutError):
                    raise ConnectionError("given up: no answer came") from error
            else:
                return
