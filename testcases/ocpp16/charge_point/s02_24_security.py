"""Section 2.24.1: secure connection setup."""

from __future__ import annotations

from typing import Any

from conformance import Security, Station, Sut, case, in_any_order, one_of, only
from conformance.ocpp16.messages import (
    BootNotification,
    CertificateSigned,
    ChangeConfiguration,
    DeleteCertificate,
    ExtendedTriggerMessage,
    GetInstalledCertificateIds,
    InstallCertificate,
    Reset,
    SignCertificate,
    StatusNotification,
)
from conformance.ocpp16.security import basic, certificate, secured
from testcases.ocpp16.charge_point.securing import (
    CENTRAL,
    any_root,
    certificate_installed,
    certificate_renewed,
    cpo_name,
    named,
    reset,
)

PASSWORD = "4F43415F4F4354545F61646D696E5F74657374"  # noqa: S105 - of the test case document
LOWER = "SecurityProfile can only be raised (7.6)"
SIGNED = "it is for the key of step 3, and leads to tls.trusted: is that root in the station?"
MAKER: Any = "ManufacturerRootCertificate"
OVER_TLS = 2  # the first security profile over TLS


@case("TC_073_CS")
async def test_tc_073_cs(station: Station, security: Security, sut: Sut) -> None:
    """A new password is in force at once: the charge point connects again with it."""
    station.expect_reconnection()
    await station.call(
        1,
        ChangeConfiguration.req(key="AuthorizationKey", value=PASSWORD),
        expect=ChangeConfiguration.conf(status="Accepted"),
    )
    security.demand_password(PASSWORD)
    await station.expect_connection(3, {"basic": basic(sut.station)})


@case("TC_074_CS", before=(named,))
async def test_tc_074_cs(station: Station, security: Security, sut: Sut) -> None:
    """A charge point that is asked to gets itself a new certificate, and uses it."""
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
    chain = await security.signed(asked["csr"])
    station.expect_reconnection()
    await station.call(
        5,
        CertificateSigned.req(certificateChain=chain),
        expect=CertificateSigned.conf(status=only("Accepted", because=SIGNED)),
    )
    await station.expect_connection(7, security.shown(chain))


@case("TC_075_1_CS")
async def test_tc_075_1_cs(station: Station, security: Security) -> None:
    """A root of the manufacturer is installed, and told with its hash data."""
    root = security.another_root()
    await station.call(
        1,
        InstallCertificate.req(certificateType=MAKER, certificate=root),
        expect=InstallCertificate.conf(status="Accepted"),
    )
    await station.call(
        3,
        GetInstalledCertificateIds.req(certificateType=MAKER),
        expect=GetInstalledCertificateIds.conf(
            status="Accepted", certificateHashData=security.lists(root)
        ),
    )


@case("TC_075_2_CS", before=(any_root,))
async def test_tc_075_2_cs(station: Station, security: Security) -> None:
    """A root of the central system is installed, and told with its hash data."""
    root = security.another_root()
    await station.call(
        1,
        InstallCertificate.req(certificateType=CENTRAL, certificate=root),
        expect=InstallCertificate.conf(status="Accepted"),
    )
    await station.call(
        3,
        GetInstalledCertificateIds.req(certificateType=CENTRAL),
        expect=GetInstalledCertificateIds.conf(
            status="Accepted", certificateHashData=security.lists(root)
        ),
    )


@case(
    "TC_076_CS",
    before=(
        any_root,
        certificate_installed(Security.another_root),
    ),
)
async def test_tc_076_cs(station: Station, security: Security) -> None:
    """A root that nothing stands on any more is deleted, and told no more."""
    root = security.another_root()
    known = await station.call(
        1,
        GetInstalledCertificateIds.req(certificateType=CENTRAL),
        expect=GetInstalledCertificateIds.conf(
            status="Accepted", certificateHashData=security.lists(root)
        ),
    )
    await station.call(
        3,
        DeleteCertificate.req(
            certificateHashData=security.entry(root, known["certificateHashData"])
        ),
        expect=DeleteCertificate.conf(status="Accepted"),
    )
    await station.call(
        5,
        GetInstalledCertificateIds.req(certificateType=CENTRAL),
        expect=GetInstalledCertificateIds.conf(
            status=one_of("Accepted", "NotFound"), certificateHashData=security.lists_no_more(root)
        ),
    )


@case("TC_083_CS")
async def test_tc_083_cs(station: Station, security: Security, sut: Sut) -> None:
    """The security profile is raised, and the charge point connects with the new one."""
    wanted = security.profile + 1
    prepared = certificate_installed(Security.root) if wanted == OVER_TLS else certificate_renewed
    await station.execute("before", prepared)
    security.demand_profile(wanted)
    station.expect_reconnection()
    changed = await station.call(
        1,
        ChangeConfiguration.req(key="SecurityProfile", value=str(wanted)),
        expect=ChangeConfiguration.conf(status=one_of("Accepted", "RebootRequired")),
    )
    if changed["status"] == "Accepted" and await station.reconnects():
        station.skip(3, 4, 5, 6, 7, 8, because="the charge point leaves to connect again")
    else:
        await station.call(3, Reset.req(type="Hard"), expect=Reset.conf(status="Accepted"))
        await station.expect(5, BootNotification.req(), within=sut.limits.connect_timeout)
        await in_any_order(
            *(
                station.expect(7, StatusNotification.req(connectorId=n, status="Available"))
                for n in (0, *sut.connectors)
            )
        )
    mutual = wanted > OVER_TLS
    shown = {"certificate": certificate(security.serial)} if mutual else {}
    more = {} if mutual else {"basic": basic(sut.station)}
    await station.expect_connection("post", {"tls": {**secured, **shown}, **more})


@case("TC_084_CS")
async def test_tc_084_cs(station: Station, security: Security) -> None:
    """The security profile cannot be lowered over OCPP."""
    lower = security.profile - 1
    security.may_fall_to(lower)
    await station.call(
        1,
        ChangeConfiguration.req(key="SecurityProfile", value=str(lower)),
        expect=ChangeConfiguration.conf(status=only("Rejected", because=LOWER)),
    )


@case("TC_085_CS", before=(reset,))
async def test_tc_085_cs(station: Station, sut: Sut) -> None:
    """The charge point identifies itself by HTTP Basic, with a password of the right length."""
    await station.expect_connection(1, {"basic": basic(sut.station)})
    await station.expect(3, BootNotification.req(), within=sut.limits.connect_timeout)
    await in_any_order(
        *(station.expect(5, StatusNotification.req(connectorId=n)) for n in (0, *sut.connectors))
    )


@case("TC_086_CS", before=(reset,), judges_tls=True)
async def test_tc_086_cs(station: Station, security: Security, sut: Sut) -> None:
    """The connection is TLS of a version and with suites that OCPP allows."""
    await station.expect_connection(1, {"tls": secured})
    by_password = security.profile == OVER_TLS
    shown = await station.expect_connection(5, {"basic": basic(sut.station)} if by_password else {})
    more = "the charge point sends a password besides its certificate"
    station.remark(5, *([more] if not by_password and "basic" in shown else []))
    await station.expect(7, BootNotification.req(), within=sut.limits.connect_timeout)
    await in_any_order(
        *(station.expect(9, StatusNotification.req(connectorId=n)) for n in (0, *sut.connectors))
    )


@case("TC_087_CS", before=(reset,), judges_tls=True)
async def test_tc_087_cs(station: Station, security: Security, sut: Sut) -> None:
    """The charge point identifies itself by a certificate of its own, with a strong key."""
    shown = {**secured, "certificate": certificate(security.serial)}
    await station.expect_connection(1, {"tls": shown})
    await station.expect(7, BootNotification.req(), within=sut.limits.connect_timeout)
    await in_any_order(
        *(station.expect(9, StatusNotification.req(connectorId=n)) for n in (0, *sut.connectors))
    )
