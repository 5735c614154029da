from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from conformance import catalogue
from conformance.catalogue import (
    PROFILES,
    CatalogueError,
    Entry,
    UnknownNameError,
    everything,
    load,
    read,
    revision,
    select,
)
from conformance.conditions import parse
from conformance.features import ROLES, VERSIONS, derived_ids, feature_ids, features

# CS and CSMS cases of each block of Part 6, without TC_O_15_CS, with TC_B_58_CSMS.
BLOCKS = {
    "A Security": (17, 14),
    "B Provisioning": (48, 22),
    "C Authorization": (53, 16),
    "D Local Authorization List Management": (9, 6),
    "E Transactions": (47, 27),
    "F Remote Control": (24, 15),
    "G Availability": (21, 10),
    "H Reservation": (21, 9),
    "I Tariff and Cost": (3, 2),
    "J Meter Values": (10, 9),
    "K Smart Charging": (44, 32),
    "L Firmware Management": (15, 19),
    "M ISO 15118 Certificate Management": (25, 18),
    "N Diagnostics": (52, 29),
    "O Display Message": (31, 21),
    "P Data Transfer": (3, 2),
}

# CS M, CS C, CSMS M, CSMS C of each profile of Part 5, errata applied. The 18th mandatory CSMS
# case of advanced device management, TC_N_21_CSMS, does not exist in Part 6.
STATUSES = {
    "core": (104, 119, 105, 27),
    "advanced-security": (5, 2, 4, 0),
    "local-authorization-list": (14, 8, 8, 1),
    "smart-charging": (33, 3, 21, 1),
    "advanced-device-management": (36, 5, 17, 0),
    "reservation": (12, 10, 6, 3),
    "advanced-user-interface": (25, 7, 21, 0),
    "iso15118": (54, 6, 36, 1),
}

# CS and CSMS cases of each profile of 1.6, the 2025 edition's included.
SIXTEEN = {
    "core": (51, 35),
    "firmware-management": (5, 5),
    "local-auth-list": (8, 6),
    "reservation": (16, 10),
    "smart-charging": (10, 5),
    "remote-trigger": (2, 2),
    "security": (15, 14),
}

ENTRY = """
[TC_001_CS]
title = 'Cold Boot'
section = '2.1.1'
role = 'CS'
profiles = { core = 'C' }
condition = '16-CACHE'
"""


def ids(version: str) -> str:
    return hashlib.sha256("\n".join(sorted(load(version))).encode()).hexdigest()[:16]


def test_every_case_of_the_documents_is_there() -> None:
    counts = Counter((e.version, e.role) for v in VERSIONS for e in load(v).values())

    assert counts == {
        ("1.6", "CS"): 107,
        ("1.6", "CSMS"): 77,
        ("2.0.1", "CS"): 423,
        ("2.0.1", "CSMS"): 251,
    }


def test_the_ids_are_those_of_the_documents() -> None:
    assert ids("1.6") == "55e0c3e961adc23a"
    assert ids("2.0.1") == "c4e8e5b364cf7aea"


@pytest.mark.parametrize("id_", ["TC_O_15_CS", "TC_N_21_CSMS", "TC_H_05_CS"])
def test_cases_that_are_withdrawn_or_never_were_are_not_there(id_: str) -> None:
    assert id_ not in load("2.0.1")


def test_the_2025_cases_replace_those_they_split() -> None:
    assert not load("1.6").keys() & {f"TC_{n}_CS" for n in ("007", "008", "023", "053", "061")}
    assert load("1.6")["TC_023_4_CS"].title == (
        "Start Charging Session - Authorize invalid - Local start"
    )
    assert load("1.6")["TC_023_5_CS"].title.endswith(" - Remote start")


@pytest.mark.parametrize(("block", "counts"), BLOCKS.items())
def test_each_block_has_its_cases(block: str, counts: tuple[int, int]) -> None:
    cases = [entry for entry in load("2.0.1").values() if entry.section == block]

    assert tuple(len(select(cases, roles=[role])) for role in ROLES) == counts
    assert all(entry.id.startswith(f"TC_{block[0]}_") for entry in cases)


def test_every_case_is_in_a_block_that_is_known() -> None:
    assert {entry.section for entry in load("2.0.1").values()} == BLOCKS.keys()


@pytest.mark.parametrize(("profile", "counts"), STATUSES.items())
def test_each_profile_has_its_mandatory_and_conditional_cases(
    profile: str, counts: tuple[int, int, int, int]
) -> None:
    found = Counter(
        (entry.role, entry.profiles[profile])
        for entry in select(load("2.0.1").values(), profiles=[profile])
    )

    assert tuple(found[role, status] for role in ROLES for status in "MC") == counts


@pytest.mark.parametrize(("profile", "counts"), SIXTEEN.items())
def test_each_profile_of_16_has_its_cases(profile: str, counts: tuple[int, int]) -> None:
    cases = select(load("1.6").values(), profiles=[profile])

    assert tuple(len(select(cases, roles=[role])) for role in ROLES) == counts


def test_profiles_are_the_versions_own() -> None:
    assert STATUSES.keys() == set(PROFILES["2.0.1"])
    assert SIXTEEN.keys() == set(PROFILES["1.6"])
    assert all(entry.profiles for entry in load("1.6").values())
    assert sum(not entry.profiles for entry in load("2.0.1").values()) == 36


def test_titles_are_plain_text() -> None:
    for entry in everything():
        assert entry.title.isascii(), entry.id
        assert entry.title == " ".join(entry.title.split()).rstrip("."), entry.id
        assert not re.search(r"\w-( |$)| -\w", entry.title), entry.id


REQUIREMENT = re.compile(r"[A-P]\d\d\.FR\.\d+|(Part [24]|OCPP-J|OCPP 1\.6|RFC \d+): [\d.]+")


def test_use_cases_and_requirements_are_ids() -> None:
    for entry in everything():
        assert all(re.fullmatch(r"[A-P]\d\d(-S\d)?", case) for case in entry.use_cases), entry.id
        assert all(map(REQUIREMENT.fullmatch, entry.requirements)), entry.id


def test_conditions_are_written_plainly_and_cite_features_of_their_role() -> None:
    for entry in everything():
        condition = parse(entry.condition)
        assert str(condition) == entry.condition, entry.id
        known = feature_ids(entry.version, entry.role) | derived_ids(entry.version, entry.role)
        assert condition.features() <= known, entry.id


@pytest.mark.parametrize("version", VERSIONS)
def test_a_case_that_is_mandatory_everywhere_needs_a_profile_at_most(version: str) -> None:
    mandatory = [e for e in load(version).values() if set(e.profiles.values()) == {"M"}]

    for entry in mandatory:
        known = features(version, entry.role)
        cited = parse(entry.condition).features()
        assert {known[id_].kind for id_ in cited} <= {"profile"}, entry.id


@pytest.mark.parametrize(
    ("id_", "condition"),
    [
        ("TC_A_20_CS", "AQ-1 and C-61"),
        ("TC_A_21_CS", "AQ-3"),
        ("TC_B_30_CSMS", "C-44 or not AQ-16"),
        ("TC_B_14_CS", "C-56 or advanced-device-management"),
        ("TC_C_27_CS", ""),
        ("TC_C_57_CS", "C-59 and C-49"),
        ("TC_E_04_CS", "C-30 or C-31 or C-32 or C-33 or C-35"),
        (
            "TC_E_17_CS",
            "C-10.2 and C-06.2 and AQ-9 and not (not C-52 and (C-10.1 or C-10.3 or C-10.4))",
        ),
        ("TC_F_02_CS", "C-48.1 and (C-36 or C-37 or C-38 or C-39)"),
        ("TC_F_27_CS", "not AQ-11"),
        ("TC_H_13_CS", "not R-2"),
        ("TC_H_15_CS", "R-1"),
        ("TC_J_01_CS", ""),
        ("TC_N_48_CS", "AQ-10"),
    ],
)
def test_conditions_are_those_of_the_errata(id_: str, condition: str) -> None:
    assert load("2.0.1")[id_].condition == condition


@pytest.mark.parametrize(
    ("id_", "title"),
    [
        ("TC_N_51_CS", "Set Variable Monitoring - Modifying a VariableMonitor and trigger"),
        ("TC_D_04_CSMS", "Send Local Authorization List - Full with empty list"),
        ("TC_C_06_CS", "Local start transaction - Authorization Blocked"),
        ("TC_B_58_CSMS", "WebSocket Subprotocol validation"),
    ],
)
def test_titles_are_the_documents_corrected(id_: str, title: str) -> None:
    assert load("2.0.1")[id_].title == title


def test_requirements_are_those_of_the_errata() -> None:
    cases = load("2.0.1")

    assert cases["TC_N_24_CS"].use_cases == ("N04", "N08")
    assert cases["TC_N_24_CS"].requirements[0] == "N04.FR.01"
    assert not {"E06.FR.17", "E07.FR.13"} & set(cases["TC_J_10_CS"].requirements)
    assert cases["TC_B_58_CSMS"].requirements == ("Part 4: 3.1.2",)


def test_the_order_is_that_of_the_documents() -> None:
    everyone = [e.id for version in VERSIONS for e in load(version).values()]

    assert everyone[0] == "TC_001_CS"
    assert everyone[183] == "TC_088_CSMS"
    assert everyone[184] == "TC_A_01_CS"
    assert everyone[-1] == "TC_P_03_CSMS"
    assert everyone.index("TC_B_58_CSMS") + 1 == everyone.index("TC_C_02_CSMS")
    sections = [[int(n) for n in e.section.split(".")] for e in load("1.6").values()]
    assert sections == sorted(sections)


def test_an_entry_applies_where_profile_and_condition_are_met() -> None:
    monitoring = load("2.0.1")["TC_N_22_CS"]

    assert monitoring.unmet({"C-01"}) == (
        "needs advanced-device-management; declared: none of them"
    )
    assert monitoring.unmet({"advanced-device-management"}) == (
        "needs DM-3; declared: none of them"
    )
    assert monitoring.unmet({"advanced-device-management", "DM-3"}) == ""


def test_core_is_in_every_system_and_a_member_declares_its_group() -> None:
    begin = load("2.0.1")["TC_J_08_CS"]

    assert begin.unmet({"C-40.1", "C-09.2"}) == ""
    assert begin.unmet({"C-09.2"}) == "needs C-40; declared: none of them"


def test_a_case_of_a_profile_that_16_lacks_can_apply() -> None:
    refused = load("1.6")["TC_048_4_CS"]

    assert refused.profiles == {"reservation": "C"}
    assert refused.unmet(frozenset()) == ""
    assert refused.unmet({"16-RESERVATION"}) == (
        "needs not 16-RESERVATION; declared: 16-RESERVATION"
    )


def test_entries_are_values() -> None:
    entry = load("1.6")["TC_001_CS"]

    assert len({entry, entry}) == 1
    assert load("1.6") is load("1.6")
    with pytest.raises(TypeError):
        entry.profiles["core"] = "C"  # type: ignore[index]


def test_the_revision_follows_the_files_but_not_their_line_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", revision())

    def revised(text: bytes) -> str:
        (tmp_path / "catalogue.toml").write_bytes(text)
        revision.cache_clear()
        return revision()

    monkeypatch.setattr(catalogue, "_file", lambda _: tmp_path / "catalogue.toml")
    assert revised(b"a\nb\n") == revised(b"a\r\nb\r\n") != revised(b"a\nc\n")
    revision.cache_clear()


def test_a_selection_keeps_the_order_and_meets_every_criterion() -> None:
    found = select(everything(), profiles=["security", "iso15118"], roles=["CSMS"])

    assert [entry.id for entry in found[:2]] == ["TC_073_CSMS", "TC_074_CSMS"]
    assert {entry.version for entry in found} == set(VERSIONS)
    assert {entry.role for entry in found} == {"CSMS"}
    assert select(found, versions=["1.6"]) == found[:14]
    assert select(everything(), ids=["TC_A_01_CS", "TC_001_CS"]) == [
        load("1.6")["TC_001_CS"],
        load("2.0.1")["TC_A_01_CS"],
    ]
    assert select(everything()) == everything()


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        ({"ids": ["TC_K_01-CS"]}, "unknown case 'TC_K_01-CS'; did you mean 'TC_K_01_CS'?"),
        (
            {"profiles": ["smart_charging"]},
            "unknown profile 'smart_charging'; did you mean 'smart-charging'?",
        ),
        ({"versions": ["2.0"]}, "unknown version '2.0'; did you mean '2.0.1'?"),
        ({"roles": ["station"]}, "unknown role 'station'"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(
    criterion: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(UnknownNameError, match=f"^{re.escape(message)}$"):
        select(everything(), **criterion)


def test_an_unknown_version_is_told() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown version '1\.5'; did you mean '1\.6'"):
        load("1.5")


def test_a_sound_text_is_read() -> None:
    assert read(ENTRY, "1.6", "here")["TC_001_CS"] == Entry(
        id="TC_001_CS",
        title="Cold Boot",
        version="1.6",
        role="CS",
        section="2.1.1",
        use_cases=(),
        requirements=(),
        profiles={"core": "C"},
        condition="16-CACHE",
    )


@pytest.mark.parametrize(
    ("sound", "spoiled", "message"),
    [
        ("title =", "titel =", "titel: unknown field; did you mean 'title'?"),
        ("section = '2.1.1'", "", "section: missing"),
        ("'Cold Boot'", "7", "title: expected a text, not 7"),
        ("'Cold Boot'", "' '", "title: expected a text, not ' '"),
        ("condition = '16-CACHE'", "condition = ''", "condition: expected a text, not ''"),
        ("role = 'CS'", "role = 'CSMS'", "role: expected 'CS', as in the id, not 'CSMS'"),
        ("core =", "cores =", "profiles: unknown profile 'cores'; did you mean 'core'?"),
        ("= 'C' }", "= 'O' }", "profiles: expected M or C for core, not 'O'"),
        ("{ core = 'C' }", "'core'", "profiles: expected a table, not 'core'"),
        ("condition = '16-CACHE'", "", "condition: missing, though core is conditional"),
        ("'16-CACHE'", "'16-CACHE and'", "condition: expected a feature id, not the end, at"),
        ("16-CACHE", "16-CASH", "condition: unknown feature '16-CASH'; did you mean '16-CACHE'?"),
        ("condition =", "use_cases = 'A'\ncondition =", "use_cases: expected a list of texts"),
        ("condition =", "requirements = ['']\ncondition =", "requirements: expected a list of"),
    ],
)
def test_a_damaged_entry_is_told_with_case_and_field(
    sound: str, spoiled: str, message: str
) -> None:
    assert sound in ENTRY

    with pytest.raises(CatalogueError) as raised:
        read(ENTRY.replace(sound, spoiled), "1.6", "here")

    assert str(raised.value).startswith(f"here: TC_001_CS: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("TC_001_CS = 1", "here: TC_001_CS: entry: expected a table, not 1"),
        (ENTRY.replace("TC_001_CS", "001_CS"), "here: 001_CS: id: expected TC_<name>_CS or"),
        (ENTRY + ENTRY, "here: Cannot declare "),
        (ENTRY + "[", "here: "),
    ],
)
def test_a_damaged_file_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(CatalogueError) as raised:
        read(text, "1.6", "here")

    assert str(raised.value).startswith(message)


def test_a_withdrawn_feature_is_told_with_the_one_to_use() -> None:
    text = ENTRY.replace("16-CACHE", "ISO-3")

    with pytest.raises(CatalogueError, match="unknown feature 'ISO-3', withdrawn for AQ-11"):
        read(text, "2.0.1", "here")
