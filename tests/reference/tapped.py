"""A wire that is listened to."""

from __future__ import annotations

from collections.abc import Callable

from conformance.reference.wire import Wire


class Tapped:
    """The station's end of a wire; what passes is told as (sender, text)."""

    def __init__(self, wire: Wire, note: Callable[[str, str], None]) -> None:
        self._wire, self._note = wire, note

    async def send(self, text: str) -> None:
        self._note("station", text)
        await self._wire.send(text)

    async def recv(self) -> str:
        text = await self._wire.recv()
        self._note("csms", text)
        return text

    async def ping(self) -> None:
        self._note("station", "ping")
        await self._wire.ping()

    async def close(self) -> None:
        await self._wire.close()
