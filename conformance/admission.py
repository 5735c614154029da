"""Who is let in over a connection in memory: the same rules as on a socket, and real TLS."""

from __future__ import annotations

import hmac
from dataclasses import replace

from conformance.access import Access
from conformance.reference.credentials import Credentials
from conformance.reference.gate import Gate, Shown
from conformance.reference.tls import Files
from conformance.secure import MUTUAL, OVER_TLS
from conformance.sut import Sut
from conformance.wire.client import ConnectFailedError
from conformance.wire.connection import Basic
from conformance.wire.memory_tls import handshake
from conformance.wire.refusal import Kind, Refusal
from conformance.wire.tls import TlsSeen

HOST = "127.0.0.1"  # whom the certificates of a run in memory are for


class NotAdmittedError(Exception):
    """The station was refused, or refused the tool; `refusal` is what there is to tell of it."""

    def __init__(self, kind: Kind, text: str) -> None:
        super().__init__(text)
        self.refusal = Refusal(kind=kind, address=HOST, text=text)


def not_now(said: str) -> Refusal:
    """Return the refusal of a station that is not let in as long as a case wants that."""
    text = f"{said}: connections are not taken just now"
    return Refusal(kind="not taken just now", address=HOST, text=text)


def credentials(sut: Sut, *, waits: bool = False) -> Credentials:
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
    return replace(files.credentials(connection.security_profile, password), waits=waits)


def gate(sut: Sut) -> Gate:
    """Return whom the reference CSMS beside this declaration lets in, to begin with."""
    connection, password = sut.connection, sut.connection.password
    files = Files(**sut.document.tls.of_reference())
    shown = password.reveal() if password is not None else b""
    return Gate(connection.security_profile, shown, files, stations=sut.stations)


def call(access: Access, asked: Gate, station: str, url: str) -> TlsSeen | None:
    """Return what the tool has seen of a CSMS that lets it in; raises ConnectFailedError."""
    ours, theirs = access.client(), asked.context()
    seen, certificate = None, None
    if not asked.recognises(station):
        raise ConnectFailedError("nobody knows this station", url, status=404)
    if ours is not None:
        if theirs is None:
            raise ConnectFailedError("there is no TLS", url)
        by_csms, seen = handshake(ours, theirs, HOST)
        access.handshakes.append(seen)
        if seen.failure:
            raise ConnectFailedError(f"TLS failed: {seen}", url, tls=seen)
        certificate = next(iter(by_csms.chain), None)
    header = access.upgrade.header(station, access.basic)
    shown = Shown(authorization=header, secured=ours is not None, certificate=certificate)
    if not asked.admits(station, shown):
        raise ConnectFailedError(
            "the CSMS refused the upgrade with HTTP status 401", url, status=401, tls=seen
        )
    return seen


def admit(access: Access, shown: Credentials, station: str) -> tuple[TlsSeen | None, Basic | None]:
    """Return what was seen of a station that is let in; raises NotAdmittedError."""
    ours, theirs = access.context(), shown.context()
    if (ours is None) != (theirs is None):
        raise NotAdmittedError("no TLS handshake", "one side speaks TLS and the other does not")
    seen = None
    if ours is not None and theirs is not None:
        seen, _ = handshake(theirs, ours, HOST)
        access.handshakes.append(seen)
        if seen.failure:
            raise NotAdmittedError("no TLS handshake", f"a TLS handshake failed: {seen}")
    header = "Authorization" in shown.headers(station)
    wanted = access.basic
    if wanted is not None and not (header and hmac.compare_digest(shown.password, wanted)):
        shown.challenged()
        raise NotAdmittedError("wrong credentials", f"station {station!r} was refused with 401")
    return seen, Basic(user=station, size=len(shown.password)) if header else None
