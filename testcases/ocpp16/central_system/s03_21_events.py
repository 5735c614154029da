"""Sections 3.21.2 and 3.21.3: security events and logs, secure firmware updates."""

from __future__ import annotations

from typing import Final, Literal

from conformance import Csms, Files, Keyring, Operator, Sut, case, now
from conformance.boot import boot_16
from conformance.ocpp16.messages import (
    BootNotification,
    CertificateSigned,
    ExtendedTriggerMessage,
    GetLog,
    InstallCertificate,
    LogStatusNotification,
    SecurityEventNotification,
    SignCertificate,
    SignedFirmwareStatusNotification,
    SignedUpdateFirmware,
)
from testcases.ocpp16.central_system.s03_15_firmware import out_of_service
from testcases.ocpp16.central_system.s03_21_setup import CENTRAL, SIGN

NAME: Final = "security.log"
CONTENT: Final = b"what the tool, as a charge point, has seen of security\n"
Status = Literal[
    "Downloading",
    "Downloaded",
    "SignatureVerified",
    "InvalidSignature",
    "Installing",
    "InstallRebooting",
    "Installed",
]


def event(kind: str) -> SecurityEventNotification.req:
    """Return the tool's report of a security event of now."""
    return SecurityEventNotification.req(type=kind, timestamp=now())


@case("TC_077_CSMS")
async def test_tc_077_csms(csms: Csms, operator: Operator, keyring: Keyring) -> None:
    """The central system lives with a charge point that finds its new certificate invalid."""
    await operator.ask_for_trigger("SignChargePointCertificate", extended=True)
    await csms.expect(1, SIGN, reply=ExtendedTriggerMessage.conf(status="Accepted"))
    await csms.call(
        3,
        SignCertificate.req(csr=keyring.request()),
        expect=SignCertificate.conf(status="Accepted"),
    )
    await csms.expect(
        5,
        CertificateSigned.req(certificateChain=keyring.signed()),
        reply=CertificateSigned.conf(status="Rejected"),
        within=csms.sut.limits.long_operation,
    )
    await csms.call(7, event("InvalidChargePointCertificate"))


@case("TC_078_CSMS")
async def test_tc_078_csms(csms: Csms, operator: Operator, keyring: Keyring) -> None:
    """The central system lives with a charge point that finds a root invalid."""
    root = keyring.root()
    await operator.ask_for_certificate_installation(CENTRAL, root)
    await csms.expect(
        1,
        InstallCertificate.req(certificateType=CENTRAL, certificate=keyring.same(root)),
        reply=InstallCertificate.conf(status="Rejected"),
    )
    await csms.call(3, event("InvalidCentralSystemCertificate"))


@case("TC_079_CSMS")
async def test_tc_079_csms(csms: Csms, operator: Operator, files: Files) -> None:
    """The central system has the security log uploaded, and takes what is told of it."""
    location = await files.upload_location()
    await operator.ask_for_log("SecurityLog", location)
    asked = await csms.expect(
        1,
        GetLog.req(logType="SecurityLog", log={"remoteLocation": location}),
        reply=GetLog.conf(status="Accepted", filename=NAME),
    )
    number = asked["requestId"]
    await csms.call(3, LogStatusNotification.req(status="Uploading", requestId=number))
    await files.send(location, NAME, CONTENT)
    await csms.call(5, LogStatusNotification.req(status="Uploaded", requestId=number))


@case("TC_080_CSMS")
async def test_tc_080_csms(
    csms: Csms, operator: Operator, files: Files, keyring: Keyring, sut: Sut
) -> None:
    """The central system has signed firmware installed, and takes what is told of it."""
    location, signature = await files.firmware(), keyring.signature(files.image())
    await operator.ask_for_signed_firmware_update(location, now(), signature, keyring.maker)
    asked = await csms.expect(
        1,
        SignedUpdateFirmware.req(
            firmware={
                "location": location,
                "signature": keyring.as_signed(signature),
                "signingCertificate": keyring.same(keyring.maker),
            }
        ),
        reply=SignedUpdateFirmware.conf(status="Accepted"),
    )
    csms.remark(1, *keyring.disputed(asked["firmware"]["signature"], files.image()))

    def firmware(name: Status) -> SignedFirmwareStatusNotification.req:
        return SignedFirmwareStatusNotification.req(status=name, requestId=asked["requestId"])

    await csms.call(3, firmware("Downloading"))
    await files.fetch(location)
    await csms.call(5, firmware("Downloaded"))
    await csms.call(7, firmware("SignatureVerified"))
    for report in out_of_service(sut):
        await csms.call(7, report)
    await csms.call(9, firmware("Installing"))
    await csms.call(11, firmware("InstallRebooting"))

    await csms.reconnect()
    boot, *statuses = boot_16(sut)
    await csms.call(13, boot, expect=BootNotification.conf(status="Accepted"))
    await csms.call(15, event("FirmwareUpdated"))
    for available in statuses:
        await csms.call(17, available)
    await csms.call(19, firmware("Installed"))


@case("TC_081_CSMS")
async def test_tc_081_csms(csms: Csms, operator: Operator, files: Files, keyring: Keyring) -> None:
    """The central system lives with a charge point that finds a signature invalid."""
    location, signature = await files.firmware(), keyring.signature(b"something else")
    await operator.ask_for_signed_firmware_update(location, now(), signature, keyring.maker)
    asked = await csms.expect(
        1,
        SignedUpdateFirmware.req(
            firmware={"location": location, "signature": keyring.as_signed(signature)}
        ),
        reply=SignedUpdateFirmware.conf(status="Accepted"),
    )

    def firmware(name: Status) -> SignedFirmwareStatusNotification.req:
        return SignedFirmwareStatusNotification.req(status=name, requestId=asked["requestId"])

    await csms.call(3, firmware("Downloading"))
    await files.fetch(location)
    await csms.call(5, firmware("Downloaded"))
    await csms.call(7, firmware("InvalidSignature"))
