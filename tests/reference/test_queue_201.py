"""What a 2.0.1 station sends that arose while it was offline."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.reference.bench_201 import BEGIN, Bench, run, settle


@pytest.mark.parametrize("fault", ["", "stamps-when-sent"])
def test_an_event_has_the_time_at_which_it_arose(fault: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        bench.reachable = False
        await bench.cut()
        bench.forget()
        await bench.plug_out()
        await settle(100)
        bench.reachable = True
        await settle(100)
        (told,), (sent,) = (
            bench.calls("station", "TransactionEvent"),
            bench.times("TransactionEvent"),
        )
        assert (told["eventType"], told["offline"]) == ("Ended", True)
        stamped = (datetime.fromisoformat(told["timestamp"]) - BEGIN).total_seconds()
        assert sent > 100
        assert stamped == pytest.approx(sent if fault else 2, abs=5)

    run(lambda: Bench(station_faults=[fault] if fault else []), test)
