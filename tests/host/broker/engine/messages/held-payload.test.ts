import { describe, expect, it } from 'vitest';
import { encodePacket, type QoS } from '../../../../../host/core/index.js';
import { World } from '../../world.js';

/** Whether the payload of a message is part of the bytes in which it came, when all that is to be done with it at once is done. */
function isView({ qos = 0 as QoS, retain = false, size = 10, away = false, subscribed = 1 as QoS } = {}): boolean {
  const world = new World();
  const reader = world.connect({
    protocolVersion: 5,
    cleanStart: false,
    clientId: 'reader',
    properties: { sessionExpiryInterval: 100 },
  });
  reader.subscribe('t', { qos: subscribed });
  if (away) reader.drop();
  const writer = world.connect({ clientId: 'writer' });
  const payload = Buffer.alloc(size, 7);
  const packetId = qos > 0 ? 1 : undefined;
  const bytes = encodePacket({ type: 'publish', topic: 't', payload, qos, retain, dup: false, packetId }, 4);
  // Memory of its own: what the network reads is shared with nothing.
  const chunk = new Uint8Array(bytes);
  writer.raw(chunk);
  const [event] = world.eventsOf('published');
  expect([...event.payload]).toEqual([...payload]);
  return event.payload.buffer === chunk.buffer;
}

describe('the payload of a message', () => {
  it('is not copied when the message only passes', () => {
    expect(isView()).toBe(true);
    expect(isView({ size: 1024 })).toBe(true);
    expect(isView({ qos: 1, subscribed: 0 })).toBe(true);
    expect(isView({ away: true }), 'QoS 0 for a client that is away').toBe(true);
  });

  it('is its own when a session or the retained store holds the message: what came with it can go', () => {
    expect(isView({ qos: 1 }), 'in flight').toBe(false);
    expect(isView({ qos: 1, away: true }), 'queued').toBe(false);
    expect(isView({ retain: true }), 'retained').toBe(false);
  });

  it('is its own when it is large: a client that reads slowly holds it by reference', () => {
    expect(isView({ size: 1025 })).toBe(false);
  });

  it('of the program of the broker is copied: it may write to its bytes again', () => {
    const world = new World();
    const payload = Buffer.from('before');
    world.engine.publish('t', payload, { retain: true });
    payload.write('after!');
    const reader = world.connect();
    reader.subscribe('t');
    expect(reader.messages()).toEqual(['t=before']);
  });
});
