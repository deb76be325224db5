"""The embedded zone: the program's own simulation of Make, and its switches."""

import json
import subprocess
import urllib.request

# The last group of every token and the marker in every secret of the zone.
CANARY = "c0ffeec0ffee"


class Zone:
    """A zone of its own for each proof."""

    def __init__(self, binary):
        self._process = subprocess.Popen(
            [binary, "sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True
        )
        first = json.loads(self._process.stdout.readline())
        self.address, self.token = first["zone"], first["operatorToken"]
        assert CANARY in self.token, "the zone's token carries no canary"

    def delay(self, path, seconds):
        """The next request to this path is answered late."""
        self._ask("POST", "faults", {"effect": {"kind": "delay", "ms": seconds * 1000}, "path": path, "times": 1})

    def requests(self):
        """Everything that reached the zone since the last `forget`, as `METHOD path`."""
        rows = json.loads(self._ask("GET", "requests"))["requests"]
        asked = (f"{row['method']} {row['path']}" for row in rows)
        return [line for line in asked if "/sandbox/" not in line]

    def forget(self):
        self._ask("DELETE", "requests")
        self._ask("DELETE", "faults")

    def _ask(self, method, switch, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/sandbox/{switch}", data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
