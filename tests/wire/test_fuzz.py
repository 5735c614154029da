"""Whatever a peer sends: it is read without an exception, and what is told of it is bounded.

With `--nightly` there are a million inputs; `--fuzz-seed` says which. What was once found is in
`finds.py`, and is tried again.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from conformance.wire.frames import Finding, parse
from conformance.wire.rules import Rules
from conformance.wire.schema import validator
from tests.wire.finds import FINDS
from tests.wire.fuzzing import KINDS, Kind, inputs

VERSIONS = ("1.6", "2.0.1")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_nothing_breaks_the_reader_and_the_rules(
    kind: Kind, version: str, request: pytest.FixtureRequest
) -> None:
    count = (1_000_000 if request.config.getoption("--nightly") else 20_000) // 8
    seed = request.config.getoption("--fuzz-seed")
    assert read_all(inputs(kind, version, seed, count), version, f"of seed {seed}")


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_found_once_stays_mended(version: str) -> None:
    told = read_all(FINDS.values(), version, "of the finds")
    assert len(FINDS) - 3 <= told, "nearly all of it is wrong"


@pytest.mark.parametrize("what", FINDS)
def test_of_one_message_so_much_is_told_and_no_more(what: str) -> None:
    found, findings = parse(FINDS[what], "1.6")
    if found is not None:
        findings = (*findings, *Rules("1.6", validator("1.6")).received(found, 0.0))
    assert len(findings) <= 200


def read_all(data: Iterable[str | bytes], version: str, source: str) -> int:
    """Read all of it as one connection; return of how many inputs something is told."""
    rules = Rules(version, validator(version))
    told = 0
    for number, each in enumerate(data):
        try:
            found, findings = parse(each, version)
            if found is not None:
                findings = (*findings, *rules.received(found, float(number)))
        except Exception as bug:
            raise AssertionError(f"input {number} {source}: {each!r:.2000}") from bug
        assert all(map(bounded, findings)), f"input {number} {source}: {findings!r:.2000}"
        told += bool(findings)
    return told


def bounded(finding: Finding) -> bool:
    """Tell whether what a finding says fits on a screen, and can be written down."""
    finding.text.encode()
    return len(finding.text) < 1000 and len(finding.where) < 1000
