"""A hostile system breaks nothing: the tool stays up, blames it, and judges the others as ever."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from conformance.cases import Result
from conformance.results import Results
from conformance.selection import implemented
from conformance.sut import Sut, from_tables
from conformance.sut_reference import reference_tables
from conformance.verdict import Verdict
from conformance.wire.websocket import MAX_SIZE, BrokenByPeer
from tests.attackers import (
    HELLO,
    TEMPLATE,
    TEXTS,
    OnSocket,
    Raw,
    drip,
    header,
    heartbeat,
    hostile_csms,
    huge,
    listener,
    pings,
    pokes,
    says,
    sends,
    writes,
)
from tests.misbehaving import Act, Lab, declared, elsewhere, lab, opened
from tests.wire.peers import QUOTED, listening

QUICK = {  # a case that needs nobody, and the request before whose answer an attack comes
    "1.6": ("TC_067_CS", "GetCompositeSchedule"),
    "2.0.1": ("TC_K_01_CS", "SetChargingProfile"),
}
NOBODY = [json.dumps([3, f"nobody-{n}", {}]) for n in range(10_000)]
VENDOR = json.dumps(
    [
        2,
        TEMPLATE[:36],
        "BootNotification",
        {"chargePointVendor": "../%s{0}", "chargePointModel": "<b>"},
    ]
)

ATTACKS: dict[str, tuple[Act, Verdict, str]] = {
    "10,000 answers to nothing": (sends(NOBODY), Verdict.FAIL, "never sent"),
    "2,000 pings": (pings, Verdict.PASS, ""),
    "a byte at a time": (drip(heartbeat("drip")), Verdict.PASS, ""),
    "a message at the limit": (sends([huge(MAX_SIZE, "most")]), Verdict.PASS, ""),
    "a message over the limit": (sends([huge(MAX_SIZE + 1, "more")]), Verdict.FAIL, "larger"),
    "compression that nobody asked for": (writes(header(4, 0xC1), b"abcd"), Verdict.FAIL, ""),
    "all that breaks readers of JSON": (sends(TEXTS), Verdict.FAIL, "broke a rule"),
    "paths and templates": (sends([VENDOR]), Verdict.FAIL, ""),
}
UPGRADE = b"\r\n".join(
    (
        b"GET /../../etc HTTP/1.1",
        b"Host: x",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        b"",
        b"",
    )
)
AT_ONCE = {
    "half-open": (b"", 200),
    "TLS on a plain port": (HELLO, 50),
    "no HTTP": (b"\x00\xff\r\n\r\n" * 20, 50),
    "endless headers": (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 5000, 20),
    "a line without an end": (b"GET /" + b"a" * 100_000, 20),
    "a station that nobody knows": (
        UPGRADE,
        500,
    ),
}


@pytest.fixture(scope="module", params=QUICK)
def tool(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Return a session that goes through all attacks: what one leaves behind, the next meets."""
    with lab(declared(request.param, limit=10, connect_timeout=30)) as made:
        yield made


def attacked(tool: Lab, act: Act) -> Result:
    """Return the result of a case in the middle of which the station does this."""
    case, action = QUICK[tool.session.sut.version]
    tool.plan(action, act)
    return tool.run(case)


def sane(tool: Lab) -> None:
    """Require that a case passes, as it did before."""
    after = tool.run(QUICK[tool.session.sut.version][0])
    assert after.verdict is Verdict.PASS, after.reason


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_station_is_blamed_and_the_next_case_is_judged(tool: Lab, name: str) -> None:
    act, verdict, reason = ATTACKS[name]
    result = attacked(tool, act)
    assert (result.verdict, reason in result.reason) == (verdict, True), result.reason
    assert len(result.reason) < 5000
    sane(tool)


@pytest.mark.parametrize("version", QUICK)
def test_half_a_frame_and_then_nothing_swallows_no_other_case(version: str) -> None:
    with lab(declared(version, limit=2, connect_timeout=30)) as made:
        result = attacked(made, writes(header(4000), b"[2,"))
        assert result.verdict is Verdict.FAIL, result.reason
        sane(made)


@pytest.mark.parametrize("name", AT_ONCE)
def test_connections_of_others_disturb_no_case(tool: Lab, name: str) -> None:
    data, count = AT_ONCE[name]
    port = urlsplit(tool.session.url).port or 0
    opened = pokes(port, data, count)
    try:
        sane(tool)
    finally:
        for sock in opened:
            sock.close()
    sane(tool)


@pytest.mark.parametrize("version", QUICK)
def test_what_it_says_is_text_in_all_results(tmp_path: Path, version: str) -> None:
    folder = tmp_path / "results"
    with lab(declared(version, connect_timeout=30)) as made:
        results = Results(folder, "attack", [made.session.sut], set())
        for act in (sends([VENDOR]), sends(TEXTS)):
            results.case(attacked(made, act).as_record(), made.session.between())
        results.end(complete=True)
    lines = (folder / "journal.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["kind"] for line in lines].count("case") == 2
    page = (folder / "report.html").read_text("utf-8")
    assert "<script>alert(1)" not in page
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {
        "journal.jsonl",
        "journal.seal",
        "junit.xml",
        "report.html",
    }


def test_a_compression_bomb_is_not_unpacked() -> None:
    async def play() -> None:
        async with listening(max_size=2**20) as (server, taken):
            url = f"{server.url}/{QUOTED}"
            protocols = [Subprotocol("ocpp2.0.1")]
            async with connect(url, subprotocols=protocols, proxy=None) as ws:
                await ws.send("[" + " " * 64 * 2**20)
                with pytest.raises(BrokenByPeer, match="larger than the tool takes"):
                    await (await taken.connections.get()).receive()
                with pytest.raises(ConnectionClosed):
                    await ws.recv()

    asyncio.run(play())


# A hostile CSMS


OTHER_KEY = b"\r\n".join(
    (
        b"HTTP/1.1 101 x",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: x",
        b"",
        b"",
    )
)
BEFORE: dict[str, Raw] = {
    "TLS": says(HELLO),
    "no HTTP": says(b"\x00\xff" * 5000),
    "endless headers": says(b"HTTP/1.1 101 x\r\n", *[b"X: y\r\n" * 1000] * 50),
    "half an answer": says(b"HTTP/1.1 101 Switching", then=2.5),
    "an answer with another key": says(OTHER_KEY),
    "a body without an end": says(b"HTTP/1.1 500 x\r\n\r\n", *[bytes(65536)] * 100),
}


def csms(port: int) -> Sut:
    """Return a CSMS on this port, operated by nobody."""
    tables = {
        **reference_tables("1.6", "CSMS", "back office", {}),
        "operator": {"kind": "console"},
        "connection": {"url": f"ws://127.0.0.1:{port}/ocpp"},
        "limits": {"message_timeout": 2, "connect_timeout": 2, "operator_timeout": 0.2},
    }
    return from_tables(tables, {})


def judged(ports: list[int], *cases: str) -> list[Result]:
    """Return the results of cases against the CSMS on the last of these ports."""
    with opened(csms(ports[-1])) as session:
        return [session.run(implemented()[case]) for case in cases]


@pytest.mark.parametrize("name", BEFORE)
def test_what_answers_a_handshake_wrongly_leaves_cases_inconclusive(name: str) -> None:
    ports: list[int] = []
    with elsewhere(listener(ports, BEFORE[name])):
        (result,) = judged(ports, "TC_003_CSMS")
    assert result.verdict is Verdict.INCONCLUSIVE, result.reason
    assert f"ws://127.0.0.1:{ports[0]}/ocpp/" in result.reason
    assert len(result.reason) < 500


async def floods(ws: ServerConnection) -> None:
    """Send 5,000 CALLs without waiting, and answers to nothing."""
    for number in range(5000):
        await ws.send(f'[2,"f{number}","GetConfiguration",{{}}]')
        await ws.send(f'[3,"n{number}",{{}}]')


async def breaks(ws: ServerConnection) -> None:
    """Send all that breaks readers of JSON."""
    for text in TEXTS:
        await ws.send(text)


async def answers_early(ws: ServerConnection) -> None:
    """Answer everything before it is asked, and never when it is."""
    for number in range(1000):
        await ws.send(json.dumps([3, str(number), {"currentTime": "2026-11-25T12:00:00Z"}]))
    async for _ in ws:
        await ws.send(json.dumps([3, "0", {}]))


@pytest.mark.parametrize("act", [floods, breaks, answers_early], ids=lambda act: act.__name__)
def test_a_hostile_csms_is_never_a_fault_of_the_tool(act: OnSocket) -> None:
    ports: list[int] = []
    with elsewhere(hostile_csms(ports, act)):
        first, second = judged(ports, "TC_007_CSMS", "TC_003_CSMS")
    for result in (first, second):
        assert result.verdict in {Verdict.FAIL, Verdict.INCONCLUSIVE}, result.reason
        assert result.reason
        json.dumps(result.as_record(), ensure_ascii=False).encode()
