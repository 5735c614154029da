"""The WebSocket client that plays a station for a CSMS under test."""

from __future__ import annotations

import asyncio
import socket
import ssl as tls
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as ws_connect
from websockets.exceptions import (
    InvalidHandshake,
    InvalidHeader,
    InvalidMessage,
    InvalidStatus,
    InvalidURI,
    NegotiationError,
)
from websockets.typing import Subprotocol

from conformance.wire.tls import (
    ALERT_SIZE,
    HELLO_REFUSED,
    NOTHING_IN_COMMON,
    NOTHING_TO_OFFER,
    TOOL_REFUSED,
    TlsSeen,
    finish,
    watch,
)
from conformance.wire.upgrade import USUAL, Upgrade
from conformance.wire.websocket import (
    CLOSE_TIMEOUT,
    LOGGER,
    MAX_QUEUE,
    MAX_SIZE,
    TimedSocket,
    WebSocketConnection,
    handshake_of,
)

_STATUS_HINTS = {
    401: "check the station id and the password, here and in the CSMS",
    403: "check whether the CSMS knows the station and its credentials",
    404: "check the URL, and whether the CSMS knows the station id",
    426: "the URL seems not to be the OCPP-J endpoint",
    503: "the CSMS takes no connection just now",
}

_NO_TLS = "does the port speak TLS?"


class ConnectFailedError(Exception):
    """No connection to the CSMS: what happened, where, and what to do, in one line."""

    def __init__(
        self,
        what: str,
        where: str,
        hint: str = "",
        *,
        status: int | None = None,
        tls: TlsSeen | None = None,
        left_open: bool = False,
    ) -> None:
        super().__init__(f"{where}: {what}" + (f" ({hint})" if hint else ""))
        self.what, self.where, self.hint = what, where, hint
        self.status, self.tls = status, tls
        self.left_open = left_open  # over no common version, though it has to be closed

    @property
    def chose(self) -> bool:
        """Tell whether the CSMS has chosen a subprotocol that was not offered."""
        return isinstance(self.__cause__, NegotiationError)

    @property
    def by_the_tool(self) -> bool:
        """Tell whether it was the tool that did not want to go on, before the CSMS could say so."""
        said = self.tls.failure if self.tls is not None else ""
        refused = TOOL_REFUSED in said or self._library in NOTHING_TO_OFFER
        return refused or isinstance(self.__cause__, tls.SSLCertVerificationError)

    @property
    def nothing_in_common(self) -> bool:
        """Tell whether no version or suite of TLS would do for both.

        The CSMS refuses the hello, before it shows a certificate, or chooses what is too old.
        """
        if self.tls is None or self.status is not None:
            return False
        refused = self.tls.refused_by_sut in HELLO_REFUSED and self.tls.came <= ALERT_SIZE
        return refused or self._library in NOTHING_IN_COMMON

    @property
    def _library(self) -> str:
        """What OpenSSL has said."""
        said = self.tls.failure if self.tls is not None else ""
        return (self.__cause__.reason or "") if isinstance(self.__cause__, tls.SSLError) else said

    @property
    def by_the_peer(self) -> bool:
        """Tell whether it was the other side that did not want to go on."""
        alert = self.tls is not None and bool(self.tls.refused_by_sut)
        gone = isinstance(self.__cause__, ConnectionResetError | InvalidMessage)
        return self.status is not None or alert or gone


class _Outgoing(ClientConnection, TimedSocket):
    """The tool's end of a connection to a CSMS."""


class _Connect(ws_connect):
    """A redirect is an answer to be reported, not an address to follow with a password."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


async def connect(
    url: str,
    *,
    identity: str,
    subprotocol: str,
    offered: Sequence[str] = (),
    upgrade: Upgrade = USUAL,
    password: bytes | None,
    timeout: float,  # noqa: ASYNC109 - of the whole handshake, told apart from a cancellation
    context: tls.SSLContext | None = None,
    max_size: int = MAX_SIZE,
) -> WebSocketConnection:
    """Connect as station `identity` to the OCPP-J endpoint `url`; raise ConnectFailedError.

    The connection URL is `url`, "/" and the percent-encoded identity (OCPP-J 1.6 and OCPP 2.0.1
    Part 4, 3.1.1). With a `password`, HTTP Basic is used, with the identity as the user name. For
    wss the `context` is this connection's alone; by default it is Python's. `offered` are the
    subprotocols that are offered, if not just `subprotocol`; the handshake tells the chosen one.
    `timeout` is in seconds, `max_size` in bytes. Proxies of the environment are not used.
    """
    target = connection_url(url, identity, upgrade)
    names = [Subprotocol(name) for name in offered or (subprotocol,)]
    shown = _shown(target)
    authorization = upgrade.header(identity, password)
    secured = urlsplit(url).scheme == "wss"
    context = (context or tls.create_default_context()) if secured else None
    seen = watch(context) if context is not None else None
    try:
        ws = await _Connect(
            target,
            subprotocols=None if upgrade.versionless else names,
            additional_headers={"Authorization": authorization} if authorization else None,
            compression="deflate" if upgrade.compressed else None,
            proxy=None,
            open_timeout=timeout,
            ping_interval=None,
            close_timeout=CLOSE_TIMEOUT,
            max_size=max_size,
            max_queue=MAX_QUEUE,
            logger=LOGGER,
            ssl=context,
            create_connection=_Outgoing,
        )
    except (OSError, InvalidHandshake, InvalidURI, ValueError) as problem:
        what, hint = _explained(problem, subprotocol, timeout)
        status = problem.response.status_code if isinstance(problem, InvalidStatus) else None
        raise ConnectFailedError(what, shown, hint, status=status, tls=seen) from problem
    if seen is not None:
        finish(seen, cast("tls.SSLObject", ws.transport.get_extra_info("ssl_object")))
    return await _checked(ws, identity, subprotocol, shown, seen)


def connection_url(url: str, identity: str, upgrade: Upgrade = USUAL) -> str:
    """Return the URL that a station with this identity connects to."""
    parts = urlsplit(url)
    path = f"{parts.path.rstrip('/')}/{upgrade.last_part(identity)}"
    return urlunsplit(parts._replace(path=path))


async def _checked(
    ws: ClientConnection, identity: str, subprotocol: str, shown: str, seen: TlsSeen | None
) -> WebSocketConnection:
    if ws.subprotocol is None:
        left_open = not await _gone(ws)
        await ws.close()
        what = f"the CSMS chose no subprotocol; {subprotocol} was offered"
        hint = "does the CSMS support this version of OCPP here?"
        raise ConnectFailedError(what, shown, hint, left_open=left_open)
    if ws.request is None or ws.response is None or not isinstance(ws, _Outgoing):
        raise RuntimeError("a connection without its handshake")
    return WebSocketConnection(ws, handshake_of(ws, identity, ws.request, ws.response, seen))


async def _gone(ws: ClientConnection) -> bool:
    """Tell whether the CSMS has closed the connection by itself (3.2: immediately)."""
    try:
        await asyncio.wait_for(ws.wait_closed(), CLOSE_TIMEOUT)
    except TimeoutError:
        return False
    return True


def _shown(url: str) -> str:
    """Return a URL without what may be secret: user, password, query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _explained(problem: Exception, subprotocol: str, limit: float) -> tuple[str, str]:
    match problem:
        case InvalidStatus():
            return _status(problem)
        case NegotiationError():
            return f"the CSMS chose another subprotocol than {subprotocol}: {problem}", ""
        case InvalidMessage() | InvalidHeader() | InvalidHandshake():
            return _no_websocket(problem)
        case tls.SSLCertVerificationError():
            why = problem.verify_message
            return f"the certificate of the CSMS was refused: {why}", "check the CA, and the name"
        case InvalidURI() | ValueError():
            return "the URL is not valid", "it is like ws://host:port/path"
    return _network(problem, limit)


def _status(problem: InvalidStatus) -> tuple[str, str]:
    status = problem.response.status_code
    hint = _STATUS_HINTS.get(status, "")
    where = problem.response.headers.get("Location", "")
    if 300 <= status < 400:  # noqa: PLR2004 - the redirects of HTTP
        hint = "redirects are not followed: configure the address that it names"
        return f"the CSMS redirects with HTTP status {status} to {_shown(where)!r}", hint
    return f"the CSMS refused the upgrade with HTTP status {status}", hint


def _no_websocket(problem: Exception) -> tuple[str, str]:
    root: BaseException = problem
    while root.__cause__ is not None:
        root = root.__cause__
    if isinstance(root, tls.SSLError):
        return f"TLS failed: {root.reason or root}", "is a client certificate required?"
    if isinstance(root, EOFError | ConnectionError):
        what = "the connection was closed during the handshake"
        return what, "is this the right port, and TLS (wss) as expected?"
    return f"what answers there is no WebSocket server: {root}", "check the URL"


def _network(problem: Exception, limit: float) -> tuple[str, str]:
    match problem:
        case socket.gaierror():
            return f"the host name cannot be resolved: {problem.strerror}", "check the URL"
        case tls.SSLError():
            alerted = "ALERT" in (problem.reason or "")
            hint = "what the tool offers or shows is refused" if alerted else _NO_TLS
            return f"TLS failed: {problem.reason or problem}", hint
        case TimeoutError():
            return f"no answer within {limit:g} s", "check address, port and firewall"
        case ConnectionRefusedError():
            return "the connection was refused", "is the CSMS running, and is this its port?"
        case ConnectionError():
            return "the connection was closed during the handshake", ""
    return f"no connection: {getattr(problem, 'strerror', None) or problem}", "check the network"
