"""What goes wrong outside: each is told in one line, judged as what it is, and ends by itself."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from conformance.cases import Result
from conformance.selection import implemented
from conformance.sut import Sut, from_tables
from conformance.sut_reference import reference_tables
from conformance.verdict import Verdict
from tests.misbehaving import Act, call, declared, elsewhere, lab, opened

CASE = "TC_067_CS"
ACTION = "GetCompositeSchedule"
UNKNOWN_ACTION = json.dumps([2, "u1", "MakeCoffee", {}])
UNKNOWN_RESULT = json.dumps([3, "nobody-asked", {}])
HEARTBEAT = '[2,"{}","Heartbeat",{{}}]'


def sends(*messages: str | bytes) -> Act:
    """Return an act that sends these messages."""

    async def act(ws: ClientConnection) -> None:
        for message in messages:
            await ws.send(message)

    return act


def raw(opcode: int, payload: bytes) -> Act:
    """Return an act that writes one masked frame, whatever it holds."""

    async def act(ws: ClientConnection) -> None:
        ws.transport.write(bytes([0x80 | opcode, 0x80 | len(payload)]) + bytes(4) + payload)

    return act


async def drop(ws: ClientConnection) -> None:
    """Cut the connection."""
    ws.transport.abort()


# Frames that break a rule


BROKEN: dict[str, tuple[Act, str]] = {
    "no JSON": (sends("this is no JSON"), "JSON"),
    "JSON, but no frame": (sends('{"a": 1}'), "array"),
    "a binary frame": (sends(b"\x00\x01"), "not valid JSON"),
    "invalid UTF-8": (raw(1, b"\xff\xfe"), "UTF-8"),
    "a reserved opcode": (raw(3, b"x"), "WebSocket protocol"),
    "an unknown action": (sends(UNKNOWN_ACTION), "MakeCoffee"),
    "an answer to nothing": (sends(UNKNOWN_RESULT), "never sent"),
    "the same id twice": (
        sends(HEARTBEAT.format("h1"), '[2,"h1","DataTransfer",{"vendorId":"x"}]'),
        "used again",
    ),
    "a field of a wrong type": (
        sends(
            '[2,"s1","StatusNotification",{"connectorId":"1","errorCode":"NoError",'
            '"status":"Available"}]'
        ),
        "connectorId",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_fails_the_running_case_and_no_other(name: str) -> None:
    act, told = BROKEN[name]
    with lab() as tool:
        assert tool.run(CASE).verdict is Verdict.PASS
        tool.plan(ACTION, act)
        result = tool.run(CASE)
        after = tool.run(CASE)
    assert result.verdict is Verdict.FAIL, result.reason
    assert told in result.reason
    assert [f.finding for f in result.record.transcript.frames if told in f.finding]
    assert after.verdict is Verdict.PASS, after.reason


def test_a_burst_of_messages_is_borne() -> None:
    calls = [HEARTBEAT.format(f"burst-{n}") for n in range(10_000)]
    with lab(declared(limit=20)) as tool:
        tool.plan(ACTION, sends(*calls))
        result = tool.run(CASE)
        after = tool.run(CASE)
        answers = tool.heard(len(calls))
    assert len(answers) == len(calls)
    assert result.verdict is Verdict.PASS, result.reason
    assert any("not answered yet" in r.text for r in result.record.transcript.remarks)
    assert after.verdict is Verdict.PASS, after.reason


def test_a_message_of_ten_megabytes_is_refused_and_told() -> None:
    huge = f'[2,"huge","DataTransfer",{{"vendorId":"x","data":"{"x" * 10_000_000}"}}]'
    with lab(declared(connect_timeout=20)) as tool:
        tool.plan(ACTION, sends(huge))
        result = tool.run(CASE)
        after = tool.run(CASE)
    assert result.verdict is Verdict.FAIL
    assert "larger than the tool takes" in result.reason
    assert after.verdict is Verdict.PASS, after.reason


def test_text_of_the_sut_reaches_the_journal_whatever_it_is() -> None:
    odd = '[2,"o1","StatusNotification",{"connectorId":1,"errorCode":"\\ud800\\u0000<b>"}]'
    with lab() as tool:
        tool.plan(ACTION, sends(odd))
        record = tool.run(CASE).as_record()
    assert record["verdict"] == "FAIL"
    json.dumps(record, ensure_ascii=False).encode("utf-8")


# Connections


def test_a_dropped_connection_fails_the_waiting_step_and_the_next_case_is_clean() -> None:
    with lab() as tool:
        tool.plan(ACTION, drop)
        result = tool.run(CASE)
        after = tool.run(CASE)
    assert (result.verdict, result.step) == (Verdict.FAIL, "4")
    assert "connection" in result.reason
    assert after.verdict is Verdict.PASS, after.reason


def test_a_station_that_never_comes_is_waited_for_once() -> None:
    with opened(declared()) as session:
        began = time.monotonic()
        first = session.run(implemented()[CASE])
        between = time.monotonic()
        second = session.run(implemented()["TC_012_CS"])
        ended = time.monotonic()
    assert first.verdict is second.verdict is Verdict.INCONCLUSIVE
    assert f"no connection from CP01 on {session.url}/CP01 in 2 s" in first.reason
    assert "nothing but this machine gets there: connection.host" in first.reason
    assert 2 <= between - began < 4
    assert ended - between < 0.5


def test_another_station_is_refused_and_told() -> None:
    async def visit(url: str) -> int:
        with pytest.raises(InvalidStatus) as refused:
            await call(url)
        return refused.value.response.status_code

    with lab() as tool:
        tool.session.prepare()
        assert asyncio.run(visit(f"{tool.session.url}/CP02")) == HTTPStatus.NOT_FOUND
        result = tool.run(CASE)
    assert result.verdict is Verdict.PASS
    (told,) = (r.text for r in result.record.transcript.remarks if "refused" in r.text)
    assert told == "a station with id 'CP02' was refused: this run is for 'CP01'"


def test_only_wrong_stations_are_told_where_none_comes() -> None:
    async def visit(url: str) -> None:
        with pytest.raises(InvalidStatus):
            await call(f"{url}/CP02")
        ws = await call(f"{url}/CP01", "ocpp2.0.1")
        with pytest.raises(ConnectionClosed):
            await ws.recv()
        await ws.wait_closed()

    with opened(declared()) as session:
        asyncio.run(visit(session.url))
        result = session.run(implemented()[CASE])
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "'CP02' was refused" in result.reason
    assert "offers the subprotocols ocpp2.0.1, this run needs ocpp1.6" in result.reason


def test_a_port_in_use_leaves_every_case_inconclusive() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with opened(declared(port=port)) as session:
            results = [session.run(implemented()[i]) for i in (CASE, "TC_012_CS")]
    for result in results:
        assert result.verdict is Verdict.INCONCLUSIVE
        assert result.reason == (
            f"cannot listen on 127.0.0.1:{port}: Address already in use"
            " (is another program using the port, and is the address this machine's?)"
        )


# A CSMS that cannot be reached


def csms(port: int) -> Sut:
    """Return a CSMS on this port."""
    return from_tables(
        {
            **reference_tables("1.6", "CSMS", "back office", {}),
            "operator": {"kind": "console"},
            "connection": {"url": f"ws://127.0.0.1:{port}/ocpp"},
            "limits": {"message_timeout": 1, "connect_timeout": 1},
        },
        {},
    )


def judged(port: int) -> list[Result]:
    """Return the results of two cases against a CSMS on this port."""
    with opened(csms(port)) as session:
        return [session.run(implemented()[i]) for i in ("TC_003_CSMS", "TC_001_CSMS")]


def test_a_csms_that_is_not_there_leaves_cases_inconclusive() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for result in judged(port):
        assert result.verdict is Verdict.INCONCLUSIVE
        assert result.reason == (
            f"ws://127.0.0.1:{port}/ocpp/CP01: the connection was refused"
            " (is the CSMS running, and is this its port?)"
        )


def test_a_csms_that_never_answers_leaves_cases_inconclusive() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        results = judged(silent.getsockname()[1])
        assert time.monotonic() - began < 4
    for result in results:
        assert result.verdict is Verdict.INCONCLUSIVE
        assert "no answer within 1 s" in result.reason


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_csms_that_refuses_leaves_cases_inconclusive(status: int) -> None:
    def refuse(ws: ServerConnection, _: Request) -> Response:
        return ws.respond(HTTPStatus(status), "no\n")

    ports: list[int] = []
    with elsewhere(csms_server(ports, refuse, "ocpp1.6")):
        results = judged(ports[0])
    for result in results:
        assert result.verdict is Verdict.INCONCLUSIVE
        assert f"refused the upgrade with HTTP status {status}" in result.reason
        assert "\n" not in result.reason


def test_a_csms_of_another_version_leaves_cases_inconclusive() -> None:
    ports: list[int] = []
    with elsewhere(csms_server(ports, None, "ocpp2.0.1")):
        results = judged(ports[0])
    for result in results:
        assert result.verdict is Verdict.INCONCLUSIVE
        assert "the CSMS chose no subprotocol; ocpp1.6 was offered" in result.reason


@asynccontextmanager
async def csms_server(
    ports: list[int],
    refuse: Callable[[ServerConnection, Request], Response] | None,
    protocol: str,
) -> AsyncIterator[None]:
    """Run a server that speaks only `protocol`, or nothing at all."""

    async def handle(ws: ServerConnection) -> None:
        await ws.wait_closed()

    def select(_: ServerConnection, offered: object) -> Subprotocol | None:
        return Subprotocol(protocol) if protocol in list(offered) else None  # type: ignore[call-overload]

    async with serve(
        handle, "127.0.0.1", 0, process_request=refuse, select_subprotocol=select
    ) as server:
        ports.append(next(iter(server.sockets)).getsockname()[1])
        yield


# Operators


OPERATOR = """
import threading

class Raises:
    def perform(self, action):
        raise RuntimeError("the arm is stuck")

class Hangs:
    def perform(self, action):
        threading.Event().wait()
"""


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("Raises", "RuntimeError: the arm is stuck"),
        ("Hangs", "the operator has not done PlugIn(evse=1, connector=1, halfway=False) in 0.5 s"),
    ],
)
def test_an_operator_that_fails_leaves_the_case_inconclusive(
    kind: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad_rig.py").write_text(OPERATOR, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    sut = declared(operator={"kind": "python", "class": f"bad_rig:{kind}"})
    with lab(sut) as tool:
        result = tool.run("TC_012_CS")
        after = tool.run(CASE)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert told in result.reason
    assert after.verdict is Verdict.PASS, after.reason


def test_without_a_terminal_a_person_is_not_waited_for() -> None:
    with lab() as tool:
        began = time.monotonic()
        result = tool.run("TC_012_CS")
        assert time.monotonic() - began < 4
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.reason == (
        "the operator console cannot do PlugIn, which this case needs: nothing was sent"
    )
