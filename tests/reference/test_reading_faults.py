"""The faults of a system that reads only some numbers and times, one by one."""

from __future__ import annotations

import asyncio
import json

import pytest

from conformance.reference.reading_faults import (
    OF_STATIONS,
    OF_STATIONS_16,
    READINGS,
    reading,
)

PROFILE = '[2,"1e5","SetChargingProfile",{"parts":[{"limit":16.5,"value":1.5,"text":"1e5"}]}]'


class Wire:
    """Says what it was given, then that the connection is gone."""

    def __init__(self, *texts: str) -> None:
        self.texts, self.sent = list(texts), ""

    async def send(self, text: str) -> None:
        self.sent = text

    async def recv(self) -> str:
        if not self.texts:
            raise ConnectionError
        return self.texts.pop(0)

    async def ping(self) -> None:
        self.sent = "ping"

    async def close(self) -> None:
        self.sent = "close"


def read(fault: str, *texts: str) -> list[str]:
    """Return what a system with a fault takes in."""

    async def listen() -> list[str]:
        wire, taken = reading(Wire(*texts), {fault: ""}), []
        try:
            while True:
                taken.append(await wire.recv())
        except ConnectionError:
            return taken

    return asyncio.run(listen())


@pytest.mark.parametrize("fault", [*READINGS, *OF_STATIONS, *OF_STATIONS_16])
def test_what_is_no_request_is_read_as_it_is(fault: str) -> None:
    texts = "no JSON", '[3,"1",{"limit":1e5}]', '[2,"1",1e5]', '{"limit":1e5}'
    assert read(fault, *texts) == list(texts)


@pytest.mark.parametrize("fault", [*READINGS, *OF_STATIONS, *OF_STATIONS_16])
def test_what_goes_out_is_as_it_was(fault: str) -> None:
    async def send() -> list[str]:
        wire = Wire()
        told, system = [], reading(wire, {fault: ""})
        await system.send("1e5")
        told.append(wire.sent)
        await system.ping()
        told.append(wire.sent)
        await system.close()
        return [*told, wire.sent]

    assert asyncio.run(send()) == ["1e5", "ping", "close"]


def test_limits_are_cut_off_and_nothing_else_is() -> None:
    (text,) = read("cuts-decimals", PROFILE)
    assert json.loads(text)[3] == {"parts": [{"limit": 16, "value": 1.5, "text": "1e5"}]}


@pytest.mark.parametrize("power", ["1e1", "1.5E+1", "15e-1"])
def test_powers_of_ten_are_dropped(power: str) -> None:
    assert read("no-powers", PROFILE, PROFILE.replace("16.5", power)) == [PROFILE]


@pytest.mark.parametrize(
    ("fault", "time", "as_"),
    [
        ("drops-offsets", "2026-11-30T16:00:00.5+05:30", "2026-11-30T16:00:00Z"),
        ("drops-offsets", "2026-11-30T16:00:00Z", "2026-11-30T16:00:00Z"),
        ("long-fractions", "2026-11-30T16:00:00Z", "2026-11-30T16:00:00+00:00"),
        ("long-fractions", "2026-11-30T16:00:00.250Z", "2026-11-30T16:00:00.250000+00:00"),
        ("long-fractions", "2026-11-30T16:00:00.3600000-03:00", "2026-11-30T17:00:00-03:00"),
    ],
)
def test_times_are_read_as_something_else(fault: str, time: str, as_: str) -> None:
    assert read(fault, f'[3,"1",{{"currentTime":"{time}"}}]') == [
        f'[3,"1",{{"currentTime":"{as_}"}}]'
    ]
