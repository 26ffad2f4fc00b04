import { describe, expect, it } from 'vitest';
import { ALLOW, refuse } from '../../../host/broker/index.js';
import { MqttError, PacketDecoder, type ProtocolVersion } from '../../../host/core/index.js';
import { World } from '../../host/broker/world.js';

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
const CONNECT = '10 11 0006 4d5149736470 03 02 003c 0003 646576';
const decode = (protocolVersion: ProtocolVersion, digits: string) =>
  new PacketDecoder({ protocolVersion }).push(hex(digits));

describe('a decoder', () => {
  it.each([
    ['PUBREL', '6a 02 0001'],
    ['SUBSCRIBE', '8a 06 0001 0001 61 00'],
    ['UNSUBSCRIBE', 'aa 05 0001 0001 61'],
  ])('accepts DUP on %s in MQTT 3.1, and not in 3.1.1 (3.1 2.1)', (_, bytes) => {
    expect(decode(3, bytes)).toHaveLength(1);
    expect(() => decode(4, bytes)).toThrow(expect.objectContaining({ codeName: 'FLAGS_RESERVED', byteOffset: 0 }));
  });

  it('learns the version from CONNECT, for the flags of the packets behind it', () => {
    const decoder = new PacketDecoder({ protocolVersion: 4 });
    expect(decoder.push(hex(`${CONNECT} 6a 02 0001 8a 06 0001 0001 61 00`)).map(({ type }) => type)).toEqual([
      'connect',
      'pubrel',
      'subscribe',
    ]);
    const other = new PacketDecoder({ protocolVersion: 3 });
    other.push(hex('10 0f 0004 4d515454 04 02 003c 0003 646576'));
    expect(() => other.push(hex('6a 02 0001'))).toThrow(MqttError);
  });

  it.each(Array.from({ length: 16 }, (_, flags) => flags))(
    'ignores the flags %i of the fixed header of CONNECT in MQTT 3.1, and refuses all but 0 in 3.1.1 and 5',
    (flags) => {
      const first = (0x10 | flags).toString(16);
      expect(decode(4, first + CONNECT.slice(2))).toMatchObject([{ type: 'connect', protocolVersion: 3 }]);
      const later = ['0f 0004 4d515454 04 02 003c 0003 646576', '10 0004 4d515454 05 02 003c 00 0003 646576'];
      for (const body of later) {
        if (flags === 0) expect(decode(4, `${first} ${body}`)).toHaveLength(1);
        else
          expect(() => decode(4, `${first} ${body}`)).toThrow(expect.objectContaining({ codeName: 'FLAGS_RESERVED' }));
      }
    },
  );
});

describe('the broker', () => {
  const open = (clientId: string, flags = '02') => {
    const requests: unknown[] = [];
    const world = new World({
      rules: {
        connect: (request) => {
          requests.push(request);
          return ALLOW;
        },
        subscribe: (_, { topicFilter }) => (topicFilter === 'secret' ? refuse('secret') : ALLOW),
      },
    });
    const client = world.open(3);
    const id = Buffer.from(clientId).toString('hex');
    const length = (value: number) => value.toString(16).padStart(4, '0');
    client.raw(hex(`10 ${length(14 + id.length / 2).slice(2)} 0006 4d5149736470 03 ${flags} 0000`));
    client.raw(hex(length(id.length / 2) + id));
    return { world, client, requests };
  };

  it.each(['a', 'x'.repeat(23), 'é'.repeat(23)])('takes a client id of 1 to 23 characters: %s', (clientId) => {
    expect(open(clientId).client.next('connack').reasonCode).toBe(0);
  });

  it.each(['', 'x'.repeat(24)])('refuses another client id with return code 2: "%s"', (clientId) => {
    const { client } = open(clientId);
    expect(client.next('connack').reasonCode).toBe(2);
    expect(client.isClosed).toBe(true);
  });

  it('takes a longer client id in 3.1.1 (MQTT-3.1.3-5)', () => {
    expect(new World().connect({ protocolVersion: 4, clientId: 'x'.repeat(24) }).connack.reasonCode).toBe(0);
  });

  it('serves a client that leaves out User Name and Password, as one without them', () => {
    const { client, requests } = open('dev', 'c2');
    expect(client.next('connack').reasonCode).toBe(0);
    expect(requests).toMatchObject([{ clientId: 'dev', userName: undefined, password: undefined }]);
  });

  it('grants a filter that the rules refuse, since SUBACK has no code for it, and sends nothing for it', () => {
    const { world, client } = open('dev');
    client.next('connack');
    client.raw(hex('82 0b 0001 0006 736563726574 01'));
    expect(client.next('suback').reasonCodes).toEqual([1]);
    world.engine.publish('secret', 'x');
    expect(client.received).toEqual([]);
    expect(world.eventsOf('subscribed')).toMatchObject([{ subscriptions: [{ reasonCode: 0x87 }] }]);
  });
});
