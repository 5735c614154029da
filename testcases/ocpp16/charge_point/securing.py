"""States of a charge point's security: its name, its certificates, a reset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance import Inconclusive, Security, State, Station, Sut, one_of, state
from conformance.ocpp16.configuration import value
from conformance.ocpp16.messages import (
    CertificateSigned,
    ExtendedTriggerMessage,
    GetConfiguration,
    GetInstalledCertificateIds,
    InstallCertificate,
    Reset,
    SignCertificate,
)
from testcases.ocpp16.charge_point.settings import configuration

CHECK = "AdditionalRootCertificateCheck"
CENTRAL: Any = "CentralSystemRootCertificate"


def cpo_name(sut: Sut) -> str:
    """Return what CpoName has to be: the configured vendor name."""
    return sut.vendor or "ocpp-conformance"


named = configuration(CpoName=cpo_name)
"""CpoName is the configured vendor name."""


@state("AnyRoot")
async def any_root(station: Station) -> None:
    """A root can be installed that the one before has not signed (AdditionalRootCertificateCheck).

    The tool has no key of the root in use, so that it cannot make another one.
    """
    known = await station.call(1, GetConfiguration.req(key=[CHECK]))
    if value(known.get("configurationKey") or (), CHECK).lower() == "true":
        raise Inconclusive(f"{CHECK} is true: the tool cannot sign a root with the one in use")


def certificate_installed(of: Callable[[Security], str]) -> State:
    """Return the memory state CertificateInstalled with a root (table 114)."""

    @state("CertificateInstalled")
    async def there(station: Station, security: Security) -> None:
        root = of(security)
        known = await station.call(
            1,
            GetInstalledCertificateIds.req(certificateType=CENTRAL),
            expect=GetInstalledCertificateIds.conf(status=one_of("Accepted", "NotFound")),
        )
        if security.entry(root, known.get("certificateHashData")) is not None:
            station.skip(3, because="the certificate is installed already")
            return
        await station.call(
            3,
            InstallCertificate.req(certificateType=CENTRAL, certificate=root),
            expect=InstallCertificate.conf(status="Accepted"),
        )

    return there


@state("RenewChargePointCertificate")
async def certificate_renewed(station: Station, security: Security, sut: Sut) -> None:
    """The charge point has a client certificate of the tool's authority (table 115)."""
    await station.execute("before", named)
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
        CertificateSigned.req(certificateChain=await security.signed(asked["csr"])),
        expect=CertificateSigned.conf(status="Accepted"),
    )


@state("Reset")
async def reset(station: Station) -> None:
    """The charge point is triggered to reset."""
    station.expect_reconnection()
    await station.call(1, Reset.req(type="Hard"), expect=Reset.conf(status="Accepted"))
