"""What every client has to see, whatever its age."""

import collections
import contextlib
import faulthandler
import json
import pathlib
import tempfile
import time

import anyio

from report import Report
from wire import Tap
from zone import CANARY, Zone

TEAM = 22
CONNECTION = 101
PENDING_REQUEST = "5ce00001-0000-4000-8000-000000000001"
# A server that takes longer to go is killed by its host.
PATIENCE_S = 2.0
# An answer of the embedded zone takes milliseconds; the delayed one 5 s.
AT_ONCE_S = 1.0
DELAY_S = 5
# A machine that stands still makes one of them late; a server that waits for something is late each time.
TRIES = 3
# How long something that has to happen may take; no bound on the server, which is not what is late then.
HAPPENS_S = 30
# All of it takes 8 s; a proof that hangs must not hang whoever runs it.
LONGEST_S = 240


class Refused(Exception):
    """The server answered with a JSON-RPC error."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


class Proof:
    """A run of all checks with one client.

    `connect(command, args, env)` is an async context manager; what it yields has `version`,
    `greeted`, `server`, `instructions`, `tools()`, `prompts()`, `prompt(name, arguments)`,
    `call(name, arguments, progress=None)` and `gave_up(id)`; results are dicts as on the wire.
    """

    # What the SDK itself raises when the server answers after the client hung up.
    stumbles = ()

    def __init__(self, name, binary, connect, version):
        faulthandler.dump_traceback_later(2 * LONGEST_S, exit=True)
        self.report, self.binary = Report(name), binary
        self.connect, self.version = connect, version
        self.tap, self.zone = Tap(), Zone(binary)
        self.home = tempfile.TemporaryDirectory(prefix="make-credentials-")

    def session(self):
        return self.connect(
            self.binary,
            ["serve"],
            {
                "MAKE_API_KEY": self.zone.token,
                "MAKE_ZONE": self.zone.address,
                "MAKE_CREDENTIALS_HOME": self.home.name,
            },
        )

    async def run(self):
        try:
            with anyio.fail_after(LONGEST_S):
                async with self.session() as client:
                    await self.greeting(client)
                    tools = await self.lists(client)
                    await self.reads(client)
                    await self.refusals(client)
                    await self.cancels(client)
                    await self.progress(client, tools)
                await self.ended("closes", self.closes)
                await self.closes_under_way()
                self.leaves_nothing()
        finally:
            self.zone.close()
            self.home.cleanup()

    async def greeting(self, client):
        check = self.report.check
        check(client.version == self.version, f"speaks {self.version}", client.version)
        kinds = self.tap.child.kinds
        if kinds is not None:
            check(kinds == ["pipe"], "reaches the server over pipes", kinds)
        if client.greeted:
            check(client.server == "make-credentials-mcp", "is told the server's name", client.server)
            check(bool(client.instructions), "is told the instructions")
        else:
            self.report.skip("is told name and instructions (this mode sends no opening request)")

    async def lists(self, client):
        check = self.report.check
        tools = {tool["name"]: tool for tool in await client.tools()}
        wanted = {"connections_list", "connections_get", "connections_delete"}
        check(wanted <= tools.keys(), f"lists {len(tools)} tools", sorted(tools))
        bare = [
            name
            for name, tool in tools.items()
            if not (tool.get("description") and tool.get("outputSchema") and tool.get("annotations"))
        ]
        check(not bare, "finds description, output schema and annotations on each", bare)
        prompts = {prompt["name"]: prompt for prompt in await client.prompts()}
        check("connect_app" in prompts, f"lists {len(prompts)} prompts", sorted(prompts))
        prompt = await client.prompt("connect_app", {"app": "slack"})
        text = prompt["messages"][0]["content"]["text"]
        check('"slack"' in text, "gets a prompt with its argument", prompt)
        code = await refusal(client.prompt("connect_app_no_such", {}))
        check(code == -32602, "is refused an unknown prompt with -32602", code)
        return tools

    async def reads(self, client):
        check = self.report.check
        listed = await client.call("connections_list", {"teamId": TEAM})
        check(is_answer(listed), "gets connections_list structured and as the same text", listed)
        ids = {row["id"] for row in listed["structuredContent"]["connections"]}
        check(CONNECTION in ids and 201 not in ids, f"sees the {len(ids)} connections of the team", ids)
        got = await client.call("connections_get", {"connectionId": CONNECTION})
        check(is_answer(got), "gets connections_get structured and as the same text", got)
        one = got["structuredContent"]["connection"]
        fits = (one["id"], one["teamId"], one["accountName"]) == (CONNECTION, TEAM, "google")
        check(fits and "jane@example.com" in one["name"], "reads the right connection", one)

    async def refusals(self, client):
        check = self.report.check
        self.zone.forget()
        bad = await client.call("connections_get", {"connectionId": "../../connections/77"})
        check(code_of(bad) == "invalid_arguments", "is refused a bad argument, as a result", bad)
        code = await refusal(client.call("connections_no_such", {}))
        check(code == -32602, "is refused an unknown tool with -32602", code)
        delete = await client.call("connections_delete", {"connectionId": 103})
        check(code_of(delete) == "confirmation_required", "cannot delete without a person", delete)
        reached = [line for line in self.zone.requests() if "77" in line or not line.startswith("GET ")]
        check(not reached, "asks Make for none of the three", reached)

    async def cancels(self, client):
        for left in reversed(range(TRIES)):
            self.zone.forget()
            self.zone.delay("/connections", DELAY_S)
            async with self.under_way(client, "connections_list", {"teamId": TEAM}):
                await self.reached("GET /api/v2/connections")
                late = anyio.current_time() + DELAY_S + 0.2
            if await self.is_free_again(client, "cancels a call under way", left):
                break
        # By now Make would have answered.
        await anyio.sleep_until(late)
        wrong = faults(self.tap.child)
        self.report.check(not wrong, "gets no answer to the cancelled call later either", wrong)

    async def progress(self, client, tools):
        if "credential_requests_wait" not in tools:
            self.report.skip("receives progress (no listed tool offers it)")
            return
        notes, seen = [], None

        async def note(progress, total, message):
            notes.append(message)
            seen.set()

        arguments = {"requestId": PENDING_REQUEST, "timeoutS": 45}
        for left in reversed(range(TRIES)):
            notes.clear()
            seen = anyio.Event()
            async with self.under_way(client, "credential_requests_wait", arguments, note):
                with anyio.move_on_after(HAPPENS_S):
                    await seen.wait()
            self.report.check(bool(notes and notes[0]), "receives progress while it waits", notes)
            if await self.is_free_again(client, "cancels the wait", left):
                break

    def under_way(self, client, name, arguments, progress=None):
        return UnderWay(self, client, name, arguments, progress)

    async def reached(self, line):
        """Waits until the zone has seen this request."""
        with anyio.fail_after(HAPPENS_S):
            while line not in self.zone.requests():
                await anyio.sleep(0.02)

    async def is_free_again(self, client, what, left):
        """Whether the next answer comes at once; where it was late and tries are left, it is to be tried again."""
        began = time.monotonic()
        got = await client.call("connections_get", {"connectionId": CONNECTION})
        took = time.monotonic() - began
        in_time = took < AT_ONCE_S
        how = f"{what}; the next answer comes after {took * 1000:.0f} ms"
        if is_answer(got) and not in_time and left:
            self.report.once_more(how)
            return False
        self.report.check(is_answer(got) and in_time, how, got)
        return True

    async def closes(self):
        async with self.session() as client:
            await client.tools()

    async def closes_under_way(self):
        """A host may go at any time."""
        stumbled = False
        try:
            await self.hangs_up()
        except* self.stumbles:
            stumbled = True
        if stumbled:
            said = " ".join(str(answer.get("error", "result")) for answer in self.tap.child.answers()[1:])
            self.report.skip(f"closes with a call under way (the SDK breaks on a late answer: {said})")
        else:
            await self.ended("closes with a call under way", self.hangs_up)

    async def hangs_up(self):
        self.zone.forget()
        self.zone.delay("/connections", DELAY_S)
        async with anyio.create_task_group() as group:
            async with self.session() as client:
                group.start_soon(heedless, client)
                await self.reached("GET /api/v2/connections")
                self.tap.child.cut_off = True
            group.cancel_scope.cancel()

    async def ended(self, what, again):
        """Whether the last server went by itself and in time; where it was late, one more is started and ended."""
        for left in reversed(range(TRIES)):
            child = self.tap.child
            code, took = child.ended()
            how = f"{what}: the server ends with {code} after {took * 1000:.0f} ms"
            fits = code == 0 and took < PATIENCE_S
            if fits or not left:
                self.report.check(fits, how, child.errors())
                return
            self.report.once_more(how)
            await again()

    def leaves_nothing(self):
        """What the wire says once all is over."""
        check, children = self.report.check, self.tap.children
        answers = [answer for child in children for answer in child.answers()]
        pure = all(a.get("jsonrpc") == "2.0" and ("id" in a or "method" in a) for a in answers)
        check(pure, f"finds {len(answers)} messages on stdout and nothing else")
        wrong = [fault for child in children for fault in faults(child)]
        check(not wrong, "counts one answer a request, and none after a cancellation", wrong)
        said = "".join(bytes(c.received).decode() + c.errors() for c in children)
        check(CANARY not in said, "finds the token nowhere in stdout and stderr")
        files = [path for path in pathlib.Path(self.home.name).rglob("*") if path.is_file()]
        spilt = [str(path) for path in files if CANARY.encode() in path.read_bytes()]
        check(not spilt, f"finds the token in none of the {len(files)} files left behind", spilt)


class UnderWay:
    """A call that is given up when the block ends."""

    def __init__(self, proof, client, name, arguments, progress):
        self.proof, self.client = proof, client
        self.ask = (name, arguments, progress)

    async def __aenter__(self):
        self.before = set(self.proof.tap.child.requests())
        self.group = anyio.create_task_group()
        await self.group.__aenter__()
        self.group.start_soon(self.client.call, *self.ask)

    async def __aexit__(self, *failure):
        self.group.cancel_scope.cancel()
        await self.group.__aexit__(*failure)
        child = self.proof.tap.child
        (mine,) = child.requests().keys() - self.before
        await self.client.gave_up(mine)
        with anyio.fail_after(HAPPENS_S):
            while mine not in child.cancelled():
                await anyio.sleep(0.01)


async def heedless(client):
    """A call whose client goes away before the answer; each SDK raises its own error then."""
    with contextlib.suppress(Exception):
        await client.call("connections_list", {"teamId": TEAM})


def faults(child):
    """Requests without an answer, with two, or with one although they were cancelled."""
    asked, cancelled = child.requests(), child.cancelled()
    counts = collections.Counter(answer.get("id") for answer in child.answers() if "method" not in answer)
    wanted = {id: 0 if id in cancelled else 1 for id in asked}
    if child.cut_off:
        # Calls that were under way when the client hung up may go without.
        wanted = {id: min(counts[id], most) for id, most in wanted.items()}
    return [(id, counts[id]) for id in wanted.keys() | counts.keys() if counts[id] != wanted.get(id)]


def is_answer(result):
    """Not an error, and the text says what the structure says."""
    return not result.get("isError") and text_of(result) == result["structuredContent"]


def code_of(result):
    """The code of a refusal, which is there as text and, where it is structured too, the same."""
    said = text_of(result)
    same = result.get("structuredContent", said) == said
    return said["code"] if result.get("isError") and same else None


def text_of(result):
    (block,) = result["content"]
    return json.loads(block["text"])


async def refusal(call):
    """The code of the JSON-RPC error that the call must end with."""
    try:
        return await call
    except Refused as refused:
        return refused.code
