"""What a hostile system does to the tool's TLS, on loopback and with an end."""

from __future__ import annotations

import resource
import socket
import ssl
import struct
from pathlib import Path

from conformance.pki.authority import Authority
from conformance.pki.keys import key_pem
from conformance.wire.basic import basic
from conformance.wire.tls import Side, client_context
from tests.attackers import header

BOOT = '[2,"b","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
DEEP = 60
MANY = 300


def hello(name: str = "localhost") -> bytes:
    """Return a ClientHello as it should be."""
    sent = ssl.MemoryBIO()
    client = client_context(Side()).wrap_bio(ssl.MemoryBIO(), sent, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return sent.read()
    raise AssertionError("a handshake with nobody")


def record(kind: int, size: int, data: bytes = b"") -> bytes:
    """Return a TLS record that says it has this size, whatever it has."""
    return bytes([kind, 3, 3]) + size.to_bytes(2) + data


KNOCKS: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", MANY),
    "half a header": (b"\x16\x03", MANY),
    "half a record": (record(22, 0x4000, b"\x01" * 100), MANY),
    "a hello, and nothing after it": (hello(), MANY),
    "a hello of 16 MiB": (record(22, 0x4000, b"\x01\xff\xff\xff" + bytes(0x3FFC)), 50),
    "a hello in pieces of a byte": (
        b"".join(record(22, 1, bytes([byte])) for byte in hello()[5:]),
        20,
    ),
    "a hello of TLS 9": (b"\x16\x0a\x0a" + hello()[3:], 50),
    "SSL 2": (b"\x80\x2e\x01\x00\x02" + bytes(43), 50),
    "empty records": (record(22, 0) * 2000, 20),
    "warnings": (record(21, 2, b"\x01\x5a") * 2000, 20),
    "heartbeats that bleed": (record(24, 3, b"\x01\x40\x00") * 100, 50),
    "application data": (record(23, 0x100, bytes(0x100)) * 100, 50),
    "zeros": (bytes(100_000), 50),
    "HTTP": (b"GET /ocpp/CP01 HTTP/1.1\r\nHost: x\r\n\r\n", 50),
}


def chains(folder: Path, kind: str = "ecdsa") -> dict[str, tuple[Path, Path]]:
    """Write certificates that nobody should have; return chain and key of each, by its kind."""
    of = folder / kind
    above = Authority("Root of many", "Org", "ecdsa")
    issuers = [above]
    for number in range(DEEP):
        above = Authority(f"CA {number}", "Org", "ecdsa", parent=above)
        issuers.append(above)
    made = {
        "a chain that is deep": above.issue("CP01", "client", "ecdsa"),
        "a name of 90,000 bytes": above.issue(
            "CP01", "client", "ecdsa", names=[f"n{n}.example" for n in range(7000)]
        ),
        "more names than a handshake takes": above.issue(
            "CP01", "client", "ecdsa", names=[f"n{n}.example" for n in range(70_000)]
        ),
    }
    found = {}
    for number, (what, issued) in enumerate(made.items()):
        chain, key = of / f"absurd-{number}.pem", of / f"absurd-{number}.key"
        chain.write_bytes(issued.pem)
        key.touch(0o600)
        key.write_bytes(key_pem(issued.key))
        found[what] = chain, key
    return found


# What it costs the tool


def descriptors() -> int:
    """Return how many files and sockets this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def memory() -> float:
    """Return what this process has in memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def greeted(port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    """Return a connection over TLS."""
    plain = socket.create_connection(("127.0.0.1", port), 10)
    return context.wrap_socket(plain, server_hostname="127.0.0.1")


# Again and again


def comes(port: int, context: ssl.SSLContext | None, request: bytes, how: int) -> None:
    """Connect as a station once, and go in one of four ways."""
    plain = socket.create_connection(("127.0.0.1", port), 10)
    sock = plain if context is None else context.wrap_socket(plain, server_hostname="127.0.0.1")
    with sock:
        sock.sendall(request)
        if how:
            sock.recv(1000)  # the upgrade
        if how >= 2:
            sock.sendall(frame(BOOT))
            sock.recv(1000)
        if how == 3:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def frame(text: str) -> bytes:
    """Return a text frame of a client, with a mask of zeros."""
    data = text.encode()
    return header(len(data)) + data


def upgrade(path: str, subprotocol: str, password: bytes | None = None) -> bytes:
    """Return the upgrade request of a station, which the path names."""
    lines = [f"GET {path} HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket"]
    lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
    lines += [f"Sec-WebSocket-Protocol: {subprotocol}"]
    if password is not None:
        lines += [f"Authorization: {basic(path.rpartition('/')[2].encode(), password)}"]
    return "\r\n".join([*lines, "", ""]).encode()
