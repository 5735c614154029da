"""An operator that is a class of the user's."""

from __future__ import annotations

import asyncio
import functools
import importlib
import inspect
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from conformance.operators.actions import Action
from conformance.operators.base import CannotActError


class PythonOperator:
    """Hands each action to `perform(action)` of a class that the user names.

    The class is imported when it is first needed, from the import path or from `folder`, and is
    made with `options` as keyword arguments, and with `station` if it takes that. `perform` may
    be async or not; one that is not runs in a thread. `supports(kind)` and `close()` are used if
    the class has them.
    """

    name = "python"

    def __init__(
        self, target: str, folder: Path, options: Mapping[str, Any], station: str = ""
    ) -> None:
        self._target, self._folder, self._options = target, folder, dict(options)
        self._station = station
        self._made: Any = None

    def supports(self, kind: type[Action]) -> bool:
        """Ask the class, if it has an opinion; a class that cannot be made tells so later."""
        try:
            asked = getattr(self._object(), "supports", None)
            return bool(asked(kind)) if callable(asked) else True
        except Exception:  # noqa: BLE001 - the user's code; `perform` tells what is wrong
            return True

    async def perform(self, action: Action) -> str | None:
        """Hand over one action; whatever the class raises becomes a CannotActError.

        A text that the class returns says how it was done.
        """
        told = await self._call("perform", action)
        return told if isinstance(told, str) else None

    async def close(self) -> None:
        """Close the user's object, if there is one that can be closed."""
        if self._made is not None and callable(getattr(self._made, "close", None)):
            await self._call("close")

    async def _call(self, method: str, *arguments: object) -> object:
        try:
            function: Callable[..., object] = getattr(self._object(), method)
            # A coroutine function belongs into this loop, anything else may block it.
            called = functools.partial(function, *arguments)
            here = inspect.iscoroutinefunction(function)
            outcome = called() if here else await _in_thread(called)
            return await outcome if inspect.isawaitable(outcome) else outcome
        except CannotActError:
            raise
        except NotImplementedError as error:
            told = ", ".join(type(argument).__name__ for argument in arguments)
            raise CannotActError(f"{self._target} does not implement {told}: {error}") from error
        except (Exception, SystemExit) as error:
            raise CannotActError(f"{self._target} failed:\n{_trace(error)}") from error

    def _object(self) -> Any:  # noqa: ANN401 - of the user's class
        if self._made is None:
            module, _, name = self._target.partition(":")
            if str(self._folder) not in sys.path:
                # For good: the user's module may import its neighbours later.
                sys.path.append(str(self._folder))
            made: Any = importlib.import_module(module)
            for part in name.split("."):
                made = getattr(made, part)
            if not inspect.isclass(made):
                raise TypeError(f"{self._target} is not a class")
            if not callable(getattr(made, "perform", None)):
                raise TypeError(f"{self._target} has no method perform(action)")
            self._made = made(**self._arguments(made))
        return self._made

    def _arguments(self, made: Callable[..., object]) -> dict[str, Any]:
        """Return the options, and the station if the class wants to know it."""
        wanted = self._station and "station" in inspect.signature(made).parameters
        return {"station": self._station, **self._options} if wanted else self._options


def _trace(error: BaseException) -> str:
    # Our own frames say nothing to the user.
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if f.filename != __file__]
    lines = traceback.format_list(theirs) + traceback.format_exception_only(error)
    return "".join(lines).strip()


async def _in_thread(function: Callable[[], object]) -> object:
    """Run a function that may block; one that never returns holds up neither loop nor exit.

    The loop's own executor would be waited for when the loop ends.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[object] = loop.create_future()

    def settle(outcome: object, error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(outcome)
        else:
            done.set_exception(error)

    def run() -> None:
        outcome, error = None, None
        try:
            outcome = function()
        except BaseException as caught:  # noqa: BLE001 - handed over to whoever waits
            # A future refuses StopIteration, and SystemExit must not end the loop.
            odd = isinstance(caught, StopIteration) or not isinstance(caught, Exception)
            error = RuntimeError(repr(caught)) if odd else caught
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, outcome, error)

    threading.Thread(target=run, name="operator", daemon=True).start()
    return await done
