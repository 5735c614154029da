from __future__ import annotations

import dataclasses
import subprocess
import sys
import typing
from pathlib import Path
from types import ModuleType

import pytest

from conformance import generate
from conformance.generate import FILES, render
from conformance.message import Request, Response
from conformance.ocpp16 import messages as messages16
from conformance.ocpp201 import messages as messages201
from conformance.wire.schema import Direction, actions, schema

MODULES: dict[str, ModuleType] = {"1.6": messages16, "2.0.1": messages201}
VERSIONS = pytest.mark.parametrize("version", FILES)


@VERSIONS
def test_generating_again_changes_nothing(version: str) -> None:
    assert FILES[version].read_text(encoding="utf-8") == render(version)


def test_main_writes_every_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {version: tmp_path / f"{version}.py" for version in FILES}
    monkeypatch.setattr(generate, "FILES", files)
    generate.main()
    assert {v: f.read_text(encoding="utf-8") for v, f in files.items()} == {
        v: render(v) for v in FILES
    }


@VERSIONS
def test_the_first_line_says_that_it_is_generated(version: str) -> None:
    first = render(version).splitlines()[0]
    assert "Generated" in first
    assert "do not edit" in first


@pytest.mark.parametrize("command", [["format", "--check"], ["check"]])
def test_ruff_has_nothing_to_say(command: list[str]) -> None:
    files = [str(path) for path in FILES.values()]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", *files],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@VERSIONS
def test_every_action_has_a_request_and_a_response(version: str) -> None:
    module = MODULES[version]
    assert tuple(module.REQUESTS) == tuple(module.RESPONSES) == actions(version)
    for table, base in ((module.REQUESTS, Request), (module.RESPONSES, Response)):
        for action, message in table.items():
            assert issubclass(message, base)
            assert message.action == action


@VERSIONS
@pytest.mark.parametrize("direction", ["Request", "Response"])
def test_the_fields_are_the_schemas_own(version: str, direction: Direction) -> None:
    module = MODULES[version]
    table = module.REQUESTS if direction == "Request" else module.RESPONSES
    for action, message in table.items():
        names = [f.name for f in dataclasses.fields(message)]
        everything = message(**dict.fromkeys(names, 1))
        wanted = schema(version, action, direction)["properties"]
        assert list(everything.pattern()) == list(wanted)
        assert message().pattern() == {}


@VERSIONS
def test_every_annotation_can_be_resolved(version: str) -> None:
    module = MODULES[version]
    for message in (*module.REQUESTS.values(), *module.RESPONSES.values()):
        assert typing.get_type_hints(message, vars(typing) | vars(module))
    objects = [v for v in vars(module).values() if typing.is_typeddict(v)]
    assert len(objects) > 10
    for found in objects:
        assert typing.get_type_hints(found)


def test_names_are_those_of_the_specification() -> None:
    assert typing.get_args(messages16.RegistrationStatus) == ("Accepted", "Pending", "Rejected")
    assert typing.get_args(messages201.RegistrationStatusEnumType) == (
        "Accepted",
        "Pending",
        "Rejected",
    )
    assert {"Celcius", "Celsius"} <= set(typing.get_args(messages16.UnitOfMeasure))
    assert messages16.BootNotification.req.__qualname__ == "BootNotification.req"
    assert messages201.REQUESTS["Reset"] is messages201.ResetRequest


def test_a_field_that_is_called_action_keeps_its_name_on_the_wire() -> None:
    request = messages201.Get15118EVCertificateRequest(action_="Install")
    assert request.action == "Get15118EVCertificate"
    assert request.pattern() == {"action": "Install"}
    assert str(request) == "Get15118EVCertificate(action='Install')"


def test_messages_are_values() -> None:
    first = messages16.StatusNotification.req(connectorId=1, status="Available")
    assert first == messages16.StatusNotification.req(connectorId=1, status="Available")
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.connectorId = 2  # type: ignore[misc]
    with pytest.raises(TypeError, match="connectorid"):
        messages16.StatusNotification.req(connectorid=1)  # type: ignore[call-arg]


def test_a_type_without_a_name_stops_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {k: v for k, v in generate._NAMES_16.items() if k != "reason"}
    monkeypatch.setattr(generate, "_NAMES_16", names)
    with pytest.raises(ValueError, match=r"StopTransaction\.req\.reason"):
        render("1.6")


def test_two_types_of_one_name_stop_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    names = generate._NAMES_16 | {"Reset.req.type": "AvailabilityType"}
    monkeypatch.setattr(generate, "_NAMES_16", names)
    with pytest.raises(ValueError, match="two different types are called AvailabilityType"):
        render("1.6")


def test_an_enum_and_an_object_of_one_name_stop_the_generator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = generate._NAMES_16 | {"Reset.req.type": "IdTagInfo"}
    monkeypatch.setattr(generate, "_NAMES_16", names)
    with pytest.raises(ValueError, match="IdTagInfo"):
        render("1.6")
