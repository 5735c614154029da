"""Which cases a run is about, and where they are implemented."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from conformance.cases import Case, cases_of
from conformance.catalogue import Entry


class ShadowedError(Exception):
    """A folder of the user's hides one of the packages `testcases` and `reports`."""


def testcases() -> ModuleType:
    """Return the package of the cases; raise ShadowedError where another one hides it."""
    return own("testcases")


def own(name: str) -> ModuleType:
    """Return our package of this name; raise ShadowedError where another one hides it."""
    here = Path(__file__).resolve().parent.parent / name
    package = importlib.import_module(name)
    found = [Path(place).resolve() for place in package.__path__]
    if here not in found[:1]:
        raise ShadowedError(
            f"{found[0] if found else name} hides the package {name} of ocpp-conformance"
            f" ({here}): run from another directory, or rename the folder"
        )
    return package


def modules() -> Iterator[ModuleType]:
    """Import and yield every module of the cases, in the order of the documents."""
    package = testcases()
    for info in pkgutil.walk_packages(package.__path__, "testcases."):
        if not info.ispkg:
            yield importlib.import_module(info.name)


@cache
def every_case() -> tuple[Case, ...]:
    """Return every implemented case, one for each version that it is for."""
    return tuple(
        case
        for module in modules()
        for _, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if function.__module__ == module.__name__
        for case in cases_of(function)
    )


@cache
def implemented() -> dict[str, Case]:
    """Return every implemented case by its id, for the first version that it is for."""
    return {case.id: case for case in reversed(every_case())}


def case_for(entry: Entry) -> Case | None:
    """Return the implemented case of an entry of the catalogue, or None."""
    return _by_entry().get((entry.version, entry.id))


@cache
def _by_entry() -> dict[tuple[str, str], Case]:
    return {(case.entry.version, case.id): case for case in every_case()}
