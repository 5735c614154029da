from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as ws_serve

from conformance.wire.breaches import Breach
from conformance.wire.client import ConnectFailedError, _explained, connect, connection_url
from conformance.wire.connection import Closed, Connection
from conformance.wire.upgrade import Upgrade
from conformance.wire.websocket import BrokenByPeer, WebSocketConnection
from tests.wire.loop import on_loop
from tests.wire.peers import QUOTED, STATION, listening

PASSWORD = b"\x00\xff: secret"


async def dial(
    url: str, *, password: bytes | None = None, subprotocol: str = "ocpp2.0.1", limit: float = 5
) -> WebSocketConnection:
    return await connect(
        url, identity=STATION, subprotocol=subprotocol, password=password, timeout=limit
    )


async def failure(url: str, **options: float) -> ConnectFailedError:
    with pytest.raises(ConnectFailedError) as failed:
        await dial(url, limit=options.get("limit", 5))
    assert "\n" not in str(failed.value)
    assert failed.value.where in str(failed.value)
    return failed.value


@asynccontextmanager
async def answering(response: bytes, *, hang: bool = False) -> AsyncIterator[str]:
    """Run a server that answers whatever comes with `response`, and yield its URL."""
    asked: list[bytes] = []
    done = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(65536))
        writer.write(response)
        if hang:
            await done.wait()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ocpp"
    finally:
        done.set()
        server.close()
        await server.wait_closed()
    assert len(asked) == 1  # one attempt, no second one to wherever


@pytest.mark.parametrize(
    ("url", "identity", "whole"),
    [
        ("ws://csms.example/ocpp", "CP001", "ws://csms.example/ocpp/CP001"),
        ("ws://csms.example", "CP001", "ws://csms.example/CP001"),
        ("ws://csms.example/", "CP001", "ws://csms.example/CP001"),
        ("wss://csms.example/ocppj", "RDAM 123", "wss://csms.example/ocppj/RDAM%20123"),
        ("ws://csms.example:80/a/", "x/é?", "ws://csms.example:80/a/x%2F%C3%A9%3F"),
        ("ws://csms.example/a?tenant=1", "CP1", "ws://csms.example/a/CP1?tenant=1"),
    ],
)
def test_the_connection_url(url: str, identity: str, whole: str) -> None:
    assert connection_url(url, identity) == whole


@on_loop
async def test_client_and_server_meet_with_a_password_of_any_bytes() -> None:
    async with listening(password=PASSWORD) as (server, taken):
        station: Connection = await dial(f"{server.url}/ocpp", password=PASSWORD)
        csms = await taken.connections.get()
        await station.send("up")
        await csms.send("down")
        assert (await csms.receive(), await station.receive()) == ("up", "down")
        await station.ping()
        handshake = station.handshake
        assert (handshake.identity, handshake.chosen) == (STATION, "ocpp2.0.1")
        assert handshake.path == f"/ocpp/{QUOTED}"
        assert ("Authorization", "(redacted)") in handshake.request_headers
        assert csms.handshake.path == handshake.path
        await station.close(1000, "done")
        with pytest.raises(Closed) as closed:
            await csms.receive()
        assert (closed.value.code, closed.value.reason) == (1000, "done")


@on_loop
async def test_a_password_reaches_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with listening(password=PASSWORD) as (server, taken):
        station = await dial(server.url, password=PASSWORD)
        await taken.connections.get()
        await station.close()
    assert caplog.records  # what there is to be said is said
    assert "Basic" not in caplog.text


@on_loop
async def test_a_cut_and_a_replaced_connection() -> None:
    async with listening() as (server, taken):
        first = await dial(server.url)
        old = await taken.connections.get()
        second = await dial(server.url)
        csms = await taken.connections.get()
        await old.close(1000, "replaced by a new connection")
        with pytest.raises(Closed, match="replaced"):
            await first.receive()
        second.abort()
        with pytest.raises(Closed) as closed:
            await csms.receive()
        assert closed.value.code == 1006
        with pytest.raises(Closed) as closed:
            await second.receive()
        assert (closed.value.code, closed.value.reason) == (1006, "cut by the tool")
        with pytest.raises(Closed):
            await second.send("more")
        with pytest.raises(Closed):
            await second.ping()
        await second.close()


@on_loop
async def test_a_burst_of_ten_thousand_arrives_in_order() -> None:
    async with listening() as (server, taken):
        station = await dial(server.url)
        csms = await taken.connections.get()
        for n in range(10_000):
            await csms.send(str(n))
        await station.ping()
        assert [await station.receive() for _ in range(10_000)] == [str(n) for n in range(10_000)]
        await station.close()


@on_loop
async def test_a_csms_that_sends_10_mb_is_told_1009() -> None:
    async with listening() as (server, taken):
        station = await dial(server.url)
        csms = await taken.connections.get()
        sending = asyncio.create_task(csms.send("x" * 10 * 2**20))
        with pytest.raises(BrokenByPeer) as closed:
            await station.receive()
        assert closed.value.code == 1009
        (failed,) = await asyncio.gather(sending, return_exceptions=True)
        assert failed is None or isinstance(failed, Closed)


@on_loop
async def test_a_csms_that_masks_its_frames_breaks_the_protocol() -> None:
    async with listening() as (server, taken):
        station = await dial(server.url)
        csms = await taken.connections.get()
        csms.socket.transport.write(b"\x81\x82\0\0\0\0[]")
        with pytest.raises(BrokenByPeer) as closed:
            await station.receive()
        assert (closed.value.code, closed.value.finding.rule) == (1002, "websocket")


@on_loop
async def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    failed = await failure(f"ws://127.0.0.1:{port}/ocpp")
    assert failed.what == "the connection was refused"
    assert failed.where == f"ws://127.0.0.1:{port}/ocpp/{QUOTED}"
    assert "running" in failed.hint


@on_loop
async def test_a_host_name_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    failed = await failure("ws://no-such-host.invalid/ocpp")
    assert failed.what == "the host name cannot be resolved: Name or service not known"


@on_loop
async def test_a_csms_that_says_nothing() -> None:
    async with answering(b"", hang=True) as url:
        failed = await failure(url, limit=0.05)
    assert failed.what == "no answer within 0.05 s"


@pytest.mark.parametrize(
    ("status", "hint"),
    [(401, "password"), (403, "credentials"), (404, "station id"), (503, "just now"), (500, "")],
)
@on_loop
async def test_a_csms_that_refuses(status: int, hint: str) -> None:
    reply = f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()
    async with answering(reply) as url:
        failed = await failure(url)
    assert failed.what == f"the CSMS refused the upgrade with HTTP status {status}"
    assert hint in failed.hint


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@on_loop
async def test_a_redirect_is_reported_and_not_followed(status: int) -> None:
    async with listening() as (server, taken):
        where = f"{server.url}/ocpp/{QUOTED}"
        reply = f"HTTP/1.1 {status} Go\r\nLocation: {where}?key=hush\r\nContent-Length: 0\r\n\r\n"
        async with answering(reply.encode()) as url:
            failed = await failure(url)
        assert f"HTTP status {status}" in failed.what
        assert where in failed.what
        assert "hush" not in str(failed)
        assert taken.connections.empty()


@pytest.mark.parametrize("chosen", [None, "ocpp1.6"])
@on_loop
async def test_a_csms_that_chooses_no_or_another_subprotocol(chosen: str | None) -> None:
    async def wait(ws: ServerConnection) -> None:
        await ws.wait_closed()

    def force(ws: ServerConnection, _: object, response: object) -> None:
        del ws
        if chosen is not None:
            response.headers["Sec-WebSocket-Protocol"] = chosen  # type: ignore[attr-defined]

    async with ws_serve(wait, "127.0.0.1", 0, process_response=force) as server:
        failed = await failure(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    expected = "no subprotocol" if chosen is None else "another subprotocol than ocpp2.0.1: "
    assert expected in failed.what
    assert (chosen or "") in failed.what


@pytest.mark.parametrize(
    "reply",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: wrong\r\n\r\n"
        ),
        b"",
    ],
)
@on_loop
async def test_what_answers_is_no_websocket_server(reply: bytes) -> None:
    async with answering(reply) as url:
        failed = await failure(url)
    told = ("no WebSocket server", "HTTP status 200", "was closed during the handshake")
    assert any(part in failed.what for part in told)


@on_loop
async def test_tls_to_a_port_without_it() -> None:
    async with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        failed = await failure(url.replace("ws://", "wss://"))
    assert failed.what.startswith("TLS failed: ")
    assert failed.where.startswith("wss://")


@pytest.mark.parametrize("url", ["http://127.0.0.1/ocpp", "127.0.0.1", "ws://127.0.0.1:port/x"])
@on_loop
async def test_a_url_that_is_none(url: str) -> None:
    assert "not valid" in (await failure(url)).what


@on_loop
async def test_credentials_in_a_url_are_not_shown() -> None:
    async with answering(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n") as url:
        failed = await failure(url.replace("ws://", "ws://user:hush@") + "?key=hush")
    assert "hush" not in str(failed)


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "socks_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def meet() -> None:
        async with listening() as (server, taken):
            station = await dial(server.url)
            await taken.connections.get()
            await station.close()

    asyncio.run(meet())


def test_a_certificate_that_is_not_trusted_is_explained() -> None:
    problem = ssl.SSLCertVerificationError(1, "failed")
    problem.verify_message = "self-signed certificate"
    assert "self-signed certificate" in _explained(problem, "ocpp1.6", 1.0)[0]


@pytest.mark.parametrize("closes", [True, False])
@on_loop
async def test_who_offers_no_version_sees_whether_the_csms_hangs_up(closes: bool) -> None:
    asked: list[list[str]] = []

    async def handle(ws: ServerConnection) -> None:
        assert ws.request is not None
        asked.append([ws.request.path, *ws.request.headers.get_all("Sec-WebSocket-Protocol")])
        if not closes:
            await ws.wait_closed()

    upgrade = Upgrade(versionless=True, spelled="%43P")
    async with ws_serve(handle, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ocpp"
        with pytest.raises(ConnectFailedError) as failed:
            await connect(
                url, identity="CP", subprotocol="ocpp1.6", upgrade=upgrade, password=None, timeout=5
            )
    assert failed.value.left_open is not closes
    assert asked == [["/ocpp/%43P"]]


@on_loop
async def test_compression_is_agreed_on_where_both_want_it() -> None:
    for subprotocol, wanted in (("ocpp2.0.1", True), ("ocpp2.0.1", False), ("ocpp1.6", True)):
        async with listening(subprotocol=subprotocol) as (server, taken):
            station = await connect(
                server.url,
                identity=STATION,
                subprotocol=subprotocol,
                upgrade=Upgrade(compressed=wanted),
                password=None,
                timeout=5,
            )
            csms = await taken.connections.get()
            agreed = wanted and subprotocol == "ocpp2.0.1"
            assert station.handshake.compressed is csms.handshake.compressed is agreed
            await station.send("x" * 1000)
            assert await csms.receive() == "x" * 1000
            await station.emit(Breach("reserved bit", "x"))
            with pytest.raises(BrokenByPeer) as broken:
                await csms.receive()
            assert broken.value.code == 1002
