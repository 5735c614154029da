"""What the guides tell users is what the code does."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conformance.operators import CannotActError, Streams, build
from conformance.operators.actions import Action
from conformance.operators.fixtures import FIXTURES
from conformance.operators.http import Order, csms_orders, station_orders
from conformance.operators.wording import arguments
from conformance.sut import Sut, load
from tests.operators import samples

DOCS = Path(__file__).parents[2] / "docs"
CONTRACT = (DOCS / "operator.openapi.yaml").read_text(encoding="utf-8")
GUIDE = (DOCS / "operators.md").read_text(encoding="utf-8")
SUT_GUIDE = (DOCS / "sut.md").read_text(encoding="utf-8")
NOT_SENT = {"/health"}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text)


def test_the_contract_has_every_path_that_is_posted_to() -> None:
    written = set(re.findall(r"(?m)^  (/\S*):$", CONTRACT))
    orders = [station_orders()[type(action)](action) for action in samples.STATION]
    for version in ("1.6", "2.0.1"):
        known = csms_orders(version, "{station}")
        orders += [known[type(action)](action) for action in samples.CSMS if type(action) in known]
    orders += [Order(f"/fixtures/{name}") for name in FIXTURES]
    posted = {order.path.replace("%7B", "{").replace("%7D", "}") for order in orders}
    assert written == posted | NOT_SENT


def test_the_contract_has_every_parameter() -> None:
    sent: dict[str, set[str]] = {}
    for action in samples.STATION:
        order = station_orders()[type(action)](action)
        sent.setdefault(order.path, set()).update(order.query or {})
    for path, query in sent.items():
        written = CONTRACT.partition(f"  {path}:\n")[2].partition("responses:")[0]
        names = re.findall(r'name: "?(\w+)|parameters/(\w+)', written)
        assert {one or other for one, other in names} == query


@pytest.mark.parametrize("action", samples.CSMS, ids=lambda a: type(a).__name__)
def test_the_contract_has_every_field_of_a_body(action: Action) -> None:
    known = {**csms_orders("1.6", "CP01"), **csms_orders("2.0.1", "CP01")}
    order = known[type(action)](action)
    required = re.findall(r"required: \[([^]]+)\]", CONTRACT)
    assert not order.body or ", ".join(order.body) in required


@pytest.mark.parametrize("name", FIXTURES)
def test_the_contract_has_every_field_of_a_fixture(name: str) -> None:
    written = CONTRACT.partition(f"  /fixtures/{name}:\n")[2].partition("responses:")[0]
    names = ", ".join(field.name for field in fields(FIXTURES[name]))
    assert f"required: [{names}]" in written


def test_the_contract_has_every_field_of_a_profile() -> None:
    written = CONTRACT.partition("    Profile:\n")[2]
    for name in vars(samples.WISH):
        assert f"        - {name}\n" in written
        assert f"        {name}:" in written


def test_the_guide_names_every_action_and_its_values() -> None:
    rows = [line for line in GUIDE.splitlines() if line.startswith("| `")]
    told = {
        name: set(re.findall(r"`(\w+)`", row.split("|")[2]))
        for row in rows
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert told == {type(action).__name__: set(vars(action)) for action in samples.EVERY}


def test_the_guide_s_command_lines_are_what_is_run() -> None:
    lines = [line for line in GUIDE.splitlines() if line.startswith("./rig.py")]
    prefix, suffix = "./rig.py --port /dev/ttyUSB0", "--version 1.6 --station CP01"
    assert f"{prefix} {' '.join(arguments(samples.STOP))} {suffix}" in lines


def loaded(folder: Path, text: str) -> Sut:
    path = folder / "sut.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, {"WALLBOX_PASSWORD": "hush", "RIG_TOKEN": "hush"})


@pytest.mark.parametrize("block", blocks(GUIDE, "toml"))
def test_the_guide_s_operators_can_be_built(tmp_path: Path, block: str) -> None:
    head = '[sut]\nname = "x"\nversion = "2.0.1"\nrole = "CS"\n'
    (tmp_path / "csms.toml").write_text("[intents]\n", encoding="utf-8")
    sut = loaded(tmp_path, head + block)
    assert build(sut, Streams(None, None)).name == tomllib.loads(block)["operator"]["kind"]


def test_the_guide_s_class_works() -> None:
    (block,) = blocks(GUIDE, "python")
    names: dict[str, object] = {}
    exec(compile(block, "operators.md", "exec"), names)  # noqa: S102 - our own guide
    assert callable(names["Rig"])
    assert names["CannotActError"] is CannotActError


@pytest.mark.parametrize("block", blocks(SUT_GUIDE, "toml"))
def test_the_guide_s_declarations_can_be_used(tmp_path: Path, block: str) -> None:
    sut = loaded(tmp_path, block)
    assert sut.role in ("CS", "CSMS")
    if sut.role == "CSMS":
        assert urlsplit(sut.url()).path == "/ocpp/CP01"
