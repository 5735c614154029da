"""B01: cold boot; B06: get variables."""

from __future__ import annotations

from conformance import Csms, Operator, absent, case, one_of
from conformance.ocpp201.messages import GetVariablesRequest, GetVariablesResponse
from testcases.ocpp201.csms.states import booted


@case("TC_B_01_CSMS")
async def test_tc_b_01_csms(csms: Csms) -> None:
    """The CSMS accepts a booting station."""
    await csms.execute(1, booted)


@case("TC_B_06_CSMS")
async def test_tc_b_06_csms(csms: Csms, operator: Operator) -> None:
    """The CSMS reads one variable."""
    await operator.ask_for_variable("OCPPCommCtrlr", "OfflineThreshold")
    await csms.expect(
        1,
        GetVariablesRequest(
            getVariableData=[
                {
                    "attributeType": one_of(absent, "Actual", "Target", "MinSet", "MaxSet"),
                    "variable": {"name": "OfflineThreshold"},
                    "component": {"name": "OCPPCommCtrlr"},
                }
            ]
        ),
        reply=GetVariablesResponse(
            getVariableResult=[
                {
                    "attributeStatus": "Accepted",
                    "attributeValue": "300",
                    "component": {"name": "OCPPCommCtrlr"},
                    "variable": {"name": "OfflineThreshold"},
                }
            ]
        ),
    )
