"""The tests of the options of the 1.6 reference systems, by the option."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tests.reference.bench_16 import Bench

Test: TypeAlias = Callable[[Bench], Awaitable[None]]
STATION: dict[str, tuple[str, Test]] = {}
CSMS: dict[str, tuple[str, Test]] = {}
ERRS = {
    "profiles",
    "errs_at_connector_0",
    "max_keys",
    "errors_for_refusals",
    "unsupported",
    "tells_firmware_updated",
    "tells_startup",
}  # the package logs each CALLERROR as an error
STATION_OF = {  # options that it needs
    "finishing_without_ev": {"fixed_cable": "true"},
    "prepares_to_resume": {"after_power_loss": "resumes"},
}
CSMS_OF: dict[str, dict[str, str]] = {"heartbeat_after_boot": {"boot_interval": "300"}}


def station(name: str, value: str) -> Callable[[Test], Test]:
    def register(test: Test) -> Test:
        STATION[name] = (value, test)
        return test

    return register


def csms(name: str, value: str) -> Callable[[Test], Test]:
    def register(test: Test) -> Test:
        CSMS[name] = (value, test)
        return test

    return register


async def value_of(bench: Bench, key: str) -> str:
    answer = await bench.request("GetConfiguration", key=[key])
    return str(answer.configuration_key[0]["value"])
