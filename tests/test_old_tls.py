"""Who has nothing newer than TLS 1.1 fails the cases that judge TLS, at the step that does."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from ssl import SSLContext, TLSVersion
from urllib.parse import urlsplit

import pytest

from conformance.cases import Result
from conformance.demo import secured
from conformance.pki.lab import Lab, write
from conformance.reference.credentials import Credentials
from conformance.reference.offer import Offer
from conformance.reference.process import make_station
from conformance.reference.websocket import connector
from conformance.selection import implemented
from conformance.sut import Sut, embedded, from_tables
from conformance.sut_reference import reference_tables
from conformance.sut_sections import Role
from conformance.verdict import Verdict
from conformance.wire.tls import Side, client_context
from tests.attackers import Raw, listener, says
from tests.misbehaving import elsewhere, opened

FAIL, PASS, INCONCLUSIVE = Verdict.FAIL, Verdict.PASS, Verdict.INCONCLUSIVE
LIMITS = {"connect_timeout": 1.0, "message_timeout": 1.0, "deviation": 0.5}
KINDS = ("rsa", "ecdsa")
PASSWORD = b"0123456789abcdef"
TOLD = "; with TLS 1.1 the handshake succeeds, and 1.2 is needed"
ACCEPTS = re.compile(r"ACCEPT \S*:(\d+)")
# As servers that do not know of TLS 1.3 answer, whatever versions a hello lists: TLS 1.1.
OLD_HELLO = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02" + bytes(range(32)) + b"\x00\x00\x2f\x00"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    write(Lab(organization="Org", names=["127.0.0.1"], serial="CP16-0001"), folder)
    return folder


def over(role: Role, profile: int, folder: Path, *faults: str) -> Sut:
    """Return a reference system with these certificates, as a process of its own."""
    made = secured(embedded("1.6", role, faults=faults), profile)
    limits = {**LIMITS, "connect_timeout": 60}  # a process of its own may be slow to start
    return made.changed({"tls": {"folder": str(folder)}, "limits": limits})


def verdicts(sut: Sut, *cases: str) -> dict[str, tuple[Verdict, str]]:
    """Return verdict and step of each case, one after the other."""
    return {i: (r.verdict, r.step) for i, r in judged(sut, *cases).items()}


def judged(sut: Sut, *cases: str) -> dict[str, Result]:
    """Return the results of cases in one session."""
    with opened(sut) as session:
        return {case: session.run(implemented()[case]) for case in cases}


@pytest.mark.parametrize("kind", KINDS)
def test_a_csms_that_takes_nothing_newer(lab: Path, kind: str) -> None:
    sut = over("CSMS", 3, lab / kind, "takes-old-tls")
    found = judged(sut, "TC_003_CSMS", "TC_086_CSMS", "TC_087_CSMS", "TC_003_CSMS")
    assert found["TC_003_CSMS"].verdict is INCONCLUSIVE, "no other case is to blame it for that"
    for case in ("TC_086_CSMS", "TC_087_CSMS"):
        assert (found[case].verdict, found[case].step) == (FAIL, "2")
        assert found[case].reason.endswith(TOLD)


@pytest.mark.parametrize("kind", KINDS)
def test_a_station_that_offers_nothing_newer(lab: Path, kind: str) -> None:
    found = judged(over("CS", 3, lab / kind, "offers-old-tls"), "TC_087_CS", "TC_086_CS")
    for result in found.values():
        assert (result.verdict, result.step) == (FAIL, "1")
        assert "tls.version: expected 'TLSv1.2' or 'TLSv1.3', got 'TLSv1.1'" in result.reason


class Weak(Credentials):
    """Offers no suite of those that OCPP names."""

    def context(self) -> SSLContext | None:
        """Return a context of TLS 1.2."""
        context = super().context()
        if context is not None:
            context.maximum_version = TLSVersion.TLSv1_2
        return context


@asynccontextmanager
async def weak_station(url: str, root: str) -> AsyncIterator[None]:
    """Let a reference station live whose suites are all weak."""
    suites = "ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256"
    shown = Weak(2, PASSWORD, [root], suites=suites)
    dial = connector(url, "CP01", Offer(path="CP01", subprotocols=("ocpp1.6",)), shown)
    options = {"reconnect_longest": "0.2", "minimum_status_duration": "false"}
    living = asyncio.create_task(make_station("1.6", options, {}, dial, credentials=shown).run())
    try:
        yield
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)


def manual(folder: Path) -> Sut:
    """Return a station that nobody operates, and that may not be there."""
    own = {"host": "127.0.0.1", "port": 0, "security_profile": 2, "password": PASSWORD.decode()}
    return declared("CS", folder, own)


def declared(role: Role, folder: Path, connection: Mapping[str, object]) -> Sut:
    """Return a system that is no reference system, operated by nobody."""
    tables = {
        **reference_tables("1.6", role, "box", {}),
        "operator": {"kind": "console"},
        "connection": connection,
        "tls": {"folder": str(folder)},
        "limits": LIMITS,
    }
    return from_tables(tables, {})


def test_a_station_whose_suites_are_all_weak(lab: Path) -> None:
    with opened(manual(lab / "ecdsa")) as session:
        url = f"wss://127.0.0.1:{urlsplit(session.url).port}/ocpp"
        root = (lab / "ecdsa/root.pem").read_text("utf-8")
        with elsewhere(weak_station(url, root)):
            cases = ("TC_001_CS", "TC_086_CS", "TC_001_CS")
            before, it, after = (session.run(implemented()[case]) for case in cases)
    assert (it.verdict, it.step) == (FAIL, "1")
    assert "tls.suites: expected both suites of ECDHE_ECDSA, or both of RSA" in it.reason
    assert "tls.version" not in it.reason
    for other in (before, after):
        assert other.verdict is INCONCLUSIVE, "no other case is to blame it for that"


# Others at the door


@contextmanager
def knocking(url: str) -> Iterator[None]:
    """Try handshakes, again and again, of somebody old who never says who he is."""
    ended, port = threading.Event(), urlsplit(url).port or 0
    old = Side(oldest=TLSVersion.TLSv1_1, newest=TLSVersion.TLSv1_1, suites=["ALL"], lenient=True)

    def knock() -> None:
        while not ended.wait(0.02):
            with (
                suppress(OSError),
                socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
                client_context(old).wrap_socket(plain),
            ):
                pass

    thread = threading.Thread(target=knock)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_who_does_not_say_who_he_is_is_not_the_station(lab: Path) -> None:
    with opened(manual(lab / "ecdsa")) as session, knocking(session.url):
        result = session.run(implemented()["TC_086_CS"])
    assert result.verdict is INCONCLUSIVE
    assert "no connection from CP01" in result.reason


def test_who_else_comes_changes_nothing_for_the_station(lab: Path) -> None:
    with opened(over("CS", 2, lab / "ecdsa")) as session, knocking(session.url):
        found = [session.run(implemented()[case]) for case in ("TC_086_CS", "TC_001_CS")]
    assert [(r.verdict, r.reason) for r in found] == [(PASS, "")] * 2


# A CSMS that is no reference system


def csms(port: int, folder: Path) -> Sut:
    """Return a CSMS on this port."""
    where = {"url": f"wss://127.0.0.1:{port}/ocpp", "security_profile": 3}
    return declared("CSMS", folder, where)


@contextmanager
def openssl(folder: Path, *words: str) -> Iterator[int]:
    """Run a TLS server that is no Python; yield its port."""
    chain, key = str(folder / "server.pem"), str(folder / "server.key")
    shown = ("-cert", chain, "-cert_chain", chain, "-key", key)
    command = ("openssl", "s_server", "-accept", "127.0.0.1:0", "-www", *shown, *words)
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=quiet, stdin=quiet) as server:
        try:
            assert server.stdout is not None
            lines = (line.decode() for line in server.stdout)
            yield next(int(found[1]) for line in lines if (found := ACCEPTS.match(line)))
        finally:
            server.terminate()


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_of_another_make_that_alerts(lab: Path, kind: str) -> None:
    with openssl(lab / kind, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0") as port:
        found = judged(csms(port, lab / kind), "TC_086_CSMS", "TC_003_CSMS")
    assert (found["TC_086_CSMS"].verdict, found["TC_086_CSMS"].step) == (FAIL, "2")
    assert found["TC_086_CSMS"].reason.endswith(TOLD)
    assert found["TC_003_CSMS"].verdict is INCONCLUSIVE


def test_a_server_without_a_suite_that_ocpp_names(lab: Path) -> None:
    weak = ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256")
    with openssl(lab / "ecdsa", *weak) as port:
        assert verdicts(csms(port, lab / "ecdsa"), "TC_086_CSMS") == {"TC_086_CSMS": (FAIL, "2")}


def test_a_server_that_chooses_what_was_not_offered(lab: Path) -> None:
    ports: list[int] = []
    with elsewhere(listener(ports, says(OLD_HELLO, then=0.2))):
        found = judged(csms(ports[0], lab / "ecdsa"), "TC_086_CSMS")
    assert (found["TC_086_CSMS"].verdict, found["TC_086_CSMS"].step) == (FAIL, "2")
    assert "UNSUPPORTED_PROTOCOL" in found["TC_086_CSMS"].reason


async def hangs_up(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """Say nothing, whatever comes."""


@pytest.mark.parametrize("raw", [hangs_up, says(b"HTTP/1.1 400 Bad Request\r\n\r\n")])
def test_what_says_nothing_of_tls_is_not_judged(lab: Path, raw: Raw) -> None:
    ports: list[int] = []
    with elsewhere(listener(ports, raw)):
        found = verdicts(csms(ports[0], lab / "ecdsa"), "TC_086_CSMS", "TC_087_CSMS")
    assert found == {"TC_086_CSMS": (INCONCLUSIVE, ""), "TC_087_CSMS": (INCONCLUSIVE, "")}


def test_a_csms_that_does_not_know_the_tool_is_not_judged(lab: Path) -> None:
    """It wants a certificate, and has got one of another authority: that is the lab's fault."""
    strict = ("-tls1_2", "-CAfile", str(lab / "ecdsa/unknown-root.pem"), "-Verify", "1")
    with openssl(lab / "ecdsa", *strict, "-verify_return_error") as port:
        found = judged(csms(port, lab / "ecdsa"), "TC_086_CSMS", "TC_087_CSMS")
    assert [r.verdict for r in found.values()] == [INCONCLUSIVE] * 2
    assert "TLSV1_ALERT_UNKNOWN_CA" in found["TC_086_CSMS"].reason
