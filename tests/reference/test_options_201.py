"""Options and faults of the 2.0.1 systems as words."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.reference.faults_201 import CSMS_FAULTS_201, STATION_FAULTS_201
from conformance.reference.options_201 import csms_options, station_options


def test_options_are_read_by_the_type_of_their_default() -> None:
    options = station_options(
        {"evses": "3", "auth-enabled": "false", "tx_start": "Authorized, DataSigned"},
        ["no-security-event"],
    )
    assert (options.evses, options.auth_enabled) == (3, False)
    assert options.tx_start == ("Authorized", "DataSigned")
    assert options.faults == {"no-security-event"}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"evse": "3"}, "did you mean 'evses'"),
        ({"evses": "many"}, "evses: expected a number, got 'many'"),
        ({"evses": "-1"}, "evses: expected no negative"),
        ({"auth_enabled": "yes"}, "expected true or false, got 'yes'"),
        ({"tx_start": "Plugged"}, "expected ParkingBayOccupancy or"),
        ({"status_by": "Post"}, "expected StatusNotification or NotifyEvent"),
        ({"faults": "x"}, "unknown option 'faults'"),
    ],
)
def test_wrong_options(given: dict[str, str], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        station_options(given)


def test_wrong_faults() -> None:
    with pytest.raises(ValueError, match="did you mean 'never-sends'"):
        csms_options({}, ["never-send"])


def test_every_fault_has_a_test_that_names_it() -> None:
    here = Path(__file__).parent
    texts = "".join(p.read_text("utf-8") for p in here.glob("test_*_201.py"))
    for fault in (*STATION_FAULTS_201, *CSMS_FAULTS_201):
        assert f'"{fault}"' in texts, fault
