"""Whatever the verdict: the transaction stopped, the cable out, the settings put back."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import Operator, Station, Sut, now
from conformance.ocpp16.messages import (
    Authorize,
    BootNotification,
    ChangeConfiguration,
    GetConfiguration,
    Heartbeat,
    RemoteStartTransaction,
    SetChargingProfile,
    StartTransaction,
    StatusNotification,
)
from conformance.ocpp201.messages import SetChargingProfileRequest
from conformance.operators.actions import PlugIn
from conformance.verdict import Inconclusive, Verdict
from tests.engine.stage import (
    declared,
    failed,
    inconclusive,
    passed,
    run,
    run_all,
    told,
    transcript,
)
from tests.miniatures.miniature import (
    ACCEPTED,
    Deed,
    Miniature,
    Payload,
    Reaction,
    answering,
    calls,
    in_turn,
    reports,
    silence,
    soon,
)

PLUG_IN = PlugIn(evse=1, connector=1)
ANY_STATUS = StatusNotification.req()
PROFILE: Any = {
    "chargingProfileId": 7,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}],
    },
}


async def start(it: Miniature) -> None:
    """Start a transaction."""
    it.post("StartTransaction", connectorId=1, idTag="TAG001", meterStart=0, timestamp=now())


async def _stopped(it: Miniature, uid: str, payload: Payload) -> None:
    it.frame(3, uid, ACCEPTED)
    it.post(
        "StopTransaction",
        transactionId=payload["transactionId"],
        meterStop=0,
        timestamp=now(),
        reason="Remote",
    )
    it.status("Finishing")


def charging(**answers: Payload | Reaction) -> Miniature:
    """Return a station that charges when the cable is in, and can be stopped."""
    return Miniature(
        declared(),
        {"RemoteStopTransaction": _stopped, "ChangeConfiguration": ACCEPTED, **answers},
        {
            "PlugIn": in_turn(reports("Preparing"), start, reports("Charging")),
            "PlugOut": reports("Available"),
        },
    )


def sent(it: Miniature) -> list[str]:
    """Return the actions that the tool has called, in their order."""
    return [f[2] for _, f in it.got if f[0] == 2]


def reason_to_pass(_: str) -> None:
    """End a scenario well."""


def _fail(text: str) -> None:
    raise RuntimeError(text)


def _give_up(text: str) -> None:
    raise Inconclusive(text)


async def read(station: Station) -> None:
    """A case that any station passes."""
    await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))


CONFIGURED: Payload = {"configurationKey": []}


@pytest.mark.parametrize(
    ("end", "verdict"),
    [
        (reason_to_pass, Verdict.PASS),
        (_fail, Verdict.ERROR),
        (_give_up, Verdict.INCONCLUSIVE),
    ],
)
def test_a_transaction_is_stopped_and_the_cable_is_out(end: Any, verdict: Verdict) -> None:  # noqa: ANN401
    async def charged(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, StartTransaction.req(), meanwhile=[ANY_STATUS])
        await station.expect(3, ANY_STATUS)
        end("so it ends")

    it = charging(GetConfiguration=CONFIGURED)
    first, second = run_all(it, charged, read)
    assert first.verdict is verdict, told(first)
    assert sent(it)[0] == "RemoteStopTransaction"
    assert [type(a).__name__ for a in it.asked] == ["PlugIn", "PlugOut"]
    passed(second)


def test_an_authorization_runs_out_before_its_limit_is_set_back() -> None:
    async def authorized(station: Station, operator: Operator, sut: Sut) -> None:
        station.undo.append(ChangeConfiguration.req(key="ConnectionTimeOut", value="60"))
        await operator.present_token(sut.values.id_token)
        await station.expect(1, ANY_STATUS)

    it = charging(GetConfiguration=CONFIGURED)
    it.deeds["PresentToken"] = in_turn(reports("Preparing"), soon(4.5, reports("Available")))
    first, second = run_all(it, authorized, read)
    passed(first)
    assert [(at >= 4.5, f[2]) for at, f in it.got if f[0] == 2] == [
        (True, "ChangeConfiguration"),
        (True, "GetConfiguration"),
    ], told(first)
    passed(second)


def test_what_a_failed_case_has_set_going_is_none_of_the_next_one_s() -> None:
    async def refused(station: Station, operator: Operator, sut: Sut) -> None:
        await operator.present_token(sut.values.id_token)
        await station.expect(1, Authorize.req(idTag="OTHER"))

    async def quiet(station: Station) -> None:
        await station.expect_none(1, Heartbeat.req(), during=3)

    it = charging()
    late = in_turn(reports("Preparing"), soon(2, reports("Available")))
    it.deeds["PresentToken"] = in_turn(calls("Authorize", idTag="TAG001"), soon(0.9, late))
    first, second = run_all(it, refused, quiet)
    failed(first, 1, "Authorize.idTag: expected 'OTHER', got 'TAG001'")
    passed(second)


def test_a_transaction_is_stopped_after_a_fail() -> None:
    async def charged(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, StartTransaction.req(idTag="OTHER"), meanwhile=[ANY_STATUS])

    it = charging(GetConfiguration=CONFIGURED)
    first, second = run_all(it, charged, read)
    failed(first, 1, "StartTransaction.idTag: expected 'OTHER', got 'TAG001'")
    passed(second)


def test_the_rest_is_cleaned_up_after_a_broken_rule() -> None:
    async def charged(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, Authorize.req(), meanwhile=[ANY_STATUS, StartTransaction.req()])

    async def broken(it: Miniature) -> None:
        it.raw("this is not JSON")

    it = charging(GetConfiguration=CONFIGURED)
    it.deeds["PlugIn"] = in_turn(start, reports("Charging"), soon(1, broken))
    first, second = run_all(it, charged, read)
    assert first.verdict is Verdict.FAIL, told(first)
    assert [type(a).__name__ for a in it.asked] == ["PlugIn", "PlugOut"]
    passed(second)


def test_settings_are_put_back_in_reverse_order() -> None:
    async def configured(station: Station) -> None:
        for step, key in ((1, "HeartbeatInterval"), (3, "ConnectionTimeOut")):
            await station.call(step, ChangeConfiguration.req(key=key, value="1"))
            station.undo.append(ChangeConfiguration.req(key=key, value="9"))
        await station.expect(5, Heartbeat.req())

    it = Miniature(declared(), {"ChangeConfiguration": ACCEPTED})
    failed(run(it, configured), 5, "no Heartbeat() in 4 s")
    put_back = [(f[3]["key"], f[3]["value"]) for _, f in it.got if f[0] == 2][2:]
    assert put_back == [("ConnectionTimeOut", "9"), ("HeartbeatInterval", "9")]


def test_a_setting_that_cannot_be_put_back_is_a_remark_and_stops_nothing() -> None:
    async def configured(station: Station) -> None:
        station.undo.append(ChangeConfiguration.req(key="HeartbeatInterval", value="9"))
        station.undo.append(ChangeConfiguration.req(key="MinimumStatusDuration", value="0"))
        station.check("post", "so it is", ok=True)

    for answer, why in (
        ({"status": "Rejected"}, "Rejected"),
        ({"status": "NotSupported"}, "NotSupported"),
        (silence, "no answer"),
    ):
        it = Miniature(declared(), {"ChangeConfiguration": answer, "GetConfiguration": CONFIGURED})
        first, second = run_all(it, configured, read)
        texts = [r.text for r in passed(first).record.transcript.remarks]
        assert texts == [
            f"ChangeConfiguration(key='{key}', value='{value}') could not be set back: {why}"
            for key, value in (("MinimumStatusDuration", "0"), ("HeartbeatInterval", "9"))
        ]
        passed(second)


def test_an_accepted_profile_is_cleared() -> None:
    async def limited(station: Station) -> None:
        await station.call(1, SetChargingProfile.req(connectorId=1, csChargingProfiles=PROFILE))

    it = Miniature(declared(), {"SetChargingProfile": ACCEPTED, "ClearChargingProfile": ACCEPTED})
    passed(run(it, limited))
    assert it.got[-1][1][2:] == ["ClearChargingProfile", {"id": 7}]


def test_a_refused_profile_is_not_cleared() -> None:
    async def limited(station: Station) -> None:
        await station.call(1, SetChargingProfile.req(connectorId=1, csChargingProfiles=PROFILE))

    it = Miniature(declared(), {"SetChargingProfile": {"status": "Rejected"}})
    passed(run(it, limited))
    assert sent(it) == ["SetChargingProfile"]


def test_a_profile_that_came_with_a_remote_start_is_cleared() -> None:
    async def started(station: Station) -> None:
        start = RemoteStartTransaction.req(connectorId=1, idTag="TAG001", chargingProfile=PROFILE)
        await station.call(1, start)
        await station.call(3, RemoteStartTransaction.req(connectorId=1, idTag="TAG001"))

    answers = {"RemoteStartTransaction": ACCEPTED, "ClearChargingProfile": {"status": "Unknown"}}
    it = Miniature(declared(), answers)
    result = run(it, started)
    passed(result)
    assert [f[2:] for _, f in it.got if f[0] == 2][2:] == [["ClearChargingProfile", {"id": 7}]]
    assert not result.record.transcript.remarks


def test_an_accepted_profile_of_201_is_cleared() -> None:
    async def limited(station: Station) -> None:
        profile: Any = {
            "id": 7,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": [
                {
                    "id": 1,
                    "chargingRateUnit": "A",
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}],
                }
            ],
        }
        await station.call(1, SetChargingProfileRequest(evseId=1, chargingProfile=profile))

    answers = {"SetChargingProfile": ACCEPTED, "ClearChargingProfile": ACCEPTED}
    it = Miniature(declared("2.0.1"), answers)
    passed(run(it, limited))
    assert it.got[-1][1][2:] == ["ClearChargingProfile", {"chargingProfileId": 7}]


# Not idle


async def stuck(station: Station, operator: Operator) -> None:
    """The cable is plugged in, and the station never becomes available again."""
    await operator.plug_in(1)
    await station.expect(1, ANY_STATUS)


def _stuck(**answers: Payload | Reaction) -> Miniature:
    deeds: dict[str, Deed] = {"PlugIn": reports("Preparing"), "PlugOut": reports("Finishing")}
    return Miniature(declared(), {"GetConfiguration": CONFIGURED, **answers}, deeds)


def test_one_reset_brings_a_station_back() -> None:
    async def off_and_on(it: Miniature) -> None:
        await it.drop()
        await it.boot(it)

    it = _stuck(Reset=answering(ACCEPTED, then=soon(0.5, off_and_on)))
    first, second = run_all(it, stuck, read)
    assert sent(it) == ["Reset", "GetConfiguration"]
    passed(first)
    passed(second)
    assert any("one reset is tried" in line for line in transcript(first))


@pytest.mark.parametrize("answer", [ACCEPTED, {"status": "Rejected"}, silence])
def test_what_is_not_idle_is_reset_once_and_makes_the_next_cases_inconclusive(
    answer: Payload | Reaction,
) -> None:
    it = _stuck(Reset=answer)
    first, second, third = run_all(it, stuck, read, read)
    passed(first)
    why = "the SUT could not be brought back to idle: connector 1/1 is Finishing"
    inconclusive(second, why)
    inconclusive(third, why)
    assert sent(it) == ["Reset"]


def test_a_reset_that_was_refused_is_not_waited_for() -> None:
    first, _ = run_all(_stuck(Reset={"status": "Rejected"}), stuck, read)
    assert first.duration < declared().limits.connect_timeout


def test_a_cable_that_cannot_be_taken_out_is_told() -> None:
    it = _stuck(Reset={"status": "Rejected"})
    del it.deeds["PlugOut"]
    first, second = run_all(it, stuck, read)
    assert any("cannot do PlugOut" in line for line in transcript(passed(first)))
    inconclusive(second, "the SUT could not be brought back to idle: connector 1/1 is Preparing")


def test_a_cable_that_was_never_in_is_not_taken_out() -> None:
    async def perhaps_stuck(station: Station, operator: Operator) -> None:
        """Only some runs need the operator."""
        await (operator.plug_in(1) if station else station.expect(1, ANY_STATUS))

    it = Miniature(declared(), {"GetConfiguration": CONFIGURED})
    first, second = run_all(it, perhaps_stuck, read)
    inconclusive(first, f"the operator miniature cannot do {PLUG_IN}")
    passed(second)


def test_a_station_that_has_gone_is_waited_for() -> None:
    async def again(it: Miniature) -> None:
        await it.drop()
        await soon(6, it.boot)(it)

    it = Miniature(declared(), {"GetConfiguration": CONFIGURED}, {"PlugIn": again})
    it.deeds["PlugOut"] = calls("Heartbeat")
    first, second = run_all(it, stuck, read)
    failed(first, 1, "the station dropped the connection (code 1000)")
    passed(second)


def test_a_boot_that_was_left_unfinished_is_finished() -> None:
    async def off_and_on(it: Miniature) -> None:
        await it.drop()
        it.connect()
        await it.call("BootNotification", chargePointVendor="V", chargePointModel="M")
        await soon(4.5, again)(it)

    async def again(it: Miniature) -> None:
        await it.call("BootNotification", chargePointVendor="V", chargePointModel="M")
        for connector in (1, 2):
            await it.status("Available", connector)

    async def pending(station: Station, operator: Operator) -> None:
        await operator.reboot()
        wait = BootNotification.conf(status="Pending", interval=1)
        await station.expect(1, BootNotification.req(), reply=wait)

    answers = {"GetConfiguration": CONFIGURED, "Reset": {"status": "Rejected"}}
    it = Miniature(declared(), answers, {"Reboot": off_and_on})
    first, second = run_all(it, pending, read)
    passed(first)
    passed(second)
    assert sent(it) == ["GetConfiguration"]
