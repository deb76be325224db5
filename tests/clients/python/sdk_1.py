"""The official Python SDK 1.x: `sdk_1.py BINARY`."""

import contextlib
import sys
from importlib.metadata import version

import anyio
from mcp import ClientSession, McpError, StdioServerParameters, types
from mcp.client.stdio import stdio_client

from checks import Proof, Refused
from report import end


class Sdk:
    def __init__(self, session, greeting):
        self._session = session
        self.greeted = True
        self.version = greeting.protocolVersion
        self.server = greeting.serverInfo.name
        self.instructions = greeting.instructions

    async def tools(self):
        return [plain(tool) for tool in (await self._session.list_tools()).tools]

    async def prompts(self):
        return [plain(prompt) for prompt in (await self._session.list_prompts()).prompts]

    async def prompt(self, name, arguments):
        with refusals():
            return plain(await self._session.get_prompt(name, arguments))

    async def call(self, name, arguments, progress=None):
        with refusals():
            return plain(await self._session.call_tool(name, arguments, progress_callback=progress))

    async def gave_up(self, id):
        """This SDK leaves it to its caller to tell the server."""
        params = types.CancelledNotificationParams(requestId=id, reason="no longer wanted")
        note = types.CancelledNotification(params=params)
        await self._session.send_notification(types.ClientNotification(note))


def plain(model):
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


@contextlib.contextmanager
def refusals():
    try:
        yield
    except McpError as error:
        raise Refused(error.error.code, error.error.message) from error


@contextlib.asynccontextmanager
async def connect(command, args, env):
    server = StdioServerParameters(command=command, args=args, env=env)
    async with stdio_client(server) as streams, ClientSession(*streams) as session:
        yield Sdk(session, await session.initialize())


class Proof1(Proof):
    stumbles = anyio.BrokenResourceError


def main(binary):
    name = f"python-{version('mcp')}"
    try:
        anyio.run(Proof1(name, binary, connect, "2025-11-25").run)
    except BaseException as failure:
        return end(name, failure)
    return end(name, None)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
