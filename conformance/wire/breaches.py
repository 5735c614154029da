"""Messages that break RFC 6455 on purpose: who gets one has to fail the connection."""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

BAD: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands in a text for a byte that UTF-8 does not have; a lax decoder puts it there itself."""

Kind: TypeAlias = Literal["utf-8", "reserved bit", "opcode", "masking"]

_CODES: Final = {"utf-8": 1007}
_PROTOCOL_ERROR: Final = 1002
_WHAT: Final = {
    "utf-8": "a text with a byte that is not UTF-8",
    "reserved bit": "a text with a reserved bit set",
    "opcode": "a frame with the reserved opcode 3",
    "masking": "a text with the wrong masking",
}
_FIN, _RSV1, _RSV2, _TEXT, _RESERVED, _MASKED = 0x80, 0x40, 0x20, 1, 3, 0x80
_SHORT, _MEDIUM = 126, 2**16


@dataclass(frozen=True)
class Breach:
    """`text` as a frame that breaks the protocol in one way (RFC 6455: 5.1, 5.2, 8.1)."""

    kind: Kind
    text: str

    @property
    def code(self) -> int:
        """The close code that says what is wrong (RFC 6455, 7.4.1)."""
        return _CODES.get(self.kind, _PROTOCOL_ERROR)

    def frame(self, *, client: bool, compressed: bool = False) -> bytes:
        """Return the bytes of the frame as a client sends it, or a server.

        The reserved bit is the one that stands for compression, unless that was negotiated.
        """
        data = self.text.encode()
        if self.kind == "utf-8":
            data = data.replace(BAD.encode(), b"\xff")
        opcode = _RESERVED if self.kind == "opcode" else _TEXT
        reserved = _RSV2 if compressed else _RSV1
        first = _FIN | opcode | (reserved if self.kind == "reserved bit" else 0)
        masked = client != (self.kind == "masking")
        return bytes([first]) + _length(len(data), masked=masked) + _payload(data, masked=masked)

    def __str__(self) -> str:
        return f"{_WHAT[self.kind]}: {self.text}"


def _length(size: int, *, masked: bool) -> bytes:
    bit = _MASKED if masked else 0
    if size < _SHORT:
        return bytes([bit | size])
    if size >= _MEDIUM:
        raise ValueError("a breach is a short message")
    return struct.pack("!BH", bit | _SHORT, size)


def _payload(data: bytes, *, masked: bool) -> bytes:
    if not masked:
        return data
    mask = secrets.token_bytes(4)
    return mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
