"""Who was not let in, and why: what a server tells of each attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "another id",
    "not taken just now",
    "wrong credentials",
    "no common subprotocol",
    "no WebSocket upgrade",
    "no TLS handshake",
]

LONGEST: Final = 200
"""So many characters are told of what a stranger has sent, at the most."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One attempt that was refused: its kind, the address it came from, and a line for the user."""

    kind: Kind
    address: str
    text: str

    def __str__(self) -> str:
        return self.text


def address_of(peername: object) -> str:
    """Return the address of a socket's peer, without its port."""
    return str(peername[0]) if isinstance(peername, tuple) and peername else "an unknown address"


def short(text: str, longest: int = LONGEST) -> str:
    """Return what a stranger has sent in a length that fits into a line."""
    return text if len(text) <= longest else f"{text[:longest]}..."
