// needs: bash
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { PATIENCE } from '../../../patience.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-flags-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cli = join(root, 'build/host/cli.js');
const NO_ENGINE =
  'this Node has no WebAssembly, in which the core runs: start it without --jitless and --no-expose-wasm';
const NO_ADDRESSES =
  'the system refuses the addresses that WebAssembly reserves for its memory, 10 GiB and more: raise the limit ' +
  '("ulimit -v unlimited"), or start Node with --disable-wasm-trap-handler, which needs a few MB';

/** Runs Node, with this many KiB of addresses if they are limited. */
function node(words: string[], addresses?: number) {
  const limit = addresses === undefined ? '' : `ulimit -v ${addresses}; `;
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', `${limit}exec "$@"`, 'bash', process.execPath, ...words],
    {
      cwd: folder,
      encoding: 'utf8',
      timeout: PATIENCE,
    },
  );
  // Node 22 tries to load its own HTTP client when it ends, and says that it cannot.
  const ownWords = /^.*(Warning: |trace-warnings).*\n|^node:internal\/deps\/undici(?:.|\n)*/gm;
  return { status, stdout, stderr: stderr.replace(ownWords, '') };
}

/** Node 24 has no --no-expose-wasm. */
const flagsWithoutEngine = ['--jitless', '--no-expose-wasm'].filter((flag) => node([flag, '-e', '']).status === 0);
/** From Node 24 on, WebAssembly checks each access itself where it does not get the addresses. */
const needsAddresses = Number.parseInt(process.versions.node, 10) < 24;

/** Loads a module of the package and prints its error, or what the module does. */
const load = (room: string) => [
  '--input-type=module',
  '-e',
  `try {
    const { hexEncode, PacketDecoder } = await import(${JSON.stringify(join(root, 'build/host', room))});
    console.log(hexEncode ? hexEncode(Buffer.alloc(40, 7)).length + new PacketDecoder().push(Buffer.from([0xc0, 0])).length : 'loaded');
  } catch (error) { console.log(error.name + ': ' + error.message); }`,
];

const rooms = ['core.js', 'mqtt-packet.js', 'microvisor.js', 'broker.js'];

describe('Node without WebAssembly', () => {
  it.each(rooms)('is named in one sentence by %s', (room) => {
    for (const flag of flagsWithoutEngine)
      expect(node([flag, ...load(room)]).stdout).toBe(`CoreLoadError: wasmqtt: ${NO_ENGINE}\n`);
  });

  it.each(['cloud.js', 'pki.js'])('loads %s, which needs no core', (room) => {
    expect(node(['--jitless', ...load(room)]).stdout).toBe('loaded\n');
  });

  it('is named in one sentence by a command that needs the core', () => {
    const words = ['--jitless', cli, 'run', '--for', '1s', '--data', join(folder, 'data')];
    expect(node(words)).toEqual({ status: 1, stdout: '', stderr: `wasmqtt: ${NO_ENGINE}\n` });
  });

  it.each([
    '--version',
    '--help',
    'help run',
    ...['run', 'cloud', 'provision', 'doctor', 'bench'].map((command) => `${command} --help`),
  ])('prints wasmqtt %s', (line) => {
    const words = [cli, ...line.split(' ')];
    const wanted = node(words);
    expect(wanted).toMatchObject({ status: 0, stderr: '' });
    expect(wanted.stdout.length).toBeGreaterThan(4);
    expect(node(['--jitless', ...words])).toEqual(wanted);
  });
});

describe('a system that does not give WebAssembly the addresses that it reserves', () => {
  const addresses = 8_000_000;

  it.each(rooms)('is named in one sentence by %s, if Node needs them', (room) => {
    const refusal = new RegExp(`^CoreLoadError: wasmqtt: ${NO_ADDRESSES.replace(/[()]/g, '\\$&')}\n$`);
    expect(node(load(room), addresses).stdout).toMatch(needsAddresses ? refusal : /^(81|loaded)\n$/);
  });

  it('is named in one sentence by a command that needs the core, if Node needs them', () => {
    const words = [cli, 'run', '--for', '1s', '--data', join(folder, 'data')];
    const refused = { status: 1, stdout: '', stderr: `wasmqtt: ${NO_ADDRESSES}\n` };
    const done = { status: 0, stderr: '', stdout: expect.stringContaining(' 0 errors') };
    expect(node(words, addresses)).toEqual(needsAddresses ? refused : done);
  });

  it('is enough with the option that the sentence names', () => {
    expect(node(['--disable-wasm-trap-handler', ...load('core.js')], addresses).stdout).toBe('81\n');
  });
});

describe('Node with frozen intrinsics', () => {
  it.each([...rooms, 'cloud.js', 'pki.js'])('loads %s', (room) => {
    expect(node(['--frozen-intrinsics', ...load(room)]).stdout).toMatch(/^(81|loaded)\n$/);
  });

  it('runs commands, and names what it cannot: certificates for a broker on this machine', () => {
    const words = (command: string, ...rest: string[]) => [cli, command, ...rest, '--data', join(folder, 'frozen')];
    const checked = node(['--frozen-intrinsics', ...words('provision', '--broker-host', 'localhost', '--dry-run')]);
    expect(checked).toMatchObject({ status: 0 });
    const run = node(['--frozen-intrinsics', ...words('run', '--for', '1s')]);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(
      'wasmqtt: certificates are made by a library that adds to Reflect, which --frozen-intrinsics forbids: start Node without it once',
    );
  });
});
