"""An operator that a file describes: which HTTP requests make this CSMS do what is wished."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from conformance.operators.actions import Action
from conformance.operators.base import CannotActError
from conformance.operators.exchange import HttpAnswer, HttpRequest, exchange, refusal
from conformance.operators.fixtures import Fixture, name_of
from conformance.operators.placeholders import GONE, Filling, UnfillableError, moment, with_derived
from conformance.operators.template_file import Call, Template

HIDDEN: Final = "***"
UNAUTHORIZED: Final = 401


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class TemplateOperator:
    """Makes the requests of a template, one after the other, for one station.

    `base` stands before addresses that begin with a slash. Where the template has a login, it is
    made before the first request, and once more when a request is answered with 401. `limit` is
    for one request, in seconds.
    """

    name = "http-template"

    def __init__(
        self,
        template: Template,
        *,
        base: str,
        station: str,
        version: str,
        secrets: Mapping[str, str],
        limit: float = 300,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._template, self._base, self._limit = template, base.rstrip("/"), limit
        self._secrets, self._clock = secrets, clock
        self._context = {"station": station, "version": version, "option": template.options}
        self._taken: dict[str, Any] | None = None  # by the login, once that was made
        self._serial = 0

    def supports(self, kind: type[Action]) -> bool:
        """Tell whether the template has requests for actions of this kind."""
        return kind.__name__ in self._template.intents

    async def perform(self, action: Action) -> str:
        """Make the requests for an action; return what was sent and what was answered."""
        name = type(action).__name__
        if name not in self._template.intents:
            raise CannotActError(f"{self._template.file} has no [intents.{name}]")
        return await self._make(self._template.intents[name], asdict(action))

    def creates(self, kind: type[Fixture]) -> bool:
        """Tell whether the template has requests for fixtures of this kind."""
        return name_of(kind) in self._template.fixtures

    async def create(self, fixture: Fixture) -> str:
        """Create what the CSMS has to know; return what was sent and what was answered."""
        name = name_of(type(fixture))
        if name not in self._template.fixtures:
            raise CannotActError(f"{self._template.file} has no [fixtures.{name}]")
        return await self._make(self._template.fixtures[name], asdict(fixture))

    async def close(self) -> None:
        """Give back nothing: each request has its own connection."""

    async def _make(self, calls: tuple[Call, ...], values: Mapping[str, Any]) -> str:
        now, told = self._clock(), []
        known = await self._log_in(now)
        for call in calls:
            filling = self._filling(values, known, now)
            request, answer = await self._exchange(call, filling)
            if answer.status == UNAUTHORIZED and self._template.login:
                self._taken = None
                known |= await self._log_in(now)
                request, answer = await self._exchange(call, self._filling(values, known, now))
            known |= self._judged(call, request, answer)
            told.append(f"{request.shown}: {self._without_secrets(str(answer))}")
        return "; ".join(told)

    async def _log_in(self, now: datetime) -> dict[str, Any]:
        """Return what the login has taken; it is made if it is not made yet."""
        if self._taken is None:
            known: dict[str, Any] = {}
            for call in self._template.login:
                request, answer = await self._exchange(call, self._filling({}, known, now))
                known |= self._judged(call, request, answer)
            self._taken = known
        return dict(self._taken)

    def _filling(
        self, values: Mapping[str, Any], taken: Mapping[str, Any], now: datetime
    ) -> Filling:
        own = dict(values)
        if isinstance(own.get("profile"), Mapping):
            own["profile"] = with_derived(own["profile"], now)
        # Growing from run to run, too: a CSMS may remember the last one.
        self._serial = max(self._serial + 1, int(now.timestamp()))
        general = {"now": moment(now), "serial": self._serial}
        return Filling(
            values={**general, **self._context, "secret": self._secrets, "taken": taken, **own},
            maps=self._template.maps,
            parts=self._template.parts,
            now=now,
        )

    async def _exchange(self, call: Call, filling: Filling) -> tuple[HttpRequest, HttpAnswer]:
        try:
            request = self._request(call, filling)
        except UnfillableError as error:
            raise CannotActError(f"{self._template.file}: {error}") from error
        return request, await exchange(request, self._limit)

    def _request(self, call: Call, filling: Filling) -> HttpRequest:
        # Once as it is sent, and once as it may be shown.
        url, headers, body = self._filled(call, filling)
        shown_url, _, shown_body = self._filled(call, self._hidden(filling))
        told = f"{call.method} {shown_url}" + ("" if body is None else f" {json.dumps(shown_body)}")
        if body is not None:
            headers = {"Content-Type": "application/json", **headers}
        return HttpRequest(
            method=call.method,
            url=url,
            shown=told,
            headers=headers,
            body=None if body is None else json.dumps(body).encode(),
        )

    def _filled(self, call: Call, filling: Filling) -> tuple[str, dict[str, str], Any]:
        url = filling.text(call.url, _quoted)
        if url is GONE:
            raise UnfillableError(f"a value of {call.url} was not given")
        query = {name: filling.text(value) for name, value in call.query.items()}
        given = {name: value for name, value in query.items() if value is not GONE}
        if given:
            url += ("&" if "?" in url else "?") + urlencode(given, quote_via=quote, safe=HIDDEN)
        headers = {name: filling.text(value) for name, value in call.headers.items()}
        for name, value in headers.items():
            if value is not GONE and ("\r" in value or "\n" in value):
                raise UnfillableError(f"the header {name} would be more than one line")
        body = None if call.body is None else filling.json(call.body)
        return (
            url if "://" in call.url else self._base + url,
            {name: value for name, value in headers.items() if value is not GONE},
            {} if body is GONE else body,
        )

    def _hidden(self, filling: Filling) -> Filling:
        values = dict(filling.values)
        values["secret"] = dict.fromkeys(self._secrets, HIDDEN)
        # What a login gives is a secret; what other answers give is an id, or the like.
        taken = filling.values["taken"]
        login = taken if self._taken is None else self._taken
        values["taken"] = {**taken, **dict.fromkeys(login, HIDDEN)}
        if values.get("password"):
            values["password"] = HIDDEN
        return Filling(values=values, maps=filling.maps, parts=filling.parts, now=filling.now)

    def _judged(self, call: Call, request: HttpRequest, answer: HttpAnswer) -> dict[str, Any]:
        """Return what is taken from an answer; raises CannotActError unless it is a success."""
        wanted = call.status or range(200, 300)
        safe = HttpAnswer(answer.status, self._without_secrets(answer.text))
        if answer.status not in wanted:
            raise refusal(request, safe)
        if not (call.answer or call.take):
            return {}
        try:
            said = json.loads(answer.text)
        except ValueError as error:
            raise CannotActError(f"{request.shown}: the answer is no JSON: {safe}") from error
        # Some interfaces answer with a list, an element for each station.
        if not all(_has(one, call.answer) for one in (said if isinstance(said, list) else [said])):
            told = f"the answer does not have {json.dumps(call.answer)}: {safe}"
            raise CannotActError(f"{request.shown}: {told}")
        return {name: self._take(request, said, path) for name, path in call.take.items()}

    def _take(self, request: HttpRequest, said: Any, path: str) -> Any:  # noqa: ANN401
        value = said
        for part in path.split("."):
            try:
                value = value[int(part)] if isinstance(value, list) else value[part]
            except (KeyError, IndexError, TypeError, ValueError) as error:
                raise CannotActError(f"{request.shown}: the answer has no {path}") from error
        return value

    def _without_secrets(self, text: str) -> str:
        taken = (value for value in (self._taken or {}).values() if isinstance(value, str))
        for secret in (*self._secrets.values(), *taken):
            text = text.replace(secret, HIDDEN) if secret else text
        return text


def _quoted(text: str) -> str:
    return quote(text, safe=HIDDEN)


def _has(said: Any, wanted: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Tell whether all that is wanted is in what was said."""
    if isinstance(wanted, Mapping):
        inside = isinstance(said, Mapping)
        return inside and all(
            name in said and _has(said[name], one) for name, one in wanted.items()
        )
    return bool(said == wanted) and type(said) is type(wanted)
