"""The cache and the local list of the 1.6 charge point, online and offline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conformance.reference.authorization_16 import Authorization
from conformance.reference.configuration_16 import Configuration
from conformance.reference.options_16 import StationOptions
from tests.reference.bench_16 import BEGIN


class Made:
    """An Authorization with a clock to turn."""

    def __init__(self, cache_size: int = 100, /, **configured: str) -> None:
        self.now = BEGIN
        self.configuration = Configuration(StationOptions())
        for key, value in configured.items():
            self.configuration.put(key, value)
        self.tokens = Authorization(self.configuration, lambda: self.now, cache_size)

    def status(self, token: str) -> str | None:
        info = self.tokens.known(token)
        return info.status if info else None


def entry(token: str, status: str | None = "Accepted") -> dict[str, Any]:
    return {"id_tag": token} | ({"id_tag_info": {"status": status}} if status else {})


def test_the_cache_learns_and_tokens_expire() -> None:
    made = Made()
    later = (BEGIN + timedelta(hours=1)).isoformat()
    made.tokens.learn("Tag", {"status": "Accepted", "expiry_date": later, "parent_id_tag": "G"})
    known = made.tokens.known("TAG")
    assert known is not None
    assert (known.status, known.parent) == ("Accepted", "G")
    made.now += timedelta(hours=1)
    assert made.status("tag") == "Expired"
    made.tokens.learn("tag", {"status": "Blocked"})
    assert made.status("tag") == "Blocked"


def test_a_full_cache_loses_what_is_not_valid_then_what_is_oldest() -> None:
    made = Made(3)
    soon = (BEGIN + timedelta(seconds=5)).isoformat()
    made.tokens.learn("A", {"status": "Accepted"})
    made.tokens.learn("B", {"status": "Accepted", "expiry_date": soon})
    made.tokens.learn("C", {"status": "Invalid"})
    made.tokens.learn("A", {"status": "Accepted"})  # new once more
    made.tokens.learn("D", {"status": "Accepted"})
    assert [made.status(t) for t in "ABCD"] == ["Accepted", "Accepted", None, "Accepted"]
    made.tokens.learn("E", {"status": "Accepted"})
    assert [made.status(t) for t in "ABDE"] == ["Accepted", None, "Accepted", "Accepted"]


def test_the_list_goes_before_the_cache_and_stays_as_it_was_sent() -> None:
    made = Made()
    made.tokens.update(1, "Full", [entry("A", "Blocked")])
    made.tokens.learn("A", {"status": "Accepted"})
    assert made.status("a") == "Blocked"
    made.configuration.put("LocalAuthListEnabled", "false")
    assert made.status("a") is None


def test_a_disabled_cache_knows_and_learns_nothing() -> None:
    made = Made()
    made.tokens.learn("A", {"status": "Accepted"})
    made.configuration.put("AuthorizationCacheEnabled", "false")
    assert made.status("A") is None
    made.tokens.learn("B", {"status": "Accepted"})
    made.configuration.put("AuthorizationCacheEnabled", "true")
    assert made.status("B") is None


@pytest.mark.parametrize(
    ("token", "configured", "status"),
    [
        ("known", {}, "Accepted"),
        ("known", {"LocalAuthorizeOffline": "false"}, "Invalid"),
        ("blocked", {"AllowOfflineTxForUnknownId": "true"}, "Blocked"),
        ("unknown", {}, "Invalid"),
        ("unknown", {"AllowOfflineTxForUnknownId": "true"}, "Accepted"),
    ],
)
def test_offline_the_configuration_decides(
    token: str, configured: dict[str, str], status: str
) -> None:
    made = Made(**configured)
    made.tokens.update(1, "Full", [entry("known"), entry("blocked", "Blocked")])
    assert made.tokens.offline(token).status == status


@pytest.mark.parametrize(
    ("version", "kind", "entries", "status"),
    [
        (2, "Full", [], "Accepted"),
        (0, "Full", [entry("A")], "Failed"),
        (2, "Full", [entry("A", None)], "Failed"),
        (1, "Differential", [entry("A")], "VersionMismatch"),
        (2, "Differential", [entry("A", None)], "Accepted"),
        (2, "Full", [entry(str(n)) for n in range(101)], "Failed"),
    ],
)
def test_an_update_of_the_list_is_answered_by_the_rules(
    version: int, kind: str, entries: list[dict[str, Any]], status: str
) -> None:
    made = Made()
    made.tokens.update(1, "Full", [entry("old")])
    assert made.tokens.update(version, kind, entries) == status
    kept = made.status("old") == "Accepted"
    assert kept is not (status == "Accepted" and kind == "Full")


def test_the_version_of_an_empty_list_is_0_and_of_none_minus_1() -> None:
    made = Made()
    made.tokens.update(9, "Full", [entry("A")])
    assert made.tokens.version == 9
    made.tokens.update(10, "Full", [])
    assert made.tokens.version == 0
    configuration = Configuration(StationOptions(profiles=("Core",)))
    without = Authorization(configuration, lambda: BEGIN)
    assert without.version == -1
    assert without.update(1, "Full", []) == "NotSupported"
