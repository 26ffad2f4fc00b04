import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../../tools/root.js';
import { typescriptProgram } from '../../../tools/run-typescript.js';
import { Reader, readModule, SECTION, sectionOf } from '../wasm/module.js';
import { type Mutant, Mutants } from '../wasm/probes.js';
import { Random } from './changes.js';
import { inputs, randomInput } from './inputs.js';
import { type Twin, Twins } from './twins.js';

const module = readModule(readFileSync(join(root, 'build/core.wasm')));
const mutants = new Mutants(module);

/** The number of an exported function. */
function numberOf(name: string): number {
  const reader = new Reader(sectionOf(module, SECTION.EXPORT).content);
  for (let left = reader.unsigned(); left > 0; left--) {
    const found = Buffer.from(reader.take(reader.unsigned())).toString();
    reader.byte();
    const number = reader.unsigned();
    if (found === name) return number;
  }
  throw new Error(`${name} is not an export`);
}

/** The n-th mutant of an export that is made like this. */
function mutant(name: string, change: string, n = 0): Mutant {
  const number = numberOf(name);
  const found = mutants.list.filter((one) => one.function === number && one.change === change);
  if (!found[n]) throw new Error(`${name} has no mutant "${change}"`);
  return found[n];
}

/** What tests kill: a mutant of each room of the core. */
const KILLED = [
  ['memory_wipe', 'fill removed'],
  ['utf8_check', 'call removed'],
  ['hex_encode', 'store removed'],
  ['mqtt_topic_match', 'i32.const 36 to 35'],
  ['mqtt_decode', 'fill removed'],
  ['mqtt_encode', 'store removed'],
  ['mqtt_decode_chunk', 'fill removed'],
  ['mqtt_property_read', 'store removed'],
  ['mqtt_filter_write', 'store removed'],
  ['session_init', 'store removed'],
  ['session_send', 'i32.const 48 to 47'],
  ['session_poll', 'store removed'],
  ['der_check', 'call removed'],
  ['crl_find', 'call removed'],
  ['key_wrap_pkcs8', 'fill removed'],
] as const;

describe('mutants beside the unchanged core', () => {
  // The step from one digit to the next.
  const endless = mutant('hex_decode', 'i32.const 1 to 0', 3);
  const equivalent = mutant('hex_decode', 'br_if always');
  const padding = mutant('x509_read', 'i32.const 600 to 599');
  const compared = new Map<Mutant, Twin>();
  let calls = 0;

  beforeAll(() => {
    const chosen = [...KILLED.map(([name, change]) => mutant(name, change)), endless, equivalent, padding];
    const twins = new Twins(mutants, chosen);
    for (const input of inputs) input.run(twins);
    const random = new Random(1);
    for (let left = 20; left > 0; left--) randomInput(random).run(twins);
    for (const one of twins.all) compared.set(one.mutant, one);
    calls = twins.calls;
  });

  it.each(KILLED)('%s: %s is seen', (name, change) => {
    const { seen } = compared.get(mutant(name, change)) ?? {};
    expect(seen?.what).toMatch(/ where the core (gives|has) /);
    expect(seen?.source).toMatch(/^\w+: ./);
    expect(seen?.input).not.toBe('');
  });

  it('a loop without an end is seen', () => {
    expect(compared.get(endless)?.seen?.what).toMatch(/^no end where the core gives -?\d+$/);
  });

  it('what changes nothing is not seen, in many calls', () => {
    expect(compared.get(equivalent)).toMatchObject({ seen: undefined, working: undefined });
    expect(compared.get(equivalent)?.calls).toBeGreaterThan(1_000);
    expect(calls).toBeGreaterThan(50_000);
  });

  it('what the ABI leaves open is told apart', () => {
    expect(compared.get(padding)).toMatchObject({ seen: undefined, working: { place: 'certificate + 599' } });
  });
});

describe('inputs at random', () => {
  it('are the same for the same seed', () => {
    const names = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 50 }, () => randomInput(random)).map(({ target, bytes, name }) => [
        target,
        bytes,
        name,
      ]);
    };
    expect(names(7)).toEqual(names(7));
    expect(names(8)).not.toEqual(names(7));
  });
});

describe('npm run mutation:listed', () => {
  const command = (...words: string[]) =>
    spawnSync(process.execPath, typescriptProgram(join(root, 'tests/mutation/listed/main.ts'), ...words), {
      encoding: 'utf8',
    });

  it('tells what it does, and what is wrong with its options', () => {
    expect(command('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: npm run mutation:listed'),
    });
    expect(command('--inputs', 'many')).toMatchObject({ status: 2, stderr: expect.stringContaining('many') });
    expect(command('--count')).toMatchObject({ status: 2, stderr: expect.stringContaining('--count') });
  });
});
