"""Requests that a system of either version and role answers without changing anything."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from conformance import BAD, ID, Sut, now, present
from conformance.ocpp16 import messages as v16
from conformance.ocpp201 import messages as v201

KEY = "HeartbeatInterval"
COMPONENT, VARIABLE = "OCPPCommCtrlr", "OfflineThreshold"
SUBPROTOCOLS = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1"}
VENDOR = "org.example.conformance"
# Letters with marks of their own, a family of joined signs, and signs beyond the basic plane.
COMPOSED = "e\u0301, \u0928\u093f, \U0001f468\u200d\U0001f469\u200d\U0001f467, \U0001d11e"

# Octets of a password: a NUL, some that are in no UTF-8 text, and the colon of HTTP Basic.
NO_TEXT = b"\x00\xff\xfe:\xc0\x80"


class Asking(NamedTuple):
    """A request as it goes over the wire, and what has to be in its answer."""

    action: str
    payload: dict[str, Any]
    expect: Any


def harmless(sut: Sut) -> Asking:
    """Return what every system of this version and role has to answer with a CALLRESULT."""
    if sut.role == "CSMS":
        told = v16.Heartbeat.conf if sut.version == "1.6" else v201.HeartbeatResponse
        return Asking("Heartbeat", {}, told(currentTime=present))
    if sut.version == "1.6":
        # Which keys there are is the matter of other cases.
        return Asking("GetConfiguration", {"key": [KEY]}, v16.GetConfiguration.conf())
    return Asking(
        "GetVariables",
        {"getVariableData": [variable()]},
        v201.GetVariablesResponse(getVariableResult=[{"attributeStatus": present}]),
    )


def variable(**more: object) -> dict[str, Any]:
    """Return how one variable of every charging station is named."""
    return {"component": {"name": COMPONENT}, "variable": {"name": VARIABLE}, **more}


def request(sut: Sut) -> Any:  # noqa: ANN401 - of either version
    """Return the harmless request as a message of its version."""
    asking = harmless(sut)
    if sut.version == "1.6":
        return getattr(v16, asking.action).req(**asking.payload)
    return getattr(v201, f"{asking.action}Request")(**asking.payload)


def empty(sut: Sut) -> Asking:
    """Return a request that needs no field at all."""
    if sut.role == "CSMS":
        return harmless(sut)
    if sut.version == "1.6":
        told = v16.GetConfiguration.conf(configurationKey=[{"key": present}])
        return Asking("GetConfiguration", {}, told)
    return Asking("GetTransactionStatus", {}, v201.GetTransactionStatusResponse())


def with_text(sut: Sut, text: str) -> Asking:
    """Return a request with a text of anybody's choice in it, long and of any characters."""
    payload = {"vendorId": VENDOR, "messageId": "echo", "data": text}
    if sut.version == "1.6":
        return Asking("DataTransfer", payload, v16.DataTransfer.conf(status=present))
    return Asking("DataTransfer", payload, v201.DataTransferResponse(status=present))


def with_texts(sut: Sut, vendor: str, message: str, data: str) -> Asking:
    """Return a request in which these three texts stand, each at its own length."""
    asking = with_text(sut, data)
    return asking._replace(payload={"vendorId": vendor, "messageId": message, "data": data})


def extended(sut: Sut) -> Asking:
    """Return a request of 2.0.1 with customData in an object that is a part of it."""
    more = {"vendorId": VENDOR, "parts": [{"colour": "blue"}, 1.5, True]}
    if sut.role == "CS":
        asking = harmless(sut)
        return asking._replace(payload={"getVariableData": [variable(customData=more)]})
    meter = {"value": 1.0, "customData": more}
    payload = {"evseId": 1, "meterValue": [{"timestamp": now(), "sampledValue": [meter]}]}
    return Asking("MeterValues", payload, v201.MeterValuesResponse())


def escaped(message: list[object]) -> str:
    """Return a message with every character beyond ASCII escaped, pairs of surrogates too."""
    return json.dumps(message, ensure_ascii=True)


def damaged(sut: Sut) -> list[object]:
    """Return a CALL with a text in which one byte may be damaged."""
    asking = with_text(sut, f"data{BAD}")
    return [2, ID, asking.action, asking.payload]


def spelled(message: list[object]) -> str:
    """Return a message in a legal spelling of JSON that nobody uses."""
    text = json.dumps(message, indent="\t", separators=(" ,\r\n", " : "))
    return text.replace("e", "\\u0065")


def booted(sut: Sut) -> Any:  # noqa: ANN401 - of either version
    """Return what a station sends when it has booted."""
    old = sut.version == "1.6"
    return v16.BootNotification.req() if old else v201.BootNotificationRequest()


def late(sut: Sut) -> float:
    """Return how late an answer comes that every system still waits for, in seconds."""
    return min(2.0, sut.limits.message_timeout / 2)


def errors() -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Return the code, description and details of CALLERRORs: the shortest one, and a long one."""
    details = {"field": "connectorId", "seen": [{"at": 1.5, "values": [None, True, "\U0001d11e"]}]}
    return ("GenericError", "", {}), ("InternalError", "\u00e4 b" * 85, details)
