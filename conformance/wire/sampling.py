"""Random valid payloads, and random payloads with one fault, by the official schemas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any, Final

from conformance.wire.samples import BAD, OF_ANOTHER_TYPE, mutants
from conformance.wire.schema import Direction, Schema, actions, schema

_LETTERS: Final = 'abcXYZ 0189-_.:/%"\\éΩ充🔌'
_TIMES: Final = (
    "2026-02-01T10:00:00Z",
    "2026-02-01T10:00:00.5Z",
    "2026-02-01T10:00:00.123+01:00",
    "2026-12-31T23:59:59.999999-11:30",
)
_ADDRESSES: Final = ("ftp://127.0.0.1/log", "https://localhost:8443/a%20b?c=d")
_LONGEST: Final = 20
_MOST: Final = 3
_WHOLE: Final = (0, 1, 7, 2147483647)
_BROKEN: Final = (0, 0.1, 8.1, 16, 230.5)


@dataclass(frozen=True)
class Sample:
    """A payload; with a fault, `path` and the `keyword` of the schema say where and which.

    `made` says how the same one is made again.
    """

    action: str
    payload: dict[str, Any]
    path: str = ""
    keyword: str = ""
    made: str = ""

    def __str__(self) -> str:
        place = f"{self.action}.{self.path}" if self.path else self.action
        return f"{place} against {self.keyword} ({self.made})"


@dataclass(frozen=True, kw_only=True)
class _Node:
    """One place of a schema, its references resolved."""

    kind: str
    rules: Schema
    fields: tuple[tuple[str, bool, _Node], ...] = ()
    item: _Node | None = None
    faults: tuple[str, ...] = ()


@dataclass
class _Placed:
    """A value of a payload: where it is, and what its schema says."""

    node: _Node
    parent: Any
    key: str | int
    path: str

    def put(self, value: object) -> None:
        self.parent[self.key] = value


@dataclass
class Sampler:
    """Makes payloads of one version and direction; the same seed makes the same ones.

    Every field is a vendor's to leave out where it is optional, so each sample has others.
    """

    version: str
    direction: Direction
    seed: int
    _random: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 - reproducible, not secret

    @property
    def actions(self) -> Sequence[str]:
        """The actions that there are."""
        return actions(self.version)

    def valid(self, action: str) -> Sample:
        """Return a valid payload of an action."""
        return Sample(action, self._payload(action, []))

    def shuffled(self, names: Sequence[str]) -> list[str]:
        """Return `names` in a random order."""
        return self._random.sample(names, len(names))

    def faulty(self, action: str, *, without: Sequence[str] = ()) -> Sample:
        """Return a payload of an action with exactly one fault that its schema knows.

        Faults against the keywords `without` are left out.
        """
        placed: list[_Placed] = []
        payload = self._payload(action, placed)
        all_ = [fault for fault in _faults(placed) if fault[0] not in without]
        keyword, place, path = self._random.choice(all_)
        self._break(keyword, place, path)
        return Sample(action, payload, path, keyword, f"seed {self.seed}")

    # Making

    def _payload(self, action: str, placed: list[_Placed]) -> dict[str, Any]:
        root: dict[str, Any] = {}
        node = _tree(self.version, action, self.direction)
        root["payload"] = self._make(node, root, "payload", "", placed)
        made: dict[str, Any] = root["payload"]
        return made

    def _make(
        self,
        node: _Node,
        parent: Any,  # noqa: ANN401 - an object or an array
        key: str | int,
        path: str,
        placed: list[_Placed],
    ) -> Any:  # noqa: ANN401 - any JSON value
        placed.append(_Placed(node, parent, key, path))
        if node.kind == "object":
            made: dict[str, Any] = {}
            for name, required, sub in node.fields:
                if required or self._random.random() < 0.5:  # noqa: PLR2004 - a coin
                    below = f"{path}.{name}" if path else name
                    made[name] = self._make(sub, made, name, below, placed)
            return made
        if node.kind == "array" and node.item is not None:
            low = max(1, node.rules.get("minItems", 1))
            many = self._random.randint(
                low, max(low, min(_MOST, node.rules.get("maxItems", _MOST)))
            )
            items: list[Any] = []
            for n in range(many):
                items.append(None)
                items[n] = self._make(node.item, items, n, f"{path}[{n}]", placed)
            return items
        return self._scalar(node)

    def _scalar(self, node: _Node) -> object:
        rules, choice = node.rules, self._random.choice
        if "enum" in rules:
            return choice(rules["enum"])
        match node.kind:
            case "string":
                return self._text(rules)
            case "boolean":
                return choice((True, False))
            case "integer" | "number":
                numbers = _WHOLE if node.kind == "integer" else _BROKEN
                low, high = rules.get("minimum", 0), rules.get("maximum", 2**31)
                return choice([n for n in numbers if low <= n <= high] or [low])
        return {"any": ["thing"]}

    def _text(self, rules: Schema) -> str:
        match rules.get("format"):
            case "date-time":
                return self._random.choice(_TIMES)
            case "uri":
                return self._random.choice(_ADDRESSES)
        longest = min(_LONGEST, rules.get("maxLength", _LONGEST))
        return "".join(self._random.choices(_LETTERS, k=self._random.randint(1, longest)))

    # Breaking

    def _break(self, keyword: str, place: _Placed, path: str) -> None:
        rules, here = place.node.rules, place.parent[place.key]
        if keyword == "required":
            del here[path.rpartition(".")[2]]
        elif keyword == "additionalProperties":
            here["surplus"] = 1
        elif keyword == "type":
            place.put(self._random.choice((OF_ANOTHER_TYPE[place.node.kind], None)))
        else:
            place.put(self._random.choice(BAD[keyword](rules[keyword], here)))


def every_fault(
    version: str, action: str, direction: Direction, *, without: Sequence[str] = ()
) -> Iterator[Sample]:
    """Yield a payload with every field that there is, once for each fault that it can have.

    Faults against the keywords `without` are left out.
    """
    for mutant in mutants(schema(version, action, direction)):
        if mutant.keyword not in without and isinstance(mutant.payload, dict):
            yield Sample(action, mutant.payload, mutant.path, mutant.keyword, "exhaustive")


def _faults(placed: Sequence[_Placed]) -> Iterator[tuple[str, _Placed, str]]:
    for place in placed:
        for keyword in place.node.faults:
            if keyword == "required":
                for name in place.node.rules["required"]:
                    yield keyword, place, f"{place.path}.{name}".lstrip(".")
            elif keyword == "additionalProperties":
                yield keyword, place, f"{place.path}.surplus".lstrip(".")
            elif keyword != "type" or place.path:
                yield keyword, place, place.path


_KEYWORDS: Final = (
    *("enum", "format", "maxLength", "maximum", "minimum", "maxItems", "minItems"),
    *("multipleOf", "required"),
)


@cache
def _tree(version: str, action: str, direction: Direction) -> _Node:
    found = schema(version, action, direction)
    return _node(found, found.get("definitions", {}))


def _node(rules: Schema, definitions: Schema) -> _Node:
    if "$ref" in rules:
        rules = definitions[rules["$ref"].rsplit("/", 1)[-1]]
    kind, required = rules.get("type", ""), rules.get("required", ())
    faults: list[str] = [keyword for keyword in _KEYWORDS if keyword in rules]
    if rules.get("minItems") == 0:
        faults.remove("minItems")
    if kind in OF_ANOTHER_TYPE:
        faults.append("type")
    if kind == "object" and rules.get("additionalProperties") is False:
        faults.append("additionalProperties")
    return _Node(
        kind=kind,
        rules=rules,
        fields=tuple(
            (name, name in required, _node(sub, definitions))
            for name, sub in rules.get("properties", {}).items()
        ),
        item=_node(rules["items"], definitions) if kind == "array" else None,
        faults=tuple(faults),
    )
