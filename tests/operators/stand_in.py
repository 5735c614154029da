"""A stand-in for a CSMS's HTTP interface on loopback, which checks every request."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


Answer = tuple[int, Any]


@dataclass
class StandIn:
    """What was asked, and the address; `answer` may be changed."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], Answer] = lambda _: (200, {"success": True})


@contextmanager
def stand_in(answer: Callable[[Asked], Answer] | None = None) -> Iterator[StandIn]:
    """Serve until the context ends."""
    subject = StandIn()
    if answer is not None:
        subject.answer = answer

    class Handler(BaseHTTPRequestHandler):
        def serve(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"]))
            url = urlsplit(self.path)
            asked = Asked(
                method=self.command,
                path=url.path,
                query=dict(parse_qsl(url.query, strict_parsing=bool(url.query))),
                headers=dict(self.headers),
                body=json.loads(text) if text else None,
            )
            subject.asked.append(asked)
            status, said = subject.answer(asked)
            told = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_POST = do_PUT = do_GET = serve  # noqa: N815 - the standard library's names

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        subject.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield subject
        finally:
            server.shutdown()
            thread.join()
