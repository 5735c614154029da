"""Faults of the WebSocket layer: what a system makes of the frames that it gets (RFC 6455)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping
from typing import Any, Final, TypeAlias, TypeVar

from websockets.asyncio.connection import Connection
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side, State

SOCKET: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "takes-any-data": (
        "binary messages and text that is not UTF-8 are taken as text",
        frozenset({"binary", "utf-8"}),
    ),
    "takes-any-frame": (
        "frames are taken whatever their reserved bits, their kind and their masking are",
        frozenset({"reserved bit", "opcode", "masking"}),
    ),
    "splits-messages": ("every fragment is a message of its own", frozenset({"fragments"})),
    "fails-on-interruption": (
        "a ping between two fragments fails the connection",
        frozenset({"interruptions"}),
    ),
    "no-pong": ("pings are not answered", frozenset({"pings"})),
    "short-pongs": ("pongs have the first 16 bytes of the data only", frozenset({"ping data"})),
    "no-close-frame": (
        "a close frame is answered by dropping the connection",
        frozenset({"close frame"}),
    ),
}
"""Each with what it does, and the kinds of wrong that make it up (`conformance.wire.memory`)."""

LONGEST_PONG: Final = 16
_UNCHECKED: Final = frozenset({"reserved bit", "opcode", "masking"})
_FIN, _RSV1, _OPCODE, _MASKED = 0x80, 0x40, 0x0F, 0x80
_LONG: Final = 126  # from here on the length stands in a field of its own
_CONTROL: Final = (Opcode.CLOSE, Opcode.PING, Opcode.PONG)
_PROTOCOL_ERROR: Final = 1002

Made = TypeVar("Made", bound=Connection)
Read: TypeAlias = Callable[[int], Generator[None, None, Any]]


def habits(faults: Collection[str]) -> frozenset[str]:
    """Return the kinds of wrong of the SOCKET faults in `faults`."""
    return frozenset[str]().union(*(SOCKET[name][1] for name in SOCKET if name in faults))


def making(kind: Callable[..., Made], wrong: Collection[str]) -> Callable[..., Made]:
    """Return what makes connections that are wrong in these ways."""

    def make(*given: Any, **settings: Any) -> Made:  # noqa: ANN401 - the package's
        connection = kind(*given, **settings)
        _spoil(connection, wrong)
        return connection

    return make


def _spoil(connection: Connection, wrong: Collection[str]) -> None:
    protocol = connection.protocol
    if _UNCHECKED & set(wrong):
        _Unchecked(protocol)
    take = protocol.recv_frame

    def recv_frame(frame: Frame) -> None:
        if "fragments" in wrong and frame.opcode not in _CONTROL:
            frame = Frame(Opcode.TEXT, frame.data)
        if frame.opcode is Opcode.CLOSE and "close frame" in wrong:
            connection.transport.abort()
        elif frame.opcode is not Opcode.PING or not _balks(protocol, wrong):
            take(_shortened(frame) if "ping data" in wrong else frame)

    if wrong:
        protocol.recv_frame = recv_frame  # type: ignore[method-assign]


def _balks(protocol: Protocol, wrong: Collection[str]) -> bool:
    """Tell whether a ping gets no pong; one between two fragments may end the connection."""
    if "interruptions" in wrong and protocol.current_size is not None:
        protocol.fail(_PROTOCOL_ERROR, "a ping between two fragments")
        return True
    return "pings" in wrong


def _shortened(frame: Frame) -> Frame:
    if frame.opcode is not Opcode.PING:
        return frame
    return Frame(Opcode.PING, frame.data[:LONGEST_PONG])


class _Unchecked:
    """Reads the frames of a connection as a library that looks at nothing in their heads.

    What the package would refuse is put right before it sees it.
    """

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._read: Read = protocol.reader.read_exact
        self._parts: list[Read] = []  # of the frame whose head was read, the last one first
        reader: Any = protocol.reader
        reader.read_exact = self.read_exact

    def read_exact(self, size: int) -> Generator[None, None, Any]:
        """Read what the package wants next: a head, a length, a mask, or data."""
        if self._protocol.state is State.CONNECTING:
            return (yield from self._read(size))  # of an HTTP response
        if self._parts:
            return (yield from self._parts.pop()(size))
        first, second = yield from self._read(2)
        expected, masked = self._protocol.side is Side.SERVER, bool(second & _MASKED)
        self._parts = [self._masked if masked and not expected else self._read]
        if expected:
            self._parts.append(self._read if masked else _no_mask)
        if second & ~_MASKED >= _LONG:
            self._parts.append(self._read)
        return bytes([self._first(first), second & ~_MASKED | (_MASKED if expected else 0)])

    def _first(self, byte: int) -> int:
        opcode = byte & _OPCODE
        known = opcode if opcode in list(Opcode) else Opcode.TEXT
        return byte & _FIN | (byte & _RSV1 if self._protocol.extensions else 0) | known

    def _masked(self, size: int) -> Generator[None, None, bytes]:
        mask = yield from self._read(4)
        data = yield from self._read(size)
        return bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


def _no_mask(size: int) -> Generator[None, None, bytes]:
    yield from ()
    return bytes(size)
