"""TLS over loopback, both ways: what the other side offered and did is seen, right or wrong."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from websockets.asyncio.client import connect as ws_connect
from websockets.exceptions import InvalidMessage
from websockets.typing import Subprotocol

from conformance.pki.lab import Lab, write
from conformance.wire.client import ConnectFailedError, connect
from conformance.wire.client_hello import parse_client_hello
from conformance.wire.secured import Guard
from conformance.wire.server import Server
from conformance.wire.tls import OCPP_SUITES, Side, TlsSeen, client_context, server_context
from tests.wire.loop import on_loop
from tests.wire.peers import QUOTED, STATION, Taken, listening

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
Seen = asyncio.Queue[TlsSeen]


@pytest.fixture(scope="module", params=["rsa", "ecdsa"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    write(Lab(organization="Org", names=["localhost", "127.0.0.1"], serial="SN-1"), folder)
    return folder / str(request.param)


def side(lab: Path, name: str, **more: object) -> Side:
    """Return a side that shows the lab's certificate `name` and trusts the lab's root."""
    chain = lab / f"{name}.pem"
    made = Side(chain=chain, key=chain.with_suffix(".key"), trusted=lab / "root.pem")
    return replace(made, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def secure(
    ours: Side, *, client_certificate: bool = False, limit: float = 5.0
) -> AsyncIterator[tuple[Server, Taken, Seen]]:
    """Run a TLS server of ours for STATION; the queue gets what was seen of each handshake."""
    seen: Seen = asyncio.Queue()
    guard = Guard(
        lambda: server_context(ours, client_certificate=client_certificate),
        seen.put_nowait,
        limit,
    )
    async with listening(guard=guard) as (server, taken):
        yield server, taken, seen


async def dial(server: Server, theirs: ssl.SSLContext, name: str = "localhost") -> str:
    """Connect as a station would; return why it failed, or nothing."""
    try:
        async with ws_connect(
            f"wss://{name}:{server.port}/{QUOTED}",
            host="127.0.0.1",
            subprotocols=[Subprotocol("ocpp2.0.1")],
            ssl=theirs,
            proxy=None,
        ) as ws:
            await (await ws.ping())
    except (OSError, InvalidMessage, EOFError) as problem:
        return repr(problem)
    return ""


def greet(server: Server, theirs: ssl.SSLContext) -> str:
    """Make a handshake on a plain socket: unlike asyncio's, it sends an alert when it refuses."""
    try:
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain,
            theirs.wrap_socket(plain, server_hostname="localhost"),
        ):
            return ""
    except OSError as problem:
        return str(problem)


@on_loop
async def test_a_station_without_a_certificate(lab: Path) -> None:
    theirs = client_context(Side(trusted=lab / "root.pem"))
    async with secure(side(lab, "server")) as (server, taken, seen):
        assert server.url.startswith("wss://")
        assert await dial(server, theirs) == ""
        found = await seen.get()
        connection = await taken.connections.get()
    assert connection.handshake.tls is found
    assert 0 < found.took < asyncio.get_running_loop().time() - found.began
    assert (found.version, found.chain, found.failure) == ("TLSv1.3", (), "")
    assert found.hello is not None
    assert found.hello.server_name == "localhost"
    assert found.hello.versions[0] == "TLSv1.3"
    assert not found.hello.compression


@on_loop
async def test_a_station_with_a_certificate(lab: Path) -> None:
    theirs = client_context(side(lab, "client"))
    async with secure(side(lab, "server"), client_certificate=True) as (server, _, seen):
        assert await dial(server, theirs) == ""
        found = await seen.get()
    leaf = x509.load_der_x509_certificate(found.chain[0])
    assert leaf.subject.rfc4514_string() == "CN=SN-1,O=Org"
    assert len(found.chain) >= 2


@pytest.mark.parametrize("suite", OCPP_SUITES)
def test_the_suites_that_ocpp_names(lab: Path, suite: str) -> None:
    @on_loop
    async def run() -> None:
        theirs = client_context(Side(trusted=lab / "root.pem", newest=TLS12, suites=[suite]))
        async with secure(side(lab, "server")) as (server, _, seen):
            said, found = await dial(server, theirs), await seen.get()
        fits = ("ECDSA" in suite) == (lab.name == "ecdsa")
        assert (said == "") == fits
        assert found.suite == (suite if fits else "")
        assert found.hello is not None
        assert found.hello.versions == ("TLSv1.2",)
        assert f"{suite.rpartition('-')[2]}" in str(found.hello)
        assert (found.failure == "NO_SHARED_CIPHER") == (not fits)

    run()


@pytest.mark.parametrize(
    ("name", "alert"),
    [
        ("bad/server-expired", "CERTIFICATE_EXPIRED"),
        ("bad/server-not-yet-valid", "BAD_CERTIFICATE"),
        ("bad/server-wrong-name", "BAD_CERTIFICATE"),
        ("bad/server-wrong-ca", "UNKNOWN_CA"),
        ("bad/server-wrong-usage", "UNSUPPORTED_CERTIFICATE"),
    ],
)
def test_a_server_that_a_strict_station_refuses(lab: Path, name: str, alert: str) -> None:
    @on_loop
    async def run() -> None:
        async with secure(side(lab, name, lenient=True)) as (server, taken, seen):
            strict = client_context(Side(trusted=lab / "root.pem", newest=TLS12))
            assert "certificate verify failed" in await asyncio.to_thread(greet, server, strict)
            found = await seen.get()
            assert found.refused_by_sut == alert, str(found)
            assert found.failure
            lenient = client_context(Side())
            assert await dial(server, lenient) == ""
            assert (await seen.get()).failure == ""
            await taken.connections.get()

    run()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bad/client-expired", "certificate has expired"),
        ("bad/client-not-yet-valid", "certificate is not yet valid"),
        ("bad/client-wrong-ca", "unable to get local issuer certificate"),
        ("bad/client-wrong-usage", "unsuitable certificate purpose"),
        ("bad/client-revoked", "certificate revoked"),
        ("", "PEER_DID_NOT_RETURN_A_CERTIFICATE"),
    ],
)
def test_a_station_whose_certificate_is_refused(lab: Path, name: str, said: str) -> None:
    @on_loop
    async def run() -> None:
        theirs = client_context(side(lab, name) if name else Side(trusted=lab / "root.pem"))
        ours = side(lab, "server", revoked=lab / "crl.pem")
        async with secure(ours, client_certificate=True) as (server, _, seen):
            assert await dial(server, theirs) != ""
            found = await seen.get()
        assert said in found.failure
        assert found.refused_by_sut == ""
        assert found.alerts[0][0] == "tool"

    run()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_an_old_version_is_refused_and_told(lab: Path, version: ssl.TLSVersion) -> None:
    @on_loop
    async def run() -> None:
        old = Side(oldest=version, newest=version, suites=["ALL"], lenient=True)
        theirs = client_context(old)
        async with secure(side(lab, "server")) as (server, _, seen):
            assert await dial(server, theirs) != ""
            found = await seen.get()
        assert found.failure == "UNSUPPORTED_PROTOCOL"
        assert found.hello is not None
        assert found.hello.versions == (version.name.replace("TLSv1_1", "TLSv1.1"),)

    run()


@on_loop
async def test_what_is_no_tls_at_all(lab: Path) -> None:
    async with secure(side(lab, "server"), limit=0.2) as (server, _, seen):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /CP01 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await seen.get()).failure == "HTTP_REQUEST"
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert "not finished in time" in (await seen.get()).failure  # nothing was ever sent
        assert await reader.read() == b""
        writer.close()
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"\x16\x03\x01\x00\x05hello")
        assert (await seen.get()).failure != ""
        writer.close()


@on_loop
async def test_a_server_that_closes_ends_its_handshakes(lab: Path) -> None:
    async with secure(side(lab, "server"), limit=60) as (server, _, _):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"\x16\x03")
        await asyncio.sleep(0)
    writer.close()
    assert server.port


@on_loop
async def test_the_certificate_can_change_between_two_connections(lab: Path) -> None:
    current = [side(lab, "bad/server-expired", lenient=True)]
    seen: Seen = asyncio.Queue()
    guard = Guard(lambda: server_context(current[0], client_certificate=False), seen.put_nowait, 5)
    strict = client_context(Side(trusted=lab / "root.pem"))
    async with listening(guard=guard) as (server, _):
        assert "expired" in await dial(server, strict)
        current[0] = side(lab, "server")
        assert await dial(server, strict) == ""


# The tool as the client


async def call(server: Server, theirs: Side, *, check_name: bool = True) -> TlsSeen:
    """Connect as the tool does; return what it saw of the server."""
    connection = await connect(
        f"wss://localhost:{server.port}",
        identity=STATION,
        subprotocol="ocpp2.0.1",
        password=None,
        timeout=5,
        context=client_context(theirs, check_name=check_name),
    )
    seen = connection.handshake.tls
    await connection.close()
    assert seen is not None
    return seen


@on_loop
async def test_the_tool_sees_the_server_it_calls(lab: Path) -> None:
    async with secure(side(lab, "server"), client_certificate=True) as (server, _, _):
        seen = await call(server, side(lab, "client", oldest=TLS13))
    assert (seen.version, seen.failure) == ("TLSv1.3", "")
    assert x509.load_der_x509_certificate(seen.chain[0]).subject.rfc4514_string() == (
        "CN=localhost,O=Org"
    )


@on_loop
async def test_a_refusal_by_the_tool_is_known_as_its_own(lab: Path) -> None:
    async with secure(side(lab, "bad/server-expired", lenient=True)) as (server, _, _):
        with pytest.raises(ConnectFailedError) as failed:
            await call(server, side(lab, "client"))
        assert failed.value.by_the_tool
        assert (await call(server, Side())).chain  # takes any server, where a case wants that


@on_loop
async def test_a_refusal_by_the_server_is_known_as_its_own(lab: Path) -> None:
    async with secure(side(lab, "server"), client_certificate=True) as (server, _, _):
        with pytest.raises(ConnectFailedError) as failed:
            await call(server, side(lab, "bad/client-expired", newest=TLS12))
    assert not failed.value.by_the_tool
    assert failed.value.tls is not None
    assert failed.value.tls.refused_by_sut == "CERTIFICATE_EXPIRED"


def test_a_client_hello_that_is_cut_off_is_none() -> None:
    sent = ssl.MemoryBIO()
    context = client_context(Side())
    client = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="csms.example")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    hello = sent.read()[5:]  # without the header of the record
    whole = parse_client_hello(hello)
    assert whole is not None
    assert (whole.server_name, whole.versions) == ("csms.example", ("TLSv1.3", "TLSv1.2"))
    assert "TLS_RSA_WITH_AES_128_GCM_SHA256" in whole.suites
    assert not any(suite.startswith("0x") for suite in whole.suites)
    cuts = [parse_client_hello(hello[:cut]) for cut in range(len(hello))]
    assert sum(cut is not None for cut in cuts) == 1  # the one without extensions is legal


@on_loop
async def test_what_is_wanted_can_change_between_two_connections(lab: Path) -> None:
    wanted: list[ssl.SSLContext | None] = [None]
    seen: Seen = asyncio.Queue()
    strict = client_context(Side(trusted=lab / "root.pem"))
    async with listening(guard=Guard(lambda: wanted[0], seen.put_nowait, 5)) as (server, taken):
        assert server.url.startswith("ws://")
        assert await dial(server, strict) != ""
        assert "TLS on a port without TLS" in await taken.refused.get()
        wanted[0] = server_context(side(lab, "server"), client_certificate=False)
        assert await dial(server, strict) == ""
        assert (await seen.get()).failure == ""
