"""A TLS handshake without a network: for connections in memory, as real as the certificates."""

from __future__ import annotations

import ssl

from conformance.wire.tls import TlsSeen, explained, finish, watch

ROUNDS = 20  # a handshake takes four at the most


def handshake(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> tuple[TlsSeen, TlsSeen]:
    """Make a handshake between two contexts of this process; `name` is whom the client wants.

    Returns what the server has seen and what the client has; each has a `failure` where it
    refused, or was refused.
    """
    seen_by_server, seen_by_client = watch(server), watch(client)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        _End(client.wrap_bio(down, up, server_hostname=name), seen_by_client),
        _End(server.wrap_bio(up, down, server_side=True), seen_by_server),
    )
    for _ in range(ROUNDS):
        for end in ends:
            end.go_on()
    # With TLS 1.3 a client is done before the server has looked at its certificate.
    failed = next((end.seen.failure for end in ends if end.seen.failure), "")
    for end in ends:
        if failed:
            end.seen.failure = end.seen.failure or "the other side refused"
        else:
            finish(end.seen, end.tls)
    return seen_by_server, seen_by_client


class _End:
    """One side of the handshake, taken as far as it goes each time."""

    def __init__(self, tls: ssl.SSLObject, seen: TlsSeen) -> None:
        self.tls, self.seen = tls, seen
        self._done = False

    def go_on(self) -> None:
        if self.seen.failure:
            return
        try:
            if not self._done:
                self.tls.do_handshake()
                self._done = True
            else:
                self.tls.read(1)  # nothing but an alert can come
        except ssl.SSLWantReadError:
            return
        except ssl.SSLError as problem:
            self.seen.failure = explained(problem)
