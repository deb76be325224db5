"""The official Python SDK 2.x: `sdk_2.py BINARY auto|legacy|2026-07-28`."""

import contextlib
import sys
from importlib.metadata import version

import anyio
from mcp import Client, MCPError, StdioServerParameters
from mcp_types.methods import validate_server_result

from checks import Proof, Refused
from report import end

LEGACY, MODERN = "2025-11-25", "2026-07-28"


class Sdk:
    def __init__(self, client, greeted):
        self._client = client
        self.version = client.protocol_version
        self.greeted = greeted
        self.server = client.server_info and client.server_info.name
        self.instructions = client.instructions

    async def tools(self):
        return [plain(tool) for tool in (await self._client.list_tools()).tools]

    async def prompts(self):
        return [plain(prompt) for prompt in (await self._client.list_prompts()).prompts]

    async def prompt(self, name, arguments):
        with refusals():
            return plain(await self._client.get_prompt(name, arguments))

    async def call(self, name, arguments, progress=None):
        with refusals():
            return plain(await self._client.call_tool(name, arguments, progress_callback=progress))

    async def gave_up(self, _id):
        """The SDK says so to the server by itself."""


def plain(model):
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


@contextlib.contextmanager
def refusals():
    try:
        yield
    except MCPError as error:
        raise Refused(error.code, error.message) from error


class Proof2(Proof):
    """With this SDK comes what checks a message against a revision's published schema."""

    def leaves_nothing(self):
        super().leaves_nothing()
        checked = 0
        for child in self.tap.children:
            asked = child.requests()
            for answer in child.answers():
                if "result" in answer:
                    method, _ = asked[answer["id"]]
                    validate_server_result(method, self.version, answer["result"])
                    checked += 1
        self.report.ok(f"finds {checked} results as the schema of {self.version} wants them")


def main(binary, mode):
    name = f"python-{version('mcp')}/{mode}"

    @contextlib.asynccontextmanager
    async def connect(command, args, env):
        server = StdioServerParameters(command=command, args=args, env=env)
        async with Client(server, mode=mode) as client:
            # A pinned revision needs neither `initialize` nor `server/discover`.
            yield Sdk(client, greeted=mode != MODERN)

    try:
        proof = Proof2(name, binary, connect, LEGACY if mode == "legacy" else MODERN)
        anyio.run(proof.run)
    except BaseException as failure:
        return end(name, failure)
    return end(name, None)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
