// needs: clang-14, libclang_rt.fuzzer, wasm2c, git
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, it } from 'vitest';
import { typescriptProgram } from '../../tools/run-typescript.js';
import { campaign } from './campaign/campaign.js';
import { compile } from './campaign/compile.js';
import { buildPlanted, plant } from './campaign/planted-core.js';
import { type TargetName, targetNames, targets } from './campaign/targets.js';
import { vectorOf, withVector } from './findings/finding-vector.js';
import { describedSeeds, withSeed } from './findings/seed-list.js';

const here = import.meta.dirname;
const names = targetNames;
const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Executions: a number, since nobody knows what a busy machine does in some seconds. `npm run fuzz` has longer runs. */
const RUNS = 20_000;

/** Fuzzes from the seeds alone. */
function fuzz(target: TargetName, program: string, runs: number) {
  const places = { corpus: join(folder, target), findings: join(folder, `${target}-findings`) };
  return campaign({ target, program, runs, minimiseSeconds: 3, ...places });
}

function command(file: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, typescriptProgram(join(here, file), ...words), {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('the release core', () => {
  it.each(names)(`has no finding in the seeds of %s, nor in ${RUNS} executions`, async (target) => {
    const result = await fuzz(target, compile(target), RUNS);
    expect(result.findings).toEqual([]);
    expect(result.executions).toBeGreaterThanOrEqual(RUNS);
    expect(result.corpus).toBeGreaterThan(5);
    expect(result.work).toMatch(/^\d+ turns of loops where \d+ are allowed$/);
  });
});

describe('a defect', () => {
  it.each(names)('of %s is planted by a patch that fits the sources', (target) => {
    rmSync(plant(target), { recursive: true });
  });

  it('is found, made small, and becomes a vector', async () => {
    const copy = plant('der');
    try {
      const program = compile('der', buildPlanted(copy), join(copy, 'bin'));
      const { findings } = await fuzz('der', program, 100 * RUNS);
      expect(findings).toHaveLength(1);
      const [{ file, sentence, bytes }] = findings;
      expect(sentence).toBe('what X.690 forbids is refused, and all elements are counted');
      expect(bytes.length).toBeLessThan(40);
      expect(spawnSync(program, [file]).status).not.toBe(0);
      expect(vectorOf('der', Buffer.from(bytes, 'hex'), 'kept')?.vector).toMatchObject({
        kind: 'element',
        error: 'DER_BIT_STRING_UNUSED',
        clause: 'X.690 8.6.2.2',
      });
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});

describe('findings', () => {
  const seed = (target: TargetName, name: string) => readFileSync(join(here, 'corpus', target, name));

  it('of whole packets become vectors of tests/vectors/mqtt.json', () => {
    expect(vectorOf('packet', seed('packet', 'refused-topic-wildcard'), 'kept')?.vector).toEqual({
      name: 'kept',
      protocolVersion: 4,
      bytes: '3003000123',
      error: 'TOPIC_WILDCARD',
      errorOffset: 4,
      statement: 'MQTT-3.3.2-2',
    });
    expect(vectorOf('packet', seed('packet', 'pingreq-mqtt-3-1-1'), 'kept')?.vector).toEqual({
      name: 'kept',
      protocolVersion: 4,
      bytes: 'c000',
      packet: { type: 'pingreq' },
    });
    expect(vectorOf('packet', Buffer.from([2, 0, 0x30]), 'kept')?.vector).toMatchObject({ needed: 1 });
  });

  it('of certificates, lists and keys become vectors of tests/vectors/der.json', () => {
    const kinds: [TargetName, string, string][] = [
      ['x509', 'request-without-attributes', 'request'],
      ['x509', 'every-known-extension', 'certificate'],
      ['crl', 'v1-without-entries', 'crl'],
      ['keys', 'pkcs-1', 'key'],
    ];
    for (const [target, name, kind] of kinds) {
      expect(vectorOf(target, seed(target, name), 'kept')).toMatchObject({
        file: 'tests/vectors/der.json',
        vector: { name: 'kept', kind, fields: {} },
      });
    }
  });

  it('are put behind the vectors that are there, in the form of the file', () => {
    for (const file of ['mqtt.json', 'der.json']) {
      const text = readFileSync(join(here, '../vectors', file), 'utf8');
      const added = withVector(text, { name: 'kept', packet: { type: 'pingreq' }, list: [1, 2] });
      const [before, after] = [text, added].map((json) => JSON.parse(json).vectors);
      expect(after).toEqual([...before, { name: 'kept', packet: { type: 'pingreq' }, list: [1, 2] }]);
      expect(added.split('\n')).toHaveLength(text.split('\n').length + 1);
    }
  });

  it('of the other targets become seeds, in the order of their names', () => {
    expect(vectorOf('stream', seed('stream', 'whole-chunks'), 'kept')).toBeUndefined();
    const list = withSeed('# list\n\n## hex\n\n- `a` first\n- `c` third\n\n## utf8\n', 'hex', 'b', 'second');
    expect([...describedSeeds(list).hex]).toEqual([
      ['a', 'first'],
      ['b', 'second'],
      ['c', 'third'],
    ]);
  });
});

describe('the seeds', () => {
  const described = describedSeeds(readFileSync(join(here, 'corpus/README.md'), 'utf8'));

  it.each(names)('of %s are those that the list describes, and are not too long', (target) => {
    const files = readdirSync(join(here, 'corpus', target)).sort();
    expect(files).toEqual([...described[target].keys()].sort());
    for (const file of files)
      expect(statSync(join(here, 'corpus', target, file)).size, file).toBeLessThanOrEqual(targets[target].longest);
  });

  it('are of targets that exist', () => {
    expect(Object.keys(described)).toEqual(names);
  });
});

describe('npm run fuzz', () => {
  it('lists its targets', () => {
    const { status, stdout } = command('fuzz.ts', '--list', '--json');
    expect(status).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).target),
    ).toEqual(names);
  });

  it('counts executions, a line of JSON for each target and one for all', () => {
    const words = ['--target', 'hex', '--target', 'utf8', '--runs', '2000', '--seconds', '20', '--jobs', '2', '--json'];
    const { status, stdout } = command('fuzz.ts', ...words);
    expect(status).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual(['target', 'target', 'summary']);
    for (const line of lines.slice(0, 2)) expect(line).toMatchObject({ executions: 2000, findings: [] });
    expect(lines[2]).toMatchObject({ targets: 2, executions: 4000, found: 0 });
  });

  it('says what is wrong with its options, with exit code 2', () => {
    expect(command('fuzz.ts', '--target', 'hexa')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no target hexa; there are packet, stream'),
    });
    expect(command('fuzz.ts', '--seconds', 'x')).toMatchObject({ status: 2 });
    expect(command('keep.ts', 'no-such-file')).toMatchObject({ status: 2 });
    for (const file of ['fuzz.ts', 'keep.ts', 'selftest.ts'])
      expect(command(file, '--help')).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('Usage: npm run fuzz'),
      });
  });
});
