"""The official Python SDK 2.x asks a person, with a handler of its own: `asking_2.py BINARY auto|legacy|2026-07-28`."""

import os
import subprocess
import sys
import tempfile
from importlib.metadata import version

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import ElicitResult

from checks import code_of, is_answer
from report import Report, end
from zone import Zone

UNUSED = {"connectionId": 203}
ASK = {"teamId": 22, "keys": [{"type": "apikeyauth"}]}
LINK = "credential_requests_create_by_credentials"


class Person:
    """Who sits at the client."""

    def __init__(self):
        self.asked, self.answer = [], None

    async def __call__(self, _context, params):
        self.asked.append(params)
        if self.answer is None:
            await anyio.sleep_forever()
        return ElicitResult(**self.answer)


async def prove(name, binary, mode):
    check, person = Report(name).check, Person()
    zone = Zone(binary)
    home = tempfile.TemporaryDirectory(prefix="make-credentials-")
    environment = {
        "MAKE_API_KEY": zone.token,
        "MAKE_ZONE": zone.address,
        "MAKE_CREDENTIALS_HOME": home.name,
    }
    server = StdioServerParameters(command=binary, args=["serve"], env=environment)

    def changes():
        return [line for line in zone.requests() if not line.startswith("GET ")]

    try:
        async with Client(server, mode=mode, elicitation_callback=person) as client:

            async def call(tool, arguments):
                result = await client.call_tool(tool, arguments)
                return result.model_dump(by_alias=True, mode="json", exclude_none=True)

            async def left_open(tool, arguments):
                """Gives a call up a while after the person was shown what it asks; whether that was so."""
                answers, before, person.answer = [], len(person.asked), None

                async def waiting():
                    answers.append(await call(tool, arguments))

                with anyio.fail_after(60):
                    async with anyio.create_task_group() as group:
                        group.start_soon(waiting)
                        while len(person.asked) == before and not answers:
                            await anyio.sleep(0.02)
                        await anyio.sleep(0.3)
                        group.cancel_scope.cancel()
                return len(person.asked) == before + 1 and not answers

            # Nobody answers: the client gives the call up.
            check(await left_open("connections_delete", UNUSED), "times out when nobody answers", person.asked)
            got = await call("connections_get", UNUSED)
            check(is_answer(got), "is served on after that", got)

            before = len(person.asked)
            for no, about in (
                ({"action": "decline"}, {"connectionId": 101}),
                ({"action": "cancel"}, {"connectionId": 102}),
                ({"action": "accept", "content": {"confirm": False}}, UNUSED),
            ):
                person.answer = no
                last = await call("connections_delete", about)
                check(code_of(last) == "not_confirmed", f"{no}: not confirmed", last)
            check(len(person.asked) == before + 3, "is asked about each")
            again = await call("connections_delete", UNUSED)
            is_silent = code_of(again) == "not_confirmed" and len(person.asked) == before + 3
            check(is_silent, "is not asked about the same again after a no", again)
            form = person.asked[-1]
            fits = 'connection 203 "Unused mailbox"' in form.message
            check(fits and form.requested_schema["required"] == ["confirm"], "shows the plan and one required field", form)
            check(changes() == [], "nothing was changed so far", changes())

            # A person agrees at the terminal to what was declined in the client.
            id = last["structuredContent"]["details"]["approval"]
            terminal = {**os.environ, "MAKE_CREDENTIALS_HOME": home.name}
            subprocess.run([binary, "approve", id, "--yes"], env=terminal, check=True, capture_output=True)
            person.answer, before = {"action": "decline"}, len(person.asked)
            approved = await call("connections_delete", UNUSED)
            check(is_answer(approved) and approved["structuredContent"]["deleted"], "goes through after `approve`", approved)
            check(len(person.asked) == before, "and is not asked in the client then")

            person.answer = {"action": "accept", "content": {"confirm": True}}
            before = len(person.asked)
            gone = await call("keys_delete", {"keyId": 402})
            check(is_answer(gone) and gone["structuredContent"]["deleted"], "goes through after a yes in the form", gone)
            named = ["Nightly export" in form.message for form in person.asked[before:]]
            check(named == [False, True], "is asked once more when Make names what uses the key", named)
            check(len(set(changes())) == 2, "changed two things and nothing else", changes())

            # The same once more is another one only under another key.
            async def ask(key):
                return await call(LINK, {**ASK, "idempotencyKey": key})

            def posts():
                return len([line for line in changes() if line.startswith("POST ")])

            person.answer = {"action": "accept"}
            shown = await ask("accepted")
            page = person.asked[-1]
            check(page.mode == "url" and "/credence/" in page.url, "shows the page to the person", page)
            made = shown["structuredContent"]
            check(is_answer(shown) and made["linkGiven"] and "publicUri" not in made, "the model does not get the page then", shown)
            person.answer = {"action": "cancel"}
            left = await ask("closed")
            given = is_answer(left) and "publicUri" in left["structuredContent"]
            check(given, "the model gets the page that nobody took", left)

            unopened = await left_open(LINK, {**ASK, "idempotencyKey": "open"})
            check(unopened, "times out when nobody opens the page", person.asked)
            check(posts() == 3, "made one request a call", changes())
            person.answer = {"action": "decline"}
            late = await ask("open")
            same = is_answer(late) and late["structuredContent"].get("publicUri") == person.asked[-2].url
            check(same, "the same call brings the page of what was made", late)
            check(posts() == 3, "and makes nothing twice", changes())
    finally:
        zone.close()
        home.cleanup()


def main(binary, mode):
    name = f"asking-python-{version('mcp')}/{mode}"
    try:
        anyio.run(prove, name, binary, mode)
    except BaseException as failure:
        return end(name, failure)
    return end(name, None)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
