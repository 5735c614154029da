"""Reading a template: which requests carry out each intent, with every problem told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

from conformance.operators.actions import Action
from conformance.operators.fixtures import FIXTURES
from conformance.operators.placeholders import (
    BUILT_IN,
    GENERAL,
    Placeholder,
    UnreadableTextError,
    derived,
    placeholders,
)
from conformance.sut_errors import Place, Problem, SutFileError, UnreadableSutError, nearest, shown

METHODS: Final = ("POST", "PUT", "PATCH", "GET", "DELETE")
TABLES: Final = ("version", "request", "options", "maps", "parts", "login", "intents", "fixtures")
KEYS: Final = ("method", "url", "query", "headers", "body", "status", "answer", "take")
INTENTS: Final[Mapping[str, type]] = {kind.__name__: kind for kind in get_args(Action)}
EACH: Final = {"each", "value"}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One HTTP request with its placeholders; `status` empty takes any 2xx.

    `answer` is what a JSON answer has to have in it, `take` names what later requests need of it.
    """

    url: str
    method: str = "POST"
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    status: tuple[int, ...] = ()
    answer: Mapping[str, Any] = field(default_factory=dict)
    take: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Template:
    """What a template says; the calls of an intent are made one after the other."""

    file: str
    intents: Mapping[str, tuple[Call, ...]]
    fixtures: Mapping[str, tuple[Call, ...]]
    login: tuple[Call, ...]
    options: Mapping[str, Any]
    maps: Mapping[str, Mapping[str, Any]]
    parts: Mapping[str, Any]


def read(
    path: Path,
    *,
    version: str,
    secrets: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
) -> Template:
    """Read a template for this OCPP version; `secrets` and `options` are what sut.toml has.

    Raises SutFileError, whose text lists every problem with file, line and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UnreadableSutError(str(path), f"cannot be read: {reason}") from error
    except tomllib.TOMLDecodeError as error:
        raise UnreadableSutError(str(path), f"is not TOML: {error}") from error
    reader = _Reader(tables, version, secrets, options or {})
    template = reader.template(str(path))
    if reader.problems:
        raise SutFileError(str(path), reader.problems, text)
    return template


class _Reader:
    """Takes a template apart, and collects what is wrong on the way."""

    def __init__(
        self,
        tables: Mapping[str, Any],
        version: str,
        secrets: Sequence[str],
        options: Mapping[str, Any],
    ) -> None:
        self.problems: list[Problem] = []
        self._tables, self._version = tables, version
        self._secrets, self._given = secrets, options
        self._taken: set[str] = set()

    def template(self, file: str) -> Template:
        self._known(self._tables, TABLES, ())
        if self._tables.get("version", self._version) != self._version:
            found = shown(self._tables["version"])
            self._wrong(("version",), f'"{self._version}", as sut.toml says', found)
        self._options = {**self._table(("options",)), **self._given}
        self._maps = {n: self._table(("maps", n)) for n in self._table(("maps",))}
        self._common = self._table(("request",))
        self._known(self._common, [k for k in KEYS if k not in ("url", "body", "take")], _REQUEST)
        login = self._calls(("login",), self._tables.get("login", []), None)
        self._lasting = set(self._taken)
        parts = self._table(("parts",))
        return Template(
            file=file,
            login=login,
            intents=self._named("intents", INTENTS),
            fixtures=self._named("fixtures", FIXTURES),
            options=self._options,
            maps=self._maps,
            parts=parts,
        )

    # The shape

    def _wrong(self, place: Place, expected: str, found: str = "", near: str = "") -> None:
        problem = Problem(place=place, expected=expected, found=found, nearest=near)
        if problem not in self.problems:  # a part is looked at wherever it is used
            self.problems.append(problem)

    def _known(self, table: Mapping[str, Any], names: Sequence[str], place: Place) -> None:
        for name in table:
            if name not in names:
                near = nearest(name, names)
                known = f"one of {', '.join(names)}"
                self._wrong((*place, name), known, "an unknown key", near)

    def _table(self, place: Place) -> Mapping[str, Any]:
        value: Any = self._tables
        for part in place:
            value = value.get(part, {})
        if isinstance(value, dict):
            return value
        self._wrong(place, "a table", shown(value))
        return {}

    def _named(self, section: str, kinds: Mapping[str, type]) -> Mapping[str, tuple[Call, ...]]:
        found = {}
        for name, value in self._table((section,)).items():
            if name not in kinds:
                near = nearest(name, kinds)
                self._wrong((section, name), f"a name of {section}", f'"{name}"', near)
                continue
            found[name] = self._calls((section, name), value, kinds[name])
        return found

    def _calls(self, place: Place, value: object, kind: type | None) -> tuple[Call, ...]:
        """Return the requests of one table, or of a list of tables."""
        self._taken = set() if kind is None else set(self._lasting)
        if isinstance(value, list):
            found = [self._call((*place, n), one, kind) for n, one in enumerate(value)]
        else:
            found = [self._call(place, value, kind)]
        return tuple(call for call in found if call is not None)

    def _call(self, place: Place, value: object, kind: type | None) -> Call | None:
        if not isinstance(value, dict):
            self._wrong(place, "a table with a url", shown(value))
            return None
        self._known(value, KEYS, place)
        count = len(self.problems)
        if "url" not in value:
            self._wrong((*place, "url"), 'a path such as "/start", or a whole address', "nothing")
        # A login comes before what all others have in common, such as its token.
        common = self._common if place[0] != "login" else {}
        whole = {**common, **value}
        for name in ("query", "headers", "answer", "take"):
            own = self._inner(place, value, name)
            whole[name] = {**self._inner(_REQUEST, common, name), **own}
        self._types(place, whole, value)
        self._texts(place, whole, kind)
        self._taken |= whole["take"].keys()
        if len(self.problems) > count:
            return None
        status = whole.pop("status", [])
        return Call(**whole, status=tuple(status) if isinstance(status, list) else (status,))

    def _inner(self, place: Place, table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        value = table.get(name, {})
        if isinstance(value, dict):
            return value
        self._wrong((*place, name), "a table", shown(value))
        return {}

    def _types(self, place: Place, whole: dict[str, Any], own: Mapping[str, Any]) -> None:
        def where(name: str) -> Place:
            return (*(place if name in own else _REQUEST), name)

        if whole.get("method", "POST") not in METHODS:
            known = ", ".join(METHODS)
            near = nearest(str(whole["method"]), METHODS)
            self._wrong(where("method"), f"one of {known}", shown(whole["method"]), near)
        status = whole.get("status", [])
        codes = status if isinstance(status, list) else [status]
        if not all(type(code) is int and 100 <= code < 600 for code in codes):  # noqa: PLR2004
            self._wrong(where("status"), "HTTP status codes such as [200, 201]", shown(status))
        if not isinstance(whole.get("url", ""), str):
            self._wrong(where("url"), "a text in quotes", shown(whole["url"]))
            whole["url"] = ""
        for name, path in whole["take"].items():
            if not isinstance(path, str):
                expected = 'the place of a value in the answer, such as "data.id"'
                self._wrong((*place, "take", name), expected, shown(path))

    # The placeholders

    def _texts(self, place: Place, whole: Mapping[str, Any], kind: type | None) -> None:
        names = _names(kind)
        for key in ("url", "query", "headers", "body"):
            self._look((*place, key), whole.get(key), names, parts=key == "body")

    def _look(self, place: Place, value: object, names: Mapping[str, Any], *, parts: bool) -> None:
        """Look at every text below `value`."""
        if isinstance(value, str):
            self._text(place, value, names, parts=parts)
        elif isinstance(value, list):
            for n, one in enumerate(value):
                self._look((*place, n), one, names, parts=parts)
        elif isinstance(value, dict) and "each" in value:
            self._each(place, value, names, parts=parts)
        elif isinstance(value, dict):
            for name, one in value.items():
                self._look((*place, name), one, names, parts=parts)

    def _each(
        self, place: Place, value: Mapping[str, Any], names: Mapping[str, Any], *, parts: bool
    ) -> None:
        lists = [name for name, is_list in names.items() if is_list]
        if value.keys() != EACH:
            keys = shown(sorted(value))
            self._wrong(place, "each and value, and nothing else", keys)
        elif value["each"] not in lists:
            expected = f"each to be a list of the intent ({', '.join(lists) or 'it has none'})"
            near = nearest(str(value["each"]), lists)
            self._wrong((*place, "each"), expected, shown(value["each"]), near)
        else:
            inside = {**names, "item": False}
            self._look((*place, "value"), value["value"], inside, parts=parts)

    def _text(self, place: Place, text: str, names: Mapping[str, Any], *, parts: bool) -> None:
        try:
            found = list(placeholders(text))
        except UnreadableTextError as error:
            self._wrong(place, str(error), shown(text))
            return
        for one in found:
            self._placeholder(place, one, names, parts=parts)

    def _placeholder(
        self, place: Place, one: Placeholder, names: Mapping[str, Any], *, parts: bool
    ) -> None:
        if one.filter and one.filter not in (*BUILT_IN, *self._maps):
            filters = (*BUILT_IN, *self._maps)
            expected = f"one of {', '.join(filters)} after the colon"
            self._wrong(place, expected, str(one), nearest(one.filter, filters))
        root, _, rest = one.name.partition(".")
        tables = {
            "option": sorted(self._options),
            "secret": sorted(self._secrets),
            "taken": sorted(self._taken),
            "part": sorted(self._table(("parts",))) if parts else [],
        }
        if root not in tables:
            all_names = [*names, *GENERAL]
            if one.name not in all_names:
                expected = f"a placeholder of {', '.join(all_names)}"
                self._wrong(place, expected, str(one), nearest(one.name, all_names))
        elif rest not in tables[root]:
            self._wrong(place, _HINTS[root], str(one), nearest(rest, tables[root]))
        elif root == "part":
            # Without parts in parts nothing can go round in circles.
            self._look(("parts", rest), self._table(("parts",))[rest], names, parts=False)


_REQUEST: Final = ("request",)
_HINTS: Final = {
    "option": "an option of [options] here, or of the operator in sut.toml",
    "secret": "a secret of the operator in sut.toml: secrets = {name = {env = ...}}",
    "taken": "what an earlier request or [login] has taken",
    "part": "a part of [parts], in a body and not in another part",
}


def _names(kind: type | None) -> Mapping[str, bool]:
    """Return the placeholders that an intent or a fixture has; true for those that are lists."""
    return dict(_fields(kind, "")) if kind is not None else {}


def _fields(kind: type, prefix: str) -> Iterator[tuple[str, bool]]:
    hints = get_type_hints(kind)
    for one in fields(kind):
        name = f"{prefix}{one.name}"
        yield name, getattr(hints[one.name], "__origin__", None) is tuple
        for inner in (hints[one.name], *get_args(hints[one.name])):
            if is_dataclass(inner) and isinstance(inner, type):
                yield from _fields(inner, f"{name}.")
                yield from ((f"{name}.{more}", False) for more in derived(inner))
