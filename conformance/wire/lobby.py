"""Who has knocked at the tool's door and is not in yet."""

from __future__ import annotations

import asyncio
from typing import Final

MOST_STRANGERS: Final = 200
"""So many connections may be in their handshakes at once."""


class Lobby:
    """Connections before their upgrade: when there are too many, the oldest is cut.

    A flood of connections that never go on keeps no station away, and takes bounded memory.
    """

    def __init__(self) -> None:
        self._waiting: dict[asyncio.BaseTransport, None] = {}

    def enter(self, transport: asyncio.BaseTransport) -> None:
        """Let one more wait, and cut who has waited longest if there are too many."""
        self._waiting[transport] = None
        if len(self._waiting) <= MOST_STRANGERS:
            return
        self._waiting = {each: None for each in self._waiting if not each.is_closing()}
        if len(self._waiting) > MOST_STRANGERS:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            if isinstance(oldest, asyncio.WriteTransport):
                oldest.abort()

    def leave(self, transport: asyncio.BaseTransport | None) -> None:
        """Let one go who is in, or has gone."""
        if transport is not None:
            self._waiting.pop(transport, None)
