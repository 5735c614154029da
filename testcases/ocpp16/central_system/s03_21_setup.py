"""Section 3.21.1: secure connection setup."""

from __future__ import annotations

from typing import Any

from conformance import Csms, Keyring, Operator, absent, case, caseless, state
from conformance.ocpp16.messages import (
    CertificateSigned,
    ChangeConfiguration,
    DeleteCertificate,
    ExtendedTriggerMessage,
    GetInstalledCertificateIds,
    InstallCertificate,
    SignCertificate,
)

CENTRAL: Any = "CentralSystemRootCertificate"
MAKER: Any = "ManufacturerRootCertificate"
SIGN = ExtendedTriggerMessage.req(requestedMessage="SignChargePointCertificate", connectorId=absent)


@case("TC_073_CSMS")
async def test_tc_073_csms(csms: Csms, operator: Operator, keyring: Keyring) -> None:
    """A new password is demanded as soon as it is accepted, and the old one is refused."""
    await operator.ask_for_change("AuthorizationKey", keyring.new_password())
    await csms.expect(
        1,
        ChangeConfiguration.req(key=caseless("AuthorizationKey")),
        reply=ChangeConfiguration.conf(status="Accepted"),
    )
    await csms.expect_admission(3)
    with keyring.declared_password():
        await csms.expect_refusal("post", "the old password")


@case("TC_074_CSMS")
async def test_tc_074_csms(csms: Csms, operator: Operator, keyring: Keyring) -> None:
    """The central system has the charge point renew its certificate, and takes the new one."""
    await operator.ask_for_trigger("SignChargePointCertificate", extended=True)
    await csms.expect(1, SIGN, reply=ExtendedTriggerMessage.conf(status="Accepted"))
    await csms.call(
        3,
        SignCertificate.req(csr=keyring.request()),
        expect=SignCertificate.conf(status="Accepted"),
    )
    signed = await csms.expect(
        5,
        CertificateSigned.req(certificateChain=keyring.signed()),
        reply=CertificateSigned.conf(status="Accepted"),
        within=csms.sut.limits.long_operation,
    )
    keyring.use(signed["certificateChain"])
    await csms.expect_admission(7)


@case("TC_075_1_CSMS")
async def test_tc_075_1_csms(csms: Csms, operator: Operator, keyring: Keyring) -> None:
    """The central system installs a root of the manufacturer, and finds it there."""
    kind, root = MAKER, keyring.root()
    await operator.ask_for_certificate_installation(kind, root)
    await csms.expect(
        1,
        InstallCertificate.req(certificateType=kind, certificate=keyring.same(root)),
        reply=InstallCertificate.conf(status="Accepted"),
    )
    await operator.ask_for_certificates(kind)
    await csms.expect(
        3,
        GetInstalledCertificateIds.req(certificateType=kind),
        reply=GetInstalledCertificateIds.conf(status="Accepted"),
    )


@case("TC_075_2_CSMS")
async def test_tc_075_2_csms(csms: Csms, operator: Operator, keyring: Keyring) -> None:
    """The central system installs a root of its own, and finds it there."""
    kind, root = CENTRAL, keyring.root()
    await operator.ask_for_certificate_installation(kind, root)
    await csms.expect(
        1,
        InstallCertificate.req(certificateType=kind, certificate=keyring.same(root)),
        reply=InstallCertificate.conf(status="Accepted"),
    )
    await operator.ask_for_certificates(kind)
    await csms.expect(
        3,
        GetInstalledCertificateIds.req(certificateType=kind),
        reply=GetInstalledCertificateIds.conf(status="Accepted"),
    )


@state("CertificateInstalled")
async def certificate_installed(csms: Csms, operator: Operator, keyring: Keyring) -> None:
    """A second root of the central system is installed."""
    root = keyring.root()
    await operator.ask_for_certificate_installation(CENTRAL, root)
    await csms.expect(
        1,
        InstallCertificate.req(certificateType=CENTRAL, certificate=keyring.same(root)),
        reply=InstallCertificate.conf(status="Accepted"),
    )


@case("TC_076_CSMS", before=(certificate_installed,))
async def test_tc_076_csms(csms: Csms, operator: Operator, keyring: Keyring) -> None:
    """The central system deletes a root by the hash data that the charge point has told."""
    root = keyring.root()
    await operator.ask_for_certificates(CENTRAL)
    await csms.expect(
        1,
        GetInstalledCertificateIds.req(certificateType=CENTRAL),
        reply=GetInstalledCertificateIds.conf(status="Accepted"),
    )
    await operator.ask_for_certificate_deletion(CENTRAL, root)
    await csms.expect(
        3,
        DeleteCertificate.req(certificateHashData=keyring.named(root)),
        reply=DeleteCertificate.conf(status="Accepted"),
    )
