import { describe, expect, it } from 'vitest';
import { World } from '../../world.js';

describe.each([4, 5] as const)('keep-alive, protocol version %i', (protocolVersion) => {
  it('one and a half times the interval without a packet closes the connection (MQTT-3.1.2-22)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion, keepAlive: 20 });
    world.advance(29_999);
    expect(client.isClosed).toBe(false);
    world.advance(1);
    expect(client.isClosed).toBe(true);
    if (protocolVersion === 5) expect(client.next('disconnect').reasonCode).toBe(0x8d);
    expect(client.received).toEqual([]);
    expect(world.eventsOf('disconnected')).toMatchObject([{ clientId: 'client', reasonCode: 0x8d }]);
  });

  it('every packet of the client starts the interval again', () => {
    const world = new World();
    const client = world.connect({ protocolVersion, keepAlive: 20 });
    for (let round = 0; round < 5; round++) {
      world.advance(29_000);
      client.send({ type: 'pingreq' });
      expect(client.next('pingresp').type).toBe('pingresp');
    }
    world.advance(29_999);
    client.publish('a', 'x');
    world.advance(29_999);
    expect(client.isClosed).toBe(false);
    world.advance(1);
    expect(client.isClosed).toBe(true);
  });

  it('a packet that takes longer than the interval to arrive does not close the connection', () => {
    const world = new World();
    const client = world.connect({ protocolVersion, keepAlive: 20 });
    for (const octet of [0x30, 0x06, 0x00, 0x01, 0x61, 0x00, 0x61, 0x62]) {
      world.advance(29_999);
      client.raw(Uint8Array.of(octet));
    }
    expect(client.isClosed).toBe(false);
    client.raw(Uint8Array.of(0xc0, 0x00));
    expect(client.next('pingresp').type).toBe('pingresp');
    world.advance(30_000);
    expect(client.isClosed).toBe(true);
  });

  it('packets of the broker do not count', () => {
    const world = new World();
    const client = world.connect({ protocolVersion, keepAlive: 20 });
    client.subscribe('a');
    world.advance(20_000);
    world.engine.publish('a', 'x');
    world.advance(10_000);
    expect(client.isClosed).toBe(true);
  });

  it('an interval of 0 never closes the connection and leaves no deadline (3.1.2.10)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion, keepAlive: 0 });
    expect(world.engine.nextDeadline(world.now)).toBeUndefined();
    world.advance(1_000_000_000);
    expect(client.isClosed).toBe(false);
  });

  it('a client that is gone leaves no deadline', () => {
    const world = new World();
    world.connect({ protocolVersion, keepAlive: 20 }).disconnect();
    expect(world.engine.nextDeadline(world.now)).toBeUndefined();
  });
});

it('a connection that sends no CONNECT is closed after the connect timeout (3.1.4)', () => {
  const world = new World({ limits: { connectTimeout: 5_000 } });
  const client = world.open();
  client.raw(Uint8Array.of(0x10));
  world.advance(4_999);
  expect(client.isClosed).toBe(false);
  world.advance(1);
  expect(client.isClosed).toBe(true);
  expect(world.eventsOf('refused')).toMatchObject([{ reason: 'no CONNECT packet within 5 s' }]);
  expect(world.engine.counts.connections).toBe(0);
});
