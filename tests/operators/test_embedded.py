from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from conformance.operators import embedded
from conformance.operators.actions import PlugIn, RemoteStop
from conformance.operators.base import CannotActError
from conformance.operators.embedded import EmbeddedSystem
from conformance.sut import Sut
from conformance.sut import embedded as declared
from tests.operators import samples

SYSTEM = """
import http.server, json, os, sys, threading

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        open("told", "a").write(self.path + "\\n")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if self.path.endswith("/reboot"):
            print("out of order", file=sys.stderr, flush=True)
            os._exit(9)
    def log_message(self, *args):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stderr.write("noise " * 100_000)
port = server.server_port
print(json.dumps({"operator": f"http://127.0.0.1:{port}/api/v1", "url": "ws://there"}), flush=True)
open("password", "w").write(os.environ.get("OCPP_REFERENCE_PASSWORD", "none"))
print("noise " * 100_000, flush=True)
sys.stdin.read()
open("closed", "w")
"""
DEAF = """
import json, signal, sys, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(json.dumps({"operator": "http://127.0.0.1:1"}), flush=True)
threading.Event().wait()
"""


def system(
    folder: Path, monkeypatch: pytest.MonkeyPatch, program: str = SYSTEM, sut: Sut | None = None
) -> EmbeddedSystem:
    """Return an embedded system whose process is a stand-in, so that it can misbehave."""
    (folder / "system.py").write_text(program, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(EmbeddedSystem, "command", lambda _: [sys.executable, "system.py"])
    return EmbeddedSystem(sut or declared("1.6", "CS"), "ws://127.0.0.1:1/ocpp")


def pid(subject: EmbeddedSystem) -> int:
    assert subject._process is not None
    return subject._process.pid


def is_gone(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_system_is_started_told_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = system(tmp_path, monkeypatch)

    async def scenario() -> int:
        await subject.start()
        number = pid(subject)
        assert subject.system_url == "ws://there"
        await subject.perform(samples.PLUG_IN)
        await subject.close()
        await subject.close()
        return number

    assert is_gone(asyncio.run(scenario()))
    assert (tmp_path / "told").read_text() == (
        "/api/v1/plugin?evse_id=1&connector_id=2&halfway=false\n"
    )
    assert (tmp_path / "closed").exists(), "closing its input was enough"
    assert (tmp_path / "password").read_text() == "none"


def test_the_password_comes_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {"connection": {"security_profile": 1, "password": "hush"}}
    subject = system(tmp_path, monkeypatch, sut=declared("1.6", "CS", changes=changes))

    async def scenario() -> None:
        await subject.start()
        await subject.close()

    asyncio.run(scenario())
    assert (tmp_path / "password").read_text() == "hush"


def test_a_system_that_is_deaf_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "GRACE", 0.2)
    subject = system(tmp_path, monkeypatch, DEAF)

    async def scenario() -> int:
        await subject.start()
        number = pid(subject)
        await subject.close()
        return number

    assert is_gone(asyncio.run(scenario()))


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (
            "import sys\nsys.stderr.write('no such option')\nsys.exit(2)",
            r"ended at once \(exit code 2\)\n  no such option",
        ),
        ("print('hello', flush=True)\nimport sys\nsys.stdin.read()", "did not say where it is"),
        ("print('[1]', flush=True)\nimport sys\nsys.stdin.read()", "did not say where it is"),
        (
            "import sys\nsys.stderr.write('thinking')\nsys.stderr.flush()\nsys.stdin.read()",
            "is not ready after 1 s",
        ),
    ],
)
def test_a_system_that_does_not_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, told: str
) -> None:
    sut = declared("1.6", "CS", changes={"limits": {"connect_timeout": 1}})
    subject = system(tmp_path, monkeypatch, program, sut)
    with pytest.raises(CannotActError, match=told):
        asyncio.run(subject.start())
    assert subject._process is None


def test_a_start_that_is_cancelled_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import sys\nopen('alive', 'w').write('here')\nsys.stdin.read()"
    subject = system(tmp_path, monkeypatch, program)
    os.mkfifo(tmp_path / "alive")
    pids = []

    async def scenario() -> None:
        task = asyncio.create_task(subject.start())
        assert await asyncio.to_thread((tmp_path / "alive").read_text) == "here"
        pids.append(pid(subject))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    assert is_gone(pids[0])


def test_a_system_that_has_died_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = system(tmp_path, monkeypatch)

    async def scenario() -> None:
        await subject.start()
        process = subject._process
        assert process is not None
        await subject.perform(samples.REBOOT)
        await process.wait()
        try:
            await subject.perform(samples.PLUG_IN)
        finally:
            await subject.close()

    with pytest.raises(CannotActError, match=r"has ended \(exit code 9\)(?s:.*)out of order"):
        asyncio.run(scenario())


def test_a_system_that_was_not_started_says_so() -> None:
    subject = EmbeddedSystem(declared("1.6", "CS"), None)
    assert subject.supports(PlugIn)
    assert not subject.supports(RemoteStop)
    with pytest.raises(CannotActError, match="has not been started"):
        asyncio.run(subject.perform(samples.PLUG_IN))
    asyncio.run(subject.close())


def test_the_command_line_names_version_identity_address_options_and_faults() -> None:
    options: dict[str, str | float | bool] = {"start_button": True, "tx_start": "Authorized"}
    sut = declared("2.0.1", "CS", options=options, faults=["wrong-seqno"])
    assert EmbeddedSystem(sut, "ws://127.0.0.1:7/ocpp").command() == [
        *[sys.executable, "-m", "conformance.reference", "station", "--version", "2.0.1"],
        *["--until-stdin-closes", "--url", "ws://127.0.0.1:7/ocpp", "--id", "CP01"],
        *["--option", "message_timeout=10", "--option", "boot_retry=1.0"],
        *["--option", "start_button=true", "--option", "tx_start=Authorized"],
        *["--fault", "wrong-seqno"],
    ]
    assert EmbeddedSystem(declared("1.6", "CSMS"), None).command()[3:] == [
        *[
            "csms",
            "--version",
            "1.6",
            "--until-stdin-closes",
            *("--option", "boot_interval=1"),
            *("--option", "valid=TAG001,TAG002,TAG003"),
            *("--option", "parents=TAG001:GROUP1,TAG003:GROUP1"),
            *("--station", "CP01"),
        ]
    ]
