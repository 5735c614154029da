"""A session of the tool against a reference station that can be made to misbehave on the wire."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from conformance.cases import Result
from conformance.operators import Streams
from conformance.reference.process import make_station
from conformance.selection import implemented
from conformance.session import Session
from conformance.sut import Sut, from_tables
from conformance.sut_reference import reference_tables

# Of everything that is done to it, the reference station would write a line.
logging.getLogger("conformance.reference").setLevel(logging.CRITICAL + 1)

OPTIONS = {
    "1.6": {"reconnect_wait": "0.05", "minimum_status_duration": "false"},
    "2.0.1": {"reconnect_wait": "0.05"},
}
BURST = '[3,"burst-'

Act = Callable[[ClientConnection], Awaitable[None]]


@contextmanager
def disconnected() -> Iterator[None]:
    """Tell a station that its connection is gone in the words of its Wire."""
    try:
        yield
    except (ConnectionClosed, AttributeError) as gone:
        # asyncio has an AttributeError of its own when a long write is cut short.
        raise ConnectionError(str(gone)) from gone


@dataclass
class Spoiled:
    """A wire of the station: before it answers the tool's next CALL of `action`, it does `act`."""

    socket: ClientConnection
    plans: list[tuple[str, Act]]
    heard: Callable[[str], None]

    async def send(self, text: str) -> None:
        """Send one message."""
        with disconnected():
            await self.socket.send(text)

    async def ping(self) -> None:
        """See that the tool is there."""
        with disconnected():
            await (await self.socket.ping())

    async def recv(self) -> str:
        """Return the next message, after what is planned for it."""
        with disconnected():
            text = await self._next()
            for plan in list(self.plans):
                if f'"{plan[0]}"' in text:
                    self.plans.remove(plan)
                    await plan[1](self.socket)
        return text

    async def _next(self) -> str:
        """Return the next message that is the station's own business."""
        while (text := str(await self.socket.recv())).startswith(BURST):
            self.heard(text)
        return text

    async def close(self) -> None:
        """Close the connection."""
        await self.socket.close()


class Lab:
    """The tool and a station that obeys, until it is told to misbehave."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._heard: set[str] = set()
        self._more = threading.Condition()
        self.plans: list[tuple[str, Act]] = []

    def run(self, identity: str) -> Result:
        """Run one case."""
        return self.session.run(implemented()[identity])

    def plan(self, action: str, act: Act) -> None:
        """Let the station do `act` when the tool's next CALL of `action` comes."""
        self.plans.append((action, act))

    def hear(self, text: str) -> None:
        """Take note of a message that has reached the station."""
        with self._more:
            self._heard.add(text)
            self._more.notify_all()

    def heard(self, count: int) -> set[str]:
        """Wait for `count` different answers to the CALLs of a burst, and return them."""
        with self._more:
            self._more.wait_for(lambda: len(self._heard) >= count, 30)
            return set(self._heard)


def declared(
    version: str = "1.6",
    *,
    port: int = 0,
    limit: float = 1,
    connect_timeout: float = 2,
    operator: Mapping[str, object] | None = None,
) -> Sut:
    """Return a station with the smart charging cases' needs, and nobody to operate it."""
    limits = {"message_timeout": limit, "connect_timeout": connect_timeout}
    tables = {
        **reference_tables(version, "CS", "box", {}),
        "connection": {"host": "127.0.0.1", "port": port},
        "limits": {**limits, "operator_timeout": 0.5, "silence": 0.2, "deviation": 0.5},
        "operator": operator or {"kind": "console"},
    }
    return from_tables(tables, {})


@contextmanager
def opened(sut: Sut) -> Iterator[Session]:
    """Open a session, and close it again."""
    session = Session(sut, Streams(None, None))
    try:
        session.open()
        yield session
    finally:
        session.close()


@contextmanager
def lab(sut: Sut | None = None) -> Iterator[Lab]:
    """Run a reference station against a session, on an event loop of its own."""
    with opened(sut or declared()) as session:
        tool = Lab(session)
        with elsewhere(station(tool)):
            yield tool


@asynccontextmanager
async def station(tool: Lab) -> AsyncIterator[None]:
    """Let a reference station live."""
    version = tool.session.sut.version

    async def dial() -> Spoiled:
        try:
            url = f"{tool.session.url}/{tool.session.sut.station}"
            socket = await call(url, f"ocpp{version}")
        except OSError as error:
            raise ConnectionError(str(error)) from error
        sockets.append(socket)
        return Spoiled(socket, tool.plans, tool.hear)

    sockets: list[ClientConnection] = []
    options = OPTIONS[version]
    living = asyncio.create_task(make_station(version, options, {}, dial).run())
    try:
        yield
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in sockets))


async def call(url: str, *protocols: str) -> ClientConnection:
    """Connect as a station does, to send whatever a test wants."""
    offered = [Subprotocol(p) for p in protocols or ("ocpp1.6",)]
    return await connect(url, subprotocols=offered, proxy=None, compression=None, max_size=None)


@contextmanager
def elsewhere(living: object) -> Iterator[None]:
    """Keep an asynchronous context alive in a thread of its own."""
    loop = asyncio.new_event_loop()
    ready, ended = threading.Event(), asyncio.Event()

    async def live() -> None:
        async with living:  # type: ignore[attr-defined] # an asynchronous context manager
            ready.set()
            await ended.wait()

    def run() -> None:
        try:
            loop.run_until_complete(live())
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
