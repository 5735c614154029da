"""How a SUT's declared security profile becomes TLS on the tool's side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from conformance.sut import Sut
from conformance.wire.tls import Side

OVER_TLS, MUTUAL = 2, 3  # the first security profile over TLS; the one with certificates on both


class UnusableFilesError(Exception):
    """A file of [tls] is no certificate or no key, or they do not belong together."""


def side(sut: Sut, profile: int | None = None) -> Side:
    """Return what the tool shows and trusts beside this system, with its profile or another."""
    files = sut.tls
    profile = sut.connection.security_profile if profile is None else profile
    own = sut.role == "CS" or profile >= MUTUAL
    theirs = sut.role == "CSMS" or profile >= MUTUAL
    return Side(
        chain=files.certificate if own else None,
        key=files.private_key if own else None,
        trusted=files.trusted if theirs else None,
    )


@contextmanager
def told() -> Iterator[None]:
    """Tell which files are wrong: UnusableFilesError for what OpenSSL says of them."""
    try:
        yield
    except OSError as problem:
        why = getattr(problem, "reason", None) or problem
        hint = "is each of them PEM, and is the key that of the certificate?"
        said = f"the files in [tls] cannot be used: {why} ({hint})"
        raise UnusableFilesError(said) from problem
