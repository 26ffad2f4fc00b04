import { describe, expect, it } from 'vitest';
import { ALLOW, refuse } from '../../../../../host/broker/index.js';
import { text, World } from '../../world.js';

const will = { topic: 'gone', payload: text('bye'), qos: 1 as const, retain: false };

function setUp(protocolVersion: 4 | 5 = 5) {
  const world = new World();
  const watcher = world.connect({ protocolVersion: 5, clientId: 'watcher' });
  watcher.subscribe('gone', { qos: 1 });
  return { world, watcher, protocolVersion };
}

describe.each([4, 5] as const)('the will, protocol version %i', (protocolVersion) => {
  it('is published when the connection is lost (MQTT-3.1.2-8)', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion, will }).drop();
    expect(watcher.next('publish')).toMatchObject({ topic: 'gone', qos: 1, retain: false });
  });

  it('is discarded by a normal DISCONNECT (MQTT-3.14.4-3)', () => {
    const { world, watcher } = setUp();
    const client = world.connect({ protocolVersion, will });
    client.disconnect();
    expect(client.isClosed).toBe(true);
    expect(watcher.messages()).toEqual([]);
  });

  it('is published when the client breaks the protocol (MQTT-3.1.2-8)', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion, will }).raw(Uint8Array.of(0xff, 0));
    expect(watcher.messages()).toEqual(['gone=bye']);
  });

  it('is published when the keep-alive runs out', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion, will, keepAlive: 10 });
    world.advance(14_999);
    expect(watcher.messages()).toEqual([]);
    world.advance(1);
    expect(watcher.messages()).toEqual(['gone=bye']);
  });

  it('is published when another connection takes the client id', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion, will });
    world.connect({ protocolVersion });
    expect(watcher.messages()).toEqual(['gone=bye']);
  });

  it('is kept as a retained message when it asks for that (MQTT-3.1.2-15)', () => {
    const { world } = setUp();
    world.connect({ protocolVersion, will: { ...will, retain: true } }).drop();
    const late = world.connect({ protocolVersion: 5, clientId: 'late' });
    late.subscribe('gone');
    expect(late.next('publish')).toMatchObject({ retain: true });
  });

  it('belongs to the last CONNECT only', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion, will, cleanStart: false }).disconnect();
    world.connect({ protocolVersion, cleanStart: false }).drop();
    expect(watcher.messages()).toEqual([]);
  });

  it('is not published when the access rules deny it', () => {
    const world = new World({ rules: { publish: (_, { topic }) => (topic === 'gone' ? refuse('gone') : ALLOW) } });
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('#');
    world.connect({ protocolVersion, will }).drop();
    expect(watcher.messages()).toEqual([]);
    expect(world.eventsOf('dropped')).toMatchObject([{ topic: 'gone', reason: 'not authorised' }]);
  });

  it('is not published when the broker shuts down', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion, will });
    world.engine.shutDown();
    expect(watcher.next('disconnect').reasonCode).toBe(0x8b);
    expect(world.eventsOf('published')).toEqual([]);
  });
});

describe('the will of MQTT 5', () => {
  const delayed = { ...will, properties: { willDelayInterval: 30 } };
  const lasting = { sessionExpiryInterval: 100 };

  it('is published with DISCONNECT 0x04 (3.14.2.1)', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion: 5, will }).disconnect(4);
    expect(watcher.messages()).toEqual(['gone=bye']);
  });

  it('waits for its delay (3.1.3.2.2)', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion: 5, will: delayed, properties: lasting }).drop();
    world.advance(29_999);
    expect(watcher.messages()).toEqual([]);
    world.advance(1);
    expect(watcher.messages()).toEqual(['gone=bye']);
    world.advance(1_000_000);
    expect(watcher.messages()).toEqual([]);
  });

  it('is not published when the client is back before the delay (MQTT-3.1.3-9)', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion: 5, will: delayed, properties: lasting }).drop();
    world.advance(10_000);
    world.connect({ protocolVersion: 5, cleanStart: false, properties: lasting });
    world.advance(1_000_000);
    expect(watcher.messages()).toEqual([]);
  });

  it('of an earlier connection does not disturb the next one', () => {
    const { world, watcher } = setUp();
    const lost = world.connect({ protocolVersion: 5, will: delayed, properties: lasting });
    lost.drop();
    world.connect({ protocolVersion: 5, cleanStart: false, will: delayed, properties: lasting });
    world.advance(1_000_000);
    expect(watcher.messages()).toEqual([]);
  });

  it('does not wait longer than its session lives (MQTT-3.1.2-8)', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion: 5, will: delayed, properties: { sessionExpiryInterval: 5 } }).drop();
    world.advance(4_999);
    expect(watcher.messages()).toEqual([]);
    world.advance(1);
    expect(watcher.messages()).toEqual(['gone=bye']);
    world.advance(1_000_000);
    expect(watcher.messages()).toEqual([]);
  });

  it('is published at once when a clean start ends its session', () => {
    const { world, watcher } = setUp();
    world.connect({ protocolVersion: 5, will: delayed, properties: lasting }).drop();
    world.connect({ protocolVersion: 5, cleanStart: true });
    expect(watcher.messages()).toEqual(['gone=bye']);
  });

  it('carries its properties, and its expiry runs from publication (3.1.3.2.4)', () => {
    const { world, watcher } = setUp();
    const properties = {
      willDelayInterval: 30,
      messageExpiryInterval: 60,
      contentType: 'text/plain',
      responseTopic: 'answer',
      correlationData: text('id'),
      userProperty: [['a', 'b']] as [string, string][],
    };
    world.connect({ protocolVersion: 5, will: { ...will, properties }, properties: lasting }).drop();
    world.advance(30_000);
    const received = watcher.next('publish').properties!;
    expect(received).toMatchObject({
      messageExpiryInterval: 60,
      contentType: 'text/plain',
      responseTopic: 'answer',
      userProperty: [['a', 'b']],
    });
    expect(Buffer.from(received.correlationData!).toString()).toBe('id');
    expect(received.willDelayInterval).toBeUndefined();
  });
});
