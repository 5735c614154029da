"""What a system that hears badly makes of a message, and of one that it hears well."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from conformance.reference.hearing import Heard, Refuse, Then
from conformance.reference.hearing_faults import EARS, HEARING, hearing_badly
from conformance.reference.wire import Wire, wire_pair

UID = str(uuid4())
DATA = {"vendorId": "org.example", "data": "text"}
VALUE, GENERIC = Refuse("PropertyConstraintViolation"), Refuse("GenericError")


def data(version: str = "1.6", **more: object) -> tuple[str, str]:
    return json.dumps([2, UID, "DataTransfer", DATA | more]), version


def call(*elements: object, version: str = "1.6") -> tuple[str, str]:
    return json.dumps(elements, separators=(",", ":")), version


def status(**more: object) -> tuple[str, str]:
    fields = {"connectorId": 1, "errorCode": "NoError", "status": "Available", **more}
    return call(2, UID, "StatusNotification", fields)


def metered(value: str) -> tuple[str, str]:
    values = [{"timestamp": "2026-03-01T12:00:00Z", "sampledValue": [{"value": value}]}]
    return call(2, UID, "MeterValues", {"connectorId": 1, "meterValue": values})


def stopped(reason: str) -> tuple[str, str]:
    return call(2, UID, "StopTransaction", {"transactionId": 1, "reason": reason})


BEAT = call(2, UID, "Heartbeat", {})
PLAIN: Any = [2, UID, "Heartbeat", {}]
FORMAT = {"1.6": Refuse("FormationViolation"), "2.0.1": Refuse("FormatViolation")}
# By fault: what is heard as it is, what is not, and what is made of that (a frame, or the like).
HEARD: dict[str, tuple[tuple[str, str], tuple[str, str], object]] = {
    "dies-of-nonsense": (BEAT, ("{}", "1.6"), Then.READ_NO_MORE),
    "takes-text-types": (BEAT, call("2", UID, "Heartbeat", {}), PLAIN),
    "refuses-unknown-types": (BEAT, call(9, UID, {}), GENERIC),
    "ignores-unknown-types": (BEAT, call(9, UID, {}, version="2.0.1"), Then.DROP),
    "fills-in-payload": (BEAT, call(2, UID, "Heartbeat"), PLAIN),
    "ignores-more-elements": (BEAT, call(2, UID, "Heartbeat", {}, {}), PLAIN),
    "takes-arrays": (BEAT, call(2, UID, "Heartbeat", []), PLAIN),
    "refuses-null": (BEAT, call(2, UID, "Heartbeat", None), FORMAT["1.6"]),
    "compact-only": (BEAT, (f" {BEAT[0]}", "1.6"), Then.DROP),
    "small-buffer": (BEAT, data(data="x" * 4096), Then.DROP),
    "uuid-only": (BEAT, call(2, "1", "Heartbeat", {}), Then.DROP),
    "any-letter-case": (BEAT, call(2, UID, "HEARTBEAT", {}), PLAIN),
    "ignores-surplus": (BEAT, call(2, UID, "Heartbeat", {"colour": "blue"}), PLAIN),
    "ignores-nulls": (
        data(),
        data(messageId=None),
        [2, UID, "DataTransfer", DATA],
    ),
    "converts-scalars": (data(), data(data=1.5), [2, UID, "DataTransfer", DATA | {"data": "1.5"}]),
    "basic-plane-only": (
        data(data="\N{EURO SIGN}"),
        data(data="\N{ELECTRIC PLUG}"),
        Refuse("InternalError"),
    ),
    "refuses-longest": (data(messageId="m" * 49), data(messageId="m" * 50), VALUE),
    "refuses-empty": (data(), data(data=""), VALUE),
    "refuses-custom-data": (
        data("2.0.1"),
        data("2.0.1", customData={"vendorId": "org.example"}),
        FORMAT["2.0.1"],
    ),
    "refuses-offsets": (
        status(timestamp="2026-03-01T12:00:00Z"),
        status(timestamp="2026-03-01T12:00:00+01:00"),
        VALUE,
    ),
    "refuses-negatives": (metered("1"), metered("-1"), VALUE),
    "refuses-lock-failures": (status(), status(errorCode="ConnectorLockFailure"), VALUE),
    "refuses-stop-reasons": (stopped("Local"), stopped("PowerLoss"), VALUE),
    "wants-a-boot": (call(2, UID, "BootNotification", {}), BEAT, Refuse("SecurityError")),
    "hangs-up-on-unknown-answers": (call(3, "asked", {}), call(3, UID, {}), Then.HANG_UP),
    "hangs-up-on-refusals": (
        call(3, "asked", {}),
        call(4, "asked", "InternalError", "", {}),
        Then.HANG_UP,
    ),
}
SPELLED = {  # by fault: an id, and how it is given back
    "raw-ids": ('a"b', "a\\"),
    "ids-as-numbers": ("007", "7"),
}


@pytest.mark.parametrize("fault", sorted(EARS.keys() - SPELLED.keys()))
def test_what_is_made_of_a_message(fault: str) -> None:
    right, wrong, expected = HEARD[fault]
    for (text, version), made in ((right, json.loads(right[0])), (wrong, expected)):
        heard = Heard(text, json.loads(text), version, asked={"asked"})
        found = EARS[fault].hear(heard)
        assert (json.loads(found) if isinstance(found, str) else found) == made


@pytest.mark.parametrize("fault", SPELLED)
def test_an_id_is_given_back_otherwise(fault: str) -> None:
    uid, spelled = SPELLED[fault]

    async def test(system: Wire, peer: Wire) -> None:
        for asked, answered in ((uid, spelled), (UID, UID)):
            await peer.send(json.dumps([2, asked, "Heartbeat", {}]))
            await system.send(json.dumps([3, json.loads(await system.recv())[1], {}]))
            assert json.loads(await peer.recv()) == [3, answered, {}]

    heard_badly(fault, test)


def heard_badly(fault: str, test: Callable[[Wire, Wire], Awaitable[None]]) -> None:
    """Run a test on a connection of a system with a fault, and the other end of it."""
    wire, peer = wire_pair()
    asyncio.run(test(hearing_badly(wire, {fault: ""}, "1.6"), peer))  # type: ignore[arg-type]


REFUSAL = [4, UID, "NotSupported", "", {}]


@pytest.mark.parametrize(
    ("fault", "sent"),
    [("never-refuses", [3, UID, {}]), ("loses-the-id", [4, "", *REFUSAL[2:]])],
)
def test_a_refusal_goes_out_otherwise(fault: str, sent: object) -> None:
    async def test(system: Wire, peer: Wire) -> None:
        await system.send(json.dumps(REFUSAL))
        assert json.loads(await peer.recv()) == sent
        await system.send(json.dumps([3, UID, {}]))
        assert json.loads(await peer.recv()) == [3, UID, {}]

    heard_badly(fault, test)


def test_hangs_up_on_errors() -> None:
    async def test(system: Wire, peer: Wire) -> None:
        await system.send(json.dumps(REFUSAL))
        with pytest.raises(ConnectionError):
            await peer.recv()

    heard_badly("hangs-up-on-errors", test)


def test_a_refusal_of_its_own_has_the_id_and_a_deaf_system_hears_nothing_more() -> None:
    async def test(system: Wire, peer: Wire) -> None:
        heard = asyncio.create_task(system.recv())
        await peer.send("{}")
        await peer.send(BEAT[0])
        await peer.close()
        with pytest.raises(ConnectionError):
            await heard

    async def refused(system: Wire, peer: Wire) -> None:
        heard = asyncio.create_task(system.recv())
        await peer.send(json.dumps([2, UID, "DataTransfer", {"vendorId": ""}]))
        assert json.loads(await peer.recv())[:3] == [4, UID, VALUE.code]
        await peer.send(BEAT[0])
        assert await heard == BEAT[0]

    heard_badly("dies-of-nonsense", test)
    heard_badly("refuses-empty", refused)


def test_asks_again() -> None:
    async def test(system: Wire, peer: Wire) -> None:
        await system.send(BEAT[0])
        assert json.loads(await peer.recv())[1] == UID
        twin = json.loads(await peer.recv())  # though nobody has answered
        assert (twin[0], twin[2:]) == (2, ["Heartbeat", {}])
        assert twin[1] != UID
        for uid in (twin[1], UID):
            await peer.send(json.dumps([3, uid, {}]))
        assert json.loads(await system.recv())[1] == UID
        await system.close()

    heard_badly("asks-again", test)


def test_every_fault_of_hearing_has_a_test() -> None:
    assert EARS.keys() == HEARD.keys() | SPELLED.keys()
    others = {"never-refuses", "loses-the-id", "hangs-up-on-errors", "asks-again"}
    assert HEARING.keys() - EARS.keys() == others
