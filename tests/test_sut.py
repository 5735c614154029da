from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from conformance.sut import Sut, SutFileError, embedded, load

STATION = """\
features = ["C-30", "C-40.1"]

[sut]
name = "my station"
version = "2.0.1"
role = "CS"

[topology]
evses = [{id = 1, connectors = [1, 2]}, {id = 2, connectors = [1]}]
"""
CSMS = """\
[sut]
name = "my csms"
version = "1.6"
role = "CSMS"

[connection]
url = "ws://127.0.0.1:9000/ocpp/"
"""


def read(folder: Path, text: str, **environ: str) -> Sut:
    path = folder / "sut.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ)


def problems(folder: Path, text: str, **environ: str) -> list[str]:
    """Return the problems that a text has, each without the file's name."""
    with pytest.raises(SutFileError) as caught:
        read(folder, text, **environ)
    file = str(folder / "sut.toml")
    head, *lines = str(caught.value).split("\n")
    assert head == f"{file}: {len(lines)} problem{'s' * (len(lines) != 1)}"
    return [line.removeprefix(f"  {file}:") for line in lines]


def only(folder: Path, text: str, **environ: str) -> str:
    found = problems(folder, text, **environ)
    assert len(found) == 1, found
    return found[0]


def test_a_short_declaration_has_defaults_for_the_rest(tmp_path: Path) -> None:
    sut = read(tmp_path, STATION)
    assert (sut.name, sut.version, sut.role, sut.station) == ("my station", "2.0.1", "CS", "CP01")
    assert (sut.connection.host, sut.connection.port) == ("127.0.0.1", 9000)
    assert sut.limits.message_timeout == 30
    assert sut.operator.kind == "console"
    assert sut.waivers == ()


def test_places_of_a_2_0_1_station(tmp_path: Path) -> None:
    sut = read(tmp_path, STATION + "[values]\nevse = 2\n")
    assert (sut.evse, sut.connector, sut.connectors) == (2, 1, (1,))
    assert sut.places == ((1, 1), (1, 2), (2, 1))


def test_places_of_a_1_6_charge_point_are_its_connectors(tmp_path: Path) -> None:
    text = CSMS + "[topology]\nconnectors = 3\n[values]\nconnector = 2\n"
    sut = read(tmp_path, text)
    assert (sut.evse, sut.connector, sut.connectors) == (2, 2, (1, 2, 3))
    assert sut.places == ((1, 1), (2, 2), (3, 3))


def test_a_token_is_a_text_or_a_table(tmp_path: Path) -> None:
    text = '[values]\nid_token = {token = "1234", kind = "KeyCode"}\ninvalid_token = "X"\n'
    sut = read(tmp_path, STATION + text)
    assert sut.id_token == {"idToken": "1234", "type": "KeyCode"}
    assert sut.id_tag == "1234"
    assert sut.values.invalid_token.id_token == {"idToken": "X", "type": "ISO14443"}


def test_declared_features_have_their_group_and_what_the_topology_says(tmp_path: Path) -> None:
    sut = read(tmp_path, STATION)
    assert sut.declares("C-30")
    assert sut.declares("C-40")
    assert sut.declares("HFS-8"), "there are two EVSEs"
    assert not sut.declares("C-31")
    assert sut.declaration()["features"] == ["C-30", "C-40.1"]


@pytest.mark.parametrize(
    ("version", "role", "values", "limit"),
    [
        ("2.0.1", "CS", {}, 6),
        ("2.0.1", "CS", {"charging_rate_unit": "W", "number_phases": 1}, 1380),
        ("2.0.1", "CS", {"charging_rate_unit": "W", "number_phases": 2}, 2760),
        ("2.0.1", "CS", {"charging_rate_unit": "W", "number_phases": 3}, 4140),
        ("2.0.1", "CSMS", {"charging_rate_unit": "W"}, 6000),
        ("1.6", "CS", {"charging_rate_unit": "W"}, 6000),
        ("1.6", "CSMS", {}, 6),
    ],
)
def test_charging_limits_are_in_the_configured_unit(
    version: str, role: str, values: dict[str, object], limit: float
) -> None:
    sut = embedded(version, role, changes={"values": values})  # type: ignore[arg-type]
    assert sut.charging_limit(6) == limit


def test_the_address_of_a_csms_has_the_station_s_identity(tmp_path: Path) -> None:
    assert read(tmp_path, CSMS).url() == "ws://127.0.0.1:9000/ocpp/CP01"
    several = read(tmp_path, CSMS + 'stations = ["A 1", "B/2"]\n')
    assert (several.stations, several.station) == (("A 1", "B/2"), "A 1")
    assert several.url("B/2") == "ws://127.0.0.1:9000/ocpp/B%2F2"


def test_several_stations_come_from_a_pattern(tmp_path: Path) -> None:
    sut = read(tmp_path, CSMS + 'stations = "CP{08..10}"\n')
    assert sut.stations == ("CP08", "CP09", "CP10")
    assert sut.declaration()["configured"]["connection.stations"] == ["CP{08..10}"]
    one = sut.at("CP09")
    assert (one.stations, one.station) == (("CP09",), "CP09")
    assert one.url() == "ws://127.0.0.1:9000/ocpp/CP09"
    assert one.changed({"values": {"connector": 1}}).station == "CP09"


MANY = """\
features = ["C-30", "C30"]

[sut]
version = "2.0.1"
role = "CS"
vendro = "ACME"

[connection]
port = -1
security_profile = "two"
url = "ws://127.0.0.1"

[topology]
evses = [{id = "x", connectors = []}]

[values]
charging_rate_unit = "amps"
stack_level = 1.5
tx_start_points = ["EVConnectd"]
message_timeout = 3
vendor_id = 7

[limits]
deviation = 100

[operator]
kind = "http"

[[waivers]]
case = "TC_B_01_CSMS"
step = "1"
reason = "x"

[[waivers]]
case = "TC_B_01_CS"
reason = "x"
"""


def test_all_problems_are_told_at_once_with_line_and_key(tmp_path: Path) -> None:
    found = problems(tmp_path, MANY)
    assert found == [
        (
            '1: features: expected a feature id of OCPP 2.0.1 for role CS, found "C30"'
            " - did you mean C-30?"
        ),
        "3: sut.name: expected what reports call this system, found nothing",
        (
            "6: sut.vendro: expected one of firmware, model, name, role, serial, vendor, version,"
            " found an unknown key - did you mean vendor?"
        ),
        "9: connection.port: expected at least 0, found -1",
        '10: connection.security_profile: expected 0, 1, 2 or 3, found "two"',
        "11: connection.url: expected role CSMS for this key, found OCPP 2.0.1, role CS",
        "14: topology.evses[0].connectors: expected a list of at least 1, found []",
        '14: topology.evses[0].id: expected a whole number, found "x"',
        '17: values.charging_rate_unit: expected "A" or "W", found "amps"',
        "18: values.stack_level: expected a whole number, found 1.5",
        (
            '19: values.tx_start_points[0]: expected "ParkingBayOccupancy", "EVConnected",'
            ' "Authorized", "DataSigned", "PowerPathClosed" or "EnergyTransfer",'
            ' found "EVConnectd" - did you mean EVConnected?'
        ),
        (
            "20: values.message_timeout: expected a key of [values], found an unknown key"
            " - did you mean limits.message_timeout?"
        ),
        "21: values.vendor_id: expected a text in quotes, found 7",
        "24: limits.deviation: expected less than values.meter_interval (10 s), found 100.0",
        (
            "26: operator.url: expected where it listens; for a station without a path, /api/v1 is"
            " added, found nothing"
        ),
        "34: waivers[1].step: expected the step at which it fails, found nothing",
    ]


WRONG = [
    ("[connection]\nstation = ''\n", "11: connection.station: expected a text that is not empty"),
    ("[topology2]\n", "10: topology2: expected one of connection, features,"),
    ("[values]\nevse = 3\n", "11: values.evse: expected an EVSE of topology.evses [1, 2], found 3"),
    ("[values]\nconnector = 3\n", "11: values.connector: expected a connector of EVSE 1 [1, 2]"),
    ("[values]\nid_token = ''\n", "11: values.id_token: expected 1 to 36 characters"),
    ("[values]\ninvalid_token = '0a1b2c3d'\n", "11: values.invalid_token: expected another token"),
    ("[values]\nnumber_phases = true\n", "11: values.number_phases: expected a whole number"),
    ("[limits]\nmessage_timeout = 0\n", "11: limits.message_timeout: expected more than 0"),
    ("[limits]\nmessage_timeout = inf\n", "11: limits.message_timeout: expected a finite number"),
    ("[operator]\nkind = 'htpp'\n", "10: operator: expected"),
    ("[operator]\nurl = 'x'\n", '10: operator: expected kind = "console"'),
    ("[operator]\nkind = 'http'\nurl = 'rig:80'\n", "12: operator.url: expected an address http:"),
    (
        "[operator]\nkind = 'http'\nurl = 'http://me:hush@rig'\n",
        "12: operator.url: expected no credentials",
    ),
    ("[operator]\nkind = 'python'\nclass = 'rig'\n", "12: operator.class: expected a text that"),
    (
        "[operator]\nkind = 'console'\ncannot = ['Plugin']\n",
        '12: operator.cannot[0]: expected "PlugIn"',
    ),
    (
        "[[waivers]]\ncase = 'TC_B_1_CS'\nstep = '1'\nreason = 'x'\n",
        "11: waivers[0].case: expected a case of OCPP 2.0.1 for role CS",
    ),
    (
        "[[waivers]]\ncase = 'TC_B_01_CS'\nstep = '1'\nreason = 'x'\n" * 2,
        "15: waivers[1].case: expected one waiver for each step",
    ),
    (
        "[connection]\nsecurity_profile = 1\nstation = 'A:1'\npassword = 'x'\n",
        "12: connection.station: expected no colon",
    ),
    ("[connection]\npassword = 'hush'\n", "10: connection.security_profile: expected 1"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, told: str) -> None:
    found = only(tmp_path, STATION + text)
    assert found.startswith(told)
    assert "hush" not in found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CSMS.replace("url", "# url"), "6: connection.url: expected the address of the CSMS"),
        (CSMS.replace("ws:", "http:"), "7: connection.url: expected an address ws://host:port"),
        (CSMS.replace("127", "me:hush@127"), "7: connection.url: expected no credentials"),
        (CSMS + 'stations = ["A", "A"]\n', "8: connection.stations: expected different"),
        (CSMS + 'stations = "CP{3..1}"\n', "8: connection.stations: expected a range from low"),
        (CSMS + "stations = 3\n", "8: connection.stations: expected"),
        (CSMS + "port = 1\n", "8: connection.port: expected role CS for this key"),
        (
            CSMS + "[topology]\nevses = [{id = 1, connectors = [1]}]\n",
            "9: topology.evses: expected OCPP 2.0.1 for this key",
        ),
        (CSMS + "[values]\nconnector = 2\n", "9: values.connector: expected a connector from 1"),
        (
            CSMS + "[values]\nid_token = 'more than twenty characters'\n",
            "9: values.id_token: expected 1 to 20 characters",
        ),
        ('features = ["C-30"]\n' + CSMS, "1: features: expected a feature id of OCPP 1.6"),
        (
            'features = ["AQ-1"]\n' + CSMS.replace("1.6", "2.0.1"),
            "1: features: expected a feature id of OCPP 2.0.1 for role CSMS, found the withdrawn",
        ),
    ],
)
def test_contradictions_are_told(tmp_path: Path, text: str, told: str) -> None:
    found = only(tmp_path, text)
    assert found.startswith(told)
    assert "hush" not in found


def test_options_need_their_feature_where_the_group_is_declared(tmp_path: Path) -> None:
    text = STATION.replace('"C-30"', '"C-09.2", "SC-2.2", "HFS-8"')
    text = text.replace(", {id = 2, connectors = [1]}", "")
    assert problems(tmp_path, text) == [
        (
            "1: values.charging_rate_unit: expected SC-2.1 among the features, or another value,"
            ' found "A"'
        ),
        (
            "1: values.tx_start_points: expected C-09.1 among the features, or another value,"
            ' found "EVConnected"'
        ),
        "9: topology.evses: expected several EVSEs (HFS-8), found one",
    ]


def test_the_same_id_twice_is_told(tmp_path: Path) -> None:
    text = STATION.replace("id = 2, connectors = [1]", "id = 1, connectors = [3, 3]")
    assert problems(tmp_path, text) == [
        "9: topology.evses: expected a different id for each EVSE, found [1, 1]",
        "9: topology.evses[1].connectors: expected different connector ids, found [3, 3]",
    ]


def test_a_consequence_of_a_wrong_key_is_no_problem_of_its_own(tmp_path: Path) -> None:
    text = STATION.replace("id = 2", 'id = "two"') + "[values]\nevse = 2\n"
    assert only(tmp_path, text).startswith("9: topology.evses[1].id: ")


def test_without_role_and_version_only_the_form_is_checked(tmp_path: Path) -> None:
    found = problems(tmp_path, '[sut]\nname = "x"\nrole = "EVSE"\n')
    assert [line.split(": expected")[0] for line in found] == ["1: sut.version", "3: sut.role"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no such file"),
        (b"[sut\n", "is not TOML: "),
        (b"name = '\xff'\n", "is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "sut.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SutFileError, match=told) as caught:
        load(path, {})
    assert str(caught.value).startswith(f"{path}: ")


def test_a_folder_is_no_declaration(tmp_path: Path) -> None:
    with pytest.raises(SutFileError, match="cannot be read"):
        load(tmp_path, {})


def test_the_declaration_is_what_a_journal_needs(tmp_path: Path) -> None:
    declared = read(tmp_path, STATION).declaration()
    assert set(declared) == {
        *("name", "version", "role", "station", "vendor", "model", "firmware", "serial"),
        *("features", "operator", "security_profile", "configured", "given", "waivers"),
        *("certificates", "sha256"),
    }
    assert len(declared["sha256"]) == len(hashlib.sha256().hexdigest())
    assert (declared["operator"], declared["security_profile"]) == ("console", 0)
    assert declared["given"] == ["topology.evses"]
    assert declared["configured"]["limits.message_timeout"] == 30
    assert declared["configured"]["values.id_token.kind"] == "ISO14443"
    assert declared["configured"]["topology.evses"][0] == {"id": 1, "connectors": [1, 2]}


def test_the_hash_is_of_what_is_declared_not_of_how(tmp_path: Path) -> None:
    def fingerprint(text: str) -> object:
        return read(tmp_path, text).declaration()["sha256"]

    plain = fingerprint(STATION)
    assert fingerprint("# a comment\n" + STATION) == plain
    assert fingerprint(STATION + "[limits]\nmessage_timeout = 30\n") == plain
    assert fingerprint(STATION + "[limits]\nmessage_timeout = 31\n") != plain
    assert fingerprint(STATION.replace('"C-30"', '"C-31"')) != plain


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
@pytest.mark.parametrize("role", ["CS", "CSMS"])
def test_the_reference_systems_are_declared_with_short_times(version: str, role: str) -> None:
    sut = embedded(version, role, options={"connectors": 2}, faults=["f"])  # type: ignore[arg-type]
    assert (sut.version, sut.role, sut.operator.kind) == (version, role, "embedded")
    assert (sut.retry_interval, sut.limits.message_timeout, sut.limits.deviation) == (1, 5, 0.5)
    if role == "CS":
        assert (sut.heartbeat_interval, sut.values.transaction_duration) == (1, 0)
        assert sut.connection.port == 0
        assert sut.connectors == (1, 2)


def test_the_declaration_follows_the_reference_station_s_options() -> None:
    options: dict[str, str | float | bool]
    options = {"tx_start": "Authorized", "tx_stop": "EVConnected,Authorized", "evses": 1}
    sut = embedded("2.0.1", "CS", options=options)
    assert sut.values.tx_start_points == ("Authorized",)
    assert sut.values.tx_stop_points == ("EVConnected", "Authorized")
    assert sut.places == ((1, 1),)


def test_a_changed_copy_is_checked_and_keeps_its_secret(tmp_path: Path) -> None:
    sut = read(tmp_path, f'{CSMS}security_profile = 1\npassword = "hush"\n')
    changed = sut.changed({"connection": {"url": "ws://127.0.0.1:1"}})
    assert changed.url() == "ws://127.0.0.1:1/CP01"
    assert changed.connection.password == sut.connection.password
    assert changed.file == sut.file
    with pytest.raises(SutFileError, match="unknown key - did you mean connector"):
        sut.changed({"values": {"conector": 1}})
