from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import struct

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from conformance.wire.connection import Closed, Connection
from conformance.wire.server import Server, identity_of
from conformance.wire.websocket import BrokenByPeer, WebSocketConnection
from tests.wire.loop import on_loop
from tests.wire.peers import QUOTED, STATION, listening

PASSWORD = b"\x00\xff:\xfe secret"


async def dial(
    server: Server,
    path: str = f"/ocpp/{QUOTED}",
    protocols: tuple[str, ...] = ("ocpp2.0.1",),
    authorization: str | None = None,
) -> ClientConnection:
    headers = {"Authorization": authorization} if authorization is not None else {}
    return await connect(
        f"{server.url}{path}",
        subprotocols=[Subprotocol(p) for p in protocols] or None,
        additional_headers=headers,
        proxy=None,
        max_size=None,
        compression=None,
    )


def idle(connection: Connection) -> bool:
    return connection.idle


def basic(user: bytes, password: bytes) -> str:
    return "Basic " + base64.b64encode(user + b":" + password).decode()


def raw_frame(ws: ClientConnection, opcode: int, payload: bytes) -> None:
    """Write one frame with an all-zero mask, whatever it holds."""
    size = len(payload)
    assert size < 126
    ws.transport.write(bytes([0x80 | opcode, 0x80 | size]) + b"\0\0\0\0" + payload)


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("/CP1", "CP1"),
        ("/a/b/CP1", "CP1"),
        ("/CP1?token=x/y", "CP1"),
        ("/a/RDAM%20123", "RDAM 123"),
        ("/a/x%2Fy", "x/y"),
        ("/a/+", "+"),
        ("/CP1/", ""),
        ("/", ""),
    ],
)
def test_the_identity_is_the_decoded_last_part_of_the_path(path: str, identity: str) -> None:
    assert identity_of(path) == identity


@on_loop
async def test_a_station_is_taken_and_both_sides_speak() -> None:
    async with listening() as (server, taken):
        async with await dial(server, protocols=("ocpp1.6", "ocpp2.0.1")) as ws:
            connection: Connection = await taken.connections.get()
            await connection.send("from the csms")
            assert await ws.recv() == "from the csms"
            await ws.send("text")
            await ws.send(b"binary")
            assert await connection.receive() == "text"
            assert await connection.receive() == b"binary"
            assert ws.subprotocol == "ocpp2.0.1"
        with pytest.raises(Closed) as closed:
            await connection.receive()
        assert closed.value.code == 1000
        assert taken.refused.empty()


@on_loop
async def test_a_connection_is_idle_while_the_peer_reads() -> None:
    async with listening() as (server, taken), await dial(server) as ws:
        connection: WebSocketConnection = await taken.connections.get()
        connection.post("é at once")
        assert await ws.recv() == "é at once"
        ws.transport.pause_reading()
        sent = 0
        while idle(connection):
            connection.post("x" * 1_000_000)  # there is room for some in the two sockets
            sent += 1
        ws.transport.resume_reading()
        assert [len(await ws.recv()) for _ in range(sent)] == [1_000_000] * sent
        assert idle(connection)
        connection.abort()
        assert not idle(connection)


@on_loop
async def test_the_handshake_is_recorded_without_secrets() -> None:
    async with listening(password=PASSWORD) as (server, taken):
        header = basic(STATION.encode(), PASSWORD)
        path = f"/ocpp/{QUOTED}?token=hush"
        async with await dial(server, path, ("ocpp1.6", "ocpp2.0.1"), header):
            handshake = (await taken.connections.get()).handshake
        assert handshake.identity == STATION
        assert handshake.path == f"/ocpp/{QUOTED}"
        assert handshake.offered == ("ocpp1.6", "ocpp2.0.1")
        assert handshake.chosen == "ocpp2.0.1"
        assert handshake.remote.startswith("127.0.0.1:")
        assert ("Authorization", "(redacted)") in handshake.request_headers
        assert ("Sec-WebSocket-Protocol", "ocpp2.0.1") in handshake.response_headers
        assert header.split()[1] not in repr(handshake)
        assert "hush" not in repr(handshake)


@pytest.mark.parametrize("path", ["/ocpp/CP2", "/", f"/{QUOTED}/"])
@on_loop
async def test_another_station_gets_404(path: str) -> None:
    async with listening() as (server, taken):
        with pytest.raises(InvalidStatus, match="404"):
            await dial(server, path)
        assert f"with id {identity_of(path)!r} was refused" in taken.refused.get_nowait()
        assert taken.connections.empty()


@on_loop
async def test_connections_are_refused_and_taken_again() -> None:
    async with listening() as (server, taken):
        taken.refusing = True
        with pytest.raises(InvalidStatus, match="503"):
            await dial(server)
        assert "503" in taken.refused.get_nowait()
        taken.refusing = False
        async with await dial(server):
            await taken.connections.get()


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (None, "no Authorization header"),
        ("Bearer abc", "not HTTP Basic"),
        ("Basic ???", "not HTTP Basic"),
        ("Basic " + base64.b64encode(b"no colon").decode(), "not HTTP Basic"),
        (basic(b"CP2", PASSWORD), "user name is not"),
        (basic(STATION.encode(), PASSWORD + b"x"), "password is wrong"),
        (basic(STATION.encode(), b""), "password is wrong"),
        (basic(STATION.encode(), PASSWORD.hex().encode()), "password is the hexadecimal digits"),
    ],
)
@on_loop
async def test_wrong_credentials_get_401(header: str | None, why: str) -> None:
    async with listening(password=PASSWORD) as (server, taken):
        with pytest.raises(InvalidStatus) as refused:
            await dial(server, authorization=header)
        response = refused.value.response
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
        said = taken.refused.get_nowait()
        assert why in said
        assert "secret" not in said


@pytest.mark.parametrize("password", [PASSWORD, b"", b"with:colon", "pässwörd".encode()])
@on_loop
async def test_the_right_password_may_be_any_bytes(password: bytes) -> None:
    async with listening(password=password) as (server, taken):
        header = basic(STATION.encode(), password)
        async with await dial(server, authorization=header):
            await taken.connections.get()


@pytest.mark.parametrize("offered", [("ocpp1.6",), ("ocpp2.0.1x", "OCPP2.0.1"), ()])
@on_loop
async def test_without_our_subprotocol_the_upgrade_is_completed_and_closed(
    offered: tuple[str, ...],
) -> None:
    async with listening() as (server, taken):
        ws = await dial(server, protocols=offered)
        assert ws.subprotocol is None
        with pytest.raises(ConnectionClosed):
            await ws.recv()
        assert ws.close_code == 1002
        said = taken.refused.get_nowait()
        assert (", ".join(offered) or "none") in said
        assert taken.connections.empty()


@on_loop
async def test_a_second_connection_is_handed_over_beside_the_first() -> None:
    async with listening() as (server, taken), await dial(server) as first:
        old = await taken.connections.get()
        async with await dial(server) as second:
            new = await taken.connections.get()
            await first.send("from the first")
            await second.send("from the second")
            assert (await old.receive(), await new.receive()) == (
                "from the first",
                "from the second",
            )


@on_loop
async def test_the_code_and_the_reason_of_a_close_are_told() -> None:
    async with listening() as (server, taken):
        ws = await dial(server)
        connection = await taken.connections.get()
        await ws.close(4321, "why not")
        with pytest.raises(Closed) as closed:
            await connection.receive()
        assert (closed.value.code, closed.value.reason) == (4321, "why not")
        with pytest.raises(Closed, match="4321"):
            await connection.send("more")
        with pytest.raises(Closed, match="4321"):
            await connection.ping()


@on_loop
async def test_a_close_of_ours_reaches_the_station() -> None:
    async with listening() as (server, taken):
        ws = await dial(server)
        connection = await taken.connections.get()
        await connection.close(1001, "bye")
        with pytest.raises(ConnectionClosed):
            await ws.recv()
        assert (ws.close_code, ws.close_reason) == (1001, "bye")


@on_loop
async def test_an_abort_is_a_reset_at_the_other_side() -> None:
    async with listening() as (server, taken):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(
            f"GET /{QUOTED} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: ocpp2.0.1\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        connection = await taken.connections.get()
        connection.abort()
        with pytest.raises(ConnectionResetError):
            await reader.read()
        with pytest.raises(Closed) as closed:
            await connection.receive()
        assert (closed.value.code, closed.value.reason) == (1006, "cut by the tool")
        connection.abort()  # once more does no harm
        writer.transport.abort()


@on_loop
async def test_a_station_that_is_cut_off_is_1006() -> None:
    async with listening() as (server, taken):
        ws = await dial(server)
        connection = await taken.connections.get()
        sock = ws.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        ws.transport.abort()
        with pytest.raises(Closed) as closed:
            await connection.receive()
        assert closed.value.code == 1006
        assert not isinstance(closed.value, BrokenByPeer)


@on_loop
async def test_after_a_ping_everything_has_arrived_and_is_read_without_yielding() -> None:
    async with listening() as (server, taken), await dial(server) as ws:
        connection = await taken.connections.get()
        for n in range(10_000):
            await ws.send(str(n))
        await connection.ping()
        for n in range(10_000):
            reading = connection.receive()
            with pytest.raises(StopIteration) as done:
                reading.send(None)
            assert done.value.value == str(n)


@on_loop
async def test_each_message_has_the_time_at_which_it_was_complete() -> None:
    async with listening() as (server, taken), await dial(server) as ws:
        connection = await taken.connections.get()
        loop = asyncio.get_running_loop()
        times = [loop.time()]
        for message in ("a", ["b", "c", "d"], b"e"):
            await ws.send(message)
            await connection.ping()
            times.append(loop.time())
        arrived = []
        for _ in range(3):
            await connection.receive()
            arrived.append(connection.arrived_at)
    begins, ends = times[:-1], times[1:]
    assert all(b <= a <= e for b, a, e in zip(begins, arrived, ends, strict=True))


@pytest.mark.parametrize("fragments", [1, 8])
@on_loop
async def test_a_message_of_10_mb_is_refused_with_1009(fragments: int) -> None:
    async with listening() as (server, taken):
        ws = await dial(server)
        connection = await taken.connections.get()
        text = "x" * (10 * 2**20 // fragments)
        sending = asyncio.create_task(ws.send([text] * fragments if fragments > 1 else text))
        with pytest.raises(BrokenByPeer) as closed:
            await connection.receive()
        assert closed.value.code == 1009
        finding = closed.value.finding
        assert (finding.rule, finding.fatal) == ("message-size", False)
        assert str(2**20) in finding.text
        await asyncio.gather(sending, return_exceptions=True)


@pytest.mark.parametrize(
    ("opcode", "payload", "code", "rule"),
    [(1, b'[2,"\xff\xfe"]', 1007, "utf-8"), (3, b"", 1002, "websocket")],
)
@on_loop
async def test_what_breaks_the_websocket_protocol_is_a_finding(
    opcode: int, payload: bytes, code: int, rule: str
) -> None:
    async with listening() as (server, taken):
        ws = await dial(server)
        connection = await taken.connections.get()
        await ws.send("before")
        raw_frame(ws, opcode, payload)
        assert await connection.receive() == "before"
        with pytest.raises(BrokenByPeer) as closed:
            await connection.receive()
        assert closed.value.code == code
        assert (closed.value.finding.rule, closed.value.finding.fatal) == (rule, True)
        assert "RFC 6455" in closed.value.finding.text
        await ws.close()


@on_loop
async def test_the_same_code_from_the_station_is_no_finding() -> None:
    async with listening() as (server, taken):
        ws = await dial(server)
        connection = await taken.connections.get()
        await ws.close(1007, "you sent nonsense")
        with pytest.raises(Closed) as closed:
            await connection.receive()
        assert closed.value.code == 1007
        assert not isinstance(closed.value, BrokenByPeer)


@pytest.mark.parametrize(
    ("sent", "said"),
    [(b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n", "TLS"), (b"hello\r\n", "hello")],
)
@on_loop
async def test_what_is_no_upgrade_at_all_is_told(sent: bytes, said: str) -> None:
    async with listening() as (server, taken):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(sent)
        assert said in await taken.refused.get()
        async with asyncio.timeout(5):
            await server.close()  # it does not wait for the other side to hang up
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()


@on_loop
async def test_closing_the_server_closes_its_connections_and_its_port() -> None:
    async with listening() as (server, taken):
        ws = await dial(server)
        await taken.connections.get()
        await server.close()
        with pytest.raises(ConnectionClosed):
            await ws.recv()
        assert ws.close_code == 1001
        with pytest.raises((OSError, InvalidMessage)):
            await dial(server)


def test_the_url_is_what_a_station_needs() -> None:
    async def url() -> tuple[str, int]:
        async with listening() as (server, _):
            return server.url, server.port

    shown, port = asyncio.run(url())
    assert shown == f"ws://127.0.0.1:{port}"
