"""The pytest plugin: the options, and nothing else until a run asks for more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.run import Run


RUN: pytest.StashKey[Run] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a conformance run; all begin with --ocpp-."""
    group = parser.getgroup("ocpp", "OCPP conformance (active with --ocpp-sut)")
    add = group.addoption
    add("--ocpp-sut", action="append", default=[], metavar="FILE", help="declaration of the SUT")
    add("--ocpp-case", action="append", default=[], metavar="ID", help="run this case only")
    add("--ocpp-profile", action="append", default=[], metavar="NAME", help="run this profile only")
    add("--ocpp-results", metavar="DIR", help="results (default: results/<time>-<name>)")
    add("--ocpp-resume", metavar="DIR", help="go on with the run whose results are there")
    add("--ocpp-name", default="", metavar="NAME", help="name of the run")
    add("--ocpp-place", default="", metavar="TEXT", help="where the run is made, for the report")
    add("--ocpp-security-profile", choices="0123", help="another one than the declarations say")
    add("--ocpp-samples", type=int, metavar="N", help="random requests of a case that samples")
    add("--ocpp-seed", type=int, metavar="N", help="what they are made from")
    add("--ocpp-side-by-side", action="store_true", help="all systems at a time (not with -n)")
    add("--ocpp-exhaustive", action="store_true", help="no random ones, but every single fault")
    add(
        "--ocpp-strict", action="store_true", help="a remark on the system fails a case that passed"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the declarations, if there are any; without them the plugin does nothing."""
    config.addinivalue_line("markers", "ocpp_case(id): a case of the catalogue")
    config.addinivalue_line("markers", "ocpp_inconclusive(reason): it could not be judged")
    if not config.getoption("--ocpp-sut"):
        return
    from conformance.run import Run, RunError  # noqa: PLC0415 - only when a run asks for it

    try:
        run = Run.configured(config)
    except RunError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[RUN] = run
    config.pluginmanager.register(run, "ocpp_conformance_run")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Say clearly that a case needs a declaration, where someone runs one without."""
    if RUN in item.config.stash:
        return
    cases = getattr(getattr(item, "obj", None), "__dict__", {}).get("cases", ())
    if any(type(case).__module__ == "conformance.cases" for case in cases):
        pytest.skip("a conformance case needs --ocpp-sut sut.toml")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Any:  # noqa: ANN401
    """Collect the modules of the cases, whose names are the documents' sections."""
    if RUN not in parent.config.stash or file_path.suffix != ".py":
        return None
    from conformance.collect import collect  # noqa: PLC0415

    return collect(file_path, parent)
