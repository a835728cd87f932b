"""A server of embeddings on this machine alone, as slow to answer as one over a network; a process of its own.

`python -m perfkit.sample_targets.finite_memory.server LATENCY` prints its port, and ends when its input does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import weakref
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["WIDTH", "EmbeddingServer", "byte_counts"]

WIDTH = 256


def byte_counts(text: str) -> list[float]:
    """How often each byte comes in a text, as parts of the whole."""
    data = text.encode("utf-8")
    return [data.count(byte) / max(1, len(data)) for byte in range(WIDTH)]


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
        line = [sys.executable, "-m", f"{__package__}.server", str(latency_s)]
        running = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.close = weakref.finalize(self, _end, running)  # may be called again
        said = running.stdout.readline() if running.stdout else b""
        if not said.strip().isdigit():
            self.close()
            raise OSError(f"the embedding server did not start: exit code {running.returncode}")
        self.port = int(said)


def _end(running: subprocess.Popen[bytes]) -> None:
    running.kill()
    running.communicate()


def main(latency_s: float) -> None:
    """Serve until the input ends, which is when whoever started it is gone."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.latency_s = latency_s
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(float(sys.argv[1]))
