"""The plugin as plain pytest shows it: selection, outcomes, and the reports of other plugins."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import conformance
from tests.running import EMBEDDED_16_CS, Ran, cases, journal, junit, run, run_pytest
from tests.verdicts import VERDICTS, rows

pytest_plugins = ["pytester"]

HEAVY = ("websockets", "jsonschema_rs", "pydantic", "ocpp", "testcases", "reports")

# Outcomes


def test_every_verdict_is_in_the_journal(every_verdict: Ran) -> None:
    found = cases(every_verdict.results)
    assert {id_: case["verdict"] for id_, case in found.items()} == VERDICTS


def test_every_verdict_has_its_outcome(every_verdict: Ran) -> None:
    last = every_verdict.out.strip().splitlines()[-1]
    assert re.search(r"3 failed, 1 passed, 1 skipped, 1 xfailed, 1 error", last)
    assert every_verdict.code == 1


def test_a_tool_that_fails_is_an_error_with_its_traceback(every_verdict: Ran) -> None:
    case = cases(every_verdict.results)["TC_056_CS"]
    assert case["reason"] == "RuntimeError: <script>alert('bug')</script>"
    assert "sabotage.py" in case["traceback"]
    assert re.search(r"^ERROR .*s02_22_smart_charging", every_verdict.out, re.MULTILINE)


def test_a_run_goes_on_after_an_error(every_verdict: Ran) -> None:
    assert list(cases(every_verdict.results))[-1] == "TC_067_CS"


def test_what_the_operator_cannot_do_is_inconclusive(every_verdict: Ran) -> None:
    case = cases(every_verdict.results)["TC_001_CS"]
    told = "the operator embedded cannot do Reboot, which this case needs: nothing was sent"
    assert case["reason"] == told
    assert case["frames"] == []


def test_what_is_not_declared_cites_the_feature(every_verdict: Ran) -> None:
    assert "16-MAX-PROFILES-3" in cases(every_verdict.results)["TC_066_CS"]["reason"]
    assert re.search(r"SKIPPED .*NOT APPLICABLE: .*16-MAX-PROFILES-3", every_verdict.out)


def test_a_waived_failure_is_an_expected_one(every_verdict: Ran) -> None:
    assert cases(every_verdict.results)["TC_026_CS"]["waived"] == "<b>known</b> & accepted"
    assert re.search(r"XFAIL .*waived: <b>known</b> & accepted", every_verdict.out)


def test_a_waived_case_that_passes_is_red(every_verdict: Ran) -> None:
    case = cases(every_verdict.results)["TC_067_CS"]
    assert case["reason"] == "passes, but is waived: not so any more"
    assert all(step["ok"] is not False for step in case["steps"])


def test_a_failure_shows_reason_steps_and_frames_but_no_python(every_verdict: Ran) -> None:
    start = every_verdict.out.index("FAIL  TC_012_CS")
    shown = every_verdict.out[start : every_verdict.out.index("\n___", start)]
    assert cases(every_verdict.results)["TC_012_CS"]["reason"] in shown
    assert "the last 6 frames" in shown
    assert '[2,"' in shown
    assert "Captured log" not in shown
    assert ".py" not in shown
    assert len(shown.splitlines()) < 40


# JUnit of pytest


def test_junit_counts_every_outcome(every_verdict: Ran) -> None:
    suite = next(junit(every_verdict.folder / "x.xml").iter("testsuite"))
    counts = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 7, "failures": 3, "errors": 1, "skipped": 2}


def test_junit_has_id_title_verdict_and_reason(every_verdict: Ran) -> None:
    found = {}
    for case in junit(every_verdict.folder / "x.xml").iter("testcase"):
        properties = {p.attrib["name"]: p.attrib["value"] for p in case.iter("property")}
        found[properties["ocpp_id"]] = properties
    assert {id_: properties["ocpp_verdict"] for id_, properties in found.items()} == VERDICTS
    assert found["TC_012_CS"]["ocpp_title"] == "Remote Stop Charging Session"
    assert "reason" in found["TC_012_CS"]["ocpp_reason"]
    assert found["TC_026_CS"]["ocpp_waived"] == "<b>known</b> & accepted"


# pytest-html


def test_html_has_a_row_for_every_case(every_verdict: Ran) -> None:
    shown = {
        id_: re.sub("<[^>]*>", "", cells[3]) for id_, (cells, _) in rows(every_verdict).items()
    }
    assert shown == {**VERDICTS, "TC_026_CS": "FAIL (waived)"}


def test_html_rows_have_title_and_reason_and_as_many_cells_as_the_header(
    every_verdict: Ran,
) -> None:
    cells, _ = rows(every_verdict)["TC_012_CS"]
    assert "Remote Stop Charging Session" in cells[2]
    assert "reason" in cells[4]
    page = (every_verdict.folder / "x.html").read_text("utf-8")
    head = page[page.index('id="results-table-head"') :]
    assert head[: head.index("</thead>")].count("<th") == len(cells)


def test_html_shows_steps_and_frames(every_verdict: Ran) -> None:
    _, details = rows(every_verdict)["TC_010_CS"]
    assert "RemoteStartTransaction(connectorId=1" in details
    assert "<td>[2,&quot;" in details
    assert "No log output" not in details


def test_html_escapes_what_came_from_elsewhere(every_verdict: Ran) -> None:
    found = rows(every_verdict)
    whole = json.dumps(found)
    assert "<script>" not in whole
    assert "<i>wrong" not in whole
    assert "&lt;script&gt;" in found["TC_056_CS"][0][4]


# Selection

WORDS = "remote and (tc_010 or tc_012)"


def test_plain_pytest_selects_and_judges_as_run_does(tmp_path: Path) -> None:
    (tmp_path / "sut.toml").write_text(EMBEDDED_16_CS, encoding="utf-8")
    words = ("--ocpp-sut", "sut.toml", "--ocpp-profile", "core", "-k", WORDS)
    plain = run_pytest("--pyargs", "testcases", *words, "--ocpp-results", "plain", folder=tmp_path)
    ours = run(
        *("run", "--sut", "sut.toml", "--profile", "core", "--results", "ours"),
        *("--", "-k", WORDS),
        folder=tmp_path,
    )
    assert (plain.code, ours.code) == (0, 0)
    one, other = cases(tmp_path / "plain"), cases(tmp_path / "ours")
    assert list(one) == ["TC_010_CS", "TC_012_CS"]
    for id_, case in one.items():
        assert (id_, case["verdict"]) == (other[id_]["id"], other[id_]["verdict"])
        assert [s["step"] for s in case["steps"] if s["ok"]] == [
            s["step"] for s in other[id_]["steps"] if s["ok"]
        ]
    assert {f.name for f in (tmp_path / "plain").iterdir()} == {
        f.name for f in (tmp_path / "ours").iterdir()
    }


def test_a_strict_run_fails_on_a_remark(tmp_path: Path) -> None:
    text = EMBEDDED_16_CS.replace("options = {", "options = {local_limit = 16, ")
    (tmp_path / "sut.toml").write_text(text, encoding="utf-8")
    words = ("--pyargs", "testcases", "--ocpp-sut", "sut.toml", "--ocpp-case", "TC_067_CS")
    assert run_pytest(*words, folder=tmp_path).code == 0
    strict = run_pytest(*words, "--ocpp-strict", "--ocpp-results", "s", folder=tmp_path)
    assert strict.code == 1
    assert cases(tmp_path / "s")["TC_067_CS"]["reason"].startswith("remark: ")


def test_how_a_station_was_left_fails_no_strict_run(tmp_path: Path) -> None:
    text = EMBEDDED_16_CS.replace("features = [", 'features = ["16-SECURITY", ')
    text = text.replace("port = 0", 'port = 0\nsecurity_profile = 3\npassword = "0123456789abcdef"')
    (tmp_path / "sut.toml").write_text(text, encoding="utf-8")
    words = ("--pyargs", "testcases", "--ocpp-sut", "sut.toml", "--ocpp-case", "TC_074_CS")
    strict = run_pytest(*words, "--ocpp-strict", "--ocpp-results", "s", folder=tmp_path)
    found = cases(tmp_path / "s")["TC_074_CS"]
    assert (strict.code, found["verdict"]) == (0, "PASS")
    (left,) = found["remarks"]
    assert left["lab"] is True
    assert left["text"].startswith("the station was left with the certificate")
    for report in ("report.html", "junit.xml"):
        assert left["text"][:60] in (tmp_path / "s" / report).read_text("utf-8")


def test_stopping_early_leaves_an_incomplete_journal(tmp_path: Path) -> None:
    faulty = EMBEDDED_16_CS.replace("options =", 'faults = ["wrong-stop-reason"]\noptions =')
    (tmp_path / "sut.toml").write_text(faulty, encoding="utf-8")
    words = ("--pyargs", "testcases", "--ocpp-sut", "sut.toml", "-x", "-k", "012 or 026")
    assert run_pytest(*words, folder=tmp_path).code == 1
    (results,) = (tmp_path / "results").iterdir()
    assert [line["kind"] for line in journal(results)] == ["start", "outline", "case"]


def test_only_collecting_leaves_nothing(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", sut=EMBEDDED_16_CS)
    words = ("--pyargs", "testcases", "--ocpp-sut", "sut.toml", "--collect-only", "-q")
    result = pytester.runpytest_subprocess(*words, "-k", "TC_010_CS")
    result.stdout.fnmatch_lines(["*::test_tc_010_cs"])
    assert not (pytester.path / "results").exists()


# Other people's suites


def test_without_a_declaration_nothing_is_imported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        import sys

        def test_nothing_of_ours_is_here():
            heavy = {HEAVY!r}
            assert [n for n in heavy if n in sys.modules] == []
            ours = sorted(n for n in sys.modules if n.split(".")[0] == "conformance")
            assert ours == ["conformance", "conformance.plugin"]
        """
    )
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


def test_without_a_declaration_a_folder_of_the_same_name_is_the_users(
    pytester: pytest.Pytester,
) -> None:
    for name in ("testcases", "reports"):
        pytester.mkpydir(name)
        (pytester.path / name / f"test_{name}.py").write_text("def test_it(): pass\n", "utf-8")
    pytester.runpytest_subprocess().assert_outcomes(passed=2)


@pytest.mark.parametrize("name", ["testcases", "reports"])
def test_a_folder_that_hides_a_package_is_a_clear_error(
    pytester: pytest.Pytester, name: str
) -> None:
    pytester.makefile(".toml", sut=EMBEDDED_16_CS)
    pytester.mkpydir(name)
    words = ("--pyargs", "testcases", "--ocpp-sut", "sut.toml", "-p", "no:cacheprovider")
    ran = run_pytest(*words, folder=pytester.path)
    told = ran.out + ran.err
    assert ran.code == pytest.ExitCode.USAGE_ERROR
    assert f"{name} hides the package {name} of ocpp-conformance" in told
    assert "run from another directory, or rename the folder" in told
    assert "Traceback" not in told


def test_other_tests_run_beside_cases(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", sut=EMBEDDED_16_CS)
    own = pytester.makepyfile("def test_own(): assert True")
    words = ("--ocpp-sut", "sut.toml", "--ocpp-case", "TC_010_CS", "--html=x.html")
    ran = run_pytest("--pyargs", "testcases", own, *words, folder=pytester.path)
    assert ran.code == 0, ran.out
    assert "2 passed" in ran.out


def test_a_case_without_a_declaration_is_skipped(pytester: pytest.Pytester) -> None:
    module = Path(conformance.__path__[0]).parent / "testcases"
    file = module / "ocpp16" / "central_system" / "s03_01_cold_boot.py"
    result = pytester.runpytest_subprocess("-rs", file)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*a conformance case needs --ocpp-sut sut.toml*"])


def test_a_case_is_found_by_its_file_and_name(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", sut=EMBEDDED_16_CS)
    pytester.makeini("[pytest]\npython_files = *.py")
    file = Path(conformance.__path__[0]).parent / "testcases/ocpp16/charge_point"
    words = (f"{file}/s02_05_remote_actions.py::test_tc_010_cs", f"--rootdir={pytester.path}")
    ran = run_pytest(*words, "--ocpp-sut", "sut.toml", folder=pytester.path)
    assert ran.code == 0, ran.out
    assert list(cases(ran.results)) == ["TC_010_CS"]


def test_a_wrong_declaration_is_a_usage_error(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", sut="[sut]\nname = 1\n")
    result = pytester.runpytest_subprocess("--ocpp-sut", "sut.toml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*sut.toml:2: sut.name: expected*"])
