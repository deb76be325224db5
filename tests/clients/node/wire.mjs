// Listens in on the client's sockets without touching them: no program stands in between.
//
// Imported by a proof it keeps what it hears; preloaded into a program that is a client (`--import`), it leaves
// one file a server in the folder WIRE_TO.

import child_process from 'node:child_process';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

/** A server that the client started, and every byte that went to and fro. */
export class Child {
  sent = '';
  received = '';
  errors = '';
  /** Whether the client hung up while a call was under way. */
  cutOff = false;
  code = null;
  signal = null;

  /** From what another process has left. */
  static from(fields) {
    return Object.assign(new Child(), fields);
  }

  /** From now on hears what goes to and fro. */
  listen(child, kinds) {
    this.pid = child.pid;
    this.kinds = kinds;
    child.stdout.on('data', (chunk) => (this.received += chunk));
    child.stderr?.on('data', (chunk) => (this.errors += chunk));
    this.#tap(child.stdin);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        Object.assign(this, { code, signal, tookMs: performance.now() - (this.hungUp ?? NaN) });
      });
      // After `close` nothing more can be heard.
      child.once('close', resolve);
    });
    const kill = child.kill.bind(child);
    child.kill = (signal) => {
      this.killed ??= signal;
      return kill(signal);
    };
    return this;
  }

  #tap(stdin) {
    const write = stdin.write.bind(stdin);
    stdin.write = (data, ...rest) => {
      this.sent += data;
      return write(data, ...rest);
    };
    const end = stdin.end.bind(stdin);
    stdin.end = (...rest) => {
      this.hungUp ??= performance.now();
      return end(...rest);
    };
  }

  /** What the client asked: id → method. */
  requests() {
    const asked = lines(this.sent).filter((message) => 'id' in message && 'method' in message);
    return new Map(asked.map((message) => [message.id, message.method]));
  }

  cancelled() {
    const notes = lines(this.sent).filter((message) => message.method === 'notifications/cancelled');
    return new Set(notes.map((note) => note.params.requestId));
  }

  /** Every line of the server's stdout; throws where one is not JSON. */
  answers() {
    return lines(this.received);
  }
}

export function lines(text) {
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

export const children = [];

const { spawn } = child_process;
child_process.spawn = (command, ...rest) => {
  const before = descriptors();
  const child = spawn(command, ...rest);
  // Servers only: a client also starts programs of its own.
  if (child.pid !== undefined && rest[0]?.[0] === 'serve') {
    const fresh = descriptors()?.filter((one) => !before.includes(one));
    const kinds = fresh?.map((one) => one.split(':')[0]).filter((kind) => kind === 'pipe' || kind === 'socket');
    children.push(new Child().listen(child, kinds && [...new Set(kinds)]));
  }
  return child;
};
syncBuiltinESMExports();

/** What this process has open; nothing where the system does not say. */
function descriptors() {
  if (process.platform !== 'linux') return undefined;
  return readdirSync('/proc/self/fd').flatMap((number) => {
    try {
      return [readlinkSync(`/proc/self/fd/${number}`)];
    } catch {
      return []; // The listing's own descriptor.
    }
  });
}

if (process.env.WIRE_TO) {
  process.on('exit', () => {
    for (const child of children) {
      writeFileSync(path.join(process.env.WIRE_TO, `${child.pid}.json`), JSON.stringify(child));
    }
  });
}
