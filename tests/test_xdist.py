"""Several processes: each station keeps to one worker, and the journal is whole."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from conformance.catalogue import everything
from conformance.selection import every_case
from tests.running import EMBEDDED_16_CSMS, Ran, cases, journal, run_pytest

SUTS = ("embedded:1.6:CS", "embedded:2.0.1:CS")


@pytest.fixture(scope="module")
def parallel(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one run of two SUTs by two workers."""
    words = [word for sut in SUTS for word in ("--ocpp-sut", sut)]
    words += [word for case in dict.fromkeys(of_stations()) for word in ("--ocpp-case", case)]
    more = ("-n", "2", "-v", "--html=x.html", "--junitxml=x.xml")
    folder = tmp_path_factory.mktemp("parallel")
    return run_pytest("--pyargs", "testcases", *words, *more, folder=folder)


QUICK = ("OCPPJ_05_CS", "OCPPJ_40_CS", "OCPPJ_80_CS")  # each for both versions


def of_stations() -> list[str]:
    """Return cases of the stations of both versions that take no time; some do not apply."""
    mine = [case for case in every_case() if case.entry.role == "CS"]
    chosen = {"smart-charging", "reservation"}
    return [c.id for c in mine if c.id in QUICK or chosen & c.entry.profiles.keys()]


def by_worker(ran: Ran, *, skipped: bool = True) -> dict[str, list[str]]:
    """Return the node ids that each worker reported, in their order."""
    found = defaultdict(list)
    line = r"^\[(gw\d)\] \[ *\d+%\] (\w+) (\S+)"
    for worker, outcome, node in re.findall(line, ran.out, re.MULTILINE):
        if skipped or outcome != "SKIPPED":
            found[worker].append(node)
    return found


def version(node: str) -> str:
    """Return the version of a case: of its folder, or named where it is for several."""
    folders = {"ocpp16": "1.6", "ocpp201": "2.0.1"}
    return folders.get(node.split("/", maxsplit=1)[0]) or node.partition("[")[2].removesuffix("]")


def test_the_cases_of_a_sut_stay_on_one_worker(parallel: Ran) -> None:
    assert parallel.code == 0, parallel.out
    # What does not apply to a system needs no connection to it.
    workers = by_worker(parallel, skipped=False)
    suts = [{version(node) for node in nodes} for nodes in workers.values()]
    assert sorted(map(sorted, suts)) == [["1.6"], ["2.0.1"]]


def test_the_cases_of_a_sut_keep_their_order(parallel: Ran) -> None:
    place = {(e.version, e.id.lower()): n for n, e in enumerate(everything())}
    for nodes in by_worker(parallel, skipped=False).values():
        names = [node.rpartition("::test_")[2].partition("[")[0] for node in nodes]
        order = [place[version(node), name] for node, name in zip(nodes, names, strict=True)]
        assert len(order) > 1
        assert order == sorted(order)


def test_the_journal_of_several_workers_is_whole(parallel: Ran) -> None:
    lines = journal(parallel.results)
    count = len(of_stations())
    assert [line["kind"] for line in lines] == [
        *("start", "outline", "outline", *["case"] * count, "end")
    ]
    assert sum(lines[-1]["counts"].values()) == count
    assert lines[-1]["counts"].keys() <= {"PASS", "NOT APPLICABLE"}
    assert {case["sut"] for case in cases(parallel.results).values()} == {
        *("reference station 1.6", "reference station 2.0.1")
    }


def test_other_reports_are_whole_too(parallel: Ran) -> None:
    assert (parallel.folder / "x.xml").read_text("utf-8").count("<testcase ") == len(of_stations())
    page = (parallel.folder / "x.html").read_text("utf-8")
    assert all(identity in page for identity in cases(parallel.results))


def test_one_sut_needs_only_one_worker(tmp_path_factory: pytest.TempPathFactory) -> None:
    words = ("--pyargs", "testcases", "--ocpp-sut", SUTS[0], "-k", "stop", "-n", "2", "-v")
    ran = run_pytest(*words, folder=tmp_path_factory.mktemp("one"))
    assert ran.code == 0, ran.out
    # What does not apply to the system needs no connection to it and may go to any worker.
    assert len(by_worker(ran, skipped=False)) == 1


FAULTS = '["accepts-invalid-token", "wrong-connector-in-remote-start"]'


def office(folder: Path, stations: str, *more: str) -> Ran:
    """Run the cases of a CSMS that is wrong in two ways, with these stations."""
    sut = folder / "sut.toml"
    sut.write_text(EMBEDDED_16_CSMS.format(stations=stations, faults=FAULTS), "utf-8")
    words = ("--pyargs", "testcases", "-v", "-k", SHORT, *more)
    return run_pytest(*words, "--ocpp-sut", sut, folder=folder)


SHORT = "tc_010_csms or tc_012_csms or tc_023_1_csms or tc_026_csms or tc_056_csms or tc_066_csms"


def verdicts(ran: Ran) -> dict[str, tuple[str, str, str]]:
    """Return what each case came to."""
    found = cases(ran.results).values()
    return {c["id"]: (c["verdict"], c["step"], c["reason"]) for c in found}


def stations(ran: Ran) -> dict[str, str]:
    """Return as which station each case that has connected did so."""
    notes = ((c["id"], e["got"]) for c in cases(ran.results).values() for e in c["steps"])
    told = "connected and booted as "
    return {case: got.removeprefix(told) for case, got in notes if got.startswith(told)}


def test_with_a_station_each_the_verdicts_are_the_same_side_by_side(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    one = office(tmp_path_factory.mktemp("one"), '"CP{01..99}"')
    two = office(tmp_path_factory.mktemp("two"), '"CP{01..99}"', "-n", "2")
    assert len(by_worker(two)) == 2
    assert verdicts(one) == verdicts(two)
    assert {v for v, _, _ in verdicts(one).values()} == {"PASS", "FAIL"}
    assert stations(one) == stations(two)
    assert len(set(stations(two).values())) == len(verdicts(two)) == 6


def test_cases_that_share_a_station_share_a_worker(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    ran = office(tmp_path_factory.mktemp("few"), '["A", "B", "C"]', "-n", "2")
    workers = [
        {node.rpartition("::test_")[2].upper() for node in nodes}
        for nodes in by_worker(ran).values()
    ]
    used = stations(ran)
    assert len(workers) == 2
    assert not set.intersection(*({used[c] for c in w if c in used} for w in workers))
