"""Every fault of the 1.6 reference systems shows on the wire, and nothing shows without it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from conformance.reference.faults import FAULTS, SHARED, STATION_16, check
from conformance.reference.process import make_csms, make_station
from conformance.reference.wire import Wire
from conformance.reference.wire_faults import WIRE
from tests.cases.faulty import EXPECTED, LAYER
from tests.reference.bench_16 import Bench, default, limits, run, settle
from tests.reference.depot_16 import FIRMWARE, told, update, uploaded, uploading
from tests.reference.power_faults_16 import POWER
from tests.reference.reserving_16 import (
    expired,
    reserved_for_another,
    reserved_start,
    unknown_reservation,
)
from tests.reference.securing_16 import SECURING
from tests.reference.settings_faults_16 import SCENES

# They are of the connection, which a bench of wires does not have: a case has to find each.
CONNECTION = {"takes-any-version", "takes-any-station", "raw-identity", "stays-without-version"}
CONNECTION |= {"no-compression", "needs-compression", "refuses-extensions", "offers-twice"}
CONNECTION |= {"lets-in-without-credentials", "takes-any-user", "looks-at-8-octets", "raw-path"}
CONNECTION |= {"passwords-are-text", "exact-scheme", "waits-for-challenge", "misses-no-pong"}
Scene: TypeAlias = Callable[[Bench], Awaitable[object]]


async def no_firmware(bench: Bench) -> object:
    await update(bench, "ftp://lab/nothing", retries=0)
    await settle(20)
    return told(bench)[-1]


async def wrong_firmware(bench: Bench) -> object:
    bench.depot.files[FIRMWARE] = b"no firmware"
    await update(bench)
    await settle(20)
    return bench.station.controller.files.firmware.version


async def after_wrong_firmware(bench: Bench) -> object:
    await wrong_firmware(bench)
    return bench.calls("StatusNotification")[-1]["status"]


async def diagnostics(bench: Bench) -> object:
    name = await uploaded(bench)
    await settle(20)
    assert uploading(bench) == ["Uploading", "Uploaded"]
    return name in bench.depot.uploads, len(bench.depot.uploads)


async def statuses(bench: Bench) -> object:
    return [s["connectorId"] for s in bench.calls("StatusNotification")]


async def boots(bench: Bench) -> object:
    bench.csms._boots["CP01"] = 0
    bench.forget()
    await bench.act("reboot")
    await settle(350)
    return len(bench.calls("BootNotification"))


async def beats(bench: Bench) -> object:
    await settle(310)
    return len(bench.times("Heartbeat"))


async def started_tag(bench: Bench) -> object:
    await bench.charge()
    return bench.calls("StartTransaction")[0]["idTag"]


async def second_remote_start(bench: Bench) -> object:
    await bench.charge()
    answer = await bench.request("RemoteStartTransaction", id_tag="TAG001", connector_id=1)
    return answer.status


async def remote_stop(bench: Bench) -> object:
    await bench.charge()
    answer = await bench.request("RemoteStopTransaction", transaction_id=1)
    return answer.status, [s["reason"] for s in bench.calls("StopTransaction")]


async def composite(bench: Bench) -> object:
    answer = await bench.request("GetCompositeSchedule", connector_id=1, duration=9)
    return limits(answer)


async def clearing(bench: Bench) -> object:
    await bench.request(
        "SetChargingProfile", connector_id=1, cs_charging_profiles=default(stack_level=1)
    )
    answer = await bench.request("ClearChargingProfile")
    return answer.status, await composite(bench)


async def refused_token(bench: Bench) -> object:
    await bench.plug_in()
    await bench.present("NOBODY")
    return len(bench.calls("StartTransaction"))


async def connections(bench: Bench) -> object:
    await bench.charge()
    await settle(5)
    return len(bench.wires), [s["transactionId"] for s in bench.answers("StartTransaction", "csms")]


async def other_token(bench: Bench) -> object:
    await bench.charge()
    await bench.present("TAG002")
    return len(bench.calls("StopTransaction"))


async def cached(bench: Bench) -> object:
    await bench.configure("LocalPreAuthorize", "true")
    await bench.charge_with("TAG001")
    await bench.charge_with("TAG001")
    return len(bench.calls("Authorize"))


async def cleared(bench: Bench) -> object:
    await bench.configure("LocalPreAuthorize", "true")
    await bench.charge_with("TAG001")
    answer = await bench.request("ClearCache")
    await bench.charge_with("TAG001")
    return answer.status, len(bench.calls("Authorize"))


async def awaited(bench: Bench) -> object:
    await bench.present()
    await settle(1000)
    return bench.calls("StatusNotification")[-1]["status"]


async def halfway(bench: Bench) -> object:
    await bench.act("plugin", connector_id=1, halfway="true")
    await bench.present()
    return bench.actions()[-1]


async def unknown_remote_stop(bench: Bench) -> object:
    return (await bench.request("RemoteStopTransaction", transaction_id=77)).status


async def unknown_connector(bench: Bench) -> object:
    return (await bench.request("UnlockConnector", connector_id=77)).status


async def wrong_profile(bench: Bench) -> object:
    profile = default(charging_profile_purpose="TxProfile")
    answer = await bench.request("SetChargingProfile", connector_id=1, cs_charging_profiles=profile)
    start = await bench.request(
        "RemoteStartTransaction", id_tag="TAG001", connector_id=1, charging_profile=default()
    )
    return answer.status, start.status


async def remote_profile(bench: Bench) -> object:
    await bench.plug_in()
    profile = default(charging_profile_purpose="TxProfile")
    await bench.request(
        "RemoteStartTransaction", id_tag="TAG001", connector_id=1, charging_profile=profile
    )
    return await composite(bench)


STATION: dict[str, tuple[Scene, object, object]] = {
    **SCENES,
    **SECURING,
    **POWER,
    # fault: (what is looked at, what it is without the fault, what it is with it)
    "wrong-connector-status": (statuses, [0, 1, 2], [0, 2, 3]),
    "forgets-connector-0": (statuses, [0, 1, 2], [1, 2]),
    "ignores-retry-interval": (boots, 2, 3),
    "no-heartbeat": (beats, 1, 0),
    "other-tag-in-start": (started_tag, "TAG001", "OTHERTAG"),
    "accepts-second-remote-start": (second_remote_start, "Rejected", "Accepted"),
    "ignores-remote-stop": (remote_stop, ("Accepted", ["Remote"]), ("Accepted", [])),
    "wrong-stop-reason": (remote_stop, ("Accepted", ["Remote"]), ("Accepted", ["Other"])),
    "wrong-composite-limit": (composite, [(0, 32)], [(0, 33)]),
    "keeps-cleared-profiles": (
        clearing,
        ("Accepted", [(0, 32)]),
        ("Accepted", [(0, pytest.approx(6.5))]),
    ),
    "starts-though-refused": (refused_token, 0, 1),
    "claims-download": (no_firmware, "DownloadFailed", "InstallationFailed"),
    "installs-anything": (wrong_firmware, "1.0", "9.9"),
    "stays-unavailable": (after_wrong_firmware, "Available", "Unavailable"),
    "uploads-other-name": (diagnostics, (True, 1), (False, 1)),
    "claims-upload": (diagnostics, (True, 1), (False, 0)),
    "stops-by-any-token": (other_token, 0, 1),
    "asks-though-cached": (cached, 1, 2),
    "keeps-cleared-cache": (cleared, ("Accepted", 2), ("Accepted", 1)),
    "waits-for-ever": (awaited, "Available", "Preparing"),
    "accepts-unknown-remote-stop": (unknown_remote_stop, "Rejected", "Accepted"),
    "unlocks-any-connector": (unknown_connector, "NotSupported", "Unlocked"),
    "charges-unlocked": (halfway, "Faulted(1)", "Charging(1)"),
    "accepts-any-profile": (
        wrong_profile,
        ("Rejected", "Rejected"),
        ("Accepted", "Accepted"),
    ),
    "ignores-remote-profile": (remote_profile, [(0, pytest.approx(6.5))], [(0, 32)]),
    "no-reservation-id": (reserved_start, 7, None),
    "reserves-for-anyone": (reserved_for_another, "Reserved", "Preparing"),
    "keeps-expired-reservations": (expired, "Available", "Reserved"),
    "cancels-unknown-reservations": (unknown_reservation, "Rejected", "Accepted"),
    "drops-connection-in-case": (connections, (1, [1]), (2, [1])),
}


@pytest.mark.parametrize("fault", sorted(STATION_16))
@pytest.mark.parametrize("with_it", [False, True])
def test_each_fault_of_the_station(fault: str, with_it: bool) -> None:
    scene, right, wrong = STATION[fault]
    csms = {"boot_status": "Rejected,Rejected,Accepted"} if scene is boots else {}

    async def test(bench: Bench) -> None:
        assert await scene(bench) == (wrong if with_it else right)

    def bench() -> Bench:
        argument = STATION_16[fault].argument.partition(",")[0]
        made = Bench(csms=csms, station_faults={fault: argument} if with_it else {})
        made.csms._boots["CP01"] = 2
        return made

    run(bench, test)


def test_first_subprotocol() -> None:
    offered = ("ocpp0.1", "ocpp1.6")
    assert make_csms("1.6", {}, {}).choose(offered) == "ocpp1.6"
    assert make_csms("1.6", {}, {}).choose(offered[:1]) is None
    assert make_csms("1.6", {}, {"first-subprotocol": ""}).choose(offered) == "ocpp0.1"


async def ask_once(bench: Bench) -> tuple[list[str], float]:
    """Ask for the configuration; return the texts that come back, and how long the first took."""
    bench.forget()
    begin = bench.clock()
    await bench.wires[-1].send('[2,"17","GetConfiguration",{"key":["ResetRetries"]}]')
    await settle(9)
    came = [(at, text) for at, sender, text in bench.texts if sender == "station"]
    first = came[0][0] if came else -1.0
    return [text for _, text in came], first - (begin.second + 60 * begin.minute)


ANSWER = '[3,"17",{"configurationKey":[{"key":"ResetRetries","readonly":false,"value":"0"}]}]'


def shared(**faults: str) -> tuple[list[str], float]:
    found: list[tuple[list[str], float]] = []

    async def test(bench: Bench) -> None:
        found.append(await ask_once(bench))

    names = {name.replace("_", "-"): argument for name, argument in faults.items()}
    run(lambda: Bench(station_faults=names), test, errors_expected=True)
    return found[0]


def test_without_a_fault_there_is_one_answer_at_once() -> None:
    assert shared() == ([ANSWER], 0.0)


def test_answers_twice() -> None:
    assert shared(answers_twice="")[0] == [ANSWER, ANSWER]


def test_escapes_nothing() -> None:
    assert shared(escapes_nothing="")[0] == [ANSWER]

    async def test(bench: Bench) -> None:
        call = [2, "17", "GetConfiguration", {"key": ['a "b" \\c']}]
        await bench.wires[-1].send(json.dumps(call))
        await settle(1)
        assert bench.texts[-1][2] == '[3,"17",{"unknownKey":["a "b" \\c"]}]'

    run(lambda: Bench(station_faults={"escapes-nothing": ""}), test)


def test_text_after_answer() -> None:
    assert shared(text_after_answer="")[0] == [ANSWER, "this is no JSON"]


def test_unknown_result() -> None:
    texts, _ = shared(unknown_result="")
    assert texts[0] == ANSWER
    kind, ident, payload = json.loads(texts[1])
    assert (kind, payload) == (3, {})
    assert ident != "17"


def test_late_answer() -> None:
    assert shared(late_answer="5") == ([ANSWER], 5.0)


def test_late_answer_that_comes_too_late_for_the_connection() -> None:
    async def test(bench: Bench) -> None:
        await bench.wires[-1].send('[2,"17","ClearCache",{}]')
        await settle(1)
        await bench.cut()
        await settle(60)
        assert "17" not in [frame[1] for _, who, frame in bench.frames if who == "station"]

    run(lambda: Bench(station_faults={"late-answer": "30"}), test)


def test_silent() -> None:
    assert shared(silent="GetConfiguration")[0] == []
    assert shared(silent="ClearCache")[0] == [ANSWER]


def test_cuts_texts() -> None:
    async def test(bench: Bench) -> None:
        for uid, action, payload in (
            ("17", "GetConfiguration", {"key": ["x" * 51]}),
            ("18", "DataTransfer", {"vendorId": "x" * 256}),
        ):
            await bench.wires[-1].send(json.dumps([2, uid, action, payload]))
        await settle(1)
        told = {f[1]: f for _, who, f in bench.frames if who == "station" and f[0] in {3, 4}}
        assert told["17"][2]["unknownKey"] == ["x" * 50]
        assert told["18"][:3] == [4, "18", "PropertyConstraintViolation"]

    run(lambda: Bench(station_faults={"cuts-texts": "GetConfiguration"}), test)


def test_wrong_type() -> None:
    texts, _ = shared(wrong_type="GetConfiguration")
    assert json.loads(texts[0])[2] == {"configurationKey": "spoiled"}


def test_wrong_type_in_a_request() -> None:
    async def test(bench: Bench) -> None:
        boot = bench.calls("BootNotification")[0]
        assert [name for name, value in boot.items() if not isinstance(value, str)] == [
            "chargePointModel"
        ]

    run(
        lambda: Bench(station_faults={"wrong-type": "BootNotification"}),
        test,
        errors_expected=True,
    )


def test_clock_1970() -> None:
    async def test(bench: Bench) -> None:
        answer = bench.answers("BootNotification", "csms")[0]
        assert answer["currentTime"] == "1970-01-01T00:00:00Z"
        await bench.charge()
        assert bench.calls("StartTransaction")[0]["timestamp"].startswith("1970-01-01T00:00")

    run(lambda: Bench(csms_faults={"clock-1970": ""}), test)


def test_all_faults_are_described_and_have_a_test() -> None:
    assert STATION.keys() == STATION_16.keys()
    assert all(fault.text for fault in FAULTS.values())
    tested = {name for name in globals() if name.startswith("test_")}
    elsewhere = WIRE.keys() | CONNECTION | LAYER | {"local-time"}
    assert {f"test_{name.replace('-', '_')}" for name in SHARED if name not in elsewhere} <= tested
    assert all(any(EXPECTED.glob(f"{name}_*.txt")) for name in CONNECTION)


@pytest.mark.parametrize(
    ("faults", "text"),
    [({"no-brakes": ""}, "unknown fault 'no-brakes'"), ({"silent": ""}, "say silent=<action>")],
)
def test_a_wrong_fault_is_named(faults: dict[str, str], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        check(faults, FAULTS)


async def no_dial() -> Wire:
    raise ConnectionError("unused")


def test_a_fault_of_the_other_role_is_refused() -> None:
    with pytest.raises(ValueError, match="never-sends"):
        make_station("1.6", {}, {"never-sends": ""}, no_dial)
    with pytest.raises(ValueError, match="no-heartbeat"):
        make_csms("1.6", {}, {"no-heartbeat": ""})
