import { describe, expect, it } from 'vitest';
import { allRows } from '../../../host/bench/index.js';

const codecs = [
  'mqtt-packet',
  '@sap/xb-msg-mqtt-v311',
  'u8-mqtt-packet',
  'control',
  'buffer.isUtf8',
  'Buffer',
  'floor',
];
const rows = allRows().filter(({ bench, peer }) => codecs.includes(peer) && !bench.endsWith('.polluted'));

describe('a row of the benchmark', () => {
  it('has a name of its own, with its peer', () => {
    const names = allRows().map(({ bench, peer }) => `${bench} ${peer}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(rows.map((row) => [row.bench, row.peer, row] as const))('%s runs beside %s', async (_bench, _peer, row) => {
    const { units, ours, theirs } = await row.make();
    expect(units).toBeGreaterThan(0);
    // A side that keeps a state has to take the same input again.
    for (let run = 0; run < 2; run++) {
      ours();
      (theirs as () => void)();
    }
  });
});
