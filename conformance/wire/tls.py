"""TLS exactly as a case asks for it, and what the other side offered and did."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from conformance.wire.client_hello import ClientHello, parse_client_hello

OCPP_SUITES: Final = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)
"""The suites that OCPP names, as OpenSSL does (whitepaper A00.FR.317; 2.0.1: A00.FR.318)."""

OLD_SUITES: Final = ("AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA")
"""What is offered with TLS 1.0 and 1.1: the first one may be used there (whitepaper, 2.4)."""

NOTHING_IN_COMMON: Final = (
    *("UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION", "VERSION_TOO_LOW"),
    *("NO_SHARED_CIPHER", "NO_SUITABLE_SIGNATURE_ALGORITHM"),
)
"""Why OpenSSL refuses what the other side has offered, or chosen, in its hello."""

HELLO_REFUSED: Final = ("PROTOCOL_VERSION", "HANDSHAKE_FAILURE", "INSUFFICIENT_SECURITY")
"""The alerts of a server that does not like a client's hello, among other reasons."""

ALERT_SIZE: Final = 2
"""Bytes of an alert: a server that refuses a hello has sent nothing else."""

_GOOD_SUITES: Final = (*OCPP_SUITES, "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384")
_HANDSHAKE, _ALERT = 22, 21
_CLIENT_HELLO, _FINISHED = 1, 20


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one side of a TLS connection shows and takes; the files are PEM.

    `chain` and `key` are its own certificate, with the intermediates. `trusted` holds the roots of
    the other side's; `revoked` a CRL that is looked at. `suites` are OpenSSL's names, for TLS 1.2
    and older. `lenient` lets a weak key and an old version through where those are asked for.
    """

    chain: Path | None = None
    key: Path | None = None
    trusted: Path | None = None
    revoked: Path | None = None
    oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED
    suites: Sequence[str] = _GOOD_SUITES
    lenient: bool = False


@dataclass
class TlsSeen:
    """What was seen of one TLS connection, whether or not its handshake succeeded.

    `alerts` are (who, name) in their order, who being "sut" or "tool". `version`, `suite` and
    `chain` (DER, the leaf first) are there once the handshake has succeeded. `address` is where
    the connection came from; `came` counts the bytes of handshake and alerts of the other side,
    and `finished` tells whether it has done all of its part. `began`, by the event loop's clock,
    and `took`, in seconds, are those of a handshake that came over a socket.
    """

    hello: ClientHello | None = None
    alerts: list[tuple[str, str]] = field(default_factory=list)
    version: str = ""
    suite: str = ""
    chain: tuple[bytes, ...] = ()
    failure: str = ""
    address: str = ""
    came: int = 0
    finished: bool = False
    began: float = 0.0
    took: float = 0.0

    @property
    def refused_by_sut(self) -> str:
        """The alert by which the SUT has refused the handshake, or nothing."""
        fatal = (name for who, name in self.alerts if who == "sut" and name != "CLOSE_NOTIFY")
        return next(fatal, "")

    @property
    def nothing_in_common(self) -> bool:
        """Tell whether this side has refused the hello, since no version or suite in it will do."""
        return self.hello is not None and self.failure in NOTHING_IN_COMMON

    def __str__(self) -> str:
        told = [f"{self.version} {self.suite}".strip()] if self.version else []
        told += [f"alert {name} from the {who}" for who, name in self.alerts]
        told += [_WORDS.get(self.failure, self.failure)] if self.failure else []
        return "; ".join([*told, *([str(self.hello)] if self.hello is not None else [])])


def server_context(side: Side, *, client_certificate: bool) -> ssl.SSLContext:
    """Return the context of a server that asks for a client's certificate, or does not.

    Raises OSError, of which ssl.SSLError is a kind, where a file cannot be used.
    """
    context = _context(ssl.PROTOCOL_TLS_SERVER, side)
    if client_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(side: Side, *, check_name: bool = True) -> ssl.SSLContext:
    """Return the context of a client; without `trusted` it takes any server."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, side)
    context.check_hostname = check_name and side.trusted is not None
    context.verify_mode = ssl.CERT_REQUIRED if side.trusted is not None else ssl.CERT_NONE
    return context


def _context(protocol: int, side: Side) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    security = ":@SECLEVEL=0" if side.lenient else ""
    context.set_ciphers(":".join(side.suites) + security)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are asked for on purpose
        context.minimum_version, context.maximum_version = side.oldest, side.newest
    context.options |= ssl.OP_NO_COMPRESSION  # A00.FR.320 of the whitepaper and of 2.0.1
    if side.chain is not None:
        context.load_cert_chain(side.chain, side.key)
    if side.trusted is not None:
        context.load_verify_locations(side.trusted)
    if side.revoked is not None:
        context.load_verify_locations(side.revoked)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    return context


def watch(context: ssl.SSLContext) -> TlsSeen:
    """Return the record of the one handshake that `context` is for.

    The hook is private to Python's ssl, and the only one that shows a handshake that failed.
    """
    seen = TlsSeen()

    def told(  # the arguments are the hook's own
        _: object, direction: str, __: object, content: int, kind: int, data: bytes
    ) -> None:
        who = "sut" if direction == "read" else "tool"
        if who == "sut" and content in {_HANDSHAKE, _ALERT}:
            seen.came += len(data)
            seen.finished |= content == _HANDSHAKE and kind == _FINISHED
        if content == _ALERT:
            seen.alerts.append((who, getattr(kind, "name", str(kind))))
        elif content == _HANDSHAKE and who == "sut" and kind == _CLIENT_HELLO:
            seen.hello = parse_client_hello(data)

    context._msg_callback = told  # type: ignore[attr-defined]  # noqa: SLF001
    return seen


def finish(seen: TlsSeen, tls: ssl.SSLObject) -> None:
    """Note what a handshake that succeeded has agreed on, and the peer's certificates."""
    seen.version = tls.version() or ""
    cipher = tls.cipher()
    seen.suite = cipher[0] if cipher is not None else ""
    leaf = tls.getpeercert(binary_form=True)
    with suppress(AttributeError):  # another Python than CPython: the leaf alone
        whole = tls._sslobj.get_unverified_chain() or ()  # type: ignore[attr-defined]  # noqa: SLF001
        seen.chain = tuple(c if isinstance(c, bytes) else c.public_bytes(_DER) for c in whole)
    if not seen.chain and leaf is not None:
        seen.chain = (leaf,)


_WORDS: Final = {"HTTP_REQUEST": "HTTP without TLS, where TLS is needed"}
TOOL_REFUSED: Final = "the tool refused the certificate"
NOTHING_TO_OFFER: Final = ("NO_CIPHERS_AVAILABLE", "NO_PROTOCOLS_AVAILABLE")
"""Why OpenSSL does not begin at all: the other side has not seen a byte."""

_DER: Final = 2  # _ssl.ENCODING_DER


def explained(problem: BaseException) -> str:
    """Return in a few words why a handshake failed."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"{TOOL_REFUSED}: {problem.verify_message}"
    if isinstance(problem, ssl.SSLError):
        return str(problem.reason or problem)
    # asyncio aborts a handshake that is over its limit with these words.
    if isinstance(problem, TimeoutError) or "taking longer" in str(problem):
        return "the handshake was not finished in time"
    return str(problem) or "the other side closed the connection without an alert"
