"""The type checker rejects a wrong field or value at any depth, and no right one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PRELUDE = """\
from __future__ import annotations
from conformance.matching import UNSET, absent, each, exactly, one_of, present, some
from conformance.ocpp16 import messages as v16
from conformance.ocpp201 import messages as v201
from conformance.ocpp16.messages import BootNotification, ChargingProfile, GetConfiguration
from conformance.ocpp16.messages import IdTagInfo, MeterValue, MeterValues, SetChargingProfile
from conformance.ocpp16.messages import StatusNotification, StopTransaction
from conformance.ocpp201.messages import BootNotificationRequest, NotifyEventRequest
from conformance.ocpp201.messages import SetChargingProfileRequest, StatusNotificationRequest
from conformance.ocpp201.messages import TransactionEventRequest
"""

RIGHT = [
    'StatusNotification.req(connectorId=1, errorCode="NoError", status="Charging")',
    'StatusNotification.req(status=one_of("Charging", "Preparing"), vendorId=absent)',
    "BootNotification.conf(interval=300, currentTime=present, status=UNSET)",
    'GetConfiguration.req(key=["HeartbeatInterval"])',
    'GetConfiguration.req(key=list({"HeartbeatInterval": 1}))',
    'GetConfiguration.conf(configurationKey=[{"key": "A", "readonly": False}], unknownKey=present)',
    'MeterValues.req(meterValue=[{"sampledValue": [{"value": "1", "unit": "Celsius"}]}])',
    'MeterValues.req(meterValue=({"sampledValue": [{"value": "1", "unit": "Celcius"}]},))',
    'MeterValues.req(meterValue=each({"timestamp": present}))',
    'MeterValues.req(meterValue=[some({"value": "1"}), {"sampledValue": exactly(present)}])',
    'MeterValues.req(meterValue=[{"sampledValue": [{"measurand": one_of("Voltage", absent)}]}])',
    (
        'SetChargingProfile.req(csChargingProfiles={"chargingSchedule": {"chargingRateUnit": "A",'
        ' "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}, {"limit": 8.1}]}})'
    ),
    'IdTagInfo(status="Accepted")',
    'IdTagInfo(status=one_of("Accepted", "Blocked"))',
    'BootNotificationRequest(reason="PowerUp", chargingStation={"model": "m", "modem": absent})',
    'BootNotificationRequest(customData={"vendorId": "x", "anything": 1})',
    (
        'NotifyEventRequest(eventData=[{"component": {"name": "Connector", "evse": {"id": 1}},'
        ' "actualValue": "Available", "trigger": "Delta"}])'
    ),
    'TransactionEventRequest(eventType="Started", evse={"id": 1, "connectorId": present})',
    (
        'SetChargingProfileRequest(chargingProfile={"chargingSchedule": [{"id": 1,'
        ' "chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 1.5}]}]})'
    ),
    'v201.Get15118EVCertificateRequest(action_="Install")',
    'v201.DataTransferRequest(data={"any": ["thing"]})',
    'v16.REQUESTS["Reset"]',
]

WRONG = [
    # a message's own field
    "StatusNotification.req(connectorID=1)",
    'StatusNotification.req(connectorId="1")',
    'StatusNotification.req(status="Occupied")',
    'StatusNotification.req(errorCode="noError")',
    "StatusNotification.req(1)",
    "BootNotification.conf(interval=None)",
    'BootNotification.conf(status="accepted")',
    'StatusNotificationRequest(connectorStatus="Charging")',
    "StatusNotificationRequest(evse_id=1)",
    'GetConfiguration.req(key="HeartbeatInterval")',
    "GetConfiguration.req(key=[1])",
    "v16.NoSuchMessage",
    # one level down
    'IdTagInfo(status="OK")',
    'IdTagInfo(expireDate="2026-02-01T10:00:00Z")',
    'v16.Authorize.conf(idTagInfo={"status": "OK"})',
    'v16.Authorize.conf(idTagInfo="Accepted")',
    'GetConfiguration.conf(configurationKey=[{"key": "A", "readOnly": False}])',
    'GetConfiguration.conf(configurationKey=[{"key": "A", "readonly": "no"}])',
    'BootNotificationRequest(chargingStation={"modell": "x"})',
    'TransactionEventRequest(evse={"id": "1"})',
    # deeper
    'MeterValues.req(meterValue=[{"sampledValues": []}])',
    'MeterValues.req(meterValue=[{"sampledValue": [{"value": 1}]}])',
    'MeterValues.req(meterValue=[{"sampledValue": [{"value": "1", "unit": "celsius"}]}])',
    'MeterValues.req(meterValue=[present, {"sampledValue": [{"measurand": "Volt"}]}])',
    'StopTransaction.req(transactionData=[{"sampledValue": [{"phase": "L4"}]}])',
    'SetChargingProfile.req(csChargingProfiles={"chargingSchedule": {"chargingRateUnit": "kW"}})',
    (
        'SetChargingProfile.req(csChargingProfiles={"chargingSchedule": {"chargingSchedulePeriod":'
        ' [{"startPeriod": 0, "limits": 6}]}})'
    ),
    'BootNotificationRequest(chargingStation={"modem": {"imei": "1"}})',
    'NotifyEventRequest(eventData=[{"component": {"name": "Connector", "evse": {"id": "1"}}}])',
    'NotifyEventRequest(eventData=[{"trigger": "Changed"}])',
    (
        'SetChargingProfileRequest(chargingProfile={"chargingSchedule": [{"chargingSchedulePeriod":'
        ' [{"limit": "6"}]}]})'
    ),
    'SetChargingProfileRequest(chargingProfile={"chargingProfilePurpose": "TxProfil"})',
    'v201.Get15118EVCertificateRequest(action_="Remove")',
]


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """Run mypy once over all statements; return what it says about each line."""
    folder = tmp_path_factory.mktemp("typing")
    snippet = folder / "statements_of_the_test.py"
    snippet.write_text(PRELUDE + "\n".join([*RIGHT, *WRONG]) + "\n", encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--no-error-summary"),
            *("--follow-imports=silent", "--config-file", "", "--cache-dir", str(folder / "cache")),
            str(snippet),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    lines = re.finditer(rf"{snippet.name}:(\d+): error: (.*)", done.stdout)
    return {int(line[1]): line[2] for line in lines}


def line_of(statement: str) -> int:
    return PRELUDE.count("\n") + [*RIGHT, *WRONG].index(statement) + 1


@pytest.mark.parametrize("statement", RIGHT)
def test_a_right_statement_is_accepted(statement: str, complaints: dict[int, str]) -> None:
    assert complaints.get(line_of(statement), "") == ""


@pytest.mark.parametrize("statement", WRONG)
def test_a_wrong_statement_is_rejected(statement: str, complaints: dict[int, str]) -> None:
    assert line_of(statement) in complaints


def test_only_the_statements_are_complained_about(complaints: dict[int, str]) -> None:
    assert min(complaints) > PRELUDE.count("\n")
