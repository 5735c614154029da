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

from conformance.operators import Streams
from conformance.pki.lab import Lab, write
from conformance.pki.revocation import revocation
from conformance.selection import implemented
from conformance.session import Session
from conformance.sut import embedded
from conformance.verdict import Verdict
from tests.files.serving import Served, run, serving
from tests.files.test_http import asked, exchange, status

URL = "http://127.0.0.1:8085"
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
        public = revocation(lab / "ca.pem", lab / "ca.key", lab / "crl.pem")
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
    ("name", "said"), [("client", ": good"), ("bad/client-revoked", ": revoked")]
)
def test_openssl_takes_the_answer(lab: Path, tmp_path: Path, name: str, said: str) -> None:
    async def test(it: Served) -> None:
        words = ["-issuer", "ca.pem", "-cert", f"{name}.pem", "-CAfile", "root.pem", "-nonce"]
        process = await asyncio.create_subprocess_exec(
            *("openssl", "ocsp", *words, "-url", f"http://127.0.0.1:{it.server.port}/ocsp"),
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
