from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import pytest

from conformance.features import features
from conformance.init import template, written
from conformance.operators import Streams, build
from conformance.operators.actions import RemoteStart
from conformance.sut import load
from conformance.sut_files import Files
from conformance.sut_sections import Connection, Identity, Limits, Section, Topology
from conformance.sut_tls import Tls
from conformance.sut_values import Values

EVERY = list(itertools.product(["CS", "CSMS"], ["1.6", "2.0.1"]))
SECTIONS: dict[str, type[Section]] = {
    "sut": Identity,
    "connection": Connection,
    "tls": Tls,
    "topology": Topology,
    "values": Values,
    "files": Files,
    "limits": Limits,
}


def uncommented(text: str) -> str:
    """Return the template with every key that is a comment put in force, but the operators'."""
    head, _, _ = text.partition("[operator]")
    return re.sub(r"(?m)^(\s*)# (?=[a-z_0-9]+ = |\")", r"\1", head)


@pytest.mark.parametrize(("role", "version"), EVERY)
def test_the_template_can_be_used_as_it_is(tmp_path: Path, role: str, version: str) -> None:
    path = tmp_path / "sut.toml"
    path.write_text(template(role, version), encoding="utf-8")
    sut = load(path, {})
    assert (sut.role, sut.version, sut.operator.kind) == (role, version, "console")
    assert sut.features == set()


@pytest.mark.parametrize(("role", "version"), EVERY)
def test_the_template_has_every_key_and_feature(role: str, version: str) -> None:
    tables = tomllib.loads(uncommented(template(role, version)))
    assert tables["features"] == list(features(version, role))
    for name, section in SECTIONS.items():
        fitting = [key for key in section.model_fields if section.only(key).fits(version, role)]
        assert list(tables[name]) == fitting


@pytest.mark.parametrize(("role", "version"), EVERY)
def test_the_defaults_it_shows_are_the_defaults(tmp_path: Path, role: str, version: str) -> None:
    path = tmp_path / "sut.toml"
    text = template(role, version)
    path.write_text(text, encoding="utf-8")
    without = load(path, {})
    examples = (
        "password",
        "silence",
        "local_limit",
        "unsupported_",
        "hardwired_",
        "preconfigured_",
        "folder",
        "certificate =",
        "private_key",
        "trusted",
        "authority",
        "maker",
        "signer",
        "revoked_signer",
        "crl",
        "protocols",
        "passive_ports",
        "firmware = ",
        "corrupt_firmware",
    )
    kept = [
        line
        for line in uncommented(text).splitlines()
        if not line.startswith((*examples, '    "', "stations"))
    ]
    path.write_text("\n".join(kept), encoding="utf-8")
    with_all = load(path, {})
    for name in SECTIONS:
        assert getattr(with_all.document, name) == getattr(without.document, name)


@pytest.mark.parametrize(("role", "version"), EVERY)
@pytest.mark.parametrize("kind", ["http", "http-template", "command", "python", "embedded"])
def test_every_operator_it_offers_can_be_chosen(
    tmp_path: Path, role: str, version: str, kind: str
) -> None:
    text = template(role, version).replace('kind = "console"', '# kind = "console"')
    before, _, after = text.partition(f'# kind = "{kind}"')
    chosen, rest = re.split(r"(?m)^# (?=kind|actions)", after, maxsplit=1)
    # What is optional has an example that needs something else: a secret.
    chosen = re.sub(r"(?m)^#   (?!bearer)", "", chosen)
    path = tmp_path / "sut.toml"
    path.write_text(f'{before}kind = "{kind}"{chosen}# {rest}', encoding="utf-8")
    (tmp_path / "csms.toml").write_text("[intents]\n", encoding="utf-8")
    assert load(path, {}).operator.kind == kind


@pytest.mark.parametrize(("role", "version"), EVERY)
@pytest.mark.parametrize("kind", ["console", "http", "http-template", "embedded"])
def test_the_operator_can_be_chosen_at_once(
    tmp_path: Path, role: str, version: str, kind: str
) -> None:
    path = tmp_path / "sut.toml"
    path.write_text(written(role, version, kind, path)[path], encoding="utf-8")
    (tmp_path / "csms.toml").write_text("[intents]\n", encoding="utf-8")
    assert load(path, {}).operator.kind == kind


@pytest.mark.parametrize("name", ["citrineos", "reference"])
def test_a_known_csms_comes_with_its_template(tmp_path: Path, name: str) -> None:
    files = written("CSMS", "1.6", name, tmp_path / "sut.toml")
    assert {path.name for path in files} == {"sut.toml", f"{name}-1.6.toml"}
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    operator = build(load(tmp_path / "sut.toml", {}), Streams(None, None))
    assert operator.name == "http-template"
    assert operator.supports(RemoteStart)


@pytest.mark.parametrize(("role", "name"), [("CSMS", "citrine"), ("CS", "citrineos")])
def test_an_operator_that_is_not_known_is_told(tmp_path: Path, role: str, name: str) -> None:
    with pytest.raises(LookupError, match=f"{name} is no operator for OCPP 1.6, {role}: console"):
        written(role, "1.6", name, tmp_path / "sut.toml")


def test_the_waiver_it_shows_can_be_used(tmp_path: Path) -> None:
    before, _, waiver = template("CS", "2.0.1").partition("# [[waivers]]")
    path = tmp_path / "sut.toml"
    text = before + "[[waivers]]" + re.sub(r"(?m)^# ", "", waiver)
    path.write_text(text, encoding="utf-8")
    assert [w.case for w in load(path, {}).waivers] == ["TC_B_01_CS"]


def test_lines_fit_on_a_screen_and_say_what_a_feature_is() -> None:
    text = template("CS", "2.0.1")
    assert re.search(r'# "C-30", +# Local start - RFID ISO14443\n', text)


def test_unknown_roles_are_refused() -> None:
    with pytest.raises(LookupError):
        template("EVSE", "2.0.1")
