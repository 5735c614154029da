"""What the tool says of those who come to its door: strangers, and its own station twice."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from conformance.attempts import Attempts
from conformance.peer import Peer
from conformance.record import Record
from conformance.wire.refusal import Refusal

SECOND: Final = (
    "the station opened a second connection while the first was alive: the new one counts"
)
MOST_NOTES: Final = 50
"""So many refusals that a case wants are noted one by one."""
REMEMBERED: Final = 1000
"""So many times at which somebody came to a shut door are kept."""


@dataclass
class Door:
    """Tells a case, or the next one, who came; `attempts` are those that were refused."""

    attempts: Attempts = field(default_factory=Attempts)
    _shut: bool = False
    _noted: int = 0
    _doubled: bool = False
    _knocks: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def knocks(self, last: float) -> int:
        """Return how often somebody came in the last so many seconds, since the door is shut."""
        since = asyncio.get_running_loop().time() - last
        return sum(at >= since for at in self._knocks)

    def shut(self, *, shut: bool) -> None:
        """Take it that connections are refused from now on, since a case wants it, or are not."""
        self._shut, self._noted = shut, 0
        if shut:
            self._knocks.clear()

    def refused(self, refusal: Refusal, peer: Peer | None) -> None:
        """Note who was refused: in the running case where it wants that, else in the next."""
        on_purpose = self._shut and refusal.kind == "not taken just now"
        if on_purpose:
            self._knocks.append(asyncio.get_running_loop().time())
        if on_purpose and peer is not None and self._noted < MOST_NOTES:
            self._noted += 1
            peer.note("", "", refusal.text)  # no cause of anything
        else:
            self.attempts.note(refusal)

    def doubled(self, peer: Peer | None) -> None:
        """Remark on a second connection beside one that lives."""
        if peer is not None:
            peer.record.remark_once(SECOND)
        else:
            self._doubled = True

    def report(self, record: Record) -> None:
        """Remark on what no case knows of yet."""
        if self._doubled:
            record.remark_once(SECOND)
        self._doubled = False
        for text in self.attempts.take():
            record.remark("", text, lab=True)
