// What every client has to see, whatever its age.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { Report } from './report.mjs';
import { children } from './wire.mjs';
import { CANARY, openZone } from './zone.mjs';

const TEAM = 22;
const CONNECTION = 101;
const PENDING_REQUEST = '5ce00001-0000-4000-8000-000000000001';
// A server that takes longer to go is killed by its host.
const PATIENCE_MS = 2000;
// An answer of the embedded zone takes milliseconds; the delayed one 5 s.
const AT_ONCE_MS = 1000;
const DELAY_MS = 5000;
// A machine that stands still makes one of them late; a server that waits for something is late each time.
const TRIES = 3;
// How long something that has to happen may take; no bound on the server, which is not what is late then.
const HAPPENS_MS = 30_000;
// All of it takes 8 s; a proof that hangs must not hang whoever runs it.
const LONGEST_MS = 240_000;

/** The server answered with a JSON-RPC error. */
export class Refused extends Error {
  constructor(code, message) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/**
 * A run of all checks with one client. `connect({command, args, env})` gives what has `version`, `greeted`,
 * `server`, `instructions`, `tools()`, `prompts()`, `prompt(name, arguments)`,
 * `call(name, arguments, {signal, onprogress})` and `close()`; results are as on the wire.
 */
export class Proof {
  constructor(name, binary, connect, version) {
    Object.assign(this, { report: new Report(name), binary, connect, version });
    this.check = this.report.check.bind(this.report);
  }

  async run() {
    const guard = setTimeout(() => {
      console.log(`failed ${this.report.name}: takes more than ${LONGEST_MS} ms`);
      process.exit(1);
    }, LONGEST_MS);
    this.home = mkdtempSync(path.join(tmpdir(), 'make-credentials-'));
    this.zone = await openZone(this.binary);
    try {
      const client = await this.session();
      this.greeting(client);
      const tools = await this.lists(client);
      await this.reads(client);
      await this.refusals(client);
      await this.cancels(client);
      await this.progress(client, tools);
      await client.close();
      await this.ended('closes', () => this.closes());
      await this.closesUnderWay();
      await this.leavesNothing();
    } finally {
      this.zone.close();
      rmSync(this.home, { recursive: true, force: true });
      clearTimeout(guard);
    }
  }

  session() {
    const env = {
      MAKE_API_KEY: this.zone.token,
      MAKE_ZONE: this.zone.address,
      MAKE_CREDENTIALS_HOME: this.home,
    };
    return this.connect({ command: this.binary, args: ['serve'], env });
  }

  greeting(client) {
    this.check(client.version === this.version, `speaks ${this.version}`, client.version);
    const { kinds } = children.at(-1);
    if (kinds) this.check(isDeepStrictEqual(kinds, ['socket']), 'reaches the server over sockets', kinds);
    this.check(client.server === 'make-credentials-mcp', "is told the server's name", client.server);
    this.check(Boolean(client.instructions), 'is told the instructions');
  }

  async lists(client) {
    const tools = new Map((await client.tools()).map((tool) => [tool.name, tool]));
    const wanted = ['connections_list', 'connections_get', 'connections_delete'];
    this.check(wanted.every((name) => tools.has(name)), `lists ${tools.size} tools`, [...tools.keys()]);
    const bare = [...tools.values()].filter((tool) => !(tool.description && tool.outputSchema && tool.annotations));
    this.check(bare.length === 0, 'finds description, output schema and annotations on each', bare);
    const prompts = (await client.prompts()).map((prompt) => prompt.name);
    this.check(prompts.includes('connect_app'), `lists ${prompts.length} prompts`, prompts);
    const prompt = await client.prompt('connect_app', { app: 'slack' });
    const { text } = prompt.messages[0].content;
    this.check(text.includes('"slack"'), 'gets a prompt with its argument', prompt);
    const code = await refusal(client.prompt('connect_app_no_such', {}));
    this.check(code === -32602, 'is refused an unknown prompt with -32602', code);
    return tools;
  }

  async reads(client) {
    const listed = await client.call('connections_list', { teamId: TEAM });
    this.check(isAnswer(listed), 'gets connections_list structured and as the same text', listed);
    const ids = listed.structuredContent.connections.map((row) => row.id);
    const fits = ids.includes(CONNECTION) && !ids.includes(201);
    this.check(fits, `sees the ${ids.length} connections of the team`, ids);
    const got = await client.call('connections_get', { connectionId: CONNECTION });
    this.check(isAnswer(got), 'gets connections_get structured and as the same text', got);
    const { id, teamId, accountName, name } = got.structuredContent.connection;
    const right = isDeepStrictEqual([id, teamId, accountName], [CONNECTION, TEAM, 'google']);
    this.check(right && name.includes('jane@example.com'), 'reads the right connection', got);
  }

  async refusals(client) {
    await this.zone.forget();
    const bad = await client.call('connections_get', { connectionId: '../../connections/77' });
    this.check(codeOf(bad) === 'invalid_arguments', 'is refused a bad argument, as a result', bad);
    const code = await refusal(client.call('connections_no_such', {}));
    this.check(code === -32602, 'is refused an unknown tool with -32602', code);
    const gone = await client.call('connections_delete', { connectionId: 103 });
    this.check(codeOf(gone) === 'confirmation_required', 'cannot delete without a person', gone);
    const reached = await this.zone.requests();
    const asked = reached.filter((line) => line.includes('77') || !line.startsWith('GET '));
    this.check(asked.length === 0, 'asks Make for none of the three', asked);
  }

  async cancels(client) {
    let late;
    for (let left = TRIES - 1; ; left--) {
      await this.zone.forget();
      await this.zone.delay('/connections', DELAY_MS);
      await this.abandon((options) => client.call('connections_list', { teamId: TEAM }, options), () =>
        this.reached('GET /api/v2/connections'),
      );
      late = sleep(DELAY_MS + 200);
      if (await this.isFreeAgain(client, 'cancels a call under way', left)) break;
    }
    // By then Make would have answered.
    await late;
    const wrong = faults(children.at(-1));
    this.check(wrong.length === 0, 'gets no answer to the cancelled call later either', wrong);
  }

  async progress(client, tools) {
    if (!tools.has('credential_requests_wait')) {
      this.report.skip('receives progress (no listed tool offers it)');
      return;
    }
    const notes = [];
    const wait = { requestId: PENDING_REQUEST, timeoutS: 45 };
    const onprogress = (note) => notes.push(note);
    for (let left = TRIES - 1; ; left--) {
      notes.length = 0;
      await this.abandon((options) => client.call('credential_requests_wait', wait, { ...options, onprogress }), () =>
        until(() => notes.length > 0, 'no progress came'),
      );
      this.check(Boolean(notes[0].message), 'receives progress while it waits', notes);
      if (await this.isFreeAgain(client, 'cancels the wait', left)) return;
    }
  }

  /** Starts a call and gives it up once `ready` says so. */
  async abandon(start, ready) {
    const child = children.at(-1);
    const before = child.cancelled().size;
    const giveUp = new AbortController();
    const call = start({ signal: giveUp.signal }).then(
      (answer) => answer,
      () => undefined,
    );
    await ready();
    giveUp.abort();
    this.check((await call) === undefined, 'gives up a call', await call);
    await until(() => child.cancelled().size > before, 'the server was not told');
  }

  /** Whether the next answer comes at once; where it was late and tries are left, it is to be tried again. */
  async isFreeAgain(client, what, left) {
    const began = performance.now();
    const got = await client.call('connections_get', { connectionId: CONNECTION });
    const took = performance.now() - began;
    const inTime = took < AT_ONCE_MS;
    const how = `${what}; the next answer comes after ${took.toFixed(0)} ms`;
    if (isAnswer(got) && !inTime && left > 0) {
      this.report.onceMore(how);
      return false;
    }
    this.check(isAnswer(got) && inTime, how, got);
    return true;
  }

  /** Waits until the zone has seen this request. */
  reached(line) {
    return until(async () => (await this.zone.requests()).includes(line), `${line} did not reach the zone`);
  }

  async closes() {
    const client = await this.session();
    await client.tools();
    await client.close();
  }

  /** A host may go at any time. */
  async closesUnderWay() {
    await this.hangsUp();
    await this.ended('closes with a call under way', () => this.hangsUp());
  }

  async hangsUp() {
    await this.zone.forget();
    await this.zone.delay('/connections', DELAY_MS);
    const client = await this.session();
    const call = client.call('connections_list', { teamId: TEAM }).catch(() => {});
    await this.reached('GET /api/v2/connections');
    children.at(-1).cutOff = true;
    await client.close();
    await call;
  }

  /** Whether the last server went by itself and in time; where it was late, one more is started and ended. */
  async ended(what, again) {
    for (let left = TRIES - 1; ; left--) {
      const child = children.at(-1);
      await child.exited;
      const { code, signal, killed, tookMs, errors } = child;
      const fits = code === 0 && !killed && tookMs < PATIENCE_MS;
      const how = `${what}: the server ends with ${code ?? signal} after ${tookMs.toFixed(0)} ms`;
      if (fits || left === 0) return this.check(fits, how, { killed, errors });
      this.report.onceMore(how);
      await again();
    }
  }

  /** What the wire says once all is over. */
  async leavesNothing() {
    await Promise.all(children.map((child) => child.exited));
    wireIsClean(this.report, children);
    const files = readdirSync(this.home, { recursive: true }).map((name) => path.join(this.home, name));
    const kept = files.filter((file) => statSync(file).isFile());
    const spilt = kept.filter((file) => readFileSync(file).includes(CANARY));
    this.check(spilt.length === 0, `finds the token in none of the ${kept.length} files left behind`, spilt);
  }
}

/** What must hold for every server that was started, also for one that was started to be probed only. */
export function wireIsClean(report, servers) {
  const probes = servers.filter((child) => child.killed);
  if (probes.length > 0) {
    const bad = probes.filter((child) => child.code !== 0 && child.signal !== child.killed);
    report.check(bad.length === 0, `sees the servers it probed (${probes.length}) end on ${probes[0].killed}`, bad);
  }
  const answers = servers.flatMap((child) => child.answers());
  const pure = answers.every((a) => a.jsonrpc === '2.0' && ('id' in a || 'method' in a));
  report.check(pure, `finds ${answers.length} messages on stdout and nothing else`);
  const wrong = servers.flatMap(faults);
  report.check(wrong.length === 0, 'counts one answer a request, and none after a cancellation', wrong);
  const said = servers.map((child) => child.received + child.errors).join('');
  report.check(!said.includes(CANARY), 'finds the token nowhere in stdout and stderr');
}

/** Requests without an answer, with two, or with one although they were cancelled. */
function faults(child) {
  const counts = new Map();
  for (const answer of child.answers()) {
    if (!('method' in answer)) counts.set(answer.id, (counts.get(answer.id) ?? 0) + 1);
  }
  const cancelled = child.cancelled();
  const asked = child.requests();
  const wrong = [...counts.keys()].filter((id) => !asked.has(id));
  for (const id of asked.keys()) {
    const count = counts.get(id) ?? 0;
    const wanted = cancelled.has(id) ? 0 : 1;
    // Calls that were under way when the client hung up may go without.
    if (count > wanted || (count < wanted && !child.cutOff)) wrong.push([id, count]);
  }
  return wrong;
}

/** Not an error, and the text says what the structure says. */
export function isAnswer(result) {
  return !result.isError && isDeepStrictEqual(textOf(result), result.structuredContent);
}

/** The code of a refusal, which is there as text and, where it is structured too, the same. */
export function codeOf(result) {
  const said = textOf(result);
  const same = isDeepStrictEqual(result.structuredContent ?? said, said);
  return result.isError && same ? said.code : undefined;
}

function textOf({ content }) {
  return content.length === 1 ? JSON.parse(content[0].text) : undefined;
}

/** The code of the JSON-RPC error that the call must end with. */
async function refusal(call) {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}

async function until(holds, otherwise) {
  const end = performance.now() + HAPPENS_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(otherwise);
    await sleep(20);
  }
}
