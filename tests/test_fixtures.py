"""What a CSMS has to know before a run: listed, and created through operators that can."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import templates
from conformance.fixtures import as_json, as_text, create
from conformance.operators.embedded import EmbeddedSystem
from conformance.selection import implemented
from conformance.session import LoopThread
from conformance.sut import Sut, embedded, load
from conformance.verdict import Verdict
from tests.misbehaving import opened
from tests.operators.stand_in import stand_in
from tests.running import EMBEDDED_16_CS, run

HEAD = """
[sut]
name = "office"
version = "{version}"
role = "CSMS"
[connection]
url = "{url}"
stations = "CP{{1..2}}"
security_profile = {profile}
[values]
id_token = "GOOD1"
id_token2 = "GOOD2"
group_member_token = "GOOD3"
group = "FAMILY"
invalid_token = "NOBODY"
blocked_token = "STOLEN"
expired_token = "OLD"
[limits]
message_timeout = 3
silence = 0.3
[operator]
{operator}
"""


def declared(
    folder: Path,
    operator: str,
    version: str = "1.6",
    url: str = "ws://127.0.0.1:1",
    password: str = "",
) -> Sut:
    text = HEAD.format(version=version, url=url, operator=operator, profile=1 if password else 0)
    if password:
        text = text.replace("stations =", f'password = "{password}"\nstations =')
    (folder / "sut.toml").write_text(text, encoding="utf-8")
    return load(folder / "sut.toml", {})


LISTED = """
office has to know, before a run:

groups
  FAMILY               values.group

tokens
  GOOD1                values.id_token              Accepted, in group FAMILY
  GOOD2                values.id_token2             Accepted
  GOOD3                values.group_member_token    Accepted, in group FAMILY
  STOLEN               values.blocked_token         Blocked
  OLD                  values.expired_token         Expired

stations
  CP1                  security profile 1, password ***
  CP2                  security profile 1, password ***

and must not know
  NOBODY               values.invalid_token
"""


def test_all_of_it_is_listed_for_a_person(tmp_path: Path) -> None:
    told = as_text(declared(tmp_path, 'kind = "console"', password="hush-hush"))
    assert told == LISTED.strip()


def test_all_of_it_is_listed_for_a_program(tmp_path: Path) -> None:
    text = as_json(declared(tmp_path, 'kind = "console"', "2.0.1", password="hush-hush"))
    assert "hush" not in text
    said = json.loads(text)
    assert said["must_not_exist"] == ["NOBODY"]
    assert said["create"][0] == {
        "what": "Group",
        "key": "values.group",
        "token": "FAMILY",
        "kind": "Central",
    }
    assert said["create"][2] == {
        "what": "Token",
        "key": "values.id_token",
        "token": "GOOD1",
        "kind": "ISO14443",
        "status": "Accepted",
        "group": "FAMILY",
        "expires": None,
    }
    assert said["create"][-1] == {
        "what": "Station",
        "key": "connection.stations",
        "station": "CP2",
        "security_profile": 1,
        "password": "***",
    }
    assert [c["token"] for c in said["create"] if c["key"].startswith("values.master")] == [
        *("MASTERGROUP", "0A0A0A0A")
    ]


def lines_of(sut: Sut) -> tuple[bool, list[str]]:
    said: list[str] = []
    good = create(sut, said.append)
    return good, said


def test_what_cannot_be_created_is_left_to_a_person(tmp_path: Path) -> None:
    assert lines_of(declared(tmp_path, 'kind = "console"')) == (
        *(False, ["the operator console cannot create anything: do it by hand"]),
    )
    template = "[fixtures.Token]\nurl = '/tokens'\nbody = {id = '{token}', till = '{expires}'}\n"
    (tmp_path / "csms.toml").write_text(template, encoding="utf-8")
    with stand_in() as csms:
        settings = f'kind = "http-template"\ntemplate = "csms.toml"\nurl = "{csms.url}"'
        good, said = lines_of(declared(tmp_path, settings))
    assert good
    assert [line[:12].strip() for line in said] == ["by hand", *["created"] * 5, *["by hand"] * 2]
    assert [asked.body for asked in csms.asked] == [
        *({"id": "GOOD1"}, {"id": "GOOD2"}, {"id": "GOOD3"}, {"id": "STOLEN"}),
        {"id": "OLD", "till": "2020-01-01T00:00:00Z"},
    ]


def test_what_a_csms_refuses_is_told_and_the_rest_is_created(tmp_path: Path) -> None:
    with stand_in(lambda a: (409 if a.path.endswith("Group") else 201, b"")) as csms:
        sut = declared(tmp_path, f'kind = "http"\nurl = "{csms.url}"', password="hush-hush")
        good, said = lines_of(sut)
    assert not good
    assert said[0].startswith("not created  Group FAMILY (values.group): POST http")
    assert len(said) == len(csms.asked) == 8
    assert csms.asked[-1].body["password"] == "hush-hush"
    assert "hush" not in "".join(said)


def test_the_command_lists_and_creates(tmp_path: Path) -> None:
    with stand_in(lambda _: (201, b"")) as csms:
        declared(tmp_path, f'kind = "http"\nurl = "{csms.url}"')
        listed = run("fixtures", "--sut", "sut.toml", folder=tmp_path)
        as_object = run("fixtures", "--sut", "sut.toml", "--json", folder=tmp_path)
        created = run("fixtures", "--sut", "sut.toml", "--create", folder=tmp_path)
    assert (listed.code, as_object.code, created.code) == (0, 0, 0)
    assert "in group FAMILY" in listed.out
    assert json.loads(as_object.out)["sut"] == "office"
    assert created.out.count("\ncreated ") == 7


def test_a_station_has_to_know_nothing(tmp_path: Path) -> None:
    (tmp_path / "sut.toml").write_text(EMBEDDED_16_CS, encoding="utf-8")
    ran = run("fixtures", "--sut", "sut.toml", folder=tmp_path)
    assert (ran.code, "only a central system" in ran.err) == (2, True)


@pytest.fixture(params=["1.6", "2.0.1"])
def reference(request: pytest.FixtureRequest) -> Iterator[tuple[str, EmbeddedSystem]]:
    """Run a reference CSMS that is nobody's embedded one."""
    version = request.param
    known = embedded(version, "CSMS").changed({"connection": {"stations": ["CP1", "CP2"]}})
    thread, system = LoopThread(), EmbeddedSystem(known, None)
    thread.call(system.start())
    yield version, system
    thread.call(system.close())
    thread.close()


CASES = {
    "1.6": ("TC_010_CSMS", "TC_023_1_CSMS", "TC_023_3_CSMS"),
    "2.0.1": ("TC_F_03_CSMS", "TC_C_06_CSMS"),
}


def test_the_reference_knows_what_it_was_told_and_does_what_a_template_says(
    tmp_path: Path, reference: tuple[str, EmbeddedSystem]
) -> None:
    version, system = reference
    settings = f'kind = "http"\nurl = "{system._base}"'
    if version == "1.6":
        template = templates.file("reference", version)
        shutil.copy(template, tmp_path)
        settings += f'\ntemplate = "{template.name}"'
        settings = settings.replace('"http"', '"http-template"')
    sut = declared(tmp_path, settings, version, system.system_url)
    with opened(sut) as session:
        before = session.run(implemented()[CASES[version][0]], "CP1")
    assert before.verdict is not Verdict.PASS
    assert lines_of(sut)[0]
    with opened(sut) as session:
        results = [session.run(implemented()[case], "CP2") for case in CASES[version]]
    assert [r.verdict for r in results] == [Verdict.PASS] * len(results), results
