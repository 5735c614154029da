"""A session with several stations: each has a bench, and one is connected at a time."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance.cases import Result
from conformance.selection import implemented
from conformance.sut import Sut, embedded, from_tables
from conformance.sut_reference import reference_tables
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases, label
from tests.misbehaving import opened

CASE = "TC_026_CSMS"
TWO = {"connection": {"stations": ["A", "B"]}}


def booted(result: Result) -> list[str]:
    told = "connected and booted as "
    entries = result.record.transcript.entries
    return [e.got.removeprefix(told) for e in entries if e.got.startswith(told)]


def test_a_station_leaves_when_another_one_comes() -> None:
    case = implemented()[CASE]
    with opened(embedded("1.6", "CSMS", changes=TWO)) as session:
        results = [session.run(case, station) for station in ("A", "A", "B", "A")]
        first = session.run(case)
    assert [r.verdict for r in (*results, first)] == [Verdict.PASS] * 5, results
    assert [booted(r) for r in (*results, first)] == [["A"], [], ["B"], ["A"], []]


def test_who_takes_no_unknown_version_is_there_for_the_next_station() -> None:
    turned_away = next(c for c in implemented_cases() if label(c) == "OCPPJ_51_CSMS-1.6")
    with opened(embedded("1.6", "CSMS", changes=TWO)) as session:
        results = [session.run(turned_away, "A"), session.run(implemented()[CASE], "B")]
    assert [(r.verdict, r.reason) for r in results] == [(Verdict.PASS, "")] * 2


def test_what_is_found_between_the_cases_of_any_station_is_told_once() -> None:
    with opened(embedded("1.6", "CSMS", changes=TWO)) as session:
        session.prepare("A")
        session.bench.between.append("of A")
        session.prepare("B")
        session.bench.between.append("of B")
        assert session.between() == ["of A", "of B"]
        assert session.between() == []


def test_what_is_found_between_two_cases_tells_no_secret() -> None:
    connection = {"security_profile": 1, "password": "correct-horse-17b"}
    with opened(embedded("1.6", "CSMS", changes={"connection": connection})) as session:
        session.bench.between.append("a broken rule in 'correct-horse-17b'")
        assert session.between() == ["a broken rule in '***'"]


def test_what_was_asked_and_never_came_is_told_with_the_answer_of_the_csms() -> None:
    changes = {"limits": {"message_timeout": 1}}
    sut = embedded("1.6", "CSMS", changes=changes, faults=["never-sends"])
    with opened(sut) as session:
        result = session.run(implemented()["TC_010_CSMS"])
    assert result.verdict is Verdict.INCONCLUSIVE
    sent = r'POST http://[\d.:]+/api/v1/1.6/CP01/RemoteStartTransaction {"token": .*}: HTTP 200 .*'
    assert re.search(rf"through the operator \({sent}\), but no RemoteStart", result.reason)
    notes = [e.got for e in result.record.transcript.entries if e.who == "operator"]
    assert re.fullmatch(sent, notes[1])


@contextmanager
def listener(answer: bytes) -> Iterator[tuple[Sut, list[str]]]:
    """Give each connection this answer; yield a CSMS there, and who has asked."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    request = connection.recv(4096).decode()
                    if not request:
                        return
                    asked.append(request.split()[1])
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"ws://127.0.0.1:{server.getsockname()[1]}"
        tables = reference_tables("1.6", "CSMS", "office", {})
        tables |= {"connection": {**TWO["connection"], "url": url}}
        tables |= {"operator": {"kind": "console"}}
        try:
            yield from_tables(tables, {}), asked
        finally:
            with socket.create_connection(server.getsockname()):
                pass
            thread.join()


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", ["/A", "/B"]),
        (b"SSH-2.0-OpenSSH_9.2\r\n", ["/A"]),
    ],
)
def test_only_a_refused_station_is_no_reason_not_to_try_another(
    answer: bytes, tries: list[str]
) -> None:
    case = implemented()["TC_023_1_CSMS"]  # without an operator, and there is none
    with listener(answer) as (sut, asked), opened(sut) as session:
        results = [session.run(case, station) for station in ("A", "B", "A")]
    assert {r.verdict for r in results} == {Verdict.INCONCLUSIVE}
    assert asked == tries
    assert f"{asked[-1]}: " in results[1].reason
