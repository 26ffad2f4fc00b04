import { describe, expect, it } from 'vitest';
import { World } from '../../world.js';

const internal = { listener: { name: 'internal', rules: {}, isInternal: true } };

describe('a topic that belongs to the broker (4.7.2-1)', () => {
  const RESERVED = ['$SYS/broker/version', '$SYS', '$SYSx', '$SYS/broker/connection/a/b/state', '$share/group/topic'];

  it.each(RESERVED)('%s is refused to a client of MQTT 5 that publishes, with 0x87', (topic) => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.publish(topic, 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(0x87);
    client.publish(topic, 'x', { qos: 2 });
    expect(client.next('pubrec').reasonCode).toBe(0x87);
    client.publish(topic, 'x');
    expect(world.eventsOf('published')).toEqual([]);
    expect(world.eventsOf('dropped').map(({ reason }) => reason)).toEqual(new Array(3).fill('not authorised'));
  });

  it('gets an acknowledgement and drops the message in 3.1.1, as Mosquitto does', () => {
    const world = new World();
    const client = world.connect();
    client.publish('$SYS/x', 'x', { qos: 1 });
    expect(client.next('puback').reasonCode).toBe(0);
    expect(world.eventsOf('published')).toEqual([]);
    expect(client.isClosed).toBe(false);
  });

  it.each(['$SYS/broker/connection/name/state', '$CONTROL/x', '$other', '$s', 'SYS/x'])('is not %s', (topic) => {
    const world = new World();
    const client = world.connect({ protocolVersion: 5 });
    client.subscribe(topic);
    client.publish(topic, 'x', { qos: 1 });
    client.next('publish');
    expect(client.next('puback').reasonCode).toBe(0);
  });

  it('is refused to a will too', () => {
    const world = new World();
    world
      .connect({ will: { topic: '$SYS/will', payload: new Uint8Array(1), qos: 0, retain: false } }, { remote: 'x:1' })
      .drop();
    expect(world.eventsOf('published')).toEqual([]);
  });

  it("is open to clients of the broker's own program, whose messages others receive", () => {
    const world = new World();
    const reader = world.connect({ clientId: 'reader' });
    reader.subscribe('$SYS/#');
    const writer = world.connect({ clientId: 'writer' }, internal);
    writer.publish('$SYS/x', 'x');
    expect(reader.messages()).toEqual(['$SYS/x=x']);
  });
});

describe("a client id of the broker's own program", () => {
  it('is refused to everyone else, and its connection stays', () => {
    const world = new World();
    const own = world.connect({ clientId: 'own' }, internal);
    const other = world.connect({ clientId: 'own', protocolVersion: 5 });
    expect(other.connack.reasonCode).toBe(0x85);
    expect(own.isClosed).toBe(false);
  });

  it('is taken over by the program itself', () => {
    const world = new World();
    const old = world.connect({ clientId: 'own' }, internal);
    expect(world.connect({ clientId: 'own' }, internal).connack.reasonCode).toBe(0);
    expect(old.isClosed).toBe(true);
  });
});
