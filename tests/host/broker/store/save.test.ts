import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { BrokerEngine, LmdbStore } from '../../../../host/broker/index.js';
import { encodePacket, PacketDecoder } from '../../../../host/core/index.js';
import { bundle, runScript } from '../../bundled-script.js';

/** Publishes numbers for a session that is away, and saves all the time; prints what is saved. */
const WRITER = `
  import { BrokerEngine, LmdbStore } from './host/broker/index.ts';
  import { encodePacket } from './host/core/index.ts';
  const store = new LmdbStore({ directory: process.argv[2], persistence: 'interval', interval: 2_000_000_000 });
  const transport = { send() {}, end() {} };
  const engine = new BrokerEngine({ now: () => performance.now(), transport, journal: store, limits: { queuedMessages: 1e9 } });
  const id = engine.open({ remote: 'test' });
  const say = (packet) => engine.receive(id, encodePacket(packet, 4));
  say({ type: 'connect', protocolVersion: 4, cleanStart: false, keepAlive: 0, clientId: 'client' });
  say({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a', qos: 1 }] });
  engine.closed(id);
  for (let n = 0; ; n += 50) {
    for (let k = 0; k < 50; k++) engine.publish('a', String(n + k) + ' '.repeat(500), { qos: 1 });
    await store.save();
    console.log(n + 49);
  }
`;

it.each([2, 9, 23])(
  'kill -9 in the middle of a save leaves the state of one moment (after %i saves)',
  async (saves) => {
    const directory = mkdtempSync(join(tmpdir(), 'wasmqtt-save-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const child = runScript(await bundle(WRITER), directory);
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    let saved = -1;
    let count = 0;
    for await (const line of createInterface({ input: child.stdout! })) {
      saved = Number(line);
      if (++count === saves) child.kill('SIGKILL');
    }
    await exit;
    expect(count).toBeGreaterThanOrEqual(saves);

    const store = new LmdbStore({ directory });
    onTestFinished(() => store.close());
    const seen: number[] = [];
    const decoder = new PacketDecoder({ protocolVersion: 4 });
    const id = 1;
    const engine: BrokerEngine = new BrokerEngine({
      now: () => performance.now(),
      transport: {
        send: (_, bytes) => {
          for (const packet of decoder.push(bytes)) {
            if (packet.type !== 'publish') continue;
            seen.push(Number(Buffer.from(packet.payload).toString()));
          }
        },
        end() {},
      },
      journal: store,
      limits: { queuedMessages: 1e9, inflightMessages: 65_000 },
    });
    engine.restore(store.load());
    expect(engine.open({ remote: 'test' })).toBe(id);
    const connect = { protocolVersion: 4, cleanStart: false, keepAlive: 0, clientId: 'client' } as const;
    engine.receive(id, encodePacket({ type: 'connect', ...connect }, 4));
    await store.save();
    // All of one save or nothing of it.
    expect(seen).toEqual(seen.map((_, index) => index));
    expect(seen.length).toBeGreaterThan(saved);
    expect(seen.length % 50).toBe(0);
  },
);
