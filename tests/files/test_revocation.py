"""What the tool tells over HTTP about revoked certificates: to anybody, at any time."""

from __future__ import annotations

import asyncio
import base64
import socket
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from conformance.files.addresses import All
from conformance.operators import Streams
from conformance.pki.lab import Lab, write
from conformance.pki.revocation import of_maker, revocation, revoked_signer
from conformance.reference.revocation import lists, responders
from conformance.selection import implemented
from conformance.session import Session
from conformance.sut import embedded
from conformance.verdict import Verdict
from tests.files.serving import Served, run, serving
from tests.files.test_http import asked, exchange, status

URL = "http://127.0.0.1:8085"
NOBODY = Streams(None, None)
GOOD, REVOKED = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    made = Lab(organization="Org", names=["127.0.0.1"], serial="CP16-0001", revocation_url=URL)
    write(made, folder, kinds=["ecdsa"])
    return folder / "ecdsa"


def certificate(lab: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((lab / f"{name}.pem").read_bytes())


def request(lab: Path, name: str) -> bytes:
    builder = ocsp.OCSPRequestBuilder()
    builder = builder.add_certificate(certificate(lab, name), certificate(lab, "ca"), SHA256())
    return builder.build().public_bytes(Encoding.DER)


def told(answer: bytes) -> ocsp.OCSPResponse:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"Content-Type: application/ocsp-response" in head
    return ocsp.load_der_ocsp_response(body)


def over_http(lab: Path, folder: Path, test: Callable[[Served], Awaitable[None]]) -> None:
    async def served() -> None:
        of_ca = revocation(lab / "ca.pem", lab / "ca.key", lab / "crl.pem")
        public = All((of_maker(*maker(lab)), of_ca))
        async with serving("HTTP", folder, public=public) as it:
            it.shelf.end()  # no case is running
            await test(it)

    run(served)


def test_the_certificates_say_where(lab: Path) -> None:
    for name in ("server", "client", "bad/client-revoked"):
        extensions = certificate(lab, name).extensions
        (access,) = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        (point,) = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        assert access.access_method == x509.oid.AuthorityInformationAccessOID.OCSP
        assert access.access_location.value == f"{URL}/ocsp"
        assert [n.value for n in point.full_name or ()] == [f"{URL}/crl"]
    assert f"{URL}/crl and {URL}/ocsp" in (lab.parent / "README.txt").read_text("utf-8")


@pytest.mark.parametrize("name", ["firmware", "bad/firmware-revoked", "bad/firmware-expired"])
def test_the_manufacturer_has_addresses_of_its_own(lab: Path, name: str) -> None:
    shown = certificate(lab, name)
    assert responders(shown) == [f"{URL}/maker/ocsp"]
    assert lists(shown) == [f"{URL}/maker/crl"]
    assert f"{URL}/maker/crl" in (lab.parent / "README.txt").read_text("utf-8")


def maker(lab: Path, *, crl: bool = True) -> tuple[Path, Path, Path | None]:
    listed = lab / "manufacturer-crl.pem" if crl else None
    return lab / "manufacturer-root.pem", lab / "manufacturer-root.key", listed


def test_the_list_of_the_manufacturer_has_what_is_signed_in_any_run(lab: Path) -> None:
    """A list that a station has kept from an earlier run has it as well."""
    root, key, listed = maker(lab)
    first, second = (revoked_signer(root, key, url) for url in (URL, "http://192.0.2.1:8085"))
    assert responders(second.certificate) == ["http://192.0.2.1:8085/maker/ocsp"]
    folder = certificate(lab, "bad/firmware-revoked").serial_number
    own = first.certificate.serial_number
    assert second.certificate.serial_number == own
    for known, wanted in ((listed, {own, folder}), (None, {own})):
        page = of_maker(root, key, known).page("GET", "/maker/crl", b"")
        assert page is not None
        crl = x509.load_der_x509_crl(page.data)
        assert {entry.serial_number for entry in crl} == wanted
    assert first.certificate != second.certificate


@pytest.mark.parametrize(
    ("name", "state"), [("client", GOOD), ("server", GOOD), ("bad/server-revoked", REVOKED)]
)
def test_the_responder_is_asked_by_post_and_by_get(
    lab: Path, tmp_path: Path, name: str, state: ocsp.OCSPCertStatus
) -> None:
    body = request(lab, name)
    path = f"/ocsp/{quote(base64.b64encode(body).decode(), safe='')}"

    async def test(it: Served) -> None:
        for question in (asked("POST", "/ocsp", body, login=b""), asked("GET", path, login=b"")):
            assert told(await exchange(it, question)).certificate_status is state

    over_http(lab, tmp_path, test)


def test_the_list_is_there_in_der(lab: Path, tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        head, _, body = (await exchange(it, asked("GET", "/crl", login=b""))).partition(b"\r\n\r\n")
        assert b"Content-Type: application/pkix-crl" in head
        crl = x509.load_der_x509_crl(body)
        assert {entry.serial_number for entry in crl} == {
            certificate(lab, f"bad/{side}-revoked").serial_number for side in ("server", "client")
        }
        ca = certificate(lab, "ca").public_key()
        assert crl.is_signature_valid(ca)  # type: ignore[arg-type] # one of ours
        (only,) = [await exchange(it, asked("HEAD", "/crl", login=b""))]
        assert only.endswith(b"\r\n\r\n")

    over_http(lab, tmp_path, test)


def test_what_is_no_request_is_told_so(lab: Path, tmp_path: Path) -> None:
    malformed = ocsp.OCSPResponseStatus.MALFORMED_REQUEST

    async def test(it: Served) -> None:
        for wrong in (asked("POST", "/ocsp", b"no DER"), asked("GET", "/ocsp/%ff*")):
            assert told(await exchange(it, wrong)).response_status is malformed
        for method, path in (("GET", "/ocsp"), ("POST", "/crl"), ("DELETE", "/ocsp")):
            body = b"x" if method == "POST" else b""
            answer = await exchange(it, asked(method, path, body, Content_Length=str(len(body))))
            assert status(answer) == 405, (method, path)
        huge = asked("POST", "/ocsp", Content_Length="9" * 30)
        assert status(await exchange(it, huge)) == 413
        endless = asked("POST", "/ocsp", Content_Length="", Transfer_Encoding="chunked")
        assert status(await exchange(it, endless)) == 411
        assert status(await exchange(it, asked("GET", "/else", login=b""))) == 401

    over_http(lab, tmp_path, test)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("client", ": good"),
        ("bad/client-revoked", ": revoked"),
        ("firmware", ": good"),
        ("bad/firmware-revoked", ": revoked"),
    ],
)
def test_openssl_takes_the_answer(lab: Path, tmp_path: Path, name: str, said: str) -> None:
    of_maker = "firmware" in name
    issuer, root = ("manufacturer-root.pem",) * 2 if of_maker else ("ca.pem", "root.pem")
    at = "/maker/ocsp" if of_maker else "/ocsp"

    async def test(it: Served) -> None:
        words = ["-issuer", issuer, "-cert", f"{name}.pem", "-CAfile", root, "-nonce"]
        process = await asyncio.create_subprocess_exec(
            *("openssl", "ocsp", *words, "-url", f"http://127.0.0.1:{it.server.port}{at}"),
            cwd=lab,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        text = out.decode()
        assert process.returncode == 0, text
        assert "Response verify OK" in text
        assert f"{name}.pem{said}" in text
        assert "nonce" not in text.lower()  # a warning, if it did not come back

    over_http(lab, tmp_path, test)


def test_a_run_tells_it_between_its_cases_and_in_them(lab: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    changes = {
        "tls": {"folder": str(lab), "revocation": True},
        "files": {"http_port": port, "protocols": ["HTTP"]},
    }
    session = Session(embedded("1.6", "CS", changes=changes), Streams(None, None))
    session.open()
    try:
        with urlopen(f"http://127.0.0.1:{port}/crl") as answer:
            assert len(list(x509.load_der_x509_crl(answer.read()))) == 2
        result = session.run(implemented()["TC_044_2_CS"])
        assert (result.verdict, result.reason) == (Verdict.PASS, "")
        with urlopen(f"http://127.0.0.1:{port}/crl") as answer:
            assert answer.headers["Content-Type"] == "application/pkix-crl"
    finally:
        session.close()


def test_a_station_asks_about_firmware_where_the_certificate_says(lab: Path) -> None:
    """The port is of the system's choice, and nothing is served before the case."""
    session = Session(embedded("1.6", "CS", changes={"tls": {"folder": str(lab)}}), NOBODY)
    session.open()
    try:
        result = session.run(implemented()["SEC_01_CS"])
    finally:
        session.close()
    assert (result.verdict, result.reason) == (Verdict.PASS, "")
    assert [f["text"] for f in result.files if f["kind"] == "looked up"] == ["/maker/ocsp"]


def test_a_key_of_somebody_else_leaves_it_inconclusive(lab: Path, tmp_path: Path) -> None:
    other = Lab(organization="Other", names=["127.0.0.1"], serial="CP16-0001")
    write(other, tmp_path, kinds=["ecdsa"])
    crl = tmp_path / "ecdsa" / "manufacturer-crl.pem"
    tls = {"folder": str(lab), "maker_crl": str(crl)}
    session = Session(embedded("1.6", "CS", changes={"tls": tls}), NOBODY)
    session.open()
    try:
        result = session.run(implemented()["SEC_01_CS"])
    finally:
        session.close()
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "tls.maker, tls.maker_key, tls.maker_crl: the CRL is not that" in result.reason


def test_a_list_of_somebody_else_leaves_it_inconclusive(lab: Path, tmp_path: Path) -> None:
    other = Lab(organization="Other", names=["127.0.0.1"], serial="CP16-0001")
    write(other, tmp_path, kinds=["ecdsa"])
    tls = {"folder": str(lab), "crl": str(tmp_path / "ecdsa" / "crl.pem"), "revocation": True}
    changes = {"tls": tls, "files": {"http_port": 1}}
    session = Session(embedded("1.6", "CS", changes=changes), Streams(None, None))
    session.open()
    try:
        result = session.run(implemented()["TC_001_CS"])
    finally:
        session.close()
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "the CRL is not that of the authority" in result.reason
