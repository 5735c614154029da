"""What a case has changed is set back to what it has read before."""

from __future__ import annotations

import pytest

from conformance import Station
from conformance.configured import Configured
from conformance.ocpp16.messages import ChangeConfiguration, GetConfiguration, SendLocalList
from tests.engine.stage import declared, passed, run
from tests.miniatures.miniature import ACCEPTED, Miniature, Payload, Reaction, boot

READ = {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "60"}]}


def change(value: str, key: str = "HeartbeatInterval") -> ChangeConfiguration.req:
    """Return the request that sets a key."""
    return ChangeConfiguration.req(key=key, value=value)


@pytest.mark.parametrize("status", ["Accepted", "RebootRequired"])
def test_the_first_change_is_taken_back_to_what_was_read_first(status: str) -> None:
    configured = Configured()
    assert configured.learn(GetConfiguration.req(), READ) is None
    later = {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "5"}]}
    configured.learn(GetConfiguration.req(), later)
    assert configured.learn(change("5", "heartbeatinterval"), {"status": status}) == change(
        "60", "heartbeatinterval"
    )
    assert configured.learn(change("7"), {"status": status}) is None


@pytest.mark.parametrize("status", ["Rejected", "NotSupported"])
def test_what_was_not_changed_is_not_taken_back(status: str) -> None:
    configured = Configured()
    configured.learn(GetConfiguration.req(), READ)
    assert configured.learn(change("5"), {"status": status}) is None
    assert configured.learn(change("5"), {"status": "Accepted"}) == change("60")


def test_what_was_not_read_cannot_be_taken_back() -> None:
    configured = Configured()
    configured.learn(GetConfiguration.req(), {"unknownKey": ["Colour"]})
    assert configured.learn(change("5"), ACCEPTED) is None


def sent(it: Miniature, action: str) -> list[Payload]:
    """Return the payloads of the tool's CALLs of one action."""
    return [f[3] for _, f in it.got if f[0] == 2 and f[2] == action]


async def sets(station: Station) -> None:
    await station.call(1, GetConfiguration.req(key=["HeartbeatInterval"]))
    await station.call(3, change("5"))


def test_a_case_needs_not_think_of_it() -> None:
    it = Miniature(declared(), {"GetConfiguration": READ, "ChangeConfiguration": ACCEPTED})
    passed(run(it, sets))
    assert [c["value"] for c in sent(it, "ChangeConfiguration")] == ["5", "60"]


def test_what_needs_a_reboot_gets_one_after_it_was_set_back() -> None:
    async def resets(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(3, uid, ACCEPTED)
        await it.drop()
        it.start(boot)

    answers: dict[str, Payload | Reaction] = {
        "GetConfiguration": READ,
        "ChangeConfiguration": {"status": "RebootRequired"},
        "Reset": resets,
    }
    it = Miniature(declared(), answers)
    passed(run(it, sets))
    assert [f[2] for _, f in it.got if f[0] == 2][-2:] == ["ChangeConfiguration", "Reset"]


def test_a_local_list_is_emptied() -> None:
    async def lists(station: Station) -> None:
        await station.call(1, SendLocalList.req(listVersion=7, updateType="Full"))
        await station.call(3, SendLocalList.req(listVersion=8, updateType="Differential"))

    it = Miniature(declared(), {"SendLocalList": ACCEPTED})
    passed(run(it, lists))
    assert sent(it, "SendLocalList")[2:] == [{"listVersion": 1, "updateType": "Full"}]
