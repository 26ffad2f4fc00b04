import { expect, it } from 'vitest';
import { encodePacket, PacketDecoder, topicMatches } from '../../../host/core/index.js';

it('x', () => {
  const p = {
    type: 'connect',
    protocolVersion: 5,
    cleanStart: true,
    keepAlive: 60,
    clientId: 'abc',
    userName: 'u',
    password: Buffer.from('p'),
    will: { topic: 'w', payload: Buffer.from('x'), qos: 1, retain: true, properties: { willDelayInterval: 5 } },
    properties: {
      sessionExpiryInterval: 10,
      userProperty: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    },
  } as const;
  const b = encodePacket(p as never, 5);
  console.log(b.toString('hex'), topicMatches('a/+', 'a/b'));
  expect(new PacketDecoder().push(b)).toEqual([p]);
});
