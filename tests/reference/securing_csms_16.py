"""Scenes of a 1.6 central system's security: whom it lets in, what it signs and sends."""

from __future__ import annotations

import atexit
import base64
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from cryptography import x509
from ocpp.v16 import call, call_result

from conformance.pki.holding import Holder, another_root, new_root, request
from conformance.pki.lab import Lab, write
from conformance.reference.gate import Gate, Shown
from conformance.reference.tls import Files
from conformance.wire.memory_tls import handshake
from conformance.wire.tls import Side, client_context
from tests.reference.bench_16 import IDENTITY, Bench, settle

Scene: TypeAlias = Callable[[Bench], Awaitable[object]]
OLD, NEW = b"0123456789abcdef0123", bytes(range(20))
ROOT = "CentralSystemRootCertificate"


@cache
def lab() -> Path:
    """Return a folder of certificates that all tests share."""
    made = TemporaryDirectory(prefix="ocpp-test-")
    atexit.register(made.cleanup)
    folder = Path(made.name)
    write(Lab(organization="Org", names=["127.0.0.1"], serial=IDENTITY), folder, kinds=["ecdsa"])
    return folder / "ecdsa"


def files() -> Files:
    """Return the files of a central system."""
    names = {
        "certificate": "server.pem",
        "key": "server.key",
        "trusted": "root.pem",
        "other": "server-rsa.pem",
        "other_key": "server-rsa.key",
        "authority": "ca.pem",
        "authority_key": "ca.key",
    }
    return Files(**{field: str(lab() / name) for field, name in names.items()})


def shown(password: bytes, *, secured: bool = False) -> Shown:
    """Return what a station shows with a password."""
    pair = base64.b64encode(IDENTITY.encode() + b":" + password).decode()
    return Shown(authorization=f"Basic {pair}", secured=secured)


def gate(bench: Bench, profile: int) -> Gate:
    """Return whom the central system lets in, with a security profile for all stations."""
    known = bench.csms.security.gate
    known.profile, known.password = profile, OLD
    return known


def told(bench: Bench, key: str, value: str, status: str = "Accepted") -> None:
    """Let the central system hear what became of a key that it has set."""
    answer = call_result.ChangeConfiguration(status=status)  # type: ignore[arg-type]
    bench.csms.security.learn(IDENTITY, call.ChangeConfiguration(key=key, value=value), answer)


async def new_password(bench: Bench) -> object:
    known = gate(bench, 1)
    told(bench, "AuthorizationKey", NEW.hex())
    return known.admits(IDENTITY, shown(NEW)), known.admits(IDENTITY, shown(OLD))


async def wrong_password(bench: Bench) -> object:
    known = gate(bench, 1)
    return known.admits(IDENTITY, shown(OLD)), known.admits(IDENTITY, shown(NEW))


async def old_profile(bench: Bench) -> object:
    known = gate(bench, 1)
    told(bench, "SecurityProfile", "2")
    return known.admits(IDENTITY, shown(OLD, secured=True)), known.admits(IDENTITY, shown(OLD))


async def no_certificate(bench: Bench) -> object:
    return gate(bench, 3).admits(IDENTITY, Shown(secured=True))


async def kinds_of_keys(bench: Bench) -> object:
    known = gate(bench, 2)
    known.files = files()
    return [bool(agreed(known, s)) for s in ("ECDHE-ECDSA-AES128-GCM-SHA256", "AES128-GCM-SHA256")]


def agreed(known: Gate, suite: str) -> str:
    """Return the suite that a handshake with this one alone comes to, empty where it fails."""
    context = known.context()
    assert context is not None
    side = Side(suites=(suite,), newest=ssl.TLSVersion.TLSv1_2)
    return handshake(client_context(side), context, "127.0.0.1")[1].suite


async def signing(bench: Bench) -> object:
    """Ask for a certificate; return the status and what is wrong with the certificate."""
    gate(bench, 3).files = files()
    asked = request(Holder("Org", IDENTITY))
    link = bench.station.controller.all.link
    assert link
    answer = await link.ask(call.SignCertificate(csr=asked.csr))
    await settle()
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    chains = [c["certificateChain"] for c in bench.calls("CertificateSigned", "csms")]
    return str(answer.status), [p for chain in chains for p in asked.problems(chain, now)]


def wished(action: str, body: dict[str, Any], *path: str) -> Scene:
    """Return the scene of one wish, and of what stands at a place of the request."""

    async def scene(bench: Bench) -> object:
        known = {"hash_algorithm": "SHA256", "issuer_name_hash": "aa", "issuer_key_hash": "bb"}
        bench.csms._wishes.certificates[IDENTITY] = [known | {"serial_number": serial(new_root())}]
        assert await bench.wish(action, **body) == 200
        found: Any = bench.calls(action, "csms")[0]
        for part in path:
            found = found[part]
        return found

    return scene


def serial(root: str) -> str:
    """Return the serial number of a certificate, in hexadecimal digits."""
    return format(x509.load_pem_x509_certificate(root.encode()).serial_number, "x")


SIGNED = {"location": "ftp://lab/f", "retrieve_date": "2026-03-01T12:00:00Z", "signature": "QUJD"}
SIGNED |= {"certificate": another_root()}
INSTALLED = {"kind": ROOT, "certificate": new_root()}
SECURITY: dict[str, tuple[Scene, object, object]] = {
    "forgets-new-password": (new_password, (True, False), (False, True)),
    "takes-old-password": (new_password, (True, False), (True, True)),
    "takes-any-password": (wrong_password, (True, False), (True, True)),
    "takes-old-profile": (old_profile, (True, False), (True, True)),
    "asks-for-no-certificate": (no_certificate, False, True),
    "one-kind-of-key": (kinds_of_keys, [True, True], [True, False]),
    "takes-old-tls": (kinds_of_keys, [True, True], [False, False]),
    "refuses-to-sign": (signing, ("Accepted", []), ("Rejected", [])),
    "signs-another-key": (
        signing,
        ("Accepted", []),
        ("Accepted", ["it is for another key than was asked for"]),
    ),
    "signs-too-late": (signing, ("Accepted", []), ("Accepted", ["it is not valid now"])),
    "other-hash-data": (
        wished("DeleteCertificate", INSTALLED, "certificateHashData", "serialNumber"),
        serial(new_root()),
        serial(new_root()) + "0",
    ),
    "other-certificate-type": (
        wished("InstallCertificate", INSTALLED, "certificateType"),
        ROOT,
        "ManufacturerRootCertificate",
    ),
    "asks-for-diagnostics": (
        wished("GetLog", {"log": "SecurityLog", "location": "ftp://lab/"}, "logType"),
        "SecurityLog",
        "DiagnosticsLog",
    ),
    "other-signature": (
        wished("SignedUpdateFirmware", SIGNED, "firmware", "signature"),
        "QUJD",
        "AAAA",
    ),
}
