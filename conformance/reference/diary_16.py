"""What the OCPP 1.6 charge point remembers to have done, for diagnostics and the security log."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from conformance.reference.link_16 import rfc3339

_LONGEST: Final = 1000


class Diary:
    """What the charge point remembers to have done; the oldest is forgotten first."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.lines: deque[tuple[datetime, str]] = deque(maxlen=_LONGEST)

    def note(self, text: str) -> None:
        """Remember something that has just happened."""
        self.lines.append((self._clock(), text))

    def between(self, first: datetime | None, last: datetime | None) -> bytes:
        """Return what happened in a time, as lines of text; both ends are in it."""
        lines = [
            f"{rfc3339(at)} {text}\n"
            for at, text in self.lines
            if (first is None or at >= first) and (last is None or at <= last)
        ]
        return "".join(lines).encode()
