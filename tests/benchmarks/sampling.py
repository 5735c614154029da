"""Prints, as JSON, how many random payloads with one fault are made in a second.

Run it as `python -m tests.benchmarks.sampling`; 5,000 are the least.
"""

from __future__ import annotations

import json
import sys
import time

from conformance.wire.sampling import Sampler

TARGET = 5_000
SECONDS = 2.0


def per_second(version: str) -> float:
    """Return how many faulty requests, of all actions in turn, are made in a second."""
    sampler = Sampler(version, "Request", 1)
    for action in sampler.actions:
        sampler.faulty(action)  # the schemas are read
    done, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < SECONDS:
        for action in sampler.actions:
            sampler.faulty(action)
        done += len(sampler.actions)
    return done / passed


def main() -> None:
    """Print the rate for each version."""
    rates = {version: round(per_second(version)) for version in ("1.6", "2.0.1")}
    result = {"benchmark": "sampling", "per_second": rates, "target": TARGET}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
