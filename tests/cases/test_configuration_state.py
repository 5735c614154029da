"""The configuration state: what it makes of keys that are not as they should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from conformance import Station
from conformance.cases import Result
from conformance.ocpp16.messages import GetConfiguration
from conformance.prove import judge
from conformance.selection import implemented
from conformance.sut import embedded
from testcases.ocpp16.charge_point.settings import configuration
from tests.engine.stage import declared, inconclusive, passed, run
from tests.miniatures.miniature import ACCEPTED, Miniature, Payload

Key = tuple[str, bool, str | None]


def holding(*keys: Key, answer: Payload = ACCEPTED, applies: bool = True) -> Miniature:
    """Return a charge point with keys: name, whether it is read-only, value."""
    values: dict[str, str] = {}

    async def change(it: Miniature, uid: str, payload: Payload) -> None:
        if applies and answer["status"] == "Accepted":
            values[payload["key"].lower()] = payload["value"]
        it.frame(3, uid, answer)

    async def get(it: Miniature, uid: str, payload: Payload) -> None:
        asked: Sequence[str] = payload["key"]
        found: list[dict[str, Any]] = [
            {"key": name, "readonly": fixed}
            | ({} if value is None and not values else {"value": values.get(name.lower(), value)})
            for name, fixed, value in keys
            if name.lower() == asked[0].lower()
        ]
        it.frame(3, uid, {"configurationKey": found} if found else {"unknownKey": list(asked)})

    return Miniature(declared(), {"GetConfiguration": get, "ChangeConfiguration": change})


async def anything(station: Station) -> None:
    await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))


def changes(it: Miniature) -> list[tuple[str, str]]:
    """Return which keys the tool has set to what."""
    sent = [f[3] for _, f in it.got if f[0] == 2 and f[2] == "ChangeConfiguration"]
    return [(c["key"], c["value"]) for c in sent]


def remarks(result: Result) -> list[str]:
    return [r.text for r in result.record.transcript.remarks]


def test_a_key_is_set_and_set_back() -> None:
    it = holding(("heartbeatinterval", False, "60"))
    passed(run(it, anything, configuration(HeartbeatInterval="5")))
    assert changes(it) == [("HeartbeatInterval", "5"), ("HeartbeatInterval", "60")]


def test_a_value_may_depend_on_what_is_declared() -> None:
    it = holding(("HeartbeatInterval", False, "60"))
    passed(run(it, anything, configuration(HeartbeatInterval=lambda sut: str(sut.connector + 6))))
    assert changes(it)[0] == ("HeartbeatInterval", "7")


@pytest.mark.parametrize("value", ["5", "05"])
def test_a_key_with_the_value_is_left_alone_even_if_read_only(value: str) -> None:
    it = holding(("HeartbeatInterval", True, value))
    passed(run(it, anything, configuration(HeartbeatInterval="5")))
    assert changes(it) == []


def test_a_key_without_a_value_is_set() -> None:
    it = holding(("HeartbeatInterval", False, None))
    passed(run(it, anything, configuration(HeartbeatInterval="5")))
    assert changes(it) == [("HeartbeatInterval", "5"), ("HeartbeatInterval", "")]


def test_a_read_only_key_with_another_value_is_in_the_way() -> None:
    result = run(
        holding(("LocalPreAuthorize", True, "false")),
        anything,
        configuration(LocalPreAuthorize="true"),
    )
    told = "LocalPreAuthorize is false and read-only, true is required"
    inconclusive(result, told)


@pytest.mark.parametrize("status", ["Rejected", "NotSupported"])
def test_a_value_that_is_refused_is_in_the_way(status: str) -> None:
    it = holding(("LocalPreAuthorize", False, "false"), answer={"status": status})
    result = run(it, anything, configuration(LocalPreAuthorize="true"))
    told = f"LocalPreAuthorize could not be set to true: {status}"
    inconclusive(result, told)
    assert len(changes(it)) == 1


def test_a_value_that_is_accepted_and_not_there_is_in_the_way() -> None:
    it = holding(("LocalPreAuthorize", False, "false"), applies=False)
    result = run(it, anything, configuration(LocalPreAuthorize="true"))
    inconclusive(result, "LocalPreAuthorize was set to true, and is false")
    assert changes(it) == [("LocalPreAuthorize", "true"), ("LocalPreAuthorize", "false")]


@pytest.mark.parametrize(
    "wanted",
    [
        {"MinimumStatusDuration": "10"},  # optional
        {"LocalPreAuthorize": "false"},  # as good as not being there
        {"LocalAuthListEnabled": "true"},  # of a profile that is not declared
    ],
)
def test_a_key_that_need_not_be_there_is_remarked_on(wanted: dict[str, str]) -> None:
    it = holding()
    it.sut = it.sut.changed({"features": []})
    result = passed(run(it, anything, configuration(**wanted)))
    assert remarks(result) == [f"the charge point does not have the key {next(iter(wanted))}"]


@pytest.mark.parametrize("key", ["LocalPreAuthorize", "LocalAuthListEnabled"])
def test_a_required_key_that_is_not_there_is_in_the_way(key: str) -> None:
    it = holding()
    it.sut = it.sut.changed({"features": ["16-LOCAL-LIST"]})
    result = run(it, anything, configuration(**{key: "true"}))
    told = f"the charge point does not have the required key {key}"
    inconclusive(result, told)


def test_what_needs_a_reboot_gets_one_before_and_after() -> None:
    station = embedded("1.6", "CS", options={"reboot_required": "LocalPreAuthorize"})
    result = passed(judge(station, implemented()["TC_023_4_CS"]))
    sent = [f.text for f in result.record.transcript.frames if f.sender == "tool"]
    resets = [text for text in sent if '"Reset"' in text]
    assert ["Soft" in text for text in resets] == [True, False]
    boots = [f for f in result.record.transcript.frames if '"BootNotification"' in f.text]
    assert len(boots) == 2
