// The embedded zone: the program's own simulation of Make, and its switches.

import assert from 'node:assert';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

// The last group of every token and the marker in every secret of the zone.
export const CANARY = 'c0ffeec0ffee';

/** A zone of its own for each proof. */
export async function openZone(binary) {
  const child = spawn(binary, ['sandbox', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the zone ended with ${code}`)));
  });
  gone.catch(() => {});
  const lines = createInterface(child.stdout);
  const first = new Promise((resolve) => lines.once('line', resolve));
  const { zone: address, operatorToken: token } = JSON.parse(await Promise.race([first, gone]));
  assert(token.includes(CANARY), "the zone's token carries no canary");

  async function ask(method, path, body) {
    const answer = await fetch(`${address}/sandbox/${path}`, { method, body: body && JSON.stringify(body) });
    assert(answer.ok, `${method} /sandbox/${path} answers ${answer.status}`);
    return answer.json();
  }

  return {
    address,
    token,
    /** The next request to this path is answered late. */
    delay: (path, ms) => ask('POST', 'faults', { effect: { kind: 'delay', ms }, path, times: 1 }),
    /** Everything that reached the zone since the last `forget`, as `METHOD path`. */
    async requests() {
      const { requests } = await ask('GET', 'requests');
      return requests.map((row) => `${row.method} ${row.path}`).filter((line) => !line.includes('/sandbox/'));
    },
    async forget() {
      await ask('DELETE', 'requests');
      await ask('DELETE', 'faults');
    },
    close() {
      child.kill('SIGKILL');
    },
  };
}
