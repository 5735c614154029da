from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conformance.operators import exchange
from conformance.operators.actions import (
    AskVariable,
    ExternalLimit,
    Fault,
    PlugIn,
    RemoteStart,
    RemoteStop,
)
from conformance.operators.base import CannotActError
from conformance.operators.fixtures import FIXTURES, StationFixture, TokenFixture
from conformance.operators.http import HttpOperator, csms_orders, station_orders
from tests.operators import samples


@dataclass
class Rig:
    """A lab rig on loopback, which answers with `status` and remembers what it was told."""

    status: int = 200
    text: bytes = b""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    hangs: bool = False
    url: str = ""

    def handler(rig) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - two selfs
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                rig.requests.append((self.path, dict(self.headers), body))
                rig.asked.set()
                if rig.hangs:
                    rig.released.wait(30)
                    return
                self.send_response(rig.status)
                self.send_header("Content-Length", str(len(rig.text)))
                self.end_headers()
                self.wfile.write(rig.text)

            def log_message(self, *args: object) -> None:
                pass

        return Handler


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    with ThreadingHTTPServer(("127.0.0.1", 0), rig.handler()) as server:
        rig.url = f"http://127.0.0.1:{server.server_port}/api/v1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield rig
        rig.released.set()
        server.shutdown()
        thread.join()


def perform(base: str, *actions: object, **settings: object) -> None:
    operator = HttpOperator(base, station_orders(), **settings)  # type: ignore[arg-type]

    async def scenario() -> None:
        for action in actions:
            await operator.perform(action)  # type: ignore[arg-type]
        await operator.close()

    asyncio.run(scenario())


def refusal(base: str, **settings: object) -> str:
    with pytest.raises(CannotActError) as caught:
        perform(base, samples.PLUG_IN, **settings)
    return str(caught.value)


def test_a_station_is_told_by_path_and_query(rig: Rig) -> None:
    perform(rig.url, *samples.STATION)
    assert [path for path, _, _ in rig.requests] == [
        "/api/v1/plugin?evse_id=1&connector_id=2&halfway=false",
        "/api/v1/plugout?evse_id=1&connector_id=2",
        "/api/v1/unplugev?evse_id=1&connector_id=2",
        "/api/v1/authorize?id=TAG+1%262&type=ISO14443&evse_id=1&connector_id=2",
        "/api/v1/reboot",
        "/api/v1/power?on=false",
        "/api/v1/state?faulted=true&evse_id=1&connector_id=2",
        "/api/v1/state?unlock_failed=true",
        "/api/v1/state?refused_local_auth_list=true",
        "/api/v1/state?charging_limit=10",
        "/api/v1/parkingbay?occupied=true",
        "/api/v1/security?profile=1",
    ]
    assert all(body == b"" for _, _, body in rig.requests)


def test_what_has_no_place_and_what_is_taken_away(rig: Rig) -> None:
    whole = Fault(faulted=False, evse=0, connector=0)
    halfway = PlugIn(evse=1, connector=1, halfway=True)
    perform(rig.url, whole, ExternalLimit(limit=None), halfway)
    assert [path for path, _, _ in rig.requests] == [
        "/api/v1/state?faulted=false",
        "/api/v1/state?charging_limit=none",
        "/api/v1/plugin?evse_id=1&connector_id=1&halfway=true",
    ]


@pytest.mark.parametrize(
    ("version", "names"),
    [
        (
            "1.6",
            [
                "RemoteStartTransaction",
                "RemoteStopTransaction",
                "SetChargingProfile",
                "GetCompositeSchedule",
            ],
        ),
        (
            "2.0.1",
            [
                "RequestStartTransaction",
                "RequestStopTransaction",
                "SetChargingProfile",
                "GetCompositeSchedule",
                "GetVariables",
            ],
        ),
    ],
)
def test_a_csms_is_told_by_path_and_json(rig: Rig, version: str, names: list[str]) -> None:
    operator = HttpOperator(rig.url, csms_orders(version, "CP 01"))
    intents = samples.CSMS[: len(names)]

    async def scenario() -> None:
        for intent in intents:
            await operator.perform(intent)

    asyncio.run(scenario())
    assert [path for path, _, _ in rig.requests] == [
        f"/api/v1/{version}/CP%2001/{name}" for name in names
    ]
    assert [json.loads(body) for _, _, body in rig.requests] == [asdict(i) for i in intents]
    assert {headers["Content-Type"] for _, headers, _ in rig.requests} == {"application/json"}


def test_what_was_sent_and_answered_is_told(rig: Rig) -> None:
    rig.status, rig.text = 202, b'{"queued":\n true}' + b" " * 500
    operator = HttpOperator(rig.url, csms_orders("1.6", "CP01"), bearer=b"hush-hush")
    told = asyncio.run(operator.perform(RemoteStop(transaction="42")))
    order = 'RemoteStopTransaction {"transaction": "42"}'
    assert told == f'POST {rig.url}/1.6/CP01/{order}: HTTP 202 {{"queued": true}}'
    station = HttpOperator(rig.url, station_orders())
    rig.status, rig.text = 204, b""
    told = asyncio.run(station.perform(PlugIn(evse=1, connector=2)))
    assert told == f"POST {rig.url}/plugin?evse_id=1&connector_id=2&halfway=false: HTTP 204"


def test_what_a_csms_has_to_know_is_told_by_path_and_json(rig: Rig) -> None:
    operator = HttpOperator(rig.url, csms_orders("1.6", "CP01"))
    assert all(map(operator.creates, FIXTURES.values()))
    assert not HttpOperator(rig.url, station_orders()).creates(TokenFixture)
    token = TokenFixture(token="T", kind="ISO14443", status="Accepted", group="G")
    station = StationFixture(station="CP01", security_profile=1, password="hush-hush")
    told = [asyncio.run(operator.create(fixture)) for fixture in (token, station)]
    assert [(path, json.loads(body)) for path, _, body in rig.requests] == [
        ("/api/v1/fixtures/Token", asdict(token)),
        ("/api/v1/fixtures/Station", asdict(station)),
    ]
    assert "hush" not in "".join(told)
    assert '"password": "***"' in told[1]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            b"Transfer-Encoding: chunked\r\n\r\n6;x=y\r\nall is\r\n5\r\n well\r\n0\r\n\r\n",
            " all is well",
        ),
        (b"Transfer-Encoding: chunked\r\n\r\n6\r\nall is\r\nzz\r\n", " all is"),
        (b"Content-Length: 99\r\n\r\nall is", " all is"),
        (b"\r\nall is well", " all is well"),
        (b"Content-Length: 3\r\n\r\nall is well", " all"),
    ],
)
def test_the_text_of_an_answer_is_read_in_every_form(answer: bytes, told: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n" + answer)
        writer.close()

    async def scenario() -> str:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            operator = HttpOperator(f"http://127.0.0.1:{port}", station_orders(), timeout=10)
            return await operator.perform(samples.PLUG_IN)

    assert asyncio.run(scenario()).endswith(f": HTTP 200{told}")


def test_a_text_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "TEXT_TIMEOUT", 0.1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nand so on")
        await reader.read()
        writer.close()

    async def scenario() -> str:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            operator = HttpOperator(f"http://127.0.0.1:{port}", station_orders(), timeout=10)
            return await operator.perform(samples.PLUG_IN)

    assert asyncio.run(scenario()).endswith("HTTP 200 and so on")


def test_a_remote_start_without_a_profile_says_null(rig: Rig) -> None:
    operator = HttpOperator(rig.url, csms_orders("1.6", "CP01"))
    action = RemoteStart(token="T", kind="ISO14443", evse=1)
    asyncio.run(operator.perform(action))
    assert json.loads(rig.requests[0][2])["profile"] is None


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_2xx_is_done(rig: Rig, status: int) -> None:
    rig.status = status
    perform(rig.url, samples.PLUG_IN)
    assert len(rig.requests) == 1


@pytest.mark.parametrize("status", [404, 501])
def test_what_the_rig_does_not_know_is_named_by_path(rig: Rig, status: int) -> None:
    rig.status = status
    told = refusal(rig.url)
    assert f"answered {status}, so it cannot do /api/v1/plugin" in told


def test_a_failure_of_the_rig_is_told_with_the_start_of_its_text(rig: Rig) -> None:
    rig.status, rig.text = 500, b"motor\n  stuck" + b"!" * 5000
    told = refusal(rig.url)
    assert "answered 500 (motor stuck!!!" in told
    assert len(told) < 400


def test_a_csms_without_the_station_says_so(rig: Rig) -> None:
    rig.status = 409
    assert "the station is not connected" in refusal(rig.url)


def test_a_redirection_is_no_success(rig: Rig) -> None:
    rig.status = 307
    assert "operator.url" in refusal(rig.url)


def test_the_bearer_token_goes_to_the_rig_and_nowhere_else(rig: Rig) -> None:
    rig.status = 500
    told = refusal(rig.url, bearer=b"hush-hush")
    assert rig.requests[0][1]["Authorization"] == "Bearer hush-hush"
    assert "hush" not in told


def test_without_a_bearer_token_there_is_no_authorization(rig: Rig) -> None:
    perform(rig.url, samples.PLUG_IN)
    assert "Authorization" not in rig.requests[0][1]


def test_a_rig_that_is_not_running_refuses_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    told = refusal(f"http://127.0.0.1:{port}")
    assert told.startswith(f"POST http://127.0.0.1:{port}/plugin?evse_id=1&")
    assert "=false: connection refused" in told


def test_a_rig_that_never_answers_is_given_up_after_the_timeout(rig: Rig) -> None:
    rig.hangs = True
    assert "no answer within 0.2 s" in refusal(rig.url, timeout=0.2)


def test_a_cancelled_action_ends_at_once(rig: Rig) -> None:
    rig.hangs = True
    operator = HttpOperator(rig.url, station_orders())

    async def scenario() -> float:
        task = asyncio.create_task(operator.perform(samples.PLUG_IN))
        await asyncio.to_thread(rig.asked.wait, 10)
        before = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - before

    assert asyncio.run(scenario()) < 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "closed without an answer"),
        (b"220 mail.example ESMTP\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", "the answer is not HTTP"),
        (b"x" * 100_000, "POST http://127.0.0.1"),
    ],
)
def test_what_is_not_http_is_told(answer: bytes, told: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async def scenario() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            operator = HttpOperator(f"http://127.0.0.1:{port}", station_orders(), timeout=10)
            await operator.perform(samples.PLUG_IN)

    with pytest.raises(CannotActError, match=told):
        asyncio.run(scenario())


def test_an_interim_answer_is_not_the_answer() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 501 Not Implemented\r\n\r\n")
        writer.close()

    async def scenario() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            operator = HttpOperator(f"http://127.0.0.1:{port}", station_orders())
            await operator.perform(samples.PLUG_IN)

    with pytest.raises(CannotActError, match="answered 501"):
        asyncio.run(scenario())


def test_kinds_without_a_path_are_known_before_anything_is_sent(rig: Rig) -> None:
    station = HttpOperator(rig.url, station_orders())
    csms = HttpOperator(rig.url, csms_orders("1.6", "CP01"))
    assert station.supports(PlugIn)
    assert not station.supports(RemoteStop)
    assert csms.supports(RemoteStop)
    assert not csms.supports(AskVariable)
    with pytest.raises(CannotActError, match="no request for RemoteStop"):
        asyncio.run(station.perform(RemoteStop(transaction="1")))
    assert rig.requests == []
