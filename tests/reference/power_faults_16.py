"""What shows of the faults of a 1.6 charge point that are about power and the network."""

from __future__ import annotations

from tests.reference.bench_16 import Bench, settle
from tests.reference.power_options_16 import off_and_on
from tests.reference.settings_faults_16 import Scene


def _letters(bench: Bench) -> list[str]:
    return [action for action in bench.actions() if action.endswith("Transaction")]


async def _charged_offline(bench: Bench) -> object:
    await bench.configure("AllowOfflineTxForUnknownId", "true")
    bench.reachable = False
    await bench.cut()
    await bench.charge_with("TAG001")
    bench.reachable = True
    bench.forget()
    await settle(60)
    return _letters(bench)


async def _begun_before_it_was_back(bench: Bench) -> object:
    await _charged_offline(bench)
    begun, ended = (bench.calls(action)[0]["timestamp"] for action in BOTH)
    return begun < ended


async def _out_of_service(bench: Bench) -> object:
    await bench.request("ChangeAvailability", connector_id=2, type="Inoperative")
    await off_and_on(bench)
    return bench.actions()[-1]


async def _without_power(bench: Bench) -> object:
    await bench.charge()
    await off_and_on(bench)
    return _letters(bench)


async def _broken(bench: Bench) -> object:
    await bench.act("state", faulted="true")
    await bench.charge()
    return _letters(bench)


async def _invalid_token(bench: Bench) -> object:
    await bench.configure("AllowOfflineTxForUnknownId", "true")
    bench.reachable = False
    await bench.cut()
    await bench.plug_in()
    await bench.present("NOBODY")
    bench.reachable = True
    await settle(60)
    return bench.actions()[-1]


BOTH = ["StartTransaction", "StopTransaction"]
POWER: dict[str, tuple[Scene, object, object]] = {
    "drops-queued-messages": (_charged_offline, BOTH, []),
    "queue-in-reverse": (_charged_offline, BOTH, BOTH[::-1]),
    "stamps-when-sent": (_begun_before_it_was_back, True, False),
    "charges-though-invalid": (_invalid_token, "Finishing(1)", "Charging(1)"),
    "forgets-availability": (_out_of_service, "Unavailable(2)", "Available(2)"),
    "forgets-transactions": (_without_power, ["StopTransaction"], []),
    "starts-though-faulted": (_broken, [], ["StartTransaction"]),
}
