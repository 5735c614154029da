"""Sections 2.24.2 and 2.24.3: security events, the security log, signed firmware."""

from __future__ import annotations

from conformance import Files, Security, Station, Sut, case, in_any_order, one_of, only, present
from conformance.ocpp16.messages import (
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
from testcases.ocpp16.charge_point.s02_18_firmware import AND_BACK, OUT_OF_SERVICE, booted
from testcases.ocpp16.charge_point.securing import CENTRAL, cpo_name, named
from testcases.ocpp16.charge_point.states import status

REQUEST = 77
EXPIRED = "the certificate of the request has expired"
VALID = "the certificate is valid below tls.maker: is that the station's manufacturer root?"
NOT_PUSHED = "the event FirmwareUpdated is optional in this case"


def event(kind: str) -> SecurityEventNotification.req:
    """Return the report of a security event of this kind."""
    return SecurityEventNotification.req(type=kind)


def uploading(*names: str) -> LogStatusNotification.req:
    """Return the report that the upload of the log has one of these statuses."""
    return LogStatusNotification.req(status=one_of(*names), requestId=REQUEST)


def firmware(*names: str) -> SignedFirmwareStatusNotification.req:
    """Return the report that the signed update has one of these statuses."""
    return SignedFirmwareStatusNotification.req(status=one_of(*names), requestId=REQUEST)


# L01.FR.13, .14: it may wait before a download, and in the middle of it.
FETCHING = (*OUT_OF_SERVICE, firmware("DownloadScheduled", "DownloadPaused", "Downloading"))
# L01.FR.15, .22: who boots before the installation need not be able to tell that it goes on.
INSTALLING = "Installing", "InstallRebooting"


@case("TC_077_CS", before=(named,))
async def test_tc_077_cs(station: Station, security: Security, sut: Sut) -> None:
    """A certificate that has expired is refused, and told as a security event."""
    await station.call(
        1,
        ExtendedTriggerMessage.req(requestedMessage="SignChargePointCertificate"),
        expect=ExtendedTriggerMessage.conf(status="Accepted"),
    )
    asked = await station.expect(
        3,
        SignCertificate.req(csr=security.request(cpo_name(sut))),
        reply=SignCertificate.conf(status="Accepted"),
        within=sut.limits.long_operation,  # to make a key may take a while
    )
    await station.call(
        5,
        CertificateSigned.req(certificateChain=await security.signed_too_late(asked["csr"])),
        expect=CertificateSigned.conf(status=only("Rejected", because=EXPIRED)),
    )
    await station.expect(7, event("InvalidChargePointCertificate"))


@case("TC_078_CS")
async def test_tc_078_cs(station: Station, security: Security) -> None:
    """A root of the central system that has expired is refused, and told as a security event."""
    await station.call(
        1,
        InstallCertificate.req(certificateType=CENTRAL, certificate=security.expired_root()),
        expect=InstallCertificate.conf(status=only("Rejected", because=EXPIRED)),
    )
    await station.expect(3, event("InvalidCentralSystemCertificate"))


@case("TC_079_CS")
async def test_tc_079_cs(station: Station, files: Files, sut: Sut) -> None:
    """The security log is uploaded to where it is asked for."""
    long = sut.limits.long_operation
    location = await files.upload_location()
    asked = await station.call(
        1,
        GetLog.req(log={"remoteLocation": location}, logType="SecurityLog", requestId=REQUEST),
        expect=GetLog.conf(status="Accepted", filename=present),
    )
    await station.expect(3, uploading("Uploading"), within=long)
    await station.expect(5, uploading("Uploaded"), within=long)
    await files.expect_upload(5, name=asked["filename"])


@case("TC_080_CS")
async def test_tc_080_cs(station: Station, files: Files, security: Security, sut: Sut) -> None:
    """Firmware with a valid signature is fetched, verified and installed."""
    long = sut.limits.long_operation
    signed = security.updates.signed(await files.firmware())
    await station.call(
        1,
        SignedUpdateFirmware.req(requestId=REQUEST, firmware=signed),
        expect=SignedUpdateFirmware.conf(status=only("Accepted", because=VALID)),
    )
    await station.expect(3, firmware("Downloading"), within=long, meanwhile=FETCHING)
    await station.expect(5, firmware("Downloaded"), within=long, meanwhile=FETCHING)
    await files.expect_download(5)
    await station.expect(7, firmware("SignatureVerified"), within=long, meanwhile=OUT_OF_SERVICE)
    station.remark(7, *security.updates.disputed(signed))
    scheduled = (*OUT_OF_SERVICE, firmware("InstallScheduled"))
    await station.expect(9, firmware(*INSTALLING), within=long, meanwhile=scheduled)

    rebooting = (*AND_BACK, firmware(*INSTALLING))
    await in_any_order(
        station.expect(11, booted(sut), within=long, may_reconnect=True, meanwhile=rebooting),
        station.expect(
            13,
            event("FirmwareUpdated"),
            optional=NOT_PUSHED,
            may_reconnect=True,
            meanwhile=rebooting,
        ),
        station.expect(15, status(sut, "Available"), within=long, meanwhile=rebooting),
        station.expect(17, firmware("Installed"), within=long, meanwhile=rebooting),
    )
    await station.expect_available("post")


@case("TC_081_CS")
async def test_tc_081_cs(station: Station, files: Files, security: Security, sut: Sut) -> None:
    """Firmware with a signature that is not its own is not installed."""
    long = sut.limits.long_operation
    signed = security.updates.signed(await files.firmware(), genuine=False)
    await station.call(
        1,
        SignedUpdateFirmware.req(requestId=REQUEST, firmware=signed),
        expect=SignedUpdateFirmware.conf(status=only("Accepted", because=VALID)),
    )
    await station.expect(3, firmware("Downloading"), within=long, meanwhile=FETCHING)
    await station.expect(5, firmware("Downloaded"), within=long, meanwhile=FETCHING)
    await files.expect_download(5)
    # The document ends with step 8; the event is L01.FR.03, and step 9 of TC_L_06_CS.
    both = firmware("InvalidSignature"), event("InvalidFirmwareSignature")
    first = await station.expect(7, *both, within=long, meanwhile=AND_BACK)
    other = both[first.action == "SignedFirmwareStatusNotification"]
    await station.expect(9, other, meanwhile=AND_BACK)
    await station.expect_available("post")
