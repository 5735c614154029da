"""Section 3.14: local authorization list."""

from __future__ import annotations

from conformance import Csms, Operator, Sut, case, each, present
from conformance.ocpp16.messages import GetLocalListVersion, SendLocalList

WITH_INFO = each({"idTagInfo": present})


@case("TC_042_1_CSMS")
async def test_tc_042_1_csms(csms: Csms, operator: Operator) -> None:
    """The central system asks a charge point without a local list for its version."""
    await operator.ask_for_local_list_version()
    await csms.expect(1, GetLocalListVersion.req(), reply=GetLocalListVersion.conf(listVersion=-1))


@case("TC_042_2_CSMS")
async def test_tc_042_2_csms(csms: Csms, operator: Operator) -> None:
    """The central system asks a charge point with an empty local list for its version."""
    await operator.ask_for_local_list_version()
    await csms.expect(1, GetLocalListVersion.req(), reply=GetLocalListVersion.conf(listVersion=0))


@case("TC_043_1_CSMS")
async def test_tc_043_1_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a charge point that has no local list."""
    await operator.ask_for_local_list("Full", sut.values.id_token)
    await csms.expect(
        1,
        SendLocalList.req(updateType="Full"),
        reply=SendLocalList.conf(status="NotSupported"),
        meanwhile=[GetLocalListVersion.req()],
    )


@case("TC_043_3_CSMS")
async def test_tc_043_3_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a charge point that cannot take a local list."""
    await operator.ask_for_local_list("Full", sut.values.id_token)
    await csms.expect(
        1,
        SendLocalList.req(updateType="Full"),
        reply=SendLocalList.conf(status="Failed"),
        meanwhile=[GetLocalListVersion.req()],
    )


@case("TC_043_4_CSMS")
async def test_tc_043_4_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system sends a whole local list."""
    await operator.ask_for_local_list("Full", sut.values.id_token)
    await csms.expect(
        1,
        SendLocalList.req(updateType="Full", localAuthorizationList=WITH_INFO),
        reply=SendLocalList.conf(status="Accepted"),
        meanwhile=[GetLocalListVersion.req()],
    )


@case("TC_043_5_CSMS")
async def test_tc_043_5_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system adds to a local list, and may ask for its version first."""
    await operator.ask_for_local_list("Differential", sut.values.id_token)
    csms.skip(1, 2, because="the version may be asked for, and is told, whenever it is")
    await csms.expect(
        3,
        SendLocalList.req(updateType="Differential", localAuthorizationList=WITH_INFO),
        reply=SendLocalList.conf(status="Accepted"),
        meanwhile=[GetLocalListVersion.req()],
    )
