"""What a reference system needs of a connection and of the outside world.

A system is started by the shell (`conformance.reference.process`) on a WebSocket, or in process
on a pair of wires in memory. It waits by loop timers only, so that a loop whose clock jumps makes
its runs instant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from ocpp import messages

from conformance.reference.payloads import quick

# The package would validate in a thread, which a loop with a clock of its own cannot wait for.
messages.ASYNC_VALIDATION = False
messages.get_validator = quick(messages.get_validator)

WallClock: TypeAlias = Callable[[], datetime]
OptionsT = TypeVar("OptionsT")


class Wire(Protocol):
    """One connection that carries text messages."""

    async def send(self, text: str) -> None:
        """Send one message; raise ConnectionError when the connection is gone."""

    async def recv(self) -> str:
        """Return the next message; raise ConnectionError when the connection is gone."""

    async def ping(self) -> None:
        """See that the other side is there; raise ConnectionError when it is not."""

    async def close(self) -> None:
        """Close the connection; closing twice is no error."""


class Station(Protocol):
    """A charge point or charging station; its maker gets its options and a `dial`."""

    async def run(self) -> None:
        """Connect, boot and live until cancelled; connect again when the connection drops."""

    async def act(self, name: str, query: Mapping[str, str]) -> int:
        """Do the operator's action `name` ("plugin", "authorize", ...); return an HTTP status."""


class Csms(Protocol):
    """A central system or CSMS; one object serves any number of stations."""

    async def serve(self, wire: Wire, identity: str) -> None:
        """Serve one connected station until its connection is gone."""

    async def ask(self, version: str, station: str, action: str, body: Mapping[str, Any]) -> int:
        """Send the request that the operator asks for; return an HTTP status."""

    def know(self, kind: str, body: Mapping[str, Any]) -> int:
        """Know a "Token", a "Group" or a "Station" from now on; return an HTTP status.

        Raises KeyError or ValueError for a wrong body.
        """


Dial: TypeAlias = Callable[[], Awaitable[Wire]]


def utc_now() -> datetime:
    """Return the time of the machine's clock, or of a loop's that has one of its own."""
    own = getattr(asyncio.get_running_loop(), "wall_clock", None)
    if own is None:
        return datetime.now(UTC)
    told: datetime = own()
    return told


class _MemoryWire:
    def __init__(self) -> None:
        self._inbox: asyncio.Queue[str | None] = asyncio.Queue()
        self._closed = False
        self.other: _MemoryWire

    async def send(self, text: str) -> None:
        if self._closed:
            raise ConnectionError("closed")
        self.other.take(text)

    def take(self, text: str | None) -> None:
        """Put what the other end sends, or None when it closes, into the inbox."""
        self._inbox.put_nowait(text)

    async def ping(self) -> None:
        if self._closed:
            raise ConnectionError("closed")

    async def recv(self) -> str:
        text = None if self._closed and self._inbox.empty() else await self._inbox.get()
        if text is None:
            raise ConnectionError("closed")
        return text

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self.take(None)
            self.other.take(None)
            await self.other.close()


def wire_pair() -> tuple[Wire, Wire]:
    """Return the two ends of a connection in memory."""
    left, right = _MemoryWire(), _MemoryWire()
    left.other, right.other = right, left
    return left, right


def read_options(kind: type[OptionsT], given: Mapping[str, str]) -> OptionsT:
    """Make the frozen dataclass `kind` of options given as texts, each by its default's type.

    Raises ValueError that names the option, and all options there are when the name is unknown.
    """
    defaults = {f.name: f.default for f in fields(cast("Any", kind))}
    given = {name.replace("-", "_"): text for name, text in given.items()}
    unknown = [name for name in given if name not in defaults]
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}; there are: {', '.join(sorted(defaults))}")
    return kind(**{name: _value(name, text, defaults[name]) for name, text in given.items()})


def _value(name: str, text: str, default: object) -> object:
    """Return `text` as a value of the type that `default` has."""
    if isinstance(default, bool):
        if text.lower() not in {"true", "false"}:
            raise ValueError(f"option {name}: {text!r} is neither true nor false")
        return text.lower() == "true"
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, int | float):
        try:
            return type(default)(text)
        except ValueError:
            raise ValueError(f"option {name}: {text!r} is no number") from None
    return text
