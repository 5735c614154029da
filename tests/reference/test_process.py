"""The reference systems as processes: announcement, real sockets, operator over HTTP, the end."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from conformance.reference import process
from conformance.reference.credentials import Credentials
from conformance.reference.offer import Offer
from conformance.reference.websocket import connector

LIMIT = 20  # seconds that nothing here may take
PASSWORD = "s:ecret"


class Running:
    """A reference system in a process of its own."""

    def __init__(self, child: asyncio.subprocess.Process, announced: dict[str, str]) -> None:
        self.child, self.announced = child, announced

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> int:
        return await post(self.announced["operator"] + path, body)


@asynccontextmanager
async def running(*arguments: str, password: str = "") -> AsyncIterator[Running]:
    environment = {k: v for k, v in os.environ.items() if k != "OCPP_REFERENCE_PASSWORD"}
    if password:
        environment["OCPP_REFERENCE_PASSWORD"] = password
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "conformance.reference",
        *arguments,
        "--until-stdin-closes",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    try:
        assert child.stdout
        line = await asyncio.wait_for(child.stdout.readline(), LIMIT)
        yield Running(child, json.loads(line))
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def post(url: str, body: Mapping[str, Any] | None = None) -> int:
    """POST by hand; return the status."""
    _, _, rest = url.partition("//")
    address, _, path = rest.partition("/")
    host, _, port = address.partition(":")
    data = json.dumps(body).encode() if body is not None else b""
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /{path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {len(data)}\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode() + data)
    answer = await asyncio.wait_for(reader.read(), LIMIT)
    writer.close()
    await writer.wait_closed()
    return int(answer.split()[1])


class Csms:
    """A central system of the test's own, which takes everything."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self.paths: list[str] = []
        self.credentials: list[str | None] = []
        self.subprotocols: list[str | None] = []
        self.connection: ServerConnection | None = None

    async def handle(self, connection: ServerConnection) -> None:
        assert connection.request
        self.connection = connection
        self.paths.append(connection.request.path)
        self.credentials.append(connection.request.headers.get("Authorization"))
        self.subprotocols.append(connection.subprotocol)
        async for text in connection:
            kind, ident, *rest = json.loads(text)
            if kind == 2:
                self.heard.put_nowait((rest[0], rest[1]))
                await connection.send(json.dumps([3, ident, answer_to(rest[0])]))

    async def hear(self, action: str) -> dict[str, Any]:
        async with asyncio.timeout(LIMIT):
            while True:
                name, payload = await self.heard.get()
                if name == action:
                    return payload


def answer_to(action: str) -> dict[str, Any]:
    now = "2026-03-01T12:00:00Z"
    info = {"idTagInfo": {"status": "Accepted"}}
    answers: dict[str, dict[str, Any]] = {
        "BootNotification": {"status": "Accepted", "currentTime": now, "interval": 300},
        "Authorize": info,
        "StartTransaction": {**info, "transactionId": 77},
    }
    return answers.get(action, {})


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Csms, str]]:
    csms = Csms()
    async with serve(csms.handle, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")]) as server:
        yield csms, f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ocpp"


def station_at(url: str, *more: str) -> tuple[str, ...]:
    return ("station", "--version", "1.6", "--url", url, "--id", "CP 01", *more)


CSMS = ("csms", "--version", "1.6")


def test_a_station_connects_boots_and_does_what_the_operator_says() -> None:
    async def test() -> None:
        async with listening() as (csms, url), running(*station_at(url)) as station:
            assert station.announced.keys() == {"operator"}
            await csms.hear("BootNotification")
            assert await station.post("/plugin?evse_id=1&connector_id=1&halfway=false") == 200
            assert await station.post("/authorize?id=TAG001&type=ISO14443&evse_id=1") == 200
            assert (await csms.hear("StartTransaction"))["idTag"] == "TAG001"
            assert await station.post("/parkingbay?occupied=true") == 501
            assert await station.post("/dance") == 404
            assert await station.post("/plugin?evse_id=one") == 400
            assert csms.paths == ["/ocpp/CP%2001"]
            assert csms.subprotocols == ["ocpp1.6"]
            assert csms.credentials == [None]

    asyncio.run(test())


@pytest.mark.parametrize("password", [b"s:ecret", "geheim \u20ac".encode(), b"\x01\xff\xfe"])
def test_a_station_sends_its_password(password: bytes) -> None:
    async def test() -> None:
        given = os.fsdecode(password)
        async with listening() as (csms, url), running(*station_at(url), password=given):
            await csms.hear("BootNotification")
            expected = base64.b64encode(b"CP 01:" + password).decode()
            assert csms.credentials == [f"Basic {expected}"]

    asyncio.run(test())


def test_a_station_comes_back_when_the_connection_drops() -> None:
    async def test() -> None:
        faster = ("--option", "reconnect_wait=0.01", "--option", "boot_after_reconnect=true")
        async with listening() as (csms, url), running(*station_at(url, *faster)):
            await csms.hear("BootNotification")
            assert csms.connection
            csms.connection.transport.abort()
            await csms.hear("BootNotification")
            assert len(csms.paths) == 2

    asyncio.run(test())


def test_options_and_faults_reach_the_station() -> None:
    async def test() -> None:
        more = ("--option", "vendor=Own", "--fault", "wrong-type=BootNotification")
        async with listening() as (csms, url), running(*station_at(url, *more)):
            boot = await csms.hear("BootNotification")
            assert (boot["chargePointVendor"], boot["chargePointModel"]) == ("Own", 42)

    asyncio.run(test())


@asynccontextmanager
async def connected(
    url: str, subprotocol: str = "ocpp1.6", headers: Mapping[str, str] | None = None
) -> AsyncIterator[ClientConnection]:
    offered = [Subprotocol(subprotocol)]
    async with connect(
        url, proxy=None, subprotocols=offered, additional_headers=headers
    ) as connection:
        yield connection


def test_a_csms_serves_stations_and_its_operator() -> None:
    async def test() -> None:
        async with running(*CSMS, "--option", "boot_interval=7") as csms:
            assert csms.announced.keys() == {"operator", "url"}
            body = {"evse": 1, "duration": 60, "unit": "A"}
            path = "/1.6/CP%2001/GetCompositeSchedule"
            assert await csms.post(path, body) == 409
            url = csms.announced["url"] + "/CP%2001"
            async with connected(url) as station:
                boot = {"chargePointVendor": "V", "chargePointModel": "M"}
                await station.send(json.dumps([2, "1", "BootNotification", boot]))
                answer = json.loads(await asyncio.wait_for(station.recv(), LIMIT))
                assert (answer[:2], answer[2]["interval"]) == ([3, "1"], 7)
                assert await csms.post(path, body) == 200
                request = json.loads(await asyncio.wait_for(station.recv(), LIMIT))
                assert request[2] == "GetCompositeSchedule"
                assert request[3] == {"connectorId": 1, "duration": 60, "chargingRateUnit": "A"}
                assert await csms.post("/1.6/CP%2001/Dance", {}) == 404
                assert await csms.post("/1.6/CP%2001/SetChargingProfile", {}) == 400
                assert await csms.post("/health") == 200

    asyncio.run(test())


def test_shared_faults_are_put_on_the_wire_of_a_csms() -> None:
    async def test() -> None:
        async with running(*CSMS, "--fault", "text-after-answer") as csms:
            url = csms.announced["url"] + "/CP01"
            async with connected(url) as station:
                await station.send('[2,"1","Heartbeat",{}]')
                await asyncio.wait_for(station.recv(), LIMIT)
                assert await asyncio.wait_for(station.recv(), LIMIT) == "this is no JSON"

    asyncio.run(test())


def test_a_csms_demands_the_password() -> None:
    async def test() -> None:
        async with running(*CSMS, password=PASSWORD) as csms:
            url = csms.announced["url"] + "/CP01"
            for wrong in ({}, {"Authorization": "Basic Q1AwMTpvdGhlcg=="}):
                with pytest.raises(InvalidStatus, match="401"):
                    async with connected(url, headers=wrong):
                        pass
            offer = Offer(path="CP01", subprotocols=("ocpp1.6",))
            shown = Credentials(1, PASSWORD.encode())
            dial = connector(csms.announced["url"], "CP01", offer, shown)
            wire = await asyncio.wait_for(dial(), LIMIT)
            await wire.send('[2,"1","Heartbeat",{}]')
            assert json.loads(await asyncio.wait_for(wire.recv(), LIMIT))[0] == 3
            await wire.close()
            with pytest.raises(ConnectionError):
                await wire.recv()
            with pytest.raises(ConnectionError):
                await wire.send("gone")

    asyncio.run(test())


def test_a_csms_closes_a_connection_without_a_version_in_common() -> None:
    async def test() -> None:
        async with running(*CSMS) as csms:
            url = csms.announced["url"] + "/CP01"
            async with connected(url, "ocpp2.0.1") as station:
                assert station.subprotocol is None
                with pytest.raises(ConnectionClosed):
                    await asyncio.wait_for(station.recv(), LIMIT)
            with pytest.raises(InvalidStatus, match="404"):
                async with connected(csms.announced["url"] + "/"):
                    pass

    asyncio.run(test())


def test_station_and_csms_work_together_over_sockets() -> None:
    async def test() -> None:
        async with running(*CSMS) as csms, running(*station_at(csms.announced["url"])) as station:
            path = "/1.6/CP%2001/RemoteStartTransaction"
            wish = {"token": "TAG001", "kind": "ISO14443", "evse": 1, "profile": None}
            assert await until(csms, path, wish, 200)
            stop = "/1.6/CP%2001/RemoteStopTransaction"
            assert await station.post("/plugin?evse_id=1&connector_id=1") == 200
            assert await csms.post(stop, {"transaction": "1"}) == 200

    asyncio.run(test())


async def until(system: Running, path: str, body: Mapping[str, Any], status: int) -> bool:
    """Post until the answer is `status`: a station may not have connected yet."""
    async with asyncio.timeout(LIMIT):
        while await system.post(path, body) != status:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
    return True


@pytest.mark.parametrize("role", ["station", "csms"])
@pytest.mark.parametrize("how", ["stdin", "SIGTERM", "SIGINT"])
def test_it_ends_when_it_is_told(role: str, how: str) -> None:
    async def test() -> None:
        async with listening() as (csms, url):
            arguments = station_at(url) if role == "station" else CSMS
            async with running(*arguments) as system:
                if role == "station":
                    await csms.hear("BootNotification")
                assert system.child.stdin
                if how == "stdin":
                    system.child.stdin.close()
                else:
                    system.child.send_signal(getattr(signal, how))
                assert await asyncio.wait_for(system.child.wait(), LIMIT) == 0

    asyncio.run(test())


def test_it_ends_when_stdin_is_nothing_at_all() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "conformance.reference", *CSMS, "--until-stdin-closes"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIMIT,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((*CSMS, "--option", "colour=green"), "unknown option 'colour'"),
        ((*CSMS, "--fault", "no-heartbeat"), "unknown fault 'no-heartbeat'"),
        ((*CSMS, "--fault", "silent"), "say silent=<action>"),
        (station_at("ws://127.0.0.1:9", "--option", "cache=perhaps"), "option cache"),
    ],
)
def test_wrong_arguments_are_named(
    arguments: tuple[str, ...], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert process.main(arguments) == 2
    written = capsys.readouterr()
    assert text in written.err
    assert written.out == ""


def test_every_system_of_the_shell_exists() -> None:
    for (role, version), module in process.SYSTEMS.items():
        assert version in process.SUBPROTOCOLS
        assert callable(getattr(__import__(module, fromlist=[role]), role))
