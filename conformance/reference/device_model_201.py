"""The device model of the reference charging station: variables, and the rules to read and set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

Data: TypeAlias = Mapping[str, Any]  # a payload or a part of one, keys in snake_case
Place: TypeAlias = tuple[int, int]  # EVSE and connector; 0 stands for none
_LISTS = ("OptionList", "SequenceList", "MemberList")


@dataclass(kw_only=True)
class Variable:
    """One variable with its Actual value; `kind` is its dataType.

    `now` replaces the value where it is read off something; `pending` is set, and takes effect
    at the next boot.
    """

    component: str
    name: str
    value: str
    kind: str = "string"
    mutability: str = "ReadOnly"
    instance: str = ""
    place: Place = (0, 0)
    unit: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    reboot: bool = False
    now: Callable[[], str] | None = field(default=None, repr=False)
    pending: str | None = None

    def read(self) -> str:
        """Return the value as text."""
        return self.now() if self.now else self.value

    def allows(self, text: str) -> bool:
        """Say whether `text` has the right form and lies in the range (B05.FR.07, B05.FR.08)."""
        if self.kind == "boolean":
            return text in {"true", "false"}
        if self.kind in {"integer", "decimal"}:
            return self._allows_number(text)
        if self.kind in _LISTS and self.choices:
            members = text.split(",") if text else []
            return set(members) <= set(self.choices) and len(members) == len(set(members))
        return True

    def _allows_number(self, text: str) -> bool:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return False
        if not number.is_finite() or (self.kind == "integer" and number != int(number)):
            return False
        above = self.low is None or number >= Decimal(str(self.low))
        return above and (self.high is None or number <= Decimal(str(self.high)))


class DeviceModel:
    """All variables of one station, and the answers to the requests about them."""

    def __init__(self, variables: Iterable[Variable]) -> None:
        self._all = list(variables)

    def text(self, component: str, name: str, instance: str = "") -> str:
        """Return a value of the station itself; KeyError when there is no such variable."""
        return self._own(component, name, instance).read()

    def write(self, component: str, name: str, text: str) -> None:
        """Set a value of the station itself, whatever the CSMS may do."""
        self._own(component, name).value = text

    def number(self, component: str, name: str, instance: str = "") -> int:
        """Return an integer of the station itself."""
        return int(self.text(component, name, instance))

    def flag(self, component: str, name: str) -> bool:
        """Return a boolean of the station itself."""
        return self.text(component, name) == "true"

    def members(self, component: str, name: str) -> frozenset[str]:
        """Return the members of a list of the station itself."""
        return frozenset(part for part in self.text(component, name).split(",") if part)

    def apply_pending(self) -> None:
        """Let the values take effect that were waiting for a boot."""
        for variable in self._all:
            if variable.pending is not None:
                variable.value, variable.pending = variable.pending, None

    def answer_get(self, data: Data) -> dict[str, Any]:
        """Return the GetVariableResult for one GetVariableData (B06)."""
        found = self._lookup(data)
        value: str | None = None
        if isinstance(found, str):
            status = found
        elif found.mutability == "WriteOnly":
            status = "Rejected"
        else:
            status, value = "Accepted", found.read()
        return _echo(data, status) | ({} if value is None else {"attribute_value": value})

    def answer_set(self, data: Data) -> dict[str, Any]:
        """Set a variable, and return the SetVariableResult for one SetVariableData (B05)."""
        found = self._lookup(data)
        if isinstance(found, str):
            return _echo(data, found)
        text = str(data["attribute_value"])
        if found.mutability == "ReadOnly":
            return _echo(data, "Rejected", "ReadOnly")
        if not found.allows(text):
            return _echo(data, "Rejected", "InvalidValue")
        if found.reboot:
            found.pending = text
            return _echo(data, "RebootRequired")
        found.value = text
        return _echo(data, "Accepted")

    def base_report(self, base: str) -> list[dict[str, Any]]:
        """Return the ReportData of a FullInventory, ConfigurationInventory or SummaryInventory."""
        return [_report(v) for v in self._all if _in_base(v, base)]

    def report(
        self, criteria: Iterable[str], wanted: Iterable[Data] | None
    ) -> list[dict[str, Any]]:
        """Return the ReportData for a GetReportRequest (B08.FR.05 to B08.FR.25)."""
        chosen = list(self._all)
        if wanted is not None:
            wishes = list(wanted)
            chosen = [v for v in chosen if any(_wished(v, wish) for wish in wishes)]
        names = list(criteria)
        if names:
            chosen = [v for v in chosen if any(self._meets(v, name) for name in names)]
        return [_report(v) for v in chosen]

    def _own(self, component: str, name: str, instance: str = "") -> Variable:
        found = self._find(component, (0, 0), name, instance)
        if not isinstance(found, Variable):
            raise KeyError(f"{component}.{name}")
        return found

    def _meets(self, variable: Variable, criterion: str) -> bool:
        state = [
            v.read()
            for v in self._all
            if (v.component, v.place, v.name) == (variable.component, variable.place, criterion)
        ]
        return state == ["true"] if state else criterion != "Problem"

    def _lookup(self, data: Data) -> Variable | str:
        component, variable = data["component"], data["variable"]
        if component.get("instance"):
            return "UnknownComponent"
        found = self._find(
            component["name"],
            _place(component),
            variable["name"],
            variable.get("instance") or "",
        )
        unknown_attribute = data.get("attribute_type", "Actual") != "Actual"
        if isinstance(found, Variable) and unknown_attribute:
            return "NotSupportedAttributeType"
        return found

    def _find(self, component: str, place: Place, name: str, instance: str) -> Variable | str:
        there = [v for v in self._all if _same(v.component, component) and v.place == place]
        if not there:
            return "UnknownComponent"
        for variable in there:
            if _same(variable.name, name) and _same(variable.instance, instance):
                return variable
        return "UnknownVariable"


def _same(one: str, other: str) -> bool:
    # Names of components and variables are case-insensitive (Part 2, ComponentType).
    return one.casefold() == other.casefold()


def _place(component: Data) -> Place:
    evse = component.get("evse") or {}
    return int(evse.get("id", 0)), int(evse.get("connector_id", 0))


def _echo(data: Data, status: str, reason: str = "") -> dict[str, Any]:
    result = {
        "attribute_status": status,
        "attribute_type": data.get("attribute_type", "Actual"),
        "component": data["component"],
        "variable": data["variable"],
    }
    return result | ({"attribute_status_info": {"reason_code": reason}} if reason else {})


def _in_base(variable: Variable, base: str) -> bool:
    if base == "ConfigurationInventory":
        return variable.mutability != "ReadOnly"
    if base == "SummaryInventory":
        return variable.name in {"AvailabilityState", "Available", "Problem"}
    return True


def _wished(variable: Variable, wish: Data) -> bool:
    component, named = wish["component"], wish.get("variable") or {}
    evse, connector = _place(component)
    here = (
        _same(variable.component, component["name"])
        and not component.get("instance")
        and evse in {0, variable.place[0]}
        and connector in {0, variable.place[1]}
    )
    if not here or not named:
        return here
    instance = named.get("instance")
    return _same(variable.name, named["name"]) and (
        not instance or _same(variable.instance, instance)
    )


def _report(variable: Variable) -> dict[str, Any]:
    component: dict[str, Any] = {"name": variable.component}
    evse, connector = variable.place
    if evse:
        component["evse"] = {"id": evse} | ({"connector_id": connector} if connector else {})
    named = {"name": variable.name}
    attribute: dict[str, Any] = {"type": "Actual", "mutability": variable.mutability}
    if variable.mutability != "WriteOnly":
        attribute["value"] = variable.read()
    characteristics: dict[str, Any] = {"data_type": variable.kind, "supports_monitoring": False}
    more = {
        "unit": variable.unit,
        "values_list": ",".join(variable.choices),
        "min_limit": variable.low,
        "max_limit": variable.high,
    }
    characteristics |= {key: value for key, value in more.items() if value not in {"", None}}
    return {
        "component": component,
        "variable": named | ({"instance": variable.instance} if variable.instance else {}),
        "variable_attribute": [attribute],
        "variable_characteristics": characteristics,
    }
