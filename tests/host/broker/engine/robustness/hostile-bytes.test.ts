import { describe, expect, it } from 'vitest';
import type { EngineOptions } from '../../../../../host/broker/index.js';
import { ALLOW } from '../../../../../host/broker/index.js';
import { encodePacket } from '../../../../../host/core/index.js';
import { randomConnect, randomInput } from './hostile-input.js';
import { makeRandom, type Random } from './random.js';
import { Watch } from './watch.js';

/** What a client may have behind it when the hostile bytes come. */
const STATES: Record<string, (watch: Watch, id: number, version: 4 | 5) => void> = {
  'that has sent nothing': () => {},
  'whose CONNECT has only begun': (watch, id, version) => watch.receive(id, watch.connect(version).subarray(0, 13)),
  'that was accepted': (watch, id, version) => watch.receive(id, watch.connect(version)),
  'with a subscription, a will and messages in flight': (watch, id, version) => {
    watch.receive(id, watch.connect(version, { cleanStart: false, keepAlive: 5 }));
    const subscriptions = [{ topicFilter: '#', qos: 2 as const }];
    watch.receive(id, encodePacket({ type: 'subscribe', packetId: 1, subscriptions }, version));
    for (const qos of [0, 1, 2, 2] as const) watch.engine.publish('a/b', 'x', { qos });
    const publish = { type: 'publish', topic: 'a', payload: new Uint8Array(3), retain: true, dup: false } as const;
    watch.receive(id, encodePacket({ ...publish, qos: 2, packetId: 1 }, version));
  },
  'that does not read': (watch, id, version) => {
    watch.receive(id, watch.connect(version, { cleanStart: false }));
    watch.backlog.set(id, 10_000_000);
    const subscriptions = [{ topicFilter: 'a', qos: 1 as const }];
    watch.receive(id, encodePacket({ type: 'subscribe', packetId: 1, subscriptions }, version));
    for (const qos of [0, 1, 2] as const) watch.engine.publish('a', 'x', { qos });
  },
};

const CASES = Object.keys(STATES).flatMap((state) => ([4, 5] as const).map((version) => [version, state] as const));

/** The flags that each packet type must have (2.1.3). */
const FLAGS = [0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0];
/** All that exist, those between them and one beyond them. */
const CODES = [...Array(32).keys(), ...Array.from({ length: 0x24 }, (_, index) => 0x80 + index), 0xff];

describe('whatever bytes a client sends, the engine goes on: at most this client ends, once', () => {
  it.each(CASES)('every packet type with every reason code, from a client of version %i %s', (version, state) => {
    const watch = new Watch();
    for (let type = 0; type < 16; type++) {
      const firstByte = (type << 4) | FLAGS[type];
      for (const code of CODES) {
        const id = watch.open();
        STATES[state](watch, id, version);
        watch.receive(id, Uint8Array.of(firstByte, 4, 0, 1, code, 0));
        watch.receive(id, Uint8Array.of(firstByte, 2, code, 0));
        watch.closed(id);
      }
      watch.expectNeighboursServed();
    }
    watch.expectNothingFailed();
  });

  it.each(CASES)('random packets and random bytes, from a client of version %i %s', (version, state) => {
    const watch = new Watch();
    const random = makeRandom(13);
    for (let round = 0; round < 400; round++) {
      const id = watch.open();
      STATES[state](watch, id, version);
      for (let input = random.below(8); input >= 0; input--) act(watch, id, random, version);
      if (round % 20 === 0) watch.expectNeighboursServed();
      if (random.below(2) === 0) watch.closed(id);
    }
    watch.expectNeighboursServed();
    watch.shutDown();
    watch.expectNothingFailed();
  });
});

describe('whatever the rules answer and the transport throws, the engine goes on', () => {
  it.each([4, 5] as const)('with clients of version %i', (version) => {
    const random = makeRandom(31);
    const watch = new Watch(capricious(random), random);
    for (let round = 0; round < 1500; round++) {
      const id = watch.open();
      watch.receive(id, random.below(4) === 0 ? randomConnect(random) : watch.connect(version, { cleanStart: false }));
      for (let input = random.below(12); input >= 0; input--) act(watch, id, random, version);
      if (random.below(2) === 0) watch.closed(id);
      if (round % 20 === 0) watch.expectNeighboursServed();
    }
    watch.shutDown();
    // What the rules and the transport threw, and nothing of the engine's own.
    const theirs =
      /broken transport|no database|^undefined$|^text$| answered | refused with|newClientId|cannot encode connack/;
    const failures = new Set(watch.failures.map(String));
    expect(failures.size).toBeGreaterThan(10);
    expect([...failures].filter((failure) => !theirs.test(failure))).toEqual([]);
  });
});

function act(watch: Watch, id: number, random: Random, version: 4 | 5): void {
  switch (random.below(12)) {
    case 0:
      watch.advance(random.below(8000));
      break;
    case 1:
      watch.backlog.delete(id);
      watch.engine.drained(id);
      break;
    case 2:
      watch.engine.publish(random.pick(['a', 'a/b', '$SYS/x']), 'x', {
        qos: random.below(3) as 0,
        retain: random.flip(),
      });
      break;
    default:
      for (const chunk of random.chunks(randomInput(random, version))) watch.receive(id, chunk);
  }
}

/** Rules that answer anything, or throw, for every client but the neighbours. */
function capricious(random: Random): Partial<EngineOptions> {
  const codes = [0, 1, 0x80, 0x84, 0x8b, 0x8d, 0xa2, 255, 300, -1, Number.NaN, undefined, 'x', Promise.resolve(0)];
  const refusals = codes.flatMap((reasonCode) =>
    ['drop', 'disconnect', undefined].map((effect) => ({ allow: false, reasonCode, reason: 'no', effect })),
  );
  // An unhandled rejection would end the test.
  const noDatabase = () => Promise.reject(new Error('no database'));
  const nonsense = [undefined, null, 7, 'allow', Promise.resolve(ALLOW), noDatabase];
  const decisions = [...Array.from({ length: 40 }, () => ALLOW), ...refusals, ...nonsense];
  const answer = (clientId: string, good: unknown, answers: readonly unknown[]): never => {
    if (clientId.startsWith('neighbour')) return good as never;
    if (random.below(40) === 0) throw random.pick([new Error('no database'), undefined, 'text']);
    const picked = random.pick(answers);
    return (typeof picked === 'function' ? picked() : picked) as never;
  };
  return {
    newClientId: () => answer('', '', ['a', 'b', '', 'bad\0id', 'x'.repeat(70_000), 7, undefined]),
    rules: {
      connect: ({ clientId }) => answer(clientId, ALLOW, decisions),
      publish: ({ clientId }) => answer(clientId, ALLOW, decisions),
      subscribe: ({ clientId }) => answer(clientId, ALLOW, decisions),
      receive: ({ clientId }) => answer(clientId, ALLOW, decisions),
    },
  };
}
