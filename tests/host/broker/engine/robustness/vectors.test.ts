import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { EXCHANGES, RULES } from './exchanges.js';
import { makeRandom, type Random } from './random.js';
import { Watch } from './watch.js';

interface VectorFile {
  vectors: { name: string; bytes: string }[];
}

const file = new URL('../../../../vectors/mqtt.json', import.meta.url);
const VECTORS = (JSON.parse(readFileSync(file, 'utf8')) as VectorFile).vectors.map(
  ({ bytes }) => new Uint8Array(Buffer.from(bytes, 'hex')),
);

const CASES = Object.entries(EXCHANGES).flatMap(([state, { since = 4 }]) =>
  ([4, 5] as const).filter((version) => version >= since).map((version) => [state, version] as const),
);

/** Vectors between two questions whether the others are served. */
const ROUND = 100;

/** The vector with something changed, taken away, put in or behind it. */
function mutant(random: Random, vector: Uint8Array): Uint8Array {
  const bytes = [...vector];
  for (let changes = random.below(3); changes >= 0; changes--) {
    const at = random.below(bytes.length + 1);
    switch (random.below(6)) {
      case 0:
        bytes.splice(at, 1);
        break;
      case 1:
        bytes.splice(at, 0, random.below(256));
        break;
      case 2:
        bytes.length = at;
        break;
      case 3:
        bytes.push(...random.pick(VECTORS));
        break;
      default:
        if (at < bytes.length) bytes[at] = random.flip() ? random.below(256) : bytes[at] ^ (1 << random.below(8));
    }
  }
  return Uint8Array.from(bytes);
}

describe('every vector of the codec, and mutants of it: other clients are served', () => {
  it.each(CASES)('%s, version %i', (state, version) => {
    const watch = new Watch({ rules: RULES });
    const random = makeRandom(version * 1000 + state.length);
    const { prepare } = EXCHANGES[state];
    for (const [index, vector] of VECTORS.entries()) {
      for (const bytes of [vector, mutant(random, vector)]) {
        const id = watch.open();
        prepare(watch, id, version);
        for (const chunk of random.chunks(bytes)) watch.receive(id, chunk);
        if (random.below(4) > 0) watch.closed(id);
      }
      if (index % ROUND === 0) watch.expectNeighboursServed();
      if (index % ROUND === ROUND / 2) watch.advance(random.below(20_000));
    }
    watch.expectNeighboursServed();
    watch.shutDown();
    watch.expectNothingFailed();
  });
});
