"""A server of embeddings on this machine alone, as slow to answer as one over a network."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

__all__ = ["EmbeddingServer", "byte_counts"]

WIDTH = 256


def byte_counts(text: str) -> list[float]:
    """How often each byte comes in a text, as parts of the whole."""
    data = np.frombuffer(text.encode("utf-8"), np.uint8)
    counts: list[float] = (np.bincount(data, minlength=WIDTH) / max(1, len(data))).tolist()
    return counts


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # as many as may ask at once, or connections wait a second to be tried again
    latency_s = 0.0


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(self.server.latency_s)
        body = json.dumps([byte_counts(text) for text in texts]).encode("ascii")
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: nobody reads it."""


class EmbeddingServer:
    """Answers on a free port of the loopback interface until it is closed; every answer takes `latency_s`."""

    def __init__(self, latency_s: float) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.latency_s = latency_s
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it; may be called again."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
