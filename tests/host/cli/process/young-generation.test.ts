import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundle, runScript } from '../../bundled-script.js';

let script: string;

beforeAll(async () => {
  script = await bundle(`
    import { getHeapSpaceStatistics } from 'node:v8';
    import { keepYoungGenerationSmall, startThread } from './host/cli/process/young-generation.ts';

    const size = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size;
    // Its second half is there from the first collection on.
    for (let n = 0; n < 1_000_000; n++) Object.create(null);
    if (process.argv[2] === 'chosen') process.execArgv.push('--max-semi-space-size=16');
    if (process.argv[2] !== 'untouched') keepYoungGenerationSmall();
    if (process.argv[2] === 'beside a thread') {
      const thread = startThread('setInterval(() => {}, 1000)', { eval: true });
      await new Promise((resolve) => thread.once('online', resolve));
      thread.unref();
    }
    const before = size();
    const kept = [];
    // All of it survives, which is what makes the young generation grow.
    for (let n = 0; n < 1_000_000; n++) kept.push({ n });
    console.log(JSON.stringify({ before, after: size(), kept: kept.length }));
  `);
});

const growth = async (how: string) => {
  const { before, after } = JSON.parse(await text(runScript(script, how).stdout!));
  return after / before;
};

describe('the young generation', () => {
  it('of a service stays at the size that it has', async () => {
    expect(await growth('kept')).toBe(1);
  });

  it('stays so when a thread is started, for whose heap V8 would let it grow again', async () => {
    expect(await growth('beside a thread')).toBe(1);
  });

  it('grows otherwise, which the same measurement finds', async () => {
    expect(await growth('untouched')).toBeGreaterThan(1);
  });

  it('is left alone when the user has chosen a size', async () => {
    expect(await growth('chosen')).toBeGreaterThan(1);
  });
});
