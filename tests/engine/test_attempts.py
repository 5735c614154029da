"""Nobody else gets in: each attempt is counted, few are told, and thousands fill nothing."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reports
from conformance import Station
from conformance.attempts import ADDRESSES, ELSEWHERE, TOLD, Attempts
from conformance.bench import Bench
from conformance.cases import Result
from conformance.door import REMEMBERED, Door
from conformance.ocpp16.messages import GetConfiguration
from conformance.results import Results
from conformance.sut import embedded
from conformance.transport import Listening
from conformance.wire.connection import Connection
from conformance.wire.refusal import Kind, Refusal
from reports.journal import read
from tests.engine.stage import case, declared, on_bench, passed
from tests.miniatures.miniature import Miniature, Payload, Reaction

MANY = 2000
KINDS: tuple[Kind, ...] = ("another id", "wrong credentials", "no TLS handshake")
SHUT: tuple[Kind, ...] = ("another id", "not taken just now")
KEYS: dict[str, Payload | Reaction] = {"GetConfiguration": {"configurationKey": []}}


def refusal(number: int, address: str = "192.0.2.1") -> Refusal:
    text = f"attempt {number} was refused because of " + 60 * "x"
    return Refusal(kind=KINDS[number % len(KINDS)], address=address, text=text)


async def asked(station: Station) -> None:
    """The station is asked something."""
    await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))


class Besieged(Miniature):
    """A station beside which others try to get in."""

    told: Callable[[Refusal], None]

    async def open(
        self, connected: Callable[[Connection], None], refused: Callable[[Refusal], None]
    ) -> None:
        self.told = refused
        await super().open(connected, refused)


def test_the_first_of_each_kind_are_told_and_all_are_counted() -> None:
    attempts = Attempts()
    for number in range(MANY):
        attempts.note(refusal(number))
    *first, last = attempts.take()
    assert len(first) == TOLD * len(KINDS)
    assert last.startswith(f"{MANY - len(first)} more attempts were refused: 664 with another id")
    assert sum(count["count"] for count in attempts.counts()) == MANY
    assert attempts.take() == []
    attempts.note(refusal(0))
    assert attempts.lines() == [refusal(0).text]


def test_a_thousand_addresses_are_counted_together() -> None:
    attempts = Attempts()
    for number in range(1000):
        attempts.note(refusal(0, f"2001:db8::{number:x}"))
    counts = attempts.counts()
    assert len(counts) == ADDRESSES + 1
    assert counts[0] == {"kind": KINDS[0], "address": ELSEWHERE, "count": 1000 - ADDRESSES}


def test_what_a_stranger_sends_has_an_end_in_every_line() -> None:
    """A path may have thousands of characters."""
    *_, text = asyncio.run(besieged([path("x" * 5000)]))[1]
    assert len(text) < 400


def test_thousands_of_attempts_fill_neither_the_journal_nor_the_report(tmp_path: Path) -> None:
    def run(attempts: int, folder: Path) -> tuple[int, int]:
        it = Besieged(declared(), KEYS)

        async def play(bench: Bench) -> list[Result]:
            results = []
            for _ in range(2):
                for number in range(attempts):
                    it.told(refusal(number))
                results.append(await bench.run(case(asked)))
            written.strangers(it.sut.name, bench.door.attempts.counts())
            return results

        written = Results(folder, "run", [it.sut], set())
        for result in on_bench(it, play):
            written.case(passed(result).as_record(), [])
        written.end(complete=True)
        journal, report = folder / "journal.jsonl", folder / "report.html"
        return len(journal.read_bytes()), len(report.read_bytes())

    quiet, loud = run(0, tmp_path / "quiet"), run(MANY, tmp_path / "loud")
    assert all(more - less < 20_000 for less, more in zip(quiet, loud, strict=True))
    assert "664 with another id" in (tmp_path / "loud" / "journal.jsonl").read_text()
    known = read(tmp_path / "loud" / "journal.jsonl")
    assert sum(refused.count for refused in known.refused) == 2 * MANY
    assert {refused.address for refused in known.refused} == {"192.0.2.1"}
    reports.write(tmp_path / "loud", "json")
    written = json.loads((tmp_path / "loud" / "report.json").read_text())
    assert sum(refused["count"] for refused in written["refused"]) == 2 * MANY
    assert "another id from 192.0.2.1" in (tmp_path / "loud" / "report.html").read_text()


def test_a_station_at_a_shut_door_is_counted_in_little_memory() -> None:
    async def knock() -> list[int]:
        door = Door()
        stranger, station = (Refusal(kind=kind, address="192.0.2.1", text=kind) for kind in SHUT)
        door.refused(station, None)
        counts = [door.knocks(60)]
        door.shut(shut=True)
        for come in (stranger, station):
            door.refused(come, None)
        counts.append(door.knocks(60))
        for _ in range(2 * REMEMBERED):
            door.refused(station, None)
        return [*counts, door.knocks(60)]

    assert asyncio.run(knock()) == [0, 1, REMEMBERED]


def path(name: str, *headers: str) -> bytes:
    lines = (
        f"GET /{name} HTTP/1.1",
        "Host: tool",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol: ocpp1.6",
        *headers,
    )
    return "\r\n".join([*lines, "", ""]).encode()


def authorization(user: str, password: str) -> str:
    return f"Authorization: Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


async def besieged(sent: list[bytes]) -> tuple[list[dict[str, Any]], list[str]]:
    """Send each of these over a connection of its own; return who was refused, and the lines."""
    connection = {"security_profile": 1, "password": "the-right-password"}
    sut = embedded("1.6", "CS", changes={"connection": connection})
    bench = Bench(sut, Listening(sut), lambda _: Miniature(sut))
    await bench.open()
    port = int(bench.transport.url.split(":")[2].split("/")[0])
    try:
        for data in sent:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(data)
            writer.write_eof()
            try:
                answer = await reader.read()
            except ConnectionError:
                answer = b""
            assert b"101 Switching" not in answer
            writer.close()
        assert bench.link.connection is None
        return bench.door.attempts.counts(), bench.door.attempts.lines()
    finally:
        await bench.close()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (path("CP02", authorization("CP01", "the-right-password")), "another id"),
        (path("", authorization("CP01", "the-right-password")), "another id"),
        (path("CP01"), "wrong credentials"),
        (path("CP01", authorization("CP01", "the-right-passwor")), "wrong credentials"),
        (path("CP01", authorization("CP02", "the-right-password")), "wrong credentials"),
        (b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n", "no WebSocket upgrade"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "no WebSocket upgrade"),
        (b"\x00\x01\x02 no line", "no WebSocket upgrade"),
        (
            b"GET /CP01 HTTP/1.1\r\nHost: tool\r\n"
            + authorization("CP01", "the-right-password").encode()
            + b"\r\n\r\n",
            "no WebSocket upgrade",
        ),
    ],
)
def test_each_attempt_over_a_socket_is_counted_by_its_kind(data: bytes, kind: str) -> None:
    counts, lines = asyncio.run(besieged([data, data]))
    assert counts == [{"kind": kind, "address": "127.0.0.1", "count": 2}]
    assert len(lines) == 2  # the second of them as a number
    assert "the-right" not in str(lines)


def test_hundreds_of_attempts_over_sockets_leave_few_lines(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    sent = 100 * [b"hello\r\n", path("CP02"), path("CP01")]
    counts, lines = asyncio.run(besieged(sent))
    assert {count["kind"]: count["count"] for count in counts} == {
        "no WebSocket upgrade": 100,
        "another id": 100,
        "wrong credentials": 100,
    }
    assert len(lines) == 3 + 1  # what is the same is told once
    assert len(caplog.text) < 2000
