"""Configuration states of OCPP 2.0.1: variables of the device model, put back afterwards."""

from __future__ import annotations

from conformance import Inconclusive, State, Station, state
from conformance.ocpp201.messages import (
    GetVariablesRequest,
    SetVariablesRequest,
    SetVariablesResponse,
)


def configuration(**wanted: str | None) -> State:
    """Return the configuration state with these variables, named Component__Variable.

    A variable that the station does not have is left alone, one with None is only read and put
    back; `station.memory` then holds what each of them is ("AuthCtrlr.Enabled").
    """

    @state("Configuration")
    async def configured(station: Station) -> None:
        names = [name.split("__") for name in wanted]
        known = await station.call(
            1,
            GetVariablesRequest(
                getVariableData=[
                    {"component": {"name": c}, "variable": {"name": v}} for c, v in names
                ]
            ),
        )
        for found in known["getVariableResult"]:
            component, variable = found["component"]["name"], found["variable"]["name"]
            value = wanted[f"{component}__{variable}"]
            if found["attributeStatus"] != "Accepted":
                station.remark(2, f"{component}.{variable}: {found['attributeStatus']}")
                continue
            old = found.get("attributeValue", "")
            station.memory[f"{component}.{variable}"] = old.lower()
            put_back = _setting(component, variable, old)
            if value is None or old.lower() == value.lower():
                if value is None:
                    station.undo.append(put_back)
                continue
            changed = await station.call(3, _setting(component, variable, value))
            if changed["setVariableResult"][0]["attributeStatus"] != "Accepted":
                raise Inconclusive(
                    f"{component}.{variable} is {old} and could not be set to {value}:"
                    f" {changed['setVariableResult'][0]['attributeStatus']}"
                )
            station.undo.append(put_back)
            station.memory[f"{component}.{variable}"] = value.lower()

    return configured


def _setting(component: str, variable: str, value: str) -> SetVariablesRequest:
    return SetVariablesRequest(
        setVariableData=[
            {
                "component": {"name": component},
                "variable": {"name": variable},
                "attributeValue": value,
            }
        ]
    )


def set_accepted() -> SetVariablesResponse:
    """Require that the one variable was set."""
    return SetVariablesResponse(setVariableResult=[{"attributeStatus": "Accepted"}])
