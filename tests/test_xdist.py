"""Several SUTs in several processes: each keeps to one worker, and the journal is whole."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from conformance.catalogue import everything
from tests.running import Ran, cases, journal, run_pytest

SUTS = ("embedded:1.6:CS", "embedded:2.0.1:CS")


@pytest.fixture(scope="module")
def parallel(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one run of two SUTs by two workers."""
    words = [word for sut in SUTS for word in ("--ocpp-sut", sut)]
    more = ("-n", "2", "-v", "--html=x.html", "--junitxml=x.xml")
    folder = tmp_path_factory.mktemp("parallel")
    return run_pytest("--pyargs", "testcases", *words, *more, folder=folder)


def by_worker(ran: Ran) -> dict[str, list[str]]:
    """Return the node ids that each worker reported, in their order."""
    found = defaultdict(list)
    for worker, node in re.findall(r"^\[(gw\d)\] \[ *\d+%\] \w+ (\S+)", ran.out, re.MULTILINE):
        found[worker].append(node)
    return found


def test_the_cases_of_a_sut_stay_on_one_worker(parallel: Ran) -> None:
    assert parallel.code == 0, parallel.out
    workers = by_worker(parallel)
    suts = [{node.split("/")[0] for node in nodes} for nodes in workers.values()]
    assert sorted(map(sorted, suts)) == [["ocpp16"], ["ocpp201"]]


def test_the_cases_of_a_sut_keep_their_order(parallel: Ran) -> None:
    place = {entry.id.lower(): n for n, entry in enumerate(everything())}
    for nodes in by_worker(parallel).values():
        order = [place[node.rpartition("::test_")[2]] for node in nodes]
        assert len(order) == 10
        assert order == sorted(order)


def test_the_journal_of_several_workers_is_whole(parallel: Ran) -> None:
    lines = journal(parallel.results)
    assert [line["kind"] for line in lines] == [
        *("start", "outline", "outline", *["case"] * 20, "end")
    ]
    assert lines[-1]["counts"] == {"PASS": 20}
    assert {case["sut"] for case in cases(parallel.results).values()} == {
        *("reference station 1.6", "reference station 2.0.1")
    }


def test_other_reports_are_whole_too(parallel: Ran) -> None:
    assert (parallel.folder / "x.xml").read_text("utf-8").count("<testcase ") == 20
    page = (parallel.folder / "x.html").read_text("utf-8")
    assert all(identity in page for identity in cases(parallel.results))


def test_one_sut_needs_only_one_worker(tmp_path_factory: pytest.TempPathFactory) -> None:
    words = ("--pyargs", "testcases", "--ocpp-sut", SUTS[0], "-k", "stop", "-n", "2", "-v")
    ran = run_pytest(*words, folder=tmp_path_factory.mktemp("one"))
    assert ran.code == 0, ran.out
    assert len(by_worker(ran)) == 1
