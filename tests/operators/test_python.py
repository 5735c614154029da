from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.operators.actions import PlugIn, Reboot
from conformance.operators.base import CannotActError
from conformance.operators.python import PythonOperator
from tests.operators import samples

RIGS = """
import asyncio
import threading
from conformance.operators.base import CannotActError

done, release, entered = [], threading.Event(), threading.Event()

class Sync:
    def __init__(self, arm="left"):
        self.arm = arm
    def perform(self, action):
        done.append((self.arm, action, threading.current_thread().name))

class Async:
    def supports(self, kind):
        return kind.__name__ == "Reboot"
    async def perform(self, action):
        await asyncio.sleep(0)
        done.append(action)
    async def close(self):
        done.append("closed")

class AtStation:
    def __init__(self, station, arm):
        self.station, self.arm = station, arm
    def perform(self, action):
        return f"{self.arm} arm at {self.station}"

class Raises:
    def perform(self, action):
        raise ValueError("the arm is stuck")

class RaisesLater:
    async def perform(self, action):
        raise ValueError("the arm is stuck")

class Exits:
    def perform(self, action):
        raise SystemExit(4)

class Cannot:
    def perform(self, action):
        raise CannotActError("no cable")

class Partly:
    def perform(self, action):
        raise NotImplementedError("no arm")

class Hangs:
    def perform(self, action):
        entered.set()
        release.wait(60)

class NoPerform:
    pass

class NeedsArm(Sync):
    def __init__(self, *, arm):
        raise RuntimeError("no arm")

thing = 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "rigs_under_test.py").write_text(RIGS, encoding="utf-8")
    (tmp_path / "broken_rig.py").write_text("import no_such_module\n", encoding="utf-8")
    yield tmp_path
    sys.modules.pop("rigs_under_test", None)
    if str(tmp_path) in sys.path:
        sys.path.remove(str(tmp_path))


def operator(folder: Path, name: str, **options: object) -> PythonOperator:
    return PythonOperator(f"rigs_under_test:{name}", folder, options)


def told(subject: PythonOperator) -> str:
    with pytest.raises(CannotActError) as caught:
        asyncio.run(subject.perform(samples.PLUG_IN))
    return str(caught.value)


def test_a_class_that_blocks_runs_in_a_thread_with_its_options(folder: Path) -> None:
    asyncio.run(operator(folder, "Sync", arm="right").perform(samples.PLUG_IN))
    (arm, action, thread), *_ = sys.modules["rigs_under_test"].done
    assert (arm, action) == ("right", samples.PLUG_IN)
    assert thread != threading.current_thread().name


def test_a_class_may_want_the_station_and_say_what_it_did(folder: Path) -> None:
    subject = PythonOperator("rigs_under_test:AtStation", folder, {"arm": "left"}, "CP03")
    assert asyncio.run(subject.perform(samples.PLUG_IN)) == "left arm at CP03"
    plain = PythonOperator("rigs_under_test:Sync", folder, {}, "CP03")
    assert asyncio.run(plain.perform(samples.PLUG_IN)) is None


def test_an_async_class_is_awaited_asked_and_closed(folder: Path) -> None:
    subject = operator(folder, "Async")

    async def scenario() -> None:
        await subject.perform(Reboot())
        await subject.close()

    assert subject.supports(Reboot)
    assert not subject.supports(PlugIn)
    asyncio.run(scenario())
    assert sys.modules["rigs_under_test"].done == [Reboot(), "closed"]


@pytest.mark.parametrize("name", ["Raises", "RaisesLater"])
def test_what_the_class_raises_is_told_with_its_own_lines(folder: Path, name: str) -> None:
    text = told(operator(folder, name))
    assert "ValueError: the arm is stuck" in text
    assert "rigs_under_test.py" in text
    assert "operators/python.py" not in text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Exits", "SystemExit"),
        ("Cannot", "no cable"),
        ("Partly", "does not implement PlugIn: no arm"),
        ("NoPerform", "has no method perform"),
        ("thing", "is not a class"),
        ("Missing", "has no attribute 'Missing'"),
        ("NeedsArm", "missing 1 required keyword-only argument"),
    ],
)
def test_what_cannot_work_is_told(folder: Path, name: str, text: str) -> None:
    subject = operator(folder, name)
    assert subject.supports(PlugIn)
    assert text in told(subject)


@pytest.mark.parametrize("module", ["broken_rig", "no_such_rig"])
def test_a_module_that_cannot_be_imported_is_told(folder: Path, module: str) -> None:
    text = told(PythonOperator(f"{module}:Rig", folder, {}))
    assert "ModuleNotFoundError: No module named" in text


def test_a_class_that_never_returns_holds_nothing_up(folder: Path) -> None:
    subject = operator(folder, "Hangs")
    assert subject.supports(PlugIn)
    rigs = sys.modules["rigs_under_test"]

    async def scenario() -> None:
        task = asyncio.create_task(subject.perform(samples.PLUG_IN))
        await asyncio.to_thread(rigs.entered.wait, 10)
        task.cancel()
        async with asyncio.timeout(5):
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(scenario())
    # The thread ends after its loop: nothing of it may be heard.
    rigs.release.set()
    for thread in threading.enumerate():
        if thread.name == "operator":
            thread.join(10)


def test_closing_what_was_never_used_imports_nothing(folder: Path) -> None:
    asyncio.run(operator(folder, "Sync").close())
    assert "rigs_under_test" not in sys.modules
