"""What fuzzing has found, and what is known to break readers of JSON: tried again every time."""

from __future__ import annotations

from collections.abc import Iterable

MANY = 20_000


def call(action: str, payload: str, uid: str = '"id"') -> str:
    """Return a CALL, whatever its parts are."""
    return f'[2,{uid},"{action}",{payload}]'


def data(value: str) -> str:
    """Return a DataTransfer with any value as its data."""
    return call("DataTransfer", f'{{"vendorId":"x","data":{value}}}')


def many(values: Iterable[str]) -> str:
    """Return a list of these values."""
    return f"[{','.join(values)}]"


STATUS = '{{"connectorId":{},"errorCode":"NoError","status":"Available"}}'
START = '{{"connectorId":1,"idTag":"x","meterStart":0,"timestamp":"{}"}}'
METER = (
    '{{"connectorId":1,"meterValue":[{{"timestamp":"2026-01-01T00:00:00Z","sampledValue":{}}}]}}'
)

FINDS: dict[str, str | bytes] = {
    "an integer with more digits than Python reads": data("9" * 5000),
    "a number that no double holds": call("StatusNotification", STATUS.format("1e999999")),
    "a fraction with very many digits": data(f"0.{'0' * MANY}1"),
    "many numbers that no double holds": data(many(["1e999"] * MANY)),
    "nested deeper than recursion goes": data("[" * MANY + "]" * MANY),
    "opened very often, and never closed": "[" * MANY,
    "nested as deep as is read, and very wide": data("[" * 150 + "[]," * MANY + "[]" + "]" * 150),
    "one name twice among very many": call(
        "DataTransfer", '{"a":1,"a":1' + "".join(f',"{n}":1' for n in range(MANY)) + "}"
    ),
    "one name very often": call("DataTransfer", "{" + '"a":1,' * MANY + '"a":1}'),
    "a name twice in very many objects": data(many(['{"a":1,"a":1}'] * MANY)),
    "very many values that the schema refuses": call(
        "MeterValues", f'{{"connectorId":1,"meterValue":{many(["{}"] * MANY)}}}'
    ),
    "very many names that the schema does not know": call(
        "StatusNotification", "{" + ",".join(f'"{n}":1' for n in range(MANY)) + "}"
    ),
    "very many samples": call("MeterValues", METER.format(many(['{"value":"1"}'] * MANY))),
    "NUL in an id and an action": '[2,"a\\u0000","Data\\u0000Transfer",{}]',
    "half a surrogate pair everywhere": '[2,"\\ud800","\\udfff",{"\\ud800":"\\udc00"}]',
    "very many halves of surrogate pairs": data(many(['"\\ud800"'] * MANY)),
    "half a surrogate pair that is not escaped": '[2,"a\ud800","Heartbeat",{}]',
    "a message type that is huge": f'[{"9" * 400},"a","Heartbeat",{{}}]',
    "a message type that is infinite": '[1e400,"a",{}]',
    "a message type that is nearly right": '[2.0000000000000001,"a","Heartbeat",{}]',
    "an id that is a huge number": call("Heartbeat", "{}", "1" * 5000),
    "an id that is very long": call("Heartbeat", "{}", f'"{"x" * MANY}"'),
    "an action that is very long": call("A" * MANY, "{}"),
    "an id that never ends": '[2,"' + '\\"' * MANY,
    "a word that is no number": data("NaN"),
    "an action that is a path": call("../../../../etc/passwd", "{}"),
    "an id that is a template": call("Heartbeat", "{}", '"{0.__class__}%s%n{{7*7}}"'),
    "a time that is none": call("StartTransaction", START.format("99999-99-99T99:99:99+99:99")),
    "a time before all times": call("StartTransaction", START.format("0001-01-01T00:00:00+23:59")),
    "a time after all times": call("StartTransaction", START.format("9999-12-31T23:59:60-23:59")),
    "samples of every odd text": call(
        "MeterValues",
        METER.format(
            many(f'{{"value":"{v}"}}' for v in ("1e999999", "NaN", "9" * 5000, "", "-", "٣"))
        ),
    ),
    "an answer to nothing, nested": '[3,"a",' + '{"a":' * 150 + "1" + "}" * 151,
    "an error of odd parts": '[4,"a",null,{},[]]',
    "nothing": "",
    "a zero byte": "\0",
    "white space": " " * MANY,
    "bytes that are no UTF-8": b'[2,"\xff\xfe","Heartbeat",{}]',
}
