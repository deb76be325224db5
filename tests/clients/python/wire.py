"""Listens in on the client's pipes without touching them: no program stands in between."""

import json
import os
import sys
import tempfile
import time

import anyio


class Child:
    """A server that the client started, and every byte that went to and fro."""

    def __init__(self, process, errors, kinds):
        self.process, self.kinds = process, kinds
        self.sent, self.received = bytearray(), bytearray()
        # Whether the client hung up while a call was under way.
        self.cut_off = False
        self._errors = errors
        self._hung_up = None
        send, receive, close = process.stdin.send, process.stdout.receive, process.stdin.aclose

        async def tapped_send(data):
            self.sent += data
            await send(data)

        async def tapped_receive(*most):
            data = await receive(*most)
            self.received += data
            return data

        async def tapped_close():
            self._hung_up = self._hung_up or time.monotonic()
            await close()

        process.stdin.send, process.stdin.aclose = tapped_send, tapped_close
        process.stdout.receive = tapped_receive

    def ended(self):
        """The exit code, and the time since the client closed its end."""
        return self.process.returncode, time.monotonic() - self._hung_up

    def errors(self):
        self._errors.seek(0)
        return self._errors.read()

    def requests(self):
        """What the client asked: id → (method, parameters)."""
        asked = (json.loads(line) for line in self.sent.splitlines())
        return {m["id"]: (m["method"], m.get("params")) for m in asked if "id" in m and "method" in m}

    def cancelled(self):
        sent = (json.loads(line) for line in self.sent.splitlines())
        return {m["params"]["requestId"] for m in sent if m.get("method") == "notifications/cancelled"}

    def answers(self):
        """Every line of the server's stdout; raises where one is not JSON."""
        return [json.loads(line) for line in bytes(self.received).decode().splitlines()]


class Tap:
    """Wraps `anyio.open_process`, through which the SDK starts servers."""

    def __init__(self):
        self.children = []
        original = anyio.open_process

        async def open_process(command, **options):
            # The SDK hands over its own stderr; ours is a file that can be read back.
            errors = tempfile.TemporaryFile("w+", encoding="utf-8")
            options["stderr"] = errors
            before = _descriptors()
            process = await original(command, **options)
            kinds = None
            if before:
                fresh = (target.split(":")[0] for target in _descriptors() - before)
                kinds = sorted({"pipe", "socket"} & set(fresh))
            self.children.append(Child(process, errors, kinds))
            return process

        anyio.open_process = open_process

    @property
    def child(self):
        return self.children[-1]


def _descriptors():
    """What this process has open; empty where the system does not say."""
    if not sys.platform.startswith("linux"):
        return set()
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            found.add(os.readlink(f"/proc/self/fd/{number}"))
        except FileNotFoundError:
            continue  # The listing's own descriptor.
    return found
