"""How the tool and the SUT come together: the tool waits for a station, and calls a CSMS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from conformance import secure
from conformance.access import Access
from conformance.sut import Sut
from conformance.wire.client import ConnectFailedError, connect
from conformance.wire.connection import Connection
from conformance.wire.refusal import Refusal
from conformance.wire.server import Server, serve
from conformance.wire.upgrade import USUAL

SUBPROTOCOLS = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1"}


class Transport(Protocol):
    """One of the two ways; `url` is what the user puts into the device, or where the CSMS is."""

    url: str
    access: Access

    async def open(
        self, connected: Callable[[Connection], None], refused: Callable[[Refusal], None]
    ) -> None:
        """Begin; every new connection goes to `connected`, every refused one to `refused`."""

    async def dial(self, offered: Sequence[str] = ()) -> Connection:
        """Open a connection to a CSMS; raise ConnectFailedError with one line for the user.

        `offered` are the subprotocols, if not the one of the version.
        """

    def refuse(self, *, all_: bool) -> None:
        """Refuse every new connection from now on, or take them again."""

    async def close(self) -> None:
        """End."""


def for_a_device(url: str) -> str:
    """Return `url` as a user puts it into a device: every interface is no address."""
    for everywhere in ("//0.0.0.0:", "//[::]:"):
        url = url.replace(everywhere, "//<address of this machine>:")
    return url


class Listening:
    """A WebSocket server that the station under test connects to."""

    def __init__(self, sut: Sut) -> None:
        self.url = ""
        self.access = Access.of(sut)
        self._sut, self._refusing = sut, False
        self._server: Server | None = None

    async def open(
        self, connected: Callable[[Connection], None], refused: Callable[[Refusal], None]
    ) -> None:
        """Listen on the configured address."""

        async def accept(connection: Connection) -> None:
            connected(connection)

        connection, station = self._sut.connection, self._sut.station
        self._server = await serve(
            connection.host,
            connection.port,
            subprotocol=SUBPROTOCOLS[self._sut.version],
            identity=station,
            accept=accept,
            refuse=lambda: self._refusing,
            credentials=lambda: self.access.credentials(station),
            on_refused=refused,
            turned=self.access.turned,
            compresses=self.access.compresses,
            guard=self.access.guard(refused, self._sut.limits.message_timeout),
        )
        self.url = f"{for_a_device(self._server.url).rstrip('/')}{connection.path}"

    async def dial(self, offered: Sequence[str] = ()) -> Connection:
        """Call nobody: stations call."""
        raise NotImplementedError

    def refuse(self, *, all_: bool) -> None:
        """Refuse every new connection from now on, or take them again."""
        self._refusing = all_

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            await self._server.close()


class Dialing:
    """A WebSocket client that connects to the CSMS under test.

    `unreachable` says why nobody was there, whatever the station: it is not said again for each.
    """

    def __init__(self, sut: Sut, url: str = "") -> None:
        self.url = url or sut.connection.url
        self.unreachable = ""
        self.access = Access.of(sut)
        self._sut = sut

    async def open(
        self, connected: Callable[[Connection], None], refused: Callable[[Refusal], None]
    ) -> None:
        """Wait for nothing: the tool is the one that calls."""

    async def dial(self, offered: Sequence[str] = ()) -> Connection:
        """Connect as the configured station."""
        upgrade = self.access.upgrade
        try:
            connection = await connect(
                self.access.at(self.url, self._sut.connection.upgraded_url),
                identity=upgrade.identity or self._sut.station,
                subprotocol=SUBPROTOCOLS[self._sut.version],
                offered=offered,
                upgrade=upgrade,
                password=self.access.basic,
                timeout=self._sut.limits.connect_timeout,
                context=self.access.client(),
            )
        except secure.UnusableFilesError as problem:
            self.unreachable = str(problem)
            raise ConnectFailedError(str(problem), self.url) from problem
        except ConnectFailedError as failed:
            # Who refuses one station, or what it shows or offers, is there for the others.
            alerted = failed.tls is not None and (failed.by_the_peer or failed.nothing_in_common)
            refused = alerted or failed.status is not None or bool(offered) or upgrade != USUAL
            self.unreachable = "" if refused else str(failed)
            raise
        self.unreachable = ""
        return connection

    def refuse(self, *, all_: bool) -> None:
        """Refuse nothing: a client has no one to refuse."""
        raise NotImplementedError

    async def close(self) -> None:
        """End nothing."""
