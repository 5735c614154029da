"""What has signed firmware: a station looks at the certificate before it accepts an update."""

from __future__ import annotations

from conformance import Files, Security, Station, Sut, case, only
from conformance.ocpp16.messages import (
    SecurityEventNotification,
    SignedFirmwareStatusNotification,
    SignedUpdateFirmware,
)

REQUEST = 78
TOLD = SecurityEventNotification.req(type="InvalidFirmwareSigningCertificate")
STRANGER = "no manufacturer root of the station has signed the certificate (L01.FR.24)"
EXPIRED = "the certificate has expired (L01.FR.24)"
UPDATING = SignedFirmwareStatusNotification.req()


@case("SEC_01_CS")
async def test_sec_01_cs(station: Station, files: Files, security: Security, sut: Sut) -> None:
    """A signing certificate that the manufacturer has revoked is looked up, and refused."""
    signed = await security.updates.revoked(await files.firmware())
    refused = await station.call(
        1,
        SignedUpdateFirmware.req(requestId=REQUEST, firmware=signed),
        expect=SignedUpdateFirmware.conf(status=security.updates.refused_as_revoked()),
    )
    station.remark(2, *security.updates.refused_unasked(refused["status"]))
    await station.expect(3, TOLD)
    await station.expect_none(5, UPDATING, during=sut.silence)


@case("SEC_02_CS")
async def test_sec_02_cs(station: Station, files: Files, security: Security, sut: Sut) -> None:
    """A signing certificate that no known manufacturer stands behind is refused."""
    signed = security.updates.foreign(await files.firmware())
    await station.call(
        1,
        SignedUpdateFirmware.req(requestId=REQUEST, firmware=signed),
        expect=SignedUpdateFirmware.conf(status=only("InvalidCertificate", because=STRANGER)),
    )
    await station.expect(3, TOLD)
    await station.expect_none(5, UPDATING, during=sut.silence)


@case("SEC_03_CS")
async def test_sec_03_cs(station: Station, files: Files, security: Security, sut: Sut) -> None:
    """A signing certificate that has expired is refused."""
    signed = security.updates.late(await files.firmware())
    await station.call(
        1,
        SignedUpdateFirmware.req(requestId=REQUEST, firmware=signed),
        expect=SignedUpdateFirmware.conf(status=only("InvalidCertificate", because=EXPIRED)),
    )
    await station.expect(3, TOLD)
    await station.expect_none(5, UPDATING, during=sut.silence)
