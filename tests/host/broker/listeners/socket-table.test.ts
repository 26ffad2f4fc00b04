import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  BrokerEngine,
  type BrokerEvent,
  Clockwork,
  SocketTable,
  type Transport,
} from '../../../../host/broker/index.js';
import { encodePacket } from '../../../../host/core/index.js';

/** A stream whose other end takes nothing until `unblock` is called. */
class StuckStream extends Duplex {
  /** Bytes that its other end took. */
  taken = 0;
  #waiting: (() => void)[] = [];
  #isStuck = true;

  constructor() {
    // The default of Node 20; that of later versions is beyond what these tests send.
    super({ writableHighWaterMark: 16_384 });
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.taken += chunk.length;
    if (this.#isStuck) this.#waiting.push(done);
    else done();
  }

  unblock(): void {
    this.#isStuck = false;
    for (const done of this.#waiting.splice(0)) done();
  }
}

function setUp() {
  let engine!: BrokerEngine;
  const table = new SocketTable(
    (transport) => {
      engine = new BrokerEngine({ now: () => 0, transport, limits: { backlogBytes: 20_000 } });
      return engine;
    },
    new Clockwork(() => performance.now(), true),
  );
  const stream = new StuckStream();
  table.attach(stream, { remote: 'stream' });
  stream.push(encodePacket({ type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'c' }, 4));
  return { engine, stream };
}

/** A stream whose client has `count` subscribers beside it, and one turn is not enough for all of them. */
async function setUpMany(count: number) {
  const table = new SocketTable(
    (transport) => new BrokerEngine({ now: () => 0, transport, limits: { workPerTurn: 100 } }),
    new Clockwork(() => 0, true),
  );
  const connect = (clientId: string) =>
    encodePacket({ type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId }, 4);
  const subscribe = encodePacket({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a', qos: 0 }] }, 4);
  const streams = Array.from({ length: count + 1 }, (_, n) => {
    const stream = new StuckStream();
    stream.unblock();
    table.attach(stream, { remote: `stream ${n}` });
    stream.push(n === 0 ? connect('writer') : Buffer.concat([connect(`c${n}`), subscribe]));
    return stream;
  });
  await turn();
  return streams;
}

const pings = (count: number) => Buffer.concat(Array(count).fill(encodePacket({ type: 'pingreq' }, 4)));
const turn = () => new Promise(setImmediate);

describe('a stream that does not take its answers', () => {
  it('is not read from until it takes them', async () => {
    const { stream } = setUp();
    stream.push(pings(9_000));
    await turn();
    expect(stream.isPaused(), '18,000 bytes of answers are within the limit').toBe(false);
    stream.push(pings(2_000));
    await turn();
    expect(stream.isPaused()).toBe(true);
    const drained = once(stream, 'drain');
    stream.unblock();
    await drained;
    expect(stream.isPaused()).toBe(false);
  });

  it('is read from again when the engine ends it, so that the close does not become a reset', async () => {
    const { engine, stream } = setUp();
    stream.push(pings(11_000));
    await turn();
    expect(stream.isPaused()).toBe(true);
    engine.shutDown();
    expect(stream.isPaused()).toBe(false);
    stream.destroy();
  });
});

describe('a stream that throws', () => {
  it('is destroyed, and the others get what the same turn has for them', async () => {
    const streams = await setUpMany(2);
    const [, broken, healthy] = streams;
    const taken = healthy.taken;
    broken._write = () => {
      throw new Error('not connected any more');
    };
    const closed = new Promise((resolve) => broken.once('close', resolve));
    for (const stream of [broken, healthy]) stream.push(pings(1));
    await closed;
    expect(broken.errored?.message).toBe('not connected any more');
    expect(healthy.taken - taken).toBe(2);
  });
});

describe('the end of a socket table', () => {
  const connect = encodePacket(
    { type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'c' },
    4,
  );
  const makeTable = (closeTimeout: number) => {
    const events: BrokerEvent[] = [];
    let engine!: BrokerEngine;
    const makeEngine = (transport: Transport) => {
      engine = new BrokerEngine({ now: () => 0, transport });
      engine.on('any', (event) => events.push(event));
      return engine;
    };
    const table = new SocketTable(makeEngine, new Clockwork(() => performance.now(), true), closeTimeout);
    return { table, engine, events };
  };

  it('comes at its deadline although a peer does not close its side', async () => {
    const { table } = makeTable(20);
    const stream = new StuckStream();
    table.attach(stream, { remote: 'stream' });
    stream.push(connect);
    await Promise.all([once(stream, 'close'), table.close()]);
  });

  it('comes although a stream never says that it is closed, and once for all who ask', async () => {
    const { table, engine } = makeTable(10);
    const stream = new Duplex({ read() {}, write() {}, destroy() {} });
    table.attach(stream, { remote: 'stream' });
    await Promise.all([table.close(), table.close()]);
    expect(stream.destroyed).toBe(true);
    expect(engine.counts.connections).toBe(0);
  });

  it('leaves no room for a stream that comes late', async () => {
    const { table, engine } = makeTable(10);
    await table.close();
    const stream = new StuckStream();
    table.attach(stream, { remote: 'late' });
    expect(stream.destroyed).toBe(true);
    expect(engine.counts.connections).toBe(0);
    await once(stream, 'close');
  });

  it('of one stream comes with its error, also when it does not close by itself', async () => {
    const { table, engine, events } = makeTable(10);
    const stream = new Duplex({ read() {}, write() {}, autoDestroy: false });
    table.attach(stream, { remote: 'stream' });
    stream.emit('error', new Error('renegotiated too often'));
    await once(stream, 'close');
    expect(events).toMatchObject([{ type: 'refused', reason: 'renegotiated too often' }]);
    expect(engine.counts.connections).toBe(0);
  });
});

describe('a message that takes more than one turn', () => {
  it('goes on without a clock, and its writer is not read from until all have it', async () => {
    const [writer, ...readers] = await setUpMany(50);
    const taken = readers.map((reader) => reader.taken);
    const packet = {
      type: 'publish',
      topic: 'a',
      payload: new Uint8Array(1),
      qos: 0,
      retain: false,
      dup: false,
    } as const;
    writer.push(encodePacket(packet, 4));
    let turns = 0;
    for (; readers.some((reader, n) => reader.taken === taken[n]); turns++) {
      await turn();
      if (turns === 1) expect(writer.isPaused()).toBe(true);
      expect(turns).toBeLessThan(1000);
    }
    expect(turns).toBeGreaterThan(2);
    await turn();
    await turn();
    expect(writer.isPaused()).toBe(false);
  });
});
