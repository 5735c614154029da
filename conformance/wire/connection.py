"""What the layers above need of a connection: text in, text out, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from conformance.wire.breaches import Breach
from conformance.wire.pings import Pings
from conformance.wire.tls import TlsSeen

DEFLATE: Final = "permessage-deflate"
Data: TypeAlias = str | bytes | tuple[str, ...] | Breach
"""A message: text, binary, text in fragments, or what breaks the WebSocket protocol."""


class Interrupted(tuple[str, ...]):
    """Text in fragments with a ping after each but the last."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class Basic:
    """What HTTP Basic a station sent, without the secret: `size` is the password's, in bytes."""

    user: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Handshake:
    """The WebSocket upgrade as both sides saw it; credentials are redacted.

    `identity` is the percent-decoded last part of the path; header names are as they came.
    `remote` is the peer's host and port, `local` the tool's own host, as the peer knows it.
    """

    path: str
    identity: str
    offered: tuple[str, ...]
    chosen: str | None
    request_headers: tuple[tuple[str, str], ...] = ()
    response_headers: tuple[tuple[str, str], ...] = ()
    remote: str = ""
    tls: TlsSeen | None = None
    basic: Basic | None = None
    local: str = ""

    @property
    def compressed(self) -> bool:
        """Tell whether compression was agreed on (RFC 7692; Part 4, 3.3)."""
        return any(
            name.lower() == "sec-websocket-extensions" and DEFLATE in value.lower()
            for name, value in self.response_headers
        )


class Closed(Exception):  # noqa: N818 - an event, not always an error
    """The connection is gone; `code` is the WebSocket close code (1006: no close frame)."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"connection closed with code {code}" + (f" ({reason})" if reason else ""))
        self.code, self.reason = code, reason


class Connection(Protocol):
    """One WebSocket connection, or a stand-in in memory; used from one event loop only.

    `arrived_at` is when the message that `receive` returned last had come in from the wire, by
    the event loop's clock: how long the tool took to look at it is not in it. `pings` are those
    of the peer, which the connection answers by itself.
    """

    handshake: Handshake
    arrived_at: float
    pings: Pings

    @property
    def closed_by_peer(self) -> int | None:
        """The code of the peer's close frame (1005 for none in it), if one has come."""

    async def send(self, text: str) -> None:
        """Send one text message; raise Closed when the connection is gone."""

    @property
    def idle(self) -> bool:
        """Tell whether the connection is open, and the peer has taken all that was sent."""

    def post(self, text: str) -> None:
        """Send one text message at once over an idle connection; raise Closed."""

    async def emit(self, data: Data) -> None:
        """Send a message of any form; raise Closed when the connection is gone."""

    async def receive(self) -> str | bytes:
        """Return the next message (bytes for a binary one); raise Closed when there is none."""

    async def ping(self, data: bytes | None = None) -> None:
        """Return when the peer's pong is there, with the same data: what it sent before is, too."""

    def mute(self) -> None:
        """Take and send nothing any more, not even a pong, as one that the network has lost."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a close frame, waiting for the peer's for a short time only."""

    def abort(self) -> None:
        """Cut the connection at once, without a close frame."""
