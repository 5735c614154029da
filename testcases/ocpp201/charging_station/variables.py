"""Configuration states of OCPP 2.0.1: variables of the device model, put back afterwards."""

from __future__ import annotations

from conformance import Inconclusive, State, Station, state
from conformance.ocpp201.messages import (
    GetVariableDataType,
    GetVariablesRequest,
    SetVariablesRequest,
    SetVariablesResponse,
    VariableType,
)


def configuration(**wanted: str | None) -> State:
    """Return the configuration state with these variables, named Component__Variable.

    One of several instances is named Component__Variable__Instance.

    Each is asked for by itself: a station may take one in a message only (B06.FR.16).
    A variable that the station does not have is left alone, one with None is only read and put
    back; `station.memory` then holds what each of them is ("AuthCtrlr.Enabled").
    """

    @state("Configuration")
    async def configured(station: Station) -> None:
        for name, value in wanted.items():
            component, variable, *instance = name.split("__")
            asked = GetVariablesRequest(getVariableData=[_named(component, variable, *instance)])
            found = (await station.call(1, asked))["getVariableResult"][0]
            if found["attributeStatus"] != "Accepted":
                station.remark(2, f"{component}.{variable}: {found['attributeStatus']}")
                continue
            old = found.get("attributeValue", "")
            station.memory[f"{component}.{variable}"] = old.lower()
            put_back = _setting(component, variable, old, *instance)
            if value is None or old.lower() == value.lower():
                if value is None:
                    station.undo.append(put_back)
                continue
            changed = await station.call(3, _setting(component, variable, value, *instance))
            if changed["setVariableResult"][0]["attributeStatus"] != "Accepted":
                raise Inconclusive(
                    f"{component}.{variable} is {old} and could not be set to {value}:"
                    f" {changed['setVariableResult'][0]['attributeStatus']}"
                )
            station.undo.append(put_back)
            station.memory[f"{component}.{variable}"] = value.lower()

    return configured


def _named(component: str, variable: str, *instance: str) -> GetVariableDataType:
    name: VariableType = {"name": variable}
    if instance:
        name["instance"] = instance[0]
    return {"component": {"name": component}, "variable": name}


def _setting(component: str, variable: str, value: str, *instance: str) -> SetVariablesRequest:
    named = _named(component, variable, *instance)
    return SetVariablesRequest(
        setVariableData=[
            {
                "component": named["component"],
                "variable": named["variable"],
                "attributeValue": value,
            }
        ]
    )


def set_accepted() -> SetVariablesResponse:
    """Require that the one variable was set."""
    return SetVariablesResponse(setVariableResult=[{"attributeStatus": "Accepted"}])
