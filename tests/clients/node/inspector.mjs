// The Inspector's command line with its strict look at schemas: `inspector.mjs BINARY legacy|modern`.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { codeOf, isAnswer, wireIsClean } from './checks.mjs';
import { Report, run } from './report.mjs';
import { versionOf } from './versions.mjs';
import { Child } from './wire.mjs';
import { CANARY, openZone } from './zone.mjs';

const [binary, era] = process.argv.slice(2);
const name = `inspector-${versionOf('inspector')}/${era}`;
const report = new Report(name);
const launcher = 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js';
// The exit codes of the Inspector.
const DONE = 0;
const TOOL_FAILED = 5;

async function prove(inspector) {
  const opening = era === 'modern' ? 'server/discover' : 'initialize';

  const lint = await inspector.run('tools/list', '--strict');
  const { tools } = succeeded(lint);
  report.ok(`tools/list --strict: no error in the schemas of ${tools.length} tools`);
  const [first] = inspector.servers().flatMap((server) => [...server.requests().values()]);
  report.check(first === opening, `opens with ${opening}`, first);

  const prompts = succeeded(await inspector.run('prompts/list'));
  report.check(prompts.prompts.length > 0, `prompts/list: ${prompts.prompts.length} prompts`, prompts);
  const asked = await inspector.run('prompts/get', '--prompt-name', 'connect_app', '--prompt-args', 'app=slack');
  const { text } = succeeded(asked).messages[0].content;
  report.check(text.includes('"slack"'), 'prompts/get: a prompt with its argument', text);

  const listed = succeeded(await inspector.call('connections_list', { teamId: 22 }));
  const rows = isAnswer(listed) ? listed.structuredContent.connections.length : 0;
  report.check(rows > 0, `tools/call connections_list: ${rows} connections`, listed);
  const got = succeeded(await inspector.call('connections_get', { connectionId: 101 }));
  const fits = isAnswer(got) && got.structuredContent.connection.id === 101;
  report.check(fits, 'tools/call connections_get: the right one', got);

  const bad = await inspector.call('connections_get', { connectionId: '../../connections/77' });
  refused(bad, 'invalid_arguments', 'tools/call with a bad argument');
  const gone = await inspector.call('connections_delete', { connectionId: 103 });
  refused(gone, 'confirmation_required', 'tools/call connections_delete');
  await approved(inspector);
  const unknown = await inspector.call('connections_no_such', {});
  const missed = unknown.code === TOOL_FAILED && unknown.errors.includes('tool_not_found');
  report.check(missed, 'tools/call of an unknown tool: not found', unknown);

  const load = ['--load', '--load-requests', '300', '--load-concurrency', '10'];
  const { ok, requests, latencyMs } = succeeded(await inspector.call('connections_get', { connectionId: 101 }, load));
  report.check(ok === 300 && requests === 300, `--load: 300 calls, 10 at once, p99 ${latencyMs.p99} ms`, { ok, requests });

  const servers = inspector.servers();
  const unclean = servers.filter((server) => server.code !== 0 && !server.killed);
  report.check(unclean.length === 0, `ends ${servers.length} servers, each with 0`, unclean);
  wireIsClean(report, servers);
  report.check(!inspector.said.includes(CANARY), 'shows the token nowhere in its own output');
}

/** It cannot be asked, so a person agrees at the terminal. */
async function approved(inspector) {
  const unused = { connectionId: 203 };
  const waits = await inspector.call('connections_delete', unused);
  refused(waits, 'confirmation_required', 'tools/call connections_delete of an unused one');
  const { approval, command } = waits.result.structuredContent.details;
  report.check(command.endsWith(`approve ${approval}`), `is told what the person has to run: ${command}`, waits);
  const env = { MAKE_CREDENTIALS_HOME: inspector.home };
  const said = execFileSync(binary, ['approve', approval, '--yes'], { env, encoding: 'utf8' });
  report.check(said.includes('Unused mailbox'), '`approve` shows what would happen', said);
  const done = succeeded(await inspector.call('connections_delete', unused));
  report.check(done.structuredContent.deleted, 'the same call goes through after that', done);
  const again = await inspector.call('connections_delete', unused);
  refused(again, 'not_found', 'and not a second time');
}

function succeeded(ran) {
  if (ran.code !== DONE) report.check(false, `${ran.asked}: exit code ${ran.code}`, ran);
  return ran.result;
}

function refused(ran, code, what) {
  const right = ran.code === TOOL_FAILED && ran.result && codeOf(ran.result) === code;
  report.check(right, `${what}: ${code}`, ran);
}

class Inspector {
  said = '';

  constructor(folder, zone) {
    this.wires = path.join(folder, 'wires');
    mkdirSync(this.wires);
    this.config = path.join(folder, 'servers.json');
    this.home = path.join(folder, 'server');
    const env = {
      MAKE_API_KEY: zone.token,
      MAKE_ZONE: zone.address,
      MAKE_CREDENTIALS_HOME: this.home,
    };
    const make = { type: 'stdio', command: path.resolve(binary), args: ['serve'], env, protocolEra: era };
    writeFileSync(this.config, JSON.stringify({ mcpServers: { make } }), { mode: 0o600 });
    this.env = {
      PATH: process.env.PATH,
      HOME: folder,
      MCP_INSPECTOR_SECRET_STORE: 'memory',
      NODE_OPTIONS: `--import=${new URL('wire.mjs', import.meta.url)}`,
      WIRE_TO: this.wires,
    };
  }

  call(tool, args, more = []) {
    return this.run('tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args), ...more);
  }

  run(method, ...more) {
    const script = fileURLToPath(new URL(launcher, import.meta.url));
    const args = ['--cli', '--config', this.config, '--server', 'make', '--format', 'json', '--method', method];
    const options = { env: this.env, timeout: 120_000, maxBuffer: 16 * 1024 * 1024 };
    return new Promise((resolve) => {
      execFile(process.execPath, [script, ...args, ...more], options, (error, output, errors) => {
        this.said += output + errors;
        const code = error ? (error.code ?? error.signal) : DONE;
        const result = output.startsWith('{') ? JSON.parse(output).result : undefined;
        resolve({ asked: [method, ...more].join(' '), code, result, errors });
      });
    });
  }

  /** Every server that was started so far. */
  servers() {
    const files = readdirSync(this.wires).map((file) => path.join(this.wires, file));
    return files.map((file) => Child.from(JSON.parse(readFileSync(file, 'utf8'))));
  }
}

await run(name, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'inspector-'));
  const zone = await openZone(binary);
  try {
    await prove(new Inspector(folder, zone));
  } finally {
    zone.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
