"""A run with known secrets: no byte that it leaves, or writes on the terminal, is of one."""

from __future__ import annotations

import asyncio
import base64
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from conformance import Station
from conformance.cases import Result
from conformance.inprocess import bench
from conformance.jumping import JumpingLoop
from conformance.ocpp201.messages import SetVariableDataType, SetVariablesRequest
from conformance.sut import embedded
from testcases.ocppj.requests import NO_TEXT
from tests.engine.stage import case
from tests.running import EMBEDDED_16_CS, EMBEDDED_16_CSMS, run

PASSWORD = b"correct-horse-17b"
OF_TC_073 = b"OCA_OCTT_admin_test"
BEARER, USERINFO = b"bearer-of-the-rig-71", b"pass-in-the-url-4"
CASES = ["TC_073_CS", "TC_079_CS", "TC_080_CS", "TC_083_CS", "TC_085_CS"]
CASES += ["OCPPJ_53_CS", "OCPPJ_58_CS"]
OF_CSMS = [f"OCPPJ_{n}_CSMS" for n in (53, 54, 55, 57, 58, 59)]


def forms(secret: bytes) -> set[bytes]:
    """Return how a secret can be written, and how it goes over the wire."""
    basic = base64.b64encode(b"CP01:" + secret)
    plain = {secret, secret.hex().encode(), secret.hex().upper().encode(), quote(secret).encode()}
    return {*plain, basic, base64.b64encode(secret), base64.b64encode(basic)}


def unpacked(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file, and what is packed in bundles."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as bundle:
                yield from ((f"{path}:{name}", bundle.read(name)) for name in bundle.namelist())


def told(folder: Path, *printed: str) -> dict[str, bytes]:
    return {**dict(unpacked(folder)), "terminal": "".join(printed).encode()}


def left(everything: dict[str, bytes], *secrets: bytes) -> list[tuple[str, bytes]]:
    wanted = set().union(*map(forms, secrets)) | {b"PRIVATE KEY"}
    return [(name, s) for name, data in everything.items() for s in wanted if s in data]


@pytest.mark.parametrize("profile", [1, 2])
def test_no_form_of_a_secret_is_left(profile: int, tmp_path: Path) -> None:
    connection = f'[connection]\nsecurity_profile = {profile}\npassword = "{PASSWORD.decode()}"\n'
    text = EMBEDDED_16_CS.replace("[connection]\n", connection)
    features = '["16-FIRMWARE", "16-SECURITY.1", "16-SECURITY.2", "16-SECURITY.3"'
    text = text.replace('["16-REMOTE-TRIGGER"', f'{features}, "16-REMOTE-TRIGGER"')
    (tmp_path / "sut.toml").write_text(text + '[files]\nfirmware_version = "2.0"\n')
    chosen = [word for id_ in CASES for word in ("--case", id_)]
    logged = ["--alluredir", "results/allure", "--log-file", "results/run.log"]
    more = ["--log-file-level", "DEBUG", "--junit-xml", "results/pytest.xml", "-rA"]
    ran = run("run", "--sut", "sut.toml", *chosen, "--", *logged, *more, folder=tmp_path)
    assert ran.code == 0, ran.out + ran.err
    (results,) = (p.parent for p in tmp_path.rglob("journal.jsonl"))
    words = [w for f in ("json", "markdown", "pdf") for w in ("--format", f)]
    rendered = run("report", *words, results, folder=tmp_path)
    assert rendered.code == 0, rendered.err
    bundled = run("bundle", results, "--output", "results/packed.zip", folder=tmp_path)
    assert bundled.code == 0, bundled.err
    everything = told(tmp_path / "results", ran.out, ran.err, rendered.out, bundled.out)
    kinds = {Path(name).suffix for name in everything}
    assert {".jsonl", ".html", ".xml", ".json", ".md", ".pdf", ".log", ".zip"} <= kinds
    assert left(everything, PASSWORD, OF_TC_073) == []
    assert made_up(everything) == []
    assert any(b"AuthorizationKey" in data for data in everything.values())


def made_up(everything: dict[str, bytes]) -> list[str]:
    """Return where the beginning of a password stands that OCPPJ_58 has made up."""
    return [name for name, data in everything.items() if NO_TEXT.hex().encode() in data.lower()]


@pytest.mark.parametrize("fault", ["", "takes-any-password", "never-sends"])
def test_no_form_of_a_secret_that_is_shown_to_a_csms_is_left(fault: str, tmp_path: Path) -> None:
    faults = f'["{fault}"]' if fault else "[]"
    text = EMBEDDED_16_CSMS.format(stations='["CP01", "CP02"]', faults=faults)
    connection = f'[connection]\nsecurity_profile = 1\npassword = "{PASSWORD.decode()}"\n'
    (tmp_path / "sut.toml").write_text(text.replace("[connection]\n", connection))
    chosen = [word for id_ in OF_CSMS for word in ("--case", id_)]
    logged = ["--log-file", "results/run.log", "--log-file-level", "DEBUG", "-rA"]
    ran = run("run", "--sut", "sut.toml", *chosen, "--", *logged, folder=tmp_path)
    assert ran.code == (1 if fault else 0), ran.out + ran.err
    everything = told(tmp_path / "results", ran.out, ran.err)
    assert left(everything, PASSWORD) == []
    assert made_up(everything) == []
    assert any(b"no Authorization header" in data for data in everything.values())


@pytest.mark.parametrize("refused", [True, False])
def test_what_is_in_an_address_or_marked_as_secret_is_not_left(
    refused: bool,
    tmp_path: Path,
) -> None:
    text = EMBEDDED_16_CSMS.format(stations='["CP01"]', faults="[]").partition("[operator]")[0]
    user = f"user:{USERINFO.decode()}@"
    url = f'[connection]\nurl = "ws://{user if refused else ""}127.0.0.1:1/ocpp"\n'
    rig = f'[operator]\nkind = "http"\nurl = "http://{user if refused else ""}127.0.0.1:1"\n'
    bearer = f'bearer = "{BEARER.decode()}"\n'
    (tmp_path / "sut.toml").write_text(text.replace("[connection]\n", url) + rig + bearer)
    ran = run("run", "--sut", "sut.toml", "--case", "TC_003_CSMS", folder=tmp_path)
    everything = told(tmp_path, ran.out, ran.err)
    del everything[str(tmp_path / "sut.toml")]
    wanted = b"expected no credentials" if refused else b"127.0.0.1:1/ocpp"
    assert any(wanted in data for data in everything.values()), ran.out + ran.err
    assert left(everything, BEARER, USERINFO) == []


async def sets_password(station: Station) -> None:
    """A password is set, and refused or not."""
    one: SetVariableDataType = {
        "component": {"name": "SecurityCtrlr"},
        "variable": {"name": "BasicAuthPassword"},
        "attributeValue": PASSWORD.decode(),
    }
    await station.call(1, SetVariablesRequest(setVariableData=[one]))
    header = base64.b64encode(b"CP01:" + PASSWORD).decode()
    station.check("post", f"{PASSWORD.hex()} is not in Basic {header}", ok=False)


def test_a_password_that_a_case_sets_on_2_0_1_is_not_left() -> None:
    async def play() -> Result:
        opened = bench(embedded("2.0.1", "CS"))
        await opened.open()
        try:
            return await opened.run(case(sets_password))
        finally:
            await opened.close()

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        record = json.dumps(runner.run(play()).as_record())
    assert "BasicAuthPassword" in record
    assert "is not in Basic" in record
    assert left({"record": record.encode()}, PASSWORD) == []
