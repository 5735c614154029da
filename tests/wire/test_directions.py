from __future__ import annotations

import pytest

from conformance.wire.directions import BOTH, OF_STATIONS, received
from conformance.wire.schema import actions


@pytest.mark.parametrize(("version", "station", "csms"), [("1.6", 26, 14), ("2.0.1", 40, 25)])
def test_every_action_has_a_direction(version: str, station: int, csms: int) -> None:
    assert OF_STATIONS[version] <= set(actions(version))
    assert len(received(version, "CS")) == station
    assert len(received(version, "CSMS")) == csms
    assert set(received(version, "CS")) & set(received(version, "CSMS")) == BOTH
