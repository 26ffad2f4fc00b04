import { describe, expect, it } from 'vitest';
import { ALLOW, type ClientIdentity } from '../../../../../host/broker/index.js';
import { World } from '../../world.js';

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));

/** What Mosquitto's bridge sends by default (`try_private`): its version with bit 7 set. Client id "b", clean session 0. */
const BRIDGE_3_1 = hex('10 0f 0006 4d5149736470 83 00 003c 0001 62');
const BRIDGE_3_1_1 = hex('10 0d 0004 4d515454 84 00 003c 0001 62');
const BRIDGES = [
  ['3.1', BRIDGE_3_1, 3],
  ['3.1.1', BRIDGE_3_1_1, 4],
] as const;

describe.each(BRIDGES)('a bridge of version %s that says so by bit 7 of its version', (_, connect, protocolVersion) => {
  const arrive = () => {
    const seen: ClientIdentity[] = [];
    const publish = (client: ClientIdentity) => {
      seen.push(client);
      return ALLOW;
    };
    const world = new World({ rules: { publish } });
    const client = world.open(protocolVersion);
    client.raw(connect);
    return { world, client, seen };
  };

  it('is let in as a client of its version, and the rules see what it is', () => {
    const { world, client, seen } = arrive();
    expect(client.next('connack')).toMatchObject({ reasonCode: 0, sessionPresent: false });
    expect(world.eventsOf('connected')).toMatchObject([{ clientId: 'b', protocolVersion }]);
    client.publish('a', 'x');
    expect(seen).toMatchObject([{ clientId: 'b', isBridge: true }]);
  });

  it('does not get back what it sent, and sees what was published with RETAIN', () => {
    const { world, client } = arrive();
    client.next('connack');
    client.subscribe('#', { qos: 1 });
    client.publish('own', 'x');
    expect(client.received).toEqual([]);
    world.engine.publish('a', 'x', { retain: true });
    world.engine.publish('b', 'x');
    expect(client.received).toMatchObject([
      { topic: 'a', retain: true },
      { topic: 'b', retain: false },
    ]);
  });

  it('may come in pieces of any size', () => {
    for (let cut = 1; cut < connect.length; cut++) {
      const client = new World().open(protocolVersion);
      client.raw(connect.slice(0, cut));
      client.raw(connect.slice(cut));
      expect(client.next('connack').reasonCode, `cut at ${cut}`).toBe(0);
    }
    const client = new World().open(protocolVersion);
    for (const byte of connect) client.raw(Uint8Array.of(byte));
    expect(client.next('connack').reasonCode).toBe(0);
  });

  it('leaves the bytes that it came in as they were', () => {
    const bytes = connect.slice();
    new World().open(protocolVersion).raw(bytes);
    expect(bytes).toEqual(connect);
  });

  it('is refused in the form of its version', () => {
    const world = new World({ limits: { sessions: 0 } });
    const client = world.open(protocolVersion);
    client.raw(connect);
    expect(client.next('connack').reasonCode).toBe(3);
  });
});

describe('bit 7 of another version', () => {
  it.each([
    ['0x85 of MQTT 5', '10 0e 0004 4d515454 85 02 003c 00 0001 62', 5 as const, 0x84],
    ['0x83 under the name of 3.1.1', '10 0d 0004 4d515454 83 02 003c 0001 62', 5 as const, 0x84],
    ['0x84 under the name of 3.1', '10 0f 0006 4d5149736470 84 02 003c 0001 62', 5 as const, 0x84],
  ])('is not that of a bridge: %s is refused', (_, bytes, form, reasonCode) => {
    const client = new World().open(form);
    client.raw(hex(bytes));
    expect(client.next('connack').reasonCode).toBe(reasonCode);
    expect(client.isClosed).toBe(true);
  });

  it('comes with 0x84 in a second CONNECT: that ends the connection as any other does (MQTT-3.1.0-2)', () => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.raw(BRIDGE_3_1_1);
    expect(client.next('disconnect').reasonCode).toBe(0x82);
  });
});

describe('a CONNECT of MQTT 3.1 with flags in its first byte, which 3.1 does not look at (2.1)', () => {
  it.each(Array.from({ length: 16 }, (_, flags) => flags))(
    'of %i is let in, and refused with CONNACK where it has to be',
    (flags) => {
      const bytes = hex('10 0f 0006 4d5149736470 03 02 003c 0001 62');
      bytes[0] |= flags;
      const client = new World().open(3);
      client.raw(bytes);
      expect(client.next('connack').reasonCode).toBe(0);
      const refused = new World({ limits: { sessions: 0 } }).open(3);
      refused.raw(bytes);
      expect(refused.next('connack').reasonCode).toBe(3);
    },
  );
});
