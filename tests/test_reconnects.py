"""Who connects again and again, and hangs up, costs the tool neither memory nor descriptors.

Hundreds of connections, and thousands with `--nightly`.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conformance.bounds import RETIRING
from conformance.pki.lab import Lab, write
from conformance.session import Session
from conformance.transport import Dialing
from conformance.verdict import Verdict
from conformance.wire.client import ConnectFailedError
from conformance.wire.tls import Side, client_context, server_context
from tests.attackers import Raw, listener, pokes
from tests.attackers_tls import comes, descriptors, memory, upgrade
from tests.misbehaving import Lab as Tool
from tests.misbehaving import declared, elsewhere, opened, station
from tests.test_old_tls import PASSWORD, csms, manual

WARM, FEW, MANY = 200, 600, 3200
GROWTH = 6.0
"""So many MB what is kept for a while may take: the last handshakes and lines, and caches."""

WAYS = 4
CASE = "TC_067_CS"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    write(Lab(organization="Org", names=["127.0.0.1"], serial="CP01"), folder, kinds=["ecdsa"])
    return folder / "ecdsa"


@pytest.fixture
def times(request: pytest.FixtureRequest) -> int:
    """Return how often to connect."""
    return MANY if request.config.getoption("--nightly") else FEW


def unleaked(once: Callable[[int], None], times: int) -> None:
    """Do it so many times; require that memory and descriptors are what they were before."""
    for number in range(WARM):
        once(number)
    gone, before = settled(), held()
    for number in range(WARM, times):
        once(number)
    assert settled() <= gone + 5
    assert held() - before <= GROWTH


def held() -> float:
    """Return what is in use, in MB, without what the C library keeps for the next time."""
    gc.collect()
    with suppress(AttributeError, OSError):  # another C library than GNU's
        ctypes.CDLL(None).malloc_trim(0)
    return memory()


def settled() -> int:
    """Return how many descriptors are open when none is closed any more."""

    async def wait() -> int:
        last, calm = descriptors(), 0
        while calm < 20:
            await asyncio.sleep(0.02)
            now = descriptors()
            last, calm = now, calm + 1 if now == last else 0
        return last

    return asyncio.run(wait())


def again(session: Session, context: ssl.SSLContext | None = None) -> Callable[[int], None]:
    """Return what comes as the station of a session, in one way after the other."""
    url, sut = urlsplit(session.url), session.sut
    password = None if context is None else PASSWORD
    request = upgrade(f"{url.path}/{sut.station}", f"ocpp{sut.version}", password)
    return lambda number: comes(url.port or 0, context, request, number % WAYS)


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_a_station_that_comes_again_and_again_is_judged_when_it_stays(
    version: str, times: int
) -> None:
    with opened(declared(version, limit=10, connect_timeout=30)) as session:
        unleaked(again(session), times)
        case = {"1.6": CASE, "2.0.1": "TC_K_01_CS"}[version]
        tool = Tool(session)
        with elsewhere(station(tool)):
            tool.run(case)  # what the visitors have begun may be in its way
            result = tool.run(case)
    assert (result.verdict, result.reason) == (Verdict.PASS, "")


def test_nor_does_tls_cost_more(lab: Path, times: int) -> None:
    context = client_context(Side(trusted=lab / "root.pem"), check_name=False)
    with opened(manual(lab)) as session:
        unleaked(again(session, context), times)
        refused = {entry["kind"]: entry["count"] for entry in session.refused()}
    assert refused.get("no TLS handshake", 0) == 0


def test_a_station_that_leaves_all_its_connections_open() -> None:
    """The newest counts; the others are closed, some politely, and the rest just cut."""
    with opened(declared(limit=10, connect_timeout=30)) as session:
        url, before = urlsplit(session.url), descriptors()
        request = upgrade(f"{url.path}/{session.sut.station}", "ocpp1.6")
        left = pokes(url.port or 0, request, FEW, wait=True)
        assert descriptors() <= before + FEW + RETIRING + 10
        for sock in left:
            sock.close()


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take an upgrade, and go."""
    await reader.read(1000)
    writer.transport.abort()


async def is_no_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with something else."""
    await reader.read(1000)
    writer.write(b"\x00\xff" * 5000)
    await writer.drain()


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("raw", [hangs_up, is_no_server])
def test_a_csms_that_never_lets_the_tool_in(lab: Path, raw: Raw, times: int, *, tls: bool) -> None:
    side = Side(chain=lab / "server.pem", key=lab / "server.key")
    context = server_context(side, client_certificate=False) if tls else None

    ports: list[int] = []
    with elsewhere(listener(ports, raw, context)), asyncio.Runner() as runner:
        sut = csms(ports[0], lab)
        url = sut.connection.url if tls else sut.connection.url.replace("wss", "ws")
        transport = Dialing(sut, url)
        transport.access.profile = 3 if tls else 0

        async def dial() -> None:
            with pytest.raises(ConnectFailedError):
                await transport.dial()

        unleaked(lambda _: runner.run(dial()), times)
