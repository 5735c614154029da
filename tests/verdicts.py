"""One run of plain pytest in which every verdict comes up, and its reports."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from tests.running import EMBEDDED_16_CS, Ran, run_pytest

# One system under test, and one tool, that give every verdict.
EVERY_VERDICT = (
    EMBEDDED_16_CS.replace(
        "options =", 'faults = ["wrong-stop-reason"]\ncannot = ["Reboot"]\noptions ='
    )
    + """
[[waivers]]
case = "TC_026_CS"
step = "1"
reason = "<b>known</b> & accepted"
[[waivers]]
case = "TC_067_CS"
step = "1"
reason = "not so any more"
"""
)
SABOTAGE = '''
"""A wrong case, and one whose text tries to break out of a report."""
import functools
from conformance.selection import implemented
from conformance.verdict import Failed

def replaced(identity, raised):
    case = implemented()[identity]

    @functools.wraps(case.scenario)
    async def scenario(*_args, **_more):
        raise raised

    object.__setattr__(case, "scenario", scenario)

replaced("TC_056_CS", RuntimeError("<script>alert('bug')</script>"))
replaced("TC_026_CS", Failed("the station is <i>wrong</i>", "1"))
'''
VERDICTS = {
    "TC_001_CS": "INCONCLUSIVE",
    "TC_010_CS": "PASS",
    "TC_012_CS": "FAIL",
    "TC_026_CS": "FAIL",
    "TC_056_CS": "ERROR",
    "TC_066_CS": "NOT APPLICABLE",
    "TC_067_CS": "FAIL",
}


@pytest.fixture(scope="session")
def every_verdict(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one run of plain pytest in which every verdict comes up."""
    folder = tmp_path_factory.mktemp("every verdict")
    (folder / "sut.toml").write_text(EVERY_VERDICT, encoding="utf-8")
    (folder / "sabotage.py").write_text(SABOTAGE, encoding="utf-8")
    chosen = [word for id_ in VERDICTS for word in ("--ocpp-case", id_)]
    others = ("--junitxml=x.xml", "--html=x.html", "--self-contained-html", "--alluredir=y")
    words = ("--pyargs", "testcases", "--ocpp-sut", "sut.toml", "-p", "sabotage", "-ra")
    return run_pytest(*words, *chosen, *others, folder=folder, environ={"PYTHONPATH": str(folder)})


def allure(ran: Ran) -> dict[str, dict[str, Any]]:
    """Return Allure's results by the id of their case."""
    found = [json.loads(f.read_text("utf-8")) for f in (ran.folder / "y").glob("*-result.json")]
    return {result["name"].split()[0]: result for result in found}


def html(ran: Ran) -> dict[str, Any]:
    """Return the data of pytest-html's page: what its script puts into the document."""
    text = (ran.folder / "x.html").read_text("utf-8")
    found = re.search(r'data-jsonblob="([^"]*)"', text)
    assert found is not None
    data: dict[str, Any] = json.loads(unescape(found[1]))
    return data


def rows(ran: Ran) -> dict[str, tuple[list[str], str]]:
    """Return the cells and the details of pytest-html's rows by the id of their case."""
    tests = [test for several in html(ran)["tests"].values() for test in several]
    return {
        re.sub("<[^>]*>", "", test["resultsTableRow"][1]): (test["resultsTableRow"], test["log"])
        for test in tests
    }
