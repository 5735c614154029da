from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from conformance.operators.actions import Action, ExternalLimit, Fault, Power
from conformance.operators.base import CannotActError
from conformance.operators.command import CommandOperator
from tests.operators import samples


def perform(folder: Path, program: str, action: Action = samples.PLUG_IN) -> str:
    (folder / "rig.py").write_text(program, encoding="utf-8")
    operator = CommandOperator(
        [sys.executable, "rig.py"], folder, ("--version", "1.6", "--station", "CP01")
    )

    async def scenario() -> str:
        assert operator.supports(type(action))
        told = await operator.perform(action)
        await operator.close()
        return told

    return asyncio.run(scenario())


SET_PROFILE = (
    "set-profile --evse 0 --profile-purpose TxProfile --profile-kind Relative"
    " --profile-stack-level 0 --profile-unit A --profile-limit 6 --profile-duration 300"
    " --profile-number-phases 3 --profile-profile-id 1 --profile-valid false"
)
TELLS = "import sys\nopen('told', 'w').write('\\n'.join(sys.argv[1:]))\n"


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (samples.PLUG_IN, "plug-in --evse 1 --connector 2 --halfway false"),
        (samples.REBOOT, "reboot"),
        (samples.PARK, "parking-bay --occupied true"),
        (samples.STOP, "remote-stop --transaction 42"),
        (samples.SET_PROFILE, SET_PROFILE),
        (Power(on=False), "power --on false"),
        (Fault(faulted=True, evse=0, connector=0), "fault --faulted true --evse 0 --connector 0"),
        (ExternalLimit(limit=None), "external-limit"),
    ],
)
def test_the_program_is_told_the_action_and_its_values(
    tmp_path: Path, action: Action, told: str
) -> None:
    perform(tmp_path, TELLS, action)
    words = (tmp_path / "told").read_text(encoding="utf-8").split("\n")
    assert words == [*told.split(), "--version", "1.6", "--station", "CP01"]


def test_a_value_with_blanks_stays_one_argument(tmp_path: Path) -> None:
    perform(tmp_path, TELLS, samples.PRESENT)
    assert "TAG 1&2" in (tmp_path / "told").read_text(encoding="utf-8").split("\n")


def test_what_was_run_and_what_it_wrote_is_told(tmp_path: Path) -> None:
    told = perform(tmp_path, "print('the arm is in place')")
    assert told == (
        f"{sys.executable} plug-in --evse 1 --connector 2 --halfway false: exit code 0\n"
        "the arm is in place"
    )


def test_exit_code_3_means_that_it_cannot_be_done(tmp_path: Path) -> None:
    with pytest.raises(CannotActError, match="says that it cannot do this\nno cable"):
        perform(tmp_path, "print('no cable')\nraise SystemExit(3)")


def test_another_exit_code_is_a_failure_with_the_end_of_the_output(tmp_path: Path) -> None:
    program = "import sys\nprint('first ' + 'x' * 5000)\nsys.stderr.write('broken')\nsys.exit(7)"
    with pytest.raises(CannotActError) as caught:
        perform(tmp_path, program)
    told = str(caught.value)
    assert "plug-in --evse 1 --connector 2 --halfway false: ended with exit code 7" in told
    assert told.endswith("broken")
    assert "first" not in told


def test_a_program_that_is_killed_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(CannotActError, match="ended with signal 9"):
        perform(tmp_path, "import os\nos.kill(os.getpid(), 9)")


def test_a_program_that_raises_shows_its_traceback(tmp_path: Path) -> None:
    with pytest.raises(CannotActError, match="ValueError: the arm is stuck"):
        perform(tmp_path, "raise ValueError('the arm is stuck')")


@pytest.mark.parametrize("name", ["no-such-program", "./not-executable"])
def test_a_program_that_cannot_be_started_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "not-executable").write_text("", encoding="utf-8")
    with pytest.raises(CannotActError, match=f"{name} cannot be started: "):
        asyncio.run(CommandOperator([name], tmp_path).perform(samples.PLUG_IN))


def test_a_process_that_the_program_leaves_behind_holds_nothing_up(tmp_path: Path) -> None:
    perform(
        tmp_path,
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('child', 'w').write(str(child.pid))\n",
    )
    os.kill(int((tmp_path / "child").read_text(encoding="utf-8")), 9)


STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
alive = open("alive", "w")
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=[alive.fileno()])
print("here", file=alive, flush=True)
time.sleep(60)
"""


def test_a_cancelled_program_ends_with_all_that_it_started(tmp_path: Path) -> None:
    (tmp_path / "rig.py").write_text(STUBBORN, encoding="utf-8")
    operator = CommandOperator([sys.executable, "rig.py"], tmp_path)
    # The program and its child hold this open: its end is the end of both.
    os.mkfifo(tmp_path / "alive")

    async def scenario() -> None:
        task = asyncio.create_task(operator.perform(samples.PLUG_IN))
        with await asyncio.to_thread((tmp_path / "alive").open, encoding="utf-8") as alive:
            assert await asyncio.to_thread(alive.readline) == "here\n"
            task.cancel()
            async with asyncio.timeout(20):
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert not await asyncio.to_thread(alive.read)

    asyncio.run(scenario())
