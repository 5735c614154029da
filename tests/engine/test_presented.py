"""What a system under test says of itself, and what the operator did, are in the record."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

from conformance import Station
from conformance.operators.base import CannotActError
from conformance.presented import at_boot, at_upgrade
from conformance.wire.connection import Handshake
from conformance.wire.tls import TlsSeen
from tests.engine.stage import declared, run
from tests.miniatures.miniature import Miniature


def boot(payload: Mapping[str, Any], **before: str) -> dict[str, str]:
    return at_boot(before, "BootNotification", payload)


def upgrade(*headers: tuple[str, str], role: str = "CSMS", leaf: bytes = b"") -> dict[str, str]:
    tls = TlsSeen(chain=(leaf, b"root")) if leaf else None
    wire = Handshake(
        path="", identity="", offered=(), chosen=None, response_headers=headers, tls=tls
    )
    return at_upgrade({"model": "M", "server": "old", "certificate": "old"}, wire, role)


def test_a_boot_of_1_6_in_the_words_of_the_declaration() -> None:
    told = {
        "chargePointVendor": "V",
        "chargePointModel": "M",
        "chargePointSerialNumber": "S",
        "firmwareVersion": "F",
        "iccid": "I",
        "unheard-of": "x",
    }
    found = {"vendor": "V", "model": "M", "serial": "S", "firmware": "F", "iccid": "I"}
    assert boot(told) == found


def test_a_boot_of_2_0_1_in_the_words_of_the_declaration() -> None:
    station = {"vendorName": "V", "model": "M", "serialNumber": "S", "modem": {"imsi": "1"}}
    found = boot({"reason": "PowerUp", "chargingStation": station})
    assert found == {"vendor": "V", "model": "M", "serial": "S", "imsi": "1"}


def test_a_boot_that_is_wrong_tells_what_it_can() -> None:
    assert boot({"chargingStation": "x", "firmwareVersion": 7}) == {}


def test_only_a_boot_changes_what_is_known() -> None:
    known = {"model": "M", "serial": "S", "certificate": "ab"}
    assert at_boot(known, "Heartbeat", {"chargePointModel": "N"}) == known
    assert boot({"chargePointModel": "N"}, **known) == {"model": "N", "certificate": "ab"}


def test_a_csms_is_known_by_its_server_header() -> None:
    assert upgrade(("Date", "today"), ("SERVER", "nginx")) == {"model": "M", "server": "nginx"}
    assert upgrade(("Server", "")) == upgrade() == {"model": "M"}
    assert upgrade(("Server", "a station's own"), role="CS") == {"model": "M"}


def test_a_certificate_is_known_by_its_fingerprint() -> None:
    digest = hashlib.sha256(b"leaf").hexdigest()
    assert upgrade(role="CS", leaf=b"leaf") == {"model": "M", "certificate": digest}


def test_what_the_station_said_is_in_the_result_of_every_case() -> None:
    async def nothing(station: Station) -> None:
        station.check("post", "so it is", ok=True)

    result = run(Miniature(declared()), nothing)
    assert result.presented == {"vendor": "V", "model": "M"}
    assert result.as_record()["presented"] == dict(result.presented)


def acted(it: Miniature) -> list[tuple[str, str, float, float, str]]:
    """Play a case that lets the EV be plugged in; return what the record has of it."""

    async def plugged(station: Station) -> None:
        await station.operator.plug_in(1)
        await station.operator.done()

    actions = run(it, plugged).record.transcript.actions
    assert all(a.by == "miniature" for a in actions)
    return [(a.action, a.text, a.at, a.until, a.outcome) for a in actions]


def test_an_action_has_its_time_and_its_outcome() -> None:
    async def slowly(_: Miniature) -> None:
        await asyncio.sleep(3)

    async def at_once(_: Miniature) -> None:
        return

    first, *_ = acted(Miniature(declared(), deeds={"PlugIn": slowly, "PlugOut": at_once}))
    assert first[:2] == ("PlugIn", "Connect the EV to connector 1.")
    assert (first[3] - first[2], first[4]) == (3, "done")


def test_an_action_that_failed_says_why() -> None:
    async def refused(_: Miniature) -> None:
        raise CannotActError("the rig is broken")

    first, *_ = acted(Miniature(declared(), deeds={"PlugIn": refused, "PlugOut": refused}))
    assert first[4].endswith("the rig is broken")


def test_an_action_that_the_case_does_not_wait_for_any_longer_is_given_up() -> None:
    async def never(_: Miniature) -> None:
        await asyncio.Event().wait()

    async def failing(station: Station) -> None:
        await station.operator.plug_in(1)
        station.check("post", "it is not", ok=False)

    it = Miniature(declared(), deeds={"PlugIn": never, "PlugOut": never})
    actions = run(it, failing).record.transcript.actions
    assert actions[0].outcome == "given up"
