"""A station is turned away in each way, and it is told what it made of it."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidStatus, NegotiationError
from websockets.typing import Subprotocol

from conformance.jumping import JumpingLoop
from conformance.wire.server import Server
from conformance.wire.turning import FOREIGN, Outcome, Turned, Turning
from tests.wire.loop import on_loop
from tests.wire.peers import QUOTED, listening


def any_version(protocol: ClientProtocol, **settings: object) -> ClientConnection:
    """Return a connection that does not look at the version."""
    protocol.process_subprotocol = lambda *_: None  # type: ignore[method-assign]
    return ClientConnection(protocol, **settings)  # type: ignore[arg-type]


async def dial(server: Server, *, careless: bool = False) -> ClientConnection:
    return await connect(
        f"{server.url}/{QUOTED}",
        subprotocols=[Subprotocol("ocpp2.0.1")],
        create_connection=any_version if careless else None,  # type: ignore[arg-type]
        proxy=None,
    )


@pytest.mark.parametrize(
    ("how", "status"),
    [(Turning.UNAVAILABLE, 503), (Turning.UNKNOWN, 404), (Turning.UNAUTHORIZED, 401)],
)
@on_loop
async def test_a_refused_upgrade(how: Turning, status: int) -> None:
    turned = Turned(5)
    async with listening(turned=turned) as (server, taken):
        taken.refusing = True
        turned.begin(how)
        with pytest.raises(InvalidStatus) as refused:
            await dial(server)
        assert refused.value.response.status_code == status
        assert ("WWW-Authenticate" in refused.value.response.headers) == (status == 401)
        assert await turned.outcome() is Outcome.TURNED_AWAY
        assert str(status) in str(await taken.refused.get())


@on_loop
async def test_an_upgrade_without_a_version() -> None:
    turned = Turned(5)
    async with listening(turned=turned) as (server, taken):
        taken.refusing = True
        turned.begin(Turning.NO_VERSION)
        ws = await dial(server)
        assert ws.subprotocol is None
        with pytest.raises(ConnectionClosed):
            await ws.recv()
        assert await turned.outcome() is Outcome.TURNED_AWAY
        assert taken.connections.empty()


@on_loop
async def test_who_hangs_up_on_another_version() -> None:
    turned = Turned(5)
    async with listening(turned=turned) as (server, taken):
        taken.refusing = True
        turned.begin(Turning.ANOTHER_VERSION)
        with pytest.raises(NegotiationError, match=FOREIGN):
            await dial(server)
        assert await turned.outcome() is Outcome.HUNG_UP


@pytest.mark.parametrize("speaks", [True, False], ids=["speaks", "is silent"])
@on_loop
async def test_who_goes_on_over_another_version(*, speaks: bool) -> None:
    turned = Turned(5 if speaks else 0.1)
    async with listening(turned=turned) as (server, taken):
        taken.refusing = True
        turned.begin(Turning.ANOTHER_VERSION)
        ws = await dial(server, careless=True)
        if speaks:
            await ws.send("[2]")
        assert await turned.outcome() is (Outcome.SPOKE if speaks else Outcome.STAYED)
        await ws.wait_closed()


@on_loop
async def test_what_was_before_is_forgotten() -> None:
    turned = Turned(5)
    turned.tell(Outcome.TURNED_AWAY)
    turned.begin(Turning.UNKNOWN)
    assert turned.how.status == 404
    turned.tell(Outcome.HUNG_UP)
    coroutine = turned.outcome()
    with pytest.raises(StopIteration) as done:
        coroutine.send(None)
    assert done.value.value is Outcome.HUNG_UP


def test_a_station_that_lets_off_may_wait_twice_as_long() -> None:
    async def refused() -> list[float]:
        turned, waits = Turned(5), list[float]()
        turned.tell(Outcome.TURNED_AWAY)  # nobody knows since when it has been away
        waits.append(turned.next_wait)
        turned.shut(connected=True)
        for wait in (10, 20, 5):
            await asyncio.sleep(wait)
            turned.tell(Outcome.TURNED_AWAY)
            waits.append(turned.next_wait)
        turned.shut(connected=False)
        waits.append(turned.next_wait)
        turned.shut(connected=True)
        return [*waits, turned.next_wait]

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        assert runner.run(refused()) == [0, 20, 40, 40, 40, 0]
