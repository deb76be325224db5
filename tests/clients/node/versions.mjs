// Which version is really there, so that a line says what it ran.

import { readFileSync } from 'node:fs';

/** The installed version of `@modelcontextprotocol/…`. */
export function versionOf(name) {
  const file = new URL(`node_modules/@modelcontextprotocol/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
