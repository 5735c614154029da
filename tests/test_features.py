from __future__ import annotations

from collections import Counter

import pytest

from conformance.features import ROLES, VERSIONS, feature_ids, features, with_groups, withdrawn


# Optional features, questions, hardware features and subtypes of Part 5 with the errata.
@pytest.mark.parametrize(
    ("role", "counts"),
    [
        ("CS", {"profile": 8, "optional": 100, "question": 12, "hardware": 10, "subtype": 2}),
        ("CSMS", {"profile": 8, "optional": 34, "question": 9}),
    ],
)
def test_every_feature_of_part_5_is_known(role: str, counts: dict[str, int]) -> None:
    assert Counter(feature.kind for feature in features("2.0.1", role).values()) == counts


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("role", ROLES)
def test_features_know_themselves(version: str, role: str) -> None:
    known = features(version, role)

    assert known.keys() == feature_ids(version, role)
    assert all(feature.id == id_ and feature.name for id_, feature in known.items())
    assert {(f.version, f.role) for f in known.values()} == {(version, role)}
    assert not withdrawn(version, role).keys() & known.keys()
    assert set(withdrawn(version, role).values()) - {""} <= known.keys()
    assert with_groups(known.keys()) == known.keys()


def test_features_of_another_system_are_not_known() -> None:
    with pytest.raises(LookupError, match=r"role EV in OCPP 2\.0\.1"):
        features("2.0.1", "EV")


def test_a_group_is_declared_by_its_members_but_not_the_other_way() -> None:
    assert with_groups({"C-40.1", "AQ-6"}) == {"C-40.1", "C-40", "AQ-6"}
    assert with_groups({"C-40"}) == {"C-40"}
