import { describe, expect, it } from 'vitest';
import { ours } from './peers.js';

/** The error of a packet that is refused. */
function refusal(packet: object, protocolVersion = 5): Error {
  try {
    ours.generate(packet as never, { protocolVersion });
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

const long = { contentType: 'x'.repeat(20_000) };
const publish = { cmd: 'publish', topic: 't' };

describe('an error of generate names the field that breaks a rule of the standard', () => {
  it.each<[string, object, string]>([
    ['the packet id before a long list', { ...publish, qos: 1, messageId: 0, properties: long }, 'publish: messageId'],
    ['the property before a long one', { ...publish, properties: { topicAlias: 0, ...long } }, 'publish: topicAlias'],
    ['the reason code of a CONNACK', { cmd: 'connack', reasonCode: 5 }, 'connack: reasonCode'],
    ['the reason code of a PUBACK', { cmd: 'puback', messageId: 1, reasonCode: 1 }, 'puback: reasonCode'],
    ['the reason code of a DISCONNECT', { cmd: 'disconnect', reasonCode: 1 }, 'disconnect: reasonCode'],
    [
      'the options of a subscription',
      { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '$share/g/a', qos: 0, nl: true }] },
      'subscribe: subscriptions',
    ],
  ])('%s', (_, packet, field) => {
    expect(refusal(packet).message).toContain(`cannot encode ${field}: `);
  });

  it('the return code of a CONNACK of 3.1.1', () => {
    expect(refusal({ cmd: 'connack', returnCode: 6 }, 4).message).toContain('cannot encode connack: returnCode: ');
  });

  it('that is too long, even when it is not at another reading', () => {
    const properties = { responseTopic: 'r/#' };
    expect(refusal({ ...publish, properties }).message).toContain('publish: responseTopic: ');
    let count = 0;
    const packet = {
      cmd: 'publish',
      get topic() {
        return count++ === 0 ? 'x'.repeat(65_536) : 't';
      },
      properties: { responseTopic: 'a/b/c' },
    };
    expect(refusal(packet).message).toMatch(/^cannot encode publish: topic: /);
  });
});

describe('an error of generate names no field', () => {
  it('for bits that are of several', () => {
    const will = { topic: 'w', payload: '', qos: 3 };
    expect(refusal({ cmd: 'connect', clientId: 'c', will }).message).toMatch(
      /^cannot encode connect: the Will QoS is 3/,
    );
  });

  it('when the packet cannot be read a second time to its end', () => {
    let count = 0;
    const packet = {
      cmd: 'publish',
      topic: 'a/#',
      get payload() {
        return count++ === 0 ? '' : 7;
      },
    };
    expect(refusal(packet).message).toMatch(/^cannot encode publish: a Topic Name holds a wildcard/);
  });
});

it('an error of a getter comes out of generate as it is', () => {
  const reason = new RangeError('mine');
  const packet = {
    cmd: 'publish',
    get topic() {
      throw reason;
    },
  };
  expect(refusal(packet)).toBe(reason);
});
