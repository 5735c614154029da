"""Whatever a client says first: it is read or it is not, and nothing breaks."""

from __future__ import annotations

import pytest

from conformance.wire.client_hello import parse_client_hello
from tests.attackers_tls import hello
from tests.wire.fuzzing import seeded

HEADER = 5  # bytes of a record's


def test_no_hello_breaks_who_reads_it(request: pytest.FixtureRequest) -> None:
    count = 200_000 if request.config.getoption("--nightly") else 5_000
    random, good = seeded(request.config.getoption("--fuzz-seed"), "hello"), hello()[HEADER:]
    read = 0
    for number in range(count):
        mutant = bytearray(good)
        for _ in range(random.randint(1, 6)):
            at = random.randrange(len(mutant))
            mutant[at : at + random.randint(0, 3)] = random.randbytes(random.randint(0, 3))
        try:
            found = parse_client_hello(bytes(mutant))
        except Exception as bug:
            raise AssertionError(f"mutant {number}: {mutant.hex()}") from bug
        if found is not None:
            read += 1
            str(found).encode()
    assert 0 < read < count
