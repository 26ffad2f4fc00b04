import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BrokerEngine, type BrokerEvent, LmdbStore } from '../../../../host/broker/index.js';
import { encodePacket, type Packet, PacketDecoder, ReasonCode } from '../../../../host/core/index.js';
import { smallDisk } from './small-disk.js';

it('a full disk is a state: nothing acknowledged is lost, and the broker goes on when there is room', async ({
  skip,
}) => {
  const disk = smallDisk();
  if (!disk) skip('needs the right to mount a tmpfs');
  const store = new LmdbStore({ directory: join(disk!, 'data'), retryAfter: 10 });
  const events: BrokerEvent[] = [];
  let heard = () => {};
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      heard = () => condition() && resolve();
      heard();
    });
  const received: Packet[] = [];
  const decoder = new PacketDecoder({ protocolVersion: 5 });
  const send = (_: number, bytes: Uint8Array) => {
    received.push(...structuredClone(decoder.push(bytes)));
    heard();
  };
  const transport = { send, end: () => heard() };
  const limits = { retainedMessages: 1_000_000, retainedBytes: 1e9 };
  const engine = new BrokerEngine({ now: () => performance.now(), transport, journal: store, limits });
  engine.on('any', (event) => {
    events.push(event);
    heard();
  });
  const id = engine.open({ remote: 'test' });
  const say = (packet: Packet) => engine.receive(id, encodePacket(packet, 5));
  say({ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'publisher' });

  // A file fills the disk, and the store gets no room for what it is sent.
  const ballast = join(disk!, 'ballast');
  writeFileSync(ballast, new Uint8Array(6 * 1024 * 1024));
  const publish = (packetId: number) => {
    const payload = new Uint8Array(100_000).fill(packetId);
    say({ type: 'publish', topic: `t/${packetId}`, payload, qos: 1, retain: true, dup: false, packetId });
  };
  const isFull = () => events.some((event) => event.type === 'store' && event.isFull);
  let packetId = 0;
  while (!isFull()) {
    publish(++packetId);
    const answers = received.length;
    await until(() => received.length > answers || isFull());
  }
  const acknowledged = received.flatMap((packet) => (packet.type === 'puback' ? [packet.packetId] : []));
  expect(acknowledged).toEqual(Array.from({ length: packetId - 1 }, (_, index) => index + 1));
  expect(received.at(-1)).toMatchObject({ type: 'disconnect', reasonCode: ReasonCode.quotaExceeded });
  expect(events).toContainEqual({
    type: 'store',
    isFull: true,
    reason: expect.stringMatching(/cannot be written: .* bytes are free\); make room on the disk$/),
  });

  rmSync(ballast);
  await until(() => events.some((event) => event.type === 'store' && !event.isFull));
  await store.close();
  const again = new LmdbStore({ directory: join(disk!, 'data') });
  const topics = [...again.load()].map((record) => record.kind === 'retained' && record.topic);
  await again.close();
  expect(topics).toEqual(expect.arrayContaining(acknowledged.map((number) => `t/${number}`)));
});
