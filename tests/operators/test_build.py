from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from conformance.operators import CannotActError, EmbeddedSystem, Operator, Streams, build
from conformance.operators.actions import ParkingBay, PlugIn
from conformance.operators.http import HttpOperator
from conformance.sut import embedded, load
from tests.operators import samples

NOBODY = Streams(None, None)
HEAD = '[sut]\nname = "x"\nversion = "1.6"\nrole = "{role}"\n{connection}{operator}'


def built(folder: Path, operator: str, role: str = "CS") -> Operator:
    connection = '[connection]\nurl = "ws://127.0.0.1:1"\n' if role == "CSMS" else ""
    path = folder / "sut.toml"
    path.write_text(
        HEAD.format(
            role=role, connection=connection, operator=operator and f"[operator]\n{operator}"
        )
    )
    return build(load(path, {}), NOBODY)


@pytest.mark.parametrize(
    ("role", "url", "base"),
    [
        ("CS", "http://rig:8080", "http://rig:8080/api/v1"),
        ("CS", "http://rig:8080/", "http://rig:8080/api/v1"),
        ("CS", "http://rig:8080/lab/", "http://rig:8080/lab"),
        ("CSMS", "http://csms:8080", "http://csms:8080"),
    ],
)
def test_a_station_s_rig_has_a_base_path_by_default(
    tmp_path: Path, role: str, url: str, base: str
) -> None:
    operator = built(tmp_path, f'kind = "http"\nurl = "{url}"', role)
    assert isinstance(operator, HttpOperator)
    assert operator._base == base


def test_a_program_is_found_beside_the_declaration(tmp_path: Path) -> None:
    (tmp_path / "rig.py").write_text(
        "import json, sys\njson.dump(sys.argv[1:], open('told', 'w'))\n"
    )
    program = json.dumps([sys.executable, "rig.py"])
    operator = built(tmp_path, f'kind = "command"\nprogram = {program}')
    asyncio.run(operator.perform(samples.PLUG_IN))
    assert json.loads((tmp_path / "told").read_text())[-4:] == [
        *["--version", "1.6", "--station", "CP01"]
    ]


def test_a_class_is_found_beside_the_declaration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "rig_beside.py").write_text(
        "class Rig:\n"
        "    def __init__(self, reason):\n"
        "        self.reason = reason\n"
        "    def perform(self, action):\n"
        "        raise ValueError(self.reason)\n"
    )
    settings = 'kind = "python"\nclass = "rig_beside:Rig"\noptions = {reason = "no arm"}'
    with pytest.raises(CannotActError, match="ValueError: no arm"):
        asyncio.run(built(tmp_path, settings).perform(samples.PLUG_IN))
    sys.modules.pop("rig_beside")


def test_the_console_is_the_operator_when_none_is_named(tmp_path: Path) -> None:
    operator = built(tmp_path, "")
    assert operator.name == "console"
    assert not operator.supports(PlugIn)


def test_what_cannot_be_done_is_known_beforehand(tmp_path: Path) -> None:
    settings = 'kind = "http"\nurl = "http://127.0.0.1:1"\ncannot = ["ParkingBay"]'
    operator = built(tmp_path, settings)
    assert operator.name == "http"
    assert operator.supports(PlugIn)
    assert not operator.supports(ParkingBay)
    with pytest.raises(CannotActError, match="names ParkingBay: Drive the EV into"):
        asyncio.run(operator.perform(ParkingBay(occupied=True)))
    with pytest.raises(CannotActError, match="connection refused"):
        asyncio.run(operator.perform(samples.PLUG_IN))
    asyncio.run(operator.close())


def test_the_reference_system_is_told_where_the_tool_is() -> None:
    operator = build(embedded("1.6", "CS"), NOBODY, "ws://127.0.0.1:7/ocpp")
    assert isinstance(operator, EmbeddedSystem)
    assert "ws://127.0.0.1:7/ocpp" in operator.command()
