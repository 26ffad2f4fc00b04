import { describe, expect, it } from 'vitest';
import {
  ALLOW,
  type ListenerInfo,
  type ListenerSettings,
  type Rules,
  refuse,
} from '../../../../../host/broker/index.js';
import { World } from '../../world.js';

const listenerWith = (settings: Partial<ListenerSettings>, rules: Rules = {}): ListenerInfo => ({
  name: 'mqtt://127.0.0.1:1',
  rules,
  settings,
});

describe('settings of a listener', () => {
  it.each([true, false])(
    'send a retained message whose publisher may not publish it any more: not with checkRetainSource %s',
    (checks) => {
      let mayPublish = true;
      const publish = () => (mayPublish ? ALLOW : refuse('not any more'));
      const world = new World();
      const writer = world.connect(
        { clientId: 'w' },
        { listener: listenerWith({ checkRetainSource: checks }, { publish }) },
      );
      writer.publish('a', 'x', { retain: true });
      const will = { topic: 'b', payload: new Uint8Array(1), qos: 0, retain: true } as const;
      world
        .connect({ clientId: 'v', will }, { listener: listenerWith({ checkRetainSource: checks }, { publish }) })
        .drop();
      const received = (clientId: string) => {
        const reader = world.connect({ clientId });
        reader.subscribe('#');
        return reader.received.map((packet) => packet.type === 'publish' && packet.topic);
      };
      expect(received('early')).toEqual(['a', 'b']);
      mayPublish = false;
      expect(received('late')).toEqual(checks ? [] : ['a', 'b']);
      mayPublish = true;
      expect(received('again')).toEqual(['a', 'b']);
    },
  );

  it('leave Reason Strings out of every refusal when they say so', () => {
    const world = new World();
    const listener = listenerWith({ reasonStrings: false, maximumPayloadSize: 1 });
    const client = world.connect({ protocolVersion: 5 }, { listener });
    const other = world.connect({ protocolVersion: 5, clientId: 'other' });
    client.publish('a', 'xx', { qos: 1 });
    expect(client.next('puback')).toMatchObject({ reasonCode: 0x97, properties: {} });
    for (const each of [client, other]) each.publish('a', 'x', { properties: { topicAlias: 999 } });
    expect(client.next('disconnect')).toMatchObject({ reasonCode: 0x94, properties: {} });
    expect(other.next('disconnect').properties?.reasonString).toContain('999');
  });
});
