"""What a run saw of each feature that a system could declare, and whether that fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from conformance.verdict import Verdict
from reports.clues import ACTIONS, KEYS, VARIABLES
from reports.exchange import Exchange, Told, at_path, objects
from reports.run import CaseRecord, Feature

SHOWN: Final = 3
"""How many pieces of evidence of a kind are kept for a feature."""

_REFUSALS: Final = {"NotImplemented", "NotSupported"}
_NEGATED: Final = re.compile(r"\bnot\s+[\w.-]+|\bnot\s+\([^)]*\)")
_NO_LIST: Final = -1
_LIST: Final = {"GetLocalListVersion", "SendLocalList"}


class Holding(StrEnum):
    """Whether what was declared of a feature holds."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    UNDECLARED = "works, but is not declared"
    UNSEEN = "not seen"
    ABSENT = "absent"


@dataclass(frozen=True, kw_only=True)
class Clue:
    """Something that was seen in a case and speaks for a feature, or against it."""

    case: str
    text: str
    speaks_for: bool


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A feature with the clues to it; of many clues only the first ones."""

    feature: Feature
    holding: Holding
    clues: tuple[Clue, ...]


def pics(features: Iterable[Feature], cases: Iterable[Told]) -> tuple[Seen, ...]:
    """Compare each feature with what was seen of it."""
    found: dict[str, list[Clue]] = {}
    for case, exchanged in cases:
        for id_, clue in _clues(case, exchanged):
            kept = found.setdefault(id_, [])
            alike = [k.text for k in kept if k.speaks_for is clue.speaks_for]
            if len(alike) < SHOWN and clue.text not in alike:
                kept.append(clue)
    return tuple(_seen(feature, found.get(feature.id, [])) for feature in features)


def _seen(feature: Feature, clues: list[Clue]) -> Seen:
    against = [c for c in clues if not c.speaks_for]
    favour = [c for c in clues if c.speaks_for]
    if feature.declared:
        holding = (
            Holding.CONTRADICTED if against else Holding.CONFIRMED if favour else Holding.UNSEEN
        )
        return Seen(feature=feature, holding=holding, clues=(*against, *favour))
    holding = Holding.UNDECLARED if favour and not against else Holding.ABSENT
    return Seen(feature=feature, holding=holding, clues=(*favour, *against))


def _clues(case: CaseRecord, exchanged: Iterable[Exchange]) -> Iterator[tuple[str, Clue]]:
    switched_off = False
    for exchange in exchanged:
        changed = dict(_changed(exchange))
        switched_off |= changed.get("LocalAuthListEnabled", "").lower() == "false"
        for id_, text, speaks_for in _told(case.version, exchange):
            if switched_off and exchange.action in _LIST and not speaks_for:
                continue  # there is no list while it is switched off, whoever has one
            yield id_, Clue(case=case.id, text=text, speaks_for=speaks_for)
    needed = set(re.findall(r"[\w.-]+", _NEGATED.sub("", case.condition)))
    if case.verdict is Verdict.PASS and "or" not in needed:  # one of several may have been enough
        for id_ in sorted(needed - {"and", "not"}):
            yield id_, Clue(case=case.id, text="the case passed", speaks_for=True)


def _told(version: str, exchange: Exchange) -> Iterator[tuple[str, str, bool]]:
    feature = ACTIONS.get(version, {}).get(exchange.action)
    if feature:
        yield from ((feature, *what) for what in _action(exchange))
    if exchange.sender == "tool":
        settings = KEYS if version == "1.6" else VARIABLES
        for name, value in _settings(exchange):
            for id_, says in settings.get(name, ()):
                if (speaks := says(value)) is not None:
                    yield id_, f"{name} is {_short(value)}", speaks
    elif exchange.action == "NotifyReport":
        for name, value in _reported(exchange.payload):
            for id_, says in VARIABLES.get(name, ()):
                if (speaks := says(value)) is not None:
                    yield id_, f"{name} is {_short(value)}", speaks


def _action(exchange: Exchange) -> Iterator[tuple[str, bool]]:
    """Tell what an exchange says of the feature that its action belongs to."""
    if exchange.sender == "sut" and exchange.payload.get("status") == "Idle":
        return  # the answer to a TriggerMessage of who has nothing to tell
    if exchange.sender == "sut":
        yield f"sent {exchange.action}", True
        return
    if exchange.error in _REFUSALS:
        yield f"{exchange.action} was answered with {exchange.error}", False
    if exchange.error or exchange.answer is None:
        return
    status = exchange.reply.get("status")
    no_list = exchange.reply.get("listVersion") == _NO_LIST
    if no_list or (status == "NotSupported" and exchange.action != "TriggerMessage"):
        what = "listVersion -1" if no_list else "status NotSupported"
        yield f"{exchange.action} was answered with {what}", False
    elif status not in {"Rejected", *_REFUSALS}:
        yield f"{exchange.action} was answered{f' {status}' if status else ''}", True


def _settings(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yield names and values of the configuration: what the SUT has taken, or tells when asked."""
    yield from _changed(exchange)
    for key in objects(exchange.reply.get("configurationKey")):
        yield str(key.get("key")), str(key.get("value", ""))
    for result in objects(exchange.reply.get("getVariableResult")):
        if result.get("attributeStatus") == "Accepted" and "attributeValue" in result:
            yield _variable(result), str(result["attributeValue"])


def _changed(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yield the key and the value of a setting that the SUT has taken."""
    if exchange.action == "ChangeConfiguration" and exchange.reply.get("status") == "Accepted":
        yield str(exchange.payload.get("key")), str(exchange.payload.get("value", ""))


def _reported(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for data in objects(payload.get("reportData")):
        for attribute in objects(data.get("variableAttribute")):
            if attribute.get("type", "Actual") == "Actual" and "value" in attribute:
                yield _variable(data), str(attribute["value"])


def _variable(data: Mapping[str, Any]) -> str:
    return f"{at_path(data, 'component', 'name')}.{at_path(data, 'variable', 'name')}"


def _short(value: str, longest: int = 120) -> str:
    shown = value if len(value) <= longest else f"{value[:longest]}…"
    return shown or "empty"
