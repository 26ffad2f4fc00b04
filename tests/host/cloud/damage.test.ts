// engine: LMDB
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { bundle, runScript } from '../bundled-script.js';
import { temporaryFolder } from './cloud-rig.js';

/** How many bits of each page are changed, one at a time. */
const FLIPS = Number(process.env.WASMQTT_FLIPS ?? 8);

/**
 * Makes a store with small and large values, removed ones too, and opens copies of its file, each with one bit changed. For each it prints
 * what came of it. A crash of LMDB ends this process, not the test.
 */
const SCRIPT = `
  import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
  import { join } from 'node:path';
  import { openSealed } from './host/cloud/store/open-sealed.ts';
  import { ValueStore } from './host/cloud/store/values/value-store.ts';
  const [folder, flips] = [process.argv[2], Number(process.argv[3])];
  const account = { kind: 'account' };
  const good = join(folder, 'good');
  const open = async (directory) => {
    const engine = await openSealed(directory);
    return { engine, values: new ValueStore(engine, 'AC1', Date.now) };
  };
  const wanted = new Map();
  {
    const { engine, values } = await open(good);
    for (let n = 0; n < 150; n++) {
      const value = ('value ' + n + ' ').repeat(n % 10 === 0 ? 400 : 1 + n % 20);
      await values.create(account, 'secrets', 'key-' + n, value);
      wanted.set('key-' + n, value);
      if (n % 7 !== 3) continue;
      await values.delete(account, 'secrets', 'key-' + n);
      wanted.delete('key-' + n);
    }
    await engine.close();
  }
  const file = readFileSync(join(good, 'data.mdb'));
  let seed = 1;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  const outcome = async (directory) => {
    let opened;
    try {
      opened = await open(directory);
    } catch (error) {
      return 'refused ' + error.code;
    }
    const { engine, values } = opened;
    const seen = { right: 0, damaged: 0, missing: 0, wrong: 0, other: 0 };
    const read = async (key, action) => {
      try {
        const value = await action();
        if (value === undefined) seen.missing++;
        else if (value.value === wanted.get(key)) seen.right++;
        else seen.wrong++;
      } catch (error) {
        if (error.code === 'damaged') seen.damaged++;
        else seen.other++;
      }
    };
    for (const key of wanted.keys()) await read(key, () => values.get(account, 'secrets', key));
    let listed = 'whole';
    try {
      for (const value of await values.list(account, 'secrets')) if (wanted.get(value.key) !== value.value) seen.wrong++;
    } catch (error) {
      listed = error.code;
    }
    // What is written into it spoils nothing either.
    try {
      for (let n = 0; n < 5; n++) await values.create(account, 'configs', 'new-' + n, 'x'.repeat(3000));
    } catch (error) {
      if (error.code === undefined) throw error;
    }
    await engine.close();
    const { right, damaged, missing, wrong, other } = seen;
    if (wrong > 0 || other > 0) return 'WRONG ' + JSON.stringify(seen);
    if (right === wanted.size && listed === 'whole') return 'right';
    return missing > 0 && listed === 'whole' ? 'LOST ' + missing : 'damaged';
  };
  const pages = file.length / 4096;
  for (let page = 0; page < pages; page++) {
    for (let flip = 0; flip < flips; flip++) {
      // Half of them where pages say what they are and where what is.
      const byte = flip % 2 === 0 ? random(48) : random(4096);
      const changed = Buffer.from(file);
      const bit = random(8);
      changed[page * 4096 + byte] ^= 1 << bit;
      const directory = join(folder, 'copy');
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory);
      writeFileSync(join(directory, 'data.mdb'), changed, { mode: 0o600 });
      for (const name of ['master.key', 'format']) copyFileSync(join(good, name), join(directory, name));
      process.stdout.write('page ' + page + ' byte ' + byte + ' bit ' + bit + ': ');
      process.stdout.write((await outcome(directory)) + '\\n');
    }
  }
  process.stdout.write('end ' + pages + '\\n');
`;

it('a store with a wrong bit in any page gives out no wrong value, loses none without a word, and ends no process', async () => {
  const child = runScript(await bundle(SCRIPT), temporaryFolder(), `${FLIPS}`);
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) lines.push(line);
  const last = lines.pop();
  expect(last).toMatch(/^end \d+$/);
  expect(lines.length).toBe(Number(last?.slice(4)) * FLIPS);
  expect(lines.filter((line) => /: (WRONG|LOST)/.test(line))).toEqual([]);
  const count = (outcome: RegExp) => lines.filter((line) => outcome.test(line)).length;
  expect(count(/: refused/)).toBeGreaterThan(0);
  expect(count(/: damaged/)).toBeGreaterThan(0);
});
