"""What a peer could send: texts of random pieces, damaged frames, odd ones, and right ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import TypeAlias

from conformance.wire.frames import CallError, CallResult, serialize
from conformance.wire.sampling import Sampler

Kind: TypeAlias = Callable[[Random, Sampler], "str | bytes"]

WORDS = (
    *("[", "]", "{", "}", '"', ",", ":", "\\", "null", "true", "NaN", "-0", "1e999", "0" * 400),
    *("\x00", "\ud83d", "\u2028", "\\ud800", "\\u0000", "../../etc/passwd", "%s%n{0.__class__}"),
    *('"__proto__":1,', '"a":1,"a":2,', "[" * 200, '{"a":' * 200, "2", "3", "4", "9", "-1", "2.0"),
    *('"Heartbeat"', '"x"', "<script>alert(1)</script>", "\ufeff", "é", "🔌", " ", "\n", "1" * 40),
)
ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    2**70,
    1e308,
    "",
    "x" * 4000,
    [],
    {},
    [[]],
    {"": {}},
    "\x00",
    "🔌" * 40,
)


def words(random: Random, _: Sampler) -> str | bytes:
    """Return a text of random pieces."""
    text = "".join(random.choices(WORDS, k=random.randint(1, 12)))
    data = text.encode("utf-8", "surrogatepass")
    return data if random.random() < 0.1 else text


def bitten(random: Random, sampler: Sampler) -> str | bytes:
    """Return a frame with some characters changed, left out, or put in."""
    text = list(frame(random, sampler))
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(text) + 1)
        text[at : at + random.randint(0, 3)] = random.choice(WORDS)
    return "".join(text)


def swapped(random: Random, sampler: Sampler) -> str | bytes:
    """Return a frame with an odd element, one too many, or one too few."""
    elements = json.loads(frame(random, sampler))
    for _ in range(random.randint(1, 2)):
        at = random.randrange(len(elements)) if elements else 0
        elements[at : at + random.randint(0, 1)] = random.choices(ODD, k=random.randint(0, 2))
    return json.dumps(elements)


def whole(random: Random, sampler: Sampler) -> str | bytes:
    """Return a frame, as it is."""
    return frame(random, sampler)


def frame(random: Random, sampler: Sampler) -> str:
    """Return a frame of a random kind, whose payload has a fault or not."""
    uid = f"id{random.randint(1, 50)}"
    if random.random() < 0.2:
        return serialize(CallError(uid, random.choice(("GenericError", "?")), "", {}))
    action = random.choice(sampler.actions)
    sample = sampler.faulty(action) if random.random() < 0.5 else sampler.valid(action)
    if random.random() < 0.3:
        return serialize(CallResult(uid, sample.payload))
    return json.dumps([2, uid, action, sample.payload])


KINDS: tuple[Kind, ...] = (words, bitten, swapped, whole)


def seeded(*names: object) -> Random:
    """Return the same random numbers for the same names."""
    return Random("-".join(map(str, names)))  # noqa: S311 - reproducible, not secret


def inputs(kind: Kind, version: str, seed: int, count: int) -> Iterator[str | bytes]:
    """Yield the inputs of a kind; the same seed makes the same ones."""
    random = seeded(seed, kind.__name__, version)
    sampler = Sampler(version, "Request", seed)
    return (kind(random, sampler) for _ in range(count))
