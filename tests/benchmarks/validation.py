"""Prints, as JSON, how many MeterValues of OCPP 1.6 are validated in a second.

Run it as `python -m tests.benchmarks.validation`; 50,000 are the least that a load test wants.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from conformance.wire.schema import validator

TARGET = 50_000
ROUNDS = 5
SECONDS = 0.5


def meter_values() -> dict[str, Any]:
    """Return a MeterValues.req of about 860 bytes: three phases of three measurands."""
    sampled = [
        {"value": "3661.5", "context": "Sample.Periodic", "measurand": measurand, "unit": unit}
        | ({"phase": phase} if phase else {})
        for measurand, unit, phases in (
            ("Energy.Active.Import.Register", "Wh", ("",)),
            ("Power.Active.Import", "W", ("L1", "L2", "L3")),
            ("Voltage", "V", ("L1-N", "L2-N", "L3-N")),
            ("Temperature", "Celsius", ("",)),
        )
        for phase in phases
    ]
    value = {"timestamp": "2026-02-01T10:00:00.000Z", "sampledValue": sampled}
    return {"connectorId": 1, "transactionId": 170001, "meterValue": [value]}


def per_second(payload: dict[str, Any]) -> float:
    """Return how many times in a second the payload is validated."""
    check = validator("1.6").check_request
    if check("MeterValues", payload):
        raise ValueError("the payload of the benchmark is not valid")
    done, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < SECONDS:
        for _ in range(1000):
            check("MeterValues", payload)
        done += 1000
    return done / passed


def main() -> None:
    """Print the best and the worst of some rounds."""
    payload = meter_values()
    rates = [round(per_second(payload)) for _ in range(ROUNDS)]
    result = {
        "benchmark": "validation",
        "message": "MeterValues 1.6",
        "bytes": len(json.dumps(payload, separators=(",", ":"))),
        "per_second": {"best": max(rates), "worst": min(rates)},
        "target": TARGET,
    }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
