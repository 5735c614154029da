"""Whom a reference central system lets in, in memory and over sockets with TLS and without."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from conformance.reference.gate import Gate, Shown
from conformance.reference.tls import Files
from conformance.reference.websocket import listener
from conformance.reference.wire import Wire
from conformance.wire.tls import Side, client_context
from tests.reference.bench_16 import IDENTITY
from tests.reference.securing_csms_16 import NEW, OLD, files, lab, shown


def client() -> bytes:
    """Return the certificate of a station, as DER."""
    found = x509.load_pem_x509_certificate((lab() / "client.pem").read_bytes())
    return found.public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("profile", "password", "secured", "certificate", "admitted"),
    [
        (0, None, False, False, True),
        (1, OLD, False, False, True),
        (1, OLD, True, False, True),
        (1, NEW, False, False, False),
        (1, None, False, False, False),
        (2, OLD, False, False, False),
        (2, OLD, True, False, True),
        (2, None, True, True, False),
        (3, None, True, True, True),
        (3, None, True, False, False),
        (3, OLD, True, False, False),
        (3, None, False, True, False),
    ],
)
def test_each_profile_demands_its_own(
    profile: int, password: bytes | None, secured: bool, certificate: bool, admitted: bool
) -> None:
    basic = shown(password).authorization if password is not None else ""
    der = client() if certificate else None
    offer = Shown(authorization=basic, secured=secured, certificate=der)
    assert Gate(profile, OLD, Files()).admits(IDENTITY, offer) is admitted


@pytest.mark.parametrize(
    ("header", "admitted"),
    [
        ("Basic", False),
        ("Basic ****", False),
        (shown(OLD).authorization.replace("Basic", "Bearer"), False),
        (shown(OLD).authorization.replace("Basic", "bASIC"), True),
        (f"Basic {base64.b64encode(IDENTITY.encode() + OLD).decode()}", False),
        (f"Basic {base64.b64encode(b'CP99:' + OLD).decode()}", False),
        (shown(b":" + OLD).authorization, False),
    ],
)
def test_credentials_are_read_as_they_are_meant(header: str, admitted: bool) -> None:
    assert Gate(1, OLD, Files()).admits(IDENTITY, Shown(authorization=header)) is admitted


@pytest.mark.parametrize(
    ("fault", "header", "right"),
    [
        ("lets-in-without-credentials", "", False),
        ("takes-any-user", f"Basic {base64.b64encode(b'CP99:' + OLD).decode()}", False),
        ("looks-at-8-octets", shown(OLD[:8] + b"x").authorization, False),
        ("exact-scheme", shown(OLD).authorization.replace("Basic", "basic"), True),
        ("passwords-are-text", shown(b"\xff" * 20).authorization, True),
    ],
)
def test_a_fault_of_the_gate(fault: str, header: str, right: bool) -> None:
    offer, known = Shown(authorization=header), b"\xff" * 20 if "text" in fault else OLD
    assert Gate(1, known, Files()).admits(IDENTITY, offer) is right
    assert Gate(1, known, Files(), shared={fault: ""}).admits(IDENTITY, offer) is not right


def test_a_change_is_one_stations_own() -> None:
    gate = Gate(1, OLD, Files())
    gate.change_password("CP02", NEW)
    gate.set_profile("CP02", 2)
    assert gate.admits(IDENTITY, shown(OLD))
    pair = base64.b64encode(b"CP02:" + NEW).decode()
    for secured in (True, False):
        offer = Shown(authorization=f"Basic {pair}", secured=secured)
        assert gate.admits("CP02", offer) is secured


def test_certificates_are_of_the_operator() -> None:
    for organization, admitted in (("", True), ("Org", True), ("Another", False)):
        gate = Gate(3, b"", Files(), organization=organization)
        assert gate.admits(IDENTITY, Shown(secured=True, certificate=client())) is admitted


def test_without_a_certificate_there_is_no_tls() -> None:
    assert Gate(1, OLD, Files()).context() is None


def listening(gate: Gate, act: Callable[[int], Awaitable[None]]) -> list[str]:
    """Do something while a central system listens; return the stations that were served."""
    served: list[str] = []

    async def serve(wire: Wire, identity: str) -> None:
        served.append(identity)
        with suppress(ConnectionError):
            await wire.recv()

    async def main() -> None:
        async with listener(serve, lambda offered: offered[0], 0, gate) as port:
            await act(port)

    asyncio.run(main())
    return served


async def dial(port: int, *, secured: bool, password: bytes = OLD) -> int:
    """Connect once; return the HTTP status of the upgrade."""
    context = client_context(Side()) if secured else None
    try:
        async with connect(
            f"{'wss' if secured else 'ws'}://127.0.0.1:{port}/ocpp/{IDENTITY}",
            subprotocols=[Subprotocol("ocpp1.6")],
            additional_headers={"Authorization": shown(password).authorization},
            ssl=context,
            proxy=None,
        ):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


@pytest.mark.parametrize(("profile", "plain"), [(1, 101), (2, 401)])
def test_one_port_speaks_tls_and_does_not(profile: int, plain: int) -> None:
    statuses: list[int] = []

    async def act(port: int) -> None:
        for secured in (True, False):
            statuses.append(await dial(port, secured=secured))
            statuses.append(await dial(port, secured=secured, password=NEW))

    served = listening(Gate(profile, OLD, files()), act)
    assert statuses == [101, 401, plain, 401]
    assert served == [IDENTITY] * statuses.count(101)


def test_who_says_nothing_harms_nobody() -> None:
    async def act(port: int) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        assert await dial(port, secured=False) == 101

    assert listening(Gate(1, OLD, files()), act) == [IDENTITY]


def test_a_connection_that_is_open_does_not_keep_the_port() -> None:
    async def serve(_: Wire, __: str) -> None:
        raise AssertionError("nobody has said anything")

    async def main() -> bytes:
        async with listener(serve, lambda _: None, 0, Gate(1, OLD, files())) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        left = await reader.read()
        writer.close()
        await writer.wait_closed()
        return left

    assert asyncio.run(main()) == b""
