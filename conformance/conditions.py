"""Conditions over declared features: `C-44 or not AQ-6`, read, judged and explained.

The grammar, `and` binding tighter than `or`; the words in any case, the ids as they are:

    any  = all ("or" all)*
    all  = one ("and" one)*
    one  = "not" one | "(" any ")" | id
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias

Operator: TypeAlias = Literal["or", "and", "not", "id"]

_TOKEN: Final = re.compile(r"\s*([()]|[A-Za-z0-9][A-Za-z0-9.-]*)")
_WORDS: Final = frozenset({"and", "or", "not"})
_BINDING: Final[dict[Operator, int]] = {"or": 0, "and": 1, "not": 2, "id": 3}


class ConditionError(ValueError):
    """A text is not a condition; the message says at which character and why."""


@dataclass(frozen=True)
class Condition:
    """A condition over features; `and` of nothing always holds.

    `parts` are the operands of `or`, `and` and `not`, `name` is the feature of an `id`.
    """

    operator: Operator
    parts: tuple[Condition, ...] = ()
    name: str = ""

    def holds(self, features: AbstractSet[str]) -> bool:
        """Tell whether a system that declares just `features` meets this condition."""
        if self.operator == "id":
            return self.name in features
        if self.operator == "not":
            return not self.parts[0].holds(features)
        judged = (part.holds(features) for part in self.parts)
        return all(judged) if self.operator == "and" else any(judged)

    def unmet(self, features: AbstractSet[str]) -> str:
        """Say what is missing and what was declared instead; empty when the condition holds.

        Of several conditions that must all hold, only the ones that do not are named.
        """
        missing = [part for part in self._demands() if not part.holds(features)]
        if not missing:
            return ""
        deciding = _joined("and", missing)
        declared = sorted(deciding.features() & features)
        return f"needs {deciding}; declared: {', '.join(declared) or 'none of them'}"

    def features(self) -> set[str]:
        """Return the ids that this condition names."""
        return {self.name} if self.name else set().union(*(p.features() for p in self.parts))

    def __str__(self) -> str:
        if self.operator == "id":
            return self.name
        if self.operator == "not":
            return f"not {self._inside(self.parts[0])}"
        return f" {self.operator} ".join(map(self._inside, self.parts))

    def _demands(self) -> tuple[Condition, ...]:
        return self.parts if self.operator == "and" else (self,)

    def _inside(self, part: Condition) -> str:
        # `not not A` needs no parentheses; `and` within `and` does not occur: it is flattened.
        looser = _BINDING[part.operator] < _BINDING[self.operator]
        return f"({part})" if looser else str(part)


@cache
def parse(text: str) -> Condition:
    """Read a condition; a blank text is one that always holds.

    Raises ConditionError where the text does not follow the grammar.
    """
    return _Reader(text).condition()


class _Reader:
    """Reads one condition, token by token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._next = 0

    def condition(self) -> Condition:
        if not self._tokens:
            return _joined("and", [])
        found = self._any()
        if self._peek():
            raise self._unexpected("and, or, or the end")
        return found

    def _any(self) -> Condition:
        return self._series("or", self._all)

    def _all(self) -> Condition:
        return self._series("and", self._one)

    def _series(self, word: Literal["or", "and"], operand: Callable[[], Condition]) -> Condition:
        parts = [operand()]
        while self._accept(word):
            parts.append(operand())
        return _joined(word, parts)

    def _one(self) -> Condition:
        if self._accept("not"):
            return Condition("not", (self._one(),))
        if self._accept("("):
            found = self._any()
            if not self._accept(")"):
                raise self._unexpected("and, or, or a closing parenthesis")
            return found
        name = self._peek()
        if not name or name in "()" or name.lower() in _WORDS:
            raise self._unexpected("a feature id")
        self._next += 1
        return Condition("id", name=name)

    def _peek(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _accept(self, word: str) -> bool:
        found = self._peek().lower() == word
        self._next += found
        return found

    def _unexpected(self, expected: str) -> ConditionError:
        token = self._peek()
        place = self._tokens[self._next][0] if token else len(self._text)
        came = f"'{token}'" if token else "the end"
        return ConditionError(
            f"expected {expected}, not {came}, at character {place + 1} of '{self._text}'"
        )


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    """Yield the place and the text of each token."""
    end = 0
    while text[end:].strip():
        token = _TOKEN.match(text, end)
        if token is None:
            place = len(text) - len(text[end:].lstrip())
            raise ConditionError(
                f"'{text[place]}' has no meaning, at character {place + 1} of '{text}'"
            )
        yield token.start(1), token[1]
        end = token.end()


def _joined(word: Literal["or", "and"], parts: Sequence[Condition]) -> Condition:
    """Join operands; what is joined by the same word already becomes one series."""
    if len(parts) == 1:
        return parts[0]
    flat = [p for part in parts for p in (part.parts if part.operator == word else (part,))]
    return Condition(word, tuple(flat))
