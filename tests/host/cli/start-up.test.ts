import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const host = new URL('../../../build/host/', import.meta.url);

/** Hooks of Node's loader that print the address of each module that is loaded, also when it is loaded later. */
const hooks = `import { writeSync } from 'node:fs';
export const load = (url, context, next) => (writeSync(2, url + '\\n'), next(url, context));`;
const dataUrl = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;
const watcher = dataUrl(`import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`);

/** What a command loads: the packages, and the bytes of this package's own files. */
function loadedBy(line: string): { packages: string[]; bytes: number } {
  const cli = fileURLToPath(new URL('cli.js', host));
  const { status, stderr } = spawnSync(process.execPath, ['--import', watcher, cli, ...line.split(' ')], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  const files = stderr.split('\n').filter((url) => url.startsWith('file:'));
  const own = files.filter((url) => url.startsWith(host.href));
  const packages = files.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const bytes = own.reduce((sum, url) => sum + statSync(fileURLToPath(url)).size, 0);
  return { packages: [...new Set(packages)].sort(), bytes };
}

/** For options and colours; nothing that serves, stores or reads certificates. */
const ENOUGH = ['commander', 'picocolors'];

describe('what is loaded before a command does anything', () => {
  it.each(['--version', '--help'])('is for %s no command, and 8 KB', (line) => {
    const { packages, bytes } = loadedBy(line);
    expect(packages).toEqual(ENOUGH);
    expect(bytes).toBeLessThan(8192);
  });

  it.each(['run', 'cloud', 'broker', 'dojot', 'bench'])('is for %s --help its options, and 24 KB', (command) => {
    const { packages, bytes } = loadedBy(`${command} --help`);
    expect(packages).toEqual(ENOUGH);
    expect(bytes).toBeGreaterThan(7000);
    expect(bytes).toBeLessThan(24_576);
  });
});
