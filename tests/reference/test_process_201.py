"""The 2.0.1 systems as processes: a station and a CSMS on real sockets, with their operators."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from conformance.reference.process import make_csms, make_station
from conformance.reference.wire import wire_pair
from tests.reference.test_process import LIMIT, running

NOW = "2026-03-01T12:00:00Z"


class Heard:
    """A CSMS of the test's own, which takes everything and notes what it gets."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def handle(self, connection: ServerConnection) -> None:
        async for text in connection:
            frame = json.loads(text)
            if frame[0] == 2:
                self.calls.put_nowait((frame[2], frame[3]))
                await connection.send(json.dumps([3, frame[1], _answer(frame[2], frame[3])]))

    async def hear(self, action: str) -> dict[str, Any]:
        async with asyncio.timeout(LIMIT):
            while True:
                name, payload = await self.calls.get()
                if name == action:
                    return payload


def _answer(action: str, payload: dict[str, Any]) -> dict[str, Any]:
    accepted = {"idTokenInfo": {"status": "Accepted"}}
    if action == "BootNotification":
        return {"status": "Accepted", "currentTime": NOW, "interval": 300}
    if action == "Heartbeat":
        return {"currentTime": NOW}
    return accepted if action == "Authorize" or "idToken" in payload else {}


def test_a_station_charges_at_its_operators_word() -> None:
    async def test() -> None:
        heard = Heard()
        subprotocols = [Subprotocol("ocpp2.0.1")]
        async with serve(heard.handle, "127.0.0.1", 0, subprotocols=subprotocols) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            url = f"ws://127.0.0.1:{port}/ocpp"
            words = ("station", "--version", "2.0.1", "--url", url, "--id", "CS01")
            async with running(*words, "--option", "tx_start=EnergyTransfer") as station:
                assert (await heard.hear("BootNotification"))["reason"] == "PowerUp"
                await heard.hear("SecurityEventNotification")
                assert await station.post("/plugin?evse_id=1&connector_id=1") == 200
                assert await station.post("/authorize?id=TAG001&type=ISO14443&evse_id=1") == 200
                event = await heard.hear("TransactionEvent")
                assert event["transactionInfo"]["chargingState"] == "Charging"

    asyncio.run(test())


def test_a_station_and_a_csms_find_each_other() -> None:
    async def test() -> None:
        async with running("csms", "--version", "2.0.1") as csms:
            url = csms.announced["url"]
            words = ("station", "--version", "2.0.1", "--url", url, "--id", "CS01")
            async with running(*words) as station:
                body = {"component": "OCPPCommCtrlr", "variable": "OfflineThreshold"}
                path = "/2.0.1/CS01/GetVariables"
                async with asyncio.timeout(LIMIT):
                    while await csms.post(path, body) == 409:  # noqa: ASYNC110 - not yet connected
                        await asyncio.sleep(0.01)
                assert await csms.post(path, body) == 202
                assert await csms.post("/2.0.1/CS01/Dance", body) == 404
                assert await station.post("/plugin?evse_id=1&connector_id=1") == 200

    asyncio.run(test())


def test_the_shell_makes_both_systems() -> None:
    async def dial() -> Any:  # noqa: ANN401
        return wire_pair()[0]

    with pytest.raises(ValueError, match="did you mean 'evses'"):
        make_station("2.0.1", {"evse": "2"}, {}, dial)
    with pytest.raises(ValueError, match="unknown fault"):
        make_csms("2.0.1", {}, {"no-such-fault": ""})
    with pytest.raises(ValueError, match="unknown fault"):
        make_station("2.0.1", {}, {"no-such-fault": ""}, dial)
