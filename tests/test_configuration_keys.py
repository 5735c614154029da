"""The standard configuration keys of OCPP 1.6, and what is said of reported ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from conformance.matching import mismatches, wrongs_for
from conformance.ocpp16.configuration import (
    KEYS,
    above_zero,
    entry,
    items,
    named,
    oddities,
    standard,
    undeclared,
    value,
)

Entry = Mapping[str, Any]


def told(name: str, *, readonly: bool | None = None, **fields: object) -> Entry:
    return {"key": name, "readonly": KEYS[name].access == "R" if readonly is None else readonly} | (
        fields
    )


CORE = [told(key.name) for key in KEYS.values() if key.required and key.profile == "Core"]


@pytest.mark.parametrize(
    ("key", "one", "other", "same"),
    [
        ("HeartbeatInterval", "60", "060", True),
        ("HeartbeatInterval", "60", "61", False),
        ("HeartbeatInterval", "", "0", False),
        ("HeartbeatInterval", "-1", "1", False),
        ("LocalPreAuthorize", "TRUE", "true", True),
        ("LocalPreAuthorize", "true", "false", False),
        ("MeterValuesSampledData", "Voltage, SoC", "SoC,Voltage", True),
        ("MeterValuesSampledData", "Voltage", "Voltage,SoC", False),
    ],
)
def test_values_are_compared_by_what_they_mean(
    key: str, one: str, other: str, *, same: bool
) -> None:
    assert KEYS[key].same(one, other) is same


def test_names_are_compared_without_case() -> None:
    reported = [told("HeartbeatInterval", value="60")]
    assert entry(reported, "heartbeatinterval") == reported[0]
    assert entry(reported, "ResetRetries") is None
    assert value(reported, "HEARTBEATINTERVAL") == "60"
    assert value(reported, "ResetRetries") == ""
    assert items(" a,b , ,") == ["a", "b"]


def test_the_required_keys_are_those_of_the_profiles() -> None:
    assert not mismatches(standard({"Core"}), CORE)
    (wrong,) = mismatches(standard({"Core", "LocalAuthListManagement"}), CORE, "keys")
    assert str(wrong) == (
        "keys: LocalAuthListEnabled is missing; LocalAuthListMaxLength is missing;"
        " SendLocalListMaxLength is missing"
    )


@pytest.mark.parametrize(
    ("key", "readonly", "reason"),
    [
        ("HeartbeatInterval", True, "HeartbeatInterval has to be RW"),
        ("NumberOfConnectors", False, "NumberOfConnectors has to be R"),
        ("AuthorizeRemoteTxRequests", True, ""),
        ("AuthorizeRemoteTxRequests", False, ""),
        ("UnlockConnectorOnEVSideDisconnect", True, ""),
    ],
)
def test_a_key_has_the_right_accessibility(key: str, reason: str, *, readonly: bool) -> None:
    reported = [e for e in CORE if e["key"] != key] + [told(key, readonly=readonly)]
    assert [str(m) for m in mismatches(standard({"Core"}), reported)] == [reason] * bool(reason)


@pytest.mark.parametrize("pattern", [standard({"Core"}), named(["A", "B"]), above_zero], ids=repr)
def test_each_value_that_spoils_is_refused(pattern: object) -> None:
    assert all(mismatches(pattern, wrong) for wrong in wrongs_for(pattern))


def test_what_no_list_is_is_told() -> None:
    for pattern in (standard({"Core"}), named(["A"])):
        (wrong,) = mismatches({"keys": pattern}, {})
        assert str(wrong) == "keys: no list: absent"


def test_every_key_asked_for_is_answered() -> None:
    assert not mismatches(named(["A", "B"]), [{"key": "b"}, {"key": "a"}])
    (wrong,) = mismatches(named(["A", "B", "C"]), [{"key": "A"}])
    assert str(wrong) == "not answered: B, C"


@pytest.mark.parametrize(("text", "right"), [("1", True), ("0", False), ("-1", False), (1, False)])
def test_a_number_above_zero(text: object, *, right: bool) -> None:
    assert bool(mismatches(above_zero, text)) is not right


def test_what_is_odd_is_told() -> None:
    reported = [
        told("MinimumStatusDuration", readonly=True, value="0"),
        told("HeartbeatInterval", value="soon"),
        told("LocalPreAuthorize", value="1"),
        told("StopTxnSampledData", value=""),
        told("ResetRetries"),
    ]
    assert list(oddities(reported)) == [
        "HeartbeatInterval should be of type integer, not 'soon'",
        "LocalPreAuthorize should be of type boolean, not '1'",
        "MinimumStatusDuration should be RW",
    ]


def test_what_is_declared_otherwise_is_told() -> None:
    assert list(undeclared(["Core", "Reservation"], {"16-LOCAL-LIST"})) == [
        "16-LOCAL-LIST is declared, but the charge point does not list LocalAuthListManagement",
        "the charge point lists Reservation, but 16-RESERVATION is not declared",
    ]
    assert not list(undeclared(["Core", "Reservation"], {"16-RESERVATION"}))
