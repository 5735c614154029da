"""The `allure` of npm makes its report from what a run leaves for it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from conformance.allure_steps import _property
from reports.errors import JournalError
from reports.picture import sequence
from tests.interop.node import installed
from tests.reports.conftest import CASE
from tests.reports.made import records
from tests.running import LIMIT, run

HERE = Path(__file__).parent / "npm"
WORDS = ("demo", "--version", "1.6", "--role", "CS", "--case", "TC_012_CS", "--case", "TC_010_CS")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a report that Allure made of two cases, one of which fails."""
    installed(HERE)
    folder = tmp_path_factory.mktemp("allure")
    ran = run(*WORDS, "--fault", "wrong-stop-reason", "--", "--alluredir=results", folder=folder)
    assert ran.code == 1, ran.out
    allure = HERE / "node_modules" / ".bin" / "allure"
    done = subprocess.run(
        [allure, "allure2", "results", "--output", "report"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "report"


def data(made: Path, name: str) -> Any:  # noqa: ANN401 - Allure's own
    return json.loads((made / "data" / name).read_text("utf-8"))


def test_allure_counts_the_verdicts(made: Path) -> None:
    found = json.loads((made / "widgets" / "summary.json").read_text("utf-8"))
    assert (found["statistic"]["passed"], found["statistic"]["failed"]) == (1, 1)


def test_allure_sorts_by_our_categories(made: Path) -> None:
    (category,) = data(made, "categories.json")["children"]
    assert category["name"] == "FAIL: the system under test is wrong"


def test_allure_has_our_suites_and_steps(made: Path) -> None:
    (role,) = data(made, "suites.json")["children"]
    assert role["name"] == "OCPP 1.6 CS"
    assert [block["name"] for block in role["children"]] == ["Section 2.5"]
    cases = [json.loads(f.read_text("utf-8")) for f in (made / "data" / "test-cases").iterdir()]
    failed = next(case for case in cases if case["status"] == "failed")
    steps = failed["testStage"]["steps"]
    assert len(steps) > 10
    assert [s["name"][:10] for s in steps if s["status"] == "failed"] == ["3 station:"]


def test_a_picture_is_a_document_whatever_is_in_it() -> None:
    for record in records():
        if record["kind"] == "case":
            root = fromstring(sequence(record))  # noqa: S314 - our own text
            assert root.tag == "{http://www.w3.org/2000/svg}svg"
    with pytest.raises(JournalError):
        sequence({**CASE, "frames": 7})


def test_a_property_is_one_line_of_ascii() -> None:
    assert _property("a\\b\nc=Ü\x00") == "a\\\\b\\nc=\\u00dc\\u0000"
