"""B01 to B03: cold boot."""

from __future__ import annotations

from conformance import Operator, Station, Sut, case, in_any_order, one_of
from conformance.ocpp201.messages import (
    BootNotificationRequest,
    BootNotificationResponse,
    GetBaseReportRequest,
    GetBaseReportResponse,
    GetVariableDataType,
    GetVariablesRequest,
    GetVariablesResponse,
    NotifyReportRequest,
    RequestStartTransactionRequest,
    RequestStartTransactionResponse,
    SetVariablesRequest,
    TriggerMessageRequest,
    TriggerMessageResponse,
)
from testcases.ocpp201.charging_station.reports import connector_reported
from testcases.ocpp201.charging_station.states import booted
from testcases.ocpp201.charging_station.variables import configuration, set_accepted


@case("TC_B_01_CS")
async def test_tc_b_01_cs(station: Station) -> None:
    """The station boots, is accepted, and reports every connector."""
    await station.execute(1, booted)


@case("TC_B_02_CS", before=(configuration(OCPPCommCtrlr__OfflineThreshold=None),))
async def test_tc_b_02_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A pending station answers what it is asked, starts nothing, and boots when triggered."""
    threshold: GetVariableDataType = {
        "component": {"name": "OCPPCommCtrlr"},
        "variable": {"name": "OfflineThreshold"},
    }
    interval = sut.heartbeat_interval
    await operator.reboot()
    with station.quiet("B02.FR.02: a pending station sends only what it is asked for"):
        pending = await station.expect(
            1,
            BootNotificationRequest(),
            reply=BootNotificationResponse(status="Pending", interval=interval),
            within=sut.limits.connect_timeout,
        )
        await station.call(
            3,
            SetVariablesRequest(
                setVariableData=[
                    {
                        "component": threshold["component"],
                        "variable": threshold["variable"],
                        "attributeValue": "300",
                    }
                ]
            ),
            expect=set_accepted(),
        )
        await station.call(
            5,
            GetVariablesRequest(getVariableData=[threshold]),
            expect=GetVariablesResponse(getVariableResult=[{"attributeStatus": "Accepted"}]),
        )
        await station.call(
            7,
            GetBaseReportRequest(requestId=7, reportBase="FullInventory"),
            expect=GetBaseReportResponse(status="Accepted"),
        )
        await station.expect_pages(9, NotifyReportRequest(requestId=7), more="tbc")
        await station.call(
            11,
            RequestStartTransactionRequest(idToken=sut.id_token, evseId=sut.evse, remoteStartId=11),
            expect=RequestStartTransactionResponse(status="Rejected"),
        )
        triggered = await station.call(
            13,
            TriggerMessageRequest(requestedMessage="BootNotification"),
            expect=TriggerMessageResponse(status=one_of("Accepted", "NotImplemented")),
        )
        accepted = BootNotificationResponse(status="Accepted", interval=interval)
        if triggered["status"] == "Accepted":
            await station.expect(15, BootNotificationRequest(reason="Triggered"), reply=accepted)
        else:
            await station.expect(
                15,
                BootNotificationRequest(),
                reply=accepted,
                not_before=interval,
                since=pending,
            )
    await in_any_order(
        *(
            station.expect(17, *connector_reported("Available", evse, connector))
            for evse, connector in sut.places
        )
    )


@case("TC_B_03_CS")
async def test_tc_b_03_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A rejected station keeps silent for the interval, then asks again."""
    interval = sut.heartbeat_interval
    await operator.reboot()
    with station.quiet("B03.FR.02: a rejected station sends nothing before the interval is over"):
        rejected = await station.expect(
            1,
            BootNotificationRequest(),
            reply=BootNotificationResponse(status="Rejected", interval=interval),
            within=sut.limits.connect_timeout,
        )
        await station.expect(
            3,
            BootNotificationRequest(),
            reply=BootNotificationResponse(status="Accepted", interval=interval),
            not_before=interval,
            since=rejected,
            may_reconnect=True,
        )
    await in_any_order(
        *(
            station.expect(5, *connector_reported("Available", evse, connector))
            for evse, connector in sut.places
        )
    )
