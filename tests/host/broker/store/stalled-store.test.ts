import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createBroker, type JournalRecord, MemoryStore } from '../../../../host/broker/index.js';
import { encodePacket } from '../../../../host/core/index.js';
import { Client } from '../listeners/client.js';

const MESSAGES = 20_000;
const PAYLOAD = new Uint8Array(1000);
const limits = { unstoredBytes: 1_000_000, queuedMessages: MESSAGES, queuedBytes: 1e9 };

/** A disk that stalls: what it is handed stays in memory until `commit`. */
class StalledStore extends MemoryStore {
  bytes = 0;
  mostBytes = 0;

  override write(records: readonly JournalRecord[]): void {
    for (const record of records) if (record.kind === 'message') this.bytes += record.value?.payload.length ?? 0;
    this.mostBytes = Math.max(this.mostBytes, this.bytes);
    super.write(records);
  }

  override commit(): void {
    this.bytes = 0;
    super.commit();
  }
}

it('a disk that stalls stops the sockets of those that write; others are served, and nothing is lost', async () => {
  const store = new StalledStore();
  const broker = await createBroker({ store, limits, listeners: [{ protocol: 'mqtt', port: 0 }] });
  onTestFinished(() => broker.close());
  const { port } = broker.listeners[0];
  const open = () => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    return new Client(socket);
  };
  const committed = async <T>(answer: Promise<T>): Promise<T> => {
    const timer = setInterval(() => store.commit(), 1);
    return answer.finally(() => clearInterval(timer));
  };
  const lasting = { clientId: 'subscriber', cleanStart: false, properties: { sessionExpiryInterval: 3600 } };
  const subscriber = open();
  await committed(subscriber.connect(lasting));
  await committed(subscriber.subscribe('a', 1));
  subscriber.stream.destroy();

  const [writer, other] = [open(), open()];
  await writer.connect();
  await other.connect();
  await other.subscribe('b');
  for (let n = 0; n < MESSAGES; n++) {
    const packetId = 1 + n;
    const packet = { topic: 'a', payload: PAYLOAD, qos: 1, retain: false, dup: false, packetId } as const;
    writer.stream.write(encodePacket({ type: 'publish', ...packet }, 5));
  }
  // Until the broker reads nothing more: the other client's answers come one turn after the other.
  let bytes = -1;
  for (let calm = 0; calm < 50; calm++) {
    if (store.bytes !== bytes) calm = 0;
    bytes = store.bytes;
    other.send({ type: 'publish', topic: 'b', payload: PAYLOAD, qos: 0, retain: false, dup: false });
    await other.next('publish');
  }
  expect(writer.stream.writableLength).toBeGreaterThan(MESSAGES * 500);
  await committed(
    (async () => {
      for (let n = 0; n < MESSAGES; n++) expect((await writer.next('puback')).packetId).toBe(n + 1);
    })(),
  );
  expect(store.mostBytes).toBeLessThan(limits.unstoredBytes);
  expect([...store.load()].filter(({ kind }) => kind === 'queued')).toHaveLength(MESSAGES);
});
