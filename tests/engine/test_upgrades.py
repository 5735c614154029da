"""A CSMS is called in unusual ways: what it lets in and what it refuses is judged."""

from __future__ import annotations

from collections.abc import Sequence

from conformance import Csms, WebSocket
from conformance.ocpp16.messages import Heartbeat
from conformance.wire.client import ConnectFailedError
from conformance.wire.connection import Connection
from tests.engine.stage import failed, inconclusive, passed, run
from tests.engine.test_played import csms
from tests.miniatures.miniature import Miniature

URL = "ws://x"


class Choosy(Miniature):
    """Refuses, with one of these, each connection that is opened in an unusual way."""

    refusal: ConnectFailedError | None = None
    again = True  # whether it takes a usual one besides

    async def dial(self, offered: Sequence[str] = ()) -> Connection:
        """Look at how the tool connects."""
        usual = self.access.upgrade.last_part("CP01") == "CP01"
        usual = usual and not self.access.upgrade.versionless and not self.access.upgrade.identity
        if self.refusal is not None and (not usual or (self.connection and not self.again)):
            raise self.refusal
        return await super().dial(offered)


def choosy(refusal: ConnectFailedError | None, *, again: bool = True) -> Choosy:
    """Return a central system with this refusal."""
    healthy = csms()
    it = Choosy(healthy.sut, healthy.answers)
    it.refusal, it.again = refusal, again
    return it


def refused(status: int | None = None, *, left_open: bool = False) -> ConnectFailedError:
    """Return a refusal."""
    return ConnectFailedError("no", URL, status=status, left_open=left_open)


async def versionless(csms: Csms, websocket: WebSocket) -> None:
    """No version is offered."""
    await websocket.versionless(1)
    await csms.reconnect()


async def stranger(websocket: WebSocket) -> None:
    """Nobody knows the station."""
    await websocket.stranger(1)


async def spelled_out(websocket: WebSocket) -> None:
    """The identity is the same."""
    await websocket.spelled_out(1)


async def second(csms: Csms, websocket: WebSocket) -> None:
    """There are two connections, and then the newer one."""
    await websocket.second(1)
    await csms.call(3, Heartbeat.req())
    await websocket.end_first(5)
    await csms.call(6, Heartbeat.req())


def test_a_connection_over_no_version_has_to_be_closed() -> None:
    passed(run(choosy(refused()), versionless))
    told = "the CSMS chooses no subprotocol, and leaves the connection open"
    failed(run(choosy(refused(left_open=True)), versionless), 2, told)
    told = "expected no connection, but the CSMS chooses ocpp1.6"
    failed(run(choosy(None), versionless), 2, told)


def test_an_unknown_station_is_refused_with_404() -> None:
    assert not passed(run(choosy(refused(404)), stranger)).record.transcript.remarks
    (remark,) = passed(run(choosy(refused(403)), stranger)).record.transcript.remarks
    assert remark.text == "an unknown station is refused with 403"
    failed(run(choosy(None), stranger), 2, "a station that nobody knows is let in")


def test_no_network_is_no_refusal() -> None:
    inconclusive(run(choosy(refused()), stranger), f"step 2: {URL}: no")


def test_an_identity_may_be_spelled_out() -> None:
    passed(run(choosy(None), spelled_out))
    told = f"no connection: connection closed with code 1006 ({URL}: no)"
    failed(run(choosy(refused(404)), spelled_out), 2, told)


def test_a_second_connection_has_to_be_served() -> None:
    assert not passed(run(choosy(None), second)).record.transcript.remarks
    failed(run(choosy(refused(409), again=False), second), 2, f"no connection: {URL}: no")


async def compressed(websocket: WebSocket) -> None:
    """Compression is agreed on."""
    await websocket.compressed(1)


def test_no_compression_is_told() -> None:
    told = "the CSMS does not agree to permessage-deflate"
    failed(run(choosy(None), compressed), 2, told)
