// The official TypeScript SDK 1.x: `sdk_1.mjs BINARY`.

import './wire.mjs';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { McpError } from '@modelcontextprotocol/sdk/types.js';

import { Proof, Refused } from './checks.mjs';
import { run } from './report.mjs';
import { versionOf } from './versions.mjs';

const [binary] = process.argv.slice(2);

async function connect(server) {
  const client = new Client({ name: 'proof', version: '1' });
  const transport = new StdioClientTransport({ ...server, stderr: 'pipe' });
  transport.stderr.resume();
  let version;
  // The client tells its transport and nobody else.
  transport.setProtocolVersion = (agreed) => (version = agreed);
  await client.connect(transport);
  return {
    version,
    server: client.getServerVersion()?.name,
    instructions: client.getInstructions(),
    tools: async () => (await client.listTools()).tools,
    prompts: async () => (await client.listPrompts()).prompts,
    prompt: (name, args) => client.getPrompt({ name, arguments: args }).catch(refused),
    call: (name, args, options) => client.callTool({ name, arguments: args }, undefined, options).catch(refused),
    close: () => client.close(),
  };
}

function refused(error) {
  throw error instanceof McpError ? new Refused(error.code, error.message) : error;
}

const name = `typescript-${versionOf('sdk')}`;
await run(name, () => new Proof(name, binary, connect, '2025-11-25').run());
