"""What stations ask for when they connect, right and wrong, in memory and over sockets."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases import Case
from conformance.prove import judge
from conformance.requested import another_base, encoded_path, named_once, unregistered
from conformance.sut import embedded
from conformance.sut_sections import Version
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases
from tests.running import EMBEDDED_16_CS, run

CASES = {(c.id, c.entry.version): c for c in implemented_cases()}
IDENTITY = "CP|01 é"
OFFERS = [f"OCPPJ_{n}_CS" for n in (50, 69, 75, 77, 78)]


def case(number: int, version: str) -> Case:
    return CASES[f"OCPPJ_{number}_CS", version]


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_an_identity_that_is_not_encoded_is_found(version: Version) -> None:
    changes = {"connection": {"station": IDENTITY}}
    for faults, verdict in (([], Verdict.PASS), (["raw-path"], Verdict.FAIL)):
        sut = embedded(version, "CS", faults=faults, changes=changes)
        result = judge(sut, case(75, version))
        assert result.verdict is verdict, result.reason
        assert not result.record.transcript.remarks
    assert "path: expected a path with all percent-encoded" in result.reason


def test_a_station_that_insists_on_compression_is_remarked_on() -> None:
    sut = embedded("2.0.1", "CS", faults=["needs-compression"])
    assert judge(sut, case(69, "2.0.1")).verdict is Verdict.PASS
    result = judge(sut, case(78, "2.0.1"))
    assert result.verdict is Verdict.PASS
    assert result.record.transcript.remarks


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_a_station_that_does_not_miss_a_pong_is_remarked_on(version: Version) -> None:
    result = judge(embedded(version, "CS", faults=["misses-no-pong"]), case(18, version))
    assert result.verdict is Verdict.PASS
    (remark,) = result.record.transcript.remarks
    assert (remark.step, remark.text) == ("2", "no connection in 60 s")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("/ocpp/CP01", True),
        ("/CP%7C01%20%C3%A9", True),
        ("/a/b/c@d:e", True),
        ("http://127.0.0.1:8080/ocpp/CP01", True),
        ("/ocpp/CP01?token=a%20b", True),
        ("ws://127.0.0.1/ocpp/CP01", False),
        ("/ocpp/CP01?a b", False),
        ("/ocpp/CP|01", False),
        ("/ocpp/CP%2", False),
        ("/ocpp/CP é", False),
        ("CP01", False),
    ],
)
def test_a_path(text: str, right: bool) -> None:
    assert encoded_path.accepts(text) is right


def test_names_of_versions() -> None:
    assert named_once.accepts(["ocpp1.6"])
    assert named_once.accepts(("ocpp2.0.1", "ocpp1.6", "vendor"))
    for wrong in (["ocpp1.6", "ocpp1.6"], ["ocpp1.6", ""], ["a b"], "ocpp1.6"):
        assert not named_once.accepts(wrong)


def test_what_is_only_advised() -> None:
    found = {"path": "/other/CP01", "offered": ["ocpp1.6", "ocpp1.6j"]}
    assert list(another_base(found, "/other/")) == []
    assert [*another_base(found, "/ocpp"), *another_base(found, ""), *unregistered(found)] == [
        "the path before the identity is /other, where /ocpp was given",
        "the path before the identity is /other, where / was given",
        "it offers ocpp1.6j, which is no registered name of a version of OCPP",
    ]
    assert list(another_base({"path": "/CP01"}, "")) == []
    assert list(another_base({"path": "http://x/ocpp/CP01?a=b"}, "/ocpp")) == [
        "the query a=b was not given"
    ]


@pytest.mark.parametrize("fault", ["", "raw-path", "offers-twice"])
def test_over_sockets(fault: str, tmp_path: Path) -> None:
    """One that offers several versions and compression, under a name that has to be encoded."""
    identity = "CP|01" if fault else IDENTITY  # the client quotes what is beyond ASCII by itself
    station = f'[connection]\nstation = "{identity}"\n'
    options = 'compresses = true, offers = "ocpp2.0.1,ocpp1.6", minimum'
    text = EMBEDDED_16_CS.replace("[connection]\n", station).replace("minimum", options)
    (tmp_path / "sut.toml").write_text(f'{text}faults = ["{fault}"]\n' if fault else text, "utf-8")
    words = [word for id_ in OFFERS for word in ("--case", id_)]
    ran = run("run", "--sut", "sut.toml", *words, folder=tmp_path)
    lines = [line.split()[:2] for line in ran.out.splitlines() if line.startswith(("PASS", "FAIL"))]
    wrong = {"raw-path": "OCPPJ_75_CS", "offers-twice": "OCPPJ_77_CS"}.get(fault)
    failed = {id_ for verdict, id_ in lines if verdict == "FAIL"}
    assert failed == ({wrong} if wrong else set()), ran.out + ran.err
    assert {id_ for _, id_ in lines} == set(OFFERS)
