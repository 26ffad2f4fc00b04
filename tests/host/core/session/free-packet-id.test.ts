import { describe, expect, it } from 'vitest';
import type { CoreExports } from '../../../../build/abi/core.js';
import { compile } from '../support/bare-core.js';
import { ManyInFlight, upTo } from './many-in-flight.js';
import { Random } from './seeded-random.js';

const session = new ManyInFlight(compile('core.wasm').instantiate() as unknown as CoreExports);

function sendOne(): number {
  session.prepare();
  return session.send();
}

/** The first that is free behind the last, found one by one. */
function expected(sent: readonly number[], last: number): number {
  const taken = new Set(sent);
  let free = last;
  do free = (free % 0xffff) + 1;
  while (taken.has(free));
  return free;
}

describe('a free Packet Identifier', () => {
  it('is the first behind the last one that is not in flight, whatever is (MQTT-2.2.1-3)', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = new Random(seed);
      const base = random.chance(0.5) ? 65_520 : random.integer(0, 200);
      const range = random.integer(1, 60);
      const sent = upTo(1, range)
        .filter(() => random.chance(0.8))
        .map((id) => ((base + id - 1) % 0xffff) + 1);
      const last = random.chance(0.5) ? base : ((base + random.integer(0, range)) % 0xffff) + 1;
      session.connect(sent, last, upTo(1, random.integer(0, 64)));
      expect(sendOne(), `seed ${seed}`).toBe(expected(sent, last));
    }
  });

  it('is found when 65,534 others are in flight', () => {
    const all = upTo(1, 0xffff);
    for (const free of [1, 32_768, 65_535]) {
      for (const last of [0, free, 65_535]) {
        session.connect(
          all.filter((id) => id !== free),
          last,
        );
        expect(sendOne(), `${free} behind ${last}`).toBe(free);
      }
    }
  });
});
