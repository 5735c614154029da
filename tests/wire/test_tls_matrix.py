"""Every bad certificate, old version and weak suite, against a strict and a lenient system.

In both roles, with RSA and with ECDSA, certificates over TLS 1.2 and 1.3. A cell is decided by the
system under test: it has got what is wrong, counted in bytes on its own side, and said so in an
alert, or it has offered nothing that would do. In memory, with the same contexts as on sockets;
one cell of each kind is over a socket, too. OCPP asks nobody for OCSP stapling.
"""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from conformance import Csms
from conformance.cases import Result
from conformance.pki.authority import Authority, Issued
from conformance.pki.keys import DIGEST, KeyKind, read_key
from conformance.pki.lab import Lab, write
from conformance.pki.ocsp import respond
from conformance.secure import UnusableFilesError, told
from conformance.verdict import Verdict
from conformance.wire.client import ConnectFailedError
from conformance.wire.connection import Connection
from conformance.wire.memory_tls import handshake
from conformance.wire.tls import OCPP_SUITES, Side, TlsSeen, client_context, server_context
from tests.engine.stage import run
from tests.engine.test_played import csms
from tests.miniatures.miniature import Miniature
from tests.wire.loop import on_loop
from tests.wire.test_tls import call, secure

TLS11, TLS12, TLS13 = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
NAME = "localhost"
CERTIFICATE = 400
"""Bytes: a certificate of these is longer, and the messages before it are shorter together."""

HELLO = 100
"""Bytes: a client's first message is longer, an alert is 2."""

NO_CHECK_TIME = 0x200000
"""OpenSSL's flag for who does not look at the time; Python has no name for it."""

CERTIFICATES = (
    "expired",
    "not-yet-valid",
    "wrong-name",
    "wrong-ca",
    "wrong-usage",
    "weak-key",
    "revoked",
    "revoked-ocsp",
)
PROTOCOLS = ("TLSv1.1", "TLSv1", "CBC suite", "SHA-1 suite")
BAD = (*CERTIFICATES, *PROTOCOLS)
SUTS = ("strict", "lenient")
SHOWN = {"revoked-ocsp": "revoked"}  # the same certificate, by another way of knowing
OLD = {"TLSv1.1": TLS11, "TLSv1": ssl.TLSVersion.TLSv1}
WEAK = {"CBC suite": "ECDHE-{}-AES128-SHA256", "SHA-1 suite": "ECDHE-{}-AES256-SHA"}
KINDS: tuple[KeyKind, ...] = ("rsa", "ecdsa")
CELLS = [(bad, TLS12) for bad in BAD] + [(bad, TLS13) for bad in (*CERTIFICATES, *OLD)]


@pytest.fixture(scope="module", params=KINDS)
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    write(Lab(organization="Org", names=[NAME], serial="SN-1"), folder, kinds=[request.param])
    return folder / str(request.param)


@pytest.fixture(autouse=True)
def _deprecated() -> Iterator[None]:
    """Old versions are asked for on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@dataclass(frozen=True)
class Cell:
    """What was seen of one handshake: by the tool, by the SUT, and what the SUT then found."""

    tool: TlsSeen
    sut: TlsSeen
    found: str = ""


def ours(lab: Path, own: str, bad: str, newest: ssl.TLSVersion = TLS12) -> Side:
    """Return what the tool shows: a bad certificate, or an old version, or a weak suite."""
    name = f"bad/{own}-{SHOWN.get(bad, bad)}" if bad in CERTIFICATES else own
    side = Side(chain=lab / f"{name}.pem", key=lab / f"{name}.key", lenient=True)
    if bad in OLD:
        return replace(side, oldest=OLD[bad], newest=OLD[bad], suites=["ALL"])
    suites = [WEAK[bad].format(lab.name.upper())] if bad in WEAK else ["ALL"]
    return replace(side, newest=newest, suites=suites)


def theirs(lab: Path, own: str, bad: str, sut: str, newest: ssl.TLSVersion = TLS13) -> Side:
    """Return what the SUT shows and insists on."""
    chain = lab / f"{own}.pem"
    side = Side(chain=chain, key=chain.with_suffix(".key"), newest=newest)
    if sut == "lenient":
        return replace(side, oldest=ssl.TLSVersion.TLSv1, suites=["ALL"], lenient=True)
    crl = lab / "crl.pem" if bad == "revoked" else None
    # Where the version is wrong, it alone is to decide.
    suites = ["ALL"] if bad in OLD else OCPP_SUITES
    return replace(side, trusted=lab / "root.pem", revoked=crl, suites=suites)


def listening(lab: Path, bad: str, sut: str) -> ssl.SSLContext:
    """Return the context of a central system; a lenient one looks at certificates, and takes all.

    Only the purpose OpenSSL always checks: who takes that has not asked for a certificate.
    """
    asks = bad in CERTIFICATES and (sut, bad) != ("lenient", "wrong-usage")
    context = server_context(theirs(lab, "server", bad, sut), client_certificate=asks)
    if sut == "lenient":
        context.load_verify_locations(lab / "root.pem")
        context.load_verify_locations(lab / "unknown-root.pem")
        context.verify_flags |= NO_CHECK_TIME
    return context


def of_ocsp(lab: Path, shown: x509.Certificate) -> str:
    """Return what a strict SUT is told by the responder of the authority."""
    ca = x509.load_pem_x509_certificate((lab / "ca.pem").read_bytes())
    key = read_key((lab / "ca.key").read_bytes())
    kind: KeyKind = "rsa" if lab.name == "rsa" else "ecdsa"
    authority = Authority("", "Org", kind, issued=Issued(ca, key))
    for own in ("client", "server"):
        revoked = (lab / f"bad/{own}-revoked.pem").read_bytes()
        authority.revoke(x509.load_pem_x509_certificate(revoked))
    asked = ocsp.OCSPRequestBuilder().add_certificate(shown, ca, DIGEST).build()
    said = respond(authority, asked.public_bytes(Encoding.DER))
    status = ocsp.load_der_ocsp_response(said).certificate_status
    return "" if status is ocsp.OCSPCertStatus.GOOD else "the responder says that it is revoked"


def later(lab: Path, seen: TlsSeen, bad: str, sut: str, own: str) -> str:
    """Return what a strict SUT finds after the handshake, where Python's ssl does not look."""
    if sut == "lenient" or seen.failure or not seen.chain:
        return ""
    shown = x509.load_der_x509_certificate(seen.chain[0])
    if bad == "revoked-ocsp":
        return of_ocsp(lab, shown)
    named = own == "server" or "CN=SN-1" in shown.subject.rfc4514_string()
    return "" if named else "the certificate is another station's"


def station(lab: Path, bad: str, sut: str, newest: ssl.TLSVersion) -> Cell:
    """Let a station come to the tool."""
    client = client_context(theirs(lab, "client", bad, sut, newest))
    server = server_context(ours(lab, "server", bad, newest), client_certificate=False)
    tool, seen = handshake(client, server, NAME)
    return Cell(tool, seen, later(lab, seen, bad, sut, "server"))


def central_system(lab: Path, bad: str, sut: str, newest: ssl.TLSVersion) -> Cell:
    """Let the tool come to a central system."""
    tool_context = client_context(ours(lab, "client", bad, newest))
    seen, tool = handshake(tool_context, listening(lab, bad, sut), NAME)
    return Cell(tool, seen, later(lab, seen, bad, sut, "client"))


def offers_only_better(cell: Cell, bad: str) -> bool:
    """Tell whether a station has left out of its hello what the tool insists on."""
    hello, names = cell.tool.hello, {"CBC suite": "CBC_SHA256", "SHA-1 suite": "CBC_SHA"}
    if hello is None or bad in OLD:
        return hello is not None and bad not in hello.versions
    return not any(suite.endswith(names[bad]) for suite in hello.suites)


@pytest.mark.parametrize("sut", SUTS)
@pytest.mark.parametrize(("bad", "newest"), CELLS)
def test_a_station_decides_itself(lab: Path, bad: str, sut: str, newest: ssl.TLSVersion) -> None:
    cell = station(lab, bad, sut, newest)
    if sut == "lenient":
        assert (cell.tool.failure, cell.sut.failure, cell.found) == ("", "", "")
        assert cell.sut.came > CERTIFICATE
    elif bad in WEAK or (bad in OLD and newest is TLS13):
        assert offers_only_better(cell, bad)
        assert cell.tool.came > HELLO
    elif bad in OLD:  # its alert is of a version that OpenSSL does not read on the other side
        assert cell.sut.failure == "UNSUPPORTED_PROTOCOL"
        assert cell.sut.came > 0
        assert cell.tool.alerts == []
    elif bad == "revoked-ocsp":
        assert cell.found
        assert cell.sut.came > CERTIFICATE
    else:
        assert cell.tool.refused_by_sut
        assert all(who == "sut" for who, _ in cell.tool.alerts)
        assert cell.sut.came > CERTIFICATE


class System(Miniature):
    """A central system that is called once in peace, and then as a cell has it."""

    comes: Callable[[], Cell]
    cell: Cell | None = None
    _calls = 0

    async def dial(self, offered: Sequence[str] = ()) -> Connection:
        self._calls += 1
        if self._calls == 2:
            self.cell = self.comes()
            if self.cell.tool.failure:
                raise ConnectFailedError("TLS failed", "wss://x", tls=self.cell.tool)
            if self.cell.found:
                raise ConnectFailedError("closed", "wss://x") from ConnectionResetError()
        return await super().dial(offered)


def judged(comes: Callable[[], Cell]) -> tuple[Result, Cell | None]:
    """Run a case that wants a refusal, against a central system to which the tool `comes` so."""

    async def refused(csms: Csms) -> None:
        """The tool is refused with what it shows now."""
        await csms.expect_refusal(1, "what is wrong")

    healthy = csms()
    it = System(healthy.sut, healthy.answers)
    it.comes = comes
    return run(it, refused), it.cell


@pytest.mark.parametrize("sut", SUTS)
@pytest.mark.parametrize(("bad", "newest"), CELLS)
def test_a_central_system_decides_itself(
    lab: Path, bad: str, sut: str, newest: ssl.TLSVersion
) -> None:
    result, cell = judged(lambda: central_system(lab, bad, sut, newest))
    wanted = Verdict.PASS if sut == "strict" else Verdict.FAIL
    assert result.verdict is wanted, result.reason
    assert cell is not None
    assert all(who == "sut" for who, _ in cell.tool.alerts)
    asked = bad in CERTIFICATES and (sut, bad) != ("lenient", "wrong-usage")
    assert cell.sut.came > (CERTIFICATE + HELLO if asked else HELLO)


def the_tool_looks(lab: Path) -> Cell:
    """Let the tool refuse the central system: it has got a hello, and an alert of the tool."""
    side = replace(ours(lab, "client", "TLSv1.1"), oldest=TLS12, newest=TLS12)
    shown = lab / "bad/server-expired.pem"
    theirs = Side(chain=shown, key=shown.with_suffix(".key"))
    strict = client_context(replace(side, trusted=lab / "root.pem"))
    seen, tool = handshake(strict, server_context(theirs, client_certificate=False), NAME)
    return Cell(tool, seen)


def the_tool_does_not_begin(lab: Path) -> Cell:
    """Let the tool's library refuse its own weak key: the central system gets no byte."""
    side = replace(ours(lab, "client", "weak-key"), lenient=False)
    try:
        with told():
            client_context(side)
    except UnusableFilesError as problem:
        raise ConnectFailedError(str(problem), "wss://x") from problem
    raise AssertionError("the library takes a weak key")


def the_tool_has_nothing_to_offer(lab: Path) -> Cell:
    """Let the tool's library find no suite for its version: the central system gets no byte."""
    side = replace(ours(lab, "client", "TLSv1.1"), suites=OCPP_SUITES)
    seen, tool = handshake(client_context(side), listening(lab, "TLSv1.1", "lenient"), NAME)
    assert seen.came == 0
    return Cell(tool, seen)


@pytest.mark.parametrize(
    "refuses", [the_tool_looks, the_tool_does_not_begin, the_tool_has_nothing_to_offer]
)
def test_a_refusal_by_the_tool_is_an_error(lab: Path, refuses: Callable[[Path], Cell]) -> None:
    result, _ = judged(lambda: refuses(lab))
    assert result.verdict is Verdict.ERROR, (result.verdict, result.reason)
    assert "the tool refused, and not the CSMS" in result.reason


@pytest.mark.parametrize("bad", ["expired", "wrong-ca", "revoked"])
def test_a_central_system_decides_itself_over_a_socket(lab: Path, bad: str) -> None:
    @on_loop
    async def play() -> None:
        side, name = theirs(lab, "server", bad, "strict"), f"bad/client-{bad}"
        shown = Side(chain=lab / f"{name}.pem", key=lab / f"{name}.key", newest=TLS12)
        async with secure(side, client_certificate=True) as (server, _, seen):
            with pytest.raises(ConnectFailedError) as failed:
                await call(server, shown)
            by_sut = await seen.get()
        assert failed.value.by_the_peer
        assert not failed.value.by_the_tool
        assert by_sut.came > CERTIFICATE + HELLO
        async with secure(replace(side, trusted=None), client_certificate=False) as (server, _, _):
            assert (await call(server, shown)).chain

    play()
