import { describe, expect, it } from 'vitest';
import { ALLOW, type ListenerInfo, type Rules } from '../../../../../host/broker/index.js';
import { text, World } from '../../world.js';

const listenerAt = (mountPoint: string, rules: Rules = {}): ListenerInfo => ({
  name: mountPoint,
  rules,
  settings: { mountPoint },
});

describe.each([4, 5] as const)('a mount point, protocol version %i', (protocolVersion) => {
  it('is put before topics and filters of its clients, and taken off what they receive', () => {
    const world = new World();
    const inside = world.connect({ protocolVersion, clientId: 'inside' }, { listener: listenerAt('site/') });
    const outside = world.connect({ protocolVersion, clientId: 'outside' });
    inside.subscribe('#');
    outside.subscribe('#');
    inside.publish('a', '1', { retain: true });
    outside.publish('site/b', '2');
    outside.publish('c', '3');
    expect(outside.messages()).toEqual(['site/a=1', 'site/b=2', 'c=3']);
    expect(inside.messages()).toEqual(['a=1', 'b=2']);
    const late = world.connect({ protocolVersion, clientId: 'late' }, { listener: listenerAt('site/') });
    late.subscribe('+');
    expect(late.messages()).toEqual(['a=1']);
  });

  it('holds for a will, for UNSUBSCRIBE and for what the rules see', () => {
    const seen: string[] = [];
    const rules: Rules = {
      publish: (_, { topic }) => {
        seen.push(`publish ${topic}`);
        return ALLOW;
      },
      subscribe: (_, { topicFilter }) => {
        seen.push(`subscribe ${topicFilter}`);
        return ALLOW;
      },
    };
    const world = new World();
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('#');
    const will = { topic: 'gone', payload: text('x'), qos: 0, retain: false } as const;
    const client = world.connect({ protocolVersion, will }, { listener: listenerAt('m', rules) });
    client.subscribe('/a');
    client.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['/a'] });
    client.next('unsuback');
    client.publish('/a', '1');
    client.drop();
    expect(watcher.messages()).toEqual(['m/a=1', 'mgone=x']);
    expect(seen).toEqual(['subscribe m/a', 'publish m/a', 'publish mgone']);
  });

  it('that makes a topic too long for MQTT ends the connection, or refuses the filter or the will', () => {
    const world = new World();
    const listener = listenerAt('site/');
    const long = 'x'.repeat(65_531);
    const watcher = world.connect({ clientId: 'watcher' });
    watcher.subscribe('#');
    const client = world.connect({ protocolVersion }, { listener });
    expect(client.subscribe(long)).toEqual([protocolVersion === 5 ? 0x8f : 0x80]);
    client.publish(long.slice(1), 'fits');
    expect(watcher.next('publish').topic).toHaveLength(65_535);
    client.publish(long, 'x');
    expect(client.isClosed).toBe(true);
    expect(world.eventsOf('disconnected')).toMatchObject([{ reasonCode: 0x90 }]);
    const will = { topic: long, payload: text('x'), qos: 0, retain: false } as const;
    const late = world.open(protocolVersion, { listener });
    late.send({ type: 'connect', protocolVersion, cleanStart: true, keepAlive: 0, clientId: 'late', will });
    expect(late.received).toMatchObject(protocolVersion === 5 ? [{ type: 'connack', reasonCode: 0x90 }] : []);
    expect(late.isClosed).toBe(true);
    expect(world.eventsOf('failed')).toEqual([]);
    expect(watcher.isClosed).toBe(false);
  });

  it('of another listener does not let in to a session: it would have the topics of the first', () => {
    const world = new World();
    const properties = protocolVersion === 5 ? { sessionExpiryInterval: 100 } : undefined;
    const lasting = { protocolVersion, cleanStart: false, properties };
    const first = world.connect(lasting, { listener: listenerAt('one/') });
    first.subscribe('#', { qos: 1 });
    first.drop();
    world.engine.publish('one/a', 'secret', { qos: 1 });
    const second = world.connect(lasting, { listener: listenerAt('two/') });
    expect(second.connack.sessionPresent).toBe(false);
    expect(second.received).toEqual([]);
  });
});
