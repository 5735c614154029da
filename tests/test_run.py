"""`run` against systems of their own: a station that connects, and a CSMS that is called."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.running import COMMAND, EMBEDDED_16_CS, LIMIT, cases, run

EMBEDDED = 'kind = "embedded"\noptions = {minimum_status_duration = false}'


def free_port() -> int:
    """Return a port that was free just now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def reference(*words: str) -> Iterator[dict[str, str]]:
    """Run a reference system as the command does; yield the addresses that it tells."""
    with subprocess.Popen(
        [COMMAND, "reference", *words, "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            assert process.wait(LIMIT) == 0


def test_run_waits_for_a_station_and_tells_where(tmp_path: Path) -> None:
    port = free_port()
    url = f"ws://127.0.0.1:{port}/ocpp"
    words = ("station", "--version", "1.6", "--url", url, "--id", "CP01")
    with reference(*words, "--option", "minimum_status_duration=false") as told:
        operator = f'kind = "http"\nurl = "{told["operator"]}"'
        text = EMBEDDED_16_CS.replace(EMBEDDED, operator).replace("port = 0", f"port = {port}")
        (tmp_path / "sut.toml").write_text(text, encoding="utf-8")
        ran = run("run", "--sut", "sut.toml", "--case", "TC_012_CS", folder=tmp_path)
    assert ran.code == 0, ran.out
    assert ran.err.strip() == f"waiting for CP01 on {url}/CP01"
    assert cases(ran.results)["TC_012_CS"]["verdict"] == "PASS"


@pytest.mark.parametrize("broken", [False, True])
def test_run_calls_a_csms(tmp_path: Path, *, broken: bool) -> None:
    fault = ("--fault", "never-sends") if broken else ()
    with reference("csms", "--version", "1.6", *fault) as told:
        text = f"""
            [sut]
            name = "back office"
            version = "1.6"
            role = "CSMS"
            [connection]
            url = "{told["url"]}"
            [values]
            id_token = "TAG001"
            [limits]
            message_timeout = 1
            [operator]
            kind = "http"
            url = "{told["operator"]}"
        """
        (tmp_path / "sut.toml").write_text(text, encoding="utf-8")
        ran = run("run", "--sut", "sut.toml", "--case", "TC_010_CSMS", folder=tmp_path)
    assert (tmp_path / "results").exists(), ran.out + ran.err
    case = cases(ran.results)["TC_010_CSMS"]
    assert (ran.code, case["verdict"]) == ((1, "INCONCLUSIVE") if broken else (0, "PASS")), ran.out
    assert case["reason"] in ran.out
    assert ran.results.name.endswith("-back-office")


def test_two_runs_in_the_same_second_keep_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conformance.results import fresh_directory  # noqa: PLC0415 - in this test alone

    monkeypatch.chdir(tmp_path)
    made = {fresh_directory("a/b c") for _ in range(20)}
    assert len(made) == 20
    assert all(directory.is_dir() and "-a-b-c" in directory.name for directory in made)
