"""Section 3.8: Core profile, basic actions, non-happy flow."""

from __future__ import annotations

from conformance import Csms, Sut, case
from conformance.ocpp16.messages import Authorize, StatusNotification
from testcases.ocpp16.central_system.states import authorized, status


@case("TC_023_1_CSMS")
async def test_tc_023_1_csms(csms: Csms, sut: Sut) -> None:
    """The central system says that a token is invalid."""
    await csms.call(
        1,
        Authorize.req(idTag=sut.values.invalid_token.id_tag),
        expect=Authorize.conf(idTagInfo={"status": "Invalid"}),
    )


@case("TC_023_2_CSMS")
async def test_tc_023_2_csms(csms: Csms, sut: Sut) -> None:
    """The central system says that a token has expired."""
    await csms.call(
        1,
        Authorize.req(idTag=sut.values.expired_token.id_tag),
        expect=Authorize.conf(idTagInfo={"status": "Expired"}),
    )


@case("TC_023_3_CSMS")
async def test_tc_023_3_csms(csms: Csms, sut: Sut) -> None:
    """The central system says that a token is blocked."""
    await csms.call(
        1,
        Authorize.req(idTag=sut.values.blocked_token.id_tag),
        expect=Authorize.conf(idTagInfo={"status": "Blocked"}),
    )


@case("TC_024_CSMS", before=(authorized,))
async def test_tc_024_csms(csms: Csms, sut: Sut) -> None:
    """The central system takes the report that a connector cannot be locked."""
    await csms.call(1, status(sut, "Preparing"))
    await csms.call(
        3,
        StatusNotification.req(
            connectorId=sut.connector, errorCode="ConnectorLockFailure", status="Faulted"
        ),
    )
