// The official TypeScript client 2.x: `sdk_2.mjs BINARY auto|legacy|2026-07-28`.

import './wire.mjs';

import { Client, ProtocolError } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

import { Proof, Refused } from './checks.mjs';
import { run } from './report.mjs';
import { versionOf } from './versions.mjs';

const LEGACY = '2025-11-25';
const [binary, mode] = process.argv.slice(2);

async function connect(server) {
  const versionNegotiation = { mode: ['auto', 'legacy'].includes(mode) ? mode : { pin: mode } };
  const client = new Client({ name: 'proof', version: '1' }, { versionNegotiation });
  const transport = new StdioClientTransport({ ...server, stderr: 'pipe' });
  transport.stderr.resume();
  await client.connect(transport);
  return {
    version: client.getNegotiatedProtocolVersion(),
    server: client.getServerVersion()?.name,
    instructions: client.getInstructions(),
    tools: async () => (await client.listTools()).tools,
    prompts: async () => (await client.listPrompts()).prompts,
    prompt: (name, args) => client.getPrompt({ name, arguments: args }).catch(refused),
    call: (name, args, options) => client.callTool({ name, arguments: args }, options).catch(refused),
    close: () => client.close(),
  };
}

function refused(error) {
  throw error instanceof ProtocolError ? new Refused(error.code, error.message) : error;
}

const name = `typescript-${versionOf('client')}/${mode}`;
await run(name, () => new Proof(name, binary, connect, mode === 'legacy' ? LEGACY : '2026-07-28').run());
