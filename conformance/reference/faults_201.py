"""The deliberate faults of the OCPP 2.0.1 reference systems, each with what it does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

STATION_FAULTS_201: Mapping[str, str] = MappingProxyType(
    {
        "forgets-connector": "the state of the last connector is never reported",
        "occupied-at-boot": "every connector is reported Occupied after a boot",
        "no-security-event": "no SecurityEventNotification follows a boot",
        "sends-while-rejected": "a Heartbeat is sent while the CSMS has rejected the station",
        "ignores-ping-interval": "WebSocketPingInterval changes nothing",
        "pings-though-off": "a WebSocketPingInterval of 0 leaves the pings as they were",
        "takes-negative-numbers": "variables can be set to numbers below 0",
        "ignores-retry-interval": "BootNotification is repeated after a tenth of the interval",
        "starts-though-refused": "a transaction goes on after Authorize was answered Invalid",
        "no-remote-start-id": "no TransactionEvent carries a remoteStartId",
        "wrong-trigger-reason": "every TransactionEvent has the triggerReason MeterValueClock",
        "ignores-authorize-remote-start": "AuthorizeRemoteStart is taken the wrong way round",
        "changes-profile-limit": "a charging profile is stored with its limits raised by one",
        "other-request-id-in-report": "reports carry another requestId than the request",
        "ignores-remote-stop": "RequestStopTransaction is accepted, and charging goes on",
        "stamps-when-sent": "what was queued while offline has the time of its sending",
        "doubles-for-ever": "the back-off is doubled after every attempt that fails",
        "keeps-back-off": "the back-off goes on where it was, though there was a connection",
        "wrong-stopped-reason": "every transaction ends with stoppedReason Other",
    }
)

CSMS_FAULTS_201: Mapping[str, str] = MappingProxyType(
    {
        "accepts-invalid-token": "a token that nobody knows is Accepted",
        "blocked-is-accepted": "a blocked token is Accepted",
        "expired-is-accepted": "an expired token is Accepted",
        "wrong-evse": "requests for an EVSE name the next one",
        "profile-with-transaction-id": "RequestStartTransaction's profile has a transactionId",
        "wrong-variable": "GetVariables asks for another variable than the operator wished",
        "never-sends": "a wish of the operator is taken, and nothing is sent",
        "no-id-token-info": "TransactionEvent responses have no idTokenInfo",
    }
)
