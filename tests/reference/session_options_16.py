"""The options of the 1.6 charge point that are about sessions show."""

from __future__ import annotations

from tests.reference.bench_16 import Bench, settle
from tests.reference.registry_16 import station, value_of


@station("errs_at_connector_0", "true")
async def an_error_for_connector_0(bench: Bench) -> None:
    await bench.wires[-1].send('[2,"1","RemoteStartTransaction",{"connectorId":0,"idTag":"T"}]')
    await settle()
    assert bench.answers("RemoteStartTransaction") == ["PropertyConstraintViolation"]


@station("fixed_cable", "true")
async def a_fixed_cable_has_no_lock(bench: Bench) -> None:
    assert (await bench.request("UnlockConnector", connector_id=1)).status == "NotSupported"
    assert await bench.configure("UnlockConnectorOnEVSideDisconnect", "true") == "Rejected"
    assert await value_of(bench, "UnlockConnectorOnEVSideDisconnect") == "false"
