"""Each fault of the 1.6 central system shows, and without it there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeAlias

import pytest
from ocpp.v16 import call

from conformance.reference.faults import CSMS_16
from tests.reference.bench_16 import Bench, run
from tests.reference.securing_csms_16 import SECURITY

Scene: TypeAlias = Callable[[Bench], Awaitable[object]]
WISH = {
    "purpose": "TxProfile",
    "kind": "Relative",
    "stack_level": 0,
    "unit": "A",
    "limit": 6.0,
    "duration": 300,
    "number_phases": 3,
    "valid": True,
}


async def invalid_token(bench: Bench) -> object:
    await bench.present("NOBODY")
    return bench.answers("Authorize", "csms")[-1]["idTagInfo"]["status"]


async def blocked_token(bench: Bench) -> object:
    await bench.present("BLOCKED01")
    return bench.answers("Authorize", "csms")[-1]["idTagInfo"]["status"]


async def remote_start(bench: Bench) -> dict[str, Any]:
    body = {"token": "TAG001", "kind": "ISO14443", "evse": 1, "profile": WISH}
    assert await bench.wish("RemoteStartTransaction", **body) == 200
    return bench.calls("RemoteStartTransaction", "csms")[0]


async def its_connector(bench: Bench) -> object:
    return (await remote_start(bench))["connectorId"]


async def its_transaction(bench: Bench) -> object:
    return (await remote_start(bench))["chargingProfile"].get("transactionId")


async def valid_from(bench: Bench) -> object:
    wish = WISH | {"purpose": "TxDefaultProfile"}
    assert await bench.wish("SetChargingProfile", evse=1, profile=wish) == 200
    profile = bench.calls("SetChargingProfile", "csms")[0]["csChargingProfiles"]
    return "validFrom" in profile, "validTo" in profile


async def sending(bench: Bench) -> object:
    body = {"evse": 1, "duration": 300, "unit": "A"}
    assert await bench.wish("GetCompositeSchedule", **body) == 200
    return bench.actions("csms")


async def answer_at_start(bench: Bench) -> object:
    await bench.charge()
    return "idTagInfo" in bench.answers("StartTransaction", "csms")[0]


async def transaction_ids(bench: Bench) -> object:
    await bench.charge(1)
    await bench.charge(2)
    return [answer["transactionId"] for answer in bench.answers("StartTransaction", "csms")]


async def zone(bench: Bench) -> object:
    return bench.answers("BootNotification", "csms")[0]["currentTime"][-1]


async def vendors_message(bench: Bench) -> object:
    link = bench.station.controller.all.link
    assert link
    with suppress(TimeoutError):
        await link.ask(call.DataTransfer(vendor_id="v"))
    return bench.answers("DataTransfer", "csms")


async def expired_token(bench: Bench) -> object:
    await bench.present("EXPIRED01")
    return bench.answers("Authorize", "csms")[-1]["idTagInfo"]["status"]


def wished(action: str, body: dict[str, Any], *path: str | int) -> Scene:
    """Return the scene of one wish, and of what stands at a place of the request."""

    async def scene(bench: Bench) -> object:
        assert await bench.wish(action, **body) == 200
        found: Any = bench.calls(action, "csms")[0]
        for part in path:
            found = found[part] if isinstance(part, int) else found.get(part)
        return found

    return scene


async def group_of_a_token(bench: Bench) -> object:
    bench.csms._tokens.options.__dict__["parents"] = ("TAG001:G",)
    await bench.present("TAG001")
    return bench.answers("Authorize", "csms")[-1]["idTagInfo"]["parentIdTag"]


TOKENS = {"update": "Full", "tokens": ["TAG001"], "kind": "", "removed": []}
FOR_5 = {"evse": 1, "profile": WISH | {"purpose": "TxProfile"}, "transaction": "5"}
CSMS: dict[str, tuple[Scene, object, object]] = {
    "start-without-info": (answer_at_start, True, False),
    "reuses-transaction-id": (transaction_ids, [1, 2], [1, 1]),
    "time-without-zone": (zone, "Z", "0"),
    "remote-start-on-0": (its_connector, 1, 0),
    "expired-is-accepted": (expired_token, "Expired", "Accepted"),
    "always-resets-softly": (wished("Reset", {"kind": "Hard"}, "type"), "Hard", "Soft"),
    "list-without-info": (
        wished("SendLocalList", TOKENS, "localAuthorizationList", 0, "idTagInfo"),
        {"status": "Accepted"},
        None,
    ),
    "cancels-another": (
        wished("CancelReservation", {"reservation": 7}, "reservationId"),
        7,
        8,
    ),
    "other-group": (group_of_a_token, "G", "NOBODY"),
    "clears-by-everything": (
        wished("ClearChargingProfile", {"profile": 3}, "stackLevel"),
        None,
        0,
    ),
    "profile-of-no-transaction": (
        wished("SetChargingProfile", FOR_5, "csChargingProfiles", "transactionId"),
        5,
        None,
    ),
    "ignores-unknown-vendor": (vendors_message, [{"status": "UnknownVendorId"}], []),
    "accepts-invalid-token": (invalid_token, "Invalid", "Accepted"),
    "blocked-is-accepted": (blocked_token, "Blocked", "Accepted"),
    "wrong-connector-in-remote-start": (its_connector, 1, 2),
    "profile-with-transaction-id": (its_transaction, None, 1),
    "no-valid-from": (valid_from, (True, True), (False, True)),
    **SECURITY,
    "never-sends": (sending, ["GetCompositeSchedule"], []),
}


@pytest.mark.parametrize("fault", sorted(CSMS_16))
@pytest.mark.parametrize("with_it", [False, True])
def test_each_fault_of_the_central_system(fault: str, with_it: bool) -> None:
    scene, right, wrong = CSMS[fault]

    async def test(bench: Bench) -> None:
        assert await scene(bench) == (wrong if with_it else right)

    faults = {fault: ""} if with_it else {}
    run(lambda: Bench(csms_faults=faults), test, errors_expected=with_it)


def test_all_faults_have_a_test() -> None:
    assert CSMS.keys() == CSMS_16.keys()


def test_local_time() -> None:
    async def test(bench: Bench) -> None:
        (answer,) = bench.answers("BootNotification", "csms")
        assert answer["currentTime"].startswith("2026-03-01T14:00")
        assert answer["currentTime"].endswith("Z")

    run(lambda: Bench(csms_faults={"local-time": ""}), test)
