"""What a TLS client offers, read off the first message of its handshake (RFC 5246, RFC 8446)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SUITES: Final = {
    0x002F: "TLS_RSA_WITH_AES_128_CBC_SHA",
    0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
    0x003C: "TLS_RSA_WITH_AES_128_CBC_SHA256",
    0x003D: "TLS_RSA_WITH_AES_256_CBC_SHA256",
    0x009C: "TLS_RSA_WITH_AES_128_GCM_SHA256",
    0x009D: "TLS_RSA_WITH_AES_256_GCM_SHA384",
    0x1301: "TLS_AES_128_GCM_SHA256",
    0x1302: "TLS_AES_256_GCM_SHA384",
    0x1303: "TLS_CHACHA20_POLY1305_SHA256",
    0xC009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    0xC00A: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    0xC013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    0xC014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    0xC02B: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    0xC02C: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    0xC030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    0xCCA8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    0xCCA9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
}
"""IANA's names of the suites that OCPP is about, and of those that are common beside them."""

VERSIONS: Final = {
    0x0300: "SSLv3",
    0x0301: "TLSv1",
    0x0302: "TLSv1.1",
    0x0303: "TLSv1.2",
    0x0304: "TLSv1.3",
}
_SIGNALS: Final = {0x00FF, 0x5600}  # say something else, and are no suites (RFC 5746, RFC 7507)
_SERVER_NAME, _SUPPORTED_VERSIONS = 0, 43
_HEADER = 4  # kind and length of the handshake message
_RANDOM = 32


@dataclass(frozen=True, kw_only=True)
class ClientHello:
    """The offer of a client: versions (the newest first), IANA names of suites, the name it wants.

    `compression` tells whether it offers to compress, which OCPP forbids.
    """

    versions: tuple[str, ...]
    suites: tuple[str, ...]
    server_name: str = ""
    compression: bool = False

    def __str__(self) -> str:
        name = f" for {self.server_name}" if self.server_name else ""
        return f"offers {', '.join(self.versions)} with {', '.join(self.suites)}{name}"


def parse_client_hello(message: bytes) -> ClientHello | None:
    """Read a ClientHello message with its header; None where it is cut off or none."""
    try:
        return _parse(_Reader(message[_HEADER:]))
    except IndexError:
        return None


class _Reader:
    """Takes numbers and vectors from the front; raises IndexError behind the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> bool:
        return self._at < len(self._data)

    def take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise IndexError(size)
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        """Take what follows a length of `size` bytes."""
        return self.take(self.number(size))


def _parse(hello: _Reader) -> ClientHello:
    legacy = hello.number(2)
    hello.take(_RANDOM)
    hello.vector(1)  # the session
    offered = [n for n in _numbers(hello.vector(2)) if n not in _SIGNALS and not _grease(n)]
    compression = any(hello.vector(1))
    extensions = dict(_extensions(_Reader(hello.vector(2)))) if hello.left else {}
    return ClientHello(
        versions=_versions(legacy, extensions.get(_SUPPORTED_VERSIONS)),
        suites=tuple(SUITES.get(n, f"0x{n:04X}") for n in offered),
        server_name=_name(extensions.get(_SERVER_NAME)),
        compression=compression,
    )


def _extensions(block: _Reader) -> Iterator[tuple[int, bytes]]:
    while block.left:
        yield block.number(2), block.vector(2)


def _versions(legacy: int, supported: bytes | None) -> tuple[str, ...]:
    numbers = list(_numbers(_Reader(supported).vector(1))) if supported else [legacy]
    known = sorted((n for n in numbers if not _grease(n)), reverse=True)
    return tuple(VERSIONS.get(n, f"0x{n:04X}") for n in known)


def _name(extension: bytes | None) -> str:
    if not extension:
        return ""
    names = _Reader(_Reader(extension).vector(2))
    names.take(1)  # a host name: there is no other kind
    return names.vector(2).decode("ascii", "replace")


def _numbers(data: bytes) -> Iterator[int]:
    pairs = len(data) // 2
    return (int.from_bytes(data[2 * i : 2 * i + 2], "big") for i in range(pairs))


def _grease(number: int) -> bool:
    """Tell whether a number is one that clients throw in at random (RFC 8701)."""
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF  # noqa: PLR2004
