"""A hostile system breaks nothing over TLS: the tool stays up, and judges the others as ever."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conformance.pki.lab import Lab, write
from conformance.results import Results
from conformance.selection import implemented
from conformance.session import Session
from conformance.verdict import Verdict
from conformance.wire.lobby import MOST_STRANGERS
from conformance.wire.tls import Side, client_context, server_context
from tests.attackers import Raw, listener, pokes, says
from tests.attackers_tls import KNOCKS, chains, descriptors, greeted, hello, record
from tests.misbehaving import elsewhere, opened
from tests.test_old_tls import csms, over

CASE = "TC_067_CS"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    names = ["127.0.0.1", "localhost"]
    write(Lab(organization="Org", names=names, serial="CP16-0001"), folder, kinds=["ecdsa"])
    return folder


@pytest.fixture(scope="module")
def tool(lab: Path) -> Iterator[Session]:
    """Return a session that goes through all attacks, with a good station."""
    with opened(over("CS", 3, lab / "ecdsa")) as session:
        yield session


def sane(tool: Session) -> None:
    """Require that a case passes, as it did before."""
    after = tool.run(implemented()[CASE])
    assert (after.verdict, after.reason) == (Verdict.PASS, "")


def test_what_a_stranger_says_in_its_hello_is_text_in_all_results(
    tool: Session, tmp_path: Path
) -> None:
    """The name of the server that it wants is a stranger's text, and it is in a remark."""
    name = b"<script>alert(1)</script>\x1b\xff"
    wanted = hello(len(name) * "a").replace(len(name) * b"a", name)
    (stranger,) = pokes(port_of(tool), wanted + bytes(1000), 1)
    with stranger, suppress(OSError):
        while stranger.recv(4096):  # until the tool has had enough
            pass
    results = Results(tmp_path / "results", "attack", [tool.sut], set())
    record = tool.run(implemented()[CASE]).as_record()
    results.case(record, tool.between())
    results.end(complete=True)
    assert any("alert(1)" in remark["text"] for remark in record["remarks"])
    page = (tmp_path / "results/report.html").read_text("utf-8")
    assert "alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "\x1b" not in page


def port_of(tool: Session) -> int:
    return urlsplit(tool.url).port or 0


@pytest.mark.parametrize("name", KNOCKS)
def test_what_is_no_handshake_disturbs_no_case(tool: Session, name: str) -> None:
    sane(tool)
    data, count = KNOCKS[name]
    before = descriptors()
    opened = pokes(port_of(tool), data, count)
    try:
        sane(tool)
        # Both ends are in this process.
        assert descriptors() <= before + count + MOST_STRANGERS + 10
    finally:
        for sock in opened:
            sock.close()
    sane(tool)


def test_a_station_comes_in_though_many_handshakes_never_end(tool: Session) -> None:
    opened = [pokes(port_of(tool), hello(), MOST_STRANGERS) for _ in range(2)]
    result = tool.run(implemented()["OCPPJ_14_CS"])
    for sock in (each for some in opened for each in some):
        sock.close()
    assert result.verdict is Verdict.PASS, result.reason


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_absurd_certificates_are_refused_or_taken_and_that_is_all(
    tool: Session, lab: Path, newest: ssl.TLSVersion
) -> None:
    for chain, key in chains(lab).values():
        side = Side(chain=chain, key=key, newest=newest, trusted=lab / "ecdsa/root.pem")
        with suppress(OSError), greeted(port_of(tool), client_context(side)) as stranger:
            stranger.sendall(b"GET /ocpp/CP01 HTTP/1.1\r\n\r\n")
            stranger.recv(1000)
        sane(tool)


def test_a_renegotiation_is_not_gone_into(tool: Session, lab: Path) -> None:
    words = ("-connect", f"127.0.0.1:{port_of(tool)}", "-tls1_2", "-quiet")
    own = ("-cert", str(lab / "ecdsa/client.pem"), "-key", str(lab / "ecdsa/client.key"))
    command = ["openssl", "s_client", *words, *own]
    asked = subprocess.run(command, input=b"R\n" * 50, capture_output=True, check=False, timeout=20)
    assert asked.returncode is not None
    sane(tool)


def test_ends_that_are_half_closed_disturb_no_case(tool: Session, lab: Path) -> None:
    own = Side(
        chain=lab / "ecdsa/client.pem",
        key=lab / "ecdsa/client.key",
        trusted=lab / "ecdsa/root.pem",
    )
    opened = [greeted(port_of(tool), client_context(own)) for _ in range(20)]
    for number, each in enumerate(opened):
        each.settimeout(2)
        if number % 2:
            each.shutdown(socket.SHUT_WR)
        else:
            with suppress(OSError):
                each.unwrap()
    sane(tool)
    for each in opened:
        each.close()
    sane(tool)


# A CSMS


def flight(lab: Path) -> bytes:
    """Return what a server answers to a hello that it likes: ServerHello and all that follows."""
    side = Side(chain=lab / "ecdsa/server.pem", key=lab / "ecdsa/server.key")
    came, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context(side, client_certificate=False).wrap_bio(came, sent, server_side=True)
    came.write(hello())
    with suppress(ssl.SSLWantReadError):
        server.do_handshake()
    return sent.read()


def answers(lab: Path) -> dict[str, Raw]:
    """Return servers that do not answer a hello as they should."""
    return {
        "zeros": says(bytes(100_000)),
        "text": says(b"hello, this is not TLS\r\n" * 100),
        "HTTP": says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        "half a record": says(record(22, 0x4000, b"\x02" * 100), then=1.5),
        "a hello of another handshake": says(flight(lab)),
        "half a hello": says(flight(lab)[:50], then=1.5),
        "a hello of 16 MiB": says(*[record(22, 0x4000, b"\x02\xff\xff\xff" + bytes(0x3FFC))] * 300),
        "warnings": says(record(21, 2, b"\x01\x5a") * 2000),
        "empty records": says(record(22, 0) * 2000),
        "an alert of no kind": says(record(21, 2, b"\x02\xff")),
        "requests for hellos": says(record(22, 4, bytes(4)) * 100),
        "silence": says(then=1.5),
    }


def test_what_a_csms_says_instead_of_a_hello_leaves_cases_inconclusive(lab: Path) -> None:
    for name, raw in answers(lab).items():
        ports: list[int] = []
        with elsewhere(listener(ports, raw)), opened(csms(ports[0], lab / "ecdsa")) as session:
            result = session.run(implemented()["TC_003_CSMS"])
        assert result.verdict is Verdict.INCONCLUSIVE, (name, result.reason)
        assert f"wss://127.0.0.1:{ports[0]}/ocpp/" in result.reason, name
        assert len(result.reason) < 500, name


def test_an_absurd_certificate_of_a_csms_leaves_cases_inconclusive(lab: Path) -> None:
    async def hangs_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    for what, (chain, key) in chains(lab).items():
        context = server_context(Side(chain=chain, key=key), client_certificate=False)
        ports: list[int] = []
        served = listener(ports, hangs_up, context)
        with elsewhere(served), opened(csms(ports[0], lab / "ecdsa")) as session:
            result = session.run(implemented()["TC_003_CSMS"])
        assert result.verdict is Verdict.INCONCLUSIVE, (what, result.reason)
        assert len(result.reason) < 500, what
