"""The command, as a user runs it: in a process of its own, over real sockets."""

from __future__ import annotations

import json
import re
import socket
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.cases import Case
from conformance.catalogue import everything
from conformance.declared import declared_ids
from conformance.demo import PREFIX, declared
from conformance.selection import every_case, implemented
from tests.running import EMBEDDED_16_CS, Ran, cases, journal, junit, run

LIST_KEYS = [
    *("id", "title", "version", "role", "profiles"),
    *("condition", "requirements", "implemented"),
]


# demo


def expected(case: Case) -> str:
    """Return what a case comes to in a demo: some exclude what the reference system has."""
    system = declared(f"{PREFIX}{case.entry.version}:{case.entry.role}")
    return "NOT APPLICABLE" if case.entry.unmet(system.features) else "PASS"


VERDICTS = {(c.entry.version, c.id): expected(c) for c in every_case()}
PASSING = [id_ for (_, id_), verdict in VERDICTS.items() if verdict == "PASS"]


def test_demo_passes_every_implemented_case(demo_run: Ran) -> None:
    assert demo_run.code == 0, demo_run.out
    ended = [line for line in journal(demo_run.results) if line["kind"] == "case"]
    assert {(c["version"], c["id"]): c["verdict"] for c in ended} == VERDICTS


def test_demo_keeps_the_order_of_the_catalogue(demo_run: Ran) -> None:
    known = [(e.version, e.id) for e in everything() if e.id in declared_ids()]
    shown = re.findall(r"^(?:PASS|NOT APPLICABLE) +(\w+) +\d", demo_run.out, re.MULTILINE)
    assert shown == [id_ for _, id_ in known]


def test_demo_judges_its_systems_side_by_side(demo_run: Ran) -> None:
    began: dict[str, datetime] = {}
    ended: dict[str, datetime] = {}
    for case in (line for line in journal(demo_run.results) if line["kind"] == "case"):
        started = datetime.fromisoformat(case["started"])
        began.setdefault(case["sut"], started)
        ended[case["sut"]] = started + timedelta(seconds=case["duration"])
    assert len(ended) == 4
    assert max(began.values()) < ended["reference station 1.6"]


def test_demo_shows_a_line_for_each_case_and_a_summary(demo_run: Ran) -> None:
    shown = re.findall(
        r"^PASS +((?:TC|OCPPJ|SEC)_\w+) +\d+\.\d\d s  \S", demo_run.out, re.MULTILINE
    )
    assert sorted(shown) == sorted(PASSING)
    assert re.search(r"^OCPP 1\.6 +CS +core +mandatory +\d+ PASS$", demo_run.out, re.MULTILINE)
    assert re.search(r"^OCPP 2\.0\.1 +CSMS +core +mandatory +7 PASS$", demo_run.out, re.MULTILINE)
    assert f"OCPP conformance: {len(PASSING)} PASS" in demo_run.out
    assert "warning" not in demo_run.out.lower()
    assert demo_run.err == ""


def test_demo_leaves_its_results_and_says_where(demo_run: Ran) -> None:
    results = demo_run.results
    assert {file.name for file in results.iterdir()} == {
        *("journal.jsonl", "journal.seal", "report.html", "junit.xml", "files")
    }
    assert f"report: results/{results.name}/report.html" in demo_run.out
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d{6}-demo", results.name)


def test_a_journal_is_in_utc_wherever_it_is_written(demo_run: Ran) -> None:
    started = datetime.fromisoformat(journal(demo_run.results)[0]["started"])
    assert started.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - started) < timedelta(hours=1)


def test_a_complete_journal_has_header_and_footer(demo_run: Ran) -> None:
    first, *outlines, _, last = journal(demo_run.results)
    assert (first["kind"], first["name"], len(first["suts"])) == ("start", "demo", 4)
    assert [line["sut"] for line in outlines[:4]] == [sut["name"] for sut in first["suts"]]
    assert (last["kind"], last["counts"]) == ("end", dict(Counter(VERDICTS.values())))


def test_junit_counts_the_cases(demo_run: Ran) -> None:
    root = junit(demo_run.results / "junit.xml")
    assert len(list(root.iter("testcase"))) == len(VERDICTS)
    assert len(list(root.iter("skipped"))) == len(VERDICTS) - len(PASSING)
    assert not list(root.iter("failure"))


def test_demo_is_narrowed_by_version_role_and_profile(tmp_path: Path) -> None:
    words = ("--version", "2.0.1", "--role", "CSMS", "--profile", "smart-charging")
    ran = run("demo", *words, folder=tmp_path)
    assert ran.code == 0, ran.out
    assert list(cases(ran.results)) == ["TC_K_01_CSMS", "TC_K_03_CSMS", "TC_K_37_CSMS"]


def test_demo_runs_one_case_with_a_fault(tmp_path: Path) -> None:
    words = ("--case", "TC_012_CS", "--fault", "wrong-stop-reason", "--results", "my results")
    ran = run("demo", *words, folder=tmp_path)
    assert ran.code == 1
    (case,) = cases(tmp_path / "my results").values()
    assert (case["id"], case["verdict"]) == ("TC_012_CS", "FAIL")
    assert "reason" in case["reason"]
    assert case["reason"] in ran.out
    assert "Traceback" not in ran.out


def test_demo_sends_every_fault_if_asked(tmp_path: Path) -> None:
    words = ("--version", "1.6", "--case", "OCPPJ_60_CS", "--fault", "cuts-texts=GetConfiguration")
    assert run("demo", *words, "--results", "some", folder=tmp_path).code == 0
    assert run("demo", *words, "--exhaustive", "--results", "all", folder=tmp_path).code == 1
    (case,) = cases(tmp_path / "all").values()
    assert "GetConfiguration.key[0] against maxLength (exhaustive): expected" in case["reason"]
    assert (tmp_path / "all" / "journal.jsonl").stat().st_size < 2**20


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--fault", "no-such"], "no fault 'no-such' for this selection"),
        (["--fault", "wrong-stop-reason", "--role", "CSMS"], "no fault 'wrong-stop-reason'"),
        (["--case", "TC_10_CS"], "did you mean"),
        (["--case", "TC_010_CS", "--version", "2.0.1"], "no implemented case"),
        (["--profile", "iso15118", "--version", "1.6"], "no implemented case"),
        (["--profile", "cores"], "did you mean 'core'?"),
        (["--colour"], "No such option"),
    ],
)
def test_demo_refuses_what_is_not_there(words: list[str], told: str, tmp_path: Path) -> None:
    ran = run("demo", *words, folder=tmp_path)
    assert ran.code == 2
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "results").exists()


def test_demo_lists_its_faults(tmp_path: Path) -> None:
    ran = run("demo", "--list-faults", folder=tmp_path)
    assert ran.code == 0
    assert re.search(r"^wrong-stop-reason +\S.*\[1\.6 CS\]$", ran.out, re.MULTILINE)


# list and show


def test_list_as_json_has_exactly_its_keys(tmp_path: Path) -> None:
    rows = json.loads(run("list", "--json", folder=tmp_path).out)
    assert [list(row) for row in rows] == [LIST_KEYS] * len(everything())
    assert {row["id"] for row in rows if row["implemented"]} == implemented().keys()


def test_list_is_narrowed(tmp_path: Path) -> None:
    words = ("list", "--json", "--version", "1.6", "--role", "CS")
    rows = json.loads(run(*words, folder=tmp_path).out)
    assert {(row["version"], row["role"]) for row in rows} == {("1.6", "CS")}


def test_what_is_declared_is_what_is_implemented() -> None:
    assert declared_ids() == implemented().keys()


def test_show_prints_the_plan(tmp_path: Path) -> None:
    ran = run("show", "TC_012_CS", folder=tmp_path)
    assert ran.code == 0
    assert "TC_012_CS  Remote Stop Charging Session" in ran.out
    assert "before  Charging" in ran.out
    assert "RemoteStopTransaction" in ran.out


def test_show_tells_what_is_not_implemented(tmp_path: Path) -> None:
    missing = next(entry.id for entry in everything() if entry.id not in declared_ids())
    assert "not implemented yet" in run("show", missing, folder=tmp_path).out


def test_show_suggests_the_nearest_id(tmp_path: Path) -> None:
    ran = run("show", "TC_12_CS", folder=tmp_path)
    assert (ran.code, "did you mean" in ran.err) == (2, True)


# init and check


def test_init_writes_what_check_accepts(tmp_path: Path) -> None:
    assert run("init", "--role", "CS", "--version", "2.0.1", folder=tmp_path).code == 0
    assert "features" in (tmp_path / "sut.toml").read_text("utf-8")
    again = run("init", "--role", "CS", "--version", "2.0.1", folder=tmp_path)
    assert (again.code, "sut.toml is there already" in again.err) == (2, True)


def test_check_tells_all_problems_with_their_places(tmp_path: Path) -> None:
    wrong = EMBEDDED_16_CS.replace("port = 0", 'port = "x"').replace("silence", "silense")
    (tmp_path / "sut.toml").write_text(wrong, encoding="utf-8")
    ran = run("check", "--sut", "sut.toml", folder=tmp_path)
    assert ran.code == 2
    assert "sut.toml: 2 problems" in ran.err
    assert re.search(r"sut\.toml:8: connection\.port: expected ", ran.err)
    assert re.search(r"sut\.toml:17: limits\.silense: .*did you mean silence\?", ran.err)


def test_check_accepts_an_embedded_system(tmp_path: Path) -> None:
    (tmp_path / "sut.toml").write_text(EMBEDDED_16_CS, encoding="utf-8")
    ran = run("check", "--sut", "sut.toml", folder=tmp_path)
    assert ran.code == 0, ran.err
    assert "valid" in ran.out
    assert re.search(r"operator embedded: can do (\d+) of \1 actions", ran.out)


def test_check_tells_that_there_is_no_csms(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (tmp_path / "sut.toml").write_text(csms(f"ws://127.0.0.1:{port}/ocpp"), encoding="utf-8")
    ran = run("check", "--sut", "sut.toml", folder=tmp_path)
    assert ran.code == 1
    what = "the connection was refused (is the CSMS running, and is this its port?)"
    assert ran.err == f"ws://127.0.0.1:{port}/ocpp/CP01: {what}\n"


def test_check_tells_that_a_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "sut.toml").write_text(waiting(port), encoding="utf-8")
        ran = run("check", "--sut", "sut.toml", folder=tmp_path)
    assert ran.code == 1
    assert re.fullmatch(rf"cannot listen on 127\.0\.0\.1:{port}: .*\n", ran.err)


# run


def test_run_refuses_a_wrong_declaration_before_anything_else(tmp_path: Path) -> None:
    (tmp_path / "sut.toml").write_text("[sut]\nname = 1\n", encoding="utf-8")
    ran = run("run", "--sut", "sut.toml", folder=tmp_path)
    assert ran.code == 2
    assert "sut.toml:2: sut.name: expected" in ran.out + ran.err
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--case", "TC_010_CSMS"], "TC_010_CSMS is about OCPP 1.6, role CSMS"),
        (["--case", "TC_B_04_CS"], "TC_B_04_CS"),
        (["--profile", "iso15118"], "no implemented case of this selection"),
        (["--sut", "sut.toml"], "two declarations are for the same version and role"),
        (["--sut", "missing.toml"], "missing.toml: there is no such file"),
    ],
)
def test_run_refuses_a_selection_that_cannot_be(
    words: list[str], told: str, tmp_path: Path
) -> None:
    (tmp_path / "sut.toml").write_text(EMBEDDED_16_CS, encoding="utf-8")
    ran = run("run", "--sut", "sut.toml", *words, folder=tmp_path)
    assert ran.code == 2
    assert told in ran.out + ran.err
    assert "Traceback" not in ran.out + ran.err


def test_run_says_where_results_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "sut.toml").write_text(EMBEDDED_16_CS, encoding="utf-8")
    (tmp_path / "taken").write_text("", encoding="utf-8")
    ran = run("run", "--sut", "sut.toml", "--results", "taken", folder=tmp_path)
    assert ran.code == 2
    assert "the results cannot be written: taken: File exists" in ran.out + ran.err


def test_run_hands_options_on_to_pytest(tmp_path: Path) -> None:
    (tmp_path / "sut.toml").write_text(EMBEDDED_16_CS, encoding="utf-8")
    ran = run("run", "--sut", "sut.toml", "--", "-k", "remote and tc_012_cs", folder=tmp_path)
    assert ran.code == 0, ran.out
    assert list(cases(ran.results)) == ["TC_012_CS"]


def test_run_of_nothing_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "sut.toml").write_text(EMBEDDED_16_CS, encoding="utf-8")
    ran = run("run", "--sut", "sut.toml", "--", "-k", "nothing_of_the_kind", folder=tmp_path)
    assert (ran.code, (tmp_path / "results").exists()) == (2, False)


# report


def test_report_renders_every_format_again(demo_run: Ran, tmp_path: Path) -> None:
    journal_file = tmp_path / "journal.jsonl"
    journal_file.write_bytes((demo_run.results / "journal.jsonl").read_bytes())
    for form, name in (("html", "report.html"), ("junit", "junit.xml"), ("json", "report.json")):
        ran = run("report", ".", "--format", form, folder=tmp_path)
        assert (ran.code, ran.out.strip()) == (0, name)
        assert (tmp_path / name).stat().st_size > 1000


def test_report_of_nothing_is_a_clear_error(tmp_path: Path) -> None:
    ran = run("report", ".", folder=tmp_path)
    assert ran.code == 2
    assert "journal.jsonl" in ran.err
    assert "Traceback" not in ran.err


# reference and prove


def test_reference_explains_itself(tmp_path: Path) -> None:
    ran = run("reference", "station", "--help", folder=tmp_path)
    assert ran.code == 0
    assert "--operator-port" in ran.out


def test_prove_as_json(tmp_path: Path) -> None:
    ran = run("prove", "--case", "TC_K_03_CSMS", "--json", folder=tmp_path)
    assert ran.code == 0, ran.out
    assert json.loads(ran.out)


def csms(url: str) -> str:
    """Return the declaration of a CSMS that nobody operates."""
    return f"""
[sut]
name = "back office"
version = "1.6"
role = "CSMS"
[connection]
url = "{url}"
[limits]
connect_timeout = 1
message_timeout = 1
"""


def waiting(port: int) -> str:
    """Return the declaration of a station that connects by itself."""
    return EMBEDDED_16_CS.replace("port = 0", f"port = {port}").replace(
        'kind = "embedded"\noptions = {minimum_status_duration = false}', 'kind = "console"'
    )
