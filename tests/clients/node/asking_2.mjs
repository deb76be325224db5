// The official TypeScript client 2.x asks a person, with handlers of its own: `asking_2.mjs BINARY auto|legacy|2026-07-28`.

import './wire.mjs';

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

import { codeOf, isAnswer } from './checks.mjs';
import { Report, run } from './report.mjs';
import { versionOf } from './versions.mjs';
import { children } from './wire.mjs';
import { openZone } from './zone.mjs';

const [binary, mode] = process.argv.slice(2);
const name = `asking-typescript-${versionOf('client')}/${mode}`;
const report = new Report(name);
const UNUSED = { connectionId: 203 };
const ASK = { teamId: 22, keys: [{ type: 'apikeyauth' }] };
const LINK = 'credential_requests_create_by_credentials';

async function prove(zone, home) {
  const asked = [];
  let answer;
  const versionNegotiation = { mode: ['auto', 'legacy'].includes(mode) ? mode : { pin: mode } };
  const capabilities = { elicitation: { form: {}, url: {} } };
  const client = new Client({ name: 'proof', version: '1' }, { capabilities, versionNegotiation });
  client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq }) => {
    asked.push(params);
    return answer(mcpReq.signal);
  });
  const env = { MAKE_API_KEY: zone.token, MAKE_ZONE: zone.address, MAKE_CREDENTIALS_HOME: home };
  const transport = new StdioClientTransport({ command: binary, args: ['serve'], env, stderr: 'pipe' });
  transport.stderr.resume();
  await client.connect(transport);
  const remove = (options) => client.callTool({ name: 'connections_delete', arguments: UNUSED }, options);
  const changes = async () => (await zone.requests()).filter((line) => !line.startsWith('GET '));

  // Nobody answers: the client gives the call up a while after the person was shown what it asks, and the dialogue with it.
  const leftOpen = async (call) => {
    const before = asked.length;
    const giving = new AbortController();
    answer = (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        setTimeout(() => giving.abort(), 300);
      });
    const ended = await call({ signal: giving.signal }).then(
      () => 'answered',
      () => 'gave up',
    );
    return asked.length === before + 1 ? ended : `${ended}, asked ${asked.length - before} times`;
  };
  const nobody = await leftOpen(remove);
  report.check(nobody === 'gave up', 'times out when nobody answers', nobody);
  const got = await client.callTool({ name: 'connections_get', arguments: UNUSED });
  report.check(isAnswer(got), 'is served on after that', got);

  let last;
  const before = asked.length;
  for (const [no, connectionId] of [
    [{ action: 'decline' }, 101],
    [{ action: 'cancel' }, 102],
    [{ action: 'accept', content: { confirm: false } }, UNUSED.connectionId],
  ]) {
    answer = async () => no;
    last = await client.callTool({ name: 'connections_delete', arguments: { connectionId } });
    report.check(codeOf(last) === 'not_confirmed', `${JSON.stringify(no)}: not confirmed`, last);
  }
  report.check(asked.length === before + 3, 'is asked about each', asked);
  const again = await remove();
  const isSilent = codeOf(again) === 'not_confirmed' && asked.length === before + 3;
  report.check(isSilent, 'is not asked about the same again after a no', again);
  const form = asked.at(-1);
  const fits = form.message.includes('connection 203 "Unused mailbox"') && form.requestedSchema.required[0] === 'confirm';
  report.check(fits, 'shows the plan and one required field', form);
  report.check((await changes()).length === 0, 'nothing was changed so far', await changes());

  // A person agrees at the terminal to what was declined in the client.
  const { approval } = last.structuredContent.details;
  execFileSync(binary, ['approve', approval, '--yes'], { env: { MAKE_CREDENTIALS_HOME: home } });
  answer = async () => ({ action: 'decline' });
  const silent = asked.length;
  const approved = await remove();
  report.check(isAnswer(approved) && approved.structuredContent.deleted, 'goes through after `approve`', approved);
  report.check(asked.length === silent, 'and is not asked in the client then', asked);

  answer = async () => ({ action: 'accept', content: { confirm: true } });
  const key = { keyId: 402 };
  const asks = asked.length;
  const gone = await client.callTool({ name: 'keys_delete', arguments: key });
  report.check(isAnswer(gone) && gone.structuredContent.deleted, 'goes through after a yes in the form', gone);
  const named = asked.slice(asks).map((form) => form.message.includes('Nightly export'));
  report.check(String(named) === 'false,true', 'is asked once more when Make names what uses the key', named);
  const both = await changes();
  report.check(new Set(both).size === 2, 'changed two things and nothing else', both);

  // The same once more is another one only under another key.
  const ask = (idempotencyKey, options) =>
    client.callTool({ name: LINK, arguments: { ...ASK, idempotencyKey } }, options);
  const posts = async () => (await changes()).filter((line) => line.startsWith('POST ')).length;
  answer = async () => ({ action: 'accept' });
  const shown = await ask('accepted');
  const page = asked.at(-1);
  report.check(page.mode === 'url' && page.url.includes('/credence/'), 'shows the page to the person', page);
  const hidden = isAnswer(shown) && shown.structuredContent.linkGiven && !shown.structuredContent.publicUri;
  report.check(hidden, 'the model does not get the page then', shown);
  answer = async () => ({ action: 'cancel' });
  const left = await ask('closed');
  const given = isAnswer(left) && left.structuredContent.publicUri;
  report.check(given, 'the model gets the page that nobody took', left);

  const open = await leftOpen((options) => ask('open', options));
  report.check(open === 'gave up', 'times out when nobody opens the page', open);
  report.check((await posts()) === 3, 'made one request a call', await changes());
  answer = async () => ({ action: 'decline' });
  const late = await ask('open');
  const same = isAnswer(late) && late.structuredContent.publicUri === asked.at(-2).url;
  report.check(same, 'the same call brings the page of what was made', late);
  report.check((await posts()) === 3, 'and makes nothing twice', await changes());
  await client.close();
  const child = children.at(-1);
  await child.exited;
  report.check(child.code === 0, 'the server ends with 0', child.errors);
}

await run(name, async () => {
  const zone = await openZone(binary);
  const home = mkdtempSync(path.join(tmpdir(), 'make-credentials-'));
  try {
    await prove(zone, home);
  } finally {
    zone.close();
    rmSync(home, { recursive: true, force: true });
  }
});
// A handler that never answers is still there.
process.exit(0);
