"""Certificates and requests that are nonsense are wrong, and no fault of the tool.

With `--nightly` there are more of them; `--fuzz-seed` says which.
"""

from __future__ import annotations

import base64
import subprocess
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.charge_point_security import named
from conformance.handshakes import certificate
from conformance.ocpp16 import endpoint
from conformance.ocpp16 import security as of_station
from conformance.pki import firmware, holding, signing
from conformance.pki.authority import Authority
from conformance.pki.holding import Holder, request
from tests.wire.fuzzing import seeded

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SIGNATURE = base64.b64encode(bytes(64)).decode()
ASKED = request(Holder("Org", "CP01"))


def pem(der: bytes, kind: str = "CERTIFICATE") -> str:
    """Return bytes as they would stand in a PEM file."""
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(der).decode()}-----END {kind}-----\n"


def mutants(random: Random, data: bytes) -> Iterator[bytes]:
    """Yield these bytes with some changed, left out or put in, without an end."""
    while True:
        made = bytearray(data)
        for _ in range(random.randint(1, 3)):
            at = random.randrange(len(made))
            made[at : at + random.choice((0, 1, 1, 1))] = random.choice(
                (b"", bytes([random.randrange(256)]), bytes([made[at] ^ 1 << random.randrange(8)]))
            )
        yield bytes(made)


@pytest.fixture(autouse=True)
def _strange_numbers() -> Iterator[None]:
    """A serial number below 1 is one of the things that are wrong, and warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read(der: bytes) -> None:
    """Read a certificate in all ways that there are."""
    text = pem(der)
    list(ASKED.problems(text, NOW))
    holding.same(holding.new_root(), text)
    list(firmware.disputed(text, SIGNATURE, b"firmware"))
    if holding.is_root(text, NOW):
        named(text)
    shown = certificate(der)
    assert endpoint.certificate("CP01").accepts(shown) in {True, False}
    assert of_station.certificate("CP01").accepts(shown) in {True, False}


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_no_certificate_breaks_who_reads_it(kind: str, request: pytest.FixtureRequest) -> None:
    count = 20_000 if request.config.getoption("--nightly") else 500
    authority = Authority("CA", "Org", "rsa" if kind == "rsa" else "ecdsa")
    issued = authority.issue("CP01", "client", "ecdsa", names=["a.example", "127.0.0.1"])
    random = seeded(request.config.getoption("--fuzz-seed"), kind)
    for good in (authority.certificate, issued.certificate):
        der = good.public_bytes(Encoding.DER)
        read(der)
        for number, mutant in zip(range(count), mutants(random, der), strict=False):
            try:
                read(mutant)
            except Exception as bug:
                raise AssertionError(f"mutant {number}: {mutant.hex()}") from bug


def test_no_request_breaks_who_reads_it(request: pytest.FixtureRequest) -> None:
    count = 20_000 if request.config.getoption("--nightly") else 500
    good = x509.load_pem_x509_csr(ASKED.csr.encode()).public_bytes(Encoding.DER)
    assert list(signing.problems(pem(good, "CERTIFICATE REQUEST"), "Org", "CP01")) == []
    random = seeded(request.config.getoption("--fuzz-seed"), "csr")
    for number, mutant in zip(range(count), mutants(random, good), strict=False):
        try:
            found = list(signing.problems(pem(mutant, "CERTIFICATE REQUEST"), "Org", "CP01"))
        except Exception as bug:
            raise AssertionError(f"mutant {number}: {mutant.hex()}") from bug
        assert found or signed(mutant) == signed(good), mutant.hex()


def signed(csr: bytes) -> bytes:
    """Return what the signature of a request is of."""
    return x509.load_der_x509_csr(csr).tbs_certrequest_bytes


def made(folder: Path, *key: str) -> bytes:
    """Return a certificate that openssl has made with a key of its own, in DER."""
    command = ("openssl", "req", "-x509", "-nodes", "-keyout", "k", "-subj", "/CN=CP01", *key)
    der = ("-outform", "DER", "-out", "c")
    subprocess.run([*command, *der], cwd=folder, check=True, capture_output=True)
    return (folder / "c").read_bytes()


def curve(name: str) -> tuple[str, ...]:
    return ("-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{name}")


@pytest.mark.parametrize(
    ("key", "found", "right"),
    [
        (curve("sect571r1"), ("EC", 571), True),
        (curve("sect233k1"), ("EC", 233), True),
        (curve("sect163k1"), ("other", 0), False),
        (curve("brainpoolP256r1"), ("EC", 256), True),
        (("-newkey", "ed448"), ("other", 0), False),
        (("-newkey", "rsa:2048", "-set_serial", "0"), ("RSA", 2048), False),
    ],
)
def test_keys_of_any_kind(
    tmp_path: Path, key: tuple[str, ...], found: tuple[str, int], *, right: bool
) -> None:
    shown = certificate(made(tmp_path, *key))
    assert (shown["key"], shown["keySize"]) == found
    assert endpoint.certificate("CP01").accepts(shown) is right
    assert of_station.certificate("CP01").accepts(shown) is right


def test_what_cannot_be_read_says_why() -> None:
    shown = certificate(b"0")
    for known in (endpoint, of_station):
        assert known.certificate("CP01").tell(shown).startswith("it cannot be read: ")
