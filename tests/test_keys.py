from __future__ import annotations

from typing import Any

import pytest

from conformance.expectation import lookup
from conformance.matching import MISSING
from conformance.ocpp16 import keys as keys16
from conformance.ocpp201 import keys as keys201
from conformance.wire.samples import full
from conformance.wire.schema import schema

EVERY = [
    pytest.param(version, action, path, id=f"{version}-{action}-{path}")
    for version, keys in (("1.6", keys16.KEYS), ("2.0.1", keys201.KEYS))
    for action, paths in keys.items()
    for path in paths
]


@pytest.mark.parametrize(("version", "action", "path"), EVERY)
def test_every_key_is_a_field_of_its_message(version: str, action: str, path: str) -> None:
    payload: Any = full(schema(version, action, "Request"))
    found = lookup(payload, path)
    assert found is not MISSING
    if (version, action) == ("1.6", "GetConfiguration"):
        assert isinstance(found, list)  # of the keys that are asked for
    else:
        assert isinstance(found, int | str)


def test_a_status_is_about_its_connector() -> None:
    assert keys16.KEYS["StatusNotification"] == ("connectorId",)
    assert keys201.KEYS["StatusNotification"] == ("evseId", "connectorId")


def test_what_is_judged_is_no_key() -> None:
    assert "Authorize" not in keys16.KEYS
    assert not {"Authorize", "TransactionEvent"} & set(keys201.KEYS)
