"""What shows of the security extension of a 1.6 charge point, with its faults and its options."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from ocpp.v16 import call_result

from conformance.pki.authority import EXPIRED, VALID, Authority, Issued, Period, pem
from conformance.pki.hashes import hash_data
from conformance.pki.ocsp import respond
from conformance.reference.vault_16 import CENTRAL, MAKER, Vault
from tests.reference.depot_16 import FIRMWARE, LIST, LOGS, RESPONDER
from tests.reference.registry_16 import station, value_of

if TYPE_CHECKING:
    from tests.reference.bench_16 import Bench

Scene: TypeAlias = Callable[["Bench"], Awaitable[object]]
PASSWORD = b"0123456789abcdefXYZ"


@cache
def root() -> Authority:
    return Authority("Root", "Reference", "ecdsa")


@cache
def maker() -> Authority:
    return Authority("Maker", "Maker", "ecdsa")


@cache
def signer() -> Issued:
    return maker().issue("Firmware", "firmware", "ecdsa")


def text(certificate: x509.Certificate) -> str:
    return pem(certificate).decode()


def expired() -> str:
    return text(Authority("Old root", "Reference", "ecdsa", period=Period(-30, -1)).certificate)


def vault(bench: Bench) -> Vault:
    """Return the vault of a station, which has the roots of today."""
    found = bench.station._given.vault
    found.certificates.clock = lambda: datetime.now(UTC)
    found.certificates.roots = {CENTRAL: [root().certificate], MAKER: [maker().certificate]}
    return found


def listen(bench: Bench) -> None:
    """Let the central system take what the security extension sends."""
    answers: dict[str, Callable[..., Any]] = {
        "SecurityEventNotification": lambda **_: call_result.SecurityEventNotification(),
        "SignCertificate": lambda **_: call_result.SignCertificate(status="Accepted"),  # type: ignore[arg-type]
        "LogStatusNotification": lambda **_: call_result.LogStatusNotification(),
        "SignedFirmwareStatusNotification": lambda **_: (
            call_result.SignedFirmwareStatusNotification()
        ),
    }
    before = bench.csms._handlers
    bench.csms._handlers = lambda identity: {**before(identity), **answers}  # type: ignore[method-assign]
    for action, answer in answers.items():
        bench.link.route_map[action] = {"_on_action": answer, "_skip_schema_validation": False}


def events(bench: Bench) -> list[str]:
    return [event["type"] for event in bench.calls("SecurityEventNotification")]


async def change(bench: Bench, key: str, value: str) -> str:
    status = await bench.configure(key, value)
    listen(bench)
    return status


async def raised(bench: Bench, profile: int) -> str:
    """Give the station all that a security profile needs, and raise it."""
    vault(bench)
    await change(bench, "AuthorizationKey", PASSWORD.hex())
    return await change(bench, "SecurityProfile", str(profile))


async def asked(bench: Bench) -> x509.CertificateSigningRequest:
    """Have the station ask for a certificate."""
    vault(bench)
    listen(bench)
    answer = await bench.request(
        "ExtendedTriggerMessage", requested_message="SignChargePointCertificate"
    )
    assert answer.status == "Accepted"
    return x509.load_pem_x509_csr(bench.calls("SignCertificate")[-1]["csr"].encode())


async def request_signed(bench: Bench) -> object:
    return (await asked(bench)).is_signature_valid


async def signed(bench: Bench, period: Period) -> str:
    request = await asked(bench)
    key: Any = request.public_key()
    certificate = root().sign(request.subject, key, "client", period=period)
    answer = await bench.request("CertificateSigned", certificate_chain=text(certificate))
    return str(answer.status)


async def expired_certificate(bench: Bench) -> object:
    return await signed(bench, EXPIRED), events(bench)


async def new_certificate(bench: Bench) -> object:
    status = await signed(bench, VALID)
    await bench.cut()
    return status, vault(bench).credentials.own is not None


async def installed(bench: Bench, certificate: str, kind: str = MAKER) -> str:
    listen(bench)
    fields = {"certificate_type": kind, "certificate": certificate}
    return str((await bench.request("InstallCertificate", **fields)).status)


async def expired_root(bench: Bench) -> object:
    vault(bench)
    return await installed(bench, expired(), CENTRAL), events(bench)


async def known(bench: Bench, kind: str = MAKER) -> Any:  # noqa: ANN401
    return await bench.request("GetInstalledCertificateIds", certificate_type=kind)


async def new_root(bench: Bench) -> object:
    store = vault(bench).certificates
    store.roots[MAKER].clear()
    return await installed(bench, text(maker().certificate)), (await known(bench)).status


async def deleted(bench: Bench) -> object:
    vault(bench)
    named = hash_data(maker().certificate, maker().certificate, "SHA384")
    answer = await bench.request("DeleteCertificate", certificate_hash_data=named)
    return answer.status, (await known(bench)).status


async def lowered(bench: Bench) -> object:
    return await raised(bench, 2), await change(bench, "SecurityProfile", "1")


async def profile(bench: Bench) -> object:
    return await raised(bench, 1), vault(bench).credentials.profile


async def password(bench: Bench) -> object:
    status = await change(bench, "AuthorizationKey", PASSWORD.hex())
    await bench.cut()
    return status, vault(bench).credentials.password


async def suites(bench: Bench) -> object:
    await bench.cut()
    return "!AES256" in vault(bench).credentials.suites


async def newest_tls(bench: Bench) -> object:
    await bench.cut()
    context = replace(vault(bench).credentials, profile=2).context()
    assert context
    return context.maximum_version.name


@cache
def revoked() -> Issued:
    """Return a certificate that the maker has revoked, and that says where it is told."""
    by = Authority("", "Maker", "ecdsa", issued=maker().issued)
    by.ocsp_url, by.crl_url = RESPONDER, LIST
    issued = by.issue("Firmware", "firmware", "ecdsa")
    maker().revoke(issued.certificate)
    return issued


async def update(bench: Bench, data: bytes, by: Issued | None = None) -> Any:  # noqa: ANN401
    """Have firmware installed whose signature is that of `data`."""
    vault(bench)
    listen(bench)
    bench.forget()
    bench.depot.answers = lambda question: respond(maker(), question)
    bench.depot.files[LIST] = maker().crl().public_bytes(Encoding.DER)
    key = (by or signer()).key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    firmware = {
        "location": FIRMWARE,
        "retrieve_date_time": bench.later(0),
        "signing_certificate": text((by or signer()).certificate),
        "signature": base64.b64encode(key.sign(data, ec.ECDSA(hashes.SHA256()))).decode(),
    }
    return await bench.request("SignedUpdateFirmware", request_id=7, firmware=firmware)


def told(bench: Bench) -> list[tuple[str, int | None]]:
    calls = bench.calls("SignedFirmwareStatusNotification")
    return [(c["status"], c.get("requestId")) for c in calls]


async def by_revoked(bench: Bench) -> object:
    answer = await update(bench, bench.depot.files[FIRMWARE], revoked())
    return answer.status, _BAD_SIGNER in events(bench)


async def by_a_stranger(bench: Bench) -> object:
    stranger = Authority("Stranger", "Stranger", "ecdsa").issue("Firmware", "firmware", "ecdsa")
    answer = await update(bench, bench.depot.files[FIRMWARE], stranger)
    return answer.status, _BAD_SIGNER in events(bench)


async def badly_signed(bench: Bench) -> object:
    assert (await update(bench, b"something else")).status == "Accepted"
    return told(bench)[2]


async def badly_signed_events(bench: Bench) -> object:
    await badly_signed(bench)
    return events(bench)


async def well_signed(bench: Bench) -> object:
    await update(bench, bench.depot.files[FIRMWARE])
    listen(bench)
    return told(bench)[2:]


async def security_log(bench: Bench) -> object:
    listen(bench)
    log = {"remote_location": LOGS}
    fields = {"log": log, "log_type": "SecurityLog", "request_id": 3}
    answer = await bench.request("GetLog", **fields)
    statuses = [(c["status"], c["requestId"]) for c in bench.calls("LogStatusNotification")]
    return statuses, answer.filename in bench.depot.uploads


_LOG = [("Uploading", 3), ("Uploaded", 3)]
_BAD_ROOT, _BAD_OWN = ["InvalidCentralSystemCertificate"], ["InvalidChargePointCertificate"]
_BAD_SIGNER = "InvalidFirmwareSigningCertificate"
_VERIFIED = ("SignatureVerified", 7)
_REST = [("Installing", 7), ("Installed", 7)]
SECURING: dict[str, tuple[Scene, object, object]] = {
    "accepts-any-certificate": (expired_certificate, ("Rejected", _BAD_OWN), ("Accepted", [])),
    "wrong-csr": (request_signed, True, False),
    "keeps-old-certificate": (new_certificate, ("Accepted", True), ("Accepted", False)),
    "accepts-expired-root": (expired_root, ("Rejected", _BAD_ROOT), ("Accepted", [])),
    "hides-security-events": (expired_root, ("Rejected", _BAD_ROOT), ("Rejected", [])),
    "forgets-certificates": (new_root, ("Accepted", "Accepted"), ("Accepted", "NotFound")),
    "keeps-deleted-certificates": (deleted, ("Accepted", "NotFound"), ("Accepted", "Accepted")),
    "downgrades-security-profile": (lowered, ("Accepted", "Rejected"), ("Accepted", "Accepted")),
    "keeps-security-profile": (profile, ("Accepted", 1), ("Accepted", 0)),
    "keeps-old-password": (password, ("Accepted", PASSWORD), ("Accepted", b"")),
    "one-suite": (suites, False, True),
    "offers-old-tls": (newest_tls, "MAXIMUM_SUPPORTED", "TLSv1_1"),
    "accepts-bad-signature": (badly_signed, ("InvalidSignature", 7), ("SignatureVerified", 7)),
    "ignores-revocation": (by_revoked, ("RevokedCertificate", True), ("Accepted", False)),
    "takes-any-signer": (by_a_stranger, ("InvalidCertificate", True), ("Accepted", False)),
    "hides-bad-signature": (badly_signed_events, ["InvalidFirmwareSignature"], []),
    "skips-signature-verified": (well_signed, [_VERIFIED, *_REST], _REST),
    "forgets-update-id": (
        well_signed,
        [_VERIFIED, *_REST],
        [_VERIFIED, _REST[0], ("Installed", None)],
    ),
    "claims-log-upload": (security_log, (_LOG, True), (_LOG, False)),
}


@station("security", "false")
async def security(bench: Bench) -> None:
    answer = await bench.request("GetConfiguration", key=["SecurityProfile"])
    assert answer.unknown_key == ["SecurityProfile"]


@station("key_kind", "rsa")
async def key_kind(bench: Bench) -> None:
    assert isinstance((await asked(bench)).public_key(), rsa.RSAPublicKey)


@station("cpo_name", "Somebody")
async def cpo_name(bench: Bench) -> None:
    assert "O=Somebody" in (await asked(bench)).subject.rfc4514_string()


@station("hash_algorithm", "SHA512")
async def hash_algorithm(bench: Bench) -> None:
    vault(bench)
    named = hash_data(maker().certificate, maker().certificate, "SHA512")
    (found,) = (await known(bench)).certificate_hash_data
    assert set(found.values()) == set(named.values())


@station("root_check", "true")
async def root_check(bench: Bench) -> None:
    assert await value_of(bench, "AdditionalRootCertificateCheck") == "true"
    vault(bench)
    other = Authority("Other", "Reference", "ecdsa").certificate
    assert await installed(bench, text(other), CENTRAL) == "Rejected"
    assert await installed(bench, "no certificate", CENTRAL) == "Rejected"
    signed = Authority("Next", "Reference", "ecdsa", parent=root()).certificate
    assert await installed(bench, text(signed), CENTRAL) == "Accepted"
    vault(bench).certificates.roots[CENTRAL].clear()
    assert await installed(bench, text(other), CENTRAL) == "Accepted"


@station("revocation_by", "CRL")
async def revocation_by(bench: Bench) -> None:
    bench.depot.tried.clear()
    assert await by_revoked(bench) == ("RevokedCertificate", True)
    assert len(bench.depot.tried) == 1  # the list
    bench.depot.failing = 1
    assert (await by_revoked(bench))[0] == "InvalidCertificate"  # type: ignore[index]


@station("demands_revocation", "true")
async def demands_revocation(bench: Bench) -> None:
    answer = await update(bench, bench.depot.files[FIRMWARE])
    assert (answer.status, events(bench)) == ("InvalidCertificate", [_BAD_SIGNER])
    assert await signed(bench, VALID) == "Rejected"
    answer = await bench.request("CertificateSigned", certificate_chain="no certificate")
    assert answer.status == "Rejected"


@station("security_profile_change", "after reboot")
async def security_profile_change(bench: Bench) -> None:
    assert await raised(bench, 1) == "RebootRequired"
    assert await value_of(bench, "SecurityProfile") == "0"
    await bench.act("reboot")
    assert await value_of(bench, "SecurityProfile") == "1"
    assert vault(bench).credentials.profile == 1


@station("tells_firmware_updated", "false")
async def tells_firmware_updated(bench: Bench) -> None:
    await update(bench, bench.depot.files[FIRMWARE])
    listen(bench)
    assert events(bench) == []
    assert "FirmwareUpdated" in "".join(line for _, line in vault(bench).diary.lines)


@station("tells_startup", "true")
async def tells_startup(bench: Bench) -> None:
    assert events(bench) == ["StartupOfTheDevice"]


@station("signature_event_first", "true")
async def signature_event_first(bench: Bench) -> None:
    await update(bench, b"something else")
    said = ("SignedFirmwareStatusNotification", "SecurityEventNotification")
    assert [action for action in bench.actions() if action in said][-2:] == [*reversed(said)]


@station("rebooting_told", "instead")
async def rebooting_told(bench: Bench) -> None:
    assert await well_signed(bench) == [_VERIFIED, ("InstallRebooting", 7), _REST[1]]


@station("pauses_downloads", "true")
async def pauses_downloads(bench: Bench) -> None:
    await update(bench, bench.depot.files[FIRMWARE])
    statuses = [status for status, _ in told(bench)]
    again = ["Downloading", "DownloadPaused", "Downloading", "Downloaded"]
    assert statuses[:5] == ["DownloadScheduled", *again]
