"""Who is let in over a connection in memory: the same rules as on a socket, and real TLS."""

from __future__ import annotations

from conformance.access import Access
from conformance.reference.credentials import Credentials
from conformance.reference.tls import Files
from conformance.secure import MUTUAL, OVER_TLS
from conformance.sut import Sut
from conformance.wire.connection import Basic
from conformance.wire.memory_tls import handshake
from conformance.wire.tls import TlsSeen

HOST = "127.0.0.1"  # whom the certificates of a run in memory are for


class NotAdmittedError(Exception):
    """The station was refused, or refused the tool; the text says why."""


def credentials(sut: Sut) -> Credentials:
    """Return what the reference station beside this declaration begins with."""
    connection, theirs = sut.connection, sut.document.tls.files("CSMS")
    over_tls = connection.security_profile >= OVER_TLS
    mutual = connection.security_profile >= MUTUAL
    files = Files(
        certificate=str(theirs.certificate) if mutual else "",
        key=str(theirs.private_key) if mutual else "",
        trusted=str(theirs.trusted) if over_tls else "",
        maker=str(theirs.maker) if theirs.maker is not None else "",
    )
    password = connection.password.reveal() if connection.password is not None else b""
    return files.credentials(connection.security_profile, password)


def admit(access: Access, shown: Credentials, station: str) -> tuple[TlsSeen | None, Basic | None]:
    """Return what was seen of a station that is let in; raises NotAdmittedError."""
    ours, theirs = access.context(), shown.context()
    if (ours is None) != (theirs is None):
        raise NotAdmittedError("one side speaks TLS and the other does not")
    seen = None
    if ours is not None and theirs is not None:
        seen, _ = handshake(theirs, ours, HOST)
        access.handshakes.append(seen)
        if seen.failure:
            raise NotAdmittedError(f"a TLS handshake failed: {seen}")
    header = "Authorization" in shown.headers(station)
    if access.basic is not None and (not header or shown.password != access.basic):
        raise NotAdmittedError(f"station {station!r} was refused with 401")
    return seen, Basic(user=station, size=len(shown.password)) if header else None
