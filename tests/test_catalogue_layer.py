"""Our own cases in the catalogue, each for the versions that it names."""

from __future__ import annotations

import re
from functools import partial

import pytest

from conformance.catalogue import (
    LAYER,
    CatalogueError,
    everything,
    own,
    own_entry,
    read,
    select,
)
from conformance.features import ROLES, VERSIONS

PREFIXES = {"OCPP-J": "OCPPJ_", "own-security": "SEC_"}


@pytest.mark.parametrize("role", ROLES)
def test_our_own_cases_come_after_the_documents(role: str) -> None:
    ours = [e for e in everything() if e.id.startswith("OCPPJ_") and e.role == role]

    assert {e.version for e in ours} == set(VERSIONS)
    assert ours == select(everything(), profiles=["OCPP-J"], roles=[role])
    assert all(e.requirements and e.unmet(frozenset()) == "" for e in ours if not e.condition)
    assert everything()[-1].id in own("2.0.1")


@pytest.mark.parametrize(("profile", "prefix"), PREFIXES.items())
def test_an_id_tells_the_profile(profile: str, prefix: str) -> None:
    of_profile = {e.id for e in select(everything(), profiles=[profile])}

    assert of_profile == {e.id for e in everything() if e.id.startswith(prefix)} != set()


layer_entry = partial(own_entry, LAYER)
LAYER_ENTRY = """
[OCPPJ_01_CS]
title = 'A text'
about = 'Frames'
role = 'CS'
level = 'SHOULD'
stands_on = { '2.0.1' = ['4.2.3', 'B01.FR.01'] }
"""


def test_an_entry_of_our_own_is_for_the_versions_that_it_stands_on() -> None:
    (entry,) = read(LAYER_ENTRY, "2.0.1", "x.toml", layer_entry).values()

    assert (entry.version, entry.level, entry.section) == ("2.0.1", "SHOULD", "OCPP-J: Frames")
    assert entry.requirements == ("Part 4: 4.2.3", "B01.FR.01")
    assert read(LAYER_ENTRY, "1.6", "x.toml", layer_entry) == {}


def test_a_condition_of_our_own_is_one_of_a_version() -> None:
    about = "condition = { '2.0.1' = 'OVER.1 or OVER.2' }\n"
    (entry,) = read(LAYER_ENTRY + about, "2.0.1", "x.toml", layer_entry).values()

    assert entry.profiles == {"OCPP-J": "C"}
    assert entry.unmet({"OVER.2"}) == ""
    assert entry.unmet({"OVER.3"}) == (
        "needs OVER.1 or OVER.2; declared: none of them; OVER.n is a run over security profile n"
    )


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("OCPPJ_01_CS", "OCPPJ_1_CS", "id: expected OCPPJ_<number>_CS or OCPPJ_<number>_CSMS"),
        ("'SHOULD'", "'MAY'", "level: expected MUST or SHOULD, not 'MAY'"),
        ("'2.0.1' =", "'2.1' =", "stands_on: expected a table by version, not {'2.1': "),
        ("level = 'SHOULD'\n", "", "level: missing"),
        (
            "level",
            "condition = 'C-40'\nlevel",
            "condition: expected a table by version, not 'C-40'",
        ),
        (
            "level",
            "condition = { '1.6' = '16-SECURITY' }\nlevel",
            "condition: expected a table by version, not {'1.6': ",
        ),
        (
            "level",
            "condition = { '2.0.1' = '16-OVER.1' }\nlevel",
            "condition: unknown feature '16-OVER.1'; did you mean 'OVER.1'?",
        ),
        ("level", "levle", "levle: unknown field; did you mean 'level'?"),
    ],
)
def test_a_damaged_entry_of_our_own_is_told(right: str, wrong: str, message: str) -> None:
    text = LAYER_ENTRY.replace(right, wrong)
    with pytest.raises(CatalogueError, match=re.escape(message)):
        read(text, "2.0.1", "x.toml", layer_entry)
