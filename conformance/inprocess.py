"""The reference systems in this process, over connections in memory: for proofs, not for runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from conformance.access import Access
from conformance.admission import NotAdmittedError, admit, call, credentials, gate, not_now
from conformance.bench import Bench
from conformance.files.memory import MemoryFiles
from conformance.files.service import FileService
from conformance.operators.actions import Action
from conformance.operators.base import CannotActError
from conformance.operators.fixtures import Fixture, name_of
from conformance.operators.http import csms_orders, station_orders
from conformance.pki.folder import shared
from conformance.reference.offer import Offer
from conformance.reference.process import (
    ANY_VERSION,
    LINGERS,
    WAITS,
    ReferenceCsms,
    make_csms,
    make_station,
)
from conformance.reference.socket_faults import habits
from conformance.reference.spoiling import Binary
from conformance.reference.websocket import PONG_SECONDS
from conformance.reference.wire import Station
from conformance.sut import Sut
from conformance.sut_operators import EmbeddedSettings
from conformance.transport import SUBPROTOCOLS
from conformance.wire.client import ConnectFailedError
from conformance.wire.connection import Closed, Connection
from conformance.wire.memory import pair
from conformance.wire.refusal import Refusal
from conformance.wire.turning import FOREIGN, Outcome, Turned, Turning, watch

OK = range(200, 300)
MOMENT = 0.01  # seconds of the clock that jumps


class _Wire:
    """A connection as the reference systems want it; a lax one takes binary messages, too."""

    def __init__(self, connection: Connection, *, lax: bool) -> None:
        self._connection, self._lax = connection, lax

    async def send(self, text: str) -> None:
        try:
            await self._connection.emit(text.encode() if isinstance(text, Binary) else text)
        except Closed as closed:
            raise ConnectionError(str(closed)) from closed

    async def recv(self) -> str:
        while True:
            try:
                data = await self._connection.receive()
            except Closed as closed:
                raise ConnectionError(str(closed)) from closed
            if isinstance(data, str):
                return data
            if self._lax:
                return data.decode("utf-8", "replace")

    async def ping(self) -> None:
        """See that the other side is there."""
        try:
            async with asyncio.timeout(PONG_SECONDS):
                await self._connection.ping()
        except (Closed, TimeoutError) as closed:
            raise ConnectionError(f"no pong: {closed}") from closed

    async def close(self) -> None:
        await self._connection.close()


class InProcess:
    """A reference system with the transport to it, and the operator for it."""

    name = "in process"
    url = "memory"

    def __init__(self, sut: Sut, files: MemoryFiles) -> None:
        self._sut = sut
        self._tasks: set[asyncio.Task[Any]] = set()
        self._connected: Callable[[Connection], None] = lambda _: None
        self._refusing = False
        settings = sut.operator
        assert isinstance(settings, EmbeddedSettings)  # noqa: S101 - for the type checker
        options = {
            k: str(v).lower() if isinstance(v, bool) else str(v)
            for k, v in settings.options.items()
        }
        faults = dict(f.partition("=")[::2] for f in settings.faults)
        self._any_version = ANY_VERSION in faults
        self._lax = habits(faults)
        self.access = Access.of(sut)
        self._refused: Callable[[Refusal], None] = lambda _: None
        self._station: Station | None = None
        self._csms: ReferenceCsms | None = None
        if sut.role == "CS":
            self._offer = Offer.of(sut.station, SUBPROTOCOLS[sut.version], options, faults)
            self._credentials = credentials(sut, waits=WAITS in faults)
            self._station = make_station(
                sut.version, options, faults, self._dial_in, files, self._credentials
            )
        else:
            self._gate = gate(sut)
            self._csms = make_csms(sut.version, options, faults, self._gate)

    # As a transport

    async def open(
        self, connected: Callable[[Connection], None], refused: Callable[[Refusal], None]
    ) -> None:
        """Start the reference station; a reference CSMS waits to be called."""
        self._connected, self._refused = connected, refused
        if self._station is not None:
            self._keep(self._station.run())

    async def dial(self, offered: Sequence[str] = ()) -> Connection:
        """Connect to the reference CSMS."""
        if self._csms is None:
            raise NotImplementedError
        upgrade = self.access.upgrade
        own = () if upgrade.versionless else (SUBPROTOCOLS[self._sut.version],)
        station = upgrade.identity or self._sut.station
        known = self._gate.identity(upgrade.last_part(station))
        tls = call(self.access, self._gate, known, self.url)
        if upgrade.compressed and "refuses-extensions" in self._gate.shared:
            raise ConnectFailedError("no extension is known", self.url, status=400)
        chosen = self._csms.choose(offered or own)
        if chosen is None:
            left_open = LINGERS in self._gate.shared
            raise ConnectFailedError("no version in common", self.url, left_open=left_open)
        compressed = upgrade.compressed and self._csms.compresses
        ours, theirs = pair(station, chosen, tls=tls, lax=self._lax, compressed=compressed)
        self._keep(self._csms.serve(_Wire(theirs, lax="binary" in self._lax), known))
        return ours

    def refuse(self, *, all_: bool) -> None:
        """Refuse every new connection from now on, or take them again."""
        self._refusing = all_

    async def _dial_in(self) -> _Wire:
        station = self._sut.station
        try:
            tls, basic = admit(self.access, self._credentials, station)
        except NotAdmittedError as refusal:
            self._refused(refusal.refusal)
            raise ConnectionError(str(refusal)) from refusal
        if self._refusing:
            return self._turn_away(self.access.turned)
        subprotocol, offer = SUBPROTOCOLS[self._sut.version], self._offer
        compressed = offer.compression and self.access.compresses(subprotocol)
        ours, theirs = pair(
            station,
            subprotocol,
            tls=tls,
            basic=basic,
            lax=self._lax,
            compressed=compressed,
            path=f"{self._sut.connection.path}/{offer.path}",
            offered=offer.subprotocols,
        )
        self._connected(ours)
        if offer.insists and not compressed:
            await theirs.close()
            raise ConnectionError("no compression")
        return _Wire(theirs, lax="binary" in self._lax)

    def _turn_away(self, turned: Turned) -> _Wire:
        another = turned.how is Turning.ANOTHER_VERSION
        if another and self._any_version:
            ours, theirs = pair(self._sut.station, FOREIGN)
            self._keep(self._watch(ours, turned))
            return _Wire(theirs, lax=False)
        turned.tell(Outcome.HUNG_UP if another else Outcome.TURNED_AWAY)
        if turned.how.status is not None:
            text = f"station {self._sut.station!r} was refused with {turned.how.status.value}"
            self._refused(not_now(text))
        raise ConnectionError("refused")

    async def _watch(self, connection: Connection, turned: Turned) -> None:
        turned.tell(await watch(connection, turned.limit))

    # As an operator

    def creates(self, kind: type[Fixture]) -> bool:  # noqa: ARG002 - it has all of them
        """Tell whether this is a CSMS: a reference CSMS takes each kind of fixture."""
        return self._csms is not None

    async def create(self, fixture: Fixture) -> str:
        """Tell a reference CSMS what it has to know."""
        name = name_of(type(fixture))
        if self._csms is not None:
            self._csms.know(name, asdict(fixture))
        return f"the reference system knows the {name} of the declaration"

    def supports(self, kind: type[Action]) -> bool:
        """Tell whether the reference systems can do it."""
        return kind in self._orders()

    async def perform(self, action: Action) -> None:
        """Carry out one action, a moment later: nobody acts while a message is on its way."""
        await asyncio.sleep(MOMENT)
        order = self._orders()[type(action)](action)
        words = order.path.strip("/").split("/")
        status = 501
        if self._station is not None:
            status = await self._station.act(words[0], dict(order.query or {}))
        elif self._csms is not None:
            version, station, name = words
            status = await self._csms.ask(version, station, name, dict(order.body or {}))
        if status not in OK:
            raise CannotActError(f"the reference system answered {status}")

    def _orders(self) -> Any:  # noqa: ANN401 - the two tables of the http operator
        if self._sut.role == "CS":
            return station_orders()
        return csms_orders(self._sut.version, self._sut.station)

    async def close(self) -> None:
        """End the reference system."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _keep(self, coroutine: Any) -> None:  # noqa: ANN401
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """Make a reference system that has died loud: its silence would be the SUT's."""
        if not task.cancelled() and (bug := task.exception()) is not None:
            told = {"message": "a reference system has died", "exception": bug}
            asyncio.get_running_loop().call_exception_handler(told)


def bench(sut: Sut) -> Bench:
    """Return a bench with the reference system that `sut` declares, all in memory."""
    sut = shared(sut)
    files = MemoryFiles()
    system = InProcess(sut, files)
    service = FileService(sut, None, files.open, files)
    return Bench(sut, system, lambda _: system, service)
