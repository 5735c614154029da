"""Random payloads, valid and with one fault, held against two validators."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from conformance.wire.sampling import Sampler, every_fault
from conformance.wire.schema import Direction, actions, schema, validator

SEED = 20260201
EVERY = [
    pytest.param(version, action, direction, id=f"{version}-{action}{direction}")
    for version in ("1.6", "2.0.1")
    for action in actions(version)
    for direction in ("Request", "Response")
]


def other(version: str, action: str, direction: Direction) -> Any:  # noqa: ANN401 - untyped
    """Return a validator of another make; numbers are decimal, as 8.1 is a multiple of 0.1."""
    rules = exact(schema(version, action, direction))
    return jsonschema.Draft6Validator(rules)


def exact(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON value with decimal numbers."""
    return json.loads(json.dumps(value), parse_float=Decimal)


def found(version: str, action: str, direction: Direction, payload: object) -> set[tuple[str, str]]:
    """Return where and by which keyword a payload is wrong."""
    check = validator(version)
    check_it = check.check_request if direction == "Request" else check.check_response
    return {(v.path, v.keyword) for v in check_it(action, payload)}


@pytest.mark.parametrize(("version", "action", "direction"), EVERY)
def test_what_is_valid_is_so_to_both_validators(
    version: str, action: str, direction: Direction
) -> None:
    sampler, second = Sampler(version, direction, SEED), other(version, action, direction)
    for _ in range(20):
        sample = sampler.valid(action)
        assert found(version, action, direction, sample.payload) == set()
        assert second.is_valid(exact(sample.payload))


@pytest.mark.parametrize(("version", "action", "direction"), EVERY)
def test_a_fault_is_the_only_one_to_both_validators(
    version: str, action: str, direction: Direction
) -> None:
    sampler, second = Sampler(version, direction, SEED), other(version, action, direction)
    for _ in range(20):
        sample = sampler.faulty(action)
        wrong = found(version, action, direction, sample.payload)
        assert (sample.path, sample.keyword) in wrong
        assert {path for path, _ in wrong} == {sample.path}
        if sample.keyword != "format":  # the other one looks at no format
            assert not second.is_valid(exact(sample.payload)), sample


def test_the_same_seed_makes_the_same_samples() -> None:
    one, again, another = (Sampler("2.0.1", "Request", seed) for seed in (1, 1, 2))
    made = [[s.faulty("SetChargingProfile") for _ in range(20)] for s in (one, again, another)]
    assert made[0] == made[1] != made[2]


def test_every_keyword_gets_its_turn() -> None:
    sampler = Sampler("2.0.1", "Request", SEED)
    counts = Counter(sampler.faulty(a).keyword for a in sampler.actions for _ in range(100))
    counts += Counter(sampler.faulty("NotifyEVChargingNeeds").keyword for _ in range(1000))
    texts = {"enum", "format", "maxLength"}
    numbers = {"minimum", "maximum", "minItems", "maxItems"}
    assert {"type", "required", "additionalProperties"} | texts | numbers <= counts.keys()


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_every_single_fault_is_one_to_a_second_validator(version: str) -> None:
    for action in actions(version):
        second = other(version, action, "Request")
        for sample in every_fault(version, action, "Request", without=("format",)):
            assert not second.is_valid(exact(sample.payload)), str(sample)


def test_a_fault_is_named_by_action_field_keyword_and_how_it_was_made() -> None:
    every = [str(s) for s in every_fault("1.6", "ChangeAvailability", "Request")]
    assert "ChangeAvailability.connectorId against required (exhaustive)" in every
    # Surplus, two that are missing, two types wrong in two ways each, an enum wrong in two.
    assert (len(every), len(set(every))) == (9, 6)
    assert str(Sampler("1.6", "Request", 7).faulty("ClearCache")).endswith("(seed 7)")
