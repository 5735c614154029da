"""How a SUT's declared security profile becomes TLS on the tool's side."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from conformance.sut import Sut
from conformance.wire.secured import Guard
from conformance.wire.tls import Side, TlsSeen, client_context, server_context

OVER_TLS, MUTUAL = 2, 3  # the first security profile over TLS; the one with certificates on both


class UnusableFilesError(Exception):
    """A file of [tls] is no certificate or no key, or they do not belong together."""


def side(sut: Sut) -> Side:
    """Return what the tool shows and trusts beside this system."""
    files, profile = sut.tls, sut.connection.security_profile
    own = sut.role == "CS" or profile >= MUTUAL
    theirs = sut.role == "CSMS" or profile >= MUTUAL
    return Side(
        chain=files.certificate if own else None,
        key=files.private_key if own else None,
        trusted=files.trusted if theirs else None,
    )


def guard(sut: Sut, refused: Callable[[str], None]) -> Guard | None:
    """Return what secures the connections of a station, or None where nothing does.

    A handshake that fails is told to `refused` in one line. Raises UnusableFilesError.
    """
    if sut.connection.security_profile < OVER_TLS:
        return None

    def told(seen: TlsSeen) -> None:
        if seen.failure:
            refused(f"a TLS handshake failed: {seen}")

    mutual = sut.connection.security_profile >= MUTUAL
    ours = side(sut)
    with _told():  # at once, and not when a station connects
        server_context(ours, client_certificate=mutual)
    return Guard(
        lambda: server_context(ours, client_certificate=mutual),
        told,
        sut.limits.message_timeout,
    )


def client(sut: Sut) -> ssl.SSLContext | None:
    """Return the context of one connection to a CSMS, or None without TLS.

    Raises UnusableFilesError.
    """
    if sut.connection.security_profile < OVER_TLS:
        return None
    ours, named = side(sut), sut.document.tls.check_name
    if ours.trusted is None:
        context = ssl.create_default_context()  # the machine's own authorities
        context.check_hostname = named
        return context
    with _told():
        return client_context(ours, check_name=named)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        why = getattr(problem, "reason", None) or problem
        told = f"the files in [tls] cannot be used: {why}"
        hint = "is each of them PEM, and is the key that of the certificate?"
        raise UnusableFilesError(f"{told} ({hint})") from problem
